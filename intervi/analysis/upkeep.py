"""What is not as it should be, and how it is mended: files without a row, rows without a file, work that nobody does, missing reports.

A healthy installation has nothing of this, whatever dies in it; a worker mends what it finds once an hour, and ``python -m
intervi.check`` says it at once. Everything here waits for ``grace_seconds``: what is younger may be under way.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.models import User
from intervi.analysis import queue, repository, service, transitions, upkeep_repository, workspace
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.clock import now
from intervi.database import after_commit
from intervi.errors import NotFound
from intervi.recordings import removal
from intervi.recordings.models import Media
from intervi.recordings.storage import storage
from intervi.settings import settings

Repair = Callable[[AsyncSession], Awaitable[None]]


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be."""

    text: str
    repair: Repair | None
    """``None``: nothing can be done about it here."""


async def findings(session: AsyncSession, *, grace_seconds: float) -> list[Finding]:
    """All that is wrong now."""
    before = now() - timedelta(seconds=grace_seconds)
    return [
        *await _orphans(session, grace_seconds),
        *await _missing_files(session),
        *await _abandoned_stages(session, before),
        *await _stuck_analyses(session, before),
        *await _never_begun(session, before),
        *await _unwritten_reports(session, before),
    ]


def days_kept(user: User, *, about_others: bool) -> int | None:
    """For how many days recordings of this owner's are kept; ``None``: until they are deleted. As :func:`expired_answers` counts."""
    limits = (
        settings().retention_days,
        user.retention_days,
        settings().others_retention_days if about_others else None,
    )
    return min((days for days in limits if days is not None), default=None)


async def expired_answers(session: AsyncSession) -> Sequence[UUID]:
    """Answers whose recordings were kept for ``INTERVI_RETENTION_DAYS``, of others for ``INTERVI_OTHERS_RETENTION_DAYS``, or for as long as
    their owner wants them to be, whichever is least: :func:`delete_recordings` is due for each.

    One whose analysis is under way is due once that is over.
    """
    return await upkeep_repository.expired_answers(session, settings().retention_days, settings().others_retention_days)


async def delete_recordings(session: AsyncSession, exchange_id: UUID) -> int:
    """Deletes the recordings of an answer, and returns how many; report and transcript stay.

    If its analysis has been opened again since it was found to be due, nothing is deleted yet.
    """
    analysis = await repository.lock_by_exchange(session, exchange_id)
    if analysis is not None and analysis.status not in repository.FINISHED:
        return 0
    media = await upkeep_repository.kept_of(session, exchange_id)
    await removal.delete_bytes(session, media)
    if analysis is not None:
        await upkeep_repository.forget_sound(session, analysis.id)
    return len(media)


# --- files and rows -------------------------------------------------------------------------------------------------


async def _orphans(session: AsyncSession, idle_seconds: float) -> list[Finding]:
    found = [
        Finding(f"orphan: file {key} belongs to no recording", partial(_remove, partial(storage().delete, key)))
        for key in await removal.orphans(session, idle_seconds=idle_seconds)
    ]
    found += [
        Finding(
            f"orphan: file {key} was made from a recording and is not used",
            partial(_remove, partial(storage().delete_made, key)),
        )
        for key in await _unused_made(session, idle_seconds)
    ]
    found += [
        Finding(
            f"orphan: work directory {path} was left by a dead worker",
            partial(_remove, partial(shutil.rmtree, path, ignore_errors=True)),
        )
        for path in await asyncio.to_thread(partial(workspace.abandoned, idle_seconds=idle_seconds))
    ]
    return found


async def _unused_made(session: AsyncSession, idle_seconds: float) -> list[str]:
    before = now() - timedelta(seconds=idle_seconds)
    keys = await asyncio.to_thread(lambda: {key for key, changed in storage().list_made() if changed < before})
    return sorted(keys - await repository.used_made_keys(session, keys))


async def _remove(action: Callable[[], object], _session: AsyncSession) -> None:
    await asyncio.to_thread(action)


