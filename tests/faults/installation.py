"""An installation of its own for the faults: PostgreSQL, Redis and workers as processes that can be killed, stopped and started again."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import psutil
import psycopg
from pydantic import TypeAdapter
from redis import Redis
from redis.exceptions import RedisError

from intervi.settings import REPOSITORY_ROOT, settings
from intervi.supervision import embedded, programs
from tests.faults.nursery import Order, Poison

_T = TypeVar("_T")

PATIENCE_SECONDS = 90
QUICK = {
    "INTERVI_LEASE_SECONDS": "60",  # leases end when a test says so, not when the machine is busy
    "INTERVI_SWEEP_SECONDS": "0.3",
    "INTERVI_RETRY_DELAY_SECONDS": "0.2",
}
LEDGER = """
CREATE TABLE ledger (what text NOT NULL, id uuid NOT NULL, stage text NOT NULL DEFAULT '');
CREATE FUNCTION note_stage() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO ledger VALUES ('stage', NEW.analysis_id, NEW.stage); RETURN NULL; END $$;
CREATE FUNCTION note_report() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO ledger VALUES ('report', NEW.id); RETURN NULL; END $$;
CREATE TRIGGER note_stage AFTER UPDATE ON analysis_stages FOR EACH ROW
    WHEN (NEW.status = 'done' AND OLD.status <> 'done') EXECUTE FUNCTION note_stage();
CREATE TRIGGER note_report AFTER UPDATE ON interviews FOR EACH ROW
    WHEN (NEW.reported_at IS NOT NULL AND OLD.reported_at IS NULL) EXECUTE FUNCTION note_report();
