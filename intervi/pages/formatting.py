"""Figures and times as people read them, in the current locale."""

from datetime import date, datetime
from unicodedata import bidirectional
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal, format_percent

from intervi.translation import N_, _, current_locale, fill


def clock(seconds: float) -> str:
    """A moment or a length as 2:14.

    >>> clock(134.9)
    '2:14'
    """
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def number(value: float, digits: int = 1) -> str:
    """At most ``digits`` decimals.

    >>> number(12.04)
    '12'
    """
    return format_decimal(round(value, digits), locale=current_locale.get())


def points(value: float) -> str:
    """A score or a part of one: always one decimal, so that sums can be followed.

    >>> points(7)
    '7.0'
    """
    return format_decimal(value, format="0.0", locale=current_locale.get())


def percent(share: float, digits: int = 0) -> str:
    """A share of 0 to 1, with at most ``digits`` decimals.

    >>> percent(0.734)
    '73%'
    """
    return format_percent(round(share, digits + 2), format=f"0.{'#' * digits}%", locale=current_locale.get())


def day(moment: datetime, time_zone: str, *, today: datetime | None = None) -> str:
    """The date where the reader is; the year only if it is not this one's."""
    local = moment.astimezone(ZoneInfo(time_zone))
    if today and today.astimezone(ZoneInfo(time_zone)).year == local.year:
        return format_skeleton("MMMEd", local, locale=current_locale.get())
    return format_date(local, "long", locale=current_locale.get())


def moment(at: datetime, time_zone: str, *, today: datetime | None = None) -> str:
    """A date and a time where the reader is."""
    local = at.astimezone(ZoneInfo(time_zone))
    return f"{day(at, time_zone, today=today)}, {format_time(local, 'short', locale=current_locale.get())}"


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
    return fill(N_("{points} more") if by > 0 else N_("{points} fewer"), {"points": points(abs(by))})


_FROM_THE_RIGHT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"})


def isolated(text: str) -> str:
    """What somebody wrote, for use within a sentence of ours: its direction ends with it (Unicode UAX #9, isolates).

    >>> isolated("Mara")
    'Mara'
    """
    turns = any(bidirectional(character) in _FROM_THE_RIGHT for character in text)
    return f"\u2068{text}\u2069" if turns else text
