"""Every query of ``progress``. Each is about the principal's own rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.interviews.models import AnswerStatus, Exchange, Interview
from intervi.progress.metrics import Counts
from intervi.progress.models import LedgerEntry, Reason, UnlockedAchievement
from intervi.statements import Statement

_BY_DAY = (
    select(
        col(LedgerEntry.local_date).label("day"),
        func.sum(col(LedgerEntry.points)).label("points"),
        func.count().filter(col(LedgerEntry.reason) == Reason.INTERVIEW).label("interviews"),
    )
    .where(col(LedgerEntry.user_id) == bindparam("owner_id"))
    .group_by(col(LedgerEntry.local_date))
    .subquery()
)
_DAYS = select(
    *(func.array_agg(aggregate_order_by(column, _BY_DAY.c.day)).label(column.name) for column in _BY_DAY.c)
).subquery()
_NEWEST_FIRST = (col(UnlockedAchievement.unlocked_at).desc(), col(UnlockedAchievement.code))
_UNLOCKED = (
    select(
        func.array_agg(aggregate_order_by(col(UnlockedAchievement.code), *_NEWEST_FIRST)).label("codes"),
        func.array_agg(aggregate_order_by(col(UnlockedAchievement.unlocked_at), *_NEWEST_FIRST)).label("moments"),
    )
    .where(col(UnlockedAchievement.user_id) == bindparam("owner_id"))
    .subquery()
)
_HELD = Statement(
    select(col(User.progress_enabled), col(User.weekly_goal_days), col(User.time_zone), *_DAYS.c, *_UNLOCKED.c)
    .select_from(User)
    .join(_DAYS, true())
    .join(_UNLOCKED, true())
    .where(col(User.id) == bindparam("owner_id"))
)


class DayTotal(NamedTuple):
    """What one day brought."""

    day: date
    points: int
    interviews: int


@dataclass(frozen=True, slots=True)
class Held:
    """What an owner has, and what they have chosen for it."""

    is_on: bool
    weekly_goal: int
    """Days."""
    time_zone: str
    """IANA name."""
    days: Sequence[DayTotal]
    """Each day of practice, oldest first."""
    unlocked: Mapping[str, datetime]
    """When each achievement was unlocked, by its code, newest first."""


@dataclass(frozen=True, slots=True)
class InterviewTotal:
    """What one interview brought, as the ledger has it."""

    interview_id: UUID
    day: date
    domain_slug: str
    answers: int
    points: int
    occurred_at: datetime


async def owner_locked(session: AsyncSession, principal: Principal) -> User | None:
    """The owner, read anew; nobody else awards them anything until this transaction ends."""
    query = select(User).where(col(User.id) == principal.user_id).with_for_update(key_share=True)
    return await session.scalar(query, execution_options={"populate_existing": True})


async def held(session: AsyncSession, principal: Principal) -> Held | None:
    """What the owner has, in one statement; ``None`` if the account was deleted meanwhile."""
    row = await _HELD.row(session, owner_id=principal.user_id)
    if row is None:
        return None
    is_on, weekly_goal, time_zone, days, points, interviews, codes, moments = row
    return Held(
        is_on,
        weekly_goal,
        time_zone,
        list(map(DayTotal, days or (), points or (), interviews or ())),
        dict(zip(codes or (), moments or (), strict=True)),
    )


async def owner(session: AsyncSession, principal: Principal) -> User | None:
    """The owner, to be changed."""
    return await session.get(User, principal.user_id)


async def answers(session: AsyncSession, interview: Interview, limit: int) -> Sequence[Exchange]:
    """The first answered questions of an interview that the caller has read as its owner."""
    query = select(Exchange).where(
        col(Exchange.interview_id) == interview.id, col(Exchange.status) == AnswerStatus.ANSWERED
    )
    return (await session.scalars(query.order_by(col(Exchange.position)).limit(limit))).all()


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> Sequence[LedgerEntry]:
    """What the ledger has of an interview."""
    query = select(LedgerEntry).where(
        col(LedgerEntry.user_id) == principal.user_id, col(LedgerEntry.interview_id) == interview_id
    )
    return (await session.scalars(query)).all()


async def enter(session: AsyncSession, entries: Sequence[LedgerEntry]) -> bool:
    """Enters what the ledger does not have yet; ``False`` if it had all of it."""
    statement = insert(LedgerEntry).values([entry.model_dump() for entry in entries])
    statement = statement.on_conflict_do_nothing(index_elements=[col(LedgerEntry.source)])
    return (await session.scalars(statement.returning(col(LedgerEntry.source)))).first() is not None


async def interviews(
    session: AsyncSession, principal: Principal, *, limit: int, offset: int = 0
) -> list[InterviewTotal]:
    """The ledger by interview, newest first."""
    query = (
        select(
            col(LedgerEntry.interview_id),
            func.min(col(LedgerEntry.local_date)),
            func.max(col(LedgerEntry.domain_slug)),
            func.count().filter(col(LedgerEntry.reason) == Reason.ANSWER),
            func.sum(col(LedgerEntry.points)),
            func.min(col(LedgerEntry.occurred_at)),
        )
        .where(col(LedgerEntry.user_id) == principal.user_id)
        .group_by(col(LedgerEntry.interview_id))
        .order_by(func.min(col(LedgerEntry.occurred_at)).desc(), col(LedgerEntry.interview_id).desc())
        .limit(limit)
        .offset(offset)
    )
    return [InterviewTotal(*row) for row in await session.execute(query)]


async def counts(session: AsyncSession, principal: Principal) -> Counts:
    """What the metrics of achievements are made of, in one query."""
    is_interview = col(LedgerEntry.reason) == Reason.INTERVIEW
    is_answer = col(LedgerEntry.reason) == Reason.ANSWER
    mine = col(LedgerEntry.user_id) == principal.user_id
    per_interview = (
        select(func.count().label("answers")).where(mine, is_answer).group_by(col(LedgerEntry.interview_id)).subquery()
    )
    named_domain = func.nullif(col(LedgerEntry.domain_slug), "")
    ledger = select(
        func.count().filter(is_interview),
        func.count().filter(is_answer),
        func.coalesce(func.sum(col(LedgerEntry.points)), 0),
        func.count(func.distinct(named_domain)),
        func.count(func.distinct(func.nullif(col(LedgerEntry.question_type), ""))),
        func.count().filter(is_interview, col(LedgerEntry.difficulty) == "senior"),
        select(func.coalesce(func.max(per_interview.c.answers), 0)).scalar_subquery(),
    ).where(mine)
    scored = (
        select(col(Interview.measured_score))
        .where(
            col(Interview.user_id) == principal.user_id,
            col(Interview.measured_score).is_not(None),
            ~col(Interview.about_others),
        )
        .order_by(col(Interview.id))
    )
    best = select(func.max(scored.subquery().c.measured_score)).scalar_subquery()
    row = (await session.execute(ledger.add_columns(best, scored.limit(1).scalar_subquery()))).one()
    return Counts(*row)


async def unlock(session: AsyncSession, principal: Principal, codes: Sequence[str], moment: datetime) -> list[str]:
    """Keeps achievements; gives the codes of those that are new."""
    rows = [{"user_id": principal.user_id, "code": code, "unlocked_at": moment} for code in codes]
    statement = insert(UnlockedAchievement).values(rows).on_conflict_do_nothing()
    return list(await session.scalars(statement.returning(col(UnlockedAchievement.code))))