async def _missing_files(session: AsyncSession) -> list[Finding]:
    found: list[Finding] = []
    for media in await upkeep_repository.kept_media(session):
        if not await _is_there(media.storage_key):
            found.append(Finding(f"missing: the file of recording {media.id} is not in storage", None))
        elif media.playback_key and not await _is_there(media.playback_key):
            text = f"missing: the playback copy of recording {media.id} is not in storage"
            found.append(Finding(text, partial(_forget_copy, media.id)))
    for analysis_id, audio_key in await upkeep_repository.audio_keys(session):
        if not await _is_there(audio_key):
            text = f"missing: the sound of analysis {analysis_id} is not in storage"
            found.append(Finding(text, partial(_decode_anew, analysis_id, audio_key)))
    return found


async def _is_there(key: str) -> bool:
    try:
        await asyncio.to_thread(storage().location, key)
    except NotFound:
        return False
    return True


async def _decode_anew(analysis_id: UUID, audio_key: str, session: AsyncSession) -> None:
    """Sound that is lost is made again from its recordings. If they are lost, too, what was measured stays as it is."""
    analysis = await repository.lock(session, analysis_id)
    if analysis is None or await repository.sound_of(session, analysis_id) != audio_key or await _is_there(audio_key):
        return
    segments = await repository.stored_segments(session, analysis.exchange_id)
    if segments and all([await _is_there(media.storage_key) for media in segments]):
        await transitions.begin_again(session, analysis, {Stage.DECODE})
    else:
        await upkeep_repository.forget_sound(session, analysis_id)


async def _forget_copy(media_id: UUID, session: AsyncSession) -> None:
    """The recording itself is played from now on."""
    media = await session.get_one(Media, media_id)
    media.playback_key = None
    session.add(media)


# --- work -----------------------------------------------------------------------------------------------------------


async def _abandoned_stages(session: AsyncSession, before: datetime) -> list[Finding]:
    return [
        Finding(
            f"abandoned: stage {row.stage} of analysis {row.analysis_id} runs, and no worker holds it",
            partial(_reopen, row.analysis_id, Stage(row.stage)),
        )
        for row in await upkeep_repository.unheld(session, before)
    ]


async def _reopen(analysis_id: UUID, stage: Stage, session: AsyncSession) -> None:
    await repository.lock(session, analysis_id)
    row = await session.get(AnalysisStage, (analysis_id, stage), populate_existing=True)
    if row is not None and row.status == WorkStatus.RUNNING:
        row.status, row.lease_token, row.lease_expires_at = WorkStatus.WAITING, None, None
        session.add(row)
    after_commit(session, queue.wake)


async def _stuck_analyses(session: AsyncSession, before: datetime) -> list[Finding]:
    return [
        Finding(
            f"stuck: analysis {analysis.id} is not finished and has nothing left to do",
            partial(_go_on, analysis.id),
        )
        for analysis in await upkeep_repository.stuck(session, before)
    ]


async def _go_on(analysis_id: UUID, session: AsyncSession) -> None:
    """Opens all stages that are not done."""
    analysis = await repository.lock(session, analysis_id)
    if analysis is None:
        return
    rows = await _complete_stages(session, analysis)
    await transitions.begin_again(session, analysis, _undone(rows) or {Stage.REPORT})


async def _complete_stages(session: AsyncSession, analysis: Analysis) -> Sequence[AnalysisStage]:
    known = {row.stage for row in await repository.stages(session, [analysis.id])}
    session.add_all(AnalysisStage(analysis_id=analysis.id, stage=stage) for stage in Stage if stage not in known)
    await session.flush()
    return await repository.stages(session, [analysis.id])


def _undone(rows: Sequence[AnalysisStage]) -> set[Stage]:
    return {Stage(row.stage) for row in rows if row.status != WorkStatus.DONE}


async def _never_begun(session: AsyncSession, before: datetime) -> list[Finding]:
    return [
        Finding(
            f"forgotten: answer {exchange_id} of a finished interview was never analysed",
            partial(_begin, exchange_id),
        )
        for exchange_id in await repository.never_begun(session, before)
    ]


async def _begin(exchange_id: UUID, session: AsyncSession) -> None:
    await service.start_if_complete(session, exchange_id)


async def _unwritten_reports(session: AsyncSession, before: datetime) -> list[Finding]:
    return [
        Finding(f"unreported: interview {interview_id} is analysed and has no report", _wake_reporter)
        for interview_id in await repository.unreported(session, before)
    ]


async def _wake_reporter(session: AsyncSession) -> None:
    after_commit(session, partial(queue.wake, queue.MEDIA))
