"""A recording that comes in one go: streamed to storage, looked at, then kept."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import after_commit
from intervi.errors import BadMedia, TooLarge
from intervi.interviews import answers, exchanges, timeline
from intervi.interviews.models import EventKind, Exchange
from intervi.recordings import repository, writing
from intervi.recordings.content import shown_name
from intervi.recordings.models import Media, MediaKind, MediaState
from intervi.recordings.probe import probe
from intervi.recordings.service import quota_full
from intervi.recordings.storage import new_key, storage
from intervi.settings import settings
from intervi.translation import _, fill


@dataclass(slots=True)
class Received:
    """A whole file that stands in storage."""

    key: str
    size_bytes: int
    content_type: str
    duration_seconds: float | None
    is_kept: bool = False
    """A recording of somebody's has it, and that has committed."""


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
        await writing.write(key, chunks, at=0, limit=limit_bytes)
        file = await _examined(key, kind() if callable(kind) else kind)
        yield file
    finally:
        if file is None or not file.is_kept:
            await asyncio.shield(asyncio.to_thread(storage().delete, key))


async def _examined(key: str, kind: MediaKind) -> Received:
    container, size = await writing.kind_of_file(key)
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


async def store(
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
    exchange = await exchanges.newest_open(session, principal, interview_id)
    if exchange is None:
        exchange = await exchanges.append(session, principal, interview_id)
    await answers.mark_answered(session, principal, exchange.id)
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
        raise quota_full()

    async def is_kept() -> None:
        file.is_kept = True

    after_commit(session, is_kept)
    return media
