"""Planning for oneself, and taking a cancellation back, on a real database."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from intervi.accounts import profile
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import transaction
from intervi.errors import Conflict, InvalidInput, NotFound, WrongState
from intervi.interviews import lifecycle
from intervi.interviews import service as interviews
from intervi.interviews.models import Interview, Status
from intervi.scheduling import calendar, meeting, own, service
from tests.scheduling.test_service import a_user, booked

pytestmark = pytest.mark.usefixtures("servers")

URL = "https://meet.example.com/room"


async def somebody_in(zone: str) -> Principal:
    principal = await a_user()
    async with transaction() as session:
        await profile.change(session, principal, {"time_zone": zone})
    return principal


async def plan(principal: Principal, day: date, at: time) -> Interview:
    async with transaction() as session:
        return await own.plan(session, principal, day, at, domain="software-dev")


async def upcoming(principal: Principal) -> list[datetime | None]:
    async with transaction() as session:
        return [each.scheduled_at for each in await own.upcoming(session, principal)]


class TestPlan:
    async def test_by_ones_own_clock(self) -> None:
        principal = await somebody_in("Asia/Tokyo")
        made = await plan(principal, date(2040, 5, 1), time(9, 0))
        assert made.scheduled_at == datetime(2040, 5, 1, 0, 0, tzinfo=UTC)
        assert (made.status, made.about_others) == (Status.SCHEDULED, False)
        assert await upcoming(principal) == [made.scheduled_at]

    @pytest.mark.parametrize(("day", "utc_hour"), [(date(2030, 3, 30), 9), (date(2030, 4, 1), 8)])
    async def test_either_side_of_a_clock_change(self, day: date, utc_hour: int) -> None:
        principal = await somebody_in("Europe/Berlin")
        made = await plan(principal, day, time(10, 0))
        assert made.scheduled_at
        assert made.scheduled_at.astimezone(UTC).hour == utc_hour
        assert made.scheduled_at.astimezone(ZoneInfo("Europe/Berlin")).time() == time(10, 0)

    async def test_a_time_that_the_clock_leaves_out_is_as_much_later(self) -> None:
        made = await plan(await somebody_in("Europe/Berlin"), date(2030, 3, 31), time(2, 30))
        assert made.scheduled_at == datetime(2030, 3, 31, 1, 30, tzinfo=UTC)

    async def test_where_one_meets(self) -> None:
        principal = await somebody_in("UTC")
        for given, kept in (("https://Meet.Example.com/room", URL), ("", None)):
            async with transaction() as session:
                made = await own.plan(session, principal, date(2040, 5, 1), time(9, 0), meeting_url=given)
            async with transaction() as session:
                found = await session.get_one(Interview, made.id)
                assert (meeting.given_url(found), found.schedule_sequence) == (kept, 0)

    @pytest.mark.parametrize("day", [date(2020, 1, 1), date(9999, 12, 31)])
    async def test_the_past_and_the_end_of_time_are_refused(self, day: date) -> None:
        with pytest.raises(InvalidInput):
            await plan(await somebody_in("UTC"), day, time(10, 0))


class TestChange:
    async def change(
        self, principal: Principal, interview: Interview, when: tuple[date, time] | None, url: str = ""
    ) -> Interview:
        async with transaction() as session:
            return await own.change(session, principal, interview.id, when=when, meeting_url=url)

    async def test_another_time_by_ones_own_clock_and_calendars_are_told(self) -> None:
        principal = await somebody_in("Asia/Tokyo")
        made = await plan(principal, date(2040, 5, 1), time(9, 0))
        moved = await self.change(principal, made, (date(2040, 5, 2), time(10, 30)), URL)
        assert moved.scheduled_at == datetime(2040, 5, 2, 1, 30, tzinfo=UTC)
        assert (meeting.given_url(moved), moved.schedule_sequence) == (URL, 2)
        again = await self.change(principal, made, (date(2040, 5, 2), time(10, 30)), URL)
        assert again.schedule_sequence == 2

    async def test_the_time_that_the_clock_shows_moves_nothing(self) -> None:
        """Not by its seconds, and not out of the hour that a clock change repeats; also what is past keeps its time."""
        principal = await somebody_in("Europe/Berlin")
        for moment in (datetime(2030, 10, 27, 1, 30, 20, tzinfo=UTC), datetime(2020, 1, 1, 12, 0, tzinfo=UTC)):
            made = await plan(principal, date(2040, 5, 1), time(9, 0))
            async with transaction() as session:
                (await session.get_one(Interview, made.id)).scheduled_at = moment
            wall = moment.astimezone(ZoneInfo("Europe/Berlin"))
            kept = await self.change(principal, made, (wall.date(), time(wall.hour, wall.minute)), URL)
            assert (kept.scheduled_at, meeting.given_url(kept)) == (moment, URL)
            assert meeting.given_url(await self.change(principal, made, None)) is None

    async def test_what_is_refused_changes_nothing(self) -> None:
        principal, other = await somebody_in("UTC"), await a_user("bob@example.com")
        made = await plan(principal, date(2040, 5, 1), time(9, 0))
        later = (date(2040, 5, 2), time(9, 0))
        with pytest.raises(InvalidInput) as refusal:
            await self.change(principal, made, later, "meet.example.com")
        assert list(refusal.value.details) == ["meeting_url"]
        with pytest.raises(InvalidInput) as refusal:
            await self.change(principal, made, (date(2020, 1, 1), time(9, 0)), URL)
        assert list(refusal.value.details) == ["day"]
        with pytest.raises(NotFound):
            await self.change(other, made, later, URL)
        async with transaction() as session:
            kept = await session.get_one(Interview, made.id)
            assert (kept.scheduled_at, meeting.given_url(kept)) == (made.scheduled_at, None)
            await lifecycle.start(session, principal, made.id)
        with pytest.raises(WrongState):
            await self.change(principal, made, later, URL)
        assert meeting.given_url(await self.change(principal, made, None, URL)) == URL

    async def test_nobody_is_booked_twice(self) -> None:
        principal = await a_user()
        first, second = await booked(principal), await booked(principal)
        async with transaction() as session:
            await service.reschedule(
                session, principal, first.id, starts_at=datetime(2040, 5, 1, 9, 0, tzinfo=UTC), meeting_url=URL
            )
        with pytest.raises(Conflict):
            await self.change(principal, second, (date(2040, 5, 1), time(9, 30)))


class TestUndo:
    async def undo(self, principal: Principal, interview: Interview) -> Interview:
        async with transaction() as session:
            return await own.take_back_cancellation(session, principal, interview.id)

    async def cancelled(self, principal: Principal, interview: Interview) -> None:
        async with transaction() as session:
            await service.cancel(session, principal, interview.id)

    async def test_scheduled_as_before_and_calendars_are_told(self) -> None:
        principal = await a_user()
        interview = await plan(principal, date(2040, 5, 1), time(9, 0))
        await self.cancelled(principal, interview)
        assert await upcoming(principal) == []
        again = await self.undo(principal, interview)
        assert (again.status, again.ended_at, again.schedule_sequence) == (Status.SCHEDULED, None, 2)
        assert await upcoming(principal) == [interview.scheduled_at]
        async with transaction() as session:
            assert b"STATUS:CONFIRMED" in await calendar.event(session, principal, interview.id)

    async def test_the_people_are_booked_again_unless_somebody_has_their_time(self) -> None:
        principal = await a_user()
        first = await booked(principal)
        await self.cancelled(principal, first)
        async with transaction() as session:
            await service.availability(
                session, principal, "interviewer1", date(2024, 1, 15), date(2024, 1, 15), time_zone="UTC"
            )
        taken = await booked(principal, people=("interviewer1",))
        assert taken.scheduled_at == first.scheduled_at
        interview = await self.parties(principal, first)
        with pytest.raises(Conflict):
            await self.undo(principal, interview)

    async def parties(self, principal: Principal, interview: Interview) -> Interview:
        async with transaction() as session:
            kept = await interviews.hold(session, principal, interview.id)
            kept.preferences = {"parties": {"candidate": None, "job": None, "interviewers": ["interviewer1"]}}
            session.add(kept)
            return kept

    async def test_not_later_not_twice_and_not_by_others(self) -> None:
        principal, other = await a_user(), await a_user("bob@example.com")
        interview = await plan(principal, date(2040, 5, 1), time(9, 0))
        with pytest.raises(WrongState):
            await self.undo(principal, interview)
        await self.cancelled(principal, interview)
        with pytest.raises(NotFound):
            await self.undo(other, interview)
        async with transaction() as session:
            kept = await session.get_one(Interview, interview.id)
            kept.ended_at = now() - own.UNDONE_WITHIN - timedelta(seconds=1)
        with pytest.raises(WrongState):
            await self.undo(principal, interview)
