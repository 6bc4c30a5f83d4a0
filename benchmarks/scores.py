"""Whether the built-in scores put answers of known quality in their order, and where good and weak answers lie.

``python -m benchmarks.scores`` prints the tables that stand in docs/measurements.md; ``--write`` puts them there.

The cases (``tests/coaching/cases.yaml``, ``held_out.yaml``) are two halves: the constants were set on the first, the second was written
before its scores were looked at. Beside the sentence embeddings (MiniLM) stands plain TF-IDF in the same code, its ramps moved to
the same quantiles of its own cosines on the tuned half, so that only the vectors differ.
"""

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from intervi.analysis.figures import Reason, Transcript
from intervi.analysis.sentences import sentences_of
from intervi.coaching.scoring import score_answer
from intervi.questions import bank
from tests.coaching import answers
from tests.coaching.answers import KINDS, Case, held_out, speech, tuned, vision
from workers.language import relevance
from workers.language.relevance import Asked, Said
from workers.language.stems import content_stems

DOCUMENT = Path(__file__).parent.parent / "docs" / "measurements.md"
MARKS = ("<!-- benchmarks.scores -->", "<!-- end of benchmarks.scores -->")

BETTER_THAN = {
    "good": ("weak", "padded", "off_topic", "parroted", "empty"),
    "short": ("weak", "padded", "off_topic", "parroted", "empty"),
    "weak": ("off_topic", "parroted", "empty"),
}
"""What must come out above what."""
BOTTOM = 30.0
NAMES = {
    "good": "good", "short": "good, said briefly", "weak": "weak", "padded": "padded", "off_topic": "off topic",
    "parroted": "the question said back", "empty": "empty", "other": "a good answer to another question",
}  # fmt: skip


def main() -> None:
    """Measures and prints, or writes."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--write", action="store_true", help="put the tables into docs/measurements.md")
    text = _report()
    print(text)
    if parser.parse_args().write:
        begin, end = MARKS
        whole = DOCUMENT.read_text()
        DOCUMENT.write_text(re.sub(f"{begin}.*?{end}", lambda _: f"{begin}\n{text}\n{end}", whole, flags=re.DOTALL))


def _report() -> str:
    halves = {"tuned half": tuned(), "other half": held_out()}
    embedded = {name: _overall(half) for name, half in halves.items()}
    with _tf_idf():
        plain = {name: _overall(half) for name, half in halves.items()}
    again = _repeats(held_out())
    lines = [
        f"`.venv/bin/python -m benchmarks.scores --write`: {len(tuned())} + {len(held_out())} questions, answers in writing.",
        "",
        "| | tuned half | other half | tf-idf, tuned | tf-idf, other |",
        "|---|---|---|---|---|",
    ]
    both = [*embedded.values(), *plain.values()]
    rows = {
        "right orderings": [_share(*_orderings(each)) for each in both],
        "… good and short above weak and padded": [_share(*_orderings(each, only=True)) for each in both],
        f"empty, parroted, off topic at {BOTTOM:g} or less": [_share(*_at_bottom(each)) for each in both],
        f"a good answer to another question at {BOTTOM:g} or less": [_share(*_others_at_bottom(each)) for each in both],
        "padding earns, points (mean)": [f"{np.mean(each['padded'] - each['weak']):+.0f}" for each in both],
        "same answer, same score": ["", again, "", ""],
    }
    lines += [f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()]
    lines += ["", "Where they lie, overall score: median (tenth to ninetieth percentile).", ""]
    lines += ["| answer | tuned half | other half | tf-idf, tuned | tf-idf, other |", "|---|---|---|---|---|"]
    lines += [f"| {NAMES[kind]} | {' | '.join(_spread(each[kind]) for each in both)} |" for kind in NAMES]
    lines += [
        "",
        "Wrong orderings of the other half: " + (", ".join(_wrong(held_out(), embedded["other half"])) or "none") + ".",
    ]
    return "\n".join(lines)


Overall = dict[str, NDArray[np.float64]]
"""Scores by kind of answer, one a case; ``other``: each case's question with the good answers to three other questions."""


def _overall(half: Sequence[Case]) -> Overall:
    answers.measured.cache_clear()
    relevance.cohort.cache_clear()
    scores = {kind: np.array([case.overall(kind) for case in half]) for kind in KINDS}
    scores["other"] = np.array([_cross(half, place, step) for place, step in product(range(len(half)), (1, 2, 5))])
    return scores


def _cross(half: Sequence[Case], place: int, step: int) -> float:
    language = answers.measured(half[place].question, half[(place + step) % len(half)].answers["good"])
    silent = speech(reason=Reason.IN_WRITING), vision(reason=Reason.IN_WRITING)
    return score_answer(*silent, language).overall.value.value or 0.0


