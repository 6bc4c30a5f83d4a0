"""Which times fit: intervals of working hours, what is left of them beside what is busy, and the first slot in common.

An interval is a pair of UTC moments, the start before the end; lists of them are in order and do not touch.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours of every day, by the clock on the wall."""

    time_zone: str
    starts_minute: int = 9 * 60
    ends_minute: int = 17 * 60


def working_intervals(hours: Hours, within: Interval) -> list[Interval]:
    """The working hours inside a span of time.

    A day is as long as its clock says: where the clock jumps inside working hours, they are an hour shorter or longer. A wall time
    that a jump leaves out means the moment as much after the jump (PEP 495, ``fold=0``).
    """
    zone = ZoneInfo(hours.time_zone)
    day, last = (moment.astimezone(zone).date() for moment in within)
    found = []
    while day <= last:
        midnight = datetime.combine(day, time(), tzinfo=zone)
        # Adding to an aware datetime moves the clock on the wall, which is what is meant here.
        starts = (midnight + timedelta(minutes=hours.starts_minute)).astimezone(UTC)
        ends = (midnight + timedelta(minutes=hours.ends_minute)).astimezone(UTC)
        found.append((starts, ends))
        day += timedelta(days=1)
    return common(joined(found), [within])


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """The same times in order, with what overlaps or touches made one."""
    found: list[Interval] = []
    for starts, ends in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if found and starts <= found[-1][1]:
            found[-1] = (found[-1][0], max(ends, found[-1][1]))
        else:
            found.append((starts, ends))
    return found


def common(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """The times that are in both."""
    found: list[Interval] = []
    left = right = 0
    while left < len(one) and right < len(other):
        starts, ends = max(one[left][0], other[right][0]), min(one[left][1], other[right][1])
        if starts < ends:
            found.append((starts, ends))
        if one[left][1] < other[right][1]:
            left += 1
        else:
            right += 1
    return found


def without(intervals: Sequence[Interval], busy: Sequence[Interval]) -> list[Interval]:
    """What is left of ``intervals`` beside what is busy (joined)."""
    found: list[Interval] = []
    for starts, ends in intervals:
        left = starts
        for busy_from, busy_until in busy:
            if busy_until <= left or busy_from >= ends:
                continue
            if left < busy_from:
                found.append((left, busy_from))
            left = busy_until
        if left < ends:
            found.append((left, ends))
    return found


def first_slot(free: Sequence[Interval], duration: timedelta) -> Interval | None:
    """The earliest time of this length: it begins right where the free time does, on no grid."""
    return next(((starts, starts + duration) for starts, ends in free if ends - starts >= duration), None)
