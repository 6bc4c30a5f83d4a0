"""The coach's socket under load: how late its answers are, what they cost, and what gives way first.

    python -m benchmarks.live                      # 100, 300 and 1,000 sockets, beside a bare echo socket
    python -m benchmarks.live --sockets 100 300 --seconds 20
    python -m benchmarks.live --servers coach "one by one"   # the gain of asking the network about all sessions at once
    python -m benchmarks.live --voice              # voice activity by itself: one call for each session, and batches

Each socket belongs to a user of its own and sends 4096 samples of speech at 48 kHz every 85.3 ms, in real time, from client processes
of their own, its first chunk at a random moment. The latency is that from sending a chunk to having read its answer, on the client's
clock. The server is one web process (the contracts without the pages) with PostgreSQL and Redis of its own. The echo socket is Starlette
alone, which sends back a text of the same length: what the network, the server and the clients cost without us.
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import soxr
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from benchmarks.serving import cpu_seconds, installation, resident_bytes, served

CHUNK, RATE = 4096, 48_000
CLIENT_PROCESSES = 2
ANSWER = json.dumps({"type": "metrics", "data": {"volume": 0.123456, "is_speaking": True, "nudge": None}})


async def _echo(websocket: WebSocket) -> None:
    await websocket.accept()
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await websocket.receive_bytes()
            await websocket.send_text(ANSWER)


def echo() -> Starlette:
    return Starlette(routes=[WebSocketRoute("/ws/analysis/{session_id}", _echo)])


def one_by_one() -> ASGIApp:
    """Coach's socket with one call of the network for each window of each session: what batching is measured against."""
    from intervi.live import voice as live_voice
    from tests.live.served import serve

    class OneByOne(live_voice.VoiceDetector):
        def _round(self, active):
            return [left for job in active for left in super(OneByOne, self)._round([job])]

    live_voice._detector = OneByOne()
    return serve()


SERVERS = {
    "echo": "benchmarks.live:echo",
    "coach": "tests.live.served:serve",
    "one by one": "benchmarks.live:one_by_one",
}


# --- the people -----------------------------------------------------------------------------------------------------


async def people(count: int) -> list[tuple[str, str]]:
    """So many users with a session each: (token, session id)."""
    from intervi.accounts import service as accounts
    from intervi.accounts.principal import Principal
    from intervi.database import transaction
    from intervi.interviews import service as interviews
    from intervi.interviews.models import Origin

    found = []
    for number in range(count):
        async with transaction() as session:
            email = f"{number}-{os.urandom(4).hex()}@example.com"
            signed_in = await accounts.register(session, email=email, password="seven quiet owls 42")
            made = await interviews.create(session, Principal(signed_in.user_id), origin=Origin.COACH, job_title="x")
        found.append((signed_in.access_token, str(made.id)))
    return found


# --- the clients ----------------------------------------------------------------------------------------------------


def speech() -> list[bytes]:
    """A minute of speech and pauses, in chunks."""
    from tests.media_made.speech import RATE as MADE_RATE
    from tests.media_made.speech import make_speech

    said = "We moved the whole thing step by step over a year and hardly anybody noticed"
    made = make_speech([1.0, said, 0.8, said, 1.5, said, 0.6, said, 2.0] * 2)
    samples = soxr.resample(made.samples, MADE_RATE, RATE).astype("<f4")
    return [samples[at : at + CHUNK].tobytes() for at in range(0, len(samples) - CHUNK, CHUNK)]


