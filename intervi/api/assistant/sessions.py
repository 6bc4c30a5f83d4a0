"""Sessions: their job, their settings, their life cycle."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from intervi.analysis import service as analysis
from intervi.api.assistant.common import BASE, ID_EXAMPLE, TIME_EXAMPLE, Caller, OwnSession, spell
from intervi.api.assistant.interactions import InteractionView, interaction_view
from intervi.api.assistant.metrics import MetricsView, metrics_view
from intervi.api.contract import ASSISTANT
from intervi.api.dependencies import Session
from intervi.api.routes import router_of
from intervi.api.schemas import NOT_BLANK, CamelModel, Number
from intervi.clock import iso_z
from intervi.coaching import interactions
from intervi.interviews import assisted, lifecycle, metrics
from intervi.interviews import service as interviews
from intervi.interviews.models import Interview
from intervi.interviews.preferences import preferences_of
from intervi.recordings import removal

Feature = Literal["real-time-transcription", "response-suggestions"]
Seniority = Literal["junior", "mid", "senior"]
InterviewType = Literal["technical", "behavioral", "situational", "cultural", "mixed"]
Requirement = Annotated[str, Field(min_length=1, max_length=300, pattern=NOT_BLANK)]

_SWITCHES: dict[Feature, str] = {"real-time-transcription": "transcription", "response-suggestions": "suggestions"}

router = router_of(ASSISTANT)


class JobChange(CamelModel):
    """What the interview is for; what is left out stays."""

    title: str | None = Field(None, min_length=1, max_length=300, pattern=NOT_BLANK, examples=["Software Engineer"])
    company: str | None = Field(None, max_length=300, examples=["Tech Corp"])
    description: str | None = Field(None, max_length=20_000, examples=["Full-stack development role"])
    requirements: list[Requirement] | None = Field(None, max_length=100, examples=[["JavaScript", "React", "Node.js"]])
    interview_type: InterviewType | None = Field(None, examples=["technical"])
    seniority: Seniority | None = Field(None, examples=["mid"])

    def described(self) -> dict[str, Any]:
        """What an interview itself holds of it."""
        return _said(
            job_title=self.title,
            job_description=self.description,
            question_kind=self.interview_type,
            difficulty=self.seniority,
        )

    def wishes(self) -> dict[str, Any]:
        """What its preferences hold of it."""
        requirements = None if self.requirements is None else tuple(each.strip() for each in self.requirements)
        return _said(company=None if self.company is None else self.company.strip(), requirements=requirements)


class Job(JobChange):
    """What the interview is for."""

    title: str = Field(min_length=1, max_length=300, pattern=NOT_BLANK, examples=["Software Engineer"])


class Settings(CamelModel):
    """What the assistant does; what is left out stays, or begins as said here."""

    transcription_enabled: bool | None = Field(None, examples=[True])
    """On at first."""
    response_generation: bool | None = Field(None, examples=[True])
    """On at first."""
    confidence_threshold: float | None = Field(None, ge=0, le=1, examples=[0.8])
    """Generated responses below it are not shown. 0.8 at first."""
    preferred_language: str | None = Field(None, examples=["en"])
    """A language tag (BCP 47)."""
    enabled_features: list[Feature] | None = Field(None, examples=[["real-time-transcription", "response-suggestions"]])
    """The two switches above as a list. Where a switch is sent as well, the switch counts."""

    def wishes(self) -> dict[str, Any]:
        """The preferences they change."""
        listed = (
            {}
            if self.enabled_features is None
            else {switch: feature in self.enabled_features for feature, switch in _SWITCHES.items()}
        )
        return listed | _said(
            transcription=self.transcription_enabled,
            suggestions=self.response_generation,
            confidence_threshold=self.confidence_threshold,
            language=self.preferred_language,
        )


class NewSession(CamelModel):
    """A session that begins."""

    job_context: Job
    settings: Settings | None = None


class SessionChange(CamelModel):
    """What is to change; what is left out stays."""

    status: Literal["active", "paused", "completed"] | None = Field(None, examples=["paused"])
    job_context: JobChange | None = None
    settings: Settings | None = None


class JobView(CamelModel):
    """What the interview is for; what nobody said is absent."""

    title: str = Field(examples=["Software Engineer"])
    company: str | None = Field(None, examples=["Tech Corp"])
    description: str | None = Field(None, examples=["Full-stack development role"])
    requirements: list[str] | None = Field(None, examples=[["JavaScript", "React", "Node.js"]])
    interview_type: str = Field(examples=["technical"])
    seniority: str = Field(examples=["mid"])

    @model_serializer(mode="wrap")
    def _without_what_nobody_said(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in serialize(self).items() if value is not None}


class SettingsView(CamelModel):
    """What the assistant does."""

    transcription_enabled: bool
    response_generation: bool
    confidence_threshold: Number = Field(examples=[0.8])
    preferred_language: str = Field(examples=["en"])
    enabled_features: list[Feature]


class SessionView(CamelModel):
    """A session."""

    id: str = Field(examples=[ID_EXAMPLE])
    user_id: str = Field(examples=[ID_EXAMPLE])
    job_context: JobView
    status: str = Field(examples=["active"])
    settings: SettingsView
    started_at: str | None = Field(examples=[TIME_EXAMPLE])
    """Null: it is planned, and has not begun."""
    ended_at: str | None = Field(examples=[None])
    created_at: str = Field(examples=[TIME_EXAMPLE])


class DetailedSession(SessionView):
    """A session with all its interactions and metrics, newest first."""

    interactions: list[InteractionView]
    metrics: list[MetricsView]


@router.post(BASE, status_code=201)
async def create_session(body: NewSession, caller: Caller, session: Session) -> SessionView:
    """Create an interview session. It is active at once."""
    interview = await assisted.begin(
        session, caller, described=body.job_context.described(), wishes=_wishes(body.job_context, body.settings)
    )
    return session_view(interview)


@router.get(BASE)
async def list_sessions(
    caller: Caller,
    session: Session,
    limit: Annotated[int | None, Query(ge=1, le=100, description="The newest ones only, so many.")] = None,
) -> list[SessionView]:
    """The caller's sessions, newest first; all of them without `limit`."""
    return [session_view(interview) for interview in await interviews.list_newest(session, caller, limit=limit)]


