"""Bytes on their way to storage, and what kind of file they make."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack

from intervi.errors import BadMedia, Conflict
from intervi.recordings.content import HEAD_BYTES, Container, container_of
from intervi.recordings.service import too_large
from intervi.recordings.storage import storage
from intervi.translation import _, fill

_WRITE_BYTES = 1 << 18


async def write(key: str, chunks: AsyncIterator[bytes], *, at: int, limit: int) -> int:
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


async def kind_of_file(key: str) -> tuple[Container, int]:
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
