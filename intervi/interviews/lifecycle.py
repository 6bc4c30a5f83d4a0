"""The life cycle of an interview: which states follow which, and what time was held."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi import events
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import after_commit
from intervi.errors import Conflict, WrongState
from intervi.interviews import repository, timeline
from intervi.interviews.models import AnswerStatus, EventKind, Interview, Status
from intervi.interviews.service import get, hold
from intervi.translation import fill

MAX_IN_PROGRESS = 100
AWAY_AFTER = timedelta(minutes=15)
"""Longer than anybody thinks about one question, or answers it."""
ALLOWED_MOVES: dict[Status, frozenset[Status]] = {
    Status.SCHEDULED: frozenset({Status.ACTIVE, Status.COMPLETED, Status.CANCELLED}),
    Status.ACTIVE: frozenset({Status.PAUSED, Status.COMPLETED, Status.CANCELLED}),
    Status.PAUSED: frozenset({Status.ACTIVE, Status.COMPLETED, Status.CANCELLED}),
    Status.COMPLETED: frozenset(),
    Status.CANCELLED: frozenset(),
}
Listener = Callable[[AsyncSession, Principal, Interview], Awaitable[None]]
_completion_listeners: list[Listener] = []


def on_completion(listener: Listener) -> Listener:
    """Has ``listener`` called when an interview is completed, through whatever contract or page, within the same transaction.

    It is called again for every answer that arrives after that, so it must bear being called more than once.
    """
    _completion_listeners.append(listener)
    return listener


async def tell_completion(session: AsyncSession, principal: Principal, interview: Interview) -> None:
    """Tells everybody who listens that an interview is complete, or that an answer came to a completed one."""
    for listener in _completion_listeners:
        await listener(session, principal, interview)


async def get_open(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    """One interview that is not over.

    Raises:
        NotFound: if there is none, or it is somebody else's.
        WrongState: if it is completed or cancelled.
    """
    interview = await get(session, principal, interview_id)
    refuse_finished(interview)
    return interview


async def start(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    """Scheduled or paused → active.

    Raises:
        WrongState: from any other state.
        Conflict: if 100 interviews of this user are in progress.
    """
    return await _move(session, principal, interview_id, Status.ACTIVE)


async def pause(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    """Active → paused."""
    return await _move(session, principal, interview_id, Status.PAUSED)


async def resume(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    """Paused → active. A scheduled interview is started, not resumed."""
    interview = await hold(session, principal, interview_id)
    if interview.status == Status.SCHEDULED:
        raise _wrong_state(interview, Status.ACTIVE)
    return await _move_locked(session, principal, interview, Status.ACTIVE)


async def complete(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    """Scheduled, active or paused → completed, for good. Questions still open are skipped."""
    interview = await _move(session, principal, interview_id, Status.COMPLETED)
    for exchange in await repository.exchanges(session, principal, interview_id):
        if exchange.status == AnswerStatus.ASKED:
            exchange.status = AnswerStatus.SKIPPED
    await session.flush()
    await tell_completion(session, principal, interview)
    return interview


async def cancel(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    """Scheduled, active or paused → cancelled, for good."""
    return await _move(session, principal, interview_id, Status.CANCELLED)


async def take_back_cancellation(
    session: AsyncSession, principal: Principal, interview_id: UUID, *, within: timedelta
) -> Interview:
    """Cancelled a moment ago, before it had begun → scheduled. No contract knows this way: it is for who pressed the wrong button.

    Raises:
        WrongState: it is another status, had begun, or was cancelled longer ago than ``within``.
    """
    interview = await hold(session, principal, interview_id)
    is_fresh = interview.ended_at is not None and now() - interview.ended_at <= within
    if interview.status != Status.CANCELLED or interview.started_at is not None or not is_fresh:
        raise _wrong_state(interview, Status.SCHEDULED)
    interview.status, interview.ended_at = Status.SCHEDULED, None
    session.add(interview)
    timeline.note(session, interview.id, EventKind.STATUS, before=Status.CANCELLED, after=Status.SCHEDULED)
    await session.flush()
    return interview


async def _move(session: AsyncSession, principal: Principal, interview_id: UUID, wanted: Status) -> Interview:
    return await _move_locked(session, principal, await hold(session, principal, interview_id), wanted)


async def _move_locked(session: AsyncSession, principal: Principal, interview: Interview, wanted: Status) -> Interview:
    """Moves an interview whose row is held, and keeps its times."""
    current = Status(interview.status)
    if wanted not in ALLOWED_MOVES[current]:
        raise _wrong_state(interview, wanted)
    if current == Status.SCHEDULED and wanted == Status.ACTIVE and not interview.about_others:
        await _refuse_too_many(session, principal)
    moment = now()
    if interview.paused_at:
        interview.paused_seconds += (moment - interview.paused_at).total_seconds()
    interview.paused_at = moment if wanted == Status.PAUSED else None
    if wanted == Status.ACTIVE:
        interview.started_at = interview.started_at or moment
    if wanted in (Status.COMPLETED, Status.CANCELLED):
        interview.ended_at = moment
        after_commit(session, partial(events.publish, interview.user_id, "interview-ended", interview_id=interview.id))
    interview.status = wanted
    session.add(interview)
    timeline.note(session, interview.id, EventKind.STATUS, before=current, after=wanted)
    await session.flush()
    return interview


async def _refuse_too_many(session: AsyncSession, principal: Principal) -> None:
    if await repository.count_in_progress_locked(session, principal) >= MAX_IN_PROGRESS:
        raise Conflict(
            fill(
                "You have {count} interviews in progress. Please finish one of them first.", {"count": MAX_IN_PROGRESS}
            )
        )


def seconds_held(interview: Interview) -> float | None:
    """Wall time from start to end (or to now) without the pauses; ``None`` if it never started."""
    if interview.started_at is None:
        return None
    end = interview.ended_at or interview.paused_at or now()
    return (end - interview.started_at).total_seconds() - interview.paused_seconds


async def count_absence_as_pause(session: AsyncSession, principal: Principal, interview_id: UUID) -> None:
    """To be told when somebody comes back to an interview: if nothing happened in it for long, they were away, and that is no time held.

    The open question is asked anew then.
    """
    interview = await hold(session, principal, interview_id)
    if interview.status != Status.ACTIVE or interview.started_at is None:
        return
    asked = await repository.exchanges(session, principal, interview_id)
    moments = [interview.started_at, *(exchange.answered_at or exchange.asked_at for exchange in asked)]
    away = now() - max(moments)
    if away > AWAY_AFTER:
        interview.paused_seconds += away.total_seconds()
        for exchange in asked:
            if exchange.status == AnswerStatus.ASKED:
                exchange.asked_at = now()
        await session.flush()


def is_time_up(interview: Interview) -> bool:
    """Whether the length that was agreed on is over, pauses not counted."""
    return (seconds_held(interview) or 0.0) >= 60 * interview.duration_minutes


async def go_on(session: AsyncSession, principal: Principal, interview: Interview) -> None:
    """An interview whose row is held, and that a question comes to, is active from here on.

    Raises:
        WrongState: if the interview is over.
        Conflict: if 100 interviews of this user are in progress.
    """
    if interview.status != Status.ACTIVE:
        await _move_locked(session, principal, interview, Status.ACTIVE)


def _wrong_state(interview: Interview, wanted: Status) -> WrongState:
    # The words stay as they are in the database: a contract prints `current` and `wanted` in its own.
    message = fill(
        "An interview that is {current} cannot become {wanted}.", {"current": interview.status, "wanted": wanted}
    )
    return WrongState(message, current=interview.status, wanted=wanted)


def refuse_finished(interview: Interview) -> None:
    """Raises WrongState for an interview that is over."""
    if not ALLOWED_MOVES[Status(interview.status)]:
        raise _wrong_state(interview, Status.ACTIVE)


def refuse_when_time_is_up(interview: Interview) -> None:
    """Raises WrongState if the length that was agreed on is over."""
    if is_time_up(interview):
        message = fill(
            "The {minutes} minutes of this interview are over, so nothing more is asked. All your answers are kept.",
            {"minutes": interview.duration_minutes},
        )
        raise WrongState(message, current=interview.status, wanted="asked")
