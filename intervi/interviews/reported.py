"""What a caller says about an interview: its score, its feedback, its figures. None of it is touched by analysis, nor touches that."""

import math
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi import events
from intervi.accounts.principal import Principal
from intervi.database import after_commit
from intervi.errors import InvalidInput
from intervi.interviews import service
from intervi.interviews.models import Interview
from intervi.translation import _

MAX_FEEDBACK_CHARACTERS = 20_000


async def report_score(
    session: AsyncSession,
    principal: Principal,
    interview_id: UUID,
    score: float | None,
    feedback: str | None = None,
) -> Interview:
    """Keeps a score, a feedback or both, in every state of the interview; the last one said is shown. It ends nothing.

    Args:
        score: 0 to 100; ``None`` leaves what is there.
        feedback: ``None`` leaves what is there; empty removes it.

    Raises:
        NotFound: if there is no such interview of the principal's.
        InvalidInput: naming ``score`` or ``feedback``.
    """
    interview = await service.hold(session, principal, interview_id)
    if score is not None:
        _check_score(score)
        interview.reported_score, interview.reported_score_computed = score, False
    if feedback is not None:
        service.check_text("feedback", feedback, MAX_FEEDBACK_CHARACTERS)
        interview.reported_feedback = feedback.strip() or None
    await session.flush()
    tell(session, interview)
    return interview


def tell(session: AsyncSession, interview: Interview) -> None:
    """Tells the owner's open pages and sockets, once it is committed, that this interview has changed."""
    after_commit(session, lambda: events.publish(interview.user_id, "interview", interview_id=interview.id))


def _check_score(score: float) -> None:
    if not (math.isfinite(score) and 0 <= score <= 100):
        text = _("A score is 0 to 100.")
        raise InvalidInput(text, details={"score": [text]})