"""
"""PostgreSQL itself counts how often a result was kept and a report written: each must be once, whatever was killed."""


class Worker:
    """One worker process."""

    def __init__(self, process_id: int, order: Order) -> None:
        self.process_id, self._order = process_id, order

    @property
    def is_alive(self) -> bool:
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process_id).status() != psutil.STATUS_ZOMBIE
        return False

    def signal(self, number: int) -> None:
        os.kill(self.process_id, number)

    def kill(self) -> None:
        """SIGKILL, and it is gone."""
        with suppress(ProcessLookupError):
            self.signal(signal.SIGKILL)
        self.wait_for_death()

    def wait_for_death(self) -> None:
        until(lambda: not self.is_alive, "this worker does not die", log=self._order.log)

    def wait_at_a_point(self) -> str:
        """The point it has stopped at now; every point is stopped at once only."""
        known = {point for point in self._order.points if (self._order.marks / f"{point}.seen").exists()}

        def reached() -> str | None:
            return next(
                (point for point in self._order.points if point not in known and (self._order.marks / point).exists()),
                None,
            )

        point = until(reached, f"no worker came to {self._order.points}", log=self._order.log)
        (self._order.marks / f"{point}.seen").touch()
        return point

    def said(self) -> str:
        """What it and its predecessors of this kind wrote to their log."""
        return self._order.log.read_text()

    def go_on(self) -> None:
        (self._order.marks / "go").touch()


class Installation:
    """Its processes, and a plain connection to look at what they did."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._run = settings().run_directory
        self._postgres: subprocess.Popen[bytes] | None = None
        self._redis: subprocess.Popen[bytes] | None = None
        self._nursery: subprocess.Popen[str] | None = None
        self._workers: list[Worker] = []
        self._ordering = threading.Lock()
        self._number = 0

    # --- servers ----------------------------------------------------------------------------------------------------

    def start_postgres(self) -> None:
        command = embedded.prepare_postgres(
            self.home / "postgres", self._run / "postgres", lock=self.home / "postgres.lock"
        )
        self._postgres = self._start([*command, "-c", "fsync=off"], "postgres")
        until(lambda: answers(programs.database_answers), "PostgreSQL does not answer", log=self._log("postgres"))

    def stop_postgres(self) -> None:
        """An orderly, fast shutdown: every connection is broken."""
        assert self._postgres
        self._postgres.send_signal(signal.SIGINT)
        self._postgres.wait(timeout=30)

    def kill_postgres(self) -> None:
        assert self._postgres
        kill_tree(self._postgres)

    def freeze_postgres(self, number: signal.Signals) -> None:
        """SIGSTOP or SIGCONT for every process of it."""
        assert self._postgres
        for process in [psutil.Process(self._postgres.pid), *psutil.Process(self._postgres.pid).children()]:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def start_redis(self) -> None:
        command = embedded.prepare_redis(self.home / "redis", self._run / "redis", lock=self.home / "redis.lock")
        self._redis = self._start(command, "redis")
        until(lambda: answers(programs.redis_answers), "Redis does not answer", log=self._log("redis"))

    def kill_redis(self) -> None:
        assert self._redis
        kill_tree(self._redis)

    def empty_redis(self) -> None:
        with Redis.from_url(settings().broker_url) as client:
            client.flushall()

    def _start(self, command: Sequence[str], name: str) -> subprocess.Popen[bytes]:
        with self._log(name).open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    def _log(self, name: str) -> Path:
        return self.home / f"{name}.log"

    # --- workers ----------------------------------------------------------------------------------------------------

    def start_nursery(self) -> None:
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=REPOSITORY_ROOT,
            env=os.environ | QUICK,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._nursery.stdout
        assert self._nursery.stdout.readline() == "ready\n"

    def worker(
        self,
        kind: str,
        *points: str,
        marks: Path | None = None,
        poison: Sequence[Poison] = (),
        **environment: str,
    ) -> Worker:
        """Starts a worker; it stops at these points.

        Args:
            marks: Where it leaves word that it has stopped; one of its own by default. Workers that share one stop at a point once.
            poison: The answers that kill it.
        """
        with self._ordering:
            return self._order(kind, points, marks, poison, environment)

    def _order(
        self,
        kind: str,
        points: Sequence[str],
        marks: Path | None,
        poison: Sequence[Poison],
        environment: dict[str, str],
    ) -> Worker:
        assert self._nursery
        assert self._nursery.stdin
        assert self._nursery.stdout
        self._number += 1
        marks = marks or self.home / f"marks-{self._number}"
        marks.mkdir(exist_ok=True)
        order = Order(kind, self._log(f"worker-{kind}"), environment, list(points), marks, list(poison))
        self._nursery.stdin.write(TypeAdapter(Order).dump_json(order).decode() + "\n")
        self._nursery.stdin.flush()
        worker = Worker(int(self._nursery.stdout.readline()), order)
        self._workers.append(worker)
        return worker

    def workers(self, **environment: str) -> list[Worker]:
        """One of each kind."""
        return [self.worker(kind, **environment) for kind in ("media", "speech-to-text")]

    def kill_workers(self) -> None:
        for worker in self._workers:
            worker.kill()
        self._workers.clear()

    # --- looking ----------------------------------------------------------------------------------------------------

    def rows(self, query: str, *arguments: object) -> list[tuple[object, ...]]:
        """What PostgreSQL says, over a connection of its own; a statement that returns nothing gives nothing."""
        with programs.connect() as connection:
            cursor = connection.execute(query, arguments)  # type: ignore[call-overload]  # psycopg wants literals
            return cursor.fetchall() if cursor.description else []

    def expire_leases(self) -> None:
        """The dead hold their leases no longer: as if the lease's time had gone by."""
        self.rows("UPDATE analysis_stages SET lease_expires_at = now() - interval '1 s' WHERE status = 'running'")

    def files(self) -> list[Path]:
        """Every file in storage and every directory that a stage worked in."""
        stored = [path for path in (self.home / "media").rglob("*") if path.is_file()]
        return [*stored, *(self.home / "work").glob("*")]

    def checked(self, *options: str) -> list[str]:
        """What ``python -m intervi.check`` says, however young it is."""
        command = [sys.executable, "-m", "intervi.check", "--grace-seconds=-60", *options]
        done = subprocess.run(command, cwd=REPOSITORY_ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        assert not done.stderr, done.stderr
        return done.stdout.splitlines()

    def clear(self) -> None:
        """As new, with its servers running."""
        self.kill_workers()
        if not answers(programs.database_answers):
            self.start_postgres()
        if not answers(programs.redis_answers):
            self.start_redis()
        self.rows("TRUNCATE users, ledger CASCADE")
        self.empty_redis()
        for path in self.files():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def end(self) -> None:
        self.kill_workers()
        for process in (self._nursery, self._redis, self._postgres):
            if process is not None and process.poll() is None:
                kill_tree(process)


@contextmanager
def an_installation() -> Iterator[Installation]:
    """One that runs, with an empty database; the settings of this process point at it meanwhile."""
    home = Path(tempfile.mkdtemp(prefix="intervi-faults-"))
    home.chmod(0o755)
    before = os.environ["INTERVI_HOME"]
    os.environ["INTERVI_HOME"] = str(home)
    settings.cache_clear()
    installation = Installation(home)
    try:
        installation.start_postgres()
        installation.start_redis()
        migrate()
        installation.rows(LEDGER)
        installation.start_nursery()
        yield installation
    finally:
        installation.end()
        os.environ["INTERVI_HOME"] = before
        settings.cache_clear()
        shutil.rmtree(home, ignore_errors=True)


def migrate() -> None:
    from alembic import command
    from alembic.config import Config

    command.upgrade(Config(str(REPOSITORY_ROOT / "alembic.ini")), "head")


def kill_tree(process: "subprocess.Popen[bytes] | subprocess.Popen[str]") -> None:
    """SIGKILL for a process and everything it started, all at once."""
    root = psutil.Process(process.pid)
    for one in [root, *root.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    process.wait()


def answers(asked: Callable[[], bool]) -> bool:
    try:
        return asked()
    except (psycopg.Error, RedisError):
        return False


def until(found: Callable[[], _T], complaint: str, *, log: Path | None = None) -> _T:
    """What ``found`` returns as soon as that is something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (result := found()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{complaint}\n{log.read_text()[-4000:] if log and log.exists() else ''}")
        time.sleep(0.02)
    return result
