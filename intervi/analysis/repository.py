"""Every query of ``analysis``. Those for people start from the principal; those for workers from what is open."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.clock import now
from intervi.ids import new_id
from intervi.interviews.models import AnswerStatus, Exchange, Interview, Origin, Status
from intervi.recordings.models import Media, MediaState
from intervi.settings import settings

FINISHED = (WorkStatus.DONE, WorkStatus.FAILED)

# --- for people -----------------------------------------------------------------------------------------------------


async def of_exchange(session: AsyncSession, principal: Principal, exchange_id: UUID) -> Analysis | None:
    """The analysis of an answer of the principal's."""
    return (
        await session.exec(
            select(Analysis).where(Analysis.exchange_id == exchange_id, Analysis.user_id == principal.user_id)
        )
    ).one_or_none()


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> Sequence[Analysis]:
    """The analyses of an interview of the principal's, in the order of its answers."""
    return (
        await session.exec(
            select(Analysis)
            .join(Exchange, col(Exchange.id) == Analysis.exchange_id)
            .where(Analysis.interview_id == interview_id, Analysis.user_id == principal.user_id)
            .order_by(col(Exchange.position))
        )
    ).all()


async def owned(session: AsyncSession, principal: Principal, analysis_id: UUID) -> Analysis | None:
    """An analysis of the principal's, locked until the transaction ends."""
    return (
        await session.exec(
            select(Analysis)
            .where(Analysis.id == analysis_id, Analysis.user_id == principal.user_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one_or_none()


async def stages(session: AsyncSession, analysis_ids: Collection[UUID]) -> Sequence[AnalysisStage]:
    """The stages of these analyses, as they are now."""
    return (
        await session.exec(
            select(AnalysisStage)
            .where(col(AnalysisStage.analysis_id).in_(analysis_ids))
            .execution_options(populate_existing=True)
        )
    ).all()


# --- beginning ------------------------------------------------------------------------------------------------------


async def make(session: AsyncSession, exchange: Exchange, user_id: UUID, input_hash: str) -> bool:
    """Makes the one analysis of an answer; ``False`` if it is there already (made by somebody else just now, perhaps)."""
    statement = (
        insert(Analysis)
        .values(
            id=new_id(),
            user_id=user_id,
            interview_id=exchange.interview_id,
            exchange_id=exchange.id,
            status=WorkStatus.WAITING,
            input_hash=input_hash,
            created_at=now(),
        )
        .on_conflict_do_nothing(index_elements=["exchange_id"])
        .returning(col(Analysis.id))
    )
    return (await session.exec(statement)).one_or_none() is not None


async def lock_by_exchange(session: AsyncSession, exchange_id: UUID) -> Analysis | None:
    """The analysis of an answer, locked until the transaction ends."""
    return (
        await session.exec(
            select(Analysis)
            .where(Analysis.exchange_id == exchange_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one_or_none()


async def lock(session: AsyncSession, analysis_id: UUID) -> Analysis | None:
    """An analysis, locked until the transaction ends; ``None`` if it was deleted."""
    return (
        await session.exec(
            select(Analysis)
            .where(Analysis.id == analysis_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one_or_none()


async def stored_segments(session: AsyncSession, exchange_id: UUID) -> Sequence[Media]:
    """The recorded segments of an answer that count, in their order."""
    return (
        await session.exec(
            select(Media)
            .where(Media.exchange_id == exchange_id, Media.state == MediaState.STORED)
            .order_by(col(Media.offset_seconds), col(Media.id))
        )
    ).all()


async def is_uploading(session: AsyncSession, exchange_id: UUID) -> bool:
    """Whether bytes of an answer are still on their way."""
    query = select(Media.id).where(Media.exchange_id == exchange_id, Media.state == MediaState.UPLOADING).limit(1)
    return (await session.exec(query)).first() is not None


async def interview_of(session: AsyncSession, exchange: Exchange) -> Interview:
    """The interview an answer belongs to."""
    return (await session.exec(select(Interview).where(Interview.id == exchange.interview_id))).one()


async def unmark_report(session: AsyncSession, interview_id: UUID) -> None:
    """The interview's report is out of date: it is made again once every answer is analysed."""
    await session.exec(update(Interview).where(col(Interview.id) == interview_id).values(reported_at=None))


# --- for workers ----------------------------------------------------------------------------------------------------


def _claimable() -> ColumnElement[bool]:
    moment = now()
    return or_(
        and_(
            col(AnalysisStage.status) == WorkStatus.WAITING,
            or_(col(AnalysisStage.not_before).is_(None), col(AnalysisStage.not_before) <= moment),
        ),
        and_(col(AnalysisStage.status) == WorkStatus.RUNNING, col(AnalysisStage.lease_expires_at) < moment),
    )


async def next_open(session: AsyncSession, kinds: Collection[Stage]) -> tuple[UUID, Stage] | None:
    """The stage whose turn it is.

    Every user's first open analysis comes before anybody's second, so that fifty uploads of one do not starve one of another's.
    """
    earlier = aliased(Analysis)
    turn = (
        select(func.count())
        .where(
            earlier.user_id == col(Analysis.user_id),
            col(earlier.id) < col(Analysis.id),
            col(earlier.status).not_in(FINISHED),
        )
        .scalar_subquery()
    )
    query = (
        select(AnalysisStage.analysis_id, AnalysisStage.stage)
        .join(Analysis, col(Analysis.id) == AnalysisStage.analysis_id)
        .where(col(AnalysisStage.stage).in_(kinds), _claimable())
        .order_by(turn, col(Analysis.id))
        .limit(1)
    )
    row = (await session.exec(query)).first()
    return (row[0], Stage(row[1])) if row else None


async def claim(session: AsyncSession, analysis_id: UUID, stage: Stage, token: UUID) -> AnalysisStage | None:
    """Takes a stage by compare-and-set; ``None`` if another worker was quicker."""
    moment = now()
    statement = (
        update(AnalysisStage)
        .where(col(AnalysisStage.analysis_id) == analysis_id, col(AnalysisStage.stage) == stage, _claimable())
        .values(
            status=WorkStatus.RUNNING,
            attempt=col(AnalysisStage.attempt) + 1,
            lease_token=token,
            lease_expires_at=moment + timedelta(seconds=settings().lease_seconds),
            started_at=moment,
            finished_at=None,
        )
        .returning(AnalysisStage)
    )
    return (await session.exec(statement)).scalar_one_or_none()


async def renew(session: AsyncSession, analysis_id: UUID, stage: Stage, token: UUID) -> bool:
    """Holds a stage for another lease; ``False`` if it is no longer ours."""
    statement = (
        update(AnalysisStage)
        .where(
            col(AnalysisStage.analysis_id) == analysis_id,
            col(AnalysisStage.stage) == stage,
            col(AnalysisStage.lease_token) == token,
            col(AnalysisStage.status) == WorkStatus.RUNNING,
        )
        .values(lease_expires_at=now() + timedelta(seconds=settings().lease_seconds))
    )
    return bool((await session.exec(statement)).rowcount)


async def ready_for_report(session: AsyncSession) -> Interview | None:
    """An interview that is over, whose answers are all analysed and which has no report yet; locked.

    A session of the coach contract has no end: its report follows its analyses.
    """
    its_analyses = select(Analysis.id).where(Analysis.interview_id == col(Interview.id))
    unanalysed = (
        select(Exchange.id)
        .outerjoin(Analysis, col(Analysis.exchange_id) == Exchange.id)
        .where(
            Exchange.interview_id == col(Interview.id),
            Exchange.status == AnswerStatus.ANSWERED,
            col(Analysis.id).is_(None),
        )
    )
    query = (
        select(Interview)
        .where(
            col(Interview.reported_at).is_(None),
            or_(col(Interview.status) == Status.COMPLETED, col(Interview.origin) == Origin.COACH),
            exists(its_analyses),
            ~exists(its_analyses.where(col(Analysis.status).not_in(FINISHED))),
            ~exists(unanalysed),
        )
        .order_by(col(Interview.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (await session.exec(query)).first()


async def answers_of(session: AsyncSession, interview_id: UUID) -> Sequence[tuple[Exchange, Analysis]]:
    """The analysed answers of an interview, in their order."""
    return (
        await session.exec(
            select(Exchange, Analysis)
            .join(Analysis, col(Analysis.exchange_id) == Exchange.id)
            .where(Exchange.interview_id == interview_id)
            .order_by(col(Exchange.position))
        )
    ).all()
