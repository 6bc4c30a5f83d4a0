"""The tone of the words, by VADER (Hutto & Gilbert 2014)."""

from collections.abc import Sequence
from functools import lru_cache

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from intervi.analysis.figures import SentimentMoment
from intervi.analysis.sentences import Sentence, words_of


def measure_sentiment(sentences: Sequence[Sentence]) -> float:
    """-1 (negative) to 1 (positive): VADER's compound of each sentence, weighted by its words."""
    lengths = [len(words_of(sentence.fluent)) for sentence in sentences]
    compounds = [_analyzer().polarity_scores(sentence.fluent)["compound"] for sentence in sentences]
    return float(sum(length * compound for length, compound in zip(lengths, compounds, strict=True)) / sum(lengths))


def sentiment_timeline(sentences: Sequence[Sentence]) -> list[SentimentMoment]:
    """The tone of each sentence whose time is known, in order."""
    return [
        SentimentMoment(at=sentence.start, score=round(_analyzer().polarity_scores(sentence.fluent)["compound"], 3))
        for sentence in sentences
        if sentence.start is not None
    ]


@lru_cache(maxsize=1)
def _analyzer() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()
