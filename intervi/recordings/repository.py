"""Every query on recordings. Each starts from what the principal may see: what is theirs."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from intervi.accounts.principal import Principal
from intervi.recordings.models import Media, MediaState


def _media(principal: Principal) -> SelectOfScalar[Media]:
    return select(Media).where(Media.user_id == principal.user_id)


async def get(session: AsyncSession, principal: Principal, media_id: UUID) -> Media | None:
    """One recording."""
    return (await session.exec(_media(principal).where(Media.id == media_id))).first()


async def get_locked(session: AsyncSession, principal: Principal, media_id: UUID) -> Media | None:
    """One recording, read anew, that nobody else can change until this transaction ends."""
    query = _media(principal).where(Media.id == media_id).with_for_update()
    return (await session.exec(query, execution_options={"populate_existing": True})).first()


async def of_interview(
    session: AsyncSession, principal: Principal, interview_id: UUID, states: Collection[MediaState]
) -> list[Media]:
    """The recordings of an interview, oldest first."""
    query = _media(principal).where(Media.interview_id == interview_id, col(Media.state).in_(states))
    return list(await session.exec(query.order_by(col(Media.id))))


async def of_exchange(
    session: AsyncSession, principal: Principal, exchange_id: UUID, states: Collection[MediaState]
) -> list[Media]:
    """The recorded segments of an answer, in their order."""
    query = _media(principal).where(Media.exchange_id == exchange_id, col(Media.state).in_(states))
    return list(await session.exec(query.order_by(col(Media.offset_seconds), col(Media.id))))


async def bytes_used(session: AsyncSession, principal: Principal) -> int:
    """Bytes of all recordings of the principal, those still coming and those recorded again included."""
    query = select(func.coalesce(func.sum(Media.size_bytes), 0)).where(Media.user_id == principal.user_id)
    return int((await session.exec(query)).one())


async def by_signed_id(session: AsyncSession, media_id: UUID) -> Media | None:
    """The recording a signed link was made for: the signature is what lets its bearer look, whoever that is."""
    return await session.get(Media, media_id)


async def stale_uploads(session: AsyncSession, before: datetime) -> list[Media]:
    """Uploads, of anybody, that no byte has come for since ``before``; each held by one caller only."""
    query = (
        select(Media)
        .where(Media.state == MediaState.UPLOADING, Media.received_at < before)
        .order_by(col(Media.id))
        .with_for_update(skip_locked=True)
    )
    return list(await session.exec(query))


async def known_keys(session: AsyncSession, keys: Collection[str]) -> set[str]:
    """Which of these storage keys belong to a recording of anybody's that is kept."""
    query = select(Media.storage_key).where(col(Media.storage_key).in_(keys), Media.state != MediaState.DELETED)
    return set(await session.exec(query))


async def of_user(session: AsyncSession, principal: Principal) -> list[Media]:
    """All recordings of the principal, in whatever state."""
    return list(await session.exec(_media(principal)))
