"""The one query behind ``turns``."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.interviews.models import Exchange, Interview


async def recognised(
    session: AsyncSession, principal: Principal, interview_id: UUID
) -> Sequence[tuple[Exchange, str | None]]:
    """The questions of an interview of the principal's in the order spoken, each with what was recognised of its answer."""
    heard = and_(
        col(AnalysisStage.analysis_id) == col(Analysis.id),
        col(AnalysisStage.stage) == Stage.TRANSCRIBE,
        col(AnalysisStage.status) == WorkStatus.DONE,
    )
    query = (
        select(Exchange, col(AnalysisStage.result)["text"].astext)
        .join(Interview, col(Interview.id) == Exchange.interview_id)
        .outerjoin(Analysis, col(Analysis.exchange_id) == Exchange.id)
        .outerjoin(AnalysisStage, heard)
        .where(Exchange.interview_id == interview_id, Interview.user_id == principal.user_id)
        .order_by(col(Exchange.position))
    )
    return (await session.exec(query)).all()
