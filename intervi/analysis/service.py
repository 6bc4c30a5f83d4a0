"""The rules of analysis: when it begins, what is done next, how it is retried, and when a report is there.

Web and pages use the first half, workers the second. Nothing in here measures anything.
"""

import asyncio
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel
from redis.exceptions import RedisError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi import events
from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.analysis import expressions, queue, repository
from intervi.analysis.figures import AnswerReport, Decoded, Language, Scores, Speech, Transcript, Vision
from intervi.analysis.models import AFTER, OF_MEDIA, OPTIONAL, Analysis, AnalysisStage, Stage, WorkStatus, successors
from intervi.clock import now
from intervi.database import after_commit, transaction
from intervi.errors import Conflict, InvalidInput, NotFound
from intervi.ids import new_id
from intervi.interviews import exchanges, timeline
from intervi.interviews.models import AnswerStatus, EventKind, Exchange, Interview
from intervi.recordings import uploads
from intervi.recordings.models import Media
from intervi.recordings.storage import storage
from intervi.settings import settings
from intervi.translation import _

RESULT_TYPES: dict[Stage, type[BaseModel]] = {
    Stage.DECODE: Decoded,
    Stage.TRANSCRIBE: Transcript,
    Stage.SPEECH: Speech,
    Stage.VISION: Vision,
    Stage.LANGUAGE: Language,
    Stage.SCORES: Scores,
    Stage.REPORT: AnswerReport,
}

_Result = TypeVar("_Result", bound=BaseModel)

MAX_TRANSCRIPT_CHARACTERS = 50_000


@dataclass(frozen=True)
class AnalysisState:
    """An analysis and its stages, as they are now."""

    analysis: Analysis
    stages: Mapping[Stage, AnalysisStage]

    def _result(self, stage: Stage, kind: type[_Result]) -> _Result | None:
        kept = self.stages[stage]
        return kind.model_validate(kept.result) if kept.status == WorkStatus.DONE and kept.result is not None else None

    @property
    def decoded(self) -> Decoded | None:
        return self._result(Stage.DECODE, Decoded)

    @property
    def transcript(self) -> Transcript | None:
        return self._result(Stage.TRANSCRIBE, Transcript)

    @property
    def speech(self) -> Speech | None:
        return self._result(Stage.SPEECH, Speech)

    @property
    def vision(self) -> Vision | None:
        return self._result(Stage.VISION, Vision)

    @property
    def language(self) -> Language | None:
        return self._result(Stage.LANGUAGE, Language)

    @property
    def scores(self) -> Scores | None:
        return self._result(Stage.SCORES, Scores)

    @property
    def report(self) -> AnswerReport | None:
        return self._result(Stage.REPORT, AnswerReport)


# --- for web and pages ----------------------------------------------------------------------------------------------


async def start(session: AsyncSession, exchange_id: UUID) -> Analysis:
    """Begins the analysis of an answer, once: the same input is never analysed twice, another input is analysed anew.

    The caller has made sure whose answer it is. Workers are woken when the transaction has committed.
    """
    exchange = await session.get_one(Exchange, exchange_id)
    interview = await repository.interview_of(session, exchange)
    input_hash = _input_hash(exchange, await repository.stored_segments(session, exchange_id))
    made = await repository.make(session, exchange, interview.user_id, input_hash)
    analysis = await repository.lock_by_exchange(session, exchange_id)
    assert analysis is not None
    if made:
        session.add_all(AnalysisStage(analysis_id=analysis.id, stage=stage) for stage in Stage)
        await session.flush()
    elif analysis.input_hash == input_hash or await repository.is_deleted(session, exchange_id):
        return analysis
    analysis.input_hash = input_hash
    await begin_again(session, analysis, {Stage.DECODE})
    return analysis


async def start_if_complete(session: AsyncSession, exchange_id: UUID) -> Analysis | None:
    """Begins the analysis if the answer is finished and none of its bytes are still on their way."""
    # Held: finished here and uploaded there at the same moment, each would still see the other as it was, and nobody would begin.
    exchange = await session.get_one(Exchange, exchange_id, with_for_update=True)
    if exchange.status != AnswerStatus.ANSWERED or await repository.is_uploading(session, exchange_id):
        return None
    return await start(session, exchange_id)


