"""The scored answers of a principal."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Float, cast
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.interviews.models import Exchange, Interview

Row = tuple[UUID, str | None, datetime, float]
"""Interview, question of the bank, when it was answered, content score (0 to 100)."""


async def content_scores(
    session: AsyncSession, principal: Principal, *, about_others_in: UUID | None = None
) -> Sequence[Row]:
    """The content scores of the principal's own answers to questions of the bank, follow-ups among them, oldest first.

    Args:
        about_others_in: Of the person interviewed in this interview instead, who is not the principal.
    """
    content = cast(col(AnalysisStage.result)[("content", "value", "value")].astext, Float)
    answered_at = func.coalesce(col(Exchange.answered_at), col(Exchange.created_at))
    whose = col(Interview.about_others).is_(False) if about_others_in is None else Interview.id == about_others_in
    query = (
        select(Exchange.interview_id, Exchange.question_id, answered_at, content)
        .join(Interview, col(Interview.id) == Exchange.interview_id)
        .join(Analysis, col(Analysis.exchange_id) == Exchange.id)
        .join(AnalysisStage, col(AnalysisStage.analysis_id) == Analysis.id)
        .where(
            Interview.user_id == principal.user_id,
            whose,
            AnalysisStage.stage == Stage.SCORES,
            AnalysisStage.status == WorkStatus.DONE,
            col(Exchange.question_id).is_not(None),
            content.is_not(None),
        )
        .order_by(answered_at, col(Exchange.id))
    )
    return (await session.exec(query)).all()
