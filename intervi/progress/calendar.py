"""Days of practice: streaks, freezes and weeks, derived from the set of local dates and from nothing else.

**The rule of the streak.** A run of days is unbroken while no seven days in a row have more than :data:`FREEZES` without practice: a freeze
covers such a day by itself, costs nothing, and is back seven days later. The streak is the number of days of practice in the longest
unbroken run that reaches up to today. Today is not missed before it is over.

The rule has no memory, so events may come late, twice or in any order, and a day of practice more never makes a streak shorter. A move can
put today before the last day of practice; that day counts as today then.
"""

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

FREEZES = 2
"""Days that may be missed within any :data:`WINDOW` in a row."""
WINDOW = timedelta(days=7)

_DAY = timedelta(days=1)
_WINDOW_DAYS = WINDOW.days


@dataclass(frozen=True, slots=True)
class Streak:
    """Where a streak stands."""

    current: int
    """Days of practice in the run up to today."""
    best: int
    """The most days of practice that any run had."""
    freezes_left: int
    """How many days from today on may be missed in a row."""


@dataclass(frozen=True, slots=True)
class _Run:
    """An unbroken run, newest day first. Days are counted (``date.toordinal``) from here on: there are many of them to compare."""

    practised: Sequence[int] = ()
    missed: Sequence[int] = ()


def effective_today(days: Collection[date], today: date) -> date:
    """Today, or the last day of practice where a move has put today before it."""
    return max(today, max(days, default=today))


def streak(days: Collection[date], today: date) -> Streak:
    """The streak of somebody who practised on ``days``, as it stands on ``today``.

    >>> monday = date(2025, 1, 6)
    >>> found = streak({monday, monday + 2 * _DAY}, monday + 3 * _DAY)
    >>> found.current, found.best, found.freezes_left
    (2, 2, 1)
    """
    ordered, last = _ordered(days), effective_today(days, today).toordinal()
    current = _run_before(ordered, last)
    return Streak(
        current=len(current.practised),
        best=_best(ordered),
        freezes_left=FREEZES - sum(last - day < _WINDOW_DAYS for day in current.missed),
    )


def frozen_days(days: Collection[date], today: date) -> frozenset[date]:
    """The missed days that a freeze covers, in the run up to ``today`` and in all those before it."""
    ordered, last = _ordered(days), effective_today(days, today).toordinal()
    return frozenset(date.fromordinal(day) for day in _frozen(ordered, _run_before(ordered, last)))


def week_of(day: date) -> date:
    """The Monday of a day's week (ISO 8601)."""
    return day - day.weekday() * _DAY


def days_by_week(days: Collection[date]) -> dict[date, int]:
    """How many days of practice each week has, by its Monday; weeks without any are left out."""
    weeks: dict[date, int] = {}
    for day in set(days):
        weeks[week_of(day)] = weeks.get(week_of(day), 0) + 1
    return weeks


def _ordered(days: Collection[date]) -> list[int]:
    return sorted({day.toordinal() for day in days})


def _run_before(ordered: Sequence[int], end: int) -> _Run:
    """The longest unbroken run that reaches up to ``end``, which itself is not looked at unless it is a day of practice."""
    practised: list[int] = []
    missed: list[int] = []
    later = end
    for day in reversed(ordered):
        gap = _first_between(day, later)
        for place, free in enumerate(gap):
            if _is_one_too_many([*missed, *gap[:place]], free):
                return _Run(practised, missed)
        missed += gap
        practised.append(day)
        later = day
    return _Run(practised, missed)


def _is_one_too_many(missed: Sequence[int], day: int) -> bool:
    """Whether a missed day before those (newest first) makes more of them than seven days in a row may have."""
    return len(missed) >= FREEZES and missed[-FREEZES] - day < _WINDOW_DAYS


def _first_between(day: int, later: int) -> range:
    """The days between two, newest first, and no more of them than end a streak."""
    return range(later - 1, day, -1)[: FREEZES + 1]


def _frozen(ordered: Sequence[int], current: _Run) -> Iterator[int]:
    """The missed days of the current run, of the one before it, and so on."""
    yield from current.missed
    rest = ordered[: len(ordered) - len(current.practised)]
    while rest:
        run = _run_before(rest, rest[-1])
        yield from run.missed
        rest = rest[: len(rest) - len(run.practised)]


def _best(ordered: Sequence[int]) -> int:
    """The most days of practice in an unbroken run, in one pass over the days."""
    best = start = 0
    recent: deque[int] = deque(maxlen=FREEZES)
    for place, day in enumerate(ordered):
        missed = _first_between(ordered[place - 1], day) if place else range(0)
        if len(missed) > FREEZES:
            start = place
            recent.clear()
            missed = range(0)
        for free in reversed(missed):
            if len(recent) == FREEZES and free - recent[0] < _WINDOW_DAYS:
                # The third within seven days: a run with both later ones begins after the first.
                while ordered[start] < recent[0]:
                    start += 1
            recent.append(free)
        best = max(best, place - start + 1)
    return best
