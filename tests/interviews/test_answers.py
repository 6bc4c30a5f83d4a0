"""Answers in writing, and questions left out."""

import pytest

from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.errors import Conflict, InvalidInput, WrongState
from intervi.interviews import answers, exchanges, lifecycle
from intervi.interviews.models import AnswerStatus, Exchange, Interview
from tests.interviews.interviews_made import a_user, an_interview

pytestmark = pytest.mark.usefixtures("servers")


class TestAnswers:
    async def _asked(self) -> tuple[Principal, Interview, Exchange]:
        principal = await a_user()
        interview = await an_interview(principal)
        async with transaction() as session:
            return principal, interview, await exchanges.next_question(session, principal, interview.id)

    async def test_in_writing(self) -> None:
        principal, _, asked = await self._asked()
        async with transaction() as session:
            answered = await answers.write(session, principal, asked.id, "  I led the team. ")
        assert (answered.status, answered.answer_text) == (AnswerStatus.ANSWERED, "I led the team.")
        assert answered.answered_at

    @pytest.mark.parametrize("text", ["", "  \n ", "x" * (exchanges.MAX_CHARACTERS + 1), "nul\x00"])
    async def test_in_writing_refuses(self, text: str) -> None:
        principal, _, asked = await self._asked()
        with pytest.raises(InvalidInput) as refused:
            async with transaction() as session:
                await answers.write(session, principal, asked.id, text)
        assert "text" in refused.value.details

    async def test_not_in_writing_after_the_end(self) -> None:
        principal, interview, asked = await self._asked()
        async with transaction() as session:
            await lifecycle.complete(session, principal, interview.id)
        with pytest.raises(WrongState):
            async with transaction() as session:
                await answers.write(session, principal, asked.id, "Too late")

    async def test_marking_twice_keeps_the_first_time(self) -> None:
        principal, _, asked = await self._asked()
        async with transaction() as session:
            first = (await answers.mark_answered(session, principal, asked.id)).answered_at
        async with transaction() as session:
            assert (await answers.mark_answered(session, principal, asked.id)).answered_at == first

    async def test_what_was_answered_cannot_be_skipped(self) -> None:
        principal, _, asked = await self._asked()
        async with transaction() as session:
            assert (await answers.skip(session, principal, asked.id)).status == AnswerStatus.SKIPPED
            await answers.mark_answered(session, principal, asked.id)
        with pytest.raises(Conflict):
            async with transaction() as session:
                await answers.skip(session, principal, asked.id)
