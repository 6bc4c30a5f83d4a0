"""Answers: given in writing or by a recording, or left out."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.errors import Conflict, InvalidInput
from intervi.interviews import exchanges, lifecycle, repository, service
from intervi.interviews.checks import check_text
from intervi.interviews.models import AnswerStatus, Exchange, Status
from intervi.translation import _


async def write(session: AsyncSession, principal: Principal, exchange_id: UUID, text: str) -> Exchange:
    """Keeps a typed answer; a second one takes the place of the first while the interview runs.

    Raises:
        InvalidInput: if it is empty or too long.
        WrongState: if the interview is over.
    """
    if not text.strip():
        raise InvalidInput(_("Please write an answer first."), details={"text": [_("This is empty.")]})
    check_text("text", text, exchanges.MAX_CHARACTERS)
    found = await exchanges.get(session, principal, exchange_id)
    lifecycle.refuse_finished(await service.hold(session, principal, found.interview_id))
    answered = await mark_answered(session, principal, exchange_id)
    answered.answer_text = text.strip()
    await session.flush()
    return answered


async def mark_answered(session: AsyncSession, principal: Principal, exchange_id: UUID) -> Exchange:
    """The answer is given. Allowed after the interview's end too: a recording that arrives late is not lost."""
    found = exchanges.found(await repository.exchange_locked(session, principal, exchange_id))
    if found.status != AnswerStatus.ANSWERED:
        found.status, found.answered_at = AnswerStatus.ANSWERED, now()
        await session.flush()
        interview = await service.get(session, principal, found.interview_id)
        if interview.status == Status.COMPLETED:
            await lifecycle.tell_completion(session, principal, interview)
    return found


async def skip(session: AsyncSession, principal: Principal, exchange_id: UUID) -> Exchange:
    """Leaves a question out.

    Raises:
        Conflict: if it was answered.
    """
    found = exchanges.found(await repository.exchange_locked(session, principal, exchange_id))
    if found.status == AnswerStatus.ANSWERED:
        raise Conflict(_("You have answered this question, so it cannot be skipped any more."))
    found.status = AnswerStatus.SKIPPED
    await session.flush()
    return found
