"""The rules of an interview, on a real PostgreSQL."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.errors import Conflict, InvalidInput, NotFound, WrongState
from intervi.ids import new_id
from intervi.interviews import service
from intervi.interviews.models import AnswerStatus, Exchange, Interview, Origin, Status

pytestmark = pytest.mark.usefixtures("servers")

Move = Callable[[AsyncSession, Principal, UUID], Awaitable[Interview]]


async def a_user(email: str = "ada@example.com", time_zone: str = "UTC") -> Principal:
    async with transaction() as session:
        user = User(email=email, email_key=email, password_hash="x", time_zone=time_zone)
        session.add(user)
    return Principal(user.id)


async def an_interview(principal: Principal, status: Status = Status.SCHEDULED, **fields: object) -> Interview:
    async with transaction() as session:
        interview = await service.create(session, principal, **{"origin": Origin.PRACTICE, **fields})
        interview.status = status
        return interview


async def reread(interview: Interview) -> Interview:
    async with transaction() as session:
        return await session.get_one(Interview, interview.id)


class TestCreate:
    async def test_knows_a_domain_by_its_title(self) -> None:
        interview = await an_interview(await a_user(), domain="software engineering")
        assert (interview.domain_slug, interview.domain_text) == ("software-dev", "")
        assert service.domain_title(interview) == "Software Engineering"

    async def test_keeps_a_domain_that_is_none_of_ours(self) -> None:
        interview = await an_interview(await a_user(), domain=" Falconry ")
        assert (interview.domain_slug, interview.domain_text) == (None, "Falconry")
        assert service.domain_title(interview) == "Falconry"

    async def test_keeps_the_owners_time_zone(self) -> None:
        assert (await an_interview(await a_user(time_zone="Asia/Kolkata"))).time_zone == "Asia/Kolkata"

    async def test_through_hiring_it_is_about_others(self) -> None:
        principal = await a_user()
        assert (await an_interview(principal, origin=Origin.HIRING)).about_others
        assert not (await an_interview(principal, origin=Origin.COACH)).about_others

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("session_type", "telepathy"),
            ("question_kind", "riddle"),
            ("difficulty", "medium"),
            ("persona", "Robot"),
            ("duration_minutes", 4),
            ("duration_minutes", 181),
            ("scheduled_at", datetime(2026, 1, 1)),
            ("job_title", "x" * 301),
            ("job_title", "nul\x00"),
            ("domain", "\ud800"),
        ],
    )
    async def test_refuses_naming_the_field(self, field: str, value: object) -> None:
        principal = await a_user()
        with pytest.raises(InvalidInput) as refused:
            await an_interview(principal, **{field: value})
        assert list(refused.value.details) == [field]


class TestWhose:
    async def test_anothers_interview_does_not_exist(self) -> None:
        interview, stranger = await an_interview(await a_user()), await a_user("eve@example.com")
        calls: list[Callable[[AsyncSession, Principal, UUID], Awaitable[object]]] = [
            service.get,
            service.start,
            service.pause,
            service.resume,
            service.complete,
            service.cancel,
            service.delete,
            service.next_question,
            service.exchanges,
            service.append,
        ]
        for call in calls:
            with pytest.raises(NotFound):
                async with transaction() as session:
                    await call(session, stranger, interview.id)
        assert (await reread(interview)).status == Status.SCHEDULED

    async def test_anothers_question_does_not_exist(self) -> None:
        owner, stranger = await a_user(), await a_user("eve@example.com")
        interview = await an_interview(owner)
        async with transaction() as session:
            asked = await service.next_question(session, owner, interview.id)
        for call in (service.exchange, service.mark_answered, service.skip):
            with pytest.raises(NotFound):
                async with transaction() as session:
                    await call(session, stranger, asked.id)
        with pytest.raises(NotFound):
            async with transaction() as session:
                await service.answer_in_writing(session, stranger, asked.id, "Mine")

    async def test_lists_show_only_ones_own_newest_first(self) -> None:
        owner, stranger = await a_user(), await a_user("eve@example.com")
        await an_interview(stranger)
        first = await an_interview(owner)
        await asyncio.sleep(0.002)  # ids are in order from one millisecond to the next
        second = await an_interview(owner, status=Status.COMPLETED)
        async with transaction() as session:
            assert [i.id for i in await service.list_newest(session, owner, limit=10)] == [second.id, first.id]
            assert [i.id for i in await service.list_newest(session, owner, limit=1, offset=1)] == [first.id]
            done = await service.list_newest(session, owner, limit=10, statuses=[Status.COMPLETED])
            assert [i.id for i in done] == [second.id]
            assert await service.count(session, owner) == 2
            assert await service.count(session, owner, statuses=[Status.COMPLETED]) == 1


VERBS: dict[str, tuple[Move, Status]] = {
    "start": (service.start, Status.ACTIVE),
    "pause": (service.pause, Status.PAUSED),
    "resume": (service.resume, Status.ACTIVE),
    "complete": (service.complete, Status.COMPLETED),
    "cancel": (service.cancel, Status.CANCELLED),
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
            await service.start(session, principal, interview.id)
        for _ in range(2):
            async with transaction() as session:
                paused = await service.pause(session, principal, interview.id)
                paused.paused_at = paused.paused_at and paused.paused_at - timedelta(seconds=30)
            async with transaction() as session:
                await service.resume(session, principal, interview.id)
        async with transaction() as session:
            ended = await service.complete(session, principal, interview.id)
            ended.started_at, ended.ended_at = began, began + timedelta(minutes=10)
        ended = await reread(interview)
        assert ended.paused_at is None
        assert ended.paused_seconds == pytest.approx(60, abs=5)
        assert service.seconds_held(ended) == pytest.approx(540, abs=5)

    async def test_an_end_while_paused_counts_the_last_pause(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        async with transaction() as session:
            await service.start(session, principal, interview.id)
            paused = await service.pause(session, principal, interview.id)
            paused.paused_at = paused.paused_at and paused.paused_at - timedelta(seconds=100)
        async with transaction() as session:
            await service.cancel(session, principal, interview.id)
        assert (await reread(interview)).paused_seconds == pytest.approx(100, abs=5)

    async def test_what_never_started_was_held_no_time(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        async with transaction() as session:
            assert service.seconds_held(await service.complete(session, principal, interview.id)) is None

    @pytest.mark.parametrize(("minutes", "paused"), [(14, 0), (90, 90)])
    async def test_who_comes_back_after_long_was_away(self, minutes: int, paused: int) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        async with transaction() as session:
            asked = await service.next_question(session, principal, interview.id)
            asked.asked_at = started = datetime.now(UTC) - timedelta(minutes=minutes)
            (await session.get_one(Interview, interview.id)).started_at = started - timedelta(minutes=2)
        for _told_twice in range(2):
            async with transaction() as session:
                await service.count_absence_as_pause(session, principal, interview.id)
        assert (await reread(interview)).paused_seconds == pytest.approx(60 * paused, abs=30)

    async def test_of_two_starts_at_once_one_is_refused(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)

        async def start() -> None:
            async with transaction() as session:
                await service.start(session, principal, interview.id)

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
                await service.start(session, principal, interview.id)

        outcomes = await asyncio.gather(*map(start, interviews), return_exceptions=True)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Conflict", "NoneType"]

        hiring = await an_interview(principal, origin=Origin.HIRING)
        await start(hiring)
        assert (await reread(hiring)).status == Status.ACTIVE

    async def test_completing_skips_the_open_question_only(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        async with transaction() as session:
            answered = await service.next_question(session, principal, interview.id)
            await service.mark_answered(session, principal, answered.id)
            await service.append(session, principal, interview.id, question="And then?")
            await service.complete(session, principal, interview.id)
        async with transaction() as session:
            states = [exchange.status for exchange in await service.exchanges(session, principal, interview.id)]
        assert states == [AnswerStatus.ANSWERED, AnswerStatus.SKIPPED]


class TestQuestions:
    async def test_the_first_question_starts_the_interview(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal, domain="software-dev")
        async with transaction() as session:
            asked = await service.next_question(session, principal, interview.id)
        assert (asked.position, asked.status) == (1, AnswerStatus.ASKED)
        assert asked.question
        started = await reread(interview)
        assert started.status == Status.ACTIVE
        assert started.started_at

    async def test_the_next_question_resumes_a_paused_interview(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal, status=Status.PAUSED)
        async with transaction() as session:
            await service.next_question(session, principal, interview.id)
        assert (await reread(interview)).status == Status.ACTIVE

    @pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELLED])
    async def test_none_after_the_end(self, status: Status) -> None:
        principal = await a_user()
        interview = await an_interview(principal, status)
        for call in (service.next_question, service.append):
            with pytest.raises(WrongState) as refused:
                async with transaction() as session:
                    await call(session, principal, interview.id)
            assert refused.value.current == status

    async def test_none_is_asked_twice_and_the_end_of_the_bank_is_said(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal, domain="software-dev", question_kind="behavioral")
        asked: list[str | None] = []
        with pytest.raises(Conflict, match="no question left"):
            for _ in range(1000):
                async with transaction() as session:
                    asked.append((await service.next_question(session, principal, interview.id)).question_id)
        assert len(asked) == len(set(asked)) > 0

    async def test_twenty_appends_at_once_lose_none(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)

        async def append(number: int) -> Exchange:
            async with transaction() as session:
                return await service.append(session, principal, interview.id, question=f"Question {number}?")

        await asyncio.gather(*(append(number) for number in range(20)))
        async with transaction() as session:
            kept = await service.exchanges(session, principal, interview.id)
        assert [exchange.position for exchange in kept] == list(range(1, 21))
        assert {exchange.question for exchange in kept} == {f"Question {number}?" for number in range(20)}


class TestAnswers:
    async def _asked(self) -> tuple[Principal, Interview, Exchange]:
        principal = await a_user()
        interview = await an_interview(principal)
        async with transaction() as session:
            return principal, interview, await service.next_question(session, principal, interview.id)

    async def test_in_writing(self) -> None:
        principal, _, asked = await self._asked()
        async with transaction() as session:
            answered = await service.answer_in_writing(session, principal, asked.id, "  I led the team. ")
        assert (answered.status, answered.answer_text) == (AnswerStatus.ANSWERED, "I led the team.")
        assert answered.answered_at

    @pytest.mark.parametrize("text", ["", "  \n ", "x" * (service.MAX_ANSWER_CHARACTERS + 1), "nul\x00"])
    async def test_in_writing_refuses(self, text: str) -> None:
        principal, _, asked = await self._asked()
        with pytest.raises(InvalidInput) as refused:
            async with transaction() as session:
                await service.answer_in_writing(session, principal, asked.id, text)
        assert "text" in refused.value.details

    async def test_not_in_writing_after_the_end(self) -> None:
        principal, interview, asked = await self._asked()
        async with transaction() as session:
            await service.complete(session, principal, interview.id)
        with pytest.raises(WrongState):
            async with transaction() as session:
                await service.answer_in_writing(session, principal, asked.id, "Too late")

    async def test_marking_twice_keeps_the_first_time(self) -> None:
        principal, _, asked = await self._asked()
        async with transaction() as session:
            first = (await service.mark_answered(session, principal, asked.id)).answered_at
        async with transaction() as session:
            assert (await service.mark_answered(session, principal, asked.id)).answered_at == first

    async def test_what_was_answered_cannot_be_skipped(self) -> None:
        principal, _, asked = await self._asked()
        async with transaction() as session:
            assert (await service.skip(session, principal, asked.id)).status == AnswerStatus.SKIPPED
            await service.mark_answered(session, principal, asked.id)
        with pytest.raises(Conflict):
            async with transaction() as session:
                await service.skip(session, principal, asked.id)


class TestSummaries:
    async def test_what_a_list_shows(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal, domain="software-dev", job_title="Engineer")
        async with transaction() as session:
            first = await service.next_question(session, principal, interview.id)
            await service.mark_answered(session, principal, first.id)
            await service.append(session, principal, interview.id, question="And then?")
            (await session.get_one(Interview, interview.id)).measured_score = 61.5
        empty = await an_interview(principal, domain="Falconry")
        async with transaction() as session:
            listed = {summary.id: summary for summary in await service.summaries(session, principal, limit=10)}
        summary = listed[interview.id]
        assert (summary.first_question, summary.questions, summary.answers) == (first.question, 2, 1)
        assert (summary.status, summary.score, summary.report_ready) == (Status.ACTIVE, 61.5, False)
        assert (summary.domain_title, summary.job_title) == ("Software Engineering", "Engineer")
        nothing = listed[empty.id]
        assert (nothing.first_question, nothing.questions, nothing.answers, nothing.score) == (None, 0, 0, None)
        assert nothing.domain_title == "Falconry"


class TestDelete:
    async def test_takes_its_questions_along(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        async with transaction() as session:
            asked = await service.next_question(session, principal, interview.id)
        async with transaction() as session:
            await service.delete(session, principal, interview.id)
        async with transaction() as session:
            assert await session.get(Exchange, asked.id) is None
            with pytest.raises(NotFound):
                await service.get(session, principal, interview.id)
        with pytest.raises(NotFound):
            async with transaction() as session:
                await service.delete(session, principal, new_id())
