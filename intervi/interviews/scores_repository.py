"""Queries on how the scores of a principal's own interviews went; interviews about others are left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Float, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.interviews.models import Interview, Status


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores of one interview, 0 to 100. The parts are measured; those that were not are ``None``."""

    interview_id: UUID
    created_at: datetime
    overall: float
    """The reported score if there is one, else the measured one."""
    content: float | None
    structure: float | None
    delivery: float | None
    presence: float | None


@dataclass(frozen=True, slots=True)
class DomainScores:
    """The scores of one domain, newest first."""

    slug: str | None
    text: str
    """The domain as it was written, where it is none of ours."""
    interviews: int
    newest: Sequence[float]


@dataclass(frozen=True, slots=True)
class Upcoming:
    """An interview that is scheduled."""

    interview_id: UUID
    scheduled_at: datetime
    domain_slug: str | None
    domain_text: str
    job_title: str


def _score() -> ColumnElement[float | None]:
    return func.coalesce(col(Interview.reported_score), col(Interview.measured_score))


def _part(name: str) -> ColumnElement[float]:
    part: ColumnElement[float] = col(Interview.report)[("scores", name, "value", "value")].as_float()
    return part


def _own_scored(principal: Principal) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Interview.user_id) == principal.user_id,
        col(Interview.about_others).is_(False),
        col(Interview.status) == Status.COMPLETED,
        _score().is_not(None),
    )


async def newest(session: AsyncSession, principal: Principal, limit: int) -> list[Scored]:
    """The newest interviews that have a score, newest first."""
    parts = [_part(name) for name in ("content", "structure", "delivery", "presence")]
    query = (
        select(col(Interview.id), col(Interview.created_at), _score(), *parts)
        .where(*_own_scored(principal))
        .order_by(col(Interview.id).desc())
        .limit(limit)
    )
    return [Scored(*row) for row in await session.execute(query)]


async def by_domain(session: AsyncSession, principal: Principal, *, domains: int, scores: int) -> list[DomainScores]:
    """The domains that were practised last, newest first, each with its newest scores."""
    slug, text = col(Interview.domain_slug), col(Interview.domain_text)
    all_scores = func.array_agg(aggregate_order_by(cast(_score(), Float), col(Interview.id).desc()), type_=ARRAY(Float))
    query = (
        select(slug, text, func.count(), all_scores[1:scores])
        .where(*_own_scored(principal))
        .group_by(slug, text)
        .order_by(func.max(col(Interview.created_at)).desc())
        .limit(domains)
    )
    return [DomainScores(*row) for row in await session.execute(query)]


async def upcoming(session: AsyncSession, principal: Principal, *, after: datetime, limit: int) -> list[Upcoming]:
    """Interviews that are scheduled for later than ``after``, the soonest first."""
    columns = (Interview.id, Interview.scheduled_at, Interview.domain_slug, Interview.domain_text, Interview.job_title)
    query = (
        select(*(col(column) for column in columns))
        .where(
            col(Interview.user_id) == principal.user_id,
            col(Interview.about_others).is_(False),
            col(Interview.status) == Status.SCHEDULED,
            col(Interview.scheduled_at) > after,
        )
        .order_by(col(Interview.scheduled_at))
        .limit(limit)
    )
    return [Upcoming(*row) for row in await session.execute(query)]
