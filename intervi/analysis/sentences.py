"""An answer as sentences, each with its moment where the transcript knows it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intervi.analysis.disfluencies import Token, fluent, goes_on, is_hesitation
from intervi.analysis.figures import Quotation, Transcript, Word

LONGEST_SENTENCE_WORDS = 40
"""Recognisers leave out full stops; a longer run of words is cut at its longest gap."""
PAUSE_SECONDS = 0.7
"""A gap that ends a sentence of at least ``SHORTEST_SENTENCE_WORDS`` where there is no punctuation."""
SHORTEST_SENTENCE_WORDS = 6
UNSURE = 0.5
"""Below this probability a recognised word may well be another."""

_END = re.compile(r"[.!?;:…][\"')\]]*$")
_TRAILING_OFF = ("…", "...")
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’\-][^\W_]+)*")


@dataclass(frozen=True)
class Sentence:
    """One sentence, or a few that stand together; times are seconds of the answer."""

    text: str
    """As it was said: for quotations."""
    start: float | None = None
    end: float | None = None
    unsure: frozenset[int] = frozenset()
    """Which of its words (``text.split()``) the recogniser was unsure of."""

    @property
    def fluent(self) -> str:
        """Without hesitations, words said twice and false starts: what the words are measured by."""
        return fluent(self.text)

    @property
    def quotation(self) -> Quotation:
        return Quotation(text=self.text, start=self.start, end=self.end)


def words_of(text: str) -> list[str]:
    """Its words as written, without punctuation."""
    return _WORD.findall(text)


def sentences_of(transcript: Transcript) -> list[Sentence]:
    """The transcript's sentences that say anything; a sentence that is said twice is kept once."""
    found = _timed(transcript.words) if transcript.words else _typed(transcript.text)
    once: dict[str, Sentence] = {}
    for sentence in found:
        if said := " ".join(words_of(sentence.fluent)).lower():
            once.setdefault(said, sentence)
    return list(once.values())


def _typed(text: str) -> Iterator[Sentence]:
    for line in text.splitlines():
        words, start = line.split(), 0
        for index in range(len(words)):
            if index + 1 == len(words) or _ends(words, start, index):
                yield Sentence(" ".join(words[start : index + 1]))
                start = index + 1


def _timed(words: Sequence[Word]) -> Iterator[Sentence]:
    for run in _runs(words):
        texts = [word.text.strip() for word in run]
        unsure = frozenset(place for place, word in enumerate(run) if word.probability < UNSURE)
        yield Sentence(" ".join(texts), run[0].start, run[-1].end, unsure)


def _runs(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    texts = [word.text.strip() for word in words]
    start = 0
    punctuated = any(_END.search(text) for text in texts[:-1])
    for index, word in enumerate(words):
        last = index + 1 == len(words)
        paused = not punctuated and not last and words[index + 1].start - word.end >= PAUSE_SECONDS
        if last or _ends(texts, start, index) or (paused and index + 1 - start >= SHORTEST_SENTENCE_WORDS):
            yield from _cut(words[start : index + 1])
            start = index + 1


def _ends(words: Sequence[str], start: int, index: int) -> bool:
    """Whether the sentence that began at ``start`` ends with this word: not where somebody trails off and begins anew, or hesitates."""
    text, rest = words[index], words[index + 1 :]
    if not _END.search(text):
        return False
    if text.endswith(_TRAILING_OFF):
        return not rest or (index + 1 - start >= SHORTEST_SENTENCE_WORDS and not is_hesitation(text))
    sounds = next((count for count, word in enumerate(rest[:4]) if not is_hesitation(word)), min(4, len(rest)))
    return not sounds or not goes_on(text, rest[sounds - 1], [Token(word, 0) for word in rest[sounds : sounds + 1]])


def _cut(run: Sequence[Word]) -> Iterator[Sequence[Word]]:
    if len(run) <= LONGEST_SENTENCE_WORDS:
        yield run
        return
    edge = SHORTEST_SENTENCE_WORDS
    at = max(range(edge, len(run) - edge), key=lambda index: run[index].start - run[index - 1].end)
    yield from _cut(run[:at])
    yield from _cut(run[at:])
