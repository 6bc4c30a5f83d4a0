"""How much an answer is about its question, and which of the wanted points it covers: by meaning, not by words in common.

Cosines of sentence embeddings alone say little (a short concrete story is far from the abstract words of its question), so an answer's
closeness to its question is compared with its closeness to questions from every field of the bank, the nearest counting most: an answer
that fits other questions better is about something else. (Speaker verification normalises scores by a cohort in the same way:
Auckenthaler, Carey & Lloyd-Thomas 2000.) The constants were set on ``tests/coaching/cases.yaml``; docs/measurements.md has the figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from intervi.analysis.figures import CoveredPoint
from intervi.analysis.sentences import Sentence
from intervi.questions import bank
from workers.language.embeddings import embed
from workers.language.specificity import concreteness, plainness
from workers.language.stems import content_stems

Vectors = NDArray[np.float64]

CLOSENESS = (0.2, 0.4, 0.4)
"""Weights of: the whole answer to question and points; the nearest passage to the question; the nearest passage to each point, averaged."""
COHORT_OF_EACH_DOMAIN = 6
"""So many questions of each field are compared with. By all of them, scores would fall as the bank grows: the nearest would be nearer."""
SHARPNESS = 15.0
"""How far the nearest of them count for more than the rest."""
POINTS_SHARE = 0.5
"""What the points count once more, compared by themselves: they say more of a short story than the abstract words of its question."""
SAME_QUESTION = 0.6
"""Questions of the bank that are nearer to the asked one than this are the same question in other words."""
RELEVANCE_RAMP = (-0.10, 0.12)
CLOSENESS_RAMP = (0.13, 0.19)
"""What is near to no question at all, this one included, is about something else too."""
OPEN_RAMP = (0.23, 0.295)
"""For a question that asks for anything of one's working life: how near the answer is to the question of the bank that it fits best."""
OPEN_WORDS = frozenset(
    {
        *("solv", "difficult", "problem", "work", "job", "role", "career", "compani", "team", "project", "colleagu"),
        *("challeng", "face", "handl", "deal", "fail", "failur", "mistak", "achiev", "accomplish", "proud", "success"),
        *("strength", "weak", "weakness", "experi", "experienc", "learn", "goal", "year", "hire", "futur", "introduc"),
        *("background", "hard", "tough", "stress", "pressur", "conflict", "good", "bad", "best", "worst", "big"),
        *("greatest", "want", "like", "recent", "last", "situat"),
    }
)
"""Stems of questions that name no subject: "Tell me about a difficult problem at work"."""
COVERAGE_RAMP = (0.15, 0.45)
TOUCHED = 0.3
"""What touching upon a point is worth, against saying it concretely."""
EVIDENCE = 0.2
"""From this coverage on, a passage is shown as the place where a point is covered."""
CLEAR = 0.85
"""From this coverage on a passage is praised, if it is about this point more than about any other. Of 40 such passages that we read, three
said something else."""
AS_GOOD = 0.9
AS_NEAR = 0.1
OTHER_POINT = 0.1
"""A passage whose cosine with another point is higher by more than this is about that one, and merely touches this."""
PARROT_OVERLAP = 0.65
"""A sentence with more of the question's words than this is the question said back, and evidence of nothing."""


@dataclass(frozen=True)
class Asked:
    """A question as vectors."""

    question: Vectors
    with_points: Vectors
    points: Vectors
    is_open: bool
    """It names no subject, so an answer about anything one may be asked in an interview is about it."""

    @classmethod
    def of(cls, text: str, points: Sequence[str]) -> Self:
        vectors = embed([text, " ".join([text, *points]), *points])
        is_open = not points and OPEN_WORDS.issuperset(content_stems(text))
        return cls(vectors[0], vectors[1], vectors[2:], is_open)


@dataclass(frozen=True)
class Said:
    """An answer as vectors: its passages and the whole."""

    windows: list[Sentence]
    """First each sentence, then each two that follow one another."""
    sentences: int
    vectors: Vectors
    whole: Vectors

    @classmethod
    def of(cls, sentences: Sequence[Sentence]) -> Self:
        windows = windows_of(sentences)
        vectors = embed([*(window.fluent for window in windows), " ".join(sentence.fluent for sentence in sentences)])
        return cls(windows, len(sentences), vectors[:-1], vectors[-1])


