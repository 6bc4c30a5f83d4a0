"""Keeps what is heard over a stream as the interview's recording, while it is heard: what came before a crash is there."""

import logging
import struct
from collections.abc import AsyncIterator
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import exc
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.database import transaction
from intervi.live.voice import RATE
from intervi.recordings import service as recordings
from intervi.recordings import uploads, whole_interview
from intervi.recordings.models import Media

log = logging.getLogger(__name__)

_FLUSH_BYTES = 5 * RATE * 2
"""Five seconds."""
_MOST_BYTES = 600 * RATE * 2
"""Ten minutes: so much waits in memory for a database that is away."""
_PATIENCE_SECONDS = 60
"""How long the end of a stream waits for it."""
_AWAY = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
_UNKNOWN = 0xFFFFFFFF
"""What programs that write a WAV to a pipe put where its length would be."""


class StreamedRecording:
    """One stream, 16 kHz, kept as 16-bit PCM."""

    def __init__(self, principal: Principal, interview_id: UUID) -> None:
        self._principal, self._interview_id = principal, interview_id
        self._media: Media | None = None
        self._pending = bytearray(_wav_header())
        self._sent = 0
        self._due_bytes = _FLUSH_BYTES

    async def add(self, samples: NDArray[np.float32]) -> None:
        """Keeps samples; they are written every few seconds, and once the database is there again.

        Raises:
            TooLarge, StorageFull: there is no room for more.
        """
        self._pending += (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
        if len(self._pending) < self._due_bytes:
            return
        try:
            await self._flush()
        except _AWAY as error:
            if len(self._pending) > _MOST_BYTES:
                raise
            log.warning("what was heard is not kept yet: %s", error)
            self._due_bytes = len(self._pending) + _FLUSH_BYTES
        else:
            self._due_bytes = _FLUSH_BYTES

    async def finish(self) -> None:
        """The stream has ended: what was heard is the interview's recording, and is analysed. Nothing heard: nothing is kept."""
        if self._media is None and len(self._pending) <= len(_wav_header()):
            return
        # Nobody waits for it any more, and what is not kept now is lost.
        patiently = AsyncRetrying(
            retry=retry_if_exception_type(_AWAY),
            wait=wait_fixed(1.0),
            stop=stop_after_delay(_PATIENCE_SECONDS),
            reraise=True,
        )
        await patiently(self._finish)

    async def _finish(self) -> None:
        if self._pending:
            await self._flush()
        assert self._media is not None
        async with transaction() as session:
            await whole_interview.finish_stream(session, self._principal, self._media)
            await analysis.start_if_complete(session, self._media.exchange_id)

    async def _flush(self) -> None:
        async with transaction() as session:
            media = self._media or await whole_interview.begin_stream(
                session, self._principal, self._interview_id, seconds_of=_seconds_of
            )
            limit = self._sent + await recordings.allowance(session, self._principal)
        self._media = media
        piece = bytes(self._pending)
        self._sent = await uploads.receive_part(self._media, _once(piece), at=self._sent, limit_bytes=limit)
        self._pending.clear()
        async with transaction() as session:
            await uploads.note_received(session, self._principal, self._media.id)


def _seconds_of(size_bytes: int) -> float:
    return max(0, size_bytes - len(_wav_header())) / (2 * RATE)


async def _once(piece: bytes) -> AsyncIterator[bytes]:
    yield piece


def _wav_header() -> bytes:
    """Of PCM whose length is not known (Microsoft & IBM 1991, as written to pipes)."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", _UNKNOWN, b"WAVE") + form + struct.pack("<4sI", b"data", _UNKNOWN)
