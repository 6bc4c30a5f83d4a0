"""The coach contract: sessions, media, transcripts, reports and questions for third parties."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Form, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from intervi.accounts import service as accounts
from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.analysis.figures import AnswerReport, Figure, Speech, Vision
from intervi.analysis.models import Stage, WorkStatus
from intervi.analysis.state import AnalysisState
from intervi.api.contract import COACH
from intervi.api.dependencies import RecordId, Session, caller_of, client_of
from intervi.api.requests import declared_length
from intervi.api.routes import router_of
from intervi.api.schemas import NOT_BLANK, StrictModel
from intervi.api.streaming import FORM_OVERHEAD_BYTES, brief_caller_of, form_file
from intervi.api.waiting import RETRY_AFTER_SECONDS, Prefer, wait_seconds
from intervi.clock import iso_z
from intervi.database import transaction
from intervi.errors import Unavailable
from intervi.interviews import exchanges, lifecycle
from intervi.interviews import service as interviews
from intervi.interviews.models import Exchange, Interview, Origin, Persona
from intervi.questioning import service as questioning
from intervi.recordings import receiving
from intervi.recordings import service as recordings
from intervi.recordings.models import Media, MediaKind
from intervi.translation import _, fill

router = router_of(COACH)

Caller = Annotated[Principal, Depends(caller_of(COACH))]
BriefCaller = Annotated[Principal, Depends(brief_caller_of(COACH))]


class Token(StrictModel):
    """An access token, to be sent as `Authorization: Bearer`."""

    access_token: str = Field(examples=["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9..."])
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the name of a scheme


class NewSession(StrictModel):
    """What an interview is to be about."""

    job_title: str = Field(min_length=1, pattern=NOT_BLANK, examples=["Software Engineer"])
    job_description: str | None = Field("", examples=["Full-stack developer position..."])
    interviewer_type: Literal["Tech", "HR", "Manager", "Behavioral"] = "Tech"
    duration_minutes: int = Field(45, ge=5, le=180)


class SessionView(StrictModel):
    """An interview."""

    id: str = Field(examples=["019a7f3c-1b2a-8d4e-8000-000123456789"])
    status: str = Field(examples=["created"])
    started_at: str | None = Field(examples=[None])
    ended_at: str | None = Field(examples=[None])
    job_title: str = Field(examples=["Software Engineer"])
    job_description: str = Field(examples=["Full-stack developer position..."])
    interviewer_type: str = Field(examples=["Tech"])
    duration_minutes: int = Field(examples=[45])


class MediaView(StrictModel):
    """A recording that was sent in."""

    id: str = Field(examples=["019a7f3c-1b2a-8d4e-8000-000123456789"])
    session_id: str = Field(examples=["019a7f3c-1b2a-8d4e-8000-000123456789"])
    media_type: str = Field(examples=["video"])
    filename: str = Field(examples=["interview_recording.webm"])
    created_at: str = Field(examples=["2025-11-22T12:00:00.000Z"])


class TranscriptView(StrictModel):
    """What was said; empty if nothing was."""

    media_id: str = Field(examples=["019a7f3c-1b2a-8d4e-8000-000123456789"])
    transcript: str = Field(examples=["This is the transcribed text from the audio/video..."])


class AudioFeatures(StrictModel):
    """How it was said. What could not be measured is null."""

    speech_rate: float | None = Field(examples=[145.2])
    """Words per minute over the whole clip."""
    pause_ratio: float | None = Field(examples=[0.12])
    """Gaps of 0.25 s and more over the whole clip."""
    filler_word_ratio: float | None = Field(examples=[0.03])
    pitch_variance: float | None = Field(examples=[52.3])
    """Standard deviation of the fundamental frequency, Hz."""
    emotion: str | None = Field(examples=[None])
    """Not inferred from a voice: null."""


class VideoFeatures(StrictModel):
    """How it looked. What could not be measured is null; scores are null where no face was found."""

    eye_contact_score: float | None = Field(examples=[0.85])
    smile_ratio: float | None = Field(examples=[0.42])
    posture_score: float | None = Field(examples=[0.78])
    dominant_emotion: str | None = Field(examples=["neutral"])
    """An estimate of the face's expression; null when unknown."""
    emotion_distribution: dict[str, float] = Field(examples=[{"happy": 0.45, "neutral": 0.55}])


class ReportView(StrictModel):
    """Feedback on one recording, and the figures it rests on."""

    media_id: str = Field(examples=["019a7f3c-1b2a-8d4e-8000-000123456789"])
    feedback: str = Field(examples=["Your answer was well-structured using the STAR method..."])
    audio_features: AudioFeatures
    video_features: VideoFeatures | None
    """Null for a recording without a picture."""


