"""What must hold before anything is started."""

import os
import socket
from pathlib import Path

import pytest

from intervi.settings import settings
from intervi.supervision import preconditions
from intervi.supervision.console import CannotStart


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, not made yet."""
    home = tmp_path_factory.mktemp("h") / "var"
    monkeypatch.setattr(settings(), "home", home)
    return home


class TestHome:
    def test_nobody_else_may_look_inside(self, home: Path) -> None:
        preconditions.make_home()
        for directory in (home, home / "run", home / "log"):
            assert directory.stat().st_mode & 0o066 == 0

    def test_too_long_a_path_for_sockets(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settings(), "home", home / ("x" * 100))
        with pytest.raises(CannotStart, match="too long"):
            preconditions.make_home()
        assert not home.exists()

    def test_a_full_disk(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(preconditions, "NEEDED_BYTES", 10**18)
        with pytest.raises(CannotStart, match="is full"):
            preconditions.make_home()

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a directory away")
    def test_somebody_elses(self, home: Path) -> None:
        home.mkdir()
        os.chown(home, 65534, 65534)
        with pytest.raises(CannotStart, match="belongs to nobody, and you are root"):
            preconditions.make_home()

    def test_a_file_in_its_place(self, home: Path) -> None:
        home.write_text("")
        with pytest.raises(OSError, match=str(home)):
            preconditions.make_home()


class TestOnlyOne:
    def test_the_second_is_told_of_the_first(self, home: Path) -> None:
        preconditions.make_home()
        with (
            preconditions.lock_installation(),
            pytest.raises(CannotStart, match=rf"runs already: http://localhost:\d+ \(process {os.getpid()}\)"),
        ):
            preconditions.lock_installation()

    def test_a_lock_left_behind_is_no_hindrance(self, home: Path) -> None:
        preconditions.make_home()
        preconditions.lock_installation().close()
        preconditions.lock_installation().close()

    def test_a_program_of_the_previous_run_that_stays_is_named(self, home: Path) -> None:
        preconditions.make_home()
        with (
            preconditions.lock_installation(),
            pytest.raises(CannotStart, match="lock of the previous run does not end"),
        ):
            preconditions.wait_for_previous_run([home / "run" / "lock"], patience_seconds=0.2)


class TestPort:
    def test_a_used_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            monkeypatch.setattr(settings(), "port", taken.getsockname()[1])
            with pytest.raises(CannotStart, match=f"Port {taken.getsockname()[1]} is in use"):
                preconditions.refuse_used_port()

    def test_a_free_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        monkeypatch.setattr(settings(), "port", port)
        preconditions.refuse_used_port()

    def test_an_address_of_another_machine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settings(), "host", "203.0.113.5")
        with pytest.raises(CannotStart, match="no address of this machine"):
            preconditions.refuse_used_port()
