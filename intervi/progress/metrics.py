"""What the rules of achievements ask for. The figures of practice come from the ledger, so that a deleted interview still counts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from intervi.progress.calendar import days_by_week, streak
from intervi.progress.catalogue import METRICS
from intervi.progress.rules import GOAL_WEEK_DAYS

COMEBACK_AFTER = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the database counts."""

    interviews: int = 0
    answers: int = 0
    points: int = 0
    domains: int = 0
    question_types: int = 0
    senior_interviews: int = 0
    answers_in_one: int = 0
    best_score: float | None = None
    first_score: float | None = None


def metrics(counts: Counts, days: Collection[date]) -> dict[str, float]:
    """Every metric's value; 0 where there is nothing yet.

    Args:
        counts: From the database.
        days: The local dates with practice.
    """
    best, first = counts.best_score or 0.0, counts.first_score or 0.0
    ordered = sorted(set(days))
    values: dict[str, float] = {
        "interviews": counts.interviews,
        "answers": counts.answers,
        "points": counts.points,
        "practice_days": len(ordered),
        "best_streak": streak(ordered, ordered[-1]).best if ordered else 0,
        "goal_weeks": sum(count >= GOAL_WEEK_DAYS for count in days_by_week(ordered).values()),
        "comebacks": sum(later - earlier > COMEBACK_AFTER for earlier, later in pairwise(ordered)),
        "domains": counts.domains,
        "question_types": counts.question_types,
        "senior_interviews": counts.senior_interviews,
        "answers_in_one": counts.answers_in_one,
        "best_score": best,
        "score_gain": best - first,
    }
    assert values.keys() == set(METRICS)
    return values
