"""The embedding is the published model's, and orders answers better than words in common do."""

import re

import numpy as np
import pytest
import snowballstemmer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import roc_auc_score

from tests.coaching.answers import cases
from workers.language.embeddings import _vector, embed

SAME = [
    ("Revenue rose by a fifth.", "Our sales went up by twenty percent."),
    ("I asked a colleague for help.", "I turned to a teammate for support."),
    ("The server crashed at night.", "During the night the machine went down."),
    ("The customer wanted her money back.", "She asked us for a refund."),
    ("We tested it with five users.", "Five people tried it out for us."),
]


class TestKnownTruth:
    def test_cosines_of_the_published_model(self) -> None:
        """The figures that the model's page on the hub shows for its example."""
        first, *others = embed(
            ["That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day"]
        )
        assert [float(first @ other) for other in others] == pytest.approx([0.695, 0.943, 0.257], abs=0.001)

    def test_the_same_meaning_is_nearer_than_another(self) -> None:
        left, right = embed([pair[0] for pair in SAME]), embed([pair[1] for pair in SAME])
        cosines = left @ right.T
        assert all(np.argmax(cosines, axis=1) == np.arange(len(SAME)))
        others = cosines[~np.eye(len(SAME), dtype=bool)]
        assert np.diag(cosines).min() > others.max()


class TestShape:
    def test_unit_rows(self) -> None:
        vectors = embed(["One.", "A longer sentence of some more words.", "three " * 400])
        assert vectors.shape == (3, 384)
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)

    def test_nothing(self) -> None:
        assert embed([]).shape == (0, 384)

    def test_does_not_depend_on_the_company(self) -> None:
        text = "We shipped the product in May."
        alone = embed([text])[0]
        _vector.cache_clear()
        assert (embed(["Something much longer than the other. " * 9, text])[1] == alone).all()


def test_orders_answers_better_than_words_in_common() -> None:
    """Which of two good answers belongs to a question: by meaning, against tf-idf with stemming."""
    wanted = [" ".join([case.question.text, *case.question.points]) for case in cases()]
    answers = [case.answers[kind] for kind in ("good", "short") for case in cases()]
    mine = np.tile(np.eye(len(wanted), dtype=bool), 2)
    stem = snowballstemmer.stemmer("english").stemWords
    tfidf = TfidfVectorizer(analyzer=lambda text: stem(re.findall(r"[a-z]+", text.lower()))).fit([*wanted, *answers])
    by_words = (tfidf.transform(wanted) @ tfidf.transform(answers).T).toarray()
    by_meaning = embed(wanted) @ embed(answers).T
    words, meaning = roc_auc_score(mine.ravel(), by_words.ravel()), roc_auc_score(mine.ravel(), by_meaning.ravel())
    print(f"area under the curve: tf-idf {words:.3f}, embedding {meaning:.3f}")
    assert meaning > words
    assert meaning > 0.87