class _Client(asyncio.Protocol):
    """One speaker: as little of a WebSocket client as will do, since the clients run on the server's cores."""

    def __init__(self, port: int, who: tuple[str, str], frames: list[bytes], late: list[float]) -> None:
        token, session_id = who
        self._hello = (
            f"GET /ws/analysis/{session_id}?token={token} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        self._frames, self._late = frames, late
        self._number = random.randrange(len(frames))
        self._received, self._is_open, self._sent_at, self._due = b"", False, 0.0, 0.0
        self.ended: str | None = None
        """What the server closed it with, if it did."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._hello.encode())

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._is_open:
            if b"\r\n\r\n" not in self._received:
                return None
            answer, _, self._received = self._received.partition(b"\r\n\r\n")
            if b" 101 " not in answer.partition(b"\r\n")[0]:
                self.ended = answer.partition(b"\r\n")[0].decode()
                return self._transport.close()
            self._is_open = True
            loop = asyncio.get_running_loop()
            self._due = loop.time() + random.random() * CHUNK / RATE
            loop.call_at(self._due, self._send)
        while (message := self._message()) is not None:
            self._read(*message)
        return None

    def _message(self) -> tuple[int, bytes] | None:
        """The next whole frame of the server's: its kind, and what it holds. None is longer than 64 KiB, or in parts."""
        if len(self._received) < 4:
            return None
        kind, length, begin = self._received[0] & 15, self._received[1], 2
        if length == 126:
            length, begin = int.from_bytes(self._received[2:4], "big"), 4
        if len(self._received) < begin + length:
            return None
        held, self._received = self._received[begin : begin + length], self._received[begin + length :]
        return kind, held

    def _read(self, kind: int, held: bytes) -> None:
        if kind == 8:
            self.ended = f"closed with {int.from_bytes(held[:2], 'big')}"
            self._transport.close()
        elif kind == 1 and self._sent_at:
            loop = asyncio.get_running_loop()
            self._late.append(loop.time() - self._sent_at)
            self._sent_at, self._due = 0.0, self._due + CHUNK / RATE
            loop.call_at(max(self._due, loop.time()), self._send)

    def _send(self) -> None:
        if not self._transport.is_closing():
            self._sent_at = asyncio.get_running_loop().time()
            self._transport.write(self._frames[self._number % len(self._frames)])
            self._number += 1

    def connection_lost(self, error: Exception | None) -> None:
        self.ended = self.ended or type(error).__name__

    def close(self) -> None:
        self._transport.close()


def _masked(chunk: bytes) -> bytes:
    """A binary frame as a client sends it; masked with zeros, it is masked already."""
    return bytes([0x82, 0x80 | 126]) + len(chunk).to_bytes(2, "big") + bytes(4) + chunk


def _clients(port: int, who: list[tuple[str, str]], seconds: float, warm_up: float, results) -> None:
    async def run() -> None:
        frames, late = [_masked(chunk) for chunk in speech()], []
        results.put("ready")
        until, clients, refused = time.monotonic() + warm_up, [], []
        for each in who:
            try:
                _transport, client = await asyncio.get_running_loop().create_connection(
                    lambda each=each: _Client(port, each, frames, late), "127.0.0.1", port
                )
                clients.append(client)
            except OSError as error:
                refused.append(type(error).__name__)
            await asyncio.sleep(0.02)  # not all in one moment: nothing is told of that here
        await asyncio.sleep(max(0.0, until - time.monotonic()))
        late.clear()
        used = time.process_time()
        await asyncio.sleep(seconds)
        used = time.process_time() - used
        ended = [client.ended or "held" for client in clients] + refused
        results.put((list(late), ended, used))
        for client in clients:
            client.close()

    asyncio.run(run())


@dataclass
class Load:
    """What one number of sockets cost."""

    sockets: int
    held: int
    p50: float
    p99: float
    answered: float
    """Share of the chunks that real time asks for."""
    cpu: float
    """Of one core."""
    clients_cpu: float
    """Of one core, both client processes together."""
    kilobytes: float
    """Resident, for each socket."""


def load(app: str, who: list[tuple[str, str]], seconds: float) -> Load:
    """Sends for so many seconds, after a warm-up in which all sockets are opened."""
    with served(app) as (port, pid):
        _run(port, [who[:1]], 2, 1)  # what is loaded on first use belongs to no socket
        before = resident_bytes(pid)
        parts = [who[at::CLIENT_PROCESSES] for at in range(CLIENT_PROCESSES)]
        usage: list[float] = []
        found = _run(
            port, parts, seconds, 4 + len(who) / 50, lambda: usage.extend((cpu_seconds(pid), resident_bytes(pid)))
        )
        used = (usage[2] - usage[0]) / seconds
        memory = usage[3] - before
    late, ended = [one for part in found for one in part[0]], [one for part in found for one in part[1]]
    held = ended.count("held")
    if held < len(who):
        print(f"    of {len(who)}, ended early: {dict(Counter(why for why in ended if why != 'held'))}", flush=True)
    return Load(
        len(who),
        held,
        *np.percentile(late or [float("nan")], (50, 99)),
        len(late) / (len(who) * seconds * RATE / CHUNK),
        used,
        sum(part[2] for part in found) / seconds,
        memory / 1024 / len(who),
    )


def _run(
    port: int,
    parts: list[list[tuple[str, str]]],
    seconds: float,
    warm_up: float,
    look: Callable[[], None] = lambda: None,
) -> list[tuple[list[float], list[str], float]]:
    """Has each part of the people send from a process of its own; ``look`` is called when all send, and at their end."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    clients = [context.Process(target=_clients, args=(port, part, seconds, warm_up, results)) for part in parts]
    for client in clients:
        client.start()
    for _ in clients:
        results.get()  # their speech is made
    time.sleep(warm_up)
    look()
    time.sleep(seconds)
    look()
    found = [results.get() for _ in clients]
    for client in clients:
        client.join()
    return found


# --- voice activity by itself ---------------------------------------------------------------------------------------


def voice(rounds: int = 100) -> None:
    """Processor time of one window in batches of several sizes; one speaker has 31.25 windows a second."""
    from intervi.live.voice import RATE as VOICE_RATE
    from intervi.live.voice import VoiceDetector

    network = VoiceDetector(0).network
    print("| sessions in one call | microseconds a window | of one core for 100 speakers |\n|---|---|---|")
    for size in (1, 4, 16, 64, 256):
        rows = np.random.default_rng(0).normal(0, 0.05, (size, 576)).astype(np.float32)
        given = {"input": rows, "state": np.zeros((2, size, 128), np.float32), "sr": np.array(VOICE_RATE, np.int64)}
        times = []
        for _ in range(rounds):
            began = time.thread_time()
            network.run(None, given)
            times.append(time.thread_time() - began)
        each = float(np.median(times)) / size
        print(f"| {size} | {1e6 * each:.0f} | {100 * 31.25 * each:.0%} |", flush=True)


# --- all of it ------------------------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sockets", type=int, nargs="+", default=[100, 300, 1000])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--servers", choices=SERVERS, nargs="+", default=["echo", "coach"])
    parser.add_argument("--voice", action="store_true")
    options = parser.parse_args()
    if options.voice:
        return voice()
    with installation(INTERVI_MAX_LIVE_SOCKETS="5000"):
        who = asyncio.run(people(max(options.sockets)))
        print(
            "| sockets | server | held | p50 ms | p99 ms | answered | web process, of one core | clients | KiB a socket |"
        )
        print("|---|---|---|---|---|---|---|---|---|")
        for count in options.sockets:
            for name in options.servers:
                found = load(SERVERS[name], who[:count], options.seconds)
                print(
                    f"| {count} | {name} | {found.held} | {1000 * found.p50:.1f} | {1000 * found.p99:.1f} | {found.answered:.0%} | "
                    f"{found.cpu:.2f} | {found.clients_cpu:.2f} | {found.kilobytes:.0f} |",
                    flush=True,
                )
    return None


if __name__ == "__main__":
    main()
