"""Transcription: 7 of the hiring contract's endpoints; the eighth is the stream (``intervi.live``)."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from intervi.accounts.api_keys import Scope
from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.analysis import transcripts
from intervi.analysis.transcripts import InterviewTranscript, Utterance, clock
from intervi.api.contract import HIRING
from intervi.api.dependencies import RecordId, Session, scoped_caller_of
from intervi.api.hiring.envelope import EXAMPLE_ID, EXAMPLE_TIME, Done, Found, done, found
from intervi.api.requests import declared_length
from intervi.api.routes import router_of
from intervi.api.schemas import NOT_BLANK, CamelModel
from intervi.api.streaming import FORM_OVERHEAD_BYTES, brief_scoped_caller_of, form_file
from intervi.clock import iso_z
from intervi.database import transaction
from intervi.errors import InvalidInput, NotFound
from intervi.ids import parse_id, prefixed
from intervi.recordings import receiving, whole_interview
from intervi.recordings import service as recordings
from intervi.recordings.models import MediaKind
from intervi.translation import _

BASE = "/api/v1/transcription"

router = router_of(HIRING)

Reader = Annotated[Principal, Depends(scoped_caller_of(HIRING, Scope.TRANSCRIPTION_READ))]
Writer = Annotated[Principal, Depends(scoped_caller_of(HIRING, Scope.TRANSCRIPTION_WRITE))]
BriefWriter = Annotated[Principal, Depends(brief_scoped_caller_of(HIRING, Scope.TRANSCRIPTION_WRITE, from_pages=True))]

_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "interviewId", "format"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "interviewId": {"type": "string", "example": EXAMPLE_ID},
                        "format": {"type": "string", "enum": ["audio", "video"]},
                        "consentedBy": {
                            "type": "string",
                            "description": "Who agreed to being recorded; kept in the timeline.",
                            "example": "candidate456, interviewer1",
                        },
                    },
                }
            }
        },
    }
}


class UploadView(CamelModel):
    """A recording that was sent in; its transcription has begun."""

    interview_id: str = Field(examples=[EXAMPLE_ID])
    media_id: str = Field(examples=["media-64a7b8c9d1234567890abce0"])
    format: str = Field(examples=["audio"])
    status: str = Field(examples=["pending"])
    uploaded_at: str = Field(examples=[EXAMPLE_TIME])


class UtteranceView(CamelModel):
    """Something one speaker said."""

    timestamp: str = Field(examples=["00:00:15"])
    speaker: str = Field(examples=["interviewer"])
    """`interviewer` or `candidate`, or the name that was given."""
    text: str = Field(examples=["Tell me about your experience with React"])
    start: float = Field(examples=[15.2])
    """Seconds."""
    end: float = Field(examples=[18.9])


class TranscriptionView(CamelModel):
    """What was said, as far as it is transcribed."""

    status: str = Field(examples=["completed"])
    """`pending`, `processing`, `completed` or `failed`."""
    reason: str | None = Field(examples=[None])
    transcription: list[UtteranceView]
    confidence: float | None = Field(examples=[0.95])
    """The recogniser's mean probability of a word."""
    speaker_confidence: float | None = Field(examples=[0.9])
    """0.5 (a guess) to 1: how sure it is who speaks."""
    duration: float | None = Field(examples=[3600])
    """Seconds."""
    engine: str | None = Field(examples=["faster-whisper base"])
    rough: bool = Field(examples=[False])
    """The recogniser was unsure of most words; content is not judged by them."""


class StatusView(CamelModel):
    """How far a transcription is."""

    interview_id: str = Field(examples=[EXAMPLE_ID])
    status: str = Field(examples=["processing"])
    reason: str | None = Field(examples=[None])


class SearchView(CamelModel):
    """Where something was said."""

    query: str = Field(examples=["React"])
    total: int = Field(examples=[1])
    matches: list[UtteranceView]


class Names(CamelModel):
    """What to call the speakers."""

    interviewer: str | None = Field(None, examples=["Ms Rossi"])
    candidate: str | None = Field(None, examples=["Mr Okafor"])


class SpeakerChanges(CamelModel):
    """Who is who: names, or that each was taken for the other."""

    swap: bool = False
    speakers: Names | None = None


class SpeakersView(CamelModel):
    """What the speakers are called."""

    speakers: Names


@router.post(f"{BASE}/upload", status_code=201, openapi_extra=_FORM)
async def upload_recording(caller: BriefWriter, request: Request) -> Found[UploadView]:
    """Send in the recording of an interview; an earlier one is replaced. Transcription and analysis begin at once."""
    declared = declared_length(request)
    async with transaction() as session:
        limit = await recordings.allowance(session, caller, declared and max(0, declared - FORM_OVERHEAD_BYTES))
    file = await form_file(request, "file", limit)
    # A form may name the interview before the file or after it.
    async with receiving.received(file.chunks, kind=lambda: _checked(file.fields)[1], limit_bytes=limit) as received:
        interview_id, kind = _checked(file.fields)
        async with transaction() as session:
            media = await whole_interview.store(
                session,
                caller,
                interview_id,
                received,
                kind=kind,
                filename=file.filename,
                consented_by=file.fields.get("consentedBy", ""),
            )
            await analysis.start_if_complete(session, media.exchange_id)
    view = UploadView(
        interview_id=HIRING.spell_id(media.interview_id),
        media_id=prefixed("media", media.id),
        format=media.kind,
        status=transcripts.Progress.PENDING,
        uploaded_at=iso_z(media.created_at),
    )
    return found(view, "Recording uploaded successfully")


