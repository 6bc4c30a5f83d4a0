"""The answer as it could be said: the candidate's own sentences, tidied, without those that say nothing, a story in the order that it is
best told in, and the gaps named. No fact is put into anybody's mouth.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intervi.analysis.disfluencies import JOINING, Token, fluent, fluent_tokens
from intervi.analysis.figures import Language, StructurePart
from intervi.analysis.sentences import Sentence, words_of
from intervi.coaching.finding import NUMBER, head, tail
from intervi.coaching.words_feedback import BEGINNINGS, ENDINGS
from intervi.translation import N_, fill

GAPS = {
    "situation": N_("[where and when it was that “{words}”]"),
    "task": N_("[what was yours to do, after “{words}”]"),
    "action": N_("[what you did, step by step, after “{words}”]"),
    "result": N_("[what came of it, with a figure, after “{words}”]"),
    "claim": N_("[your answer in one sentence, before “{words}”]"),
    "reason": N_("[why, after “{words}”]"),
    "example": N_("[one case you know yourself, for “{words}”]"),
    "limits": N_("[when “{words}” does not hold, or what it costs]"),
    "consequence": N_("[what you do differently since “{words}”]"),
    "assessment": N_("[what you would find out before “{words}”]"),
    "follow-up": N_("[what you would do after “{words}”]"),
}
"""What stands where a part is missing; ``{words}`` are the answer's own, next to the gap."""
FEWEST_PARTS = 2
"""With fewer parts there is nothing to put in order."""
FEWEST_KEPT = 2
LEAST_SPECIFICITY = 0.1
"""Of an answer that says nothing in particular there is no better wording: its sentences are what is to be changed."""
STORY = ["situation", "task", "action", "result"]

UNSURE = N_("[heard as “{words}”]")
UNCLEAR = N_("[what was not heard clearly here: “{words}”]")
"""What stands in the place of words, and of a whole sentence, that may not have been said."""
UNCLEAR_MOST = 1 / 3
"""Share of such sentences from which there is no rewriting."""
UNCLEAR_SHARE = 0.15
"""Share of unsure words from which a sentence is no better wording of anything. Of sentences of made speech recognised by Whisper base, one
in five had so many, and they held 43 percent of all wrong words (docs/measurements.md)."""

_OPENING = re.compile(
    r"^(?:(?:so(?! (?:far|many|much|that|long)\b)|well(?! (?:before|after|over)\b)|okay|ok|yeah|yes|right(?! (?:after|before|away|now)\b)"
    r"|anyway|basically|actually|honestly|i mean|you know|i think(?: that)?(?! (?:about|of)\b)|i guess"
    r"|i(?: woul|')d say(?: that\b|(?=,))|let me think)(?:,|\b)[\s,…]*)+(?=\w)",
    re.IGNORECASE,
)
"""What stands before a sentence begins, and hedges that take back what follows."""
_EMPTY = re.compile(
    r"\b(?:(?:is|are|was|as|very|really|extremely|so|absolutely|most|always) (?:important|crucial|essential|key|vital|everything)"
    r"|passion(?:ate)?|mindset|team player|best practices?|win-win|synerg\w+|right balance|extra mile|gives? up|growth|game changer|thrive"
    r"|value proposition|visionary|empath\w+|diplomatic|leverag\w+|holistic|proactive|ownership|next level|motto|key to"
    r"|always right|everybody makes mistakes|it depends|customer is king)\b",
    re.IGNORECASE,
)
"""What says nothing of this speaker."""
_REFERS_BACK = re.compile(
    r"\b(?:it|its|this|that|these|those|he|she|him|her|his|they|them|their|there)\b|^(?:and|but|so|then|after|afterwards)\b",
    re.IGNORECASE,
)
"""What can only be understood behind another sentence."""
_ENDED = re.compile(r"[.!?;:][\"'”)\]]*$")
_MARKS = "\ue000\ue001"
"""Private characters around words that the recogniser was unsure of."""
_MARKED = re.compile("\ue000[^\ue001]*\ue001(?: \ue000[^\ue001]*\ue001)*")


def rewrite(sentences: Sequence[Sentence], language: Language) -> str | None:
    """The answer as it could be said, gaps in square brackets; ``None`` where that changes nothing or there is too little to go by.

    A story (situation, task, action, result) is put in that order, unless that would bring a sentence that refers back before what it
    refers to; an argument stays as it was said. A sentence belongs to the part whose evidence it is, and else to that of the sentence
    before it.
    """
    parts = language.structure_parts
    found = {part.evidence.text: part.name for part in reversed(parts) if part.evidence is not None}
    shown = {found[sentence.text] for sentence in sentences if sentence.text in found}
    if len({part.name for part in parts if part.found}) < FEWEST_PARTS or not shown:
        return None
    if (language.specificity.value or 0.0) < LEAST_SPECIFICITY:
        return None
    kept = [run for run in _runs(_belonging(sentences, found)) if not _is_empty(run.text)]
    if len(kept) < FEWEST_KEPT or sum(_is_unclear(sentence) for sentence in sentences) > UNCLEAR_MOST * len(sentences):
        return None
    names = [part.name for part in parts]
    if names == STORY:
        kept = _in_order(kept, names)
    said = " ".join(_with_gaps(kept, parts))
    is_changed = _words(said) != _words(" ".join(sentence.text for sentence in sentences))
    return said if is_changed else None


