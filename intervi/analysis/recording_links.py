"""Signed links to what there is of an interview to look at, listen to and read. Whoever has one may, until it expires."""

from dataclasses import dataclass
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis import turns
from intervi.errors import NotFound
from intervi.ids import hex24, parse_id
from intervi.recordings import links
from intervi.recordings import service as recordings
from intervi.recordings.models import Media, MediaKind
from intervi.settings import settings
from intervi.translation import _, fill


@dataclass(frozen=True, slots=True)
class RecordingLinks:
    """Addresses on this server; ``None`` where there is no such thing."""

    video: str | None
    audio: str | None
    transcript: str | None


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> RecordingLinks | None:
    """The first recording of each kind as it was stored, and all that was said as text; ``None`` if there is nothing.

    Raises:
        NotFound: if there is no such interview of the principal's.
    """
    media = await recordings.media_of_interview(session, principal, interview_id)
    has_words = any(turn.answer for turn in await turns.of_interview(session, principal, interview_id))
    if not media and not has_words:
        return None
    return RecordingLinks(
        video=_first(media, MediaKind.VIDEO),
        audio=_first(media, MediaKind.AUDIO),
        transcript=_transcript_path(principal, interview_id) if has_words else None,
    )


async def transcript_by_link(session: AsyncSession, signed: str) -> str:
    """The text that a signed link opens: each question with its answer, in the order spoken.

    Raises:
        NotFound: if the link is none of ours or has expired, or the interview is gone.
    """
    try:
        owner, interview = map(parse_id, _serializer().loads(signed, max_age=settings().signed_link_seconds))
    except (BadData, TypeError, ValueError, AttributeError):
        owner = interview = None
    if owner is None or interview is None:
        raise NotFound(_("This link has expired or is not complete."))
    spoken = await turns.of_interview(session, Principal(owner), interview)
    return "\n\n".join(_printed(turn) for turn in spoken if turn.answer) + "\n"


def _printed(turn: turns.Turn) -> str:
    answer = fill("Answer: {text}", {"text": turn.answer or ""})
    question = turn.exchange.question
    return "\n".join([fill("Question: {text}", {"text": question}), answer]) if question else answer


def _first(media: list[Media], kind: MediaKind) -> str | None:
    return next((links.signed_path(each) for each in media if each.kind == kind), None)


def _transcript_path(principal: Principal, interview_id: UUID) -> str:
    return f"/media/transcripts/{_serializer().dumps([hex24(principal.user_id), hex24(interview_id)])}"


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().signing_key, salt="intervi.analysis.transcripts")
