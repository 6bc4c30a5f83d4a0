"""The streak's rule, against its plainest statement, over zones, clock changes, moves, and events that come late or twice."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from intervi.progress.calendar import FREEZES, WINDOW, days_by_week, effective_today, frozen_days, streak, week_of
from intervi.progress.service import local_day

MONDAY = date(2025, 3, 3)
DAY = timedelta(days=1)

offsets = st.sets(st.integers(0, 60), max_size=45)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
zones = st.sampled_from(
    [
        "UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns",
        "Europe/Berlin", "America/New_York", "Africa/Casablanca", "Pacific/Apia", "America/Sao_Paulo",
    ]
)  # fmt: skip


def on(*places: int) -> set[date]:
    return {MONDAY + place * DAY for place in places}


def plainly(days: set[date], today: date) -> int:
    """The rule, word by word: the longest run up to today in which no seven days in a row have more than two missed ones."""
    today = max([today, *days])
    longest = 0
    for first in days:
        run = [first + place * DAY for place in range((today - first).days + 1)]
        missed = [day for day in run if day not in days and day != today]
        allowed = all(sum(day <= m < day + WINDOW for m in missed) <= FREEZES for day in run)
        if allowed:
            longest = max(longest, len([day for day in run if day in days]))
    return longest


class TestRule:
    def test_nothing_is_no_streak(self) -> None:
        found = streak(set(), MONDAY)
        assert (found.current, found.best, found.freezes_left) == (0, 0, 2)
        assert frozen_days(set(), MONDAY) == frozenset()

    def test_today_is_not_missed_before_it_is_over(self) -> None:
        assert streak(on(0, 1, 2), MONDAY + 3 * DAY).freezes_left == 2
        assert streak(on(0, 1, 2), MONDAY + 3 * DAY).current == 3

    def test_two_missed_days_are_covered_and_a_third_is_not(self) -> None:
        two, three = streak(on(0, 1), MONDAY + 4 * DAY), streak(on(0, 1), MONDAY + 5 * DAY)
        assert (two.current, two.freezes_left) == (2, 0)
        assert (three.current, three.best) == (0, 2)
        assert frozen_days(on(0, 1), MONDAY + 4 * DAY) == frozenset(on(2, 3))
        assert frozen_days(on(0, 1), MONDAY + 5 * DAY) == frozenset()

    def test_five_days_a_week_are_a_streak_without_end(self) -> None:
        workdays = on(*(week * 7 + day for week in range(10) for day in range(5)))
        assert streak(workdays, MONDAY + 69 * DAY).current == 50

    def test_a_freeze_is_back_seven_days_later(self) -> None:
        days = on(0, 1, 4, 5, 6, 7, 8)
        assert streak(days, MONDAY + 8 * DAY).freezes_left == 0
        assert streak(days, MONDAY + 9 * DAY).freezes_left == 1

    def test_too_many_missed_shorten_a_streak_to_what_is_within_the_rule(self) -> None:
        assert streak(on(0, 1, 3, 5, 7), MONDAY + 7 * DAY).current == 3


class TestProperties:
    @given(offsets, st.integers(0, 70))
    def test_is_what_the_rule_says(self, places: set[int], today: int) -> None:
        days = on(*places)
        found = streak(days, MONDAY + today * DAY)
        assert found.current == plainly(days, MONDAY + today * DAY)
        assert found.best == max((plainly({d for d in days if d <= day}, day) for day in days), default=0)
        assert 0 <= found.freezes_left <= FREEZES

    @given(offsets, st.integers(0, 60), st.integers(0, 70))
    def test_a_day_that_is_reported_late_never_takes_any_away(self, places: set[int], late: int, today: int) -> None:
        before, after = (streak(on(*some), MONDAY + today * DAY) for some in (places, {*places, late}))
        assert after.current >= before.current or late > today
        assert after.best >= before.best

    @given(st.lists(st.integers(0, 60)), st.randoms())
    def test_order_and_duplicates_do_not_matter(self, places: list[int], random: object) -> None:
        shuffled = [*places, *places]
        random.shuffle(shuffled)
        today = MONDAY + 60 * DAY
        assert streak([MONDAY + p * DAY for p in shuffled], today) == streak(on(*places), today)

    @given(offsets, st.integers(0, 70))
    def test_frozen_days_are_missed_ones_before_today(self, places: set[int], today: int) -> None:
        days = on(*places)
        last = effective_today(days, MONDAY + today * DAY)
        frozen = frozen_days(days, last)
        assert not frozen & days
        assert all(min(days) < day < last for day in frozen)

    @given(offsets, st.integers(1, 9))
    def test_freezes_left_are_how_long_one_may_stay_away(self, places: set[int], away: int) -> None:
        days = on(*places, 60)
        found = streak(days, MONDAY + 61 * DAY)
        later = streak(days, MONDAY + (61 + away) * DAY)
        assert (later.current == found.current) == (away <= found.freezes_left)

    @given(offsets)
    def test_weeks_hold_every_day_once(self, places: set[int]) -> None:
        weeks = days_by_week(on(*places))
        assert sum(weeks.values()) == len(places)
        assert all(week.weekday() == 0 and 1 <= count <= 7 for week, count in weeks.items())
        assert {week_of(day) for day in on(*places)} == weeks.keys()


class TestZones:
    @given(moments, zones, st.integers(2, 40))
    def test_the_same_time_every_day_is_a_streak_in_every_zone(self, begin: datetime, zone: str, times: int) -> None:
        """By the wall clock, over every change of it."""
        local = begin.astimezone(ZoneInfo(zone)).replace(hour=12, fold=0)
        days = [local_day((local + place * DAY).astimezone(UTC), zone) for place in range(times)]
        assert streak(days, days[-1]).current == times

    @given(moments, zones, st.integers(2, 40))
    def test_every_24_hours_leaves_no_gap(self, begin: datetime, zone: str, times: int) -> None:
        """By elapsed time: where the clock changes, a date may come twice, and one that is jumped over is covered."""
        days = [local_day(begin + place * DAY, zone) for place in range(times)]
        assert streak(days, days[-1]).current == len(set(days))

    @given(moments, st.integers(-12 * 4, 14 * 4), st.integers(-14 * 4, 14 * 4), st.integers(1, 20), st.integers(1, 20))
    def test_a_move_of_up_to_14_hours_breaks_nothing(
        self, begin: datetime, home: int, move: int, before: int, after: int
    ) -> None:
        days = _days_with_move(begin, [home] * before + [home + move] * after)
        found = streak(days, days[-1])
        assert found.current == len(set(days))
        assert found.freezes_left >= 1

    @given(moments, st.integers(1, 20))
    def test_a_move_across_the_date_line_and_back_breaks_nothing(self, begin: datetime, stay: int) -> None:
        days = _days_with_move(begin, [-12 * 4] * 5 + [14 * 4] * stay + [-12 * 4] * 5)
        assert streak(days, max(days)).current == len(set(days))

    @given(st.lists(st.tuples(moments, zones), min_size=1, max_size=30), moments, zones)
    def test_no_history_is_refused(self, events: Sequence[tuple[datetime, str]], now: datetime, zone: str) -> None:
        days = [local_day(moment, where) for moment, where in events]
        found = streak(days, local_day(now, zone))
        assert 0 <= found.current <= found.best <= len(set(days))
        assert found.best >= 1


def _days_with_move(begin: datetime, quarters: Sequence[int]) -> list[date]:
    """Practice every 24 hours under these offsets from UTC, in quarters of an hour: the local dates."""
    return [(begin + place * DAY + timedelta(minutes=15 * offset)).date() for place, offset in enumerate(quarters)]
