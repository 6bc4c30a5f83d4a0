"""The programs of one installation, in the order they are started: what each is run by, and how one knows that it is ready."""

import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import psycopg
from redis import Redis
from rq import Worker

from intervi.analysis import queue
from intervi.settings import settings
from intervi.supervision import embedded
from intervi.supervision.console import step


@dataclass(frozen=True)
class Program:
    """One supervised process."""

    name: str
    """Of its log, and in ``supervisorctl``."""
    title: str
    command: list[str]
    is_ready: Callable[[int], bool]
    """Given its process id: whether it does its work now. May raise what its client raises while it does not."""
    stop_signal: str = "TERM"
    stop_seconds: int = 15
    """After this long the signal is followed by SIGKILL."""

    @property
    def log(self) -> Path:
        """What it prints, both streams."""
        return log_directory() / f"{self.name}.log"

    @property
    def bytes_logged(self) -> int:
        """How long its log is."""
        return self.log.stat().st_size if self.log.exists() else 0


def log_directory() -> Path:
    """Where every program's log is."""
    return settings().home / "log"


def lock_of(name: str) -> Path:
    """Locked as long as the program, or a process it forked, lives."""
    return settings().run_directory / f"{name}.lock"


def locks() -> list[Path]:
    """Those of every program that ever ran here."""
    return sorted(settings().run_directory.glob("*.lock"))


def servers() -> list[Program]:
    """PostgreSQL and Redis, as far as they are not elsewhere."""
    return [*_postgres(), *_redis()]


def workers() -> list[Program]:
    """One worker of each kind."""
    return [_worker(kind) for kind in queue.KINDS]


def connect() -> psycopg.Connection:
    """A plain connection to PostgreSQL."""
    return psycopg.connect(settings().sqlalchemy_url.replace("+psycopg", "", 1), connect_timeout=5)


def database_answers(_: int = 0) -> bool:
    """Whether PostgreSQL takes connections; raises psycopg's error otherwise."""
    with connect():
        return True


def redis_answers(_: int = 0) -> bool:
    """Whether Redis takes commands; raises redis-py's error otherwise."""
    with Redis.from_url(settings().broker_url, socket_connect_timeout=5, socket_timeout=5) as client:
        return bool(client.ping())


def _postgres() -> Iterator[Program]:
    if settings().database_url:
        return
    data = settings().home / "postgres"
    with nullcontext() if (data / "PG_VERSION").exists() else step("Making the database"):
        command = embedded.prepare_postgres(data, settings().run_directory / "postgres", lock=lock_of("postgres"))
    # SIGINT is the fast shutdown: it does not wait until everybody has left.
    yield Program("postgres", "PostgreSQL", command, database_answers, stop_signal="INT", stop_seconds=30)


def _redis() -> Iterator[Program]:
    if settings().redis_url:
        return
    sockets = settings().run_directory / "redis"
    command = embedded.prepare_redis(settings().home / "redis", sockets, lock=lock_of("redis"))
    yield Program("redis", "Redis", command, redis_answers)


def _worker(kind: str) -> Program:
    def is_ready(process_id: int) -> bool:
        workers = Worker.all(connection=queue.connection(), queue=queue.queue(kind))
        return any(worker.pid == process_id for worker in workers)

    name = f"worker-{kind}"
    # A worker that is cut off loses nothing: its lease runs out, and the stage in hand is done again.
    command = embedded.bound_to_parent(
        [sys.executable, "-m", "workers", kind], stop_signal="SIGKILL", lock=lock_of(name)
    )
    return Program(name, f"Worker ({kind})", command, is_ready, stop_seconds=20)


def web() -> Program:
    """The web process."""
    command = embedded.bound_to_parent([sys.executable, "-m", "intervi.supervision.web"], lock=lock_of("web"))
    return Program("web", "Web", command, _serves)


def _serves(_: int) -> bool:
    host = settings().host
    address = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared, not bound
    try:
        with urllib.request.urlopen(f"http://{address}:{settings().port}/", timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.URLError:
        return False
