"""The rules of an interview: how it is made, its life cycle, its questions and answers.

All contracts, the pages and the workers change interviews through these functions. Whatever moves an interview or numbers its questions
holds the interview's row, so that two requests at the same moment cannot both believe what they read.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi import events
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import after_commit
from intervi.errors import Conflict, InvalidInput, NotFound, WrongState
from intervi.interviews import repository, timeline
from intervi.interviews.checks import check_fields, check_text
from intervi.interviews.filter import Filter, Standing, standing_of
from intervi.interviews.models import AnswerStatus, EventKind, Exchange, Interview, Origin, Persona, SessionType, Status
from intervi.questions import bank, choice
from intervi.translation import _, fill

MAX_IN_PROGRESS = 100
MAX_ANSWER_CHARACTERS = 50_000
UNDO_SECONDS = 20.0
"""For so long a deletion can be taken back (WCAG 2.2, 2.2.1 asks for 20 s)."""
_DELETED_AT_ONCE = 100
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


@dataclass(frozen=True, slots=True)
class InterviewSummary:
    """What a list shows of an interview. Its analyses are told apart by ``intervi.analysis``."""

    id: UUID
    status: Status
    created_at: datetime
    score: float | None
    """0 to 100; the reported one if there is one, else the measured one."""
    feedback: str | None
    """As somebody reported it."""
    score_before: float | None
    """Of the scored interview before it."""
    parts: Mapping[str, float | None]
    """The measured scores that make up the overall one, by their names; empty without a report."""
    domain_title: str
    """The domain's title, else the domain as it was written, else empty."""
    question_kind: str
    difficulty: str
    job_title: str
    first_question: str | None
    questions: int
    answers: int
    """Answered questions; skipped ones do not count."""
    report_ready: bool
    seconds: float | None
    """How long it was held; ``None``: it never began, or is not over."""

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return standing_of(self.status, has_report=self.report_ready, answers=self.answers)


def on_completion(listener: Listener) -> Listener:
    """Has ``listener`` called when an interview is completed, through whatever contract or page, within the same transaction.

    It is called again for every answer that arrives after that, so it must bear being called more than once.
    """
    _completion_listeners.append(listener)
    return listener


async def _tell_completion(session: AsyncSession, principal: Principal, interview: Interview) -> None:
    for listener in _completion_listeners:
        await listener(session, principal, interview)


# --- making and reading ---------------------------------------------------------------------------------------------


async def create(
    session: AsyncSession,
    principal: Principal,
    *,
    origin: Origin,
    session_type: SessionType = SessionType.MOCK,
    domain: str | None = None,
    question_kind: str = choice.MIXED,
    difficulty: str = "mid",
    persona: Persona = Persona.TECH,
    job_title: str = "",
    job_description: str = "",
    duration_minutes: int = 45,
    scheduled_at: datetime | None = None,
    time_zone: str | None = None,
) -> Interview:
    """A new interview, scheduled.

    Args:
        domain: Slug, title or id of a domain of the bank, or free text.
        time_zone: IANA name of the zone it is held in; ``None``: the owner's.
        scheduled_at: When it is to be held, UTC-aware; the past is allowed.

    Raises:
        InvalidInput: naming each field that breaks a rule.
    """
    check_fields(
        {
            "session_type": session_type,
            "question_kind": question_kind,
            "difficulty": difficulty,
            "persona": persona,
            "duration_minutes": duration_minutes,
            "scheduled_at": scheduled_at,
            "domain": domain or "",
            "job_title": job_title,
            "job_description": job_description,
        }
    )
    found = bank.domain_by(domain) if domain else None
    interview = Interview(
        user_id=principal.user_id,
        origin=origin,
        about_others=origin == Origin.HIRING,
        session_type=session_type,
        domain_slug=found.slug if found else None,
        domain_text="" if found or not domain else domain.strip(),
        question_kind=question_kind,
        difficulty=difficulty,
        persona=persona,
        job_title=job_title.strip(),
        job_description=job_description.strip(),
        duration_minutes=duration_minutes,
        time_zone=time_zone or await repository.time_zone(session, principal),
        scheduled_at=scheduled_at,
    )
    session.add(interview)
    await session.flush()
    timeline.note(session, interview.id, EventKind.STATUS, after=interview.status)
    return interview