async def finish_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    """Completes an interview; what of its answers nobody analyses yet is taken up, and its report follows the last of them."""
    interview, finished = await uploads.complete_interview(session, principal, interview_id)
    due = [*(exchange.id for exchange in finished), *await repository.not_begun(session, interview_id)]
    for exchange_id in dict.fromkeys(due):
        await start_if_complete(session, exchange_id)
    after_commit(session, lambda: queue.wake(queue.MEDIA))
    return interview


async def of_exchange(session: AsyncSession, principal: Principal, exchange_id: UUID) -> AnalysisState | None:
    """The analysis of one answer of the principal's, if there is one."""
    return next(iter(_states(await repository.of_exchange(session, principal, exchange_id))), None)


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> list[AnalysisState]:
    """The analyses of an interview of the principal's, in the order of its answers."""
    return _states(await repository.of_interview(session, principal, interview_id))


async def open_since(
    session: AsyncSession, principal: Principal, moment: datetime, *, limit: int
) -> list[AnalysisState]:
    """The principal's newest analyses that are not finished, or were since then."""
    return _states(await repository.open_since(session, principal, moment, limit))


async def retry(session: AsyncSession, principal: Principal, analysis_id: UUID) -> None:
    """Tries the failed stages again, and what rests on them; everything else is kept.

    Raises:
        NotFound: if it is not the principal's.
        Conflict: if nothing has failed, or the recording that it would be tried on was deleted.
    """
    analysis = await repository.owned(session, principal, analysis_id)
    if analysis is None:
        raise NotFound(_("There is no such analysis."))
    failed = {
        Stage(row.stage) for row in await repository.stages(session, [analysis_id]) if row.status == WorkStatus.FAILED
    }
    if not failed:
        raise Conflict(_("Nothing has failed here, so there is nothing to try again."))
    if not failed.isdisjoint(OF_MEDIA) and await repository.is_deleted(session, analysis.exchange_id):
        raise Conflict(_("The recording was deleted, so this cannot be tried again."))
    await begin_again(session, analysis, failed)


async def correct_transcript(session: AsyncSession, principal: Principal, exchange_id: UUID, text: str) -> None:
    """Takes the candidate's own wording of what was said: content is judged and words are counted by it from now on."""
    text = text.strip()
    if not text:
        raise InvalidInput(_("Please write what you said."), details={"text": [_("This is empty.")]})
    if len(text) > MAX_TRANSCRIPT_CHARACTERS:
        raise InvalidInput(_("This text is too long."), details={"text": [_("This is too long.")]})
    exchange = await exchanges.get(session, principal, exchange_id)
    exchange.corrected_transcript = text
    session.add(exchange)
    await measure_words_again(session, principal, exchange_id)


async def measure_words_again(session: AsyncSession, principal: Principal, exchange_id: UUID) -> None:
    """The words of an answer are others now: what rests on them is measured anew, if it ever was."""
    analysis = await repository.lock_by_exchange(session, exchange_id)
    if analysis is not None and analysis.user_id == principal.user_id:
        is_heard = not await repository.is_deleted(session, exchange_id)
        await begin_again(session, analysis, {Stage.LANGUAGE} | ({Stage.SPEECH} if is_heard else set()))


