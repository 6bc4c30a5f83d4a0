"""How an analysis goes from one state to the next: what opens when a stage has ended, and what is opened again.

Each function writes with the analysis locked by its caller.
"""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi import events
from intervi.analysis import queue, repository
from intervi.analysis.models import AFTER, OPTIONAL, Analysis, AnalysisStage, Stage, WorkStatus, successors
from intervi.clock import now
from intervi.database import after_commit
from intervi.interviews import timeline
from intervi.interviews.models import EventKind
from intervi.recordings.storage import storage


async def begin_again(session: AsyncSession, analysis: Analysis, stages: set[Stage]) -> None:
    """Opens these stages and everything that rests on them; a worker that still runs one has lost its lease."""
    reset = stages.union(*(successors(stage) for stage in stages))
    rows = {Stage(row.stage): row for row in await repository.stages(session, [analysis.id])}
    if Stage.DECODE in reset:
        await keep_made(session, analysis.exchange_id, [])
    for stage in reset:
        row = rows[stage]
        row.status, row.attempt, row.result, row.summary = WorkStatus.BLOCKED, 0, None, None
        row.lease_token = row.lease_expires_at = row.not_before = row.started_at = row.finished_at = row.error = None
    _unblock(rows)
    session.add_all(rows.values())
    analysis.status, analysis.error, analysis.finished_at = WorkStatus.RUNNING, None, None
    session.add(analysis)
    await repository.unmark_report(session, analysis.interview_id)
    after_commit(session, queue.wake)
    announce(session, analysis)


def _unblock(rows: Mapping[Stage, AnalysisStage]) -> None:
    """Opens every blocked stage whose predecessors are done, or have failed and can be done without."""
    for stage, row in rows.items():
        if row.status == WorkStatus.BLOCKED and all(_is_passed(rows[earlier]) for earlier in AFTER[stage]):
            row.status = WorkStatus.WAITING


def _is_passed(row: AnalysisStage) -> bool:
    return row.status == WorkStatus.DONE or (row.status == WorkStatus.FAILED and row.stage in OPTIONAL)


def announce(session: AsyncSession, analysis: Analysis) -> None:
    """Tells the owner's open pages and sockets, once this is committed, that the analysis is not what it was."""

    async def publish() -> None:
        await events.publish(
            analysis.user_id, "analysis", interview_id=analysis.interview_id, exchange_id=analysis.exchange_id
        )

    after_commit(session, publish)


async def keep_made(session: AsyncSession, exchange_id: UUID, kept: Collection[str]) -> None:
    """Of all that was ever made from an answer's recordings, these keys and its playback copies stay.

    What a killed worker left goes with the rest. What is made from now on belongs to a later attempt, since the analysis is locked, and is
    left alone.
    """
    moment, segments = now(), await repository.stored_segments(session, exchange_id)
    staying = {*kept, *(segment.playback_key for segment in segments)}

    def remove() -> None:
        for segment in segments:
            for key, changed in list(storage().list_made(segment.storage_key)):
                if key not in staying and changed < moment:
                    storage().delete_made(key)

    after_commit(session, lambda: asyncio.to_thread(remove))


async def settle(
    session: AsyncSession,
    analysis: Analysis,
    stage: Stage,
    *,
    result: dict[str, Any] | None = None,
    summary: dict[str, Any] | None = None,
    error: str | None = None,
) -> None:
    """Writes how a stage ended, opens what can go on, and sees whether the analysis has ended with it."""
    rows = {Stage(row.stage): row for row in await repository.stages(session, [analysis.id])}
    row = rows[stage]
    row.status = WorkStatus.DONE if error is None else WorkStatus.FAILED
    row.result, row.summary, row.error = result, summary, error
    row.lease_token, row.lease_expires_at, row.finished_at = None, None, now()
    _unblock(rows)
    session.add_all(rows.values())
    if error is not None and stage not in OPTIONAL:
        analysis.status, analysis.error, analysis.finished_at = WorkStatus.FAILED, error, now()
        if stage is Stage.DECODE:
            await keep_made(session, analysis.exchange_id, [])
    elif stage is Stage.REPORT:
        analysis.status, analysis.finished_at = WorkStatus.DONE, now()
    session.add(analysis)
    if analysis.status in repository.FINISHED:
        timeline.note(
            session, analysis.interview_id, EventKind.RESULT, after=analysis.exchange_id, detail=analysis.status
        )
    after_commit(session, queue.wake)
    announce(session, analysis)
