"""Every query of ``retries``."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.clock import now
from intervi.retries.models import KeptAnswer


async def claim(session: AsyncSession, row: KeptAnswer) -> bool:
    """Takes a key that is free, forgotten, or was left behind by a process that died: of many at once, one succeeds."""
    values = row.model_dump()
    free = or_(
        col(KeptAnswer.expires_at) < now(),
        and_(col(KeptAnswer.answer).is_(None), col(KeptAnswer.lease_expires_at) < now()),
    )
    statement = insert(KeptAnswer).values(values).on_conflict_do_update(index_elements=["key"], set_=values, where=free)
    return (await session.scalar(statement.returning(col(KeptAnswer.key)))) is not None


async def answered(session: AsyncSession, key: str) -> KeptAnswer | None:
    """The row of a key; without an answer while the request runs."""
    found = await session.get(KeptAnswer, key, populate_existing=True)
    return found if found and found.expires_at >= now() else None


async def prolong(session: AsyncSession, key: str, claim: UUID, lease_expires_at: datetime) -> None:
    statement = update(KeptAnswer).where(col(KeptAnswer.key) == key, col(KeptAnswer.claim) == claim)
    await session.execute(statement.values(lease_expires_at=lease_expires_at))


async def complete(session: AsyncSession, key: str, claim: UUID, body_hash: str, answer: bytes) -> bool:
    """Leaves the answer; ``False`` if the claim was lost."""
    statement = update(KeptAnswer).where(col(KeptAnswer.key) == key, col(KeptAnswer.claim) == claim)
    statement = statement.values(body_hash=body_hash, answer=answer)
    return (await session.scalar(statement.returning(col(KeptAnswer.key)))) is not None


async def release(session: AsyncSession, key: str, claim: UUID) -> None:
    """Gives a claim up: the next request with this key runs."""
    mine = (col(KeptAnswer.key) == key, col(KeptAnswer.claim) == claim, col(KeptAnswer.answer).is_(None))
    await session.execute(delete(KeptAnswer).where(*mine))


async def forget_expired(session: AsyncSession) -> None:
    await session.execute(delete(KeptAnswer).where(col(KeptAnswer.expires_at) < now()))
