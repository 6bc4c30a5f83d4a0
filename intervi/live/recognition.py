"""Has a worker recognise one utterance while somebody speaks: its sound goes through Redis, and its words come back.

The web process loads no recogniser. A kind of worker of its own (``live-transcription``) answers, so that recordings which are being
transcribed hold nobody up. Whoever waits does so for ``PATIENCE_SECONDS`` at most: an answer that comes later is of no use.
"""

import json
import secrets
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import cast

import anyio.to_thread
import numpy as np
from numpy.typing import NDArray
from redis.exceptions import RedisError

from intervi.analysis import queue
from intervi.errors import Unavailable
from intervi.redis_client import redis
from intervi.translation import _

PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was said."""

    text: str
    """Empty: no word was understood."""
    engine: str


async def recognise(samples: NDArray[np.float32], language: str) -> Recognised:
    """The words of one utterance.

    Args:
        samples: 16 kHz, one channel, full scale 1; some seconds.
        language: ISO 639-1.

    Raises:
        Unavailable: no worker answered in time, or Redis is away.
    """
    key = f"intervi:utterance:{secrets.token_hex(12)}"
    sound = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
    try:
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
    return Recognised(found["text"], found["engine"])
