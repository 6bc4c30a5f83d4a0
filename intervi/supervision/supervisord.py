"""Supervisor (supervisord.org) as our watchman: its configuration, and a handle on the running one.

It starts each program when told, starts a dead one again by itself, rotates the logs, and on SIGTERM stops all in reverse order.
``.venv/bin/supervisorctl -c var/run/supervisord.conf status`` shows them.
"""

import os
import resource
import shlex
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from intervi.settings import REPOSITORY_ROOT, settings
from intervi.supervision.embedded import bound_to_parent
from intervi.supervision.programs import Program, lock_of, log_directory

_LOG_BYTES = 10 * 1024**2


@dataclass(frozen=True)
class Status:
    """A program as Supervisor sees it."""

    name: str
    state: str
    """``STOPPED``, ``STARTING``, ``RUNNING``, ``BACKOFF`` (died early, tried again), ``EXITED``, ``FATAL`` (given up)…"""
    process_id: int


class Supervisor:
    """A running supervisord."""

    def __init__(self, programs: Sequence[Program]) -> None:
        """Starts it; it starts nothing by itself yet."""
        configuration = settings().run_directory / "supervisord.conf"
        configuration.write_text(_configuration(programs))
        command = [sys.executable, "-m", "supervisor.supervisord", "--nodaemon", "--configuration", str(configuration)]
        self.process = subprocess.Popen(
            bound_to_parent(command, lock=lock_of("supervisord")),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # A Ctrl-C at the terminal is for us alone; we pass it on, once.
            start_new_session=True,
        )

    @property
    def is_alive(self) -> bool:
        """Whether supervisord still runs."""
        return self.process.poll() is None

    def start(self, name: str) -> None:
        """Starts a program, unless it runs. Whether it stays up, its status tells."""
        with suppress(Fault):
            self._ask("startProcess", name, False)

    def statuses(self) -> list[Status]:
        """All programs.

        Raises:
            ConnectionError: supervisord does not answer.
        """
        return [Status(info["name"], info["statename"], info["pid"]) for info in self._ask("getAllProcessInfo")]

    def status(self, name: str) -> Status:
        """One program."""
        return next(status for status in self.statuses() if status.name == name)

    def stop(self, together: Iterable[str] = (), patience_seconds: float = 90) -> None:
        """Stops every program, the last started first, and supervisord itself.

        Args:
            together: The names of those that need not wait for one another; they go first.
            patience_seconds: After this long nobody is asked any more.
        """
        if not self.is_alive:
            return
        for name in together:
            with suppress(Fault, ConnectionError):  # what does not run needs no stopping
                self._ask("stopProcess", name, False)
        self.process.terminate()
        try:
            self.process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            # The kernel then ends each program that is left.
            self.process.kill()
            self.process.wait()

    def _ask(self, method: str, *arguments: str | bool) -> Any:
        # A transport keeps its connection, and one that failed once is of no further use.
        transport: Any = SupervisorTransport(None, None, f"unix://{_socket()}")
        try:
            return getattr(ServerProxy("http://127.0.0.1", transport=transport).supervisor, method)(*arguments)
        except (OSError, HTTPException) as problem:
            raise ConnectionError(
                "The supervisor was ended, and everything with it. Start again with `make run`."
            ) from problem


def _socket() -> Path:
    return settings().run_directory / "supervisor.sock"


def _configuration(programs: Sequence[Program]) -> str:
    run, logs = settings().run_directory, log_directory()
    return _section(
        "unix_http_server", file=_socket(), chmod="0700"
    ) + _section(
        "rpcinterface:supervisor", **{"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"}
    ) + _section("supervisorctl", serverurl=f"unix://{_socket()}") + _section(
        "supervisord",
        nodaemon="true", silent="true", identifier="intervi",
        logfile=logs / "supervisord.log", logfile_maxbytes=_LOG_BYTES, logfile_backups=1,
        pidfile=run / "supervisord.pid", umask="077",
        minfds=min(1024, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),
        **({"user": "root"} if os.geteuid() == 0 else {}),
    ) + "".join(_program_section(program, order) for order, program in enumerate(programs))  # fmt: skip


def _program_section(program: Program, order: int) -> str:
    return _section(
        f"program:{program.name}",
        command=shlex.join(program.command),
        directory=REPOSITORY_ROOT,
        priority=order,
        autostart="false",
        autorestart="true",
        startsecs=2,
        startretries=1,
        stopsignal=program.stop_signal,
        stopwaitsecs=program.stop_seconds,
        killasgroup="true",
        redirect_stderr="true",
        stdout_logfile=program.log,
        stdout_logfile_maxbytes=_LOG_BYTES,
        stdout_logfile_backups=3,
    )


def _section(title: str, **values: object) -> str:
    """One section; Supervisor expands ``%`` in every value."""
    return (
        f"[{title}]\n" + "".join(f"{name}={str(value).replace('%', '%%')}\n" for name, value in values.items()) + "\n"
    )
