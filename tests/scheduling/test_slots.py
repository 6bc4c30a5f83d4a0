"""Intervals and working hours, by their properties: over zones, days of clock change, and overlapping times."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervi.scheduling import slots
from intervi.scheduling.slots import Hours, Interval

START = datetime(2026, 3, 1, tzinfo=UTC)
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Pacific/Apia",
    "America/Sao_Paulo",
]

minutes = st.integers(0, 5000)
intervals = st.lists(st.tuples(minutes, st.integers(1, 600)), max_size=12).map(
    lambda pairs: [
        (START + timedelta(minutes=start), START + timedelta(minutes=start + length)) for start, length in pairs
    ]
)


def _minutes(found: list[Interval]) -> set[int]:
    """Every minute that is inside one of them."""
    return {
        minute
        for starts, ends in found
        for minute in range(int((starts - START).total_seconds()) // 60, int((ends - START).total_seconds()) // 60)
    }


def _is_tidy(found: list[Interval]) -> bool:
    return all(starts < ends for starts, ends in found) and all(
        one[1] <= other[0] for one, other in itertools.pairwise(found)
    )


@given(intervals)
def test_joining_keeps_every_minute_and_nothing_touches(times: list[Interval]) -> None:
    found = slots.joined(times)
    assert _minutes(found) == _minutes(times)
    assert all(one[1] < other[0] for one, other in itertools.pairwise(found))


@given(intervals, intervals)
def test_what_is_common_is_in_both(one: list[Interval], other: list[Interval]) -> None:
    found = slots.common(slots.joined(one), slots.joined(other))
    assert _is_tidy(found)
    assert _minutes(found) == _minutes(one) & _minutes(other)


@given(intervals, intervals)
def test_what_is_busy_is_taken_out(one: list[Interval], busy: list[Interval]) -> None:
    found = slots.without(slots.joined(one), slots.joined(busy))
    assert _is_tidy(found)
    assert _minutes(found) == _minutes(one) - _minutes(busy)


@given(intervals, intervals, st.integers(1, 240))
def test_the_first_slot_is_free_and_nothing_before_it_fits(
    one: list[Interval], busy: list[Interval], length: int
) -> None:
    free = slots.without(slots.joined(one), slots.joined(busy))
    slot = slots.first_slot(free, timedelta(minutes=length))
    open_minutes = _minutes(free)

    def fits(first: int) -> bool:
        return open_minutes.issuperset(range(first, first + length))

    earliest = next((minute for minute in sorted(open_minutes) if fits(minute)), None)
    assert (None if slot is None else int((slot[0] - START).total_seconds()) // 60) == earliest


@given(
    st.sampled_from(ZONES),
    st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    st.integers(0, 23 * 60),
    st.integers(15, 600),
)
def test_working_hours_are_those_of_the_clock_on_the_wall(zone: str, day: date, starts: int, length: int) -> None:
    hours = Hours(zone, starts, min(starts + length, 24 * 60))
    local = ZoneInfo(zone)
    within = (
        datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1),
        datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=2),
    )
    found = slots.working_intervals(hours, within)
    assert _is_tidy(found)
    for begins, ends in found:
        if begins == within[0] or ends == within[1]:
            continue  # cut off by the span
        wall = begins.astimezone(local)
        jump = wall.utcoffset() != (begins - timedelta(hours=2)).astimezone(local).utcoffset()
        assert wall.hour * 60 + wall.minute == starts or jump


@pytest.mark.parametrize(
    ("day", "first_hour", "last_hour"),
    [("2026-03-28", 8, 16), ("2026-03-29", 7, 15), ("2026-10-25", 8, 16), ("2026-10-24", 7, 15)],
)
def test_nine_to_five_in_berlin_moves_with_the_clock(day: str, first_hour: int, last_hour: int) -> None:
    begins = datetime.fromisoformat(day).replace(tzinfo=UTC)
    found = slots.working_intervals(Hours("Europe/Berlin"), (begins, begins + timedelta(days=1)))
    assert found == [(begins + timedelta(hours=first_hour), begins + timedelta(hours=last_hour))]


def test_a_night_in_which_the_clock_jumps_is_an_hour_shorter() -> None:
    begins = datetime(2026, 3, 28, 12, tzinfo=UTC)
    found = slots.working_intervals(Hours("Europe/Berlin", 0, 6 * 60), (begins, begins + timedelta(days=1)))
    assert found[0][1] - found[0][0] == timedelta(hours=5)


CHANGES = [
    date(2026, 3, 8),
    date(2026, 3, 29),
    date(2026, 4, 5),
    date(2026, 10, 4),
    date(2026, 10, 25),
    date(2026, 11, 1),
]
"""Days around which the clock of one of the zones is changed."""
people = st.lists(
    # Nobody's hours begin or end in the night: there a clock says the same time twice, or leaves it out.
    st.tuples(st.sampled_from(ZONES), st.integers(5 * 60, 14 * 60), st.integers(60, 9 * 60)).map(
        lambda given: Hours(given[0], given[1], given[1] + given[2])
    ),
    min_size=1,
    max_size=3,
)


@given(
    people,
    st.sampled_from(CHANGES),
    st.integers(0, 48 * 60),
    st.integers(60, 60 * 60),
    st.lists(st.tuples(st.integers(0, 60 * 60), st.integers(15, 300)), max_size=4),
    st.integers(1, 12).map(lambda quarters: quarters * 15),
)
def test_the_booked_time_suits_everyone_by_their_own_clock_and_is_the_first(
    everyone: list[Hours], day: date, starts: int, length: int, taken: list[tuple[int, int]], minutes: int
) -> None:
    origin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
    wish = origin + timedelta(minutes=starts), origin + timedelta(minutes=starts + length)
    busy = [(origin + timedelta(minutes=at), origin + timedelta(minutes=at + long)) for at, long in taken]
    free = [wish]
    for hours in everyone:
        free = slots.common(free, slots.working_intervals(hours, wish))
    slot = slots.first_slot(slots.without(free, slots.joined(busy)), timedelta(minutes=minutes))

    def suits(minute: int) -> bool:
        moment = wish[0] + timedelta(minutes=minute)
        walls = [(moment.astimezone(ZoneInfo(hours.time_zone)), hours) for hours in everyone]
        return all(
            hours.starts_minute <= wall.hour * 60 + wall.minute < hours.ends_minute for wall, hours in walls
        ) and not any(begins <= moment < ends for begins, ends in busy)

    run, earliest = 0, None
    for minute in range(length):
        run = run + 1 if suits(minute) else 0
        if run == minutes:
            earliest = wish[0] + timedelta(minutes=minute + 1 - minutes)
            break
    assert (slot[0] if slot else None) == earliest
