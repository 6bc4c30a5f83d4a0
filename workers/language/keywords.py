"""Words and phrases that stand out in an answer."""

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

from intervi.analysis.figures import Keyword
from intervi.analysis.sentences import Sentence

FILLERS = frozenset(
    {
        "like",
        "really",
        "just",
        "actually",
        "basically",
        "yeah",
        "okay",
        "ok",
        "don",
        "ve",
        "ll",
        "re",
    }
)
MOST = 12
WORD = r"(?u)\b[^\W\d_][\w\-]+\b"


def find_keywords(sentences: Sequence[Sentence]) -> list[Keyword]:
    """The strongest words and pairs of words by tf-idf over the answer's sentences, the strongest (relevance 1) first."""
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2),
        stop_words=sorted(ENGLISH_STOP_WORDS | FILLERS),
        token_pattern=WORD,
        sublinear_tf=True,
    )
    texts = [sentence.fluent for sentence in sentences]
    try:
        weights = np.asarray(vectorizer.fit_transform(texts).sum(axis=0)).ravel()
    except ValueError:  # no word but stop words
        return []
    counts = np.asarray(_counts(vectorizer, texts)).ravel()
    order = sorted(range(len(weights)), key=lambda index: (-weights[index], index))
    names = vectorizer.get_feature_names_out()
    kept: list[int] = []
    for index in order:
        if not any(names[index] in names[other].split() or names[other] in names[index].split() for other in kept):
            kept.append(index)
        if len(kept) == MOST:
            break
    return [
        Keyword(
            word=str(names[index]),
            frequency=int(counts[index]),
            relevance=round(float(weights[index] / weights.max()), 3),
        )
        for index in kept
    ]


def _counts(vectorizer: TfidfVectorizer, texts: Sequence[str]) -> list[int]:
    """How often each feature occurs."""
    analyze, vocabulary = vectorizer.build_analyzer(), vectorizer.vocabulary_
    counts = [0] * len(vocabulary)
    for text in texts:
        for feature in analyze(text):
            counts[vocabulary[feature]] += 1
    return counts
