"""The wrapper that ties a program to its parent."""

import fcntl
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from intervi.supervision import child

CHILD = [sys.executable, "-P", child.__file__]


@pytest.fixture
def closed_directory(tmp_path: Path) -> Path:
    """One that only its owner may enter, with a file in it that all may read."""
    directory = tmp_path / "closed"
    directory.mkdir(mode=0o700)
    (directory / "file").write_text("reached\n")
    return directory


def _eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _orphan(command: list[str]) -> psutil.Process:
    """What is left of the command, a sleep, just after its parent was killed."""
    script = f"import subprocess; p = subprocess.Popen({command!r}); print(p.pid, flush=True); p.wait()"
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    orphan = psutil.Process(int(parent.stdout.readline()))
    assert _eventually(lambda: orphan.name() == "sleep")
    parent.kill()
    parent.wait()
    return orphan


def test_the_command_dies_with_its_parent() -> None:
    orphan = _orphan([*CHILD, "--", "sleep", "60"])
    assert _eventually(lambda: not orphan.is_running())


def test_two_with_one_lock_run_one_after_the_other(tmp_path: Path) -> None:
    lock, log = tmp_path / "lock", tmp_path / "log"
    command = [*CHILD, "--lock", str(lock), "--", "sh", "-c", f"echo in >> {log}; sleep 0.3; echo out >> {log}"]
    for process in [subprocess.Popen(command), subprocess.Popen(command)]:
        assert process.wait(20) == 0
    assert log.read_text().split() == ["in", "out", "in", "out"]


def test_the_lock_is_held_until_the_last_fork_is_gone(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    subprocess.run([*CHILD, "--lock", str(lock), "--", "sh", "-c", "sleep 0.5 &"], check=True)
    with lock.open("r+") as file:
        with pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(file, fcntl.LOCK_EX)


def test_signals_reach_the_command_itself() -> None:
    process = subprocess.Popen([*CHILD, "--", "sleep", "60"])
    assert _eventually(lambda: psutil.Process(process.pid).name() == "sleep")
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == -signal.SIGINT


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
class TestAnotherUser:
    def test_root_is_given_up_for_good(self) -> None:
        command = [*CHILD, "--user", "nobody", "--", "grep", "-E", "^(Uid|Groups|CapEff|CapPrm):", "/proc/self/status"]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/")
        nobody = str(pwd.getpwnam("nobody").pw_uid)
        found = {name: rest.split() for name, rest in (line.split(":") for line in done.stdout.splitlines())}
        assert found == {"Uid": [nobody] * 4, "Groups": [], "CapPrm": ["0" * 16], "CapEff": ["0" * 16]}

    def test_a_closed_directory_is_passed_through_and_nothing_more_is_allowed(self, closed_directory: Path) -> None:
        secret = closed_directory / "secret"
        secret.write_text("secret")
        secret.chmod(0o600)
        script = f"cat {closed_directory}/file; test -r {closed_directory}/file && echo readable; echo x > {closed_directory}/new"
        command = [*CHILD, "--user", "nobody", "--through", str(closed_directory / "file"), "--", "sh", "-c", script]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.stdout.split() == ["reached", "readable"]
        assert "Permission denied" in done.stderr
        assert not (closed_directory / "new").exists()

    def test_it_still_dies_with_its_parent(self) -> None:
        orphan = _orphan([*CHILD, "--user", "nobody", "--", "sleep", "60"])
        assert _eventually(lambda: not orphan.is_running())