def windows_of(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Each sentence, and each two that follow one another: a thought is often said in two."""
    pairs = [Sentence(f"{first.text} {second.text}", first.start, second.end) for first, second in pairwise(sentences)]
    return [*sentences, *pairs]


def measure_relevance(asked: Asked, said: Said) -> float:
    """0 to 1; see the module."""
    own = closeness(asked, said)
    if asked.is_open:
        return _ramp(max(own, *(closeness(other, said) for other in cohort())), OPEN_RAMP)
    return _ramp(margin(asked, said), RELEVANCE_RAMP) * _ramp(own, CLOSENESS_RAMP)


def margin(asked: Asked, said: Said) -> float:
    """By how much an answer is closer to its question, and to the points wanted of it, than to others of the bank."""
    others = [other for other in cohort() if other.question @ asked.question < SAME_QUESTION]
    whole, points = (
        measure(asked, said) - _soft_maximum([measure(other, said) for other in others])
        for measure in (closeness, closeness_to_points)
    )
    return whole + POINTS_SHARE * points


def _soft_maximum(values: Sequence[float]) -> float:
    """LogSumExp of their mean, a smooth maximum: between their mean and the largest of them."""
    return float(np.log(np.mean(np.exp(SHARPNESS * np.array(values))))) / SHARPNESS


def measure_coverage(
    asked: Asked, said: Said, points: Sequence[str], question_text: str, question_type: str | None
) -> list[CoveredPoint]:
    """Each point with how well it is covered, 0 to 1, and the passage that does it best.

    A point counts in full when a passage both means it and is concrete (a number, a name, an action, a result) in an answer that keeps from
    general talk, and for ``TOUCHED`` when it is merely touched upon: of many general sentences one comes near to almost any point, and a
    passage that is about one point comes near to its neighbours.
    """
    if not points:
        return []
    detail = np.array([concreteness(window.fluent, question_type, question_text) for window in said.windows])
    own = np.array([question_overlap(window.fluent, question_text) < PARROT_OVERLAP for window in said.windows])
    plain = plainness([window.fluent for window in said.windows[: said.sentences]], question_text)
    told = (1 - TOUCHED) * plain * np.minimum(1.0, 2 * detail)
    to_points = asked.points @ said.vectors.T
    covered = []
    for point, cosines in zip(points, to_points, strict=True):
        near = np.array([_ramp(float(cosine), COVERAGE_RAMP) for cosine in cosines])
        values = near * own * (TOUCHED + told * (cosines >= to_points.max(axis=0) - OTHER_POINT))
        best = float(values.max())
        is_evidence = best >= EVIDENCE
        place = _shortest(said, values, cosines) if is_evidence else int(cosines[: said.sentences].argmax())
        nearest = said.windows[place]
        is_its_own = bool(cosines[place] >= to_points[:, place].max()) and not nearest.text.endswith(":")
        covered.append(
            CoveredPoint(
                point=point,
                coverage=round(best, 3),
                evidence=nearest.quotation if is_evidence else None,
                nearest=None if is_evidence else nearest.quotation,
                is_clear=best >= CLEAR and is_its_own,
            )
        )
    return covered


def _shortest(said: Said, values: NDArray[np.float64], cosines: NDArray[np.float64]) -> int:
    """Of the passages that cover a point about as well as the best, and mean it about as much, the one that is read most quickly."""
    as_good = values >= AS_GOOD * values.max()
    as_near = cosines >= cosines[as_good].max() - AS_NEAR
    return min(np.flatnonzero(as_good & as_near).tolist(), key=lambda index: len(said.windows[index].text))


def question_overlap(text: str, question: str) -> float:
    """The share of the text's words (stems, without function words) that are the question's. 1 where there are none of its own."""
    said, asked = content_stems(text), set(content_stems(question))
    return sum(stem in asked for stem in said) / len(said) if said else 1.0


def closeness(asked: Asked, said: Said) -> float:
    """How close an answer is to a question and its points: cosines, weighted by ``CLOSENESS``."""
    whole, nearest, per_point = CLOSENESS
    to_question = float(np.max(said.vectors @ asked.question))
    return (
        whole * float(said.whole @ asked.with_points)
        + nearest * to_question
        + per_point * closeness_to_points(asked, said)
    )


def closeness_to_points(asked: Asked, said: Said) -> float:
    """The cosine of each point's nearest passage, averaged; without points that of the question's."""
    wanted = asked.points if len(asked.points) else asked.question[None]
    return float(np.mean(np.max(wanted @ said.vectors.T, axis=1)))


@lru_cache(maxsize=1)
def cohort() -> tuple[Asked, ...]:
    """The first questions of every field of the bank, embedded once per process."""
    return tuple(
        Asked.of(question.text, question.points)
        for domain in bank.domains()
        for question in domain.questions[:COHORT_OF_EACH_DOMAIN]
    )


def _ramp(value: float, ends: tuple[float, float]) -> float:
    low, high = ends
    return min(1.0, max(0.0, (value - low) / (high - low)))
