"""Every query on what somebody is invited to by others. Each starts from the principal's own address, and from nothing a caller says."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.interviews.models import Interview, Status
from intervi.scheduling.models import Booking, DeclinedInvitation

Row = tuple[Interview, User, bool]
"""An interview, whose it is, and whether the principal has declined its time."""


async def upcoming(session: AsyncSession, principal: Principal, since: datetime, *, proved_only: bool) -> list[Row]:
    """What is still to be held and begins at that moment or later, in the order of its time.

    Args:
        proved_only: An address that its account has not proved (``User.address_proved_at``) is invited to nothing.
    """
    query = (
        select(Interview, User, _is_declined(principal))
        .join(User, col(User.id) == Interview.user_id)
        .where(_is_invited(principal, since, proved_only=proved_only), _is_to_be_held())
        .order_by(col(Interview.scheduled_at), col(Interview.id))
    )
    return [(row[0], row[1], row[2]) for row in await session.exec(query)]


async def get(
    session: AsyncSession, principal: Principal, interview_id: UUID, since: datetime, *, proved_only: bool
) -> Row | None:
    """One of ``upcoming``; its time and status stay as they are until the transaction ends."""
    query = (
        select(Interview, User, _is_declined(principal))
        .join(User, col(User.id) == Interview.user_id)
        .where(
            Interview.id == interview_id,
            _is_invited(principal, since, proved_only=proved_only),
            _is_to_be_held(),
        )
        .with_for_update(of=Interview, read=True)
    )
    row = (await session.exec(query)).first()
    return None if row is None else (row[0], row[1], row[2])


async def decline(session: AsyncSession, principal: Principal, interview: Interview) -> bool:
    """Keeps that the principal does not come at the interview's time; ``False``: that was known."""
    statement = insert(DeclinedInvitation).values(
        interview_id=interview.id, user_id=principal.user_id, starts_at=interview.scheduled_at, declined_at=now()
    )
    anew = statement.on_conflict_do_update(
        index_elements=["interview_id", "user_id"],
        set_={"starts_at": statement.excluded.starts_at, "declined_at": statement.excluded.declined_at},
        where=col(DeclinedInvitation.starts_at) != statement.excluded.starts_at,
    )
    return (await session.scalar(anew.returning(col(DeclinedInvitation.interview_id)))) is not None


async def take_back(session: AsyncSession, principal: Principal, interview: Interview) -> bool:
    """Forgets that the principal declined; ``False``: there was nothing to forget."""
    statement = delete(DeclinedInvitation).where(
        col(DeclinedInvitation.interview_id) == interview.id,
        col(DeclinedInvitation.user_id) == principal.user_id,
        col(DeclinedInvitation.starts_at) == interview.scheduled_at,
    )
    return (await session.scalar(statement.returning(col(DeclinedInvitation.interview_id)))) is not None


async def declined_by(
    session: AsyncSession, principal: Principal, interview_ids: Collection[UUID]
) -> list[tuple[UUID, str]]:
    """Which of those invited to the principal's own interviews do not come: interview and address, in the order of their replies."""
    query = (
        select(DeclinedInvitation.interview_id, User.email)
        .join(Interview, col(Interview.id) == DeclinedInvitation.interview_id)
        .join(User, col(User.id) == DeclinedInvitation.user_id)
        .where(
            Interview.user_id == principal.user_id,
            col(Interview.id).in_(interview_ids),
            col(DeclinedInvitation.starts_at) == Interview.scheduled_at,
            # Whoever was taken off the list is not missed.
            exists().where(col(Booking.interview_id) == Interview.id, col(Booking.address_key) == User.email_key),
        )
        .order_by(col(DeclinedInvitation.declined_at))
    )
    return [(interview_id, address) for interview_id, address in await session.exec(query)]


def _is_invited(principal: Principal, since: datetime, *, proved_only: bool) -> ColumnElement[bool]:
    me = aliased(User)
    invited = (
        select(Booking.interview_id)
        .join(me, col(me.email_key) == Booking.address_key)
        # One's own interviews are one's own, whether or not one takes part.
        .where(me.id == principal.user_id, Booking.user_id != me.id, col(Booking.starts_at) >= since)
    )
    if proved_only:
        invited = invited.where(col(me.address_proved_at).is_not(None))
    return col(Interview.id).in_(invited)


def _is_to_be_held() -> ColumnElement[bool]:
    return col(Interview.deletes_at).is_(None) & col(Interview.status).in_(
        (Status.SCHEDULED, Status.ACTIVE, Status.PAUSED)
    )


def _is_declined(principal: Principal) -> ColumnElement[bool]:
    return exists().where(
        col(DeclinedInvitation.interview_id) == Interview.id,
        col(DeclinedInvitation.user_id) == principal.user_id,
        col(DeclinedInvitation.starts_at) == Interview.scheduled_at,
    )
