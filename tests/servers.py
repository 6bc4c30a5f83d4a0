"""A PostgreSQL and a Redis from their wheels, private to whoever starts them, with an empty, migrated database."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from intervi.settings import REPOSITORY_ROOT, settings
from intervi.supervision import embedded, programs


@contextmanager
def private_servers(*postgres_options: str) -> Iterator[Path]:
    """Runs both in ``settings().home``, and yields that."""
    home, run = settings().home, settings().run_directory
    postgres_log, redis_log = home / "postgres.log", home / "redis.log"
    postgres = _start(
        [*embedded.prepare_postgres(home / "postgres", run / "postgres"), *postgres_options], postgres_log
    )
    redis = _start(embedded.prepare_redis(home / "redis", run / "redis"), redis_log)
    try:
        _wait_for(_accepts_connections, postgres, postgres_log)
        _wait_for((run / "redis" / "redis.sock").exists, redis, redis_log)
        from alembic import command
        from alembic.config import Config

        command.upgrade(Config(str(REPOSITORY_ROOT / "alembic.ini")), "head")
        yield home
    finally:
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for our open connections.
        postgres.send_signal(signal.SIGINT)
        redis.terminate()
        for process in (postgres, redis):
            process.wait(timeout=20)


def _start(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)


def _accepts_connections() -> bool:
    """PostgreSQL has its socket before it lets anybody in."""
    try:
        programs.connect().close()
    except psycopg.OperationalError:
        return False
    return True


def _wait_for(is_ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if is_ready():
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"{process.args[0]} did not start:\n{log.read_text()}")
