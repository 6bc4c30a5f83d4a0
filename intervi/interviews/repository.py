"""Every query on interviews. Each starts from what the principal may see: what is theirs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, BindParameter, ScalarSelect, String, bindparam, tuple_
from sqlalchemy import select as select_columns
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.interviews.filter import EVERY, Filter, Order, ordered, shown_score
from intervi.interviews.models import (
    AnswerStatus,
    Exchange,
    Interview,
    InterviewEvent,
    Origin,
    ReportedMetrics,
    Status,
)
from intervi.statements import EntityStatement, Statement, attach, insert_with_values, values_of


@dataclass(frozen=True, slots=True)
class Counted:
    """An interview with what a list shows of its questions."""

    interview: Interview
    first_question: str | None
    questions: int
    answers: int
    score_before: float | None
    """Of the newest scored interview that was made before it, about the same people (the owner, or others)."""


_OWNER: BindParameter[UUID] = bindparam("owner_id")
_THIS: BindParameter[UUID] = bindparam("interview_id")
_THIS_ONE = select(Interview).where(Interview.user_id == _OWNER, Interview.id == _THIS)
_ONE = EntityStatement(Interview, _THIS_ONE)
_ONE_LOCKED = EntityStatement(Interview, _THIS_ONE.with_for_update())
_TIME_ZONE = Statement(select(User.time_zone).where(User.id == _OWNER))
_EXCHANGES = EntityStatement(
    Exchange,
    select(Exchange)
    .join(Interview, col(Interview.id) == col(Exchange.interview_id))
    .where(Interview.user_id == _OWNER, Exchange.interview_id == _THIS)
    .order_by(col(Exchange.position)),
)
_COUNT = select(func.count()).select_from(Interview).where(Interview.user_id == _OWNER)


def _of(principal: Principal, interview_id: UUID) -> dict[str, UUID]:
    """The parameters of a statement about one interview."""
    return {"owner_id": principal.user_id, "interview_id": interview_id}


def _interviews(principal: Principal) -> SelectOfScalar[Interview]:
    return select(Interview).where(Interview.user_id == principal.user_id)


def _exchanges(principal: Principal) -> SelectOfScalar[Exchange]:
    return (
        select(Exchange)
        .join(Interview, col(Interview.id) == col(Exchange.interview_id))
        .where(Interview.user_id == principal.user_id)
    )


def _noted(made: CTE, computed: str) -> Statement:
    """Adds what ``made`` does, and an entry of its timeline with it; gives the column that the database computes."""
    return Statement(
        insert_with_values(InterviewEvent, "event_").add_cte(made).returning(select(made.c[computed]).scalar_subquery())
    )


_ADDED = _noted(
    insert_with_values(
        Interview,
        time_zone=func.coalesce(
            func.nullif(bindparam("time_zone", type_=String), ""),
            select(User.time_zone).where(User.id == bindparam("user_id")).scalar_subquery(),
        ),
    )
    .returning(col(Interview.time_zone))
    .cte("made"),
    "time_zone",
)
_APPENDED = _noted(
    insert_with_values(
        Exchange,
        position=select(func.coalesce(func.max(Exchange.position), 0) + 1)
        .where(Exchange.interview_id == _THIS)
        .scalar_subquery(),
    )
    .returning(col(Exchange.position))
    .cte("made"),
    "position",
)


async def add(session: AsyncSession, interview: Interview, event: InterviewEvent) -> None:
    """Adds a new interview with the first entry of its timeline. Without a time zone it has its owner's."""
    ((interview.time_zone,),) = await _ADDED.rows(session, **values_of(interview), **values_of(event, "event_"))
    attach(session, interview)


async def append(session: AsyncSession, exchange: Exchange, event: InterviewEvent) -> None:
    """Adds a question to an interview whose row is held, numbered after its last one, with an entry of the timeline."""
    ((exchange.position,),) = await _APPENDED.rows(session, **values_of(exchange), **values_of(event, "event_"))
    attach(session, exchange)


