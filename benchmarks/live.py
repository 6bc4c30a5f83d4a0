"""The coach's socket under load: how late its answers are, what they cost, and what gives way first.

    python -m benchmarks.live                      # 100, 300 and 1,000 sockets, beside a bare echo socket
    python -m benchmarks.live --sockets 100 300 --seconds 20
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
from dataclasses import dataclass

import numpy as np
import soxr
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

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


async def _client(port: int, who: tuple[str, str], chunks: list[bytes], until: float, late: list[float]) -> str:
    token, session_id = who
    try:
        async with connect(
            f"ws://127.0.0.1:{port}/ws/analysis/{session_id}?token={token}", compression=None, ping_interval=None
        ) as websocket:
            await asyncio.sleep(random.random() * CHUNK / RATE)
            due, number = time.perf_counter(), random.randrange(len(chunks))
            while time.time() < until:
                began = time.perf_counter()
                await websocket.send(chunks[number % len(chunks)])
                await websocket.recv()
                late.append(time.perf_counter() - began)
                number, due = number + 1, due + CHUNK / RATE
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
        return "held"
    except (OSError, WebSocketException) as error:
        return type(error).__name__


def _clients(port: int, who: list[tuple[str, str]], seconds: float, warm_up: float, results) -> None:
    async def run() -> None:
        chunks, late = speech(), []
        until = time.time() + warm_up + seconds
        tasks = [asyncio.create_task(_client(port, each, chunks, until, late)) for each in who]
        await asyncio.sleep(warm_up)
        late.clear()
        ended = await asyncio.gather(*tasks)
        results.put((late, ended))

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
    kilobytes: float
    """Resident, for each socket."""


def load(app: str, who: list[tuple[str, str]], seconds: float) -> Load:
    """Sends for so many seconds, after a warm-up in which all sockets are opened."""
    with served(app) as (port, pid):
        _run(port, who[:1], 2, 1)  # what is loaded on first use belongs to no socket
        before = resident_bytes(pid)
        warm_up = 5 + len(who) / 60
        context = multiprocessing.get_context("spawn")
        results = context.Queue()
        clients = [
            context.Process(target=_clients, args=(port, who[at::CLIENT_PROCESSES], seconds, warm_up, results))
            for at in range(CLIENT_PROCESSES)
        ]
        for client in clients:
            client.start()
        time.sleep(warm_up + 6)  # the clients make their speech first
        used, began = cpu_seconds(pid), time.time()
        time.sleep(seconds / 2)
        used = (cpu_seconds(pid) - used) / (time.time() - began)
        memory = resident_bytes(pid) - before
        found = [results.get() for _ in clients]
        late, ended = [one for part, _ended in found for one in part], [one for _late, part in found for one in part]
        for client in clients:
            client.join()
    held = ended.count("held")
    if held < len(who):
        print(f"    of {len(who)}, ended early: {dict(Counter(why for why in ended if why != 'held'))}", flush=True)
    return Load(
        len(who),
        held,
        *np.percentile(late or [float("nan")], (50, 99)),
        len(late) / (len(who) * seconds * RATE / CHUNK),
        used,
        memory / 1024 / len(who),
    )


def _run(port: int, who: list[tuple[str, str]], seconds: float, warm_up: float) -> None:
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    client = context.Process(target=_clients, args=(port, who, seconds, warm_up, results))
    client.start()
    results.get()
    client.join()


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
    parser.add_argument("--voice", action="store_true")
    options = parser.parse_args()
    if options.voice:
        return voice()
    with installation(INTERVI_MAX_LIVE_SOCKETS="5000"):
        who = asyncio.run(people(max(options.sockets)))
        print("| sockets | server | held | p50 ms | p99 ms | answered | CPU, of one core | KiB a socket |")
        print("|---|---|---|---|---|---|---|---|")
        for count in options.sockets:
            for name, app in (("echo", "benchmarks.live:echo"), ("coach", "tests.live.served:serve")):
                found = load(app, who[:count], options.seconds)
                print(
                    f"| {count} | {name} | {found.held} | {1000 * found.p50:.1f} | {1000 * found.p99:.1f} | {found.answered:.0%} | "
                    f"{found.cpu:.2f} | {found.kilobytes:.0f} |",
                    flush=True,
                )
    return None


if __name__ == "__main__":
    main()
