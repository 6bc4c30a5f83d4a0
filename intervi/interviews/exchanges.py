"""The questions of an interview: which one comes next, how they are numbered and found."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.errors import Conflict, NotFound
from intervi.interviews import lifecycle, repository, service, timeline
from intervi.interviews.checks import check_text
from intervi.interviews.models import AnswerStatus, EventKind, Exchange, Interview
from intervi.questions import bank, choice
from intervi.translation import _

MAX_CHARACTERS = 50_000


async def next_question(
    session: AsyncSession, principal: Principal, interview_id: UUID, known: choice.Known = choice.NOTHING_KNOWN
) -> Exchange:
    """Asks a follow-up or the next question of the bank; a scheduled or paused interview goes on with it.

    ``intervi.questioning`` gathers what is known of the candidate, and is what pages and contracts call.

    Raises:
        WrongState: if the interview is over, or its time is up.
        Conflict: if the bank has no question left for it.
    """
    interview = await service.hold(session, principal, interview_id)
    lifecycle.refuse_finished(interview)
    lifecycle.refuse_when_time_is_up(interview)
    await lifecycle.go_on(session, principal, interview)
    asked = await repository.exchanges(session, principal, interview_id)
    last = asked[-1] if asked else None
    if last and (probe := _follow_up(asked, known)):
        return await append_to(
            session,
            interview,
            question_id=last.question_id,
            question=probe.text,
            question_type=last.question_type,
            difficulty=last.difficulty,
            category=last.category,
            follow_up_to=last.id,
        )
    question = choice.choose_next(
        _wish(interview),
        asked=[exchange.question_id for exchange in asked if exchange.question_id],
        met_before=await repository.met_before(session, principal, interview),
        known=known,
    )
    if question is None:
        raise Conflict(_("There is no question left that was not asked in this interview."))
    return await append_to(
        session,
        interview,
        question_id=question.id,
        question=question.text,
        question_type=question.type,
        difficulty=question.difficulty,
        category=question.category,
    )


def _follow_up(asked: Sequence[Exchange], known: choice.Known) -> bank.FollowUp | None:
    """What to ask about the last answer, if that is what is known, and there is room for it."""
    if known.last is None or known.last.exchange_id != asked[-1].id:
        return None
    follow_ups = sum(exchange.follow_up_to is not None for exchange in asked)
    if not choice.has_room_for_follow_up(len(asked) - follow_ups, follow_ups):
        return None
    return choice.choose_follow_up(known.last)


async def append(
    session: AsyncSession,
    principal: Principal,
    interview_id: UUID,
    *,
    question: str = "",
    question_type: str | None = None,
    category: str = "",
    difficulty: str | None = None,
    follow_up_to: UUID | None = None,
) -> Exchange:
    """Adds a question of the caller's own, or (empty) the place for an answer that came without one.

    Raises:
        WrongState: if the interview is over.
    """
    interview = await service.hold(session, principal, interview_id)
    lifecycle.refuse_finished(interview)
    check_text("question", question, MAX_CHARACTERS)
    return await append_to(
        session,
        interview,
        question=question.strip(),
        question_type=question_type,
        difficulty=difficulty,
        category=category,
        follow_up_to=follow_up_to,
    )


async def append_to(
    session: AsyncSession,
    interview: Interview,
    *,
    question: str,
    question_type: str | None = None,
    difficulty: str | None = None,
    question_id: str | None = None,
    category: str = "",
    follow_up_to: UUID | None = None,
    answer: str = "",
) -> Exchange:
    """Numbers and keeps a question of an interview whose row is held.

    Args:
        question_type: ``None``: the interview's, and behavioural in a mixed one.
        difficulty: ``None``: the interview's.
        answer: As it was answered, if it is already.
    """
    usual_type = "behavioral" if interview.question_kind == choice.MIXED else interview.question_kind
    exchange = Exchange(
        interview_id=interview.id,
        position=0,
        question_id=question_id,
        question=question,
        question_type=question_type or usual_type,
        difficulty=difficulty or interview.difficulty,
        category=category,
        follow_up_to=follow_up_to,
    )
    if answer:
        exchange.answer_text, exchange.status, exchange.answered_at = answer, AnswerStatus.ANSWERED, now()
    await repository.append(
        session, exchange, timeline.entry(interview.id, EventKind.QUESTION, after=exchange.id, detail=question)
    )
    return exchange


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> list[Exchange]:
    """The questions of an interview, in the order spoken.

    Raises:
        NotFound: if the interview is nobody's or somebody else's.
    """
    await service.get(session, principal, interview_id)
    return await repository.exchanges(session, principal, interview_id)


async def of_interviews(
    session: AsyncSession, principal: Principal, interview_ids: Collection[UUID]
) -> dict[UUID, list[Exchange]]:
    """The questions of these interviews of the principal's, each in the order spoken, in one query."""
    found: dict[UUID, list[Exchange]] = {}
    for exchange in await repository.exchanges_of(session, principal, interview_ids):
        found.setdefault(exchange.interview_id, []).append(exchange)
    return found


async def get(session: AsyncSession, principal: Principal, exchange_id: UUID) -> Exchange:
    """One question.

    Raises:
        NotFound: if there is none, or it is somebody else's.
    """
    return found(await repository.exchange(session, principal, exchange_id))


async def newest_open(session: AsyncSession, principal: Principal, interview_id: UUID) -> Exchange | None:
    """The newest question that has no answer yet. The interview's row is held, so that two answers never take the same one.

    Raises:
        WrongState: if the interview is over.
    """
    lifecycle.refuse_finished(await service.hold(session, principal, interview_id))
    asked = await repository.exchanges(session, principal, interview_id)
    return next((exchange for exchange in reversed(asked) if exchange.status == AnswerStatus.ASKED), None)


def found(exchange: Exchange | None) -> Exchange:
    """The question that was looked for.

    Raises:
        NotFound: if there is none.
    """
    if exchange is None:
        raise NotFound(_("There is no such question."))
    return exchange


def _wish(interview: Interview) -> choice.Wish:
    return choice.Wish(
        interview_id=interview.id,
        domain_slug=interview.domain_slug,
        domain_text=interview.domain_text,
        job_title=interview.job_title,
        job_description=interview.job_description,
        question_kind=interview.question_kind,
        difficulty=interview.difficulty,
        persona=interview.persona,
    )