async def get(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    """One interview.

    Raises:
        NotFound: if there is none, or it is somebody else's.
    """
    return _found(await repository.get(session, principal, interview_id))


async def get_open(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    """One interview that is not over.

    Raises:
        NotFound: if there is none, or it is somebody else's.
        WrongState: if it is completed or cancelled.
    """
    interview = await get(session, principal, interview_id)
    _refuse_finished(interview)
    return interview


async def hold(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    """One interview, read anew; until the transaction ends nobody else can change it or number its questions.

    Raises:
        NotFound: if there is none, or it is somebody else's.
    """
    return _found(await repository.get_locked(session, principal, interview_id))


async def open_among(session: AsyncSession, held: Collection[tuple[Principal, UUID]]) -> set[UUID]:
    """The ids of those of these interviews that their principal owns and that are not over, in one query."""
    return await repository.open_among(session, [(principal.user_id, interview_id) for principal, interview_id in held])


async def list_newest(
    session: AsyncSession,
    principal: Principal,
    *,
    limit: int | None,
    offset: int = 0,
    statuses: Collection[Status] = (),
) -> list[Interview]:
    """Interviews, newest first. No ``limit``: all; no ``statuses``: of every status."""
    return await repository.newest(session, principal, limit=limit, offset=offset, statuses=statuses)


async def summaries(
    session: AsyncSession,
    principal: Principal,
    *,
    limit: int,
    offset: int = 0,
    statuses: Collection[Status] = (),
    own_only: bool = False,
) -> list[InterviewSummary]:
    """What a list shows, newest first, in one query. No ``statuses``: of every status.

    ``own_only`` leaves out those about others.
    """
    which = Filter(statuses=statuses, about_others=False if own_only else None)
    rows = await repository.counted(session, principal, limit=limit, offset=offset, which=which)
    return [summary_of(row) for row in rows]


async def count(session: AsyncSession, principal: Principal, *, statuses: Collection[Status] = ()) -> int:
    """How many interviews there are, of these statuses or of any."""
    return await repository.count(session, principal, Filter(statuses=statuses))


async def time_zone(session: AsyncSession, principal: Principal) -> str:
    """The IANA name of the principal's time zone."""
    return await repository.time_zone(session, principal)


def domain_title(interview: Interview) -> str:
    """The domain's title, else the domain as it was written."""
    domain = bank.domain_by(interview.domain_slug) if interview.domain_slug else None
    return domain.title if domain else interview.domain_text


async def delete(session: AsyncSession, principal: Principal, interview_id: UUID) -> None:
    """Removes the rows of an interview and of all that belongs to it. ``recordings.service.delete_interview`` removes its media too."""
    await session.delete(await hold(session, principal, interview_id))
    await session.flush()


async def delete_soon(session: AsyncSession, principal: Principal, interview_id: UUID) -> None:
    """Takes an interview out of every list now, and has it deleted in :data:`UNDO_SECONDS`, whether or not anybody still looks.

    Raises:
        NotFound: if there is none, or it is somebody else's.
    """
    interview = await hold(session, principal, interview_id)
    interview.deletes_at = interview.deletes_at or now() + timedelta(seconds=UNDO_SECONDS)
    _tell_lists(session, interview)
    await session.flush()


async def undelete(session: AsyncSession, principal: Principal, interview_id: UUID) -> None:
    """Takes :func:`delete_soon` back.

    Raises:
        NotFound: if it is too late, there is none, or it is somebody else's.
    """
    interview = await hold(session, principal, interview_id)
    interview.deletes_at = None
    _tell_lists(session, interview)
    await session.flush()


async def due_for_deletion(session: AsyncSession) -> list[Interview]:
    """Anybody's interviews whose deletion can no longer be taken back. For a worker."""
    return await repository.due_for_deletion(session, now(), _DELETED_AT_ONCE)


def _tell_lists(session: AsyncSession, interview: Interview) -> None:
    after_commit(session, partial(events.publish, interview.user_id, "interview-listed", interview_id=interview.id))


# --- the life cycle -------------------------------------------------------------------------------------------------


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
    await _tell_completion(session, principal, interview)
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


# --- questions ------------------------------------------------------------------------------------------------------


async def next_question(
    session: AsyncSession, principal: Principal, interview_id: UUID, known: choice.Known = choice.NOTHING_KNOWN
) -> Exchange:
    """Asks a follow-up or the next question of the bank; a scheduled or paused interview goes on with it.

    ``intervi.questioning`` gathers what is known of the candidate, and is what pages and contracts call.

    Raises:
        WrongState: if the interview is over, or its time is up.
        Conflict: if the bank has no question left for it.
    """
    interview = await hold(session, principal, interview_id)
    _refuse_finished(interview)
    _refuse_when_time_is_up(interview)
    await go_on(session, principal, interview)
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


def is_time_up(interview: Interview) -> bool:
    """Whether the length that was agreed on is over, pauses not counted."""
    return (seconds_held(interview) or 0.0) >= 60 * interview.duration_minutes


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
    interview = await hold(session, principal, interview_id)
    _refuse_finished(interview)
    check_text("question", question, MAX_ANSWER_CHARACTERS)
    return await append_to(
        session,
        interview,
        question=question.strip(),
        question_type=question_type,
        difficulty=difficulty,
        category=category,
        follow_up_to=follow_up_to,
    )


async def go_on(session: AsyncSession, principal: Principal, interview: Interview) -> None:
    """An interview whose row is held, and that a question comes to, is active from here on.

    Raises:
        WrongState: if the interview is over.
        Conflict: if 100 interviews of this user are in progress.
    """
    if interview.status != Status.ACTIVE:
        await _move_locked(session, principal, interview, Status.ACTIVE)


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
        position=await repository.last_position(session, interview) + 1,
        question_id=question_id,
        question=question,
        question_type=question_type or usual_type,
        difficulty=difficulty or interview.difficulty,
        category=category,
        follow_up_to=follow_up_to,
    )
    if answer:
        exchange.answer_text, exchange.status, exchange.answered_at = answer, AnswerStatus.ANSWERED, now()
    session.add(exchange)
    await session.flush()
    timeline.note(session, interview.id, EventKind.QUESTION, after=exchange.id, detail=question)
    return exchange


async def exchanges(session: AsyncSession, principal: Principal, interview_id: UUID) -> list[Exchange]:
    """The questions of an interview, in the order spoken.

    Raises:
        NotFound: if the interview is nobody's or somebody else's.
    """
    await get(session, principal, interview_id)
    return await repository.exchanges(session, principal, interview_id)


async def exchanges_of(
    session: AsyncSession, principal: Principal, interview_ids: Collection[UUID]
) -> dict[UUID, list[Exchange]]:
    """The questions of these interviews of the principal's, each in the order spoken, in one query."""
    found: dict[UUID, list[Exchange]] = {}
    for exchange in await repository.exchanges_of(session, principal, interview_ids):
        found.setdefault(exchange.interview_id, []).append(exchange)
    return found


async def exchange(session: AsyncSession, principal: Principal, exchange_id: UUID) -> Exchange:
    """One question.

    Raises:
        NotFound: if there is none, or it is somebody else's.
    """
    return _found_exchange(await repository.exchange(session, principal, exchange_id))


async def newest_open(session: AsyncSession, principal: Principal, interview_id: UUID) -> Exchange | None:
    """The newest question that has no answer yet. The interview's row is held, so that two answers never take the same one.

    Raises:
        WrongState: if the interview is over.
    """
    _refuse_finished(await hold(session, principal, interview_id))
    asked = await repository.exchanges(session, principal, interview_id)
    return next((exchange for exchange in reversed(asked) if exchange.status == AnswerStatus.ASKED), None)


# --- answers --------------------------------------------------------------------------------------------------------


async def answer_in_writing(session: AsyncSession, principal: Principal, exchange_id: UUID, text: str) -> Exchange:
    """Keeps a typed answer; a second one takes the place of the first while the interview runs.

    Raises:
        InvalidInput: if it is empty or too long.
        WrongState: if the interview is over.
    """
    if not text.strip():
        raise InvalidInput(_("Please write an answer first."), details={"text": [_("This is empty.")]})
    check_text("text", text, MAX_ANSWER_CHARACTERS)
    found = await exchange(session, principal, exchange_id)
    _refuse_finished(await hold(session, principal, found.interview_id))
    answered = await mark_answered(session, principal, exchange_id)
    answered.answer_text = text.strip()
    await session.flush()
    return answered


async def mark_answered(session: AsyncSession, principal: Principal, exchange_id: UUID) -> Exchange:
    """The answer is given. Allowed after the interview's end too: a recording that arrives late is not lost."""
    found = _found_exchange(await repository.exchange_locked(session, principal, exchange_id))
    if found.status != AnswerStatus.ANSWERED:
        found.status, found.answered_at = AnswerStatus.ANSWERED, now()
        await session.flush()
        interview = await get(session, principal, found.interview_id)
        if interview.status == Status.COMPLETED:
            await _tell_completion(session, principal, interview)
    return found


async def skip(session: AsyncSession, principal: Principal, exchange_id: UUID) -> Exchange:
    """Leaves a question out.

    Raises:
        Conflict: if it was answered.
    """
    found = _found_exchange(await repository.exchange_locked(session, principal, exchange_id))
    if found.status == AnswerStatus.ANSWERED:
        raise Conflict(_("You have answered this question, so it cannot be skipped any more."))
    found.status = AnswerStatus.SKIPPED
    await session.flush()
    return found


# --- helpers --------------------------------------------------------------------------------------------------------


def _found(interview: Interview | None) -> Interview:
    if interview is None:
        raise NotFound(_("There is no such interview."))
    return interview


def _found_exchange(found: Exchange | None) -> Exchange:
    if found is None:
        raise NotFound(_("There is no such question."))
    return found


def _wrong_state(interview: Interview, wanted: Status) -> WrongState:
    # The words stay as they are in the database: a contract prints `current` and `wanted` in its own.
    message = fill(
        "An interview that is {current} cannot become {wanted}.", {"current": interview.status, "wanted": wanted}
    )
    return WrongState(message, current=interview.status, wanted=wanted)


def _refuse_finished(interview: Interview) -> None:
    if not ALLOWED_MOVES[Status(interview.status)]:
        raise _wrong_state(interview, Status.ACTIVE)


def _refuse_when_time_is_up(interview: Interview) -> None:
    if is_time_up(interview):
        message = fill(
            "The {minutes} minutes of this interview are over, so nothing more is asked. All your answers are kept.",
            {"minutes": interview.duration_minutes},
        )
        raise WrongState(message, current=interview.status, wanted="asked")


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


def summary_of(row: repository.Counted) -> InterviewSummary:
    """What a list shows of an interview that was counted."""
    interview = row.interview
    return InterviewSummary(
        id=interview.id,
        status=Status(interview.status),
        created_at=interview.created_at,
        score=interview.score,
        feedback=interview.reported_feedback,
        score_before=row.score_before,
        parts=_parts(interview),
        domain_title=domain_title(interview),
        question_kind=interview.question_kind,
        difficulty=interview.difficulty,
        job_title=interview.job_title,
        first_question=row.first_question,
        questions=row.questions,
        answers=row.answers,
        report_ready=interview.reported_at is not None,
        seconds=seconds_held(interview) if interview.ended_at else None,
    )


def _parts(interview: Interview) -> dict[str, float | None]:
    scores = (interview.report or {}).get("scores", {})
    return {name: score["value"].get("value") for name, score in scores.items() if name != "overall"}
