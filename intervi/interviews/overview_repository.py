"""Lists and figures over a principal's interviews, as the database computes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Float, Select, bindparam, cast, select
from sqlmodel import col, func
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.interviews.models import Interview, Status
from intervi.interviews.statistics_repository import shown_score
from intervi.statements import Statement


@dataclass(frozen=True, slots=True)
class Line:
    """What a list shows of an interview."""

    id: UUID
    domain_slug: str | None
    session_type: str
    status: str
    scheduled_at: datetime | None
    ended_at: datetime | None
    score: float | None
    """0 to 100; the reported one if there is one, else the measured one."""


@dataclass(frozen=True, slots=True)
class Completed:
    """The completed interviews of one domain, or of all."""

    domain_slug: str | None
    """``None``: of all, domains that are none of ours included."""
    count: int
    average_score: float | None
    """0 to 100, over those that have a score."""


def _of_owner(*columns: Any) -> Select[Any]:
    """What is about to be deleted is in no list, and counts nowhere."""
    return select(*columns).where(col(Interview.user_id) == bindparam("owner_id"), col(Interview.deletes_at).is_(None))


def _own_completed(query: Select[Any]) -> Select[Any]:
    return query.where(col(Interview.about_others).is_(False), col(Interview.status) == Status.COMPLETED)


_LINES = (
    _of_owner(
        col(Interview.id),
        col(Interview.domain_slug),
        col(Interview.session_type),
        col(Interview.status),
        col(Interview.scheduled_at),
        col(Interview.ended_at),
        shown_score(),
    )
    .order_by(col(Interview.id).desc())
    # LIMIT NULL is no limit.
    .limit(bindparam("at_most", type_=BigInteger))
    .offset(bindparam("skipped", type_=BigInteger))
)
_NEWEST = Statement(_LINES)
_PAGE = Statement(_LINES.add_columns(_of_owner(func.count()).select_from(Interview).scalar_subquery()))
_NEWEST_OWN_COMPLETED = Statement(_own_completed(_LINES))

_SLUG = col(Interview.domain_slug)
_TOGETHER = func.grouping(_SLUG)
_COMPLETED = Statement(
    _own_completed(_of_owner(_TOGETHER, _SLUG, func.count(), cast(func.avg(shown_score()), Float)))
    .group_by(func.rollup(_SLUG))
    .order_by(_TOGETHER.desc(), _SLUG)
)
_REPORTED_SINCE = Statement(
    _of_owner(col(Interview.id), shown_score())
    .where(col(Interview.reported_at) >= bindparam("moment"))
    .order_by(col(Interview.reported_at))
)


async def newest(
    session: AsyncSession, principal: Principal, *, limit: int | None, offset: int = 0, own_completed: bool = False
) -> list[Line]:
    """Interviews, newest first. ``own_completed``: those that are over and about the principal only."""
    statement = _NEWEST_OWN_COMPLETED if own_completed else _NEWEST
    rows = await statement.rows(session, owner_id=principal.user_id, at_most=limit, skipped=offset)
    return [Line(*row) for row in rows]


async def page(session: AsyncSession, principal: Principal, *, limit: int, offset: int) -> tuple[int, list[Line]]:
    """How many interviews there are, and some of them, newest first; of a page behind the last one nothing is told: no count either."""
    rows = await _PAGE.rows(session, owner_id=principal.user_id, at_most=limit, skipped=offset)
    return rows[0][-1] if rows else 0, [Line(*row[:-1]) for row in rows]


async def reported_since(
    session: AsyncSession, principal: Principal, moment: datetime
) -> list[tuple[UUID, float | None]]:
    """The interviews whose reports were written since then, with their scores, oldest report first."""
    return [(row[0], row[1]) for row in await _REPORTED_SINCE.rows(session, owner_id=principal.user_id, moment=moment)]


async def completed(session: AsyncSession, principal: Principal) -> Sequence[Completed]:
    """The principal's own completed interviews: first all together, then by domain of the bank, by its slug. One statement."""
    found = await _COMPLETED.rows(session, owner_id=principal.user_id)
    rows = [(is_all, Completed(*row)) for is_all, *row in found]
    return [group for is_all, group in rows if is_all or group.domain_slug]
