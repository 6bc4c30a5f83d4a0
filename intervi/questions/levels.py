"""How well a candidate answers, skill by skill: a Rasch model whose estimates move with each scored answer.

A skill is a type of question in a field of work. A candidate of level θ (in logits) is expected to score σ(θ − b) on a question of
difficulty b (Rasch 1960). Scores are shares, not right or wrong: their variance is taken as φ·p·(1 − p) (Papke & Wooldridge 1996).

Skills are not estimated each on its own: an interview has a handful of answers for each, and an estimate from three answers says little.
The levels of one candidate share a general part, a part of the type and a part of the field (a multidimensional Rasch model: Adams,
Wilson & Wang 1997), so an answer moves its own skill most, related ones less, and no skill is at a loss before its first answer.

Each answer is one step of a Gaussian filter (Glickman 1999; Weng & Lin 2011): Elo's rule, with a step as large as the uncertainty left.
Between answers levels return slowly to what is expected of anyone, so that old answers count for less than new ones.

All is computed from the scored answers each time: nothing is counted up, so nothing can drift from them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DIFFICULTY: Mapping[str, float] = {"junior": -1.0, "mid": 0.0, "senior": 1.0}
"""In logits. Own choice, until enough answers are scored to calibrate each question: a mid-level candidate is expected to score 73 on
junior questions, 50 on mid ones and 27 on senior ones."""

GENERAL, OF_TYPE, OF_DOMAIN, OF_BOTH = 0.5, 0.2, 0.2, 0.1
"""Prior variances of the parts of a level (logits²), 1 in all. Own choice: half of what people differ by is common to all their answers."""
DISPERSION = 0.25
"""φ: one candidate's scores on questions of one difficulty spread by 25 points around 50. Own choice."""
MEMORY_DAYS = 180.0
"""After so long without an answer, 1/e of what was known is left. Own choice: people practise in order to change."""
TREND_DAYS = 30
"""A trend is the level now beside that of so many days ago. Own choice: three sessions a week are a dozen by then."""


class Skill(NamedTuple):
    """A type of question in a field of work."""

    domain: str
    type: str


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """One answer that was scored. A question with its follow-ups is one of them: they are not independent of each other."""

    skill: Skill
    difficulty: str
    score: float
    """0 to 1."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Level:
    """An estimate, in logits."""

    mean: float
    standard_deviation: float
    answers: int = 0
    """How many scored answers of this very skill it rests on; those of related skills count too, but are not told here."""

    def expected_score(self, difficulty: str = "mid") -> float:
        """The score, 0 to 1, that this level is expected to reach on a question of this difficulty."""
        return _logistic(self.mean - DIFFICULTY[difficulty])

    def information(self, difficulty: str) -> float:
        """Fisher information about the level in one answer to a question of this difficulty (1/logits²)."""
        expected = self.expected_score(difficulty)
        return expected * (1 - expected) / DISPERSION

    def expected_score_interval(self, difficulty: str = "mid", *, deviations: float = 1.96) -> tuple[float, float]:
        """The expected scores, 0 to 1, at both ends of the level's interval: with the default, 95 of 100 levels lie within."""
        reach = deviations * self.standard_deviation
        low, high = Level(self.mean - reach, 0.0), Level(self.mean + reach, 0.0)
        return low.expected_score(difficulty), high.expected_score(difficulty)


@dataclass(frozen=True, slots=True)
class SkillLevel:
    """Where a candidate stands in one skill, and where they stood a while ago."""

    skill: Skill
    level: Level
    before: Level | None
    """As it was :data:`TREND_DAYS` ago by what had been answered then; ``None`` where this skill had no answer yet."""

    @property
    def change(self) -> float | None:
        """In the score expected on a mid-level question, −1 to 1; ``None`` where there is no level to compare with."""
        return None if self.before is None else self.level.expected_score() - self.before.expected_score()

    @property
    def trend(self) -> int | None:
        """1 up, −1 down, 0 no clear change: a move within the estimate's own standard deviation. ``None`` as ``change``."""
        if self.before is None:
            return None
        moved = self.level.mean - self.before.mean
        return 0 if abs(moved) <= self.level.standard_deviation else 1 if moved > 0 else -1


