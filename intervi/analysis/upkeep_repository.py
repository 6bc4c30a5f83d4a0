"""Queries of upkeep, over everybody's: recordings whose time is over, what should be in storage, work that nobody does."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, exists, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.models import User
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.analysis.repository import FINISHED
from intervi.clock import now
from intervi.interviews.models import Interview
from intervi.recordings.models import Media, MediaState

_KEPT = (MediaState.STORED, MediaState.DISCARDED)


async def expired_answers(session: AsyncSession, days: int | None, days_of_others: int | None) -> Sequence[UUID]:
    """Answers all of whose recordings are older than so many days, those of others than so many, or than their owner keeps them where that
    is less, except those whose analysis is under way. ``None``: they are kept for good."""
    under_way = select(Analysis.id).where(
        Analysis.exchange_id == col(Media.exchange_id), col(Analysis.status).not_in(FINISHED)
    )
    # PostgreSQL's LEAST leaves out what is null, and is null where all are: such a recording never expires.
    kept_days = func.least(
        days, col(User.retention_days), case((col(Interview.about_others).is_(True), days_of_others), else_=None)
    )
    newest = func.max(func.coalesce(Media.stored_at, Media.received_at))
    query = (
        select(Media.exchange_id)
        .join(User, col(User.id) == col(Media.user_id))
        .join(Interview, col(Interview.id) == col(Media.interview_id))
        .where(col(Media.state) != MediaState.DELETED, ~exists(under_way))
        .group_by(col(Media.exchange_id), col(User.id), col(Interview.id))
        .having(newest < now() - func.make_interval(0, 0, 0, kept_days))
        .order_by(col(Media.exchange_id))
    )
    return (await session.exec(query)).all()


async def kept_of(session: AsyncSession, exchange_id: UUID) -> Sequence[Media]:
    """The recordings of an answer that are whole and still there, those recorded again too; locked until the transaction ends."""
    query = select(Media).where(Media.exchange_id == exchange_id, col(Media.state).in_(_KEPT))
    return (await session.exec(query.order_by(col(Media.id)).with_for_update())).all()


async def forget_sound(session: AsyncSession, analysis_id: UUID) -> None:
    """The sound that was decoded from an answer's recordings is gone. The analysis is locked by the caller."""
    row = await session.get(AnalysisStage, (analysis_id, Stage.DECODE), populate_existing=True)
    if row is not None and row.result is not None:
        row.result = {**row.result, "audio_key": None}
        session.add(row)


async def kept_media(session: AsyncSession) -> Sequence[Media]:
    """Every recording whose bytes should be in storage."""
    # One that was recorded again while it was still coming was never stored: nothing needs to be there.
    query = select(Media).where(col(Media.state).in_(_KEPT), col(Media.stored_at).is_not(None))
    return (await session.exec(query.order_by(col(Media.id)))).all()


async def audio_keys(session: AsyncSession) -> Sequence[tuple[UUID, str]]:
    """Every analysis whose decoded sound should be in storage, with its key."""
    audio_key = col(AnalysisStage.result)["audio_key"].astext
    query = select(AnalysisStage.analysis_id, audio_key).where(
        AnalysisStage.stage == Stage.DECODE, AnalysisStage.status == WorkStatus.DONE, audio_key.is_not(None)
    )
    return (await session.exec(query.order_by(col(AnalysisStage.analysis_id)))).all()


async def unheld(session: AsyncSession, before: datetime) -> Sequence[AnalysisStage]:
    """Stages that are said to run, with no lease or one that ended before then."""
    expires = col(AnalysisStage.lease_expires_at)
    query = select(AnalysisStage).where(
        AnalysisStage.status == WorkStatus.RUNNING, or_(expires.is_(None), expires < before)
    )
    return (await session.exec(query.order_by(col(AnalysisStage.analysis_id)))).all()


async def stuck(session: AsyncSession, before: datetime) -> Sequence[Analysis]:
    """Analyses begun before then that are not finished, and of which no stage is open or running."""
    open_stages = select(AnalysisStage.stage).where(
        AnalysisStage.analysis_id == col(Analysis.id),
        col(AnalysisStage.status).in_((WorkStatus.WAITING, WorkStatus.RUNNING)),
    )
    query = select(Analysis).where(
        col(Analysis.status).not_in(FINISHED), Analysis.created_at < before, ~exists(open_stages)
    )
    return (await session.exec(query.order_by(col(Analysis.id)))).all()
