"""The words of a text that carry meaning, without their endings."""

from functools import lru_cache

import snowballstemmer
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from intervi.analysis.sentences import words_of

ASKING = frozenset(
    [
        "ask",
        "asked",
        "question",
        "tell",
        "describe",
        "explain",
        "suppose",
        "say",
        "said",
        "answer",
        "talk",
        "thing",
        "kind",
        "example",
        "time",
        "situation",
    ]
)
"""Words with which questions are put and echoed; they say nothing themselves."""
_WITHOUT_MEANING = ENGLISH_STOP_WORDS | ASKING


def content_stems(text: str) -> list[str]:
    """Stems (Snowball, English) of the words that carry meaning, in their order, repeated as they are said."""
    stem = _stemmer().stemWord
    kept = (word.lower() for word in words_of(text))
    return [stem(word) for word in kept if len(word) > 1 and word not in _WITHOUT_MEANING]


@lru_cache(maxsize=1)
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")
