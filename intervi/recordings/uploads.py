"""A recording that comes in parts, each of which may be the last for a while: segments of an answer while it is recorded."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.errors import BadMedia, InvalidInput, NotFound, WrongState
from intervi.interviews import answers, exchanges, lifecycle, timeline
from intervi.interviews import service as interviews
from intervi.interviews.models import AnswerStatus, EventKind, Exchange, Interview, Status
from intervi.recordings import removal, repository, service, writing
from intervi.recordings.content import shown_name
from intervi.recordings.models import Media, MediaKind, MediaState
from intervi.recordings.storage import new_key, storage
from intervi.settings import settings
from intervi.translation import _

STALE_SECONDS = 15 * 60
_COUNTED = (MediaState.UPLOADING, MediaState.STORED)


async def begin(
    session: AsyncSession,
    principal: Principal,
    *,
    exchange_id: UUID,
    kind: MediaKind,
    filename: str | None,
    offset_seconds: float = 0.0,
    declared_bytes: int | None = None,
    anew: bool = False,
) -> Media:
    """Opens the upload of one recorded segment of an answer. A completed interview still takes what was recorded in it.

    Args:
        offset_seconds: Where the segment begins in its answer.
        declared_bytes: Its length, if that is known already.
        anew: The answer is recorded again: see :func:`discard`.

    Raises:
        NotFound: if the question is nobody's or somebody else's.
        WrongState: if the interview was cancelled.
        TooLarge, StorageFull: as ``service.allowance``.
    """
    exchange = await exchanges.get(session, principal, exchange_id)
    interview = await interviews.get(session, principal, exchange.interview_id)
    if interview.status == Status.CANCELLED:
        raise WrongState(
            _("This interview was cancelled, so it takes no recordings."),
            current=interview.status,
            wanted=Status.ACTIVE,
        )
    if not 0 <= offset_seconds <= settings().max_media_seconds:
        raise InvalidInput(
            _("Please check what you sent."), details={"offset_seconds": [_("This is outside of any answer.")]}
        )
    await service.allowance(session, principal, declared_bytes)
    if anew:
        await discard(session, principal, exchange_id)
    media = Media(
        user_id=principal.user_id,
        interview_id=exchange.interview_id,
        exchange_id=exchange.id,
        kind=kind,
        filename=shown_name(filename),
        storage_key=new_key(),
        offset_seconds=offset_seconds,
        declared_bytes=declared_bytes,
    )
    session.add(media)
    await session.flush()
    return media


async def received_bytes(media: Media) -> int:
    """How much of an upload has arrived: where it goes on."""
    return await asyncio.to_thread(storage().size, media.storage_key)


async def receive_part(media: Media, chunks: AsyncIterator[bytes], *, at: int, limit_bytes: int) -> int:
    """Appends what comes, and returns how much there is then. What arrived before an error is kept.

    Raises:
        Conflict: if ``at`` is not where the upload goes on, or somebody else is sending it.
        TooLarge: if more comes than ``limit_bytes`` or than was declared.
        StorageFull: if the disk is full.
    """
    limit = limit_bytes if media.declared_bytes is None else min(limit_bytes, media.declared_bytes)
    return await writing.write(media.storage_key, chunks, at=at, limit=limit)


async def note_received(
    session: AsyncSession, principal: Principal, media_id: UUID, *, declared_bytes: int | None = None
) -> Media:
    """Keeps how far an upload has come and, once known, how long it will be.

    Raises:
        NotFound: if it is nobody's, somebody else's, or no upload any more.
        InvalidInput: if a length was declared before and this is another, or less than what has arrived.
    """
    media = _uploading(await repository.get_locked(session, principal, media_id))
    size = await received_bytes(media)
    if declared_bytes is not None:
        if media.declared_bytes not in (None, declared_bytes) or declared_bytes < size:
            raise InvalidInput(_("The length of this recording does not fit what was sent before."))
        if declared_bytes > settings().max_upload_bytes:
            raise service.too_large(settings().max_upload_bytes)
        media.declared_bytes = declared_bytes
    if size != media.size_bytes:
        media.size_bytes, media.received_at = size, now()
    await session.flush()
    return media


async def finish(session: AsyncSession, principal: Principal, media_id: UUID) -> Media:
    """The upload is whole: it counts as a segment of its answer, and what it was recorded in the place of is removed.

    Raises:
        BadMedia: if it is empty or no recording. The caller then removes it with :func:`abort`.
    """
    media = service.found(await repository.get_locked(session, principal, media_id))
    if media.state == MediaState.UPLOADING:
        earlier = await repository.of_exchange(
            session, principal, media.exchange_id, [MediaState.DISCARDED, MediaState.STORED, MediaState.UPLOADING]
        )
        await _seal(media)
        await _count_if_late(session, media)
        timeline.note(session, media.interview_id, EventKind.UPLOAD, after=media.id, detail=media.filename)
        await removal.forget(session, [other for other in earlier if _is_replaced_by(media, other)])
        await session.flush()
    return media


def is_cut_short(media: Media) -> bool:
    """Settled before its sender had finished: kept for what it has, and replaced if the sender comes back with all of it."""
    return media.state == MediaState.STORED and media.declared_bytes != media.size_bytes


def _is_replaced_by(media: Media, other: Media) -> bool:
    if other.id == media.id:
        return False
    if other.state == MediaState.DISCARDED:
        return True
    return other.offset_seconds == media.offset_seconds and (is_cut_short(other) or _is_begun_anew_by(media, other))


def _is_begun_anew_by(media: Media, other: Media) -> bool:
    """Its sender never heard where it goes on (the answer to its creation was lost), or was told to begin anew."""
    return other.state == MediaState.UPLOADING and other.received_at < media.created_at


async def abort(session: AsyncSession, principal: Principal, media_id: UUID) -> None:
    """Removes an upload that is not wanted any more, and its bytes. What it was to take the place of counts again.

    Raises:
        NotFound: if it is nobody's, somebody else's, or no upload any more.
    """
    media = _uploading(await repository.get_locked(session, principal, media_id))
    await removal.forget(session, [media])
    await session.flush()
    await _restore(session, principal, media.exchange_id)


async def discard(session: AsyncSession, principal: Principal, exchange_id: UUID) -> None:
    """The candidate records an answer again: what was recorded no longer counts, but is kept until the new recording is stored."""
    for media in await repository.of_exchange(session, principal, exchange_id, _COUNTED):
        media.state = MediaState.DISCARDED
    await session.flush()


async def complete_interview(
    session: AsyncSession, principal: Principal, interview_id: UUID
) -> tuple[Interview, Sequence[Exchange]]:
    """Completes an interview without losing an answer that was recorded but not finished.

    Returns:
        The interview, and the answers that were finished by this: ``analysis.service.start_if_complete`` is due for each.
    """
    finished = [
        await answers.mark_answered(session, principal, exchange.id)
        for exchange in await exchanges.of_interview(session, principal, interview_id)
        if exchange.status == AnswerStatus.ASKED
        and await repository.of_exchange(session, principal, exchange.id, _COUNTED)
    ]
    return await lifecycle.complete(session, principal, interview_id), finished


async def settle_stale(session: AsyncSession, *, idle_seconds: float = STALE_SECONDS) -> Sequence[UUID]:
    """Closes uploads of anybody that nobody goes on with: what arrived is kept as a segment, what never began is removed.

    For a worker's sweeper, so that an answer never waits for bytes that will not come. What is being sent, however slowly, is left alone.

    Returns:
        The exchanges concerned: ``analysis.service.start_if_complete`` is due for each.
    """
    silent = await repository.stale_uploads(session, now() - timedelta(seconds=idle_seconds))
    stale = [one for one in silent if not await asyncio.to_thread(storage().is_written, one.storage_key)]
    for media in stale:
        await _settle(session, media)
        await session.flush()
        await _restore(session, Principal(media.user_id), media.exchange_id)
    return sorted({media.exchange_id for media in stale})


async def _restore(session: AsyncSession, principal: Principal, exchange_id: UUID) -> None:
    """Recorded again, but nothing came of it: the earlier recording counts."""
    if await repository.of_exchange(session, principal, exchange_id, _COUNTED):
        return
    for media in await repository.of_exchange(session, principal, exchange_id, [MediaState.DISCARDED]):
        await _settle(session, media)
    await session.flush()


async def _seal(media: Media) -> None:
    container, size = await writing.kind_of_file(media.storage_key)
    await asyncio.to_thread(storage().seal, media.storage_key)
    media.content_type = container.content_type(media.kind)
    media.size_bytes = size
    media.state, media.stored_at = MediaState.STORED, now()


async def _settle(session: AsyncSession, media: Media) -> None:
    """Closes an upload with what arrived; removes it if that is no recording."""
    try:
        await _seal(media)
        await _count_if_late(session, media)
    except BadMedia:
        await removal.forget(session, [media])


async def _count_if_late(session: AsyncSession, media: Media) -> None:
    """What only begins to arrive after its interview's end, recorded without a network or while the server was away, is an answer too: at
    the end its question was taken to be left out. One that the candidate left out stays so."""
    principal = Principal(media.user_id)
    exchange = await exchanges.get(session, principal, media.exchange_id)
    interview = await interviews.get(session, principal, media.interview_id)
    is_late = interview.status == Status.COMPLETED and interview.ended_at and interview.ended_at <= media.created_at
    if is_late and exchange.status != AnswerStatus.ANSWERED:
        await answers.mark_answered(session, principal, exchange.id)


def _uploading(media: Media | None) -> Media:
    found = service.found(media)
    if found.state != MediaState.UPLOADING:
        raise NotFound(_("This recording is no longer being sent."))
    return found