class WorkView(StrictModel):
    """The work is not done yet: ask again after `Retry-After` seconds."""

    media_id: str = Field(examples=["019a7f3c-1b2a-8d4e-8000-000123456789"])
    status: str = Field(examples=["running"])


class QuestionView(StrictModel):
    """A question to answer."""

    id: str = Field(examples=["019a7f3c-1b2a-8d4e-8000-000123456789"])
    content: str = Field(examples=["Can you tell me about a time when you had to debug a complex production issue?"])
    type: str = Field(examples=["behavioral"])


_WORK: dict[int | str, dict[str, Any]] = {
    202: {"model": WorkView, "description": "Not ready yet; `Retry-After` says when to ask again."},
    503: {"description": "The work failed for good; `detail` says why."},
}
_FILE_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.post("/auth/token")
async def obtain_token(
    username: Annotated[str, Form(examples=["user@example.com"])],
    password: Annotated[str, Form(examples=["secretpassword"])],
    request: Request,
    session: Session,
) -> Token:
    """Obtain a token with e-mail and password."""
    signed_in = await accounts.log_in(session, email=username, password=password, client=client_of(request))
    return Token(access_token=signed_in.access_token)


@router.post("/interview/sessions", status_code=201)
async def create_session(body: NewSession, caller: Caller, session: Session) -> SessionView:
    """Create an interview session."""
    interview = await interviews.create(
        session,
        caller,
        origin=Origin.COACH,
        job_title=body.job_title,
        job_description=body.job_description or "",
        persona=Persona(body.interviewer_type),
        duration_minutes=body.duration_minutes,
    )
    return _session_view(interview)


@router.get("/interview/sessions")
async def list_sessions(caller: Caller, session: Session) -> list[SessionView]:
    """All sessions, newest first."""
    return [_session_view(interview) for interview in await interviews.list_newest(session, caller, limit=None)]


@router.get("/interview/sessions/{session_id}")
async def get_session(session_id: RecordId, caller: Caller, session: Session) -> SessionView:
    """One session."""
    return _session_view(await interviews.get(session, caller, session_id))


@router.post("/interview/sessions/{session_id}/start")
async def start_session(session_id: RecordId, caller: Caller, session: Session) -> SessionView:
    """Start a session."""
    return _session_view(await lifecycle.start(session, caller, session_id))


@router.post("/interview/sessions/{session_id}/next-question")
async def next_question(session_id: RecordId, caller: Caller, session: Session) -> QuestionView:
    """Get the next question; a session that has not begun starts with it.

    It follows the answers: a follow-up where the last one left something out, else what tells most about the candidate's level.
    400 when the session is finished, or its `duration_minutes` are over; answers can still be uploaded then, until it is finished.
    """
    return _question_view(await questioning.next_question(session, caller, session_id))


@router.post("/interview/sessions/{session_id}/media", status_code=201, openapi_extra=_FILE_FORM)
async def upload_media(
    session_id: RecordId,
    media_type: Annotated[Literal["audio", "video"], Query(description="What to take of the file.")],
    caller: BriefCaller,
    request: Request,
) -> MediaView:
    """Upload a recording. It answers the newest question without an answer, if there is one."""
    kind = MediaKind(media_type)
    declared = declared_length(request)
    async with transaction() as session:
        await lifecycle.get_open(session, caller, session_id)
        # What the form holds beside the file is let off, so that a file of exactly the limit is taken.
        limit = await recordings.allowance(session, caller, declared and max(0, declared - FORM_OVERHEAD_BYTES))
    file = await form_file(request, "file", limit)
    async with receiving.received(file.chunks, kind=kind, limit_bytes=limit) as received, transaction() as session:
        media = await receiving.store(session, caller, session_id, received, kind=kind, filename=file.filename)
        await analysis.start_if_complete(session, media.exchange_id)
    return _media_view(media)


@router.get("/interview/sessions/{session_id}/media")
async def list_media(session_id: RecordId, caller: Caller, session: Session) -> list[MediaView]:
    """The recordings of a session, newest first."""
    return [_media_view(media) for media in reversed(await recordings.media_of_interview(session, caller, session_id))]


@router.post("/interview/media/{media_id}/transcribe", responses=_WORK, response_model=TranscriptView)
async def transcribe(media_id: RecordId, caller: BriefCaller, response: Response, prefer: Prefer = "") -> Any:
    """Get the transcript of a recording."""
    media, state = await _analysed(caller, media_id, Stage.TRANSCRIBE, prefer, response)
    if not _is_done(state, Stage.TRANSCRIBE):
        return _not_ready(media, state, response)
    async with transaction() as session:
        exchange = await exchanges.get(session, caller, media.exchange_id)
    recognised = state.transcript.text if state.transcript else ""
    return TranscriptView(media_id=COACH.spell_id(media.id), transcript=exchange.corrected_transcript or recognised)


