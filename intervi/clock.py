"""The one clock. Everything in Intervi is UTC-aware; a naive datetime is a bug."""

from datetime import UTC, datetime
from typing import overload


def now() -> datetime:
    """The current time, UTC-aware, to the microsecond."""
    return datetime.now(UTC)


@overload
def iso_z(moment: datetime) -> str: ...


@overload
def iso_z(moment: None) -> None: ...


@overload
def iso_z(moment: datetime | None) -> str | None: ...


def iso_z(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds and a ``Z``, as all five contracts print times.

    >>> iso_z(datetime(2025, 1, 15, 10, 30, tzinfo=UTC))
    '2025-01-15T10:30:00.000Z'
    """
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
