"""The one media service: every recording, however it comes, is taken, kept, counted and removed here.

Two ways in, one way to be kept:

* **resumable** (the practice room): ``begin_upload`` → ``receive_part`` as often as needed → ``finish_upload``. The length need not be
  known beforehand; what has arrived survives a lost connection, page or process.
* **in one go** (coach, hiring): ``async with received(…)`` streams to storage and looks at the content, then ``store_upload``.

Bytes are never held in memory whole, and are removed only once the transaction that forgets them has committed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import service as accounts
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import after_commit
from intervi.errors import BadMedia, Conflict, InvalidInput, NotFound, TooLarge, WrongState
from intervi.interviews import service as interviews
from intervi.interviews import timeline
from intervi.interviews.models import AnswerStatus, EventKind, Exchange, Interview, Status
from intervi.recordings import links, repository
from intervi.recordings.content import HEAD_BYTES, Container, container_of, shown_name
from intervi.recordings.models import Media, MediaKind, MediaState
from intervi.recordings.probe import probe
from intervi.recordings.storage import StorageFull, new_key, storage
from intervi.scheduling import invitations
from intervi.settings import settings
from intervi.translation import _, fill

STALE_UPLOAD_SECONDS = 15 * 60
_WRITE_BYTES = 1 << 18
_KEYS_AT_ONCE = 1000
_COUNTED = (MediaState.UPLOADING, MediaState.STORED)


@dataclass(slots=True)
class Received:
    """A whole file that stands in storage."""

    key: str
    size_bytes: int
    content_type: str
    duration_seconds: float | None
    is_kept: bool = False
    """A recording of somebody's has it, and that has committed."""


# --- reading --------------------------------------------------------------------------------------------------------


async def get(session: AsyncSession, principal: Principal, media_id: UUID) -> Media:
    """One recording.

    Raises:
        NotFound: if there is none, or it is somebody else's.
    """
    return _found(await repository.get(session, principal, media_id))


async def get_stored(session: AsyncSession, principal: Principal, media_id: UUID) -> Media:
    """One recording that is complete and counts.

    Raises:
        NotFound: if there is none, it is somebody else's, or it is still coming or was discarded.
    """
    media = await get(session, principal, media_id)
    return _found(media if media.state == MediaState.STORED else None)


async def media_of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> list[Media]:
    """The recordings of an interview that are complete, oldest first.

    Raises:
        NotFound: if the interview is nobody's or somebody else's.
    """
    await interviews.get(session, principal, interview_id)
    return await repository.of_interview(session, principal, interview_id, [MediaState.STORED])


async def kept(session: AsyncSession, principal: Principal) -> list[Media]:
    """Every recording of the principal's that is whole and still there, those recorded again too."""
    media = await repository.of_user(session, principal)
    return [one for one in media if one.state in (MediaState.STORED, MediaState.DISCARDED)]


async def by_link(session: AsyncSession, token: str, *, from_beginning: bool = False) -> Media:
    """The recording that a signed link opens.

    Args:
        from_beginning: It is looked at now, and from there: who looks at a recording of others is kept in its timeline, once an hour.

    Raises:
        NotFound: if the link is forged or expired, or the recording is gone.
    """
    link = links.link_of(token)
    media = _found(await repository.by_signed_id(session, link.media_id))
    if from_beginning:
        await _note_view(session, media, link.viewer)
    return media


async def _note_view(session: AsyncSession, media: Media, viewer: str) -> None:
    owner = Principal(media.user_id)
    interview = await interviews.get(session, owner, media.interview_id)
    if interview.about_others:
        who = viewer or (await accounts.user_of(session, owner)).email
        once = f"{media.id} {who} {now():%Y-%m-%dT%H}"
        await timeline.note_once(session, interview.id, EventKind.VIEWED, once=once, after=media.id, detail=who)


# --- what may be sent -----------------------------------------------------------------------------------------------


async def allowance(session: AsyncSession, principal: Principal, declared_bytes: int | None = None) -> int:
    """How many bytes the principal may send in one recording now.

    Raises:
        TooLarge: if the declared size is more than that, or nothing is left of the quota.
        StorageFull: if the disk has no room for it.
    """
    longest = settings().max_upload_bytes
    if declared_bytes is not None and declared_bytes > longest:
        raise too_large(longest)
    left = settings().quota_bytes_per_user - await repository.bytes_used(session, principal)
    if left <= 0 or (declared_bytes is not None and declared_bytes > left):
        raise _quota_full()
    if not await asyncio.to_thread(storage().has_room_for, declared_bytes or 0):
        raise StorageFull
    return min(longest, left)


