"""`make run`, the real thing: every program, killed in every way, in an installation of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xmlrpc.client import ServerProxy

import httpx
import psutil
import pytest
from supervisor.xmlrpc import SupervisorTransport

from intervi.analysis import queue
from intervi.settings import REPOSITORY_ROOT

PROGRAMS = ["postgres", "redis", *(f"worker-{kind}" for kind in queue.KINDS), "web"]
PATIENCE_SECONDS = 90


class Installation:
    """One home and one port, and what runs there."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.output = home.with_suffix(".out")
        self.launcher: subprocess.Popen[bytes] | None = None

    def launch(self, **environment: str) -> subprocess.Popen[bytes]:
        """Begins a run; does not wait for it."""
        names = os.environ | {"INTERVI_HOME": str(self.home), "PORT": str(self.port)} | environment
        with self.output.open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "intervi.supervision"],
                cwd=REPOSITORY_ROOT, env=names, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def start(self) -> None:
        """Begins a run and waits until it says where it is."""
        self.launcher = self.launch()
        assert eventually(lambda: "Intervi is at" in self.said() or self.launcher.poll() is not None, 180), self.said()
        assert self.launcher.poll() is None, self.said()

    def said(self) -> str:
        """All that stood on the terminal so far."""
        return self.output.read_text()

    def answers(self) -> bool:
        """Whether the front page, and behind it database and Redis, are there."""
        try:
            address = f"http://127.0.0.1:{self.port}"
            return httpx.get(f"{address}/").status_code == 200 and httpx.get(f"{address}/api/health").status_code == 200
        except httpx.HTTPError:
            return False

    def process_ids(self) -> dict[str, int]:
        """Of each program that runs."""
        transport: Any = SupervisorTransport(None, None, f"unix://{self.home}/run/supervisor.sock")
        remote: Any = ServerProxy("http://127.0.0.1", transport=transport)
        return {
            info["name"]: info["pid"]
            for info in remote.supervisor.getAllProcessInfo()
            if info["statename"] == "RUNNING"
        }

    def processes(self) -> list[psutil.Process]:
        """Every process of this installation, whoever its parent is now."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get("INTERVI_HOME") == str(self.home) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def end(self) -> None:
        """Leaves nothing behind, whatever happened."""
        if self.launcher and self.launcher.poll() is None:
            self.launcher.terminate()
            self.launcher.wait(PATIENCE_SECONDS)
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                process.kill()


def eventually(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Made once; PostgreSQL's user must be able to pass through."""
    base = tmp_path_factory.mktemp("run")
    for directory in (base, base.parent, base.parent.parent):
        directory.chmod(0o711)
    installation = Installation(base / "var")
    yield installation
    installation.end()


@pytest.fixture
def running(installation: Installation) -> Installation:
    """The installation, up and whole."""
    if not (installation.launcher and installation.launcher.poll() is None):
        installation.start()
    assert eventually(lambda: sorted(installation.process_ids()) == sorted(PROGRAMS))
    return installation


class TestRunning:
    def test_it_serves_and_says_where(self, running: Installation) -> None:
        assert f"Intervi is at http://localhost:{running.port} " in running.said()
        assert running.answers()

    def test_a_second_one_is_told_in_one_line(self, running: Installation) -> None:
        first = running.said()
        second = Installation(running.home)
        second.output = running.home.with_suffix(".second")
        assert second.launch().wait(PATIENCE_SECONDS) == 1
        assert second.said().count("\n") == 1
        assert f"runs already: http://localhost:{running.port}" in second.said()
        assert running.said() == first

    def test_a_used_port_is_told_in_one_line(self, running: Installation) -> None:
        other = Installation(running.home.with_name("other"))
        other.port = running.port
        assert other.launch().wait(PATIENCE_SECONDS) == 1
        assert other.said().count("\n") == 1
        assert f"Port {running.port} is in use" in other.said()
        assert not other.processes()

    @pytest.mark.parametrize("name", PROGRAMS)
    def test_a_dead_program_is_started_again_alone(self, running: Installation, name: str) -> None:
        before = running.process_ids()
        os.kill(before[name], signal.SIGKILL)
        assert eventually(lambda: running.process_ids().get(name, before[name]) != before[name]), running.said()
        after = running.process_ids()
        assert {program for program in PROGRAMS if after.get(program) != before[program]} == {name}
        assert eventually(running.answers)
        assert eventually(lambda: f"{name}.log" in running.said())


class TestStopping:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    def test_a_signal_stops_everything_in_order(self, running: Installation, number: signal.Signals) -> None:
        assert running.launcher
        running.launcher.send_signal(number)
        assert running.launcher.wait(PATIENCE_SECONDS) == 0
        assert running.processes() == []
        assert "database system is shut down" in (running.home / "log" / "postgres.log").read_text().splitlines()[-1]

    def test_a_killed_launcher_takes_everything_along(self, running: Installation) -> None:
        assert running.launcher
        running.launcher.kill()
        running.launcher.wait()
        assert eventually(lambda: running.processes() == []), running.processes()

    def test_a_killed_supervisor_takes_everything_along(self, running: Installation) -> None:
        """This is also the second start after a kill: the fixture has started it again."""
        assert running.launcher
        os.kill(int((running.home / "run" / "supervisord.pid").read_text()), signal.SIGKILL)
        assert running.launcher.wait(PATIENCE_SECONDS) == 1
        assert "The supervisor was ended" in running.said().splitlines()[-1]
        assert eventually(lambda: running.processes() == []), running.processes()

    def test_all_killed_at_once_and_started_again(self, running: Installation) -> None:
        for process in running.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        assert running.launcher
        running.launcher.wait()
        running.start()
        assert running.answers()


class TestServersThatDoNotStart:
    """PostgreSQL or Redis refuses: one line says why, the status is not zero, and nothing stays."""

    @pytest.fixture
    def stopped(self, installation: Installation) -> Installation:
        if not installation.home.exists():
            installation.start()
        installation.end()
        return installation

    def _refusal(self, stopped: Installation) -> str:
        assert stopped.launch().wait(PATIENCE_SECONDS) == 1
        assert stopped.processes() == []
        return stopped.said().splitlines()[-1]

    def test_postgresql(self, stopped: Installation) -> None:
        settings = stopped.home / "postgres" / "postgresql.conf"
        whole = settings.read_text()
        settings.write_text(whole + "no_such_setting = 1\n")
        try:
            refusal = self._refusal(stopped)
        finally:
            settings.write_text(whole)
        assert refusal.startswith("Intervi cannot run: PostgreSQL does not start:")
        assert "postgresql.conf" in refusal

    def test_redis(self, stopped: Installation) -> None:
        appended = stopped.home / "redis" / "appendonly.aof"
        whole = appended.read_bytes()
        appended.write_bytes(b"no such format\n")
        try:
            refusal = self._refusal(stopped)
        finally:
            appended.write_bytes(whole)
        assert refusal.startswith("Intervi cannot run: Redis does not start:")
        assert "append only file" in refusal

    def test_a_setting_that_makes_no_sense(self, stopped: Installation) -> None:
        assert stopped.launch(PORT="eight thousand").wait(PATIENCE_SECONDS) == 1
        assert stopped.said().strip().startswith("Intervi cannot run: the setting PORT is wrong")
        assert stopped.said().count("\n") == 1
