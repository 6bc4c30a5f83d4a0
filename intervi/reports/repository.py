"""Every query on notes and shares. Each starts from what the principal may see: their own interviews'."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.interviews.models import Interview
from intervi.reports.models import ReportNote, ReportShare


async def note(session: AsyncSession, principal: Principal, interview_id: UUID) -> ReportNote | None:
    """The owner's note on an interview, if there is one."""
    query = (
        select(ReportNote)
        .join(Interview, col(Interview.id) == col(ReportNote.interview_id))
        .where(Interview.user_id == principal.user_id, ReportNote.interview_id == interview_id)
    )
    return (await session.exec(query)).first()


async def open_shares(
    session: AsyncSession, principal: Principal, interview_id: UUID, at: datetime
) -> Sequence[ReportShare]:
    """The links to an interview's report that still open it, newest first."""
    query = (
        select(ReportShare)
        .join(Interview, col(Interview.id) == col(ReportShare.interview_id))
        .where(
            Interview.user_id == principal.user_id,
            ReportShare.interview_id == interview_id,
            col(ReportShare.revoked_at).is_(None),
            col(ReportShare.expires_at) > at,
        )
        .order_by(col(ReportShare.id).desc())
    )
    return (await session.exec(query)).all()


async def share(session: AsyncSession, principal: Principal, share_id: UUID) -> ReportShare | None:
    """One link of the owner's."""
    query = (
        select(ReportShare)
        .join(Interview, col(Interview.id) == col(ReportShare.interview_id))
        .where(Interview.user_id == principal.user_id, ReportShare.id == share_id)
    )
    return (await session.exec(query)).first()


async def by_signed_id(session: AsyncSession, share_id: UUID, at: datetime) -> tuple[ReportShare, UUID] | None:
    """A link that still opens its report, and whose that is: whoever has it may read, so the id comes from its signature."""
    query = (
        select(ReportShare, Interview.user_id)
        .join(Interview, col(Interview.id) == col(ReportShare.interview_id))
        .where(ReportShare.id == share_id, col(ReportShare.revoked_at).is_(None), col(ReportShare.expires_at) > at)
    )
    found = (await session.exec(query)).first()
    return (found[0], found[1]) if found else None
