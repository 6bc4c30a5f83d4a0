"""What an interview is worth, and where a level begins."""

from dataclasses import dataclass

INTERVIEW_POINTS = 50
"""For an interview that was held to its end."""
ANSWER_POINTS = 10
"""For each of its answers, up to :data:`ANSWERS_WITH_POINTS`."""
ANSWERS_WITH_POINTS = 10
LEVEL_STEP = 100
"""Level 2 is this many points above level 1, level 3 twice as many above level 2, and so on."""

GOAL_WEEK_DAYS = 3
"""With so many days of practice a week counts for achievements, whatever somebody's own goal is."""
WEEKLY_GOALS = range(1, 8)
"""Days of practice a week that one can aim for."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level and the way to the next."""

    number: int
    begins_at: int
    next_at: int
    """Points with which the next level begins."""


def level(points: int) -> Level:
    """The level that so many points make.

    >>> level(0), level(100), level(299).number
    (Level(number=1, begins_at=0, next_at=100), Level(number=2, begins_at=100, next_at=300), 2)
    """
    number = 1
    while points >= _begin(number + 1):
        number += 1
    return Level(number, _begin(number), _begin(number + 1))


def _begin(number: int) -> int:
    return LEVEL_STEP * number * (number - 1) // 2


FIRST_LEVEL = level(0)
