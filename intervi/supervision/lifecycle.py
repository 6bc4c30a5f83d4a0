"""From the first program to the last: bringing up, watching, stopping."""

import sys
import threading
import time
from collections.abc import Callable, Sequence

import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory
from redis.exceptions import RedisError

from intervi.settings import REPOSITORY_ROOT, settings
from intervi.supervision import programs
from intervi.supervision.console import CannotStart, last_words, run, say, step
from intervi.supervision.preconditions import refuse_full_disk
from intervi.supervision.programs import Program
from intervi.supervision.supervisord import Supervisor

_PATIENCE_SECONDS = 180
_LOOK_SECONDS = 1.0


class Stopped(Exception):
    """Somebody asked us to stop before all was up."""


class Run:
    """One run of an installation."""

    def __init__(self) -> None:
        self._told_to_stop = threading.Event()
        self._is_preparing = True

    def ask_to_stop(self, *_: object) -> None:
        """For signals. While nothing runs yet, what is being prepared is cut off; later all is stopped in order."""
        self._told_to_stop.set()
        if self._is_preparing:
            self._is_preparing = False
            raise Stopped

    def start_and_watch(self, servers: Sequence[Program], workers: Sequence[Program], web: Program) -> None:
        """Starts the servers, migrates the database, starts the others, and watches over all until told to stop.

        Raises:
            CannotStart: A program does not come up, or supervisord itself was ended.
            Stopped: We were told to stop before all was up.
        """
        self._is_preparing = False
        everything = [*servers, *workers, web]
        supervisor = Supervisor(everything)
        try:
            self._wait_for_supervisor(supervisor)
            for server in servers:
                self._bring_up(supervisor, server.title, [server])
            self._expect("PostgreSQL (DATABASE_URL)", programs.database_answers)
            self._expect("Redis (REDIS_URL)", programs.redis_answers)
            migrate()
            self._bring_up(supervisor, "Workers", workers)
            self._bring_up(supervisor, web.title, [web])
            say(f"\nIntervi is at {settings().base_url}    (Ctrl-C stops it; logs in {programs.log_directory()})\n")
            self._watch(supervisor, everything)
            say("Stopping…")
        finally:
            supervisor.stop(together=[web.name, *(worker.name for worker in workers)])

    def _pause(self, seconds: float) -> None:
        if self._told_to_stop.wait(seconds):
            raise Stopped

    def _wait_for_supervisor(self, supervisor: Supervisor) -> None:
        while True:
            try:
                supervisor.statuses()
            except OSError:
                if not supervisor.is_alive:
                    log = programs.log_directory() / "supervisord.log"
                    raise CannotStart(f"The supervisor does not start: {last_words(log)}") from None
                self._pause(0.05)
            else:
                return

    def _bring_up(self, supervisor: Supervisor, title: str, group: Sequence[Program]) -> None:
        with step(title) as current:
            said_before = {program.name: program.bytes_logged for program in group}
            for program in group:
                supervisor.start(program.name)
            while waiting := [program for program in group if not self._is_up(supervisor, program)]:
                for program in waiting:
                    if supervisor.status(program.name).state == "FATAL":
                        reason = last_words(program.log, since=said_before[program.name])
                        raise CannotStart(f"{program.title} does not start: {reason} (all of it in {program.log})")
                if current.seconds > _PATIENCE_SECONDS:
                    raise CannotStart(
                        f"{waiting[0].title} is not ready after {_PATIENCE_SECONDS} s; see {waiting[0].log}"
                    )
                self._pause(0.05)

    def _is_up(self, supervisor: Supervisor, program: Program) -> bool:
        status = supervisor.status(program.name)
        if status.state not in ("STARTING", "RUNNING"):
            return False
        try:
            return program.is_ready(status.process_id)
        except (psycopg.Error, RedisError, OSError):
            return False

    def _expect(self, name: str, answers: Callable[[], bool], patience_seconds: float = 15) -> None:
        """Waits for a server that we did not start; one that we did answers at once."""
        deadline = time.monotonic() + patience_seconds
        while True:
            try:
                answers()
            except (psycopg.Error, RedisError) as problem:
                if time.monotonic() > deadline:
                    raise CannotStart(f"{name} does not answer: {str(problem).strip().splitlines()[0]}") from None
                self._pause(0.5)
            else:
                return

    def _watch(self, supervisor: Supervisor, watched: Sequence[Program]) -> None:
        """Says so when a program died. Supervisor starts it again; where it gives up, we ask it to try again."""
        known = {status.name: status.process_id for status in supervisor.statuses()}
        has_terminal = sys.stdout.isatty()
        while not self._told_to_stop.wait(_LOOK_SECONDS):
            if has_terminal and not sys.stdout.isatty():
                return  # it was closed, and make keeps the hangup to itself
            by_name = {status.name: status for status in supervisor.statuses()}
            for program in watched:
                status = by_name[program.name]
                if status.state == "FATAL":
                    supervisor.start(program.name)
                elif status.process_id not in (0, known[program.name]):
                    known[program.name] = status.process_id
                    say(f"{program.title} ended unexpectedly and was started again; see {program.log}")
                    _mention_full_disk()


def _mention_full_disk() -> None:
    try:
        refuse_full_disk()
    except CannotStart as problem:
        say(str(problem))


def migrate() -> None:
    """Brings the database to this version's tables, if it is not there."""
    scripts = ScriptDirectory.from_config(Config(str(REPOSITORY_ROOT / "alembic.ini")))
    if _revision() == scripts.get_current_head():
        return
    with step("Migrating the database") as current:
        run([sys.executable, "-m", "alembic", "upgrade", "head"], current, programs.log_directory() / "migration.log")


def _revision() -> str | None:
    """The revision the database is at; ``None`` for an empty one."""
    with programs.connect() as connection:
        if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None
