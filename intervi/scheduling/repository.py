"""Every query of ``scheduling``. Each starts from what the principal may see: what is theirs."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.interviews.models import Interview, Status
from intervi.scheduling.models import Booking, CalendarFeed, WorkingHours


async def hold_calendar(session: AsyncSession, principal: Principal) -> None:
    """Nobody else books for this owner until the transaction ends, so that the second of two requests sees what the first one took."""
    # Without the key: whoever has added a row of this owner's holds that already, and two of them would wait for one another.
    await session.exec(select(User.id).where(User.id == principal.user_id).with_for_update(key_share=True))


async def is_a_user(session: AsyncSession, user_id: UUID) -> bool:
    """Whether somebody has this id."""
    return (await session.exec(select(User.id).where(User.id == user_id))).first() is not None


async def working_hours(
    session: AsyncSession, principal: Principal, people: Collection[str]
) -> dict[str, WorkingHours]:
    """The hours of those of these people for whom some were set."""
    query = select(WorkingHours).where(WorkingHours.user_id == principal.user_id, col(WorkingHours.person).in_(people))
    return {row.person: row for row in await session.exec(query)}


async def keep_working_hours(session: AsyncSession, hours: WorkingHours) -> None:
    """Sets a person's hours, in the place of any that were set."""
    values = hours.model_dump()
    statement = insert(WorkingHours).values(values)
    changed = {name: value for name, value in values.items() if name not in ("user_id", "person")}
    await session.exec(statement.on_conflict_do_update(index_elements=["user_id", "person"], set_=changed))


async def busy(
    session: AsyncSession,
    principal: Principal,
    people: Collection[str],
    starts_at: datetime,
    ends_at: datetime,
    *,
    but: UUID | None = None,
) -> list[Booking]:
    """What these people have on in a span of time, in order; ``but`` for one interview."""
    query = (
        select(Booking)
        .where(
            Booking.user_id == principal.user_id,
            col(Booking.person).in_(people),
            col(Booking.starts_at) < ends_at,
            col(Booking.ends_at) > starts_at,
        )
        .order_by(col(Booking.starts_at))
    )
    if but is not None:
        query = query.where(Booking.interview_id != but)
    return list(await session.exec(query))


async def bookings(session: AsyncSession, principal: Principal, interview_id: UUID) -> list[Booking]:
    """Whose time an interview takes."""
    query = select(Booking).where(Booking.user_id == principal.user_id, Booking.interview_id == interview_id)
    return list(await session.exec(query.order_by(col(Booking.person))))


async def release(session: AsyncSession, principal: Principal, interview_id: UUID) -> None:
    """Gives back the time that an interview takes."""
    await session.exec(
        delete(Booking).where(col(Booking.user_id) == principal.user_id, col(Booking.interview_id) == interview_id)
    )


async def appointments(session: AsyncSession, principal: Principal, since: datetime) -> list[Interview]:
    """Interviews that have a time, from then on and in its order; those that were cancelled, too."""
    query = (
        select(Interview)
        .where(
            Interview.user_id == principal.user_id,
            col(Interview.deletes_at).is_(None),
            or_(
                col(Interview.scheduled_at) >= since,
                col(Interview.scheduled_at).is_not(None) & (col(Interview.status) == Status.SCHEDULED),
            ),
        )
        .order_by(col(Interview.scheduled_at), col(Interview.id))
    )
    return list(await session.exec(query))


async def feed_version(session: AsyncSession, user_id: UUID) -> int | None:
    """The version of the user's calendar address that is valid; ``None`` before there was any."""
    return (await session.exec(select(CalendarFeed.version).where(CalendarFeed.user_id == user_id))).first()


async def open_feed(session: AsyncSession, principal: Principal) -> int:
    """The version of the principal's calendar address, made if there is none."""
    statement = insert(CalendarFeed).values(user_id=principal.user_id, version=1).on_conflict_do_nothing()
    await session.exec(statement)
    version = await feed_version(session, principal.user_id)
    assert version is not None
    return version


async def revoke_feed(session: AsyncSession, principal: Principal) -> None:
    """Every calendar address given out so far is dead."""
    statement = insert(CalendarFeed).values(user_id=principal.user_id, version=2)
    raised = {"version": CalendarFeed.__table__.c.version + 1}  # type: ignore[attr-defined]
    await session.exec(statement.on_conflict_do_update(index_elements=["user_id"], set_=raised))
