"""Waking the workers. A job carries no data: what there is to do stands in the database, so a lost job loses nothing."""

import logging
import os
from datetime import timedelta

import anyio.to_thread
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker, WorkerStatus

from intervi.analysis.models import Stage
from intervi.clock import now
from intervi.settings import settings

log = logging.getLogger(__name__)

MEDIA = "media"
SPEECH_TO_TEXT = "speech-to-text"
LIVE_TRANSCRIPTION = "live-transcription"
"""Recognises utterances while they are spoken; no stage of an analysis."""

STAGES_OF: dict[str, frozenset[Stage]] = {
    SPEECH_TO_TEXT: frozenset({Stage.TRANSCRIBE}),
    MEDIA: frozenset(Stage) - {Stage.TRANSCRIBE},
}
"""Which kind of worker runs which stages; transcription stands alone, since it is what a GPU is for."""

KINDS = (LIVE_TRANSCRIPTION, MEDIA, SPEECH_TO_TEXT)
"""Every kind of worker."""

_ANSWERS_SECONDS = 5.0
_SILENT_SECONDS = 60.0

_connection: Redis | None = None


def connection() -> Redis:
    """This process's plain Redis connection (RQ has no asynchronous one). A Redis that does not answer holds nobody up for long."""
    global _connection
    if _connection is None:
        _connection = Redis.from_url(
            settings().broker_url, socket_timeout=_ANSWERS_SECONDS, socket_connect_timeout=_ANSWERS_SECONDS
        )
    return _connection


def queue(kind: str, of: Redis | None = None) -> Queue:
    """The queue of one kind of worker, over this process's connection or another one."""
    return Queue(kind, connection=of or connection(), serializer=JSONSerializer)


def wake_now(kind: str) -> None:
    """Wakes one worker of this kind. Redis away: logged; the workers look by themselves every few seconds."""
    job = ("workers.utterances.stay",) if kind == LIVE_TRANSCRIPTION else ("workers.jobs.work", kind)
    try:
        queue(kind).enqueue(*job, job_timeout=-1, result_ttl=0, failure_ttl=3600)
    except RedisError as error:
        log.warning("worker %s not woken: %s", kind, error)


def ask_to_recognise(key: str, language: str) -> None:
    """Has the utterance under a key of Redis recognised, before anything else that such a worker could do.

    Raises:
        RedisError: Redis is away.
    """
    job = ("workers.utterances.recognise", key, language)
    queue(LIVE_TRANSCRIPTION).enqueue(*job, job_timeout=-1, result_ttl=0, failure_ttl=0, ttl=60)


async def wake(*kinds: str) -> None:
    """Wakes one worker of each kind (of all kinds, if none is named)."""
    for kind in kinds or tuple(STAGES_OF):
        await anyio.to_thread.run_sync(wake_now, kind)


def kinds_without_worker() -> list[str]:
    """The kinds of which no worker lives. Its own sweeper wakes an idle worker every few seconds: one that was silent for a minute is dead.

    Raises:
        RedisError: Redis is away, so nobody knows.
    """
    oldest = now() - timedelta(seconds=_SILENT_SECONDS)

    def lives(worker: BaseWorker) -> bool:
        heard = worker.last_heartbeat
        return worker.get_state() == WorkerStatus.BUSY or (heard is not None and heard > oldest)

    return [
        kind
        for kind in KINDS
        if not any(lives(worker) for worker in Worker.all(connection=connection(), queue=queue(kind)))
    ]


def _forget() -> None:
    global _connection
    _connection = None


os.register_at_fork(after_in_child=_forget)
