"""Running a function in a child process that has limits and may die: what a hostile or damaged file cannot get out of.

The child is forked from a server that decodes nothing (``workers.fork_server``; never from the worker: MediaPipe, CUDA and threads do not
survive that). It takes limits on memory and processor time upon itself before it opens anything, is killed when the time by the clock is
up, and goes when the worker goes. Request and answer are bytes; an answer may be read while the child still works.
"""

import argparse
import importlib
import resource
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import IO

from intervi.errors import BadMedia
from intervi.recordings.storage import StorageFull
from workers.fork_server import ForkServer, serve

REFUSED = 2
_OUT_OF_MEMORY = 3
_NO_ROOM = 4
_SERVER = ForkServer()


class Failure(StrEnum):
    """Why a child gave no answer."""

    TIME = "time"
    MEMORY = "memory"
    ROOM = "room"
    """The disk is full."""
    CRASH = "crash"


_FAILURES = {_OUT_OF_MEMORY: Failure.MEMORY, _NO_ROOM: Failure.ROOM}


class ChildFailed(Exception):
    """The child ran out of something, or crashed; ``messages`` is what it wrote to its standard error."""

    def __init__(self, failure: Failure, messages: str) -> None:
        super().__init__(f"{failure}: {messages}")
        self.failure = failure
        self.messages = messages


def run_limited(function: str, request: bytes, *, memory_bytes: int, seconds: int) -> bytes:
    """Calls a function in a limited child and returns all that it wrote; arguments and errors as for ``limited_child``."""
    with limited_child(function, request, memory_bytes=memory_bytes, seconds=seconds) as output:
        return output.read()


@contextmanager
def limited_child(function: str, request: bytes, *, memory_bytes: int, seconds: int) -> Iterator[IO[bytes]]:
    """Calls a function in a limited child; the block reads what it writes, as it comes.

    Args:
        function: ``package.module:name`` of a function that takes the request and a binary stream to write its answer to.
        memory_bytes: The most address space it may have.
        seconds: The most time it may take, by the clock and of the processor.

    Raises:
        BadMedia: at the block's end, if the function raised it; with the same message.
        ChildFailed: at the block's end, if it ran out of time or memory, or died of anything else.
    """
    with tempfile.TemporaryFile() as messages:
        child = _SERVER.start(function, request, memory_bytes=memory_bytes, seconds=seconds, messages=messages)
        overdue = threading.Event()

        def end() -> None:
            overdue.set()
            child.kill()

        timer = threading.Timer(seconds, end)
        timer.start()
        try:
            yield child.answer
            status = child.wait()
        finally:
            timer.cancel()
            child.close()
        messages.seek(0)
        _judge(status, overdue.is_set(), messages.read().decode(errors="replace").strip())


def _judge(status: int, overdue: bool, messages: str) -> None:
    if status == 0:
        return
    if status == REFUSED:
        raise BadMedia(messages)
    raise ChildFailed(Failure.TIME if overdue else _failure(status), messages)


def _failure(status: int) -> Failure:
    if status in _FAILURES:
        return _FAILURES[status]
    return Failure.TIME if status == -signal.SIGXCPU else Failure.CRASH


def limit_this_process(memory_bytes: int, seconds: int) -> None:
    """Takes limits on address space and processor time upon this process, for good; no core dump is written."""
    _lower(resource.RLIMIT_AS, memory_bytes)
    _lower(resource.RLIMIT_CPU, seconds)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(kind: int, value: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, hard))


def exit_status(function: Callable[[], None]) -> int:
    """Calls the function. Why it refuses goes to standard error; the exit status tells the rest."""
    try:
        function()
    except BadMedia as error:
        sys.stderr.write(error.message)
        return REFUSED
    except MemoryError:
        return _OUT_OF_MEMORY
    except StorageFull:
        return _NO_ROOM
    return 0


def _run(function: str, memory_bytes: int, seconds: int, request: bytes, output: IO[bytes]) -> int:
    """What a child does."""
    limit_this_process(memory_bytes, seconds)
    module, name = function.split(":")
    called: Callable[[bytes, IO[bytes]], None] = getattr(importlib.import_module(module), name)
    return exit_status(lambda: called(request, output))


def _main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m workers.limited", description="The server that children fork from."
    )
    parser.add_argument("descriptor", type=int, help="of the socket over which the calls come in")
    serve(parser.parse_args().descriptor, _run)


if __name__ == "__main__":
    _main()
