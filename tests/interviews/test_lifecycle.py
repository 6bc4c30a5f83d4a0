"""Which states follow which, and what time was held."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.errors import WrongState
from intervi.interviews import answers, exchanges, lifecycle
from intervi.interviews.models import AnswerStatus, Interview, Origin, Status
from tests.interviews.interviews_made import a_user, an_interview, reread

pytestmark = pytest.mark.usefixtures("servers")

Move = Callable[[AsyncSession, Principal, UUID], Awaitable[Interview]]
VERBS: dict[str, tuple[Move, Status]] = {
    "start": (lifecycle.start, Status.ACTIVE),
    "pause": (lifecycle.pause, Status.PAUSED),
    "resume": (lifecycle.resume, Status.ACTIVE),
    "complete": (lifecycle.complete, Status.COMPLETED),
    "cancel": (lifecycle.cancel, Status.CANCELLED),
}
ALLOWED = {
    Status.SCHEDULED: {"start", "complete", "cancel"},
    Status.ACTIVE: {"pause", "complete", "cancel"},
    Status.PAUSED: {"start", "resume", "complete", "cancel"},
    Status.COMPLETED: set(),
    Status.CANCELLED: set(),
}


class TestLifeCycle:
    @pytest.mark.parametrize("status", list(Status))
    @pytest.mark.parametrize("verb", list(VERBS))
    async def test_every_verb_in_every_state(self, status: Status, verb: str) -> None:
        principal = await a_user()
        interview = await an_interview(principal, status)
        move, wanted = VERBS[verb]
        if verb in ALLOWED[status]:
            async with transaction() as session:
                await move(session, principal, interview.id)
            assert (await reread(interview)).status == wanted
            return
        with pytest.raises(WrongState) as refused:
            async with transaction() as session:
                await move(session, principal, interview.id)
        assert (refused.value.current, refused.value.wanted) == (status, wanted)
        assert (await reread(interview)).status == status

    async def test_pauses_are_added_up_and_taken_from_the_time_held(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        began = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)
        async with transaction() as session:
            await lifecycle.start(session, principal, interview.id)
        for _ in range(2):
            async with transaction() as session:
                paused = await lifecycle.pause(session, principal, interview.id)
                paused.paused_at = paused.paused_at and paused.paused_at - timedelta(seconds=30)
            async with transaction() as session:
                await lifecycle.resume(session, principal, interview.id)
        async with transaction() as session:
            ended = await lifecycle.complete(session, principal, interview.id)
            ended.started_at, ended.ended_at = began, began + timedelta(minutes=10)
        ended = await reread(interview)
        assert ended.paused_at is None
        assert ended.paused_seconds == pytest.approx(60, abs=5)
        assert lifecycle.seconds_held(ended) == pytest.approx(540, abs=5)

    async def test_an_end_while_paused_counts_the_last_pause(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        async with transaction() as session:
            await lifecycle.start(session, principal, interview.id)
            paused = await lifecycle.pause(session, principal, interview.id)
            paused.paused_at = paused.paused_at and paused.paused_at - timedelta(seconds=100)
        async with transaction() as session:
            await lifecycle.cancel(session, principal, interview.id)
        assert (await reread(interview)).paused_seconds == pytest.approx(100, abs=5)

    async def test_what_never_started_was_held_no_time(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        async with transaction() as session:
            assert lifecycle.seconds_held(await lifecycle.complete(session, principal, interview.id)) is None

    @pytest.mark.parametrize(("minutes", "paused"), [(14, 0), (90, 90)])
    async def test_who_comes_back_after_long_was_away(self, minutes: int, paused: int) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        async with transaction() as session:
            asked = await exchanges.next_question(session, principal, interview.id)
            asked.asked_at = started = datetime.now(UTC) - timedelta(minutes=minutes)
            (await session.get_one(Interview, interview.id)).started_at = started - timedelta(minutes=2)
        for _told_twice in range(2):
            async with transaction() as session:
                await lifecycle.count_absence_as_pause(session, principal, interview.id)
        assert (await reread(interview)).paused_seconds == pytest.approx(60 * paused, abs=30)

    async def test_of_two_starts_at_once_one_is_refused(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)

        async def start() -> None:
            async with transaction() as session:
                await lifecycle.start(session, principal, interview.id)

        outcomes = await asyncio.gather(start(), start(), return_exceptions=True)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "WrongState"]

    async def test_the_hundred_and_first_in_progress_is_refused(self) -> None:
        principal = await a_user()
        interviews = [await an_interview(principal) for _ in range(3)]
        async with transaction() as session:
            session.add_all(
                Interview(user_id=principal.user_id, origin=Origin.PRACTICE, status=status)
                for status in [Status.ACTIVE] * 98 + [Status.PAUSED]
            )
            session.add_all(
                Interview(user_id=principal.user_id, origin=Origin.HIRING, status=Status.ACTIVE) for _ in range(5)
            )

        async def start(interview: Interview) -> None:
            async with transaction() as session:
                await lifecycle.start(session, principal, interview.id)

        outcomes = await asyncio.gather(*map(start, interviews), return_exceptions=True)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Conflict", "NoneType"]

        hiring = await an_interview(principal, origin=Origin.HIRING)
        await start(hiring)
        assert (await reread(hiring)).status == Status.ACTIVE

    async def test_completing_skips_the_open_question_only(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        async with transaction() as session:
            answered = await exchanges.next_question(session, principal, interview.id)
            await answers.mark_answered(session, principal, answered.id)
            await exchanges.append(session, principal, interview.id, question="And then?")
            await lifecycle.complete(session, principal, interview.id)
        async with transaction() as session:
            states = [exchange.status for exchange in await exchanges.of_interview(session, principal, interview.id)]
        assert states == [AnswerStatus.ANSWERED, AnswerStatus.SKIPPED]
