"""The answer as it could be said: the candidate's own sentences, tidied, without those that say nothing, a story in the order that it is
best told in, and the gaps named. No fact is put into anybody's mouth.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intervi.analysis.figures import Language, StructurePart
from intervi.analysis.sentences import Sentence
from intervi.coaching.finding import head, tail
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
STORY = ["situation", "task", "action", "result"]

_OPENING = re.compile(
    r"^(?:(?:so(?! (?:far|many|much|that|long)\b)|well(?! (?:before|after|over)\b)|okay|ok|yeah|yes|right(?! (?:after|before|away|now)\b)"
    r"|um+|uh+|er+|anyway|basically|actually|honestly|i mean|you know|i think(?: that)?(?! (?:about|of)\b)|i guess"
    r"|i(?: woul|')d say(?: that\b|(?=,))|let me think)(?:,|\b)[\s,…]*)+(?=\w)",
    re.IGNORECASE,
)
"""What stands before a sentence begins: fillers, and hedges that take back what follows."""
_INSIDE = re.compile(
    r",?(?<!\bwhat)(?<!\bthis)(?<!\bthat)(?<!\bsome)(?<!\bany)(?<!\bone)(?<!\bthe)(?<!\ba)"
    r"\s+(?:um+|uh+|you know|i mean|sort of|kind of|basically|i guess)\b,?(?=\s|[.!?])|,\s+i would say,",
    re.IGNORECASE,
)
_TWICE = re.compile(r"\b(\w+)(?:,?\s+\1\b)+", re.IGNORECASE)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|twice|hundred|thousand|million|percent)\b",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"\b(?:(?:is|are|was|as|very|really|extremely|so|absolutely|most|always) (?:important|crucial|essential|key|vital|everything)"
    r"|passion(?:ate)?|mindset|team player|best practices?|win-win|synerg\w+|right balance|extra mile|gives? up|growth|game changer|thrive"
    r"|value proposition|everybody makes mistakes|it depends|customer is king)\b",
    re.IGNORECASE,
)
"""What says nothing of this speaker."""
_REFERS_BACK = re.compile(
    r"\b(?:it|its|this|that|these|those|he|she|him|her|his|they|them|their|there)\b|^(?:and|but|so|then|after|afterwards)\b",
    re.IGNORECASE,
)
"""What can only be understood behind another sentence."""
_REPEATABLE = frozenset({"that", "had", "very", "no"})


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
    kept = [run for run in _runs(_belonging(sentences, found)) if not _is_empty(run.text)]
    if len(kept) < FEWEST_KEPT:
        return None
    names = [part.name for part in parts]
    if names == STORY:
        kept = _in_order(kept, names)
    said = " ".join(_with_gaps(kept, parts))
    return None if said.lower() == " ".join(sentence.text for sentence in sentences).lower() else said


@dataclass(frozen=True)
class _Run:
    """A sentence with those that its colon or semicolon leads to."""

    text: str
    part: str


def _runs(sentences: Sequence[tuple[Sentence, str]]) -> Iterator[_Run]:
    texts: list[str] = []
    part = ""
    for index, (sentence, name) in enumerate(sentences):
        part = part if texts else name
        texts.append(sentence.text)
        if not sentence.text.endswith((":", ";")) or index + 1 == len(sentences):
            yield _Run(" ".join(texts), part)
            texts = []


def _in_order(runs: list[_Run], names: Sequence[str]) -> list[_Run]:
    """In the order of their parts; as they were said where one that refers back would come before what stood before it."""
    ordered = sorted(runs, key=lambda run: names.index(run.part))
    is_torn = any(
        ordered.index(run) < ordered.index(before) and _REFERS_BACK.search(run.text)
        for before, run in itertools.pairwise(runs)
    )
    return runs if is_torn else ordered


def _is_empty(text: str) -> bool:
    return bool(_EMPTY.search(text)) and not _NUMBER.search(text)


def _with_gaps(kept: Sequence[_Run], parts: Sequence[StructurePart]) -> Iterator[str]:
    """The sentences, and each missing part behind the evidence of the part before it, or at the beginning."""
    gaps: dict[int, list[str]] = {}
    at = -1
    for part in parts:
        if part.evidence is not None:
            at = next((index for index, run in enumerate(kept) if part.evidence.text in run.text), at)
        elif not part.found:
            words = tail(tidied(kept[at].text)) if at >= 0 else head(tidied(kept[0].text))
            gaps.setdefault(at, []).append(fill(GAPS[part.name], {"words": words.strip("… ")}))
    yield from gaps.get(-1, [])
    for index, run in enumerate(kept):
        yield tidied(run.text)
        yield from gaps.get(index, [])


def tidied(text: str) -> str:
    """A sentence without fillers, hedges before it, and words said twice.

    >>> tidied("So, um, I think that we we lost, you know, forty customers.")
    'We lost forty customers.'
    """
    text = _INSIDE.sub("", _OPENING.sub("", text))
    text = _TWICE.sub(lambda match: match.group() if match.group(1).lower() in _REPEATABLE else match.group(1), text)
    return text[:1].upper() + text[1:]


def _belonging(sentences: Sequence[Sentence], found: dict[str, str]) -> list[tuple[Sentence, str]]:
    part = next(found[sentence.text] for sentence in sentences if sentence.text in found)
    belongs = []
    for sentence in sentences:
        part = found.get(sentence.text, part)
        belongs.append((sentence, part))
    return belongs