def estimate_levels(
    answers: Sequence[ScoredAnswer], skills: Collection[Skill], *, at: datetime, expected: float = 0.0
) -> dict[Skill, Level]:
    """The level in each of these skills.

    Args:
        answers: Every scored answer of one candidate, in any order.
        skills: The skills wanted; those of the answers are taken into account by themselves.
        at: The moment for which the estimate is made.
        expected: The level expected before any answer (logits).
    """
    candidate = _Candidate([*skills, *(answer.skill for answer in answers)], expected)
    for answer in sorted(answers, key=lambda answer: answer.at):
        candidate.answer(answer)
    return candidate.levels(skills, at)


def skill_levels(answers: Sequence[ScoredAnswer], *, at: datetime) -> list[SkillLevel]:
    """The level in each skill that was answered, with that of :data:`TREND_DAYS` before: the highest first.

    Args:
        answers: Every scored answer of one candidate up to ``at``, in any order.
        at: The moment for which the estimate is made.
    """
    skills = list(dict.fromkeys(answer.skill for answer in answers))
    candidate, since = _Candidate(skills, 0.0), at - timedelta(days=TREND_DAYS)
    before: dict[Skill, Level] = {}
    for answer in sorted(answers, key=lambda answer: answer.at):
        if answer.at > since and not before:
            before = candidate.levels(skills, since)
        candidate.answer(answer)
    before = before or candidate.levels(skills, since)
    now = candidate.levels(skills, at)
    found = [SkillLevel(skill, now[skill], before[skill] if before[skill].answers else None) for skill in skills]
    return sorted(found, key=lambda one: (-one.level.mean, one.skill))


class _Candidate:
    """What is known of one candidate's levels after the answers so far."""

    def __init__(self, skills: Iterable[Skill], expected: float) -> None:
        order = list(dict.fromkeys(skills))
        self._place = {skill: number for number, skill in enumerate(order)}
        self._expected = expected
        self._prior = _prior_covariance(order)
        self._mean, self._covariance = np.zeros(len(order)), self._prior.copy()
        self._at: datetime | None = None
        self._answers: Counter[Skill] = Counter()

    def answer(self, answer: ScoredAnswer) -> None:
        """Takes the next answer, no earlier than the last."""
        mean, covariance = _after_time(self._mean, self._covariance, self._prior, self._at, answer.at)
        self._at = answer.at
        self._answers[answer.skill] += 1
        place = self._place[answer.skill]
        self._mean, self._covariance = _after_answer(mean, covariance, place, answer, self._expected)

    def levels(self, skills: Iterable[Skill], at: datetime) -> dict[Skill, Level]:
        """The levels at a moment no earlier than the last answer."""
        mean, covariance = _after_time(self._mean, self._covariance, self._prior, self._at, at)
        return {
            skill: Level(
                mean=self._expected + float(mean[place]),
                standard_deviation=float(np.sqrt(covariance[place, place])),
                answers=self._answers[skill],
            )
            for skill in skills
            for place in (self._place[skill],)
        }


def _prior_covariance(skills: Iterable[Skill]) -> NDArray[np.float64]:
    order = list(skills)
    types, domains = np.array([skill.type for skill in order]), np.array([skill.domain for skill in order])
    same_type, same_domain = types[:, None] == types, domains[:, None] == domains
    covariance = GENERAL + OF_TYPE * same_type + OF_DOMAIN * same_domain + OF_BOTH * (same_type & same_domain)
    return np.asarray(covariance, dtype=np.float64)


def _after_answer(
    mean: NDArray[np.float64], covariance: NDArray[np.float64], place: int, answer: ScoredAnswer, expected: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """One step towards what the answer says; ``mean`` is over what is expected of anyone."""
    level = Level(expected + float(mean[place]), 0.0)
    column = covariance[:, place].copy()
    share = 1 + level.information(answer.difficulty) * column[place]
    surprise = (answer.score - level.expected_score(answer.difficulty)) / DISPERSION
    return (
        mean + column * surprise / share,
        covariance - np.outer(column, column) * level.information(answer.difficulty) / share,
    )


def _after_time(
    mean: NDArray[np.float64],
    covariance: NDArray[np.float64],
    prior: NDArray[np.float64],
    since: datetime | None,
    until: datetime,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What is left of the knowledge after some time (Uhlenbeck & Ornstein 1930)."""
    if since is None or until <= since:
        return mean, covariance
    kept = exp(-(until - since).total_seconds() / 86_400 / MEMORY_DAYS)
    return kept * mean, kept**2 * covariance + (1 - kept**2) * prior


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-value))
