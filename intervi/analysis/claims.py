"""What workers do with an analysis: take the stage whose turn it is, hold it by a lease, and say how it ended."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.models import User
from intervi.analysis import expressions, queue, repository, transitions
from intervi.analysis.figures import Decoded, Vision
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.analysis.state import AnalysisState
from intervi.clock import now
from intervi.database import transaction
from intervi.ids import new_id
from intervi.interviews.models import Exchange, Interview
from intervi.recordings.models import Media
from intervi.recordings.storage import storage
from intervi.settings import settings
from intervi.translation import N_


@dataclass(frozen=True)
class Claim:
    """A stage that this worker holds, and what it works on."""

    token: UUID
    stage: Stage
    attempt: int
    analysis: Analysis
    exchange: Exchange
    interview: Interview
    segments: Sequence[Media]
    state: AnalysisState
    """What earlier stages found."""
    estimates_expressions: bool
    """Whether the face's expression may be estimated: not of others, nor of who has switched it off."""


async def claim_next(kind: str) -> Claim | None:
    """Takes the stage whose turn it is, or ``None`` if nothing is open for this kind of worker."""
    while True:
        async with transaction() as session:
            chosen = await repository.next_open(session, queue.STAGES_OF[kind])
            if chosen is None:
                return None
            if (claim := await _claim(session, *chosen)) is not None:
                return claim


async def _claim(session: AsyncSession, analysis_id: UUID, stage: Stage) -> Claim | None:
    # Locking the analysis before its stages gives all who write them one order, so that none waits for the other.
    analysis = await repository.lock(session, analysis_id)
    if analysis is None:
        return None
    token = new_id()
    row = await repository.claim(session, analysis_id, stage, token)
    if row is None:
        return None
    if row.attempt > settings().max_attempts:
        row.attempt -= 1  # this one is not made
        error = N_("The analysis broke off at this step at every attempt, {count} in all.")
        await transitions.settle(session, analysis, stage, error=error)
        return None
    analysis.served_at = now()
    session.add(analysis)
    exchange = await session.get_one(Exchange, analysis.exchange_id)
    interview = await repository.interview_of(session, exchange)
    owner = await session.get_one(User, analysis.user_id)
    transitions.announce(session, analysis)
    return Claim(
        token=token,
        stage=stage,
        attempt=row.attempt,
        analysis=analysis,
        exchange=exchange,
        interview=interview,
        segments=await repository.stored_segments(session, exchange.id),
        state=AnalysisState(
            analysis, {Stage(row.stage): row for row in await repository.stages(session, [analysis.id])}
        ),
        estimates_expressions=owner.expressions and not interview.about_others,
    )


async def renew(claim: Claim) -> bool:
    """Holds a stage for another lease; ``False`` if it is no longer ours, and the work is for nothing."""
    async with transaction() as session:
        return await repository.renew(session, claim.analysis.id, claim.stage, claim.token)


async def finish(claim: Claim, result: BaseModel, summary: dict[str, Any], playback_keys: Mapping[UUID, str]) -> bool:
    """Keeps a result and opens what rests on it; ``False`` (and nothing kept) if the lease was lost meanwhile."""
    async with transaction() as session:
        analysis = await _still_ours(session, claim)
        if analysis is None:
            return False
        if isinstance(result, Decoded):
            await _keep_media_facts(session, result, playback_keys)
            await transitions.keep_made(session, claim.exchange.id, made_keys(result, playback_keys))
        if isinstance(result, Vision):
            result = await expressions.as_wished(session, analysis.user_id, result)
        await transitions.settle(session, analysis, claim.stage, result=result.model_dump(mode="json"), summary=summary)
        return True


def made_keys(result: BaseModel, playback_keys: Mapping[UUID, str]) -> list[str]:
    """The keys of what a stage put into storage."""
    audio_key = result.audio_key if isinstance(result, Decoded) else None
    return [*playback_keys.values(), *([audio_key] if audio_key else [])]


async def drop(keys: Collection[str]) -> None:
    """Removes what a stage put into storage, if its result was not taken."""
    async with transaction() as session:
        used = await repository.used_made_keys(session, keys)
    for key in sorted(set(keys) - used):
        await asyncio.to_thread(storage().delete_made, key)


async def fail(claim: Claim, error: str, *, for_good: bool) -> bool:
    """A failed attempt: put off and tried again, or given up with the reason. ``True`` if it was given up."""
    async with transaction() as session:
        analysis = await _still_ours(session, claim)
        if analysis is None:
            return False
        if for_good or claim.attempt >= settings().max_attempts:
            await transitions.settle(session, analysis, claim.stage, error=error)
            return True
        delay = settings().retry_delay_seconds * 2 ** (claim.attempt - 1)
        await _reopen(session, analysis, await _row(session, claim), error, delay, attempt=claim.attempt)
        return False


async def put_off(claim: Claim, error: str, seconds: float) -> bool:
    """A stage that cannot be done just now, through no fault of its input; it counts as no attempt. ``False`` if it was not ours."""
    async with transaction() as session:
        analysis = await _still_ours(session, claim)
        if analysis is None:
            return False
        await _reopen(session, analysis, await _row(session, claim), error, seconds, attempt=claim.attempt - 1)
        return True


async def _reopen(
    session: AsyncSession, analysis: Analysis, row: AnalysisStage, error: str, seconds: float, *, attempt: int
) -> None:
    row.status, row.error, row.attempt = WorkStatus.WAITING, error, attempt
    row.lease_token = row.lease_expires_at = None
    row.not_before = now() + timedelta(seconds=seconds)
    session.add(row)
    transitions.announce(session, analysis)


async def _row(session: AsyncSession, claim: Claim) -> AnalysisStage:
    rows = await repository.stages(session, [claim.analysis.id])
    return next(row for row in rows if row.stage == claim.stage)


async def _still_ours(session: AsyncSession, claim: Claim) -> Analysis | None:
    analysis = await repository.lock(session, claim.analysis.id)
    if analysis is None:
        return None
    row = await _row(session, claim)
    return analysis if row.lease_token == claim.token and row.status == WorkStatus.RUNNING else None


async def _keep_media_facts(session: AsyncSession, result: Decoded, playback_keys: Mapping[UUID, str]) -> None:
    found = {segment.media_id: segment for segment in result.segments}
    for media in (await session.exec(select(Media).where(col(Media.id).in_(found)))).all():
        media.duration_seconds = found[media.id].duration_seconds
        media.playback_key = playback_keys.get(media.id)
        session.add(media)
