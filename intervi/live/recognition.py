"""Has a worker recognise one utterance while somebody speaks: its sound goes through Redis, and its words come back.

The web process loads no recogniser. A kind of worker of its own (``live-transcription``) answers, so that recordings which are being
transcribed hold nobody up. Whoever waits does so for ``PATIENCE_SECONDS`` at most: an answer that comes later is of no use.
"""

import json
import secrets
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, cast

import anyio.to_thread
import numpy as np
from numpy.typing import NDArray
from redis.exceptions import RedisError

from intervi.analysis import queue
from intervi.errors import Unavailable
from intervi.redis_client import redis
from intervi.translation import _

PATIENCE_SECONDS = 30.0
MOST_UTTERANCES = 200
"""Of a conversation that are kept to tell voices by: some 100 kB, sent with each utterance."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was said."""

    text: str
    """Empty: no word was understood."""
    engine: str
    speaker: tuple[str, float] | None = None
    """Who says it (``interviewer``, ``candidate``, ``speaker 1`` or ``speaker 2``), and how sure that is, up to 1."""


class Conversation:
    """What was said in a stream so far, with how its voices sound: understood by workers, held here."""

    def __init__(self) -> None:
        self._utterances: list[Any] = []

    def so_far(self, starts_at: float) -> str:
        """For a worker, with the second at which the next utterance begins."""
        return json.dumps({"starts_at": starts_at, "utterances": self._utterances})

    def add(self, utterance: Any) -> None:
        """Adds what a worker made of an utterance. The first ones are enough to know two voices by."""
        if len(self._utterances) < MOST_UTTERANCES:
            self._utterances.append(utterance)


async def recognise(
    samples: NDArray[np.float32],
    language: str,
    *,
    starts_at: float = 0.0,
    conversation: Conversation | None = None,
) -> Recognised:
    """The words of one utterance.

    Args:
        samples: 16 kHz, one channel, full scale 1; some seconds.
        language: ISO 639-1.
        starts_at: The second of the conversation at which it begins.
        conversation: What was said before, by which the speaker is told; this utterance is added to it. ``None``: no speaker is told.

    Raises:
        Unavailable: no worker answered in time, or Redis is away.
    """
    key = f"intervi:utterance:{secrets.token_hex(12)}"
    sound = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
    try:
        if conversation is not None:
            await redis().set(f"{key}:conversation", conversation.so_far(starts_at), ex=int(PATIENCE_SECONDS))
        await redis().set(key, sound, ex=int(PATIENCE_SECONDS))
        await anyio.to_thread.run_sync(queue.ask_to_recognise, key, language)
        # redis-py's types say that this may be no coroutine; with its asynchronous client it always is.
        answer: list[bytes] | None = await cast(
            "Awaitable[list[bytes] | None]", redis().blpop([f"{key}:words"], timeout=PATIENCE_SECONDS)
        )
    except RedisError as error:
        raise Unavailable(_("Transcription is not available at the moment.")) from error
    if answer is None:
        raise Unavailable(_("Transcription is not available at the moment."))
    found = json.loads(answer[1])
    if conversation is not None and "utterance" in found:
        conversation.add(found["utterance"])
    speaker = found.get("speaker")
    return Recognised(found["text"], found["engine"], None if speaker is None else (speaker[0], speaker[1]))
