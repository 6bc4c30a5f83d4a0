"""The days of the last weeks, a column for each week: practised, covered by a freeze, or neither."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import reflex as rx

from intervi.components.medal import snowflake

WEEKS = 26
_DAY = timedelta(days=1)
_MOST = 3
"""Days with as many interviews or more look the same."""


@dataclass(frozen=True)
class Day:
    """One day."""

    kind: str
    """``practised-1`` to ``practised-3``, ``frozen``, ``none`` or ``later``."""
    label: str


@dataclass(frozen=True)
class Week:
    """Monday to Sunday."""

    month: str
    """The month's name, above its first week."""
    days: tuple[Day, ...]


def weeks(
    interviews: Mapping[date, int],
    frozen: Collection[date],
    today: date,
    *,
    label: Callable[[date, int, bool], str],
    month: Callable[[date], str],
) -> tuple[Week, ...]:
    """The last 26 weeks, oldest first.

    Args:
        interviews: How many interviews each day of practice had.
        frozen: Days a freeze covers.
        today: Its week is the last one.
        label: What a day is called: from its date, its interviews, and whether a freeze covers it.
        month: The name of a date's month.
    """
    first = today - (today.weekday() + 7 * (WEEKS - 1)) * _DAY

    def day(of: date) -> Day:
        if of > today:
            return Day("later", "")
        count = interviews.get(of, 0)
        kind = f"practised-{min(count, _MOST)}" if count else "frozen" if of in frozen else "none"
        return Day(kind, label(of, count, of in frozen))

    def week(monday: date) -> Week:
        # Named where the month's first day falls; the first column only if the next is not another month's.
        begins = monday.day <= 7 or (monday == first and monday.day <= 21)
        return Week(month(monday) if begins else "", tuple(day(monday + place * _DAY) for place in range(7)))

    return tuple(week(first + 7 * place * _DAY) for place in range(WEEKS))


def calendar(shown: rx.Var, summary: rx.Var[str]) -> rx.Component:
    """The days as small squares.

    Args:
        shown: Its :class:`Week`.
        summary: What the picture says, in words.
    """
    return rx.el.div(rx.foreach(shown, _week), class_name="calendar", role="img", aria_label=summary)


def key(meanings: Mapping[str, str]) -> rx.Component:
    """What the squares mean, by the kind of a day."""
    return rx.el.div(
        *(rx.el.span(_square(kind), meaning) for kind, meaning in meanings.items()),
        class_name="calendar-key small quiet",
    )


def _week(week: rx.Var) -> rx.Component:
    return rx.el.div(
        rx.el.span(week.month, class_name="calendar-month"), rx.foreach(week.days, _day), class_name="calendar-week"
    )


def _day(day: rx.Var) -> rx.Component:
    return _square(day.kind, title=day.label)


def _square(kind: rx.Var | str, **props: object) -> rx.Component:
    return rx.el.span(
        rx.cond(kind == "frozen", snowflake()),
        class_name=rx.Var.create("calendar-day calendar-day--") + kind,
        **props,
    )
