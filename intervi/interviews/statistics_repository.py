"""Figures over a principal's own interviews, computed by the database; those about others count in none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Numeric, Select, SQLColumnExpression, cast, select
from sqlmodel import col, func
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.interviews.models import Exchange, Interview, Status


@dataclass(frozen=True, slots=True)
class Group:
    """Interviews that share something."""

    keys: tuple[Any, ...]
    """What they share, in the order asked for."""
    count: int
    average_score: float | None
    """0 to 100, to one decimal, over those that are completed and have a score."""


def shown_score() -> ColumnElement[float]:
    """``Interview.score`` in SQL: the reported one if there is one, else the measured one."""
    return func.coalesce(col(Interview.reported_score), col(Interview.measured_score))


def _own(principal: Principal, *columns: SQLColumnExpression[Any]) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Interview)
        .where(col(Interview.user_id) == principal.user_id, col(Interview.about_others).is_(False))
    )


async def groups(session: AsyncSession, principal: Principal, *keys: SQLColumnExpression[Any]) -> Sequence[Group]:
    """The principal's own interviews by ``keys`` (columns of ``Interview``), most first; without keys all in one."""
    average = cast(func.avg(shown_score()).filter(col(Interview.status) == Status.COMPLETED), Numeric)
    query = (
        _own(principal, func.count(), func.round(average, 1), *keys)
        .group_by(*keys)
        .order_by(func.count().desc(), *keys)
    )
    return [
        Group(keys=tuple(row[2:]), count=row[0], average_score=None if row[1] is None else float(row[1]))
        for row in await session.execute(query)
    ]


async def questions(session: AsyncSession, principal: Principal) -> int:
    """How many questions the principal's own interviews hold."""
    query = _own(principal, func.count()).join(Exchange, col(Exchange.interview_id) == col(Interview.id))
    found: int = (await session.execute(query)).scalar_one()
    return found
