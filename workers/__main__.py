"""``python -m workers KIND``: one worker process (``media``, ``speech-to-text`` or ``live-transcription``), until it is told to stop."""

import argparse
import logging
import signal
import threading

from redis import Redis
from redis.exceptions import RedisError
from rq.serializers import JSONSerializer
from rq.worker import SimpleWorker
from tenacity import Retrying, before_sleep_log, retry_if_exception_type, wait_exponential

from intervi.analysis import queue
from intervi.settings import settings

log = logging.getLogger("workers")

_LONGEST_WAIT_SECONDS = 2.0
"""Between two attempts to reach Redis."""


def main() -> None:
    """Runs one worker. SIGTERM: finishes the stage in hand, then ends; its models stay loaded from job to job."""
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    parser.add_argument("kind", choices=queue.KINDS)
    kind = parser.parse_args().kind
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("rq").setLevel(logging.WARNING)
    threading.Thread(target=_sweep, args=(kind,), name="sweeper", daemon=True).start()
    while not _work(kind):
        # RQ gives up when Redis goes away; there is nothing in hand then, and SIGTERM ends the process.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


class _Worker(SimpleWorker):
    """RQ's worker without its fork per job: a child would load every model anew, and MediaPipe does not survive a fork."""

    max_connection_wait_time = _LONGEST_WAIT_SECONDS
    is_told_to_stop = False

    def handle_warm_shutdown_request(self) -> None:
        self.is_told_to_stop = True


def _work(kind: str) -> bool:
    """Works until told to stop (``True``) or until Redis went away in the middle of something."""
    # Not the connection of ``queue``: this one waits for work without a limit.
    connection = Redis.from_url(settings().broker_url)
    _wait_for(connection)
    worker = _Worker([queue.queue(kind, connection)], connection=connection, serializer=JSONSerializer)
    log.info("ready: %s", kind)
    try:
        worker.work(logging_level="WARNING")
    except RedisError as error:
        log.warning("Redis went away: %s", error)
    return worker.is_told_to_stop


def _wait_for(connection: Redis) -> None:
    retrying = Retrying(
        retry=retry_if_exception_type(RedisError),
        wait=wait_exponential(multiplier=0.1, max=_LONGEST_WAIT_SECONDS),
        before_sleep=before_sleep_log(log, logging.WARNING),
    )
    retrying(connection.ping)


def _sweep(kind: str) -> None:
    """Wakes this kind of worker every few seconds, unless a wake-up waits already.

    So expired leases, attempts that were put off and work whose wake-up was lost (Redis restarted or emptied) are taken up.
    """
    pause = threading.Event()
    while not pause.wait(settings().sweep_seconds):
        try:
            if queue.queue(kind).is_empty():
                queue.wake_now(kind)
        except RedisError as error:
            log.warning("Redis is away: %s", error)


if __name__ == "__main__":
    main()
