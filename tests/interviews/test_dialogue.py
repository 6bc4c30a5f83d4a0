"""A question that comes with its answer, on a real PostgreSQL."""

import pytest

from intervi.database import transaction
from intervi.interviews import dialogue, exchanges
from intervi.interviews.models import AnswerStatus, Status
from tests.interviews.test_service import a_user, an_interview
from tests.statements_seen import statements_seen

pytestmark = pytest.mark.usefixtures("servers")


async def test_is_kept_as_answered_in_one_statement() -> None:
    principal = await a_user()
    interview = await an_interview(principal, Status.ACTIVE)
    with statements_seen() as statements:
        async with transaction() as session:
            await dialogue.record(session, principal, interview.id, question=" Why React? ", answer=" Its size. ")
    async with transaction() as session:
        (kept,) = await exchanges.of_interview(session, principal, interview.id)
    assert (kept.question, kept.answer_text, kept.status) == ("Why React?", "Its size.", AnswerStatus.ANSWERED)
    assert kept.answered_at is not None
    assert [one.count("INSERT INTO exchanges") for one in statements if not one.startswith("SELECT")] == [1]


async def test_without_an_answer_it_waits_for_one() -> None:
    principal = await a_user()
    interview = await an_interview(principal, Status.ACTIVE)
    async with transaction() as session:
        kept = await dialogue.record(session, principal, interview.id, question="Why React?", answer="  ")
    assert (kept.status, kept.answer_text, kept.answered_at) == (AnswerStatus.ASKED, None, None)
