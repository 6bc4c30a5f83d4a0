"""What lists show."""

import pytest

from intervi.database import transaction
from intervi.interviews import answers, exchanges, summaries
from intervi.interviews.models import Interview, Status
from tests.interviews.interviews_made import a_user, an_interview

pytestmark = pytest.mark.usefixtures("servers")


class TestSummaries:
    async def test_what_a_list_shows(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal, domain="software-dev", job_title="Engineer")
        async with transaction() as session:
            first = await exchanges.next_question(session, principal, interview.id)
            await answers.mark_answered(session, principal, first.id)
            await exchanges.append(session, principal, interview.id, question="And then?")
            (await session.get_one(Interview, interview.id)).measured_score = 61.5
        empty = await an_interview(principal, domain="Falconry")
        async with transaction() as session:
            listed = {summary.id: summary for summary in await summaries.newest(session, principal, limit=10)}
        summary = listed[interview.id]
        assert (summary.first_question, summary.questions, summary.answers) == (first.question, 2, 1)
        assert (summary.status, summary.score, summary.report_ready) == (Status.ACTIVE, 61.5, False)
        assert (summary.domain_title, summary.job_title) == ("Software Engineering", "Engineer")
        nothing = listed[empty.id]
        assert (nothing.first_question, nothing.questions, nothing.answers, nothing.score) == (None, 0, 0, None)
        assert nothing.domain_title == "Falconry"
