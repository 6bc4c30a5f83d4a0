"""An answer as sentences, each with its moment where the transcript knows it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import snowballstemmer
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from intervi.analysis.figures import Quotation, Transcript, Word

LONGEST_SENTENCE_WORDS = 40
"""Recognisers leave out full stops; a longer run of words is cut at its longest gap."""
PAUSE_SECONDS = 0.7
"""A gap that ends a sentence of at least ``SHORTEST_SENTENCE_WORDS`` where there is no punctuation."""
SHORTEST_SENTENCE_WORDS = 6

_END = re.compile(r"[.!?;:…][\"')\]]*$")
_BREAK = re.compile(r"(?<=[.!?;:…])\s+|\n+")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")

ASKING = frozenset(
    ["ask", "asked", "question", "tell", "describe", "explain", "suppose", "say", "said", "answer", "talk", "thing", "kind", "example", "time", "situation"]
)
"""Words with which questions are put and echoed; they say nothing themselves."""


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


def content_stems(text: str) -> list[str]:
    """Stems (Snowball, English) of the words that carry meaning, in their order, repeated as they are said."""
    stem = _stemmer().stemWord
    kept = (word.lower() for word in words_of(text))
    return [stem(word) for word in kept if len(word) > 1 and word not in ENGLISH_STOP_WORDS and word not in ASKING]


@lru_cache(maxsize=1)
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


def sentences_of(transcript: Transcript) -> list[Sentence]:
    """The transcript's sentences; a sentence that is said twice is kept once."""
    found = _timed(transcript.words) if transcript.words else _typed(transcript.text)
    return list({" ".join(words_of(sentence.text)).lower(): sentence for sentence in reversed(found)}.values())[::-1]


def windows_of(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Each sentence, and each two that follow one another: a thought is often said in two."""
    pairs = [Sentence(f"{first.text} {second.text}", first.start, second.end) for first, second in pairwise(sentences)]
    return [*sentences, *pairs]


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
    for index, word in enumerate(words):
        last = index + 1 == len(words)
        paused = not last and words[index + 1].start - word.end >= PAUSE_SECONDS
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
