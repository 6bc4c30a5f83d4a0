"""An answer as sentences, each with its moment where the transcript knows it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intervi.analysis.figures import Quotation, Transcript, Word

LONGEST_SENTENCE_WORDS = 40
"""Recognisers leave out full stops; a longer run of words is cut at its longest gap."""
PAUSE_SECONDS = 0.7
"""A gap that ends a sentence of at least ``SHORTEST_SENTENCE_WORDS`` where there is no punctuation."""
SHORTEST_SENTENCE_WORDS = 6

_END = re.compile(r"[.!?;:…][\"')\]]*$")
_BREAK = re.compile(r"(?<=[.!?;:…])\s+|\n+")
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’\-][^\W_]+)*")


@dataclass(frozen=True)
class Sentence:
    """One sentence, or a few that stand together; times are seconds of the answer."""

    text: str
    start: float | None = None
    end: float | None = None

    @property
    def quotation(self) -> Quotation:
        return Quotation(text=self.text, start=self.start, end=self.end)


def words_of(text: str) -> list[str]:
    """Its words as written, without punctuation."""
    return _WORD.findall(text)


def sentences_of(transcript: Transcript) -> list[Sentence]:
    """The transcript's sentences; a sentence that is said twice is kept once."""
    found = _timed(transcript.words) if transcript.words else _typed(transcript.text)
    once: dict[str, Sentence] = {}
    for sentence in found:
        once.setdefault(" ".join(words_of(sentence.text)).lower(), sentence)
    return list(once.values())


def _typed(text: str) -> list[Sentence]:
    return [Sentence(part.strip()) for part in _BREAK.split(text) if words_of(part)]


def _timed(words: Sequence[Word]) -> list[Sentence]:
    return [
        Sentence(" ".join(word.text.strip() for word in run), run[0].start, run[-1].end)
        for run in _runs(words)
        if any(words_of(word.text) for word in run)
    ]


def _runs(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    start = 0
    punctuated = any(_END.search(word.text.strip()) for word in words[:-1])
    for index, word in enumerate(words):
        last = index + 1 == len(words)
        paused = not punctuated and not last and words[index + 1].start - word.end >= PAUSE_SECONDS
        if last or _END.search(word.text.strip()) or (paused and index + 1 - start >= SHORTEST_SENTENCE_WORDS):
            yield from _cut(words[start : index + 1])
            start = index + 1


def _cut(run: Sequence[Word]) -> Iterator[Sequence[Word]]:
    if len(run) <= LONGEST_SENTENCE_WORDS:
        yield run
        return
    edge = SHORTEST_SENTENCE_WORDS
    at = max(range(edge, len(run) - edge), key=lambda index: run[index].start - run[index - 1].end)
    yield from _cut(run[:at])
    yield from _cut(run[at:])
