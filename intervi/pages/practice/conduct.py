"""How an interview is held in the room: which question is open, and what an answer, a skip and an end lead to.

Every step may be told twice (a browser repeats what it is not sure of) and then does what it did the first time.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.errors import Conflict
from intervi.interviews import answers, exchanges, lifecycle
from intervi.interviews import service as interviews
from intervi.interviews.models import AnswerStatus, Exchange, Interview, Status
from intervi.pages.practice.choices import planned_questions, way_of
from intervi.questioning import service as questioning
from intervi.recordings import service as recordings
from intervi.scheduling import service as scheduling

_OVER = (Status.COMPLETED, Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class Room:
    """What the room shows."""

    interview_id: UUID
    way: str
    planned: int
    open_exchange: Exchange | None
    """The question to answer; none once the interview is over."""
    is_over: bool
    is_time_up: bool
    """It is over before all planned questions were asked, because they took as long as the whole interview should."""
    has_answers: bool


async def come_in(session: AsyncSession, principal: Principal, interview_id: UUID) -> Room:
    """Somebody opens the room, for the first time or after a while in which they were not interviewed."""
    await lifecycle.count_absence_as_pause(session, principal, interview_id)
    return await enter(session, principal, interview_id)


async def enter(session: AsyncSession, principal: Principal, interview_id: UUID) -> Room:
    """The room as it is now. The next question is asked if none is open; after the last one, or when its time is up, the interview is
    completed. Nobody is cut short: the time is looked at between questions only.

    Raises:
        NotFound: if the interview is nobody's or somebody else's.
    """
    interview = await interviews.get(session, principal, interview_id)
    asked = await exchanges.of_interview(session, principal, interview_id)
    open_exchange = None
    if interview.status not in _OVER:
        open_exchange = await _open_exchange(session, principal, interview, asked)
        if open_exchange is None:
            interview = await _complete(session, principal, interview_id)
    planned, is_over = planned_questions(interview.duration_minutes), open_exchange is None
    return Room(
        interview_id=interview_id,
        way=way_of(interview),
        planned=planned,
        open_exchange=open_exchange,
        is_over=is_over,
        is_time_up=is_over and len(asked) < planned and lifecycle.is_time_up(interview),
        has_answers=any(exchange.status == AnswerStatus.ANSWERED for exchange in asked),
    )


async def answer(session: AsyncSession, principal: Principal, exchange_id: UUID, *, text: str, is_up: bool) -> Room:
    """The open question is answered: in writing if there is a text, else by what was recorded.

    Args:
        is_up: No recording of it is still on its way, so that its analysis can begin.
    """
    exchange = await _keep_answer(session, principal, exchange_id, text, is_up=is_up)
    return await enter(session, principal, exchange.interview_id)


async def skip(session: AsyncSession, principal: Principal, exchange_id: UUID) -> Room:
    """The open question is left out."""
    exchange = await _hold(session, principal, exchange_id)
    if exchange.status == AnswerStatus.ASKED:
        await answers.skip(session, principal, exchange_id)
    return await enter(session, principal, exchange.interview_id)


async def uploaded(session: AsyncSession, principal: Principal, exchange_id: UUID) -> Room:
    """All recordings of an answer have arrived: its analysis begins, if the answer is given too."""
    exchange = await _hold(session, principal, exchange_id)
    await analysis.start_if_complete(session, exchange_id)
    return await enter(session, principal, exchange.interview_id)


async def end(
    session: AsyncSession,
    principal: Principal,
    interview_id: UUID,
    *,
    answered: UUID | None,
    text: str,
    is_up: bool,
) -> Room:
    """The candidate stops here; without any answer there is nothing to report.

    Args:
        answered: The open question, if something was said or written to it: that counts.
    """
    interview = await interviews.get(session, principal, interview_id)
    if interview.status not in _OVER:
        if answered:
            await _keep_answer(session, principal, answered, text, is_up=is_up)
        await _complete(session, principal, interview_id)
    return await enter(session, principal, interview_id)


async def _open_exchange(
    session: AsyncSession, principal: Principal, interview: Interview, asked: list[Exchange]
) -> Exchange | None:
    still_open = next((exchange for exchange in asked if exchange.status == AnswerStatus.ASKED), None)
    if still_open is None and len(asked) >= planned_questions(interview.duration_minutes):
        return None
    if interview.status != Status.ACTIVE:
        await lifecycle.start(session, principal, interview.id)
    if still_open:
        return still_open
    try:
        return await questioning.next_question(session, principal, interview.id)
    except Conflict:
        return None  # the time is up, or the bank has no question left that was not asked


async def _keep_answer(
    session: AsyncSession, principal: Principal, exchange_id: UUID, text: str, *, is_up: bool
) -> Exchange:
    exchange = await _hold(session, principal, exchange_id)
    if exchange.status != AnswerStatus.ANSWERED:
        if text.strip():
            exchange = await answers.write(session, principal, exchange_id, text)
        else:
            exchange = await answers.mark_answered(session, principal, exchange_id)
    if is_up or await _has_recording(session, principal, exchange):
        await analysis.start_if_complete(session, exchange_id)
    return exchange


async def _hold(session: AsyncSession, principal: Principal, exchange_id: UUID) -> Exchange:
    """A question, its interview held first: the end of an upload takes the two in this order, too, and neither waits for the other."""
    exchange = await exchanges.get(session, principal, exchange_id)
    await interviews.hold(session, principal, exchange.interview_id)
    await session.refresh(exchange)
    return exchange


async def _has_recording(session: AsyncSession, principal: Principal, exchange: Exchange) -> bool:
    stored = await recordings.media_of_interview(session, principal, exchange.interview_id)
    return any(media.exchange_id == exchange.id for media in stored)


async def _complete(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    asked = await exchanges.of_interview(session, principal, interview_id)
    if any(exchange.status == AnswerStatus.ANSWERED for exchange in asked):
        return await analysis.finish_interview(session, principal, interview_id)
    return await scheduling.cancel(session, principal, interview_id)
