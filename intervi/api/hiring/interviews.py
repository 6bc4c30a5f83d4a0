"""Interview management: 12 of the hiring contract's endpoints."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query
from pydantic import Field

from intervi.accounts.api_keys import Scope
from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.api.contract import HIRING
from intervi.api.dependencies import RecordId, Session, scoped_caller_of
from intervi.api.hiring.envelope import EXAMPLE_ID, EXAMPLE_TIME, Done, Found, done, found
from intervi.api.levels import Level, difficulty_of, level_of
from intervi.api.routes import router_of
from intervi.api.schemas import NOT_BLANK, CamelModel, Moment
from intervi.clock import iso_z
from intervi.ids import prefixed
from intervi.interviews import exchanges, lifecycle, timeline
from intervi.interviews import service as interviews
from intervi.interviews.models import EventKind, Exchange, Interview, InterviewEvent, SessionType
from intervi.recordings import removal
from intervi.scheduling import arranging, meeting
from intervi.scheduling.parties import Parties, parties_of

BASE = "/api/v1/interviews"
LAST_PAGE = 1_000_000

router = router_of(HIRING)

Reader = Annotated[Principal, Depends(scoped_caller_of(HIRING, Scope.INTERVIEWS_READ))]
Writer = Annotated[Principal, Depends(scoped_caller_of(HIRING, Scope.INTERVIEWS_WRITE))]
InterviewKind = Literal["technical", "behavioral", "situational", "cultural", "mixed"]
Format = Literal["video", "audio", "text"]
Reference = Annotated[str, Field(min_length=1, max_length=200, pattern=NOT_BLANK)]
MeetingUrl = Annotated[
    str,
    Field(
        max_length=meeting.LONGEST,
        description="Where it is held (http or https): told to everyone who is invited. Without one, `meetingUrl` is your practice room.",
        examples=["https://meet.example.com/interview-123"],
    ),
]


class NewQuestion(CamelModel):
    """A question to be asked."""

    question: str = Field(min_length=1, pattern=NOT_BLANK, examples=["Tell me about yourself"])
    category: str = Field("", max_length=100, examples=["introduction"])
    difficulty: Level = "medium"

    def parsed(self) -> arranging.Question:
        return arranging.Question(self.question, self.category, difficulty_of(self.difficulty))


class NewInterview(CamelModel):
    """An interview of somebody."""

    user_id: str | None = Field(None, examples=["64a7b8c9d1234567890abcde"])
    """Yours, if given."""
    candidate_id: Reference = Field(examples=["candidate456"])
    """Your own reference, as are the job's and the interviewers'."""
    job_id: Reference | None = Field(None, examples=["job789"])
    scheduled_at: Moment | None = Field(None, examples=["2024-01-15T10:00:00Z"])
    duration: int = Field(60, ge=5, le=180, examples=[60])
    """Minutes."""
    interviewers: list[Reference] = Field(
        default_factory=list, max_length=49, examples=[["interviewer1", "interviewer2"]]
    )
    type: InterviewKind = "mixed"
    format: Format = "video"
    questions: list[NewQuestion] = Field(default_factory=list, max_length=arranging.MAX_QUESTIONS)
    meeting_url: MeetingUrl = ""


class InterviewChanges(CamelModel):
    """What is to be different; what is left out stays."""

    user_id: str | None = None
    candidate_id: Reference | None = Field(None, examples=["candidate456"])
    job_id: Reference | None = Field(None, examples=["job789"])
    scheduled_at: Moment | None = Field(None, examples=["2024-01-16T10:00:00Z"])
    duration: int | None = Field(None, ge=5, le=180, examples=[45])
    interviewers: list[Reference] | None = Field(None, max_length=49)
    type: InterviewKind | None = None
    format: Format | None = None
    meeting_url: MeetingUrl | None = None
    """Empty: none any more."""


class CreatedInterview(CamelModel):
    """A new interview."""

    interview_id: str = Field(examples=[EXAMPLE_ID])
    status: str = Field(examples=["scheduled"])
    meeting_url: str = Field(examples=["http://localhost:8000/practice/019a7f3c-1b2a-8d4e-8000-000123456789"])


class QuestionView(CamelModel):
    """A question of an interview."""

    question_id: str = Field(examples=["question-64a7b8c9d1234567890abcdf"])
    question: str = Field(examples=["Tell me about yourself"])
    category: str = Field(examples=["introduction"])
    difficulty: Level
    status: str = Field(examples=["asked"])
    answer: str | None = Field(examples=[None])
    """As typed; what was said is in the transcription."""
    asked_at: str = Field(examples=[EXAMPLE_TIME])
    answered_at: str | None = Field(examples=[None])


class InterviewView(CamelModel):
    """An interview."""

    interview_id: str = Field(examples=[EXAMPLE_ID])
    candidate_id: str | None = Field(examples=["candidate456"])
    job_id: str | None = Field(examples=["job789"])
    interviewers: list[str] = Field(examples=[["interviewer1", "interviewer2"]])
    type: str = Field(examples=["technical"])
    format: str = Field(examples=["video"])
    status: str = Field(examples=["scheduled"])
    scheduled_at: str | None = Field(examples=[EXAMPLE_TIME])
    started_at: str | None = Field(examples=[None])
    ended_at: str | None = Field(examples=[None])
    duration: int = Field(examples=[60])
    questions: list[QuestionView]
    meeting_url: str = Field(examples=["http://localhost:8000/practice/019a7f3c-1b2a-8d4e-8000-000123456789"])
    created_at: str = Field(examples=[EXAMPLE_TIME])


class Page(CamelModel):
    """Some of all interviews, newest first."""

    items: list[InterviewView]
    page: int = Field(examples=[1])
    limit: int = Field(examples=[20])
    total: int = Field(examples=[1])
    total_pages: int = Field(examples=[1])


class TimelineEntry(CamelModel):
    """Something that happened."""

    type: str = Field(examples=["status"])
    """`status`, `scheduled`, `invitation`, `reply`, `question`, `upload`, `consent`, `result` or `viewed`."""
    timestamp: str = Field(examples=[EXAMPLE_TIME])
    from_: str | None = Field(alias="from", examples=["scheduled"])
    to: str | None = Field(examples=["in_progress"])
    """Of a status or a time: the new one. Of a question, a recording or a result: its id. Of a reply: `declined` or `coming`."""
    detail: str | None = Field(examples=[None])


@router.post(BASE, status_code=201)
async def create_interview(body: NewInterview, caller: Writer, session: Session) -> Found[CreatedInterview]:
    """Create an interview. Nobody is refused for being busy, but the time counts as busy from then on."""
    interview = await arranging.arrange(
        session,
        caller,
        Parties(body.candidate_id, body.job_id, tuple(body.interviewers)),
        scheduled_at=body.scheduled_at,
        duration_minutes=body.duration,
        question_kind=body.type,
        session_type=SessionType(body.format),
        questions=[question.parsed() for question in body.questions],
        meeting_url=body.meeting_url,
    )
    view = CreatedInterview(
        interview_id=HIRING.spell_id(interview.id),
        status=HIRING.word(interview.status),
        meeting_url=meeting.owners_url(interview),
    )
    return found(view, "Interview created successfully")


@router.get(BASE)
async def list_interviews(
    caller: Reader,
    session: Session,
    user_id: Annotated[str | None, Query(alias="userId", description="Yours, if given.")] = None,
    status: Annotated[
        Literal["scheduled", "in_progress", "paused", "completed", "cancelled"] | None, Query(description="Only such.")
    ] = None,
    page: Annotated[int, Query(ge=1, le=LAST_PAGE, description="Page number.")] = 1,
    limit: Annotated[int, Query(ge=1, le=100, description="Items per page.")] = 20,
) -> Found[Page]:
    """Your interviews, newest first."""
    statuses = HIRING.statuses(status) if status else ()
    total = await interviews.count(session, caller, statuses=statuses)
    listed = await interviews.list_newest(session, caller, limit=limit, offset=(page - 1) * limit, statuses=statuses)
    asked = await exchanges.of_interviews(session, caller, [interview.id for interview in listed])
    view = Page(
        items=[_view(interview, asked.get(interview.id, ())) for interview in listed],
        page=page,
        limit=limit,
        total=total,
        total_pages=-(-total // limit),
    )
    return found(view, "Interviews retrieved successfully")


@router.get(f"{BASE}/{{interview_id}}")
async def get_interview(interview_id: RecordId, caller: Reader, session: Session) -> Found[InterviewView]:
    """One interview."""
    interview = await interviews.get(session, caller, interview_id)
    return found(await shown(session, caller, interview), "Interview retrieved successfully")


@router.put(f"{BASE}/{{interview_id}}")
async def update_interview(
    interview_id: RecordId, body: InterviewChanges, caller: Writer, session: Session
) -> Found[InterviewView]:
    """Change an interview that is not over."""
    changes = arranging.Changes(
        candidate=body.candidate_id,
        job=body.job_id,
        interviewers=None if body.interviewers is None else tuple(body.interviewers),
        scheduled_at=body.scheduled_at,
        duration_minutes=body.duration,
        question_kind=body.type,
        session_type=SessionType(body.format) if body.format else None,
        meeting_url=body.meeting_url,
    )
    interview = await arranging.rearrange(session, caller, interview_id, changes)
    return found(await shown(session, caller, interview), "Interview updated successfully")


@router.delete(f"{BASE}/{{interview_id}}")
async def delete_interview(interview_id: RecordId, caller: Writer, session: Session) -> Done:
    """Delete an interview with all that belongs to it, its recordings too."""
    await removal.delete_interview(session, caller, interview_id)
    return done("Interview deleted successfully")


@router.post(f"{BASE}/{{interview_id}}/start")
async def start_interview(interview_id: RecordId, caller: Writer, session: Session) -> Found[InterviewView]:
    """Start an interview; one that is paused goes on."""
    interview = await lifecycle.start(session, caller, interview_id)
    return found(await shown(session, caller, interview), "Interview started successfully")


@router.post(f"{BASE}/{{interview_id}}/end")
async def end_interview(interview_id: RecordId, caller: Writer, session: Session) -> Found[InterviewView]:
    """End an interview, for good."""
    interview = await analysis.finish_interview(session, caller, interview_id)
    return found(await shown(session, caller, interview), "Interview ended successfully")


@router.post(f"{BASE}/{{interview_id}}/pause")
async def pause_interview(interview_id: RecordId, caller: Writer, session: Session) -> Found[InterviewView]:
    """Pause an interview."""
    interview = await lifecycle.pause(session, caller, interview_id)
    return found(await shown(session, caller, interview), "Interview paused successfully")


@router.post(f"{BASE}/{{interview_id}}/resume")
async def resume_interview(interview_id: RecordId, caller: Writer, session: Session) -> Found[InterviewView]:
    """Go on with a paused interview."""
    interview = await lifecycle.resume(session, caller, interview_id)
    return found(await shown(session, caller, interview), "Interview resumed successfully")


@router.get(f"{BASE}/{{interview_id}}/questions")
async def list_questions(interview_id: RecordId, caller: Reader, session: Session) -> Found[list[QuestionView]]:
    """The questions of an interview, in the order asked."""
    asked = await exchanges.of_interview(session, caller, interview_id)
    return found([_question_view(exchange) for exchange in asked], "Questions retrieved successfully")


@router.post(f"{BASE}/{{interview_id}}/questions", status_code=201)
async def add_question(
    interview_id: RecordId, body: NewQuestion, caller: Writer, session: Session
) -> Found[QuestionView]:
    """Add a question to an interview that is not over."""
    exchange_id = await arranging.ask(session, caller, interview_id, body.parsed())
    exchange = await exchanges.get(session, caller, exchange_id)
    return found(_question_view(exchange), "Question added successfully")


@router.get(f"{BASE}/{{interview_id}}/timeline")
async def get_timeline(interview_id: RecordId, caller: Reader, session: Session) -> Found[list[TimelineEntry]]:
    """Every change of status and time, question, upload, result and view, in order."""
    await interviews.get(session, caller, interview_id)
    events = await timeline.of_interview(session, caller, interview_id)
    return found([_entry(event) for event in events], "Timeline retrieved successfully")


# --- how things are printed -----------------------------------------------------------------------------------------


async def shown(session: Session, caller: Principal, interview: Interview) -> InterviewView:
    """An interview with its questions, as this contract prints it."""
    return _view(interview, await exchanges.of_interview(session, caller, interview.id))


def _view(interview: Interview, asked: Sequence[Exchange]) -> InterviewView:
    parties = parties_of(interview)
    return InterviewView(
        interview_id=HIRING.spell_id(interview.id),
        candidate_id=parties.candidate,
        job_id=parties.job,
        interviewers=list(parties.interviewers),
        type=interview.question_kind,
        format="video" if interview.session_type == SessionType.MOCK else interview.session_type,
        status=HIRING.word(interview.status),
        scheduled_at=iso_z(interview.scheduled_at),
        started_at=iso_z(interview.started_at),
        ended_at=iso_z(interview.ended_at),
        duration=interview.duration_minutes,
        questions=[_question_view(exchange) for exchange in asked],
        meeting_url=meeting.owners_url(interview),
        created_at=iso_z(interview.created_at),
    )


def _question_view(exchange: Exchange) -> QuestionView:
    return QuestionView(
        question_id=prefixed("question", exchange.id),
        question=exchange.question,
        category=exchange.category or exchange.question_type,
        difficulty=level_of(exchange.difficulty),
        status=exchange.status,
        answer=exchange.answer_text,
        asked_at=iso_z(exchange.asked_at),
        answered_at=iso_z(exchange.answered_at),
    )


_PREFIXES = {
    EventKind.QUESTION: "question",
    EventKind.RESULT: "question",
    EventKind.UPLOAD: "media",
    EventKind.CONSENT: "media",
    EventKind.VIEWED: "media",
}


def _entry(event: InterviewEvent) -> TimelineEntry:
    before, after = event.before, event.after
    if event.kind == EventKind.STATUS:
        before, after = (HIRING.word(status) if status else None for status in (before, after))
    elif event.kind in _PREFIXES and after:
        after = prefixed(_PREFIXES[EventKind(event.kind)], UUID(after))
    return TimelineEntry(
        type=event.kind,
        timestamp=iso_z(event.happened_at),
        from_=before,
        to=after,
        detail=event.detail or None,
    )