@router.get(f"{BASE}/active")
async def list_active_sessions(caller: Caller, session: Session) -> list[SessionView]:
    """The caller's active sessions, newest first."""
    active = ASSISTANT.statuses("active")
    found = await interviews.list_newest(session, caller, limit=None, statuses=active)
    return [session_view(interview) for interview in found]


@router.get(f"{BASE}/{{session_id}}")
async def get_session(session_id: OwnSession, caller: Caller, session: Session) -> SessionView:
    """One session."""
    return session_view(await interviews.get(session, caller, session_id))


@router.get(f"{BASE}/{{session_id}}/details")
async def get_session_with_details(session_id: OwnSession, caller: Caller, session: Session) -> DetailedSession:
    """One session with all its interactions and metrics."""
    interview = await interviews.get(session, caller, session_id)
    asked = await interactions.of_interview(session, caller, session_id)
    recorded = await metrics.of_interview(session, caller, session_id)
    return DetailedSession(
        **dict(session_view(interview)),
        interactions=[interaction_view(interaction) for interaction in asked],
        metrics=[metrics_view(each) for each in recorded],
    )


@router.put(f"{BASE}/{{session_id}}")
async def update_session(session_id: OwnSession, body: SessionChange, caller: Caller, session: Session) -> SessionView:
    """Update a session: what is left out stays. The status it already has is no change."""
    job = body.job_context or JobChange()
    interview = await assisted.change(
        session, caller, session_id, described=job.described(), wishes=_wishes(job, body.settings)
    )
    if body.status is not None and body.status != ASSISTANT.word(interview.status):
        interview = await _MOVES[body.status](session, caller, session_id)
    return session_view(interview)


@router.put(f"{BASE}/{{session_id}}/start")
async def start_session(session_id: OwnSession, caller: Caller, session: Session) -> SessionView:
    """Start or resume a session."""
    return session_view(await lifecycle.start(session, caller, session_id))


@router.put(f"{BASE}/{{session_id}}/pause")
async def pause_session(session_id: OwnSession, caller: Caller, session: Session) -> SessionView:
    """Pause a session."""
    return session_view(await lifecycle.pause(session, caller, session_id))


@router.put(f"{BASE}/{{session_id}}/complete")
async def complete_session(session_id: OwnSession, caller: Caller, session: Session) -> SessionView:
    """Complete a session, for good."""
    return session_view(await analysis.finish_interview(session, caller, session_id))


@router.delete(f"{BASE}/{{session_id}}", status_code=204)
async def delete_session(session_id: OwnSession, caller: Caller, session: Session) -> None:
    """Delete a session for good, with everything that belongs to it."""
    await removal.delete_interview(session, caller, session_id)


_MOVES = {"active": lifecycle.start, "paused": lifecycle.pause, "completed": analysis.finish_interview}


def session_view(interview: Interview) -> SessionView:
    """A session as this contract prints it, whatever made it."""
    wishes = preferences_of(interview)
    switched_on = {"transcription": wishes.transcription, "suggestions": wishes.suggestions}
    return SessionView(
        id=spell(interview.id),
        user_id=spell(interview.user_id),
        job_context=JobView(
            title=interview.job_title or interviews.domain_title(interview),
            company=wishes.company or None,
            description=interview.job_description or None,
            requirements=list(wishes.requirements) or None,
            interview_type=interview.question_kind,
            seniority=interview.difficulty,
        ),
        status=ASSISTANT.word(interview.status),
        settings=SettingsView(
            transcription_enabled=wishes.transcription,
            response_generation=wishes.suggestions,
            confidence_threshold=wishes.confidence_threshold,
            preferred_language=wishes.language,
            enabled_features=[feature for feature, switch in _SWITCHES.items() if switched_on[switch]],
        ),
        started_at=iso_z(interview.started_at),
        ended_at=iso_z(interview.ended_at),
        created_at=iso_z(interview.created_at),
    )


def _wishes(job: JobChange, settings: Settings | None) -> dict[str, Any]:
    return job.wishes() | (settings.wishes() if settings else {})


def _said(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
