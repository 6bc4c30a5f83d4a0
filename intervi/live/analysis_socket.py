"""``/ws/analysis/{session_id}`` of the coach contract: chunks of sound in, metrics and nudges out, one answer for each chunk.

As published: binary Float32 chunks, answered with ``metrics`` or ``nudge``. What is more, all of it optional, comes as JSON and is not
answered unless it is wrong: ``config`` (the sample rate, and ``details``), ``answer`` and ``answer_end`` (which answer is being recorded),
``figures`` (what the browser sees of the eyes), ``pong``.
"""

import asyncio
import contextlib
import json
import time
from typing import Any

from fastapi import APIRouter, WebSocket

from intervi.analysis.figures import SYLLABLES_PER_WORD
from intervi.database import transaction
from intervi.errors import InterviError
from intervi.live import frames
from intervi.live.listening import Listener
from intervi.live.nudges import RULES, Coach, Heard, Rule
from intervi.live.record import Record
from intervi.live.sockets import LiveSocket, Sockets
from intervi.observations import service as observations
from intervi.translation import _

router = APIRouter()
sockets = Sockets("analysis")

FREE_SECONDS = 600.0
"""Of sound that may come faster than it is spoken; from there on it is taken in at the pace of speech."""
FREE_MESSAGES, MESSAGES_PER_SECOND = 5_000, 500
"""Likewise of messages: chunks of 2 ms, and no smaller for long."""


@router.websocket("/ws/analysis/{session_id}")
async def analyse(socket: WebSocket, session_id: str) -> None:
    """Real-time analysis while somebody speaks."""
    await sockets.serve(socket, session_id, _conduct)


async def _conduct(live: LiveSocket) -> None:
    session = _Session(live)
    try:
        while True:
            message = await live.receive()
            try:
                answer = await session.take(message)
            except InterviError as refusal:
                answer = {"type": "error", "message": refusal.message}
            if answer is not None:
                await live.send(json.dumps(answer, separators=(",", ":")))
            await session.wait_if_ahead()
    finally:
        await session.record.close()


class _Session:
    """What is known of one speaker while the socket is open."""

    def __init__(self, live: LiveSocket) -> None:
        self.record = Record(live.admitted)
        self._admitted = live.admitted
        self._listener = Listener(frames.DEFAULT_RATE)
        self._coach = Coach(RULES if live.admitted.wants_nudges else ())
        self._details = False
        self._began = time.monotonic()
        self._messages = 0

    async def take(self, message: bytes | str) -> dict[str, Any] | None:
        """What is answered to a message, if anything."""
        self._messages += 1
        if isinstance(message, bytes):
            return await self._hear(message)
        await self._heed(frames.said(message))
        return None

    async def _hear(self, frame: bytes) -> dict[str, Any]:
        heard = await self._listener.hear(frames.samples_of(frame))
        nudge = self._coach.hear(heard)
        self.record.hear(heard, nudge)
        return self._answer(heard, nudge)

    def _answer(self, heard: Heard, nudge: Rule | None) -> dict[str, Any]:
        message = _(nudge.message) if nudge else None
        # Six figures are more than a microphone has, and fewer bytes than a double's.
        data: dict[str, Any] = {
            "volume": float(f"{heard.volume:.6g}"),
            "is_speaking": heard.is_speaking,
            "nudge": message,
        }
        if self._details:
            rate = heard.syllables_per_second
            data["words_per_minute"] = None if rate is None else round(60 * rate / SYLLABLES_PER_WORD)
        return {"type": "nudge", "message": message, "data": data} if nudge else {"type": "metrics", "data": data}

    async def _heed(self, said: frames.Said) -> None:
        match said:
            case frames.Config():
                self._listener, self._details = Listener(said.sample_rate), said.details
            case frames.Figures(eye_contact=float() as share):
                self._coach.see(share)
                self.record.see(share)
            case frames.Answer():
                async with transaction() as session:
                    await observations.check_answer(
                        session, self._admitted.principal, self._admitted.interview_id, said.exchange_id
                    )
                self._coach.begin_answer()
                self.record.begin(said)
            case frames.AnswerEnd():
                self._coach.begin_answer()
                self.record.end()

    async def wait_if_ahead(self) -> None:
        """Nobody's flood takes the time of others: what comes faster than anybody speaks is left waiting with its sender."""
        passed = time.monotonic() - self._began
        sound = self._coach.seconds - FREE_SECONDS - passed
        messages = (self._messages - FREE_MESSAGES) / MESSAGES_PER_SECOND - passed
        if (ahead := max(sound, messages)) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.sleep(min(ahead, 1.0))
