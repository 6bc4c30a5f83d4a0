"""Who turns expressions off has none: neither of what was recorded before, nor of what is measured just now."""

from uuid import UUID

import pytest
from sqlmodel import select

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.analysis import expressions
from intervi.analysis.figures import ExpressionMoment, Figure, Reason, Vision
from intervi.analysis.measured_repository import measured
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.database import transaction
from intervi.interviews import service as interviews
from intervi.interviews.models import Exchange, Origin

pytestmark = pytest.mark.usefixtures("servers")

FIGURE = Figure(value=0.5)
VISION = Vision(
    frames=50,
    face_share=FIGURE,
    eye_contact=FIGURE,
    head_yaw_degrees=FIGURE,
    head_pitch_degrees=FIGURE,
    head_movement_degrees=FIGURE,
    smile_ratio=FIGURE,
    posture=FIGURE,
    shoulder_tilt_degrees=FIGURE,
    lean=FIGURE,
    expression_distribution={"happy": 1.0},
    dominant_expression="happy",
    expressions=[ExpressionMoment(at=1, label="happy", probability=0.9)],
)


async def somebody_seen(email: str) -> tuple[Principal, UUID]:
    """A user with an interview in which expressions were estimated."""
    async with transaction() as session:
        user = User(email=email, email_key=email, password_hash="x")
        session.add(user)
    principal = Principal(user.id)
    async with transaction() as session:
        made = await interviews.create(session, principal, origin=Origin.PRACTICE)
        asked = Exchange(interview_id=made.id, position=1, question="Why?")
        session.add(asked)
        await session.flush()
        kept = Analysis(user_id=user.id, interview_id=made.id, exchange_id=asked.id, input_hash="made")
        session.add(kept)
        await session.flush()
        result = VISION.model_dump(mode="json")
        session.add(AnalysisStage(analysis_id=kept.id, stage=Stage.VISION, status=WorkStatus.DONE, result=result))
    return principal, made.id


async def seen_of(principal: Principal) -> Vision:
    async with transaction() as session:
        query = select(AnalysisStage.result).join(Analysis).where(Analysis.user_id == principal.user_id)
        return Vision.model_validate((await session.exec(query)).one())


async def test_turned_off_nothing_of_it_is_left_and_the_rest_stays() -> None:
    ada, interview_id = await somebody_seen("ada@example.com")
    bob, _other = await somebody_seen("bob@example.com")
    async with transaction() as session:
        assert (await measured(session, ada, interview_id)).emotions
        await expressions.switch(session, ada, is_on=False)
    seen = await seen_of(ada)
    assert (seen.smile_ratio.value, seen.smile_ratio.reason) == (None, Reason.SWITCHED_OFF)
    assert (seen.expressions, seen.expression_distribution, seen.dominant_expression) == ([], {}, None)
    assert seen.eye_contact == FIGURE
    assert await seen_of(bob) == VISION, "another user's"
    async with transaction() as session:
        assert (await measured(session, ada, interview_id)).emotions == []


async def test_what_was_measured_meanwhile_is_kept_without() -> None:
    ada, _interview_id = await somebody_seen("ada@example.com")
    async with transaction() as session:
        assert await expressions.as_wished(session, ada.user_id, VISION) == VISION
        await expressions.switch(session, ada, is_on=False)
    async with transaction() as session:
        kept = await expressions.as_wished(session, ada.user_id, VISION)
    assert kept.expression_reason == Reason.SWITCHED_OFF
    assert kept.dominant_expression is None
