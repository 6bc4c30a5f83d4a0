"""Interview sessions: making, listing, reading them, and the figures that complete them."""

from math import ceil
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field

from intervi.analysis import recording_links
from intervi.analysis.recording_links import RecordingLinks
from intervi.api.candidate.common import Caller, UserId, printed, spell, spell_domain
from intervi.api.contract import CANDIDATE
from intervi.api.dependencies import RecordId, Session
from intervi.api.routes import router_of
from intervi.api.schemas import CamelModel, Moment, Number
from intervi.coaching import service as coaching
from intervi.errors import NotFound
from intervi.interviews import overview
from intervi.interviews import service as interviews
from intervi.interviews.models import Interview, Origin, SessionType, Status
from intervi.interviews.overview import Line
from intervi.interviews.reported import Metrics
from intervi.questions import bank
from intervi.settings import settings
from intervi.translation import _

DEFAULT_PAGE_SIZE = 10

router = router_of(CANDIDATE)

_ID = "507f1f77bcf86cd799439013"
_USER = "507f1f77bcf86cd799439011"
_DOMAIN = "507f1f77bcf86cd799439012"
_SCHEDULED = "2024-12-25T10:30:00Z"
_COMPLETED = "2024-12-25T11:30:00Z"


class NewSession(CamelModel):
    """A session to practise."""

    user_id: str | None = Field(None, examples=[_USER])
    """The caller's own id, or left out."""
    domain_id: str = Field(examples=[_DOMAIN])
    session_type: Literal["mock", "video", "audio", "text"] = Field(examples=["mock"])
    scheduled_at: Moment | None = Field(None, examples=[_SCHEDULED])


class CreatedView(CamelModel):
    """A new session."""

    id: str = Field(alias="_id", examples=[_ID])
    user: str = Field(examples=[_USER])
    domain: str | None = Field(examples=[_DOMAIN])
    session_type: str = Field(examples=["mock"])
    status: str = Field(examples=["scheduled"])
    scheduled_at: str | None = Field(examples=[_SCHEDULED])


class ListedView(CamelModel):
    """A session in a list."""

    id: str = Field(alias="_id", examples=[_ID])
    domain: str | None = Field(examples=[_DOMAIN])
    session_type: str = Field(examples=["mock"])
    status: str = Field(examples=["completed"])
    scheduled_at: str | None = Field(examples=[_SCHEDULED])
    completed_at: str | None = Field(examples=[_COMPLETED])
    overall_score: Number | None = Field(examples=[82])


class PageView(CamelModel):
    """A page of a list."""

    items: list[ListedView]
    total: int = Field(examples=[25])
    page: int = Field(examples=[1])
    page_size: int = Field(examples=[10])
    total_pages: int = Field(examples=[3])


class RecordingView(CamelModel):
    """Signed links of one hour; null where there is no such thing."""

    video_url: str | None = Field(examples=["https://storage.example.com/video.mp4"])
    audio_url: str | None = Field(examples=["https://storage.example.com/audio.m4a"])
    transcript_url: str | None = Field(examples=["https://storage.example.com/transcript.txt"])


class FeedbackView(CamelModel):
    """What is said of one category."""

    category: str = Field(examples=["eye-contact"])
    score: Number = Field(examples=[80])
    comments: str = Field(examples=["Good eye contact maintained throughout"])


class SessionView(CreatedView):
    """A session with all that is known of it."""

    completed_at: str | None = Field(examples=[_COMPLETED])
    recording: RecordingView | None
    overall_score: Number | None = Field(examples=[85])
    feedback: list[FeedbackView]
    recommendations: list[str] = Field(examples=[["Work on pacing - speaking too fast"]])


class MetricsUpdate(CamelModel):
    """Figures of a session."""

    metrics: Metrics


class CompletedView(CamelModel):
    """A session after its figures were taken."""

    id: str = Field(alias="_id", examples=[_ID])
    status: str = Field(examples=["completed"])
    overall_score: Number | None = Field(examples=[82])
    recommendations: list[str] = Field(examples=[["Work on pacing", "Include more examples"]])


