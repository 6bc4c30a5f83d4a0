"""Every query of ``analysis``. Those for people start from the principal; those for workers from what is open."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select, SelectOfScalar

from intervi.accounts.principal import Principal
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.clock import now
from intervi.ids import new_id
from intervi.interviews.models import AnswerStatus, Exchange, Interview, Origin, Status
from intervi.recordings.models import Media, MediaState
from intervi.settings import settings

FINISHED = (WorkStatus.DONE, WorkStatus.FAILED)

_WithStage = tuple[Analysis, AnalysisStage]
_SelectWithStage = Select[Analysis, AnalysisStage]

# --- for people -----------------------------------------------------------------------------------------------------


async def of_exchange(session: AsyncSession, principal: Principal, exchange_id: UUID) -> Sequence[_WithStage]:
    """The analysis of an answer of the principal's, once with each of its stages."""
    return await _with_stages(
        session, _analysed_stages().where(Analysis.exchange_id == exchange_id, Analysis.user_id == principal.user_id)
    )


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> Sequence[_WithStage]:
    """The analyses of an interview of the principal's, each once with each of its stages, in the order of its answers."""
    return await _with_stages(
        session,
        _analysed_stages()
        .join(Exchange, col(Exchange.id) == Analysis.exchange_id)
        .where(Analysis.interview_id == interview_id, Analysis.user_id == principal.user_id)
        .order_by(col(Exchange.position)),
    )


async def open_since(session: AsyncSession, principal: Principal, moment: datetime, limit: int) -> Sequence[_WithStage]:
    """The principal's newest analyses that are not finished, or were since then, each once with each of its stages."""
    finished = col(Analysis.finished_at)
    newest = (
        select(Analysis.id)
        .where(Analysis.user_id == principal.user_id, or_(finished.is_(None), finished >= moment))
        .order_by(col(Analysis.id).desc())
        .limit(limit)
    )
    return await _with_stages(session, _analysed_stages().where(col(Analysis.id).in_(newest)))


def _analysed_stages() -> _SelectWithStage:
    return select(Analysis, AnalysisStage).join(AnalysisStage, col(AnalysisStage.analysis_id) == Analysis.id)


async def _with_stages(session: AsyncSession, query: _SelectWithStage) -> Sequence[_WithStage]:
    # One statement sees one moment. Two could show the last stage done by an analysis that still runs.
    return (await session.exec(query, execution_options={"populate_existing": True})).all()


async def owned(session: AsyncSession, principal: Principal, analysis_id: UUID) -> Analysis | None:
    """An analysis of the principal's, locked until the transaction ends."""
    return await _locked(session, col(Analysis.id) == analysis_id, col(Analysis.user_id) == principal.user_id)


async def _locked(session: AsyncSession, *which: ColumnElement[bool]) -> Analysis | None:
    """An analysis, locked until the transaction ends; ``None`` if there is none, or it was deleted.

    Its interview first, against being deleted: an entry of its timeline needs that later, and whoever ends or deletes an interview locks it
    before its analyses. In the other order, each would wait for the other.
    """
    interview = select(Interview.id).join(Analysis, col(Analysis.interview_id) == Interview.id).where(*which)
    await session.exec(interview.with_for_update(read=True, key_share=True, of=Interview))
    analysis = select(Analysis).where(*which).with_for_update().execution_options(populate_existing=True)
    return (await session.exec(analysis)).one_or_none()


async def stages(session: AsyncSession, analysis_ids: Collection[UUID]) -> Sequence[AnalysisStage]:
    """The stages of these analyses, as they are now."""
    return (
        await session.exec(
            select(AnalysisStage)
            .where(col(AnalysisStage.analysis_id).in_(analysis_ids))
            .execution_options(populate_existing=True)
        )
    ).all()


async def sound_of(session: AsyncSession, analysis_id: UUID) -> str | None:
    """The key of the sound that was decoded; ``None`` if there was none, or it is gone."""
    row = await session.get(AnalysisStage, (analysis_id, Stage.DECODE), populate_existing=True)
    return row.result.get("audio_key") if row is not None and row.result is not None else None


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
    return await _locked(session, col(Analysis.exchange_id) == exchange_id)


async def lock(session: AsyncSession, analysis_id: UUID) -> Analysis | None:
    """An analysis, locked until the transaction ends; ``None`` if it was deleted."""
    return await _locked(session, col(Analysis.id) == analysis_id)


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


