"""``python -m workers KIND``: one worker process, ``media`` or ``speech-to-text``, until it is told to stop."""

import argparse
import logging
import threading

from redis.exceptions import RedisError
from rq.serializers import JSONSerializer
from rq.worker import SimpleWorker

from intervi.analysis import queue
from intervi.settings import settings


def main() -> None:
    """Runs one worker. SIGTERM: finishes the stage in hand, then ends; its models stay loaded from job to job."""
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    parser.add_argument("kind", choices=sorted(queue.STAGES_OF))
    kind = parser.parse_args().kind
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("rq").setLevel(logging.WARNING)
    threading.Thread(target=_sweep, args=(kind,), name="sweeper", daemon=True).start()
    # A forked child would load every model anew for each job, and MediaPipe does not survive a fork.
    worker = SimpleWorker([queue.queue(kind)], connection=queue.connection(), serializer=JSONSerializer)
    logging.getLogger("workers").info("ready: %s", kind)
    worker.work(logging_level="WARNING")


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
            logging.getLogger("workers").warning("Redis is away: %s", error)


if __name__ == "__main__":
    main()
