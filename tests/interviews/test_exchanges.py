"""The questions of an interview."""

import asyncio

import pytest

from intervi.database import transaction
from intervi.errors import Conflict, WrongState
from intervi.interviews import exchanges
from intervi.interviews.models import AnswerStatus, Exchange, Status
from tests.interviews.interviews_made import a_user, an_interview, reread

pytestmark = pytest.mark.usefixtures("servers")


class TestQuestions:
    async def test_the_first_question_starts_the_interview(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal, domain="software-dev")
        async with transaction() as session:
            asked = await exchanges.next_question(session, principal, interview.id)
        assert (asked.position, asked.status) == (1, AnswerStatus.ASKED)
        assert asked.question
        started = await reread(interview)
        assert started.status == Status.ACTIVE
        assert started.started_at

    async def test_the_next_question_resumes_a_paused_interview(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal, status=Status.PAUSED)
        async with transaction() as session:
            await exchanges.next_question(session, principal, interview.id)
        assert (await reread(interview)).status == Status.ACTIVE

    @pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELLED])
    async def test_none_after_the_end(self, status: Status) -> None:
        principal = await a_user()
        interview = await an_interview(principal, status)
        for call in (exchanges.next_question, exchanges.append):
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
                    asked.append((await exchanges.next_question(session, principal, interview.id)).question_id)
        assert len(asked) == len(set(asked)) > 0

    async def test_twenty_appends_at_once_lose_none(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)

        async def append(number: int) -> Exchange:
            async with transaction() as session:
                return await exchanges.append(session, principal, interview.id, question=f"Question {number}?")

        await asyncio.gather(*(append(number) for number in range(20)))
        async with transaction() as session:
            kept = await exchanges.of_interview(session, principal, interview.id)
        assert [exchange.position for exchange in kept] == list(range(1, 21))
        assert {exchange.question for exchange in kept} == {f"Question {number}?" for number in range(20)}