@router.post("/api/interviews/sessions", status_code=201)
async def create_session(body: NewSession, caller: Caller, session: Session) -> CreatedView:
    """Start a new interview practice session."""
    domain = bank.domain_by(body.domain_id)
    if domain is None:
        raise NotFound(_("There is no such domain."))
    interview = await interviews.create(
        session,
        caller,
        origin=Origin.CANDIDATE,
        session_type=SessionType(body.session_type),
        domain=domain.slug,
        scheduled_at=body.scheduled_at,
    )
    return CreatedView(**_head(interview))


@router.get("/api/interviews/sessions")
async def list_sessions(
    caller: Caller,
    session: Session,
    user_id: UserId = None,
    page: Annotated[int | None, Query(ge=1, le=1_000_000_000, description="Page number; 1 if left out.")] = None,
    page_size: Annotated[
        int | None, Query(alias="pageSize", ge=1, le=100, description="Items per page; 10 if left out.")
    ] = None,
) -> list[ListedView] | PageView:
    """Get all interview sessions for authenticated user, newest first. With `page` or `pageSize`: one page of them."""
    if page is None and page_size is None:
        return [_listed(line) for line in await overview.lines(session, caller)]
    page, page_size = page or 1, page_size or DEFAULT_PAGE_SIZE
    total, lines = await overview.page(session, caller, number=page, size=page_size)
    return PageView(
        items=[_listed(line) for line in lines],
        total=total,
        page=page,
        page_size=page_size,
        total_pages=ceil(total / page_size),
    )


@router.get("/api/interviews/sessions/{session_id}")
async def get_session(session_id: RecordId, caller: Caller, session: Session) -> SessionView:
    """Retrieve specific interview session details."""
    found = await coaching.assessment(session, caller, session_id)
    links = await recording_links.of_interview(session, caller, session_id)
    return SessionView(
        **_head(found.interview),
        completed_at=_completed_at(found.interview),
        recording=_recording(links),
        overall_score=found.interview.score,
        feedback=[
            FeedbackView(category=said.category, score=said.score, comments=said.comments) for said in found.feedback
        ],
        recommendations=found.recommendations,
    )


@router.patch("/api/interviews/sessions/{session_id}/metrics")
async def update_metrics(session_id: RecordId, body: MetricsUpdate, caller: Caller, session: Session) -> CompletedView:
    """Submit performance metrics after session completion. A session that was not completed is by this."""
    found = await coaching.complete_with_metrics(session, caller, session_id, body.metrics)
    return CompletedView(
        id=spell(found.interview.id),
        status=CANDIDATE.word(found.interview.status),
        overall_score=found.interview.score,
        recommendations=found.recommendations,
    )


def _head(interview: Interview) -> dict[str, Any]:
    return {
        "id": spell(interview.id),
        "user": spell(interview.user_id),
        "domain": spell_domain(interview.domain_slug),
        "session_type": interview.session_type,
        "status": CANDIDATE.word(interview.status),
        "scheduled_at": printed(interview.scheduled_at),
    }


def _completed_at(found: Interview | Line) -> str | None:
    """Null of one that was cancelled, which has an end as well."""
    return printed(found.ended_at) if found.status == Status.COMPLETED else None


def _recording(links: RecordingLinks | None) -> RecordingView | None:
    if links is None:
        return None
    urls = [path and settings().base_url + path for path in (links.video, links.audio, links.transcript)]
    return RecordingView(video_url=urls[0], audio_url=urls[1], transcript_url=urls[2])


def _listed(line: Line) -> ListedView:
    # From our own database: nothing to check, and lists are long.
    return ListedView.model_construct(
        id=spell(line.id),
        domain=spell_domain(line.domain_slug),
        session_type=line.session_type,
        status=CANDIDATE.word(line.status),
        scheduled_at=printed(line.scheduled_at),
        completed_at=_completed_at(line),
        overall_score=line.score,
    )