async def is_deleted(session: AsyncSession, exchange_id: UUID) -> bool:
    """Whether all that was recorded of an answer was kept as long as recordings are kept, and is gone."""
    states = set(await session.exec(select(Media.state).where(Media.exchange_id == exchange_id)))
    return MediaState.DELETED in states and MediaState.STORED not in states


async def used_made_keys(session: AsyncSession, keys: Collection[str]) -> set[str]:
    """Which of these keys, of things made from recordings, a recording or a result refers to."""
    audio_key = col(AnalysisStage.result)["audio_key"].astext
    playback = set(await session.exec(select(Media.playback_key).where(col(Media.playback_key).in_(keys))))
    audio = set(await session.exec(select(audio_key).where(AnalysisStage.stage == Stage.DECODE, audio_key.in_(keys))))
    return {key for key in playback | audio if key}


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

    Every user's first open analysis comes before anybody's second; among those, the user comes first who was served longest ago. So
    fifty uploads of one do not starve one of another's.
    """
    earlier, any_of_theirs = aliased(Analysis), aliased(Analysis)
    served_at = (
        select(func.max(any_of_theirs.served_at))
        .where(any_of_theirs.user_id == col(Analysis.user_id))
        .scalar_subquery()
    )
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
        .order_by(turn, served_at.asc().nulls_first(), col(Analysis.id))
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


async def ready_for_report(session: AsyncSession, *, besides: Collection[UUID] = ()) -> Interview | None:
    """An interview that is over, whose answers are all analysed and which has no report yet, none of those ``besides``; locked.

    A session of the coach contract has no end: its report follows its analyses.
    """
    due = select(Interview).where(*_report_is_due(), col(Interview.id).not_in(besides)).order_by(col(Interview.id))
    found = (await session.exec(due.limit(1).with_for_update(skip_locked=True))).first()
    # Between being found and being held, an answer of it may have been opened again. Now that it is held, none can be.
    return None if found is None else (await session.exec(due.where(Interview.id == found.id))).one_or_none()


def _report_is_due() -> tuple[ColumnElement[bool], ...]:
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
    return (
        col(Interview.reported_at).is_(None),
        or_(col(Interview.status) == Status.COMPLETED, col(Interview.origin) == Origin.COACH),
        exists(its_analyses),
        ~exists(its_analyses.where(col(Analysis.status).not_in(FINISHED))),
        ~exists(unanalysed),
    )


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


# --- over everybody's -----------------------------------------------------------------------------------------------


async def waiting(session: AsyncSession) -> Sequence[tuple[str, int, datetime]]:
    """Of each stage that waits for a worker anywhere: its name, how often, and when the oldest of these analyses began."""
    query = (
        select(AnalysisStage.stage, func.count(), func.min(Analysis.created_at))
        .join(Analysis, col(Analysis.id) == AnalysisStage.analysis_id)
        .where(AnalysisStage.status == WorkStatus.WAITING)
        .group_by(AnalysisStage.stage)
    )
    return (await session.exec(query)).all()


async def never_begun(session: AsyncSession, before: datetime) -> Sequence[UUID]:
    """Answers of completed interviews, given before then, that nobody analyses although nothing of them is still coming."""
    query = _never_begun().where(col(Exchange.answered_at) < before)
    return (await session.exec(query.order_by(col(Exchange.id)))).all()


async def not_begun(session: AsyncSession, interview_id: UUID) -> Sequence[UUID]:
    """Such answers of one interview, whenever given, that the caller has read through its principal."""
    query = _never_begun().where(col(Exchange.interview_id) == interview_id)
    return (await session.exec(query.order_by(col(Exchange.position)))).all()


def _never_begun() -> SelectOfScalar[UUID]:
    in_the_way = select(Media.id).where(
        Media.exchange_id == col(Exchange.id), col(Media.state).in_((MediaState.UPLOADING, MediaState.DELETED))
    )
    return (
        select(Exchange.id)
        .join(Interview, col(Interview.id) == Exchange.interview_id)
        .outerjoin(Analysis, col(Analysis.exchange_id) == Exchange.id)
        .where(
            Interview.status == Status.COMPLETED,
            Exchange.status == AnswerStatus.ANSWERED,
            col(Analysis.id).is_(None),
            ~exists(in_the_way),
        )
    )


async def unreported(session: AsyncSession, before: datetime) -> Sequence[UUID]:
    """Interviews whose report could have been written before then."""
    fresh = select(Analysis.id).where(Analysis.interview_id == col(Interview.id), col(Analysis.finished_at) >= before)
    query = select(Interview.id).where(*_report_is_due(), ~exists(fresh))
    return (await session.exec(query.order_by(col(Interview.id)))).all()
