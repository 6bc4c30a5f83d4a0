"""What the person at the terminal reads."""

import sys
from pathlib import Path

import pytest

from intervi.supervision.console import CannotStart, run, step, telling_line


class TestTellingLine:
    def test_the_error_rather_than_what_came_after(self) -> None:
        assert telling_line("starting\nFATAL: no such role\nshut down\n") == "FATAL: no such role"

    def test_npms_pointer_to_its_own_log_is_no_error(self) -> None:
        text = "npm error request to https://registry.npmjs.org/x failed\nnpm error A complete log of this run can be found in: y\n"
        assert telling_line(text).startswith("npm error request")

    def test_a_full_disk_is_said_in_our_words(self) -> None:
        assert "disk is full" in telling_line("PANIC: could not write: No space left on device\nerror: aborted\n")

    def test_the_last_line_when_none_is_an_error(self) -> None:
        assert telling_line("one\ntwo\n\n") == "two"

    def test_silence(self) -> None:
        assert telling_line("\n") == "it said nothing"


class TestStep:
    def test_says_when_it_begins_and_how_long_it_took(self, capsys: pytest.CaptureFixture[str]) -> None:
        with step("Digging"):
            pass
        begun, ended = capsys.readouterr().out.strip().splitlines()
        assert begun.strip() == "Digging…"
        assert ended.strip().startswith("Digging: 0.")

    def test_a_failed_step_is_not_called_done(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(CannotStart), step("Digging"):
            raise CannotStart("rock")
        assert "Digging:" not in capsys.readouterr().out


class TestRun:
    def test_the_last_line_is_the_progress_and_the_log_has_all(self, tmp_path: Path) -> None:
        with step("Counting") as current:
            run([sys.executable, "-c", "print('one'); print('two')"], current, tmp_path / "log")
        assert current.now == "two"
        assert (tmp_path / "log").read_text() == "one\ntwo\n"

    def test_a_failure_names_its_reason_and_the_log(self, tmp_path: Path) -> None:
        log = tmp_path / "log"
        with pytest.raises(CannotStart, match=f"ValueError: too deep .*{log}"), step("Counting") as current:
            run([sys.executable, "-c", "raise ValueError('too deep')"], current, log)
