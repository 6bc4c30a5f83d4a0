"""A principal's interviews at a glance: their list, and how those that are completed went, in all and by domain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.interviews import overview_repository as repository
from intervi.interviews import service as interviews
from intervi.interviews.overview_repository import Completed, Line

__all__ = ["Completed", "Line", "Overview", "lines", "overview", "page", "reported_since"]

RECENT = 10


@dataclass(frozen=True, slots=True)
class Overview:
    """Over the principal's own completed interviews; those about others count nowhere."""

    all: Completed
    by_domain: Sequence[Completed]
    recent: Sequence[Line]
    """The newest ten."""


async def lines(
    session: AsyncSession, principal: Principal, *, limit: int | None = None, offset: int = 0
) -> list[Line]:
    """Every interview of the principal's, newest first."""
    return await repository.newest(session, principal, limit=limit, offset=offset)


async def page(session: AsyncSession, principal: Principal, *, number: int, size: int) -> tuple[int, list[Line]]:
    """How many interviews the principal has, and one page of them, newest first; pages are numbered from 1."""
    total, found = await repository.page(session, principal, limit=size, offset=(number - 1) * size)
    if not found and number > 1:
        total = await interviews.count(session, principal)
    return total, found


async def reported_since(
    session: AsyncSession, principal: Principal, moment: datetime
) -> list[tuple[UUID, float | None]]:
    """The interviews whose reports were written since then, with their scores, oldest report first."""
    return await repository.reported_since(session, principal, moment)


async def overview(session: AsyncSession, principal: Principal) -> Overview:
    """The principal's figures, in two statements."""
    everything, *by_domain = await repository.completed(session, principal)
    recent = await repository.newest(session, principal, limit=RECENT, own_completed=True)
    return Overview(everything, by_domain, recent)
