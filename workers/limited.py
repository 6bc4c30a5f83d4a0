"""Running a function in a child process that has limits and may die: what a hostile or damaged file cannot get out of.

The child is a fresh interpreter (never a fork: MediaPipe, CUDA and the worker's threads do not survive one). It takes limits on memory
and processor time upon itself before it imports anything that decodes, is killed when the time by the clock is up, and goes when its
parent goes. Request and answer are bytes.
"""

import argparse
import importlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from enum import StrEnum

from intervi.errors import BadMedia
from intervi.settings import REPOSITORY_ROOT
from intervi.supervision.child import die_with_parent

REFUSED = 2
_OUT_OF_MEMORY = 3
_ONE_THREAD = {
    # Each thread of a numeric library, and each arena of malloc, reserves address space, which is what is limited.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}


class Failure(StrEnum):
    """Why a child gave no answer."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"


class ChildFailed(Exception):
    """The child ran out of something, or crashed; ``messages`` is what it wrote to its standard error."""

    def __init__(self, failure: Failure, messages: str) -> None:
        super().__init__(f"{failure}: {messages}")
        self.failure = failure
        self.messages = messages


def run_limited(function: str, request: bytes, *, memory_bytes: int, seconds: int) -> bytes:
    """Calls ``function`` (``package.module:name``, bytes to bytes) in a limited child and returns its answer.

    Args:
        memory_bytes: The most address space it may have.
        seconds: The most time it may take, by the clock and of the processor.

    Raises:
        BadMedia: if the function raised it; with the same message.
        ChildFailed: if it ran out of time or memory, or died of anything else.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "workers.limited", function, str(memory_bytes), str(seconds)],
        cwd=REPOSITORY_ROOT,
        env=os.environ | _ONE_THREAD,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        output, messages = child.communicate(request, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise ChildFailed(Failure.TIME, "") from None
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
    text = messages.decode(errors="replace").strip()
    if child.returncode == 0:
        return output
    if child.returncode == REFUSED:
        raise BadMedia(text)
    raise ChildFailed(_failure(child.returncode), text)


def _failure(status: int) -> Failure:
    if status == _OUT_OF_MEMORY:
        return Failure.MEMORY
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


def answer_or_refuse(function: Callable[[], bytes]) -> int:
    """Writes what the function returns to standard output, or why it refuses to standard error; the exit status."""
    try:
        output = function()
    except BadMedia as error:
        sys.stderr.write(error.message)
        return REFUSED
    except MemoryError:
        return _OUT_OF_MEMORY
    sys.stdout.buffer.write(output)
    return 0


def _main() -> int:
    parser = argparse.ArgumentParser(prog="python -m workers.limited", description="The child's side.")
    parser.add_argument("function")
    parser.add_argument("memory_bytes", type=int)
    parser.add_argument("seconds", type=int)
    arguments = parser.parse_args()
    die_with_parent(signal.SIGKILL)
    limit_this_process(arguments.memory_bytes, arguments.seconds)
    request = sys.stdin.buffer.read()
    module, name = arguments.function.split(":")
    function: Callable[[bytes], bytes] = getattr(importlib.import_module(module), name)
    return answer_or_refuse(lambda: function(request))


if __name__ == "__main__":
    sys.exit(_main())
