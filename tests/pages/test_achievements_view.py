"""What the page of achievements says."""

from datetime import UTC, date, datetime

from intervi.ids import new_id
from intervi.pages import medals
from intervi.pages.achievements import view
from intervi.progress import catalogue, rules
from intervi.progress.repository import InterviewTotal
from intervi.progress.service import Progress, Standing

TODAY = datetime(2026, 3, 4, 12, tzinfo=UTC)


def progress(**values: float) -> list[Progress]:
    """The catalogue, with these values by code; what has reached its threshold was unlocked today."""
    found = []
    for each in catalogue.achievements():
        value = values.get(each.code, 0)
        found.append(Progress(each, value, TODAY if value >= each.threshold else None))
    return found


def shown(found: list[Progress], ledger: list[InterviewTotal], *, rows: int = 10, is_on: bool = True) -> view.Shown:
    standing = Standing(is_on=is_on, today=TODAY.date(), weekly_goal=4, experience_points=1240, level=rules.level(1240))
    return view.shown(standing, found, ledger, rows=rows, time_zone="UTC", today=TODAY)


def total(answers: int, domain: str = "sales") -> InterviewTotal:
    points = rules.INTERVIEW_POINTS + answers * rules.ANSWER_POINTS
    return InterviewTotal(new_id(), date(2026, 3, 3), domain, answers, points, TODAY)


def test_earned_ones_come_first_with_their_day() -> None:
    found = shown(progress(SENIOR=1, TEN_ANSWERS=4), [])
    assert found.state == f"You have 1 of {len(catalogue.achievements())}."
    assert (found.medals[0].title, found.medals[0].is_earned, found.medals[0].note) == (
        "The High Bar",
        True,
        "Wed, Mar 4",
    )
    assert [medal.is_earned for medal in found.medals[1:]] == [False] * (len(found.medals) - 1)


def test_the_next_three_are_the_nearest_of_different_kinds() -> None:
    near = medals.nearest(progress(TEN_ANSWERS=9, FIFTY_ANSWERS=9, STREAK_3=2, FIRST_GOAL=0.5, FIRST_SESSION=1), 3)
    assert [each.achievement.code for each in near] == ["TEN_ANSWERS", "STREAK_3", "FIRST_GOAL"]
    note = medals.in_progress(near[0], time_zone="UTC", today=TODAY)
    assert (note.note, note.share, note.is_earned) == ("9 of 10", "90%", False)


def test_the_ledger_adds_up_in_words() -> None:
    found = shown(progress(), [total(3), total(0, ""), total(1)], rows=2)
    assert [(row.what, row.why, row.points) for row in found.ledger] == [
        ("Sales", "50 for the interview + 30 (3 answers)", "80"),
        ("An interview", "50 for the interview", "50"),
    ]
    assert found.has_more
    assert found.points == "1,240 points in all, which is level 5."


def test_the_rules_name_the_numbers_the_code_goes_by() -> None:
    said = dict(shown(progress(), []).rules)
    assert "brings 50 points, and each answer in it 10, for up to 10 answers" in said["Points"]
    assert "no 7 days in a row miss more than 2" in said["Streak"]
    assert said["Weekly goal"] == "You aim for 4 days of practice from Monday to Sunday."


def test_nothing_is_shown_while_switched_off() -> None:
    assert shown(progress(), [total(3)], is_on=False) == view.Shown()