def _orderings(scores: Overall, *, only: bool = False) -> tuple[int, int]:
    """How many pairs come out right, of how many. ``only``: the hard pairs."""
    pairs = [(better, worse) for better, rest in BETTER_THAN.items() for worse in rest]
    if only:
        pairs = [(better, worse) for better, worse in pairs if better != "weak" and worse in ("weak", "padded")]
    right = [scores[better] > scores[worse] for better, worse in pairs]
    return int(np.sum(right)), int(np.size(right))


def _at_bottom(scores: Overall) -> tuple[int, int]:
    found = np.concatenate([scores[kind] for kind in ("empty", "parroted", "off_topic")])
    return int(np.sum(found <= BOTTOM)), len(found)


def _others_at_bottom(scores: Overall) -> tuple[int, int]:
    return int(np.sum(scores["other"] <= BOTTOM)), len(scores["other"])


def _wrong(half: Sequence[Case], scores: Overall) -> Iterator[str]:
    for place, case in enumerate(half):
        for better, rest in BETTER_THAN.items():
            for worse in rest:
                if scores[better][place] <= scores[worse][place]:
                    yield f"`{case.id}` {NAMES[better]} {scores[better][place]:.0f}, {NAMES[worse]} {scores[worse][place]:.0f}"


def _repeats(half: Sequence[Case]) -> str:
    def once() -> list[str]:
        answers.measured.cache_clear()
        return [json.dumps(case.scored(kind).model_dump(mode="json")) for case in half for kind in KINDS]

    first, second = once(), once()
    return _share(sum(a == b for a, b in zip(first, second, strict=True)), len(first))


def _share(right: int, of: int) -> str:
    return f"{100 * right / of:.1f} % ({right} of {of})"


def _spread(values: NDArray[np.float64]) -> str:
    low, middle, high = np.percentile(values, [10, 50, 90])
    return f"{middle:.0f} ({low:.0f}–{high:.0f})"


# --- tf-idf in the embedding's place --------------------------------------------------------------------------------


@contextmanager
def _tf_idf() -> Iterator[None]:
    """Sentences as TF-IDF vectors of stems, fitted on the question bank and the tuned half."""
    questions = [text for domain in bank.domains() for each in domain.questions for text in (each.text, *each.points)]
    vectorizer = TfidfVectorizer(analyzer=content_stems, sublinear_tf=True)
    vectorizer.fit([*questions, *(text for case in tuned() for text in case.answers.values())])

    def embed(texts: Sequence[str]) -> NDArray[np.float64]:
        return np.asarray(vectorizer.transform(texts).toarray(), dtype=np.float64)

    names = ("embed", "SAME_QUESTION", "RELEVANCE_RAMP", "CLOSENESS_RAMP", "COVERAGE_RAMP")
    before = {name: getattr(relevance, name) for name in names}
    dense = _cosines()
    relevance.embed = embed
    relevance.cohort.cache_clear()
    sparse = _cosines()
    for name, of in {"CLOSENESS_RAMP": "closeness", "COVERAGE_RAMP": "points", "SAME_QUESTION": "questions"}.items():
        setattr(relevance, name, _moved(before[name], dense[of], sparse[of]))
    relevance.cohort.cache_clear()
    relevance.RELEVANCE_RAMP = _moved(before["RELEVANCE_RAMP"], dense["margins"], _cosines()["margins"])
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(relevance, name, value)
        relevance.cohort.cache_clear()


def _cosines() -> dict[str, NDArray[np.float64]]:
    """What the ramps are laid over, for all answers of the tuned half."""
    asked = {case.id: Asked.of(case.question.text, case.question.points) for case in tuned()}
    said = {
        (case.id, kind): Said.of(sentences_of(Transcript(engine="typed", text=case.answers[kind])))
        for case in tuned()
        for kind in KINDS
        if case.answers[kind]
    }
    pairs = [(asked[each.id], words) for each in tuned() for words in said.values()]
    return {
        "closeness": np.array([relevance.closeness(*pair) for pair in pairs]),
        "margins": np.array([relevance.margin(*pair) for pair in pairs]),
        "points": np.concatenate([(words.vectors @ each.points.T).ravel() for each, words in pairs]),
        "questions": np.array([one.question @ other.question for one, other in product(asked.values(), repeat=2)]),
    }


def _moved(
    ends: float | tuple[float, float], dense: NDArray[np.float64], sparse: NDArray[np.float64]
) -> float | tuple[float, ...]:
    """The ends at the same quantiles of the other vectors' values."""

    def one(end: float) -> float:
        return float(np.quantile(sparse, np.mean(dense < end)))

    return one(ends) if isinstance(ends, float) else (one(ends[0]), max(one(ends[1]), one(ends[0]) + 1e-3))


if __name__ == "__main__":
    main()
