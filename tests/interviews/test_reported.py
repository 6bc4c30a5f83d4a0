"""What callers report, on a real PostgreSQL."""

import math

import pytest

from intervi.database import transaction
from intervi.errors import InvalidInput, NotFound
from intervi.interviews.models import Interview, Status
from intervi.interviews.reported import MAX_FEEDBACK_CHARACTERS, report_score
from tests.interviews.test_service import a_user, an_interview, reread

pytestmark = pytest.mark.usefixtures("servers")


class TestReportScore:
    @pytest.mark.parametrize("status", list(Status))
    async def test_is_taken_in_every_state_and_moves_nothing(self, status: Status) -> None:
        owner = await a_user()
        interview = await an_interview(owner, status)
        async with transaction() as session:
            await report_score(session, owner, interview.id, 81.5, " Well done ")
        after = await reread(interview)
        assert (after.score, after.reported_feedback, after.status) == (81.5, "Well done", status)

    async def test_is_shown_before_the_measured_one_and_the_last_one_wins(self) -> None:
        owner = await a_user()
        interview = await an_interview(owner)
        async with transaction() as session:
            (await session.get_one(Interview, interview.id)).measured_score = 40
        for score in (0, 100, 70):
            async with transaction() as session:
                assert (await report_score(session, owner, interview.id, score)).score == score
        assert (await reread(interview)).measured_score == 40

    async def test_what_is_left_out_stays(self) -> None:
        owner = await a_user()
        interview = await an_interview(owner)
        for score, feedback in ((60, "Good"), (None, "Better"), (65, None)):
            async with transaction() as session:
                await report_score(session, owner, interview.id, score, feedback)
        after = await reread(interview)
        assert (after.reported_score, after.reported_feedback) == (65, "Better")
        async with transaction() as session:
            assert (await report_score(session, owner, interview.id, None, "")).reported_feedback is None

    @pytest.mark.parametrize("score", [-0.1, 100.1, math.nan, math.inf])
    async def test_is_0_to_100(self, score: float) -> None:
        owner = await a_user()
        interview = await an_interview(owner)
        with pytest.raises(InvalidInput) as refused:
            async with transaction() as session:
                await report_score(session, owner, interview.id, score)
        assert list(refused.value.details) == ["score"]

    @pytest.mark.parametrize("feedback", ["\x00", "\ud800", "x" * (MAX_FEEDBACK_CHARACTERS + 1)])
    async def test_a_feedback_that_cannot_be_kept_leaves_nothing(self, feedback: str) -> None:
        owner = await a_user()
        interview = await an_interview(owner)
        with pytest.raises(InvalidInput) as refused:
            async with transaction() as session:
                await report_score(session, owner, interview.id, 50, feedback)
        assert list(refused.value.details) == ["feedback"]
        assert (await reread(interview)).reported_score is None

    async def test_of_anothers_interview(self) -> None:
        interview, stranger = await an_interview(await a_user()), await a_user("eve@example.com")
        with pytest.raises(NotFound):
            async with transaction() as session:
                await report_score(session, stranger, interview.id, 50)