def _words(text: str) -> list[str]:
    return [word.lower() for word in words_of(text)]


@dataclass(frozen=True)
class _Run:
    """A sentence with those that its colon or semicolon leads to."""

    sentences: tuple[Sentence, ...]
    part: str

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def better(self) -> str:
        """What it leads to goes on in small letters where it did."""
        first, *rest = self.sentences
        return " ".join([better_worded(first), *(_led_to(sentence) for sentence in rest)])


def _led_to(sentence: Sentence) -> str:
    text = better_worded(sentence)
    return text[:1].lower() + text[1:] if sentence.text[:1].islower() else text


def _runs(sentences: Sequence[tuple[Sentence, str]]) -> Iterator[_Run]:
    joined: list[Sentence] = []
    part = ""
    for index, (sentence, name) in enumerate(sentences):
        part = part if joined else name
        joined.append(sentence)
        if not sentence.text.endswith((":", ";")) or index + 1 == len(sentences):
            yield _Run(tuple(joined), part)
            joined = []


def _in_order(runs: list[_Run], names: Sequence[str]) -> list[_Run]:
    """In the order of their parts; as they were said where one that refers back would come before what stood before it."""
    ordered = sorted(runs, key=lambda run: names.index(run.part))
    is_torn = any(
        ordered.index(run) < ordered.index(before) and _REFERS_BACK.search(tidied(run.text))
        for before, run in itertools.pairwise(runs)
    )
    return runs if is_torn else ordered


def _is_empty(text: str) -> bool:
    return bool(_EMPTY.search(text)) and not NUMBER.search(text)


def _with_gaps(kept: Sequence[_Run], parts: Sequence[StructurePart]) -> Iterator[str]:
    """The sentences, and each missing part where it belongs: at the beginning, at the end, or behind the evidence of the part before it."""
    gaps: dict[int, list[str]] = {}
    at = -1
    for part in parts:
        if part.evidence is not None:
            at = next((index for index, run in enumerate(kept) if part.evidence.text in run.text), at)
        elif not part.found:
            place = -1 if part.name in BEGINNINGS else len(kept) - 1 if part.name in ENDINGS else max(at, 0)
            words = tail(tidied(kept[place].text)) if place >= 0 else head(tidied(kept[0].text))
            gaps.setdefault(place, []).append(fill(GAPS[part.name], {"words": words}))
    yield from gaps.get(-1, [])
    for index, run in enumerate(kept):
        yield run.better
        yield from gaps.get(index, [])


def tidied(text: str) -> str:
    """A sentence without disfluencies, and without hedges before it.

    >>> tidied("So, um, I think that we we lost, you know, forty customers.")
    'We lost forty customers.'
    """
    text = _OPENING.sub("", fluent(text))
    return text[:1].upper() + text[1:]


def better_worded(sentence: Sentence) -> str:
    """The sentence, tidied: words that may not have been said are marked, and a sentence that is full of them is only named."""
    if _is_unclear(sentence):
        return fill(UNCLEAR, {"words": head(tidied(sentence.text))})
    begin, end = tuple(_MARKS)
    unsure = _unsure(sentence)
    tokens = fluent_tokens(sentence.text.split())
    text = " ".join(f"{begin}{token.text}{end}" if token in unsure else token.text for token in tokens)
    text = _OPENING.sub("", text)
    text = _MARKED.sub(_marked, text[:1].upper() + text[1:])
    return text if _ENDED.search(text) else f"{text.rstrip(' ,…–—-')}."


def _is_unclear(sentence: Sentence) -> bool:
    return len(_unsure(sentence)) >= max(2, UNCLEAR_SHARE * len(sentence.fluent.split()))


def _unsure(sentence: Sentence) -> list[Token]:
    """Words that may have been others; small ones are left out, which seldom change what is said."""
    tokens = fluent_tokens(sentence.text.split())
    return [token for token in tokens if token.index in sentence.unsure and token.core not in JOINING]


def _marked(match: re.Match[str]) -> str:
    """The words in brackets, and behind them the comma or full stop of the last."""
    words = re.sub(f"[{_MARKS}]", "", match.group())
    bare = words.rstrip(".,;:!?…")
    return fill(UNSURE, {"words": bare}) + words[len(bare) :]


def _belonging(sentences: Sequence[Sentence], found: dict[str, str]) -> list[tuple[Sentence, str]]:
    part = next(found[sentence.text] for sentence in sentences if sentence.text in found)
    belongs = []
    for sentence in sentences:
        part = found.get(sentence.text, part)
        belongs.append((sentence, part))
    return belongs
