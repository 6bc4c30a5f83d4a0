"""How an interview is held in the room, on a real PostgreSQL."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.analysis.models import Analysis
from intervi.clock import now
from intervi.database import transaction
from intervi.errors import Conflict, NotFound
from intervi.interviews import exchanges, lifecycle
from intervi.interviews import service as interviews
from intervi.interviews.models import AnswerStatus, Exchange, Interview, Origin, SessionType, Status
from intervi.pages.practice import conduct
from intervi.pages.practice.conduct import Room
from intervi.recordings.models import Media, MediaKind, MediaState
from intervi.recordings.storage import new_key

pytestmark = pytest.mark.usefixtures("servers")

TWO_QUESTIONS = 5  # minutes


async def a_user(email: str = "ada@example.com") -> Principal:
    async with transaction() as session:
        user = User(email=email, email_key=email, password_hash="x")
        session.add(user)
    return Principal(user.id)


async def an_interview(principal: Principal, status: Status = Status.SCHEDULED, **fields: object) -> Interview:
    wanted = {"origin": Origin.PRACTICE, "domain": "sales", "duration_minutes": TWO_QUESTIONS} | fields
    async with transaction() as session:
        interview = await interviews.create(session, principal, **wanted)
        interview.status = status
        return interview


async def entered(principal: Principal, interview: Interview) -> Room:
    async with transaction() as session:
        return await conduct.enter(session, principal, interview.id)


async def answered(principal: Principal, room: Room, words: str = "I asked them.", *, is_up: bool = True) -> Room:
    assert room.open_exchange
    async with transaction() as session:
        return await conduct.answer(session, principal, room.open_exchange.id, text=words, is_up=is_up)


async def status_of(interview: Interview) -> str:
    async with transaction() as session:
        return (await session.get_one(Interview, interview.id)).status


async def analyses() -> int:
    async with transaction() as session:
        return len(list(await session.exec(select(Analysis))))


def a_recording(principal: Principal, exchange: Exchange, state: MediaState = MediaState.STORED) -> Media:
    return Media(
        user_id=principal.user_id,
        interview_id=exchange.interview_id,
        exchange_id=exchange.id,
        kind=MediaKind.AUDIO,
        filename="take-1.webm",
        storage_key=new_key(),
        state=state,
    )


async def until_somebody_waits_for_a_lock_or(task: asyncio.Task[None]) -> None:
    while not task.done():
        async with transaction() as session:
            if await session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                return
        await asyncio.sleep(0.02)


class TestEnter:
    async def test_starts_a_scheduled_interview_with_its_first_question(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        room = await entered(principal, interview)
        assert room.open_exchange is not None
        assert (room.open_exchange.position, room.planned, room.is_over) == (1, 2, False)
        assert await status_of(interview) == Status.ACTIVE

    async def test_again_shows_the_same_question(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        first, second = await entered(principal, interview), await entered(principal, interview)
        assert first.open_exchange == second.open_exchange

    async def test_a_paused_interview_goes_on(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        before = await entered(principal, interview)
        async with transaction() as session:
            await lifecycle.pause(session, principal, interview.id)
        assert (await entered(principal, interview)).open_exchange == before.open_exchange
        assert await status_of(interview) == Status.ACTIVE

    @pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELLED])
    async def test_a_finished_interview_asks_nothing(self, status: Status) -> None:
        principal = await a_user()
        room = await entered(principal, await an_interview(principal, status))
        assert (room.open_exchange, room.is_over) == (None, True)

    async def test_somebody_elses_is_not_there(self) -> None:
        interview = await an_interview(await a_user())
        stranger = await a_user("eve@example.com")
        with pytest.raises(NotFound):
            await entered(stranger, interview)

    async def test_an_interview_that_leaves_open_how_one_answers_is_held_on_camera(self) -> None:
        principal = await a_user()
        assert (await entered(principal, await an_interview(principal))).way == SessionType.VIDEO
        in_writing = await an_interview(principal, session_type=SessionType.TEXT)
        assert (await entered(principal, in_writing)).way == SessionType.TEXT

    async def test_too_many_in_progress_is_said_and_ends_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lifecycle, "MAX_IN_PROGRESS", 1)
        principal = await a_user()
        await entered(principal, await an_interview(principal))
        waiting = await an_interview(principal)
        with pytest.raises(Conflict):
            await entered(principal, waiting)
        assert await status_of(waiting) == Status.SCHEDULED


class TestAnswer:
    async def test_in_writing_is_kept_and_its_analysis_begins(self) -> None:
        principal = await a_user()
        room = await answered(principal, await entered(principal, await an_interview(principal)))
        assert room.open_exchange is not None
        assert room.open_exchange.position == 2
        assert await analyses() == 1

    async def test_after_the_last_one_the_interview_is_completed(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        room = await answered(principal, await entered(principal, interview))
        room = await answered(principal, room)
        assert (room.is_over, room.has_answers) == (True, True)
        assert await status_of(interview) == Status.COMPLETED

    async def test_told_twice_is_taken_once(self) -> None:
        principal = await a_user()
        first = await entered(principal, await an_interview(principal))
        second = await answered(principal, first)
        again = await answered(principal, first, "Something else.")
        assert again.open_exchange == second.open_exchange
        assert first.open_exchange is not None
        async with transaction() as session:
            kept = await exchanges.get(session, principal, first.open_exchange.id)
        assert kept.answer_text == "I asked them."

    async def test_told_again_after_the_end_changes_nothing(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        last = await answered(principal, await entered(principal, interview))
        over = await answered(principal, last)
        assert await answered(principal, last) == over

    async def test_a_recording_on_its_way_is_waited_for(self) -> None:
        principal = await a_user()
        room = await entered(principal, await an_interview(principal))
        exchange = room.open_exchange
        assert exchange is not None
        await answered(principal, room, "", is_up=False)
        assert await analyses() == 0
        async with transaction() as session:
            session.add(a_recording(principal, exchange))
        async with transaction() as session:
            await conduct.uploaded(session, principal, exchange.id)
        assert await analyses() == 1

    async def test_a_recording_that_arrived_before_the_browser_knew_is_not_waited_for(self) -> None:
        principal = await a_user()
        room = await entered(principal, await an_interview(principal))
        assert room.open_exchange is not None
        async with transaction() as session:
            session.add(a_recording(principal, room.open_exchange))
        await answered(principal, room, "", is_up=False)
        assert await analyses() == 1

    async def test_an_upload_that_ends_at_the_same_moment_begins_the_analysis(self) -> None:
        principal = await a_user()
        exchange = (await entered(principal, await an_interview(principal))).open_exchange
        assert exchange is not None
        recording = a_recording(principal, exchange, MediaState.UPLOADING)
        async with transaction() as session:
            session.add(recording)

        async def upload_ends() -> None:
            async with transaction() as session:
                (await session.get_one(Media, recording.id)).state = MediaState.STORED
                await session.flush()
                await analysis.start_if_complete(session, exchange.id)

        async with transaction() as session:
            await conduct.answer(session, principal, exchange.id, text="", is_up=False)
            ending = asyncio.create_task(upload_ends())
            await until_somebody_waits_for_a_lock_or(ending)
        await ending
        assert await analyses() == 1


class TestTime:
    async def held_for(self, interview: Interview, minutes: float) -> None:
        async with transaction() as session:
            (await session.get_one(Interview, interview.id)).started_at = now() - timedelta(minutes=minutes)

    async def test_when_it_is_up_the_open_question_is_still_answered_and_then_it_ends(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal, duration_minutes=10)
        first = await entered(principal, interview)
        await self.held_for(interview, 11)
        assert (await entered(principal, interview)).open_exchange == first.open_exchange, "nobody is cut short"
        over = await answered(principal, first)
        assert (over.is_over, over.is_time_up, over.has_answers) == (True, True, True)
        assert await status_of(interview) == Status.COMPLETED
        assert (await entered(principal, interview)).is_time_up

    async def test_after_the_last_question_it_is_no_matter(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        last = await answered(principal, await entered(principal, interview))
        await self.held_for(interview, 6)
        assert not (await answered(principal, last)).is_time_up

    async def test_who_left_and_comes_back_goes_on(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal, duration_minutes=10)
        first = await entered(principal, interview)
        assert first.open_exchange is not None
        await self.held_for(interview, 24 * 60)
        async with transaction() as session:
            (await session.get_one(Exchange, first.open_exchange.id)).asked_at = now() - timedelta(minutes=24 * 60 - 1)
        async with transaction() as session:
            back = await conduct.come_in(session, principal, interview.id)
        assert (await answered(principal, back)).open_exchange is not None


class TestSkip:
    async def test_leads_to_the_next_question(self) -> None:
        principal = await a_user()
        room = await entered(principal, await an_interview(principal))
        assert room.open_exchange is not None
        for _told_twice in range(2):
            async with transaction() as session:
                after = await conduct.skip(session, principal, room.open_exchange.id)
            assert after.open_exchange is not None
            assert after.open_exchange.position == 2

    async def test_of_everything_cancels_the_interview(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        room = await entered(principal, interview)
        while room.open_exchange:
            async with transaction() as session:
                room = await conduct.skip(session, principal, room.open_exchange.id)
        assert room.has_answers is False
        assert await status_of(interview) == Status.CANCELLED


class TestUploaded:
    async def test_of_somebody_elses_answer_is_refused(self) -> None:
        room = await entered(principal := await a_user(), await an_interview(principal))
        stranger = await a_user("eve@example.com")
        assert room.open_exchange is not None
        with pytest.raises(NotFound):
            async with transaction() as session:
                await conduct.uploaded(session, stranger, room.open_exchange.id)


class TestEnd:
    async def test_counts_what_was_said_to_the_open_question(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        room = await entered(principal, interview)
        assert room.open_exchange is not None
        async with transaction() as session:
            over = await conduct.end(
                session, principal, interview.id, answered=room.open_exchange.id, text="I asked them.", is_up=True
            )
        assert (over.is_over, over.has_answers) == (True, True)
        assert await status_of(interview) == Status.COMPLETED
        async with transaction() as session:
            (only,) = await exchanges.of_interview(session, principal, interview.id)
        assert (only.status, only.answer_text) == (AnswerStatus.ANSWERED, "I asked them.")

    async def test_without_any_answer_cancels(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        await entered(principal, interview)
        for _told_twice in range(2):
            async with transaction() as session:
                over = await conduct.end(session, principal, interview.id, answered=None, text="", is_up=True)
            assert over.has_answers is False
        assert await status_of(interview) == Status.CANCELLED
