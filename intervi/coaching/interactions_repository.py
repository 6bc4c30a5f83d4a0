"""Every query on what helped with questions. Each starts from what the principal may see."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from intervi.accounts.principal import Principal
from intervi.interviews.models import Assistance, Exchange, Interview


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> Mapping[UUID, Assistance]:
    """What there is for the questions of one interview, by question."""
    found = await session.exec(_assistance(principal).where(Interview.id == interview_id))
    return {kept.exchange_id: kept for kept in found}


async def of_exchange(session: AsyncSession, principal: Principal, exchange_id: UUID) -> Assistance | None:
    """What there is for one question."""
    return (await session.exec(_assistance(principal).where(Assistance.exchange_id == exchange_id))).first()


def _assistance(principal: Principal) -> SelectOfScalar[Assistance]:
    return (
        select(Assistance)
        .join(Exchange, col(Exchange.id) == Assistance.exchange_id)
        .join(Interview, col(Interview.id) == Exchange.interview_id)
        .where(Interview.user_id == principal.user_id)
    )
