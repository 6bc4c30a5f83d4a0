"""What the schedule says."""

from datetime import UTC, datetime, timedelta

from intervi.accounts.models import User
from intervi.ids import new_id
from intervi.interviews.models import Interview
from intervi.pages.schedule import view
from intervi.scheduling.invited import Invited

MOMENT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MEETING = "https://meet.example.com:8443/room"


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


def rows_of(after: timedelta, **fields: object) -> tuple[view.Appointment, view.Appointment]:
    """The same interview as its owner and as somebody who is invited see it."""
    interview = an_interview(after, **fields)
    owner = User(email="ülo+x@example.com", email_key="ülo+x@example.com", password_hash="x", first_name="Ülo")
    [own] = view.appointments([interview], [], {}, "UTC", MOMENT)
    [invited] = view.appointments([], [Invited(interview, owner, has_declined=False)], {}, "UTC", MOMENT)
    return own, invited


def test_a_meetings_address_is_where_everybody_joins_until_its_end() -> None:
    held = {"preferences": {"meeting_url": MEETING}}
    for after, is_soon, late in [(timedelta(hours=1), False, ""), (timedelta(minutes=-19), True, "now")]:
        for row in rows_of(after, **held):
            assert (row.join, row.is_elsewhere, row.is_soon) == (MEETING, True, is_soon)
            assert row.facts.endswith(" · ".join(each for each in (late, "at meet.example.com:8443") if each))
    for row in rows_of(timedelta(minutes=-20), **held):
        assert row.join == ""
        assert "was to begin already" in row.facts


def test_without_one_its_owner_joins_in_their_room_and_nobody_else_does() -> None:
    own, invited = rows_of(timedelta(minutes=10))
    assert own.join.startswith("/practice/")
    assert (invited.join, invited.organizer) == ("", "mailto:%C3%BClo%2Bx@example.com")
    assert not own.is_elsewhere
    assert not invited.is_elsewhere


def test_its_owner_changes_time_and_address_by_their_clock_and_nobody_else_does() -> None:
    own, invited = rows_of(timedelta(hours=14), preferences={"meeting_url": MEETING})
    assert (own.wall_day, own.wall_time, own.address) == ("2026-03-02", "23:00", MEETING)
    assert (invited.wall_day, invited.wall_time, invited.address, invited.room) == ("", "", "", "")
    begun, _other = rows_of(timedelta(minutes=-5), preferences={"meeting_url": MEETING}, status="active")
    assert (begun.wall_day, begun.wall_time, begun.address) == ("", "", MEETING)


def test_what_is_held_elsewhere_has_its_room_all_the_same_unless_others_take_part() -> None:
    own, _invited = rows_of(timedelta(hours=1), preferences={"meeting_url": MEETING})
    assert own.room.startswith("/practice/")
    parties = {"candidate": "Ada", "job": None, "interviewers": []}
    of_others, _invited = rows_of(timedelta(hours=1), preferences={"meeting_url": MEETING, "parties": parties})
    here, _invited = rows_of(timedelta(hours=1))
    assert (of_others.room, here.room) == ("", "")
