"""Interviews that their owner arranges for others (hiring): who takes part, when, and what will be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.errors import InvalidInput, WrongState
from intervi.interviews import exchanges
from intervi.interviews import service as interviews
from intervi.interviews.checks import DURATION_MINUTES, check_text
from intervi.interviews.lifecycle import ALLOWED_MOVES
from intervi.interviews.models import Interview, Origin, SessionType, Status
from intervi.questions import choice
from intervi.questions.bank import QuestionType
from intervi.scheduling import invitations, meeting, service
from intervi.scheduling.parties import Parties, keep_parties, parties_of
from intervi.scheduling.slots import Interval
from intervi.translation import _, fill

MAX_QUESTIONS = 100


@dataclass(frozen=True, slots=True)
class Question:
    """A question to be asked."""

    text: str
    category: str = ""
    difficulty: str = "mid"


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be different; ``None`` stays as it is."""

    candidate: str | None = None
    job: str | None = None
    interviewers: tuple[str, ...] | None = None
    scheduled_at: datetime | None = None
    duration_minutes: int | None = None
    question_kind: str | None = None
    session_type: SessionType | None = None
    meeting_url: str | None = None
    """Empty: none any more."""


async def arrange(
    session: AsyncSession,
    principal: Principal,
    parties: Parties,
    *,
    scheduled_at: datetime | None = None,
    duration_minutes: int = 60,
    question_kind: str = choice.MIXED,
    session_type: SessionType = SessionType.VIDEO,
    time_zone: str | None = None,
    questions: Sequence[Question] = (),
    meeting_url: str = "",
) -> Interview:
    """A new interview of these people. Its time, if one is given, counts as busy; nobody is refused for being busy.

    Args:
        meeting_url: Where it is held; empty: everyone is told in another way.

    Raises:
        InvalidInput: naming the field that breaks a rule.
        Forbidden: somebody named is another user.
    """
    await _check_parties(session, principal, parties)
    if len(questions) > MAX_QUESTIONS:
        raise _invalid("questions", fill("Give at most {count} questions.", {"count": MAX_QUESTIONS}))
    if scheduled_at is not None:
        service.check_year("scheduled_at", scheduled_at)
    interview = await interviews.create(
        session,
        principal,
        origin=Origin.HIRING,
        session_type=session_type,
        question_kind=question_kind,
        duration_minutes=duration_minutes,
        scheduled_at=scheduled_at,
        time_zone=time_zone,
    )
    keep_parties(interview, parties)
    meeting.hold_at(interview, meeting_url)
    await service.occupy(session, principal, interview, parties.people)
    await invitations.tell(session, principal, interview)
    for question in questions:
        await ask(session, principal, interview.id, question)
    return interview


async def arrange_in_wishes(
    session: AsyncSession,
    principal: Principal,
    parties: Parties,
    *,
    wishes: Sequence[Interval],
    duration_minutes: int,
    time_zone: str,
    meeting_url: str = "",
) -> Interview:
    """A new interview at the first time inside the wishes that suits everyone.

    Raises:
        Conflict: there is none.
    """
    service.check_zone("timezone", time_zone)
    interview = await arrange(
        session,
        principal,
        parties,
        duration_minutes=duration_minutes,
        time_zone=time_zone,
        meeting_url=meeting_url,
    )
    return await service.book(session, principal, interview, parties.people, wishes)


async def rearrange(session: AsyncSession, principal: Principal, interview_id: UUID, changes: Changes) -> Interview:
    """Changes an interview that is not over.

    Raises:
        WrongState: it is over; or it has begun, and its time is to change.
    """
    interview = await interviews.hold(session, principal, interview_id)
    if not ALLOWED_MOVES[Status(interview.status)]:
        message = fill("An interview that is {current} cannot be changed.", {"current": interview.status})
        raise WrongState(message, current=interview.status, wanted=Status.SCHEDULED)
    before = parties_of(interview)
    parties = Parties(
        before.candidate if changes.candidate is None else changes.candidate,
        before.job if changes.job is None else changes.job,
        before.interviewers if changes.interviewers is None else changes.interviewers,
    )
    await _check_parties(session, principal, parties)
    taken = _time_taken(interview)
    keep_parties(interview, parties)
    _change(interview, changes)
    if changes.scheduled_at is not None:
        _date(session, interview, changes.scheduled_at)
    session.add(interview)
    # What was booked stays booked, so that nobody can be booked at its time, unless its owner takes other time than was found free.
    if _time_taken(interview) != taken:
        await service.occupy(session, principal, interview, parties.people)
    await invitations.tell(session, principal, interview)
    return interview


async def ask(session: AsyncSession, principal: Principal, interview_id: UUID, question: Question) -> UUID:
    """Adds a question; its id.

    Raises:
        WrongState: the interview is over.
    """
    check_text("category", question.category, 100)
    is_type = question.category in get_args(QuestionType)
    exchange = await exchanges.append(
        session,
        principal,
        interview_id,
        question=question.text,
        question_type=question.category if is_type else None,
        category="" if is_type else question.category.strip(),
        difficulty=question.difficulty,
    )
    return exchange.id


def _change(interview: Interview, changes: Changes) -> None:
    if changes.duration_minutes is not None and changes.duration_minutes != interview.duration_minutes:
        if changes.duration_minutes not in DURATION_MINUTES:
            raise _invalid("duration_minutes", _("Choose 5 to 180 minutes."))
        # In a calendar its end is moved by that.
        interview.schedule_sequence += interview.scheduled_at is not None
        interview.duration_minutes = changes.duration_minutes
    if changes.meeting_url is not None:
        meeting.move_to(interview, changes.meeting_url)
    if changes.question_kind is not None:
        interview.question_kind = changes.question_kind
    if changes.session_type is not None:
        interview.session_type = changes.session_type


def _time_taken(interview: Interview) -> tuple[datetime | None, int, frozenset[str]]:
    """Whose time, from when on, and how many minutes of it."""
    return interview.scheduled_at, interview.duration_minutes, frozenset(parties_of(interview).people)


def _date(session: AsyncSession, interview: Interview, scheduled_at: datetime) -> None:
    """Sets the time, as its owner wants it: nobody is asked whether they are free."""
    service.check_year("scheduled_at", scheduled_at)
    if interview.scheduled_at == scheduled_at:
        return
    if interview.status != Status.SCHEDULED:
        raise WrongState(
            _("An interview that has begun cannot be moved."), current=interview.status, wanted=Status.SCHEDULED
        )
    service.set_time(session, interview, scheduled_at)


async def _check_parties(session: AsyncSession, principal: Principal, parties: Parties) -> None:
    if parties.candidate is not None:
        await service.check_person(session, principal, "candidate_id", parties.candidate)
    if len(parties.interviewers) > service.MAX_PEOPLE:
        raise _invalid("interviewers", fill("Name at most {count} people.", {"count": service.MAX_PEOPLE}))
    for interviewer in parties.interviewers:
        await service.check_person(session, principal, "interviewers", interviewer)
    if parties.job is not None and not 1 <= len(parties.job.strip()) <= service.LONGEST_REFERENCE:
        raise _invalid("job_id", fill("Give 1 to {count} characters.", {"count": service.LONGEST_REFERENCE}))


def _invalid(field: str, text: str) -> InvalidInput:
    return InvalidInput(text, details={field: [text]})