async def wait_for(principal: Principal, exchange_id: UUID, stage: Stage, seconds: float) -> AnalysisState | None:
    """The analysis of an answer as soon as ``stage`` is done or has failed, or as it is after ``seconds``.

    Listens to the event bus and looks again at least every second: a lost event costs a second, not the answer.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        async with transaction() as session:
            state = await of_exchange(session, principal, exchange_id)
        remaining = deadline - asyncio.get_running_loop().time()
        if remaining <= 0 or state is None or _is_settled(state, stage):
            return state
        await _next_event(principal.user_id, min(1.0, remaining))


async def _next_event(user_id: UUID, seconds: float) -> None:
    heard = events.subscribe(user_id)
    try:
        await asyncio.wait_for(anext(heard), seconds)
    except TimeoutError:
        pass
    except RedisError:
        await asyncio.sleep(seconds)
    finally:
        await heard.aclose()


def _is_settled(state: AnalysisState, stage: Stage) -> bool:
    return state.stages[stage].status in repository.FINISHED or state.analysis.status in repository.FINISHED


def _states(rows: Iterable[tuple[Analysis, AnalysisStage]]) -> list[AnalysisState]:
    stages: dict[UUID, dict[Stage, AnalysisStage]] = {}
    analyses: dict[UUID, Analysis] = {}
    for analysis, row in rows:
        analyses[analysis.id] = analysis
        stages.setdefault(analysis.id, {})[Stage(row.stage)] = row
    return [AnalysisState(analysis, stages[analysis.id]) for analysis in analyses.values()]


def _input_hash(exchange: Exchange, segments: Sequence[Media]) -> str:
    described = [(segment.storage_key, segment.offset_seconds, segment.size_bytes) for segment in segments]
    return hashlib.sha256(json.dumps([described, exchange.answer_text]).encode()).hexdigest()


async def begin_again(session: AsyncSession, analysis: Analysis, stages: set[Stage]) -> None:
    """Opens these stages and everything that rests on them; a worker that still runs one has lost its lease."""
    reset = stages.union(*(successors(stage) for stage in stages))
    rows = {Stage(row.stage): row for row in await repository.stages(session, [analysis.id])}
    if Stage.DECODE in reset:
        await _keep_made(session, analysis.exchange_id, [])
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
    _announce(session, analysis)


def _unblock(rows: Mapping[Stage, AnalysisStage]) -> None:
    """Opens every blocked stage whose predecessors are done, or have failed and can be done without."""
    for stage, row in rows.items():
        if row.status == WorkStatus.BLOCKED and all(_is_passed(rows[earlier]) for earlier in AFTER[stage]):
            row.status = WorkStatus.WAITING


def _is_passed(row: AnalysisStage) -> bool:
    return row.status == WorkStatus.DONE or (row.status == WorkStatus.FAILED and row.stage in OPTIONAL)


def _announce(session: AsyncSession, analysis: Analysis) -> None:
    async def publish() -> None:
        await events.publish(
            analysis.user_id, "analysis", interview_id=analysis.interview_id, exchange_id=analysis.exchange_id
        )

    after_commit(session, publish)


# --- for workers ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work of one stage that waits for a worker."""

    count: int
    oldest_seconds: float
    """Since the oldest of these analyses began."""


async def waiting(session: AsyncSession) -> dict[Stage, Waiting]:
    """What waits, of all users; for those who run an installation."""
    found = {stage: Waiting(0, 0.0) for stage in Stage}
    for stage, count, began_at in await repository.waiting(session):
        found[Stage(stage)] = Waiting(count, (now() - began_at).total_seconds())
    return found


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
        await _settle(session, analysis, stage, error=_("The analysis broke off three times at this step."))
        return None
    analysis.served_at = now()
    session.add(analysis)
    exchange = await session.get_one(Exchange, analysis.exchange_id)
    interview = await repository.interview_of(session, exchange)
    owner = await session.get_one(User, analysis.user_id)
    _announce(session, analysis)
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
            await _keep_made(session, claim.exchange.id, made_keys(result, playback_keys))
        if isinstance(result, Vision):
            result = await expressions.as_wished(session, analysis.user_id, result)
        await _settle(session, analysis, claim.stage, result=result.model_dump(mode="json"), summary=summary)
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
            await _settle(session, analysis, claim.stage, error=error)
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
    _announce(session, analysis)


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


async def _keep_made(session: AsyncSession, exchange_id: UUID, kept: Collection[str]) -> None:
    """Of all that was ever made from an answer's recordings, these keys and its playback copies stay.

    What a killed worker left goes with the rest.

    The analysis is locked, so what is made from now on belongs to a later attempt, and is left alone.
    """
    moment, segments = now(), await repository.stored_segments(session, exchange_id)
    staying = {*kept, *(segment.playback_key for segment in segments)}

    def remove() -> None:
        for segment in segments:
            for key, changed in list(storage().list_made(segment.storage_key)):
                if key not in staying and changed < moment:
                    storage().delete_made(key)

    after_commit(session, lambda: asyncio.to_thread(remove))


async def _settle(
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
            await _keep_made(session, analysis.exchange_id, [])
    elif stage is Stage.REPORT:
        analysis.status, analysis.finished_at = WorkStatus.DONE, now()
    session.add(analysis)
    if analysis.status in repository.FINISHED:
        timeline.note(
            session, analysis.interview_id, EventKind.RESULT, after=analysis.exchange_id, detail=analysis.status
        )
    after_commit(session, queue.wake)
    _announce(session, analysis)