def _quota_full() -> TooLarge:
    return TooLarge(_("Your recordings fill the space you have here. Please delete old interviews first."))


def too_large(limit: int) -> TooLarge:
    """The refusal of a recording with more bytes than ``limit``."""
    return TooLarge(
        fill(
            "This recording is too large: {megabytes} MB is the most that can be sent.",
            {"megabytes": max(1, limit // 1024**2)},
        )
    )


# --- in one go ------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def received(
    chunks: AsyncIterator[bytes], *, kind: MediaKind | Callable[[], MediaKind], limit_bytes: int
) -> AsyncIterator[Received]:
    """Streams a file to storage and looks at its content. If the block fails before it is kept, nothing of it is left.

    Args:
        chunks: The file.
        kind: What it is to be; or what tells that once all has come, for a form that says it after the file.
        limit_bytes: The most it may have.

    Raises:
        TooLarge: as soon as more than ``limit_bytes`` have come, or if it is longer than ``max_media_seconds``.
        BadMedia: if it is empty, no recording, cannot be decoded, or has neither the sound nor the picture asked for.
        StorageFull: if the disk is full.
    """
    key = new_key()
    file: Received | None = None
    try:
        await _write(key, chunks, at=0, limit=limit_bytes)
        file = await _examined(key, kind() if callable(kind) else kind)
        yield file
    finally:
        if file is None or not file.is_kept:
            await asyncio.shield(asyncio.to_thread(storage().delete, key))


async def _examined(key: str, kind: MediaKind) -> Received:
    container, size = await _container(key)
    with storage().as_file(key) as path:
        found = await probe(path)
    if kind == MediaKind.VIDEO and not found.has_video:
        raise BadMedia(_("This file has no picture. Send it as audio, or choose another file."))
    if not found.has_audio and not found.has_video:
        raise BadMedia(_("This file has neither sound nor picture."))
    if kind == MediaKind.AUDIO and not found.has_audio:
        raise BadMedia(_("This file has no sound."))
    longest = settings().max_media_seconds
    if (found.duration_seconds or 0) > longest:
        raise TooLarge(
            fill(
                "This recording is too long: {hours:g} hours are the most that can be sent.", {"hours": longest / 3600}
            )
        )
    await asyncio.to_thread(storage().seal, key)
    served_as = container.content_type(MediaKind.VIDEO if found.has_video else MediaKind.AUDIO)
    return Received(key, size, served_as, found.duration_seconds)


async def store_upload(
    session: AsyncSession,
    principal: Principal,
    interview_id: UUID,
    file: Received,
    *,
    kind: MediaKind,
    filename: str | None,
) -> Media:
    """Keeps a received file as the answer to the newest question without one, else as an answer without a question.

    Raises:
        WrongState: if the interview is over.
        TooLarge: if other uploads have filled the quota meanwhile.
    """
    exchange = await interviews.newest_open(session, principal, interview_id)
    if exchange is None:
        exchange = await interviews.append(session, principal, interview_id)
    await interviews.mark_answered(session, principal, exchange.id)
    return await keep(session, principal, exchange, file, kind=kind, filename=filename)


async def keep(
    session: AsyncSession,
    principal: Principal,
    exchange: Exchange,
    file: Received,
    *,
    kind: MediaKind,
    filename: str | None,
) -> Media:
    """Keeps a received file as a recording of an answer whose row the caller holds.

    Raises:
        TooLarge: if other uploads have filled the quota meanwhile.
    """
    media = Media(
        user_id=principal.user_id,
        interview_id=exchange.interview_id,
        exchange_id=exchange.id,
        kind=kind,
        filename=shown_name(filename),
        content_type=file.content_type,
        storage_key=file.key,
        size_bytes=file.size_bytes,
        declared_bytes=file.size_bytes,
        duration_seconds=file.duration_seconds,
        state=MediaState.STORED,
        stored_at=now(),
    )
    session.add(media)
    await session.flush()
    timeline.note(session, exchange.interview_id, EventKind.UPLOAD, after=media.id, detail=media.filename)
    if await repository.bytes_used(session, principal) > settings().quota_bytes_per_user:
        raise _quota_full()

    async def is_kept() -> None:
        file.is_kept = True

    after_commit(session, is_kept)
    return media


# --- resumable ------------------------------------------------------------------------------------------------------


async def begin_upload(
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
        anew: The answer is recorded again: see ``discard``.

    Raises:
        NotFound: if the question is nobody's or somebody else's.
        WrongState: if the interview was cancelled.
        TooLarge, StorageFull: as ``allowance``.
    """
    exchange = await interviews.exchange(session, principal, exchange_id)
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
    await allowance(session, principal, declared_bytes)
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
    return await _write(media.storage_key, chunks, at=at, limit=limit)


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
            raise too_large(settings().max_upload_bytes)
        media.declared_bytes = declared_bytes
    if size != media.size_bytes:
        media.size_bytes, media.received_at = size, now()
    await session.flush()
    return media


async def finish_upload(session: AsyncSession, principal: Principal, media_id: UUID) -> Media:
    """The upload is whole: it counts as a segment of its answer, and what it was recorded in the place of is removed.

    Raises:
        BadMedia: if it is empty or no recording. The caller then removes it with ``abort_upload``.
    """
    media = _found(await repository.get_locked(session, principal, media_id))
    if media.state == MediaState.UPLOADING:
        earlier = await repository.of_exchange(
            session, principal, media.exchange_id, [MediaState.DISCARDED, MediaState.STORED, MediaState.UPLOADING]
        )
        await _seal(media)
        timeline.note(session, media.interview_id, EventKind.UPLOAD, after=media.id, detail=media.filename)
        await forget(session, [other for other in earlier if _is_replaced_by(media, other)])
        await session.flush()
    return media


def is_cut_short(media: Media) -> bool:
    """Settled before its sender had finished: kept for what it has, and replaced if the sender comes back with all of it."""
    return media.state == MediaState.STORED and media.declared_bytes is None


def _is_replaced_by(media: Media, other: Media) -> bool:
    if other.id == media.id:
        return False
    if other.state == MediaState.DISCARDED:
        return True
    return other.offset_seconds == media.offset_seconds and (is_cut_short(other) or _is_begun_anew_by(media, other))


def _is_begun_anew_by(media: Media, other: Media) -> bool:
    """Its sender never heard where it goes on (the answer to its creation was lost), or was told to begin anew."""
    return other.state == MediaState.UPLOADING and other.received_at < media.created_at


async def abort_upload(session: AsyncSession, principal: Principal, media_id: UUID) -> None:
    """Removes an upload that is not wanted any more, and its bytes. What it was to take the place of counts again.

    Raises:
        NotFound: if it is nobody's, somebody else's, or no upload any more.
    """
    media = _uploading(await repository.get_locked(session, principal, media_id))
    await forget(session, [media])
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
        await interviews.mark_answered(session, principal, exchange.id)
        for exchange in await interviews.exchanges(session, principal, interview_id)
        if exchange.status == AnswerStatus.ASKED
        and await repository.of_exchange(session, principal, exchange.id, _COUNTED)
    ]
    return await interviews.complete(session, principal, interview_id), finished


async def settle_stale_uploads(session: AsyncSession, *, idle_seconds: float = STALE_UPLOAD_SECONDS) -> Sequence[UUID]:
    """Closes uploads of anybody that nobody goes on with: what arrived is kept as a segment, what never began is removed.

    For a worker's sweeper, so that an answer never waits for bytes that will not come.

    Returns:
        The exchanges concerned: ``analysis.service.start_if_complete`` is due for each.
    """
    stale = await repository.stale_uploads(session, now() - timedelta(seconds=idle_seconds))
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


# --- removing -------------------------------------------------------------------------------------------------------


async def delete_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> None:
    """Removes an interview with its questions, answers, analyses and media; the bytes once that has committed.

    Raises:
        NotFound: if it is nobody's or somebody else's.
    """
    await invitations.withdraw(session, principal, interview_id)
    media = await repository.of_interview(session, principal, interview_id, list(MediaState))
    await interviews.delete(session, principal, interview_id)
    _remove_after_commit(session, [one.storage_key for one in media])


async def delete_due_interviews(session: AsyncSession) -> int:
    """Deletes anybody's interviews whose deletion can no longer be taken back. For a worker; returns how many."""
    due = await interviews.due_for_deletion(session)
    for interview in due:
        await delete_interview(session, Principal(interview.user_id), interview.id)
    return len(due)


async def delete_account(session: AsyncSession, principal: Principal) -> None:
    """Removes an account with all that belongs to it; the bytes of its recordings once that has committed.

    Raises:
        NotAuthenticated: if it was deleted before.
    """
    # The account's row is held from here on, so that no further recording can come to it.
    await accounts.hold(session, principal)
    media = await repository.of_user(session, principal)
    await accounts.delete(session, principal)
    _remove_after_commit(session, [one.storage_key for one in media])


async def delete_bytes(session: AsyncSession, media: Sequence[Media]) -> None:
    """Deletes what was recorded, and all that was made from it, once that has committed. The rows stay and say when."""
    for one in media:
        one.state, one.deleted_at = MediaState.DELETED, now()
        one.playback_key, one.size_bytes = None, 0
        session.add(one)
    await session.flush()
    _remove_after_commit(session, [one.storage_key for one in media])


async def orphans(session: AsyncSession, *, idle_seconds: float) -> list[str]:
    """The keys in storage that belong to no recording and have not changed for so long."""
    before = now() - timedelta(seconds=idle_seconds)
    old = await asyncio.to_thread(lambda: [key for key, changed in storage().list_keys() if changed < before])
    found: list[str] = []
    for start in range(0, len(old), _KEYS_AT_ONCE):
        keys = old[start : start + _KEYS_AT_ONCE]
        found += set(keys) - await repository.known_keys(session, keys)
    return sorted(found)


# --- helpers --------------------------------------------------------------------------------------------------------


async def _write(key: str, chunks: AsyncIterator[bytes], *, at: int, limit: int) -> int:
    """Appends chunks to a recording in storage, in larger pieces, each off the event loop."""
    with ExitStack() as stack:
        writer = await asyncio.to_thread(stack.enter_context, storage().writer(key))
        if writer.size != at:
            raise Conflict(
                fill("This recording goes on at byte {size}, not at byte {at}.", {"size": writer.size, "at": at})
            )
        pending = bytearray()
        try:
            async for chunk in chunks:
                if writer.size + len(pending) + len(chunk) > limit:
                    raise too_large(limit)
                pending += chunk
                if len(pending) >= _WRITE_BYTES:
                    piece, pending = pending, bytearray()
                    await asyncio.to_thread(writer.write, piece)
        finally:
            # What came before the connection broke is kept, too.
            if pending:
                await asyncio.to_thread(writer.write, pending)
        return writer.size


async def _container(key: str) -> tuple[Container, int]:
    """What kind of file stands at a key, and its size."""
    size = await asyncio.to_thread(storage().size, key)
    if size == 0:
        raise BadMedia(_("This recording is empty."))
    container = container_of(await asyncio.to_thread(storage().read, key, 0, HEAD_BYTES))
    if container is None:
        raise BadMedia(
            _("This file is no recording of a kind that is known here, such as WebM, MP4, Ogg, WAV, FLAC or MP3.")
        )
    return container, size


async def _seal(media: Media) -> None:
    container, size = await _container(media.storage_key)
    await asyncio.to_thread(storage().seal, media.storage_key)
    media.content_type = container.content_type(media.kind)
    media.size_bytes = size
    media.state, media.stored_at = MediaState.STORED, now()


async def _settle(session: AsyncSession, media: Media) -> None:
    """Closes an upload with what arrived; removes it if that is no recording."""
    try:
        await _seal(media)
    except BadMedia:
        await forget(session, [media])


async def forget(session: AsyncSession, media: Sequence[Media]) -> None:
    """Removes rows now, and their bytes once that has committed."""
    for one in media:
        await session.delete(one)
    _remove_after_commit(session, [one.storage_key for one in media])


def _remove_after_commit(session: AsyncSession, keys: Sequence[str]) -> None:
    async def remove() -> None:
        for key in keys:
            await asyncio.to_thread(storage().delete, key)

    after_commit(session, remove)


def _found(media: Media | None) -> Media:
    if media is None:
        raise NotFound(_("There is no such recording."))
    return media


def _uploading(media: Media | None) -> Media:
    found = _found(media)
    if found.state != MediaState.UPLOADING:
        raise NotFound(_("This recording is no longer being sent."))
    return found
