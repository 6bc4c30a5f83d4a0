"""Bookings on a real database: the first slot that suits everyone, and nobody twice."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.errors import Conflict, Forbidden, InterviError, InvalidInput, NotFound, WrongState
from intervi.interviews import lifecycle
from intervi.interviews import service as interviews
from intervi.interviews.models import Interview, Origin, Status
from intervi.scheduling import arranging, repository, service
from intervi.scheduling.models import Booking
from intervi.scheduling.parties import Parties
from intervi.scheduling.slots import Interval

pytestmark = pytest.mark.usefixtures("servers")

PEOPLE = ("candidate456", "interviewer1", "interviewer2")


def at(hour: int, minute: int = 0, day: int = 15) -> datetime:
    return datetime(2024, 1, day, hour, minute, tzinfo=UTC)


DAY: Interval = (at(0), at(23))


async def a_user(email: str = "ada@example.com") -> Principal:
    async with transaction() as session:
        user = User(email=email, email_key=email, password_hash="x")
        session.add(user)
    return Principal(user.id)


async def an_interview(principal: Principal, minutes: int = 60, **fields: object) -> Interview:
    async with transaction() as session:
        return await interviews.create(
            session, principal, origin=Origin.HIRING, duration_minutes=minutes, **{"time_zone": "UTC", **fields}
        )


async def booked(
    principal: Principal, people: Sequence[str] = PEOPLE, wishes: Sequence[Interval] = (DAY,), minutes: int = 60
) -> Interview:
    interview = await an_interview(principal, minutes)
    async with transaction() as session:
        found = await interviews.hold(session, principal, interview.id)
        return await service.book(session, principal, found, people, wishes)


class TestBook:
    async def test_takes_the_first_slot_in_working_hours(self) -> None:
        assert (await booked(await a_user())).scheduled_at == at(9)

    async def test_begins_right_where_the_last_one_ends(self) -> None:
        principal = await a_user()
        await booked(principal, minutes=50)
        assert (await booked(principal)).scheduled_at == at(9, 50)

    async def test_another_owners_person_of_that_name_is_somebody_else(self) -> None:
        await booked(await a_user())
        assert (await booked(await a_user("bob@example.com"))).scheduled_at == at(9)

    async def test_one_reference_is_one_person_in_either_role(self) -> None:
        principal = await a_user()
        await booked(principal, ["x", "y"])
        assert (await booked(principal, ["y", "z"])).scheduled_at == at(10)
        assert (await booked(principal, ["w", "z"])).scheduled_at == at(9)

    async def test_wishes_are_tried_in_their_order(self) -> None:
        wishes = [(at(16, 30), at(18)), (at(13), at(15)), (at(9), at(11))]
        assert (await booked(await a_user(), wishes=wishes)).scheduled_at == at(13)

    async def test_everybodys_hours_are_kept_each_in_their_zone(self) -> None:
        principal = await a_user()
        async with transaction() as session:
            await service.set_working_hours(
                session, principal, "interviewer1", time_zone="America/New_York", starts="09:00", ends="12:00"
            )
            await service.set_working_hours(
                session, principal, "candidate456", time_zone="Europe/Berlin", starts="08:00", ends="16:00"
            )
        assert (await booked(principal, ["candidate456", "interviewer1"])).scheduled_at == at(14)

    async def test_a_time_that_a_caller_set_counts_as_busy(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal, scheduled_at=at(9))
        async with transaction() as session:
            await service.occupy(session, principal, interview, ["interviewer2"])
        assert (await booked(principal)).scheduled_at == at(10)

    @pytest.mark.parametrize("wish", [(at(18), at(20)), (at(9), at(9, 30)), (at(16, 30), at(23))])
    async def test_no_slot_is_a_conflict_and_books_nothing(self, wish: Interval) -> None:
        principal = await a_user()
        with pytest.raises(Conflict):
            await booked(principal, wishes=[wish])
        async with transaction() as session:
            assert await repository.busy(session, principal, PEOPLE, at(0), at(23, day=20)) == []

    @pytest.mark.parametrize(
        ("people", "wishes"),
        [
            ([], [DAY]),
            ([" "], [DAY]),
            (["x" * 201], [DAY]),
            (PEOPLE, []),
            (PEOPLE, [(at(10), at(9))]),
            (PEOPLE, [(at(9), at(9))]),
            (PEOPLE, [(at(9), at(9) + timedelta(days=400))]),
            (PEOPLE, [(datetime(9999, 12, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))]),
        ],
    )
    async def test_refuses_what_is_no_wish_and_no_person(
        self, people: Sequence[str], wishes: Sequence[Interval]
    ) -> None:
        with pytest.raises(InvalidInput):
            await booked(await a_user(), people, wishes)

    async def test_of_twenty_at_once_for_one_slot_one_succeeds(self) -> None:
        principal = await a_user()
        answers = await asyncio.gather(
            *(booked(principal, wishes=[(at(9), at(10))]) for _ in range(20)), return_exceptions=True
        )
        assert [type(answer) for answer in answers if isinstance(answer, BaseException)] == [Conflict] * 19

    async def test_twenty_at_once_get_twenty_times(self) -> None:
        principal = await a_user()
        found = await asyncio.gather(*(booked(principal, wishes=[DAY], minutes=15) for _ in range(20)))
        assert sorted(str(interview.scheduled_at) for interview in found) == [
            str(at(9) + timedelta(minutes=15 * number)) for number in range(20)
        ]

    async def test_the_database_itself_books_nobody_twice(self) -> None:
        principal = await a_user()
        first, second = await booked(principal), await an_interview(principal)
        with pytest.raises(IntegrityError, match="ex_bookings_nobody_twice"):
            async with transaction() as session:
                session.add(
                    Booking(
                        interview_id=second.id,
                        person=PEOPLE[0],
                        user_id=principal.user_id,
                        starts_at=at(9, 59),
                        ends_at=at(11),
                        is_exclusive=True,
                    )
                )
        assert first.scheduled_at == at(9)

    async def test_what_was_booked_stays_so_until_other_time_is_taken(self) -> None:
        principal = await a_user()

        async def is_exclusive(**changes: object) -> set[bool]:
            async with transaction() as session:
                await arranging.rearrange(session, principal, made.id, arranging.Changes(**changes))  # type: ignore[arg-type]
                return {each.is_exclusive for each in await repository.bookings(session, principal, made.id)}

        async with transaction() as session:
            made = await arranging.arrange_in_wishes(
                session,
                principal,
                Parties("candidate456", None, ("interviewer1",)),
                wishes=[(at(9), at(12))],
                duration_minutes=60,
                time_zone="UTC",
            )
        assert await is_exclusive(job="job790", meeting_url="https://meet.example.com") == {True}
        assert await is_exclusive(duration_minutes=90) == {False}


class TestReschedule:
    async def test_to_a_time_frees_the_old_one(self) -> None:
        principal = await a_user()
        interview = await booked(principal)
        async with transaction() as session:
            moved = await service.reschedule(session, principal, interview.id, starts_at=at(9, 30))
        assert (moved.scheduled_at, moved.schedule_sequence) == (at(9, 30), 1)
        assert (await booked(principal, minutes=30)).scheduled_at == at(9)

    async def test_to_a_busy_time_is_a_conflict_and_moves_nothing(self) -> None:
        principal = await a_user()
        first, _second = await booked(principal), await booked(principal)
        with pytest.raises(Conflict):
            async with transaction() as session:
                await service.reschedule(session, principal, first.id, starts_at=at(10, 30))
        async with transaction() as session:
            assert (await interviews.get(session, principal, first.id)).scheduled_at == at(9)
            assert len(await repository.bookings(session, principal, first.id)) == 3

    async def test_by_wishes_its_own_time_is_free(self) -> None:
        principal = await a_user()
        interview = await booked(principal)
        async with transaction() as session:
            moved = await service.reschedule(session, principal, interview.id, wishes=[(at(9), at(10))])
        assert (moved.scheduled_at, moved.schedule_sequence) == (at(9), 0)

    async def test_asks_for_a_time_or_wishes(self) -> None:
        principal = await a_user()
        interview = await booked(principal)
        with pytest.raises(InvalidInput):
            async with transaction() as session:
                await service.reschedule(session, principal, interview.id)

    @pytest.mark.parametrize("move", [lifecycle.start, lifecycle.cancel, lifecycle.complete])
    async def test_only_what_is_scheduled(self, move: object) -> None:
        principal = await a_user()
        interview = await booked(principal)
        async with transaction() as session:
            await move(session, principal, interview.id)  # type: ignore[operator]
        with pytest.raises(WrongState):
            async with transaction() as session:
                await service.reschedule(session, principal, interview.id, starts_at=at(12))


class TestCancel:
    async def test_gives_the_time_back(self) -> None:
        principal = await a_user()
        interview = await booked(principal)
        async with transaction() as session:
            cancelled = await service.cancel(session, principal, interview.id)
        assert (cancelled.status, cancelled.schedule_sequence) == (Status.CANCELLED, 1)
        assert (await booked(principal)).scheduled_at == at(9)

    async def test_twice_is_refused(self) -> None:
        principal = await a_user()
        interview = await booked(principal)
        async with transaction() as session:
            await service.cancel(session, principal, interview.id)
        with pytest.raises(WrongState):
            async with transaction() as session:
                await service.cancel(session, principal, interview.id)

    async def test_another_users_is_not_there(self) -> None:
        interview, other = await booked(await a_user()), await a_user("bob@example.com")
        for act in (
            lambda session: service.cancel(session, other, interview.id),
            lambda session: service.reschedule(session, other, interview.id, starts_at=at(12)),
        ):
            with pytest.raises(NotFound):
                async with transaction() as session:
                    await act(session)


class TestAvailability:
    async def test_is_working_time_with_nothing_in_it(self) -> None:
        principal = await a_user()
        await booked(principal, wishes=[(at(11), at(13))])
        async with transaction() as session:
            found = await service.availability(
                session, principal, PEOPLE[0], date(2024, 1, 15), date(2024, 1, 16), time_zone="UTC"
            )
        assert found.slots == [(at(9), at(11)), (at(12), at(17)), (at(9, day=16), at(17, day=16))]

    async def test_another_users_id_is_forbidden_and_ones_own_is_a_person(self) -> None:
        ada, bob = await a_user(), await a_user("bob@example.com")
        day = date(2024, 1, 15)
        async with transaction() as session:
            assert (await service.availability(session, ada, str(ada.user_id), day, day, time_zone="UTC")).slots
            with pytest.raises(Forbidden):
                await service.availability(session, ada, str(bob.user_id), day, day, time_zone="UTC")

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            (date(2024, 1, 2), date(2024, 1, 1)),
            (date(2024, 1, 1), date(2025, 1, 2)),
            (date.max, date.max),
            (date.min, date.min),
        ],
    )
    async def test_refuses_impossible_days(self, first: date, last: date) -> None:
        principal = await a_user()
        with pytest.raises(InvalidInput):
            async with transaction() as session:
                await service.availability(session, principal, "x", first, last, time_zone="UTC")


@pytest.mark.parametrize(
    "hours",
    [
        {"time_zone": "Mars/Olympus", "starts": "09:00", "ends": "17:00"},
        {"time_zone": "UTC", "starts": "17:00", "ends": "09:00"},
        {"time_zone": "UTC", "starts": "9:00", "ends": "17:00"},
        {"time_zone": "UTC", "starts": "09:60", "ends": "17:00"},
        {"time_zone": "UTC", "starts": "09:00", "ends": "24:01"},
        {"time_zone": "UTC", "starts": "٠٩:٠٠", "ends": "17:00"},
    ],
)
async def test_hours_that_are_none_are_refused(hours: dict[str, str]) -> None:
    principal = await a_user()
    with pytest.raises(InterviError):
        async with transaction() as session:
            await service.set_working_hours(session, principal, "x", **hours)
