"""A question and its answer that come together, as one record: what was asked elsewhere, and what was said to it in writing."""

from uuid import UUID

import anyio.to_thread
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.errors import InvalidInput
from intervi.interviews import answers, exchanges, lifecycle, service
from intervi.interviews.checks import check_text
from intervi.interviews.models import Exchange
from intervi.questions import classification
from intervi.translation import _


async def record(
    session: AsyncSession, principal: Principal, interview_id: UUID, *, question: str, answer: str
) -> Exchange:
    """Keeps a question with its answer; an interview that was scheduled or paused goes on with it.

    Args:
        question: As asked; what kind of question it is is told by its words.
        answer: As given; empty: there is none yet.

    Raises:
        InvalidInput: if the question is empty, or one of the two too long.
        WrongState: if the interview is over.
    """
    if not question.strip():
        raise InvalidInput(_("A question needs words."), details={"question": [_("This is empty.")]})
    for field, text in {"question": question, "answer": answer}.items():
        check_text(field, text, exchanges.MAX_CHARACTERS)
    found = (
        classification.classify(question)
        if classification.is_soon_told(question)
        else await anyio.to_thread.run_sync(classification.classify, question)
    )
    interview = await service.hold(session, principal, interview_id)
    await lifecycle.go_on(session, principal, interview)
    return await exchanges.append_to(
        session,
        interview,
        question=question.strip(),
        question_type=found.type,
        difficulty=found.difficulty or interview.difficulty,
        category=found.category,
        answer=answer.strip(),
    )


async def answer(session: AsyncSession, principal: Principal, exchange_id: UUID, text: str) -> Exchange:
    """Keeps which words a question was answered with, in every state of the interview; the last ones said count.

    Raises:
        NotFound: if there is no such question of the principal's.
        InvalidInput: if the words are none, or too many.
    """
    if not text.strip():
        raise InvalidInput(_("An answer needs words."), details={"answer": [_("This is empty.")]})
    check_text("answer", text, exchanges.MAX_CHARACTERS)
    answered = await answers.mark_answered(session, principal, exchange_id)
    answered.answer_text = text.strip()
    await session.flush()
    return answered
