"""The queries behind ``turns``. Each starts from what the principal may see."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from intervi.accounts.principal import Principal
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.interviews.models import Exchange, Interview

Rows = Sequence[tuple[Exchange, str | None]]
"""Questions, each with what was recognised of its answer."""


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> Rows:
    """The questions of an interview, in the order spoken."""
    query = _recognised(principal).where(Exchange.interview_id == interview_id)
    return (await session.exec(query.order_by(col(Exchange.position)))).all()


async def of_exchange(session: AsyncSession, principal: Principal, exchange_id: UUID) -> Rows:
    """One question, or nothing."""
    return (await session.exec(_recognised(principal).where(Exchange.id == exchange_id))).all()


def _recognised(principal: Principal) -> Select[Exchange, str | None]:
    heard = and_(
        col(AnalysisStage.analysis_id) == col(Analysis.id),
        col(AnalysisStage.stage) == Stage.TRANSCRIBE,
        col(AnalysisStage.status) == WorkStatus.DONE,
    )
    return (
        select(Exchange, col(AnalysisStage.result)["text"].astext)
        .join(Interview, col(Interview.id) == Exchange.interview_id)
        .outerjoin(Analysis, col(Analysis.exchange_id) == Exchange.id)
        .outerjoin(AnalysisStage, heard)
        .where(Interview.user_id == principal.user_id)
    )
