"""Words of single utterances while somebody speaks (``intervi.live.recognition``): the job of ``live-transcription`` workers."""

import json
import logging

import numpy as np

from intervi.analysis import queue

log = logging.getLogger(__name__)

ANSWER_SECONDS = 60


def recognise(key: str, language: str) -> None:
    """Recognises the sound that lies under a key of Redis, and puts its words beside it."""
    # Loaded with the first utterance: most installations never stream.
    from workers.transcription import transcribe

    connection = queue.connection()
    sound = connection.getdel(key)
    if not isinstance(sound, bytes):
        log.info("too late for %s", key)
        return
    audio = np.frombuffer(sound, "<i2").astype(np.float32) / np.float32(32768)
    found = transcribe(audio, language)
    connection.rpush(f"{key}:words", json.dumps({"text": found.text, "engine": found.engine}))
    connection.expire(f"{key}:words", ANSWER_SECONDS)


def stay() -> None:
    """Nothing: an idle worker shows that it lives."""
