"""Figures and times as people read them, in the current locale."""

from datetime import date, datetime
from unicodedata import bidirectional
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time

from intervi.formatting import clock, day, number, percent, points
from intervi.translation import N_, _, current_locale, fill

__all__ = [
    "change",
    "clock",
    "date_of",
    "day",
    "isolated",
    "moment",
    "month",
    "number",
    "percent",
    "points",
    "time_of_day",
]


def moment(at: datetime, time_zone: str, *, today: datetime | None = None) -> str:
    """A date and a time where the reader is."""
    return f"{day(at, time_zone, today=today)}, {time_of_day(at, time_zone)}"


def time_of_day(at: datetime, time_zone: str) -> str:
    """The time on the clock where the reader is."""
    return format_time(at.astimezone(ZoneInfo(time_zone)), "short", locale=current_locale.get())


def date_of(calendar_day: date) -> str:
    """A day of the calendar, which is in no zone."""
    return format_skeleton("yMMMEd", calendar_day, locale=current_locale.get())


def month(calendar_day: date) -> str:
    """The short name of its month."""
    return format_date(calendar_day, "LLL", locale=current_locale.get())


def change(by: float) -> str:
    """How a score changed against the one before."""
    if abs(by) < 0.05:
        return _("unchanged")
    return fill(N_("{points} higher") if by > 0 else N_("{points} lower"), {"points": points(abs(by))})


_FROM_THE_RIGHT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"})


def isolated(text: str) -> str:
    """What somebody wrote, for use within a sentence of ours: its direction ends with it (Unicode UAX #9, isolates).

    >>> isolated("Mara")
    'Mara'
    """
    turns = any(bidirectional(character) in _FROM_THE_RIGHT for character in text)
    return f"\u2068{text}\u2069" if turns else text
