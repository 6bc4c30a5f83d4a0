"""Analyses for those who ask for them, web and pages: when one begins, how it is tried again, what it has found so far.

What workers do with it is in ``claims.py``. Nothing in here measures anything.
"""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from redis.exceptions import RedisError
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi import events
from intervi.accounts.principal import Principal
from intervi.analysis import queue, repository, transitions
from intervi.analysis.models import OF_MEDIA, Analysis, AnalysisStage, Stage, WorkStatus
from intervi.analysis.state import AnalysisState, states_of
from intervi.clock import now
from intervi.database import after_commit, transaction
from intervi.errors import Conflict, InvalidInput, NotFound
from intervi.interviews import exchanges
from intervi.interviews.models import AnswerStatus, Exchange, Interview
from intervi.recordings import uploads
from intervi.recordings.models import Media
from intervi.translation import _

MAX_TRANSCRIPT_CHARACTERS = 50_000


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
    await transitions.begin_again(session, analysis, {Stage.DECODE})
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
    return next(iter(states_of(await repository.of_exchange(session, principal, exchange_id))), None)


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> list[AnalysisState]:
    """The analyses of an interview of the principal's, in the order of its answers."""
    return states_of(await repository.of_interview(session, principal, interview_id))


async def open_since(
    session: AsyncSession, principal: Principal, moment: datetime, *, limit: int
) -> list[AnalysisState]:
    """The principal's newest analyses that are not finished, or were since then."""
    return states_of(await repository.open_since(session, principal, moment, limit))


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
    await transitions.begin_again(session, analysis, failed)


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
    """The words of an answer are others now: what rests on them is measured anew, if it ever was.

    Of what could not be decoded nothing was; once that is tried again, it is measured by these words.
    """
    analysis = await repository.lock_by_exchange(session, exchange_id)
    if analysis is not None and analysis.user_id == principal.user_id:
        stages = {Stage(row.stage): row for row in await repository.stages(session, [analysis.id])}
        if stages[Stage.DECODE].status == WorkStatus.FAILED:
            return
        # Without its sound the candidate's speech stays as it was measured.
        is_heard = await repository.sound_of(session, analysis.id) is not None
        await transitions.begin_again(session, analysis, {Stage.LANGUAGE} | ({Stage.SPEECH} if is_heard else set()))


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


def _input_hash(exchange: Exchange, segments: Sequence[Media]) -> str:
    described = [(segment.storage_key, segment.offset_seconds, segment.size_bytes) for segment in segments]
    return hashlib.sha256(json.dumps([described, exchange.answer_text]).encode()).hexdigest()


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