def _checked(fields: Mapping[str, str]) -> tuple[UUID, MediaKind]:
    required = _("This is required.")
    problems = {name: [required] for name in ("interviewId", "format") if not fields.get(name)}
    if fields.get("format") and fields["format"] not in list(MediaKind):
        problems["format"] = [_("This must be audio or video.")]
    if problems:
        raise InvalidInput(_("Some of what was sent is not valid."), details=problems)
    interview_id = parse_id(fields["interviewId"])
    if interview_id is None:
        raise NotFound(_("There is no such interview."))
    return interview_id, MediaKind(fields["format"])


@router.get(f"{BASE}/{{interview_id}}")
async def get_transcription(interview_id: RecordId, caller: Reader, session: Session) -> Found[TranscriptionView]:
    """The transcription of an interview's recording, as far as it is."""
    return found(
        _view(await transcripts.of_recording(session, caller, interview_id)), "Transcription retrieved successfully"
    )


@router.get(f"{BASE}/{{interview_id}}/status")
async def get_transcription_status(interview_id: RecordId, caller: Reader, session: Session) -> Found[StatusView]:
    """How far the transcription is."""
    kept = await transcripts.of_recording(session, caller, interview_id)
    view = StatusView(interview_id=HIRING.spell_id(interview_id), status=kept.progress, reason=kept.reason)
    return found(view, "Transcription status retrieved successfully")


_PRINTED = {
    "srt": (transcripts.as_srt, "application/x-subrip"),
    "vtt": (transcripts.as_vtt, "text/vtt"),
    "txt": (transcripts.as_text, "text/plain"),
}


@router.get(
    f"{BASE}/{{interview_id}}/export",
    response_class=Response,
    responses={
        200: {
            "content": {
                **{media_type: {"schema": {"type": "string"}} for _printed, media_type in _PRINTED.values()},
                "application/json": {"schema": {"$ref": "#/components/schemas/TranscriptionView"}},
            }
        }
    },
)
async def export_transcription(
    interview_id: RecordId,
    caller: Reader,
    session: Session,
    format: Annotated[  # noqa: A002 - the contract's name
        Literal["srt", "vtt", "txt", "json"], Query(description="Of the file.")
    ] = "json",
) -> Any:
    """The transcription as a file: subtitles (`srt`, `vtt`), text, or the bare JSON document."""
    kept = await transcripts.of_recording(session, caller, interview_id)
    name = f"{HIRING.spell_id(interview_id)}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if format == "json":
        return JSONResponse(_view(kept).model_dump(by_alias=True), headers=headers)
    printed, media_type = _PRINTED[format]
    return Response(printed(kept), media_type=f"{media_type}; charset=utf-8", headers=headers)


@router.get(f"{BASE}/{{interview_id}}/search")
async def search_transcription(
    interview_id: RecordId,
    caller: Reader,
    session: Session,
    q: Annotated[str, Query(min_length=1, max_length=200, pattern=NOT_BLANK, description="The words.")],
) -> Found[SearchView]:
    """Where these words were said, in any case."""
    kept = await transcripts.of_recording(session, caller, interview_id)
    matches = [_utterance(kept, each) for each in transcripts.search(kept, q)]
    return found(SearchView(query=q, total=len(matches), matches=matches), "Search completed successfully")


@router.put(f"{BASE}/{{interview_id}}/speakers")
async def set_speakers(
    interview_id: RecordId, body: SpeakerChanges, caller: Writer, session: Session
) -> Found[SpeakersView]:
    """Name the speakers, or swap them; after a swap what the candidate said is measured anew."""
    given = {speaker: name for speaker in transcripts.SPEAKERS if (name := getattr(body.speakers, speaker, None))}
    await transcripts.set_speakers(session, caller, interview_id, names=given, swap=body.swap)
    kept = await transcripts.of_recording(session, caller, interview_id)
    return found(SpeakersView(speakers=Names(**kept.names)), "Speakers updated successfully")


@router.delete(f"{BASE}/{{interview_id}}")
async def delete_transcription(interview_id: RecordId, caller: Writer, session: Session) -> Done:
    """Delete the recording with its transcription and figures."""
    await whole_interview.remove(session, caller, interview_id)
    return done("Transcription deleted successfully")


def _view(kept: InterviewTranscript) -> TranscriptionView:
    return TranscriptionView(
        status=kept.progress,
        reason=kept.reason,
        transcription=[_utterance(kept, each) for each in kept.utterances],
        confidence=kept.confidence,
        speaker_confidence=kept.speaker_confidence,
        duration=kept.duration_seconds,
        engine=kept.engine,
        rough=kept.rough,
    )


def _utterance(kept: InterviewTranscript, each: Utterance) -> UtteranceView:
    return UtteranceView(
        timestamp=clock(each.start),
        speaker=kept.names[each.speaker],
        text=each.text,
        start=round(each.start, 3),
        end=round(each.end, 3),
    )
