"""Every query on invitations. Those of an owner start from what is theirs; those of the worker that sends take whatever is due."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.interviews.models import Interview
from intervi.scheduling.models import Invitation


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> list[Invitation]:
    """All that was written about an interview, oldest first; nobody begins to send any of it until this transaction ends."""
    query = (
        select(Invitation)
        .where(Invitation.user_id == principal.user_id, Invitation.interview_id == interview_id)
        .order_by(col(Invitation.id))
        .with_for_update()
    )
    return list(await session.exec(query))


async def next_due(session: AsyncSession, moment: datetime) -> Invitation | None:
    """The one that has waited longest, of anybody's; held by one caller only."""
    query = (
        select(Invitation)
        .where(col(Invitation.due_at) <= moment)
        .order_by(col(Invitation.due_at), col(Invitation.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (await session.exec(query)).first()


async def hold(session: AsyncSession, invitation_id: UUID) -> Invitation | None:
    """One invitation, and before it the interview, in the order in which deleting that takes them."""
    of = select(Invitation.interview_id).where(Invitation.id == invitation_id)
    await session.exec(select(Interview.id).where(col(Interview.id).in_(of)).with_for_update(read=True, key_share=True))
    query = select(Invitation).where(Invitation.id == invitation_id).with_for_update()
    return (await session.exec(query, execution_options={"populate_existing": True})).first()


async def forget(session: AsyncSession, before: datetime) -> None:
    """Deletes what was sent or given up: of interviews that were over before then, or were deleted."""
    is_past = or_(col(Invitation.ends_at) < before, col(Invitation.interview_id).is_(None))
    await session.exec(delete(Invitation).where(col(Invitation.due_at).is_(None), is_past))
