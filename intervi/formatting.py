"""Figures, times and days as people read them, in the current locale."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent

from intervi.translation import current_locale


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
