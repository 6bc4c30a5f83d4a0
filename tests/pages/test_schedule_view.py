"""What the schedule says."""

from datetime import UTC, datetime, timedelta

from intervi.ids import new_id
from intervi.interviews.models import Interview
from intervi.pages.schedule import view

MOMENT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def an_interview(after: timedelta, **fields: object) -> Interview:
    return Interview(user_id=new_id(), origin="practice", scheduled_at=MOMENT + after, duration_minutes=20, **fields)


def test_times_are_the_readers_and_soon_is_said() -> None:
    near, far = view.appointments(
        [an_interview(timedelta(minutes=10), job_title="Nurse"), an_interview(timedelta(days=1), time_zone="UTC")],
        [],
        {},
        "Asia/Tokyo",
        MOMENT,
    )
    assert (near.title, near.is_soon, far.is_soon) == ("Interview: Nurse", True, False)
    assert near.clock.replace("\u202f", " ") == "6:10 PM"
    assert near.facts == "20 minutes"


def test_who_takes_part_and_what_was_missed() -> None:
    parties = {"parties": {"candidate": "مقابلة", "job": None, "interviewers": ["Ada"]}}
    [row] = view.appointments([an_interview(timedelta(minutes=-5), preferences=parties)], [], {}, "UTC", MOMENT)
    assert row.facts == "20 minutes · \u2068مقابلة\u2069, Ada · was to begin already"