@router.post("/interview/media/{media_id}/report", responses=_WORK, response_model=ReportView)
async def report(media_id: RecordId, caller: BriefCaller, response: Response, prefer: Prefer = "") -> Any:
    """Generate the report on a recording."""
    media, state = await _analysed(caller, media_id, Stage.REPORT, prefer, response)
    if not _is_done(state, Stage.REPORT) or state.report is None:
        return _not_ready(media, state, response)
    return ReportView(
        media_id=COACH.spell_id(media.id),
        feedback=feedback_text(state.report),
        audio_features=_audio_features(state.speech),
        video_features=_video_features(state.vision) if _has_picture(media, state) else None,
    )


async def _analysed(
    caller: Principal, media_id: UUID, stage: Stage, prefer: str, response: Response
) -> tuple[Media, AnalysisState]:
    """Starts the work on a recording if nobody has, and waits for a stage of it as long as the caller wants."""
    seconds, applied = wait_seconds(prefer)
    async with transaction() as session:
        media = await recordings.get_stored(session, caller, media_id)
        await analysis.start(session, media.exchange_id)
    if applied:
        response.headers["Preference-Applied"] = f"wait={seconds}"
    state = await analysis.wait_for(caller, media.exchange_id, stage, seconds)
    assert state is not None, "it was started above, and belongs to the caller"
    return media, state


def _is_done(state: AnalysisState, stage: Stage) -> bool:
    """Whether a stage is done.

    Raises:
        Unavailable: if it, or the analysis before it, was given up.
    """
    row = state.stages[stage]
    if row.status == WorkStatus.DONE:
        return True
    if WorkStatus.FAILED in (row.status, state.analysis.status):
        reason = state.why(stage) or state.why_failed or _("Something unexpected went wrong at this step.")
        raise Unavailable(reason)
    return False


def _not_ready(media: Media, state: AnalysisState, response: Response) -> Response:
    body = WorkView(media_id=COACH.spell_id(media.id), status=state.analysis.status)
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS), **response.headers}
    return JSONResponse(body.model_dump(), status_code=202, headers=headers)


# --- how things are printed -----------------------------------------------------------------------------------------


def feedback_text(found: AnswerReport) -> str:
    """The statements of an answer's report as running text: good, missing, how to say it better, and what was not measured."""
    statements = (*found.good, *found.missing, *found.better, *found.notes)
    return " ".join(fill(statement.message, statement.values) for statement in statements)


def _session_view(interview: Interview) -> SessionView:
    return SessionView(
        id=COACH.spell_id(interview.id),
        status=COACH.word(interview.status),
        started_at=iso_z(interview.started_at),
        ended_at=iso_z(interview.ended_at),
        job_title=interview.job_title or interviews.domain_title(interview),
        job_description=interview.job_description,
        interviewer_type=interview.persona,
        duration_minutes=interview.duration_minutes,
    )


def _media_view(media: Media) -> MediaView:
    return MediaView(
        id=COACH.spell_id(media.id),
        session_id=COACH.spell_id(media.interview_id),
        media_type=media.kind,
        filename=media.filename,
        created_at=iso_z(media.created_at) or "",
    )


def _question_view(exchange: Exchange) -> QuestionView:
    return QuestionView(id=COACH.spell_id(exchange.id), content=exchange.question, type=exchange.question_type)


def _audio_features(speech: Speech | None) -> AudioFeatures:
    if speech is None:
        return AudioFeatures(
            speech_rate=None, pause_ratio=None, filler_word_ratio=None, pitch_variance=None, emotion=None
        )
    return AudioFeatures(
        speech_rate=_rounded(speech.words_per_minute, 1),
        pause_ratio=_rounded(speech.pause_ratio, 3),
        filler_word_ratio=_rounded(speech.filler_word_ratio, 3),
        pitch_variance=_rounded(speech.f0_standard_deviation_hz, 1),
        emotion=None,
    )


def _has_picture(media: Media, state: AnalysisState) -> bool:
    return media.kind == MediaKind.VIDEO and state.decoded is not None and state.decoded.has_video


def _video_features(vision: Vision | None) -> VideoFeatures:
    if vision is None:
        return VideoFeatures(
            eye_contact_score=None,
            smile_ratio=None,
            posture_score=None,
            dominant_emotion=None,
            emotion_distribution={},
        )
    return VideoFeatures(
        eye_contact_score=_rounded(vision.eye_contact, 3),
        smile_ratio=_rounded(vision.smile_ratio, 3),
        posture_score=_rounded(vision.posture, 3),
        dominant_emotion=vision.dominant_expression,
        emotion_distribution=vision.expression_distribution,
    )


def _rounded(figure: Figure, digits: int) -> float | None:
    return None if figure.value is None else round(figure.value, digits)
