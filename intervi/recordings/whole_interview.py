"""The recording of a whole interview of others: one file with everybody on it, sent in when it is over, or streams of it while it goes on
(more than one, if a connection breaks)."""

from collections.abc import Callable
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.errors import InvalidInput, NotFound, WrongState
from intervi.interviews import answers, exchanges, timeline
from intervi.interviews import service as interviews
from intervi.interviews.checks import check_text
from intervi.interviews.models import EventKind, Exchange, Status
from intervi.recordings import receiving, removal, repository, uploads
from intervi.recordings.models import Media, MediaKind, MediaState
from intervi.recordings.receiving import Received
from intervi.translation import _

CATEGORY = "recording"
"""Of the exchange that stands for the whole recording."""
MAX_CONSENT_CHARACTERS = 500
_STREAM = "stream.wav"


async def store(
    session: AsyncSession,
    principal: Principal,
    interview_id: UUID,
    file: Received,
    *,
    kind: MediaKind,
    filename: str | None,
    consented_by: str = "",
) -> Media:
    """Keeps a received file as the interview's recording; it takes the place of an earlier one. A finished interview takes it, too.

    Args:
        consented_by: who agreed to being recorded, in the owner's words; kept in the timeline.

    Raises:
        NotFound: if there is no such interview of the principal's.
        InvalidInput: if the interview is the principal's own practice.
        WrongState: if it was cancelled.
        TooLarge: if other uploads have filled the quota meanwhile.
    """
    check_text("consentedBy", consented_by, MAX_CONSENT_CHARACTERS)
    exchange = await _place(session, principal, interview_id)
    exchange.corrected_transcript = None
    await answers.mark_answered(session, principal, exchange.id)
    earlier = await repository.of_exchange(session, principal, exchange.id, list(MediaState))
    media = await receiving.keep(session, principal, exchange, file, kind=kind, filename=filename)
    await removal.forget(session, earlier)
    if consented_by.strip():
        timeline.note(session, interview_id, EventKind.CONSENT, after=media.id, detail=consented_by.strip())
    return media


async def begin_stream(
    session: AsyncSession, principal: Principal, interview_id: UUID, *, seconds_of: Callable[[int], float]
) -> Media:
    """Opens a recording whose bytes come while it is recorded (``uploads.receive_part``). It goes on where an earlier stream ended.

    Args:
        seconds_of: How long a stream of so many bytes is.

    Raises: as :func:`store`.
    """
    exchange = await _place(session, principal, interview_id)
    there = await repository.of_exchange(session, principal, exchange.id, [MediaState.UPLOADING, MediaState.STORED])
    ends = [one.offset_seconds + seconds_of(one.size_bytes) for one in there if _is_streamed(one)]
    return await uploads.begin(
        session,
        principal,
        exchange_id=exchange.id,
        kind=MediaKind.AUDIO,
        filename=_STREAM,
        offset_seconds=max(ends, default=0.0),
    )


def _is_streamed(media: Media) -> bool:
    return media.filename == _STREAM and media.declared_bytes is None


async def finish_stream(session: AsyncSession, principal: Principal, media: Media) -> None:
    """The stream has ended. With those before it, it takes the place of a file that was sent in."""
    exchange = await answers.mark_answered(session, principal, media.exchange_id)
    exchange.corrected_transcript = None
    earlier = await repository.of_exchange(session, principal, media.exchange_id, list(MediaState))
    await uploads.finish(session, principal, media.id)
    await removal.forget(session, [each for each in earlier if not _is_streamed(each)])


async def _place(session: AsyncSession, principal: Principal, interview_id: UUID) -> Exchange:
    """What stands for the recording of an interview that takes one, made if there is none."""
    interview = await interviews.hold(session, principal, interview_id)
    if not interview.about_others:
        raise InvalidInput(_("Recordings of others go to interviews that were made for that."))
    if interview.status == Status.CANCELLED:
        raise WrongState(
            _("This interview was cancelled, so it takes no recordings."),
            current=interview.status,
            wanted=Status.ACTIVE,
        )
    found = await exchange_of(session, principal, interview_id)
    return found or await exchanges.append_to(session, interview, question="", category=CATEGORY)


async def exchange_of(session: AsyncSession, principal: Principal, interview_id: UUID) -> Exchange | None:
    """What stands for the interview's recording; ``None``: there is none yet."""
    asked = await exchanges.of_interview(session, principal, interview_id)
    return next((exchange for exchange in asked if exchange.category == CATEGORY), None)


async def remove(session: AsyncSession, principal: Principal, interview_id: UUID) -> None:
    """Removes the recording with its transcript and figures, whatever is being done with it; the bytes once that has committed.

    Raises:
        NotFound: there is no recording.
    """
    await interviews.hold(session, principal, interview_id)
    exchange = await exchange_of(session, principal, interview_id)
    if exchange is None:
        raise NotFound(_("This interview has no recording."))
    await removal.forget(session, await repository.of_exchange(session, principal, exchange.id, list(MediaState)))
    await session.flush()
    await session.delete(exchange)
    await session.flush()
