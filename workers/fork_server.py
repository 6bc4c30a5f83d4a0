"""A process that has the decoders loaded and forks a child for each call: to start an interpreter and import them takes 0.25 s.

    worker ──control──▶ server ──fork──▶ keeper ──fork──▶ child
       └───────────────call socket──────────┘

The server is a fresh interpreter with one thread, which never decodes anything itself: what is forked from it is as clean as one newly
started. Each call has a keeper that waits for its child, tells its exit status over the call's own socket, and kills it as soon as the
worker closes that socket, for whatever reason. Without a worker the server ends, too.

``multiprocessing`` has a forkserver as well: it imports the worker's main module in every child, takes its environment from the worker
(which must have its threads), and a child of a killed worker runs on.
"""

import importlib
import json
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import IO

from intervi.settings import REPOSITORY_ROOT
from intervi.supervision.child import die_with_parent

_PRELOADED = ("workers.decoding", "workers.vision.frames")
_ONE_THREAD = {
    # Each thread of a numeric library, and each arena of malloc, reserves address space, which is what is limited.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}
_LENGTH = struct.Struct(">I")
_STATUS = struct.Struct(">i")
_DESCRIPTORS = 3
_UNEXPECTED = 1

Run = Callable[[str, int, int, bytes, IO[bytes]], int]
"""What a child does: function, memory in bytes, seconds, request and where its answer goes; returns its exit status."""


class Child:
    """A call that runs in a child, seen from the worker."""

    def __init__(self, answer: IO[bytes], call: socket.socket) -> None:
        self.answer = answer
        self._call = call
        self._status: int | None = None

    def kill(self) -> None:
        """Ends the child, if it still runs. May be called from any thread."""
        with suppress(OSError):
            self._call.shutdown(socket.SHUT_WR)

    def wait(self) -> int:
        """The exit status; negative: the signal it died of. Afterwards the child is gone."""
        if self._status is None:
            told = _received(self._call, _STATUS.size)
            self._status = _STATUS.unpack(told)[0] if told is not None else -signal.SIGKILL
        return self._status

    def close(self) -> None:
        """Ends it, waits for its end and lets go of everything."""
        self.kill()
        self.wait()
        self._call.close()
        self.answer.close()


class ForkServer:
    """The worker's side: a server is started on first use, and another if that one is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, function: str, request: bytes, *, memory_bytes: int, seconds: int, messages: IO[bytes]) -> Child:
        """Has a child run the function.

        Args:
            function: ``package.module:name``.
            memory_bytes: The most address space it may have.
            seconds: The most processor time it may take.
            messages: An open file that it writes what it prints to.
        """
        ours, theirs = socket.socketpair()
        reading, writing = os.pipe()
        try:
            self._hand_over([writing, messages.fileno(), theirs.fileno()])
        except BaseException:
            ours.close()
            os.close(reading)
            raise
        finally:
            theirs.close()
            os.close(writing)
        child = Child(os.fdopen(reading, "rb"), ours)
        order = json.dumps([function, memory_bytes, seconds]).encode()
        with suppress(BrokenPipeError, ConnectionResetError):  # how it ended is told by its status
            for part in (order, request):
                ours.sendall(_LENGTH.pack(len(part)) + part)
        return child

    def _hand_over(self, descriptors: list[int]) -> None:
        with self._lock:
            try:
                socket.send_fds(self._connected(), [b"+"], descriptors)
            except OSError:  # it was killed since
                self._forget()
                socket.send_fds(self._connected(), [b"+"], descriptors)

    def _connected(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "workers.limited", str(theirs.fileno())],
                    cwd=REPOSITORY_ROOT,
                    env=os.environ | _ONE_THREAD,
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
        return self._control

    def _forget(self) -> None:
        if self._control is not None and self._process is not None:
            self._control.close()
            self._process.wait()
        self._control = self._process = None


def _received(connection: socket.socket, size: int) -> bytes | None:
    """So many bytes; ``None`` if the other side ended before."""
    data = b""
    while len(data) < size:
        try:
            part = connection.recv(size - len(data))
        except OSError:
            return None
        if not part:
            return None
        data += part
    return data


# --- the server's side ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Call:
    """What a keeper was handed."""

    answer: int
    messages: int
    socket: socket.socket


def serve(descriptor: int, run: Run) -> None:
    """Forks a keeper for each call that comes in, until the worker is gone."""
    for name in _PRELOADED:
        importlib.import_module(name)
    # Waiting for them, rather than ignoring them, adds their processor time to ours.
    signal.signal(signal.SIGCHLD, lambda _number, _frame: _reap())
    with socket.socket(fileno=descriptor) as control:
        while True:
            byte, descriptors, _flags, _address = socket.recv_fds(control, 1, _DESCRIPTORS)
            if not byte:
                return
            answer, messages, call = descriptors
            if os.fork() == 0:
                control.close()
                _leave(partial(_keep, _Call(answer, messages, socket.socket(fileno=call)), run))
            for one in descriptors:
                os.close(one)


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _leave(function: Callable[[], int]) -> None:
    """Ends this process with what the function returns, and runs nothing that belongs to the process it was forked from."""
    status = _UNEXPECTED
    try:
        status = function()
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(OSError):
            sys.stderr.flush()
        os._exit(status)


def _keep(call: _Call, run: Run) -> int:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    order, request = (_message(call.socket) for _ in range(2))
    if order is None or request is None:
        return 0
    function, memory_bytes, seconds = json.loads(order)
    lives, held = os.pipe()  # the child holds one end, and lets it go when it ends, however it ends
    child = os.fork()
    if child == 0:
        call.socket.close()
        os.close(lives)
        _leave(lambda: _child(call, lambda output: run(function, memory_bytes, seconds, request, output)))
    for one in (held, call.answer, call.messages):
        os.close(one)
    with selectors.DefaultSelector() as selector:
        selector.register(lives, selectors.EVENT_READ)
        selector.register(call.socket, selectors.EVENT_READ)
        ended = {key.fileobj for key, _events in selector.select()}
    if lives not in ended:
        os.kill(child, signal.SIGKILL)
    _child_id, status = os.waitpid(child, 0)
    with suppress(OSError):
        call.socket.sendall(_STATUS.pack(os.waitstatus_to_exitcode(status)))
    return 0


def _message(connection: socket.socket) -> bytes | None:
    length = _received(connection, _LENGTH.size)
    return None if length is None else _received(connection, _LENGTH.unpack(length)[0])


def _child(call: _Call, run: Callable[[IO[bytes]], int]) -> int:
    die_with_parent(signal.SIGKILL)
    os.setsid()
    # What a library prints must not get into the answer.
    for standard in (1, 2):
        os.dup2(call.messages, standard)
    with os.fdopen(call.answer, "wb") as output:
        return run(output)
