"""What the person at the terminal sees: steps with their progress, and refusals in one line. Only the standard library."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

# npm's last error only says where its own log is.
_ERROR = re.compile(r"error(?! A complete log)|(?-i:FATAL|PANIC)", re.IGNORECASE)

_QUIET_SECONDS = 10
"""Where the output is no terminal, a step that goes on tells so this often."""


class CannotStart(Exception):
    """What is wrong and what to do about it, in one line."""


class Step:
    """A step that runs now. Set ``now`` to what it is doing, for its progress line."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.now = ""
        self.began = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self.began


def say(text: str) -> None:
    """Prints a line. A terminal that was closed is no reason to fail."""
    with suppress(OSError):
        print(text, flush=True)


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Shows that something is being done, for how long, and that it is done."""
    current = Step(title)
    done = threading.Event()
    ticker = threading.Thread(target=_tick, args=(current, done), daemon=True)
    ticker.start()
    try:
        yield current
    finally:
        done.set()
        ticker.join()
        with suppress(OSError):
            print(_clear(), end="", flush=True)
    say(f"  {title}: {current.seconds:.1f} s")


def run(command: Sequence[str], current: Step, log: Path, *, environment: Mapping[str, str] | None = None) -> None:
    """Runs a command to its end, its output in a log, the last line of it as the step's progress.

    Interrupted, it ends the command and all that the command started.

    Raises:
        CannotStart: It failed: its last words, and where the log is.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w", errors="replace") as file,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
            errors="replace", env=environment, start_new_session=True,
        ) as process,
    ):  # fmt: skip
        assert process.stdout is not None
        try:
            for line in process.stdout:
                file.write(line)
                file.flush()
                current.now = line.strip() or current.now
        except BaseException:
            os.killpg(process.pid, signal.SIGTERM)
            raise
    if process.returncode:
        raise CannotStart(f"{current.title} failed: {last_words(log)} (all of it in {log})")


def last_words(log: Path, since: int = 0) -> str:
    """The line of a log that most probably says what went wrong, looking only at what came after so many bytes."""
    written = log.read_bytes() if log.exists() else b""
    # A log that is shorter now was rotated meanwhile.
    return telling_line(written[since if since <= len(written) else 0 :].decode(errors="replace"))


def telling_line(text: str, limit: int = 240) -> str:
    """The last line with an error in it, else the last line."""
    lines = [line.strip() for line in text.splitlines()[-200:] if line.strip()]
    if any("No space left on device" in line for line in lines):
        return "the disk is full; free some space and start again"
    errors = [line for line in lines if _ERROR.search(line)]
    return (errors or lines or ["it said nothing"])[-1][:limit]


def _tick(current: Step, done: threading.Event) -> None:
    interactive = sys.stdout.isatty()
    if not interactive:
        say(f"  {current.title}…")
    while not done.wait(0.25 if interactive else _QUIET_SECONDS):
        line = f"  {current.title}: {current.seconds:.0f} s  {current.now}"
        if interactive:
            with suppress(OSError):
                print(_clear() + line[: _columns() - 1], end="", flush=True)
        else:
            say(line)


def _clear() -> str:
    return "\r\x1b[K" if sys.stdout.isatty() else ""


def _columns() -> int:
    try:
        return os.get_terminal_size().columns
    except OSError:
        return 80
