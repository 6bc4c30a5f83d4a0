"""Web processes with the contracts on them, and clients with sockets of their own."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from intervi.ids import new_id
from intervi.settings import REPOSITORY_ROOT
from tests.api.people import PASSWORD
from tests.live.clients import Client

START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def web_process(
    log: Path, app: str = "tests.live.served:serve", workers: int = 1, **settings: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Contracts and sockets, served as in the product but without the pages; ``host:port`` and the process."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--port", str(port)]
    command += ["--workers", str(workers), "--workers-kill-timeout", "5"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, app],
            cwd=REPOSITORY_ROOT,
            env=os.environ | {"PORT": str(port), "INTERVI_RATE_LIMITS": "off"} | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(START_SECONDS * 10):
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=5) as answer,
            ):
                json.load(answer)
                break
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        else:
            pytest.fail(f"no answer within {START_SECONDS} s:\n{log.read_text()}")
        yield f"127.0.0.1:{port}", process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def web(servers: Path) -> Iterator[str]:
    """One web process: ``host:port``."""
    with web_process(servers / "live-web.log") as (address, _process):
        yield address


@pytest.fixture(scope="session")
def other_web(servers: Path) -> Iterator[str]:
    """Another one on the same database and Redis, with four places for sockets."""
    with web_process(servers / "live-other-web.log", INTERVI_MAX_LIVE_SOCKETS="4") as (address, _process):
        yield address


class Site:
    """Two web processes."""

    def __init__(self, address: str, process: subprocess.Popen[bytes]) -> None:
        self.address = f"http://{address}"
        self._port, self._process = int(address.rpartition(":")[2]), process

    def holders(self) -> list[int]:
        """How many connections each web process holds."""
        children = psutil.Process(self._process.pid).children()
        return [
            sum(each.laddr.port == self._port and each.status == "ESTABLISHED" for each in child.net_connections())
            for child in children
        ]


@pytest.fixture(scope="session")
def site(servers: Path) -> Iterator[Site]:
    """Two web processes on one port."""
    with web_process(servers / "live-site.log", workers=2) as (address, process):
        yield Site(address, process)


@pytest.fixture
async def somebody(site: Site) -> AsyncIterator[Callable[[], Awaitable[httpx.AsyncClient]]]:
    """``await somebody()`` is a new user of the site, signed in with a Bearer token."""
    async with contextlib.AsyncExitStack() as open_clients:

        async def sign_up() -> httpx.AsyncClient:
            client = await open_clients.enter_async_context(httpx.AsyncClient(base_url=site.address, timeout=30))
            body = {"email": f"{new_id()}@example.com", "password": PASSWORD}
            answer = await client.post("/api/auth/register", json=body)
            assert answer.status_code == 201, answer.text
            client.headers["Authorization"] = f"Bearer {answer.json()['tokens']['accessToken']}"
            return client

        yield sign_up


@pytest.fixture
async def connect(site: Site) -> AsyncIterator[Callable[..., Awaitable[Client]]]:
    """``await connect(auth, headers)`` opens a socket by python-socketio, over a websocket."""
    clients: list[Client] = []

    async def open_one(
        auth: object = None, headers: dict[str, str] | None = None, transport: str = "websocket"
    ) -> Client:
        client = Client()
        clients.append(client)
        await client.open(site.address, auth, headers or {})
        return client

    yield open_one
    await asyncio.gather(*(client.close() for client in clients))
