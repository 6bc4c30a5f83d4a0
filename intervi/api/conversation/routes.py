"""The ten endpoints."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, Query

from intervi.accounts import service as accounts
from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.analysis import turns
from intervi.analysis.turns import Turn
from intervi.api.contract import CONVERSATION
from intervi.api.conversation.bodies import (
    ConversationView,
    Created,
    Deleted,
    DifficultyPart,
    DomainPart,
    Done,
    Ended,
    Ending,
    Feedback,
    FeedbackView,
    Found,
    HistoryView,
    NewSession,
    NewTurn,
    Overview,
    Pagination,
    Person,
    Recent,
    SessionView,
    StatisticsView,
    TurnView,
    Updated,
)
from intervi.api.dependencies import RecordId, Session, caller_of
from intervi.api.levels import Level, difficulty_of, level_of
from intervi.api.routes import router_of
from intervi.clock import iso_z
from intervi.errors import InvalidInput
from intervi.interviews import dialogue, exchanges, history, reported, statistics, summaries
from intervi.interviews import service as interviews
from intervi.interviews.models import Interview, Origin, SessionType
from intervi.interviews.statistics import Part
from intervi.interviews.summaries import InterviewSummary
from intervi.recordings import removal
from intervi.translation import _

BASE = "/api/v1/interview"
LAST_PAGE = 1_000_000

router = router_of(CONVERSATION)

Caller = Annotated[Principal, Depends(caller_of(CONVERSATION))]


@router.post(f"{BASE}/sessions", status_code=201, response_model=Done[Created])
async def create_session(body: NewSession, caller: Caller, session: Session) -> Any:
    """Create an interview session."""
    interview = await interviews.create(
        session,
        caller,
        origin=Origin.CONVERSATION,
        session_type=SessionType.TEXT,
        domain=body.domain,
        difficulty=difficulty_of(body.difficulty),
    )
    created = Created(
        session_id=CONVERSATION.spell_id(interview.id),
        domain=interviews.domain_title(interview),
        difficulty=level_of(interview.difficulty),
        created_at=iso_z(interview.created_at),
    )
    return CONVERSATION.envelope(created, _("Interview session created successfully"))


@router.get(f"{BASE}/sessions/{{session_id}}", response_model=Found[SessionView])
async def get_session(session_id: RecordId, caller: Caller, session: Session) -> Any:
    """One interview session with all that was said."""
    interview = await interviews.get(session, caller, session_id)
    spoken = await turns.of_interview(session, caller, session_id)
    user = await accounts.user_of(session, caller)
    return CONVERSATION.envelope(_session_view(interview, user, spoken), None)


@router.get(f"{BASE}/sessions/{{session_id}}/conversation", response_model=Found[ConversationView])
async def get_conversation(session_id: RecordId, caller: Caller, session: Session) -> Any:
    """Only what was said, in the order spoken."""
    interview = await interviews.get(session, caller, session_id)
    spoken = await turns.of_interview(session, caller, session_id)
    view = ConversationView(
        session_id=CONVERSATION.spell_id(interview.id),
        domain=interviews.domain_title(interview),
        difficulty=level_of(interview.difficulty),
        conversation=[_turn_view(turn) for turn in spoken],
        total_questions=len(spoken),
        created_at=iso_z(interview.created_at),
    )
    return CONVERSATION.envelope(view, None)


@router.patch(f"{BASE}/sessions/{{session_id}}", response_model=Done[Updated])
async def add_turn(session_id: RecordId, body: NewTurn, caller: Caller, session: Session) -> Any:
    """Add a question with its answer. A session that has not begun starts with it."""
    exchange = await dialogue.record(session, caller, session_id, question=body.bot, answer=body.user)
    updated = Updated(
        session_id=CONVERSATION.spell_id(session_id),
        latest_qna=_turn_view(Turn(exchange, exchange.answer_text)),
        total_questions=exchange.position,
    )
    return CONVERSATION.envelope(updated, _("Interview session updated successfully"))


@router.patch(f"{BASE}/sessions/{{session_id}}/end", response_model=Done[Ended])
async def end_session(session_id: RecordId, caller: Caller, session: Session, body: Ending | None = None) -> Any:
    """End a session, with the score and feedback it is to have."""
    said = body or Ending()
    await analysis.finish_interview(session, caller, session_id)
    interview = await reported.report_score(session, caller, session_id, said.final_score, said.feedback)
    ended = Ended(
        session_id=CONVERSATION.spell_id(interview.id),
        total_questions=len(await exchanges.of_interview(session, caller, session_id)),
        final_score=interview.score or 0,
        feedback=interview.reported_feedback or "",
        domain=interviews.domain_title(interview),
        difficulty=level_of(interview.difficulty),
    )
    return CONVERSATION.envelope(ended, _("Interview session ended successfully"))


@router.patch(f"{BASE}/sessions/{{session_id}}/feedback", response_model=Done[FeedbackView])
async def update_feedback(session_id: RecordId, body: Feedback, caller: Caller, session: Session) -> Any:
    """Change score and feedback. Taken in every state of the session, and ends nothing."""
    if body.feedback is None and body.score is None:
        text = _("Send a feedback, a score or both.")
        raise InvalidInput(text, details={"feedback": [text]})
    interview = await reported.report_score(session, caller, session_id, body.score, body.feedback)
    view = FeedbackView(
        session_id=CONVERSATION.spell_id(interview.id),
        feedback=interview.reported_feedback or "",
        score=interview.score or 0,
    )
    return CONVERSATION.envelope(view, _("Interview feedback updated successfully"))


@router.delete(f"{BASE}/sessions/{{session_id}}", response_model=Deleted)
async def delete_session(session_id: RecordId, caller: Caller, session: Session) -> Any:
    """Delete a session for good, with all that belongs to it."""
    await removal.delete_interview(session, caller, session_id)
    return CONVERSATION.envelope(None, _("Interview session deleted successfully"))


@router.get(f"{BASE}/history", response_model=Found[HistoryView])
async def list_history(
    caller: Caller,
    session: Session,
    page: Annotated[int, Query(ge=1, le=LAST_PAGE, description="Page number.")] = 1,
    limit: Annotated[int, Query(ge=1, le=100, description="Items per page.")] = 10,
    domain: Annotated[str | None, Query(description="A domain's title or slug, or the text that was given.")] = None,
    difficulty: Annotated[Level | None, Query(description="Of this difficulty only.")] = None,
) -> Any:
    """Interviews, newest first, page by page. Filters match exactly."""
    found = await history.page(
        session,
        caller,
        number=page,
        size=limit,
        which=replace(history.in_domain(domain), difficulty=difficulty and difficulty_of(difficulty)),
    )
    pagination = Pagination(
        current_page=found.number,
        total_pages=found.pages,
        total_items=found.total,
        has_next_page=found.number < found.pages,
        has_prev_page=found.number > 1,
    )
    view = HistoryView(interviews=[_recent(summary) for summary in found.interviews], pagination=pagination)
    return CONVERSATION.envelope(view, None)


@router.get(f"{BASE}/recent", response_model=Found[list[Recent]])
async def list_recent(
    caller: Caller, session: Session, limit: Annotated[int, Query(ge=1, le=100, description="How many.")] = 5
) -> Any:
    """The newest interviews."""
    found = await summaries.newest(session, caller, limit=limit)
    return CONVERSATION.envelope([_recent(summary) for summary in found], None)


@router.get(f"{BASE}/stats", response_model=Found[StatisticsView])
async def get_statistics(caller: Caller, session: Session) -> Any:
    """How the interviews went: in all, by domain and by difficulty. Interviews about others are left out."""
    found = await statistics.statistics(session, caller)
    overview = Overview(
        total_interviews=found.interviews,
        average_score=found.average_score,
        total_questions=found.questions,
    )
    view = StatisticsView(
        overview=overview,
        domain_breakdown=[DomainPart(domain=part.name, **_figures(part)) for part in found.by_domain],
        difficulty_breakdown=[
            DifficultyPart(difficulty=level_of(part.name), **_figures(part)) for part in found.by_difficulty
        ],
    )
    return CONVERSATION.envelope(view, None)


# --- how things are printed -----------------------------------------------------------------------------------------


def _session_view(interview: Interview, user: User, spoken: list[Turn]) -> SessionView:
    return SessionView(
        id=CONVERSATION.spell_id(interview.id),
        user=Person(name=f"{user.first_name} {user.last_name}".strip(), email=user.email),
        domain=interviews.domain_title(interview),
        difficulty=level_of(interview.difficulty),
        status=CONVERSATION.word(interview.status),
        qna=[_turn_view(turn) for turn in spoken],
        feed_back=interview.reported_feedback or "",
        score=interview.score or 0,
        created_at=iso_z(interview.created_at),
    )


def _turn_view(turn: Turn) -> TurnView:
    return TurnView(bot=turn.exchange.question, user=turn.answer or "", created_at=iso_z(turn.exchange.created_at))


def _recent(summary: InterviewSummary) -> Recent:
    spelled = CONVERSATION.spell_id(summary.id)
    return Recent(
        session_id=spelled,
        id=spelled,
        domain=summary.domain_title,
        difficulty=level_of(summary.difficulty),
        score=summary.score or 0,
        feed_back=summary.feedback or "",
        questions_count=summary.questions,
        created_at=iso_z(summary.created_at),
        status=CONVERSATION.word(summary.status),
    )


def _figures(part: Part) -> dict[str, Any]:
    return {"count": part.count, "average_score": part.average_score}
