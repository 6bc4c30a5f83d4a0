"""``/transcription/stream/{interview_id}`` of the hiring contract: speech in, its words out while it is spoken.

As published: binary Float32 chunks, 16 kHz unless a first ``{"type": "config", "sampleRate": N}`` says otherwise, and
``{"type": "end"}``. Out: ``partial`` and ``final`` messages with their time. Who speaks is told with a ``final`` once two voices are
clearly apart, with how sure that is, and is never corrected; until then, and in ``partial`` ones, it is ``unknown``. What was heard is kept
as the interview's recording, in which speakers are told apart better when it is whole.
"""

import asyncio
import json
import logging
from typing import Any

import numpy as np
import soxr
from fastapi import APIRouter, WebSocket

from intervi.accounts.api_keys import Scope
from intervi.analysis.transcripts import clock
from intervi.database import transaction
from intervi.errors import InterviError, InvalidInput
from intervi.interviews import service as interviews
from intervi.interviews.preferences import spoken_language
from intervi.live import frames
from intervi.live.admission import Close, Refused
from intervi.live.recognition import Conversation, recognise
from intervi.live.sockets import Gone, LiveSocket, Sockets
from intervi.live.streamed_recording import StreamedRecording
from intervi.live.utterances import Cutter, Piece
from intervi.live.voice import RATE, VoiceStream, detector
from intervi.translation import _

log = logging.getLogger(__name__)

router = APIRouter()
sockets = Sockets("transcription", scope=Scope.TRANSCRIPTION_WRITE)

MOST_WAITING = 8
"""Utterances that wait for their words. Partial ones are left out while any does; final ones never are."""
UNKNOWN_SPEAKER = "unknown"


@router.websocket("/transcription/stream/{interview_id}")
@router.websocket("/api/v1/transcription/stream/{interview_id}")
async def stream(socket: WebSocket, interview_id: str) -> None:
    """Transcription while somebody speaks."""
    await sockets.serve(socket, interview_id, _conduct)


async def _conduct(live: LiveSocket) -> None:
    async with transaction() as session:
        interview = await interviews.get(session, live.admitted.principal, live.admitted.interview_id)
    if not interview.about_others:
        # One's own practice is recorded answer by answer; nobody else speaks in it.
        raise Refused(Close.NOT_FOUND)
    await _Stream(live, spoken_language(interview)).run()
    await live.close(Close.NORMAL)


class _Stream:
    """One stream: a task that hears, and one that has what was heard recognised, in order."""

    def __init__(self, live: LiveSocket, language: str) -> None:
        self._live, self._language = live, language
        self._recording = StreamedRecording(live.admitted.principal, live.admitted.interview_id)
        self._voice, self._cutter = VoiceStream(), Cutter()
        self._resampler: soxr.ResampleStream | None = None
        self._pieces: asyncio.Queue[Piece | None] = asyncio.Queue(MOST_WAITING)
        self._has_heard = False
        self._conversation = Conversation()

    async def run(self) -> None:
        telling = asyncio.create_task(self._tell())
        try:
            await self._hear_all()
            for piece in self._cutter.end():
                await self._pieces.put(piece)
            await self._pieces.put(None)
            await telling
        finally:
            telling.cancel()
            # However it ends, what was heard is kept.
            await asyncio.shield(self._keep())

    async def _keep(self) -> None:
        try:
            await self._recording.finish()
        except InterviError as refusal:
            # The interview was deleted or cancelled meanwhile, or there is no room left.
            log.warning("a stream could not be kept: %s", refusal.message)
            await self._send("error", refusal.message, 0.0)

    async def _hear_all(self) -> None:
        while True:
            message = await self._live.receive()
            try:
                if isinstance(message, bytes):
                    await self._hear(message)
                elif self._heed(message):
                    return
            except InterviError as refusal:
                await self._send("error", refusal.message, 0.0)

    async def _hear(self, frame: bytes) -> None:
        samples = np.clip(frames.samples_of(frame), -1.0, 1.0)
        self._has_heard = True
        if self._resampler is not None:
            samples = self._resampler.resample_chunk(samples)
        speaking = await detector().listen(self._voice, samples)
        await self._recording.add(samples)
        for piece in self._cutter.take(samples, speaking):
            # Who sends faster than anybody speaks waits here for the recogniser.
            if piece.is_final or self._pieces.empty():
                await self._pieces.put(piece)

    def _heed(self, text: str) -> bool:
        """Whether this message ends the stream."""
        said = _parsed(text)
        match said.get("type"):
            case "end":
                return True
            case "pong":
                return False
            case "config":
                self._configure(said.get("sampleRate"))
                return False
        raise InvalidInput(_("Send Float32 chunks, config or end."))

    def _configure(self, rate: object) -> None:
        if not isinstance(rate, int) or isinstance(rate, bool) or rate not in frames.RATES:
            raise InvalidInput(_("This is no sample rate that can be heard: send 8000 to 192000."))
        if self._has_heard:
            raise InvalidInput(_("Send the sample rate before the first chunk."))
        self._resampler = None if rate == RATE else soxr.ResampleStream(rate, RATE, 1, dtype="float32")

    async def _tell(self) -> None:
        """Has each piece recognised, and tells its words."""
        while (piece := await self._pieces.get()) is not None:
            try:
                found = await recognise(
                    piece.samples,
                    self._language,
                    starts_at=piece.starts_at,
                    conversation=self._conversation if piece.is_final else None,
                )
            except InterviError as refusal:
                await self._send("error", refusal.message, piece.starts_at)
                continue
            if found.text:
                kind = "final" if piece.is_final else "partial"
                await self._send(kind, found.text, piece.starts_at, found.speaker)

    async def _send(self, kind: str, text: str, seconds: float, speaker: tuple[str, float] | None = None) -> None:
        message: dict[str, Any] = {
            "type": kind,
            "text": text,
            "timestamp": clock(seconds),
            "speaker": UNKNOWN_SPEAKER,
        }
        if speaker is not None:
            message["speaker"], message["speakerConfidence"] = speaker
        try:
            await self._live.send(json.dumps(message, ensure_ascii=False))
        except Gone:
            # The hearing task learns it by itself, and keeps what was heard.
            log.debug("nobody reads the transcription any more")


def _parsed(text: str) -> dict[str, Any]:
    if len(text) <= frames.MAX_TEXT_CHARACTERS:
        try:
            said = json.loads(text)
        except ValueError:
            said = None
        if isinstance(said, dict):
            return said
    raise InvalidInput(_("This is not valid JSON."))
