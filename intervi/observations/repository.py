"""Every query on observations. Each starts from what the principal may see: what belongs to their interviews."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.interviews.models import Interview
from intervi.observations.models import Observation


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> list[Observation]:
    """What was observed in an interview, in the order of time."""
    query = (
        select(Observation)
        .join(Interview, col(Interview.id) == col(Observation.interview_id))
        .where(Interview.user_id == principal.user_id, Observation.interview_id == interview_id)
        .order_by(col(Observation.id))
    )
    return list(await session.exec(query))


async def write(session: AsyncSession, observation: Observation) -> None:
    """Adds the stretch, or brings what is kept of it up to date. The caller has read its interview as the principal."""
    values: dict[str, Any] = observation.model_dump()
    statement = insert(Observation).values(values)
    changing = ("seconds", "speaking_seconds", "nudges", "eye_contact")
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[col(Observation.id)], set_={name: statement.excluded[name] for name in changing}
        )
    )


async def forget_earlier_takes(session: AsyncSession, exchange_id: UUID, take: int) -> None:
    """Removes what was observed of takes that were recorded again."""
    await session.execute(
        delete(Observation).where(col(Observation.exchange_id) == exchange_id, col(Observation.take) < take)
    )
