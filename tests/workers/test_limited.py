"""What a child may not do: take more memory or time than allowed, crash its parent, or answer with what a library printed."""

import os
import signal
import subprocess
import sys
import time
from typing import IO

import psutil
import pytest

from intervi.errors import BadMedia
from intervi.settings import REPOSITORY_ROOT
from workers.limited import ChildFailed, Failure, limited_child, run_limited

MEMORY = 1024**3


def call(name: str, request: bytes = b"", *, memory: int = MEMORY, seconds: int = 20) -> bytes:
    return run_limited(f"tests.workers.test_limited:{name}", request, memory_bytes=memory, seconds=seconds)


def shout(request: bytes, output: IO[bytes]) -> None:
    print("this is no part of the answer")
    output.write(request.upper())


def refuse(_request: bytes, _output: IO[bytes]) -> None:
    raise BadMedia("This is no song.")


def devour(_request: bytes, _output: IO[bytes]) -> None:
    bytearray(4 * MEMORY)


def sleep(_request: bytes, _output: IO[bytes]) -> None:
    time.sleep(60)


def crash(_request: bytes, _output: IO[bytes]) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def fail(_request: bytes, _output: IO[bytes]) -> None:
    raise KeyError("unexpected")


def chatter(_request: bytes, output: IO[bytes]) -> None:
    sys.stderr.write("x" * 1_000_000)
    for number in range(1000):
        output.write(number.to_bytes(4, "big"))
        output.flush()


def linger(_request: bytes, output: IO[bytes]) -> None:
    output.write(os.getpid().to_bytes(8, "big"))
    output.flush()
    time.sleep(60)


def test_answers_with_what_was_written_only() -> None:
    assert call("shout", b"hello" * 100_000) == b"HELLO" * 100_000


def test_a_refusal_comes_through_in_its_own_words() -> None:
    with pytest.raises(BadMedia, match=r"^This is no song[.]$"):
        call("refuse")


@pytest.mark.parametrize(
    ("name", "failure", "seconds"),
    [
        ("devour", Failure.MEMORY, 20),
        ("sleep", Failure.TIME, 2),
        ("crash", Failure.CRASH, 20),
        ("fail", Failure.CRASH, 20),
    ],
)
def test_failures_have_their_kind(name: str, failure: Failure, seconds: int) -> None:
    with pytest.raises(ChildFailed) as caught:
        call(name, seconds=seconds)
    assert caught.value.failure == failure


def test_an_answer_is_read_as_it_comes_whatever_is_said_beside_it() -> None:
    function = "tests.workers.test_limited:chatter"
    with limited_child(function, b"", memory_bytes=MEMORY, seconds=20) as output:
        assert [int.from_bytes(output.read(4), "big") for _ in range(1000)] == list(range(1000))
        assert output.read() == b""


def test_who_stops_reading_ends_the_child() -> None:
    function = "tests.workers.test_limited:linger"
    with pytest.raises(ZeroDivisionError), limited_child(function, b"", memory_bytes=MEMORY, seconds=20) as output:
        child = int.from_bytes(output.read(8), "big")
        raise ZeroDivisionError
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_children_are_forked_from_one_server_and_from_another_when_it_is_gone() -> None:
    first = _servers()
    call("shout", b"hello")
    call("shout", b"hello")
    servers = _servers()
    assert len(servers) == 1
    assert first in ([], servers)
    servers[0].kill()
    servers[0].wait()
    assert call("shout", b"hello") == b"HELLO"
    assert len(_servers()) == 1


def test_a_child_ends_with_its_worker() -> None:
    program = """
from workers.limited import limited_child
with limited_child("tests.workers.test_limited:linger", b"", memory_bytes=2**30, seconds=50) as output:
    print(int.from_bytes(output.read(8), "big"), flush=True)
    output.read()
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=REPOSITORY_ROOT) as worker:
        assert worker.stdout is not None
        child = psutil.Process(int(worker.stdout.readline()))
        descended = psutil.Process(worker.pid).children(recursive=True)
        assert child in descended
        worker.kill()
    _gone, alive = psutil.wait_procs(descended, timeout=30)
    assert alive == []


def _servers() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if one.cmdline()[1:3] == ["-m", "workers.limited"]]
