"""Words of single utterances while somebody speaks (``intervi.live.recognition``): the job of ``live-transcription`` workers."""

import json
import logging
from typing import Any

import numpy as np

from intervi.analysis import queue

log = logging.getLogger(__name__)

ANSWER_SECONDS = 60


def recognise(key: str, language: str) -> None:
    """Recognises the sound that lies under a key of Redis, and puts its words beside it.

    Where the conversation so far lies there too, also who says it, and the utterance to be added to the conversation.
    """
    # Loaded with the first utterance: most installations never stream.
    from workers.speakers import Utterance, heard, last_speaker
    from workers.transcription import transcribe

    connection = queue.connection()
    sound = connection.getdel(key)
    if not isinstance(sound, bytes):
        log.info("too late for %s", key)
        return
    audio = np.frombuffer(sound, "<i2").astype(np.float32) / np.float32(32768)
    found = transcribe(audio, language)
    answer: dict[str, Any] = {"text": found.text, "engine": found.engine}
    conversation = connection.getdel(f"{key}:conversation")
    if isinstance(conversation, bytes) and found.text:
        told = json.loads(conversation)
        utterance = heard(audio, found.text, told["starts_at"])
        speaker = last_speaker([*map(Utterance.of, told["utterances"]), utterance])
        answer |= {"utterance": utterance.kept(), "speaker": speaker}
    connection.rpush(f"{key}:words", json.dumps(answer))
    connection.expire(f"{key}:words", ANSWER_SECONDS)


def stay() -> None:
    """Nothing: an idle worker shows that it lives."""