async def get(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview | None:
    """One interview."""
    return await _ONE.first(session, **_of(principal, interview_id))


async def open_among(session: AsyncSession, owned: Collection[tuple[UUID, UUID]]) -> set[UUID]:
    """The ids of those interviews, given as (owner, id), that are there and not over."""
    query = select(Interview.id).where(
        tuple_(col(Interview.user_id), col(Interview.id)).in_(owned),
        col(Interview.status).not_in((Status.COMPLETED, Status.CANCELLED)),
    )
    return set(await session.exec(query))


async def get_locked(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview | None:
    """One interview, read anew, that nobody else can change until this transaction ends."""
    return await _ONE_LOCKED.first(session, **_of(principal, interview_id))


async def hold_own(session: AsyncSession, principal: Principal) -> None:
    """Nobody else moves an interview of the owner's until this transaction ends.

    Not those about others: whoever books for them holds the owner's row first, and these second.
    """
    own = select(Interview.id).where(Interview.user_id == principal.user_id, col(Interview.about_others).is_(False))
    # Without the key: what is added to an interview at this moment is not waited for.
    await session.exec(own.order_by(col(Interview.id)).with_for_update(key_share=True))


async def newest(
    session: AsyncSession,
    principal: Principal,
    *,
    limit: int | None,
    offset: int = 0,
    statuses: Collection[Status] = (),
) -> list[Interview]:
    """Interviews, newest first. No ``statuses``: of every status."""
    query = (
        _interviews(principal).where(*EVERY.conditions()).order_by(col(Interview.id).desc()).limit(limit).offset(offset)
    )
    if statuses:
        query = query.where(col(Interview.status).in_(statuses))
    return list(await session.exec(query))


async def counted(
    session: AsyncSession,
    principal: Principal,
    *,
    limit: int,
    offset: int = 0,
    which: Filter = EVERY,
    order: Order = Order.NEWEST,
) -> list[Counted]:
    """Interviews with the figures of a list, in one query."""

    def of_this(expression: Any) -> SelectOfScalar[Any]:
        return select(expression).where(Exchange.interview_id == Interview.id).correlate(Interview)

    first_question: ScalarSelect[str | None] = (
        of_this(Exchange.question)
        .where(Exchange.question != "")
        .order_by(col(Exchange.position))
        .limit(1)
        .scalar_subquery()
    )
    questions: ScalarSelect[int] = of_this(func.count()).scalar_subquery()
    answers: ScalarSelect[int] = of_this(func.count()).where(Exchange.status == AnswerStatus.ANSWERED).scalar_subquery()
    query = (
        select_columns(Interview, first_question, questions, answers, _score_before(principal))
        .where(col(Interview.user_id) == principal.user_id, *which.conditions())
        .order_by(*ordered(order))
        .limit(limit)
        .offset(offset)
    )
    return [Counted(*row) for row in await session.execute(query)]


def _score_before(principal: Principal) -> ScalarSelect[float | None]:
    earlier = aliased(Interview)
    score = shown_score(earlier)
    return (
        select(score)
        .where(
            earlier.user_id == principal.user_id,
            col(earlier.id) < col(Interview.id),
            col(earlier.about_others) == col(Interview.about_others),
            col(earlier.deletes_at).is_(None),
            score.is_not(None),
        )
        .order_by(col(earlier.id).desc())
        .limit(1)
        .correlate(Interview)
        .scalar_subquery()
    )


async def domains(session: AsyncSession, principal: Principal) -> list[tuple[str | None, str]]:
    """The domains of the principal's interviews, each once: slug, and text where it is none of ours."""
    query = (
        select(Interview.domain_slug, Interview.domain_text)
        .where(Interview.user_id == principal.user_id, *EVERY.conditions())
        .distinct()
    )
    return list(await session.exec(query))


async def due_for_deletion(session: AsyncSession, moment: datetime, limit: int) -> list[Interview]:
    """Anybody's interviews that were to be deleted by then, each held, so that only one worker deletes it."""
    query = (
        select(Interview)
        .where(col(Interview.deletes_at) <= moment)
        .order_by(col(Interview.deletes_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(await session.exec(query))


async def count(session: AsyncSession, principal: Principal, which: Filter = EVERY) -> int:
    """How many interviews there are."""
    query = _COUNT.where(*which.conditions())
    return (await session.exec(query, params={"owner_id": principal.user_id})).one()


async def newest_running(session: AsyncSession, principal: Principal) -> UUID | None:
    """The newest of the principal's interviews that run."""
    query = (
        select(Interview.id)
        .where(Interview.user_id == principal.user_id, col(Interview.status).in_((Status.ACTIVE, Status.PAUSED)))
        .order_by(col(Interview.id).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def reported_metrics(session: AsyncSession, principal: Principal, interview_id: UUID) -> ReportedMetrics | None:
    """The figures that were reported for an interview, read anew."""
    query = (
        select(ReportedMetrics)
        .join(Interview, col(Interview.id) == ReportedMetrics.interview_id)
        .where(ReportedMetrics.interview_id == interview_id, Interview.user_id == principal.user_id)
    )
    return (await session.exec(query, execution_options={"populate_existing": True})).first()


async def count_in_progress_locked(session: AsyncSession, principal: Principal) -> int:
    """How many of the owner's own interviews run; nobody else can start one for them until this transaction ends."""
    # Without the key: whoever has added a row of this owner's holds that already, and two of them would wait for one another.
    await session.exec(select(User.id).where(User.id == principal.user_id).with_for_update(key_share=True))
    query = (
        select(func.count())
        .select_from(Interview)
        .where(
            Interview.user_id == principal.user_id,
            Interview.origin != Origin.HIRING,
            col(Interview.status).in_((Status.ACTIVE, Status.PAUSED)),
        )
    )
    return (await session.exec(query)).one()


async def time_zone(session: AsyncSession, principal: Principal) -> str:
    """The IANA name of the principal's time zone."""
    found = await _TIME_ZONE.row(session, owner_id=principal.user_id)
    if found is None:
        raise NoResultFound
    return str(found[0])


async def exchanges(session: AsyncSession, principal: Principal, interview_id: UUID) -> list[Exchange]:
    """The questions of an interview, in the order spoken."""
    return await _EXCHANGES.all(session, **_of(principal, interview_id))


async def exchanges_of(session: AsyncSession, principal: Principal, interview_ids: Collection[UUID]) -> list[Exchange]:
    """The questions of several interviews, in the order spoken."""
    query = _exchanges(principal).where(col(Exchange.interview_id).in_(interview_ids)).order_by(col(Exchange.position))
    return list(await session.exec(query))


async def exchange(session: AsyncSession, principal: Principal, exchange_id: UUID) -> Exchange | None:
    """One question."""
    return (await session.exec(_exchanges(principal).where(Exchange.id == exchange_id))).first()


async def exchange_locked(session: AsyncSession, principal: Principal, exchange_id: UUID) -> Exchange | None:
    """One question, read anew, that nobody else can change until this transaction ends."""
    query = _exchanges(principal).where(Exchange.id == exchange_id).with_for_update(of=Exchange)
    return (await session.exec(query, execution_options={"populate_existing": True})).first()


async def met_before(session: AsyncSession, principal: Principal, interview: Interview) -> set[str]:
    """Which questions of the bank the candidate of this interview met in earlier ones. Of others, nobody knows who they are."""
    if interview.about_others:
        return set()
    query = (
        select(Exchange.question_id)
        .join(Interview, col(Interview.id) == col(Exchange.interview_id))
        .where(
            Interview.user_id == principal.user_id,
            col(Interview.about_others).is_(False),
            Interview.id != interview.id,
            col(Exchange.question_id).is_not(None),
        )
        .distinct()
    )
    return {question_id for question_id in await session.exec(query) if question_id}
