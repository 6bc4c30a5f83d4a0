"""The days of the last 26 weeks."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from intervi.components.practice_calendar import WEEKS, Week, weeks

DAY = timedelta(days=1)


def shown(
    today: date, interviews: dict[date, int] | None = None, frozen: frozenset[date] = frozenset()
) -> tuple[Week, ...]:
    return weeks(
        interviews or {},
        frozen,
        today,
        label=lambda day, count, is_frozen: f"{day} {count} {is_frozen}",
        month=lambda day: f"{day:%b}",
    )


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_ends_with_the_week_of_today_and_names_each_month_once(today: date) -> None:
    found = shown(today, {today: 1})
    assert len(found) == WEEKS
    assert all(len(week.days) == 7 for week in found)
    assert found[-1].days[today.weekday()].kind == "practised-1"
    assert [day.kind for day in found[-1].days[today.weekday() + 1 :]] == ["later"] * (6 - today.weekday())
    months = [week.month for week in found if week.month]
    assert len(months) == len(set(months))
    assert 5 <= len(months) <= 7


def test_tells_days_apart() -> None:
    sunday = date(2025, 6, 1)
    found = shown(sunday, {sunday: 5, sunday - DAY: 2}, frozenset({sunday - 2 * DAY}))
    assert [day.kind for day in found[-1].days[3:]] == ["none", "frozen", "practised-2", "practised-3"]
    assert found[-1].days[4].label == "2025-05-30 0 True"
