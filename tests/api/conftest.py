"""The contracts' application and its callers: in this process over ASGI, and served over HTTP."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from intervi.analysis import queue
from intervi.api.app import create_app
from intervi.settings import REPOSITORY_ROOT, settings
from tests.api.people import sign_up, stranger_to
from tests.worker_processes import a_worker

WORKERS_PATIENCE_SECONDS = 180
"""Models are loaded with the first recording, on a machine that may be busy."""


@pytest.fixture(scope="module")
def workers(servers: Path) -> Iterator[None]:
    """One worker of each kind that analyses, for all tests of a module: their models stay loaded."""
    with ExitStack() as stack:
        for kind in queue.STAGES_OF:
            stack.enter_context(a_worker(kind, servers))
        yield


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Routes that wait for an analysis wait as long as a busy machine may need."""
    monkeypatch.setattr(settings(), "analysis_wait_seconds", WORKERS_PATIENCE_SECONDS)


@pytest.fixture(scope="session")
def app() -> FastAPI:
    """As it is served, without the pages."""
    return create_app()


@pytest.fixture
async def client(servers: object, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody yet; keeps cookies, as a browser does."""
    async with stranger_to(app) as client:
        yield client


@pytest.fixture
async def alice(servers: object, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A user who shows a Bearer token."""
    async with sign_up(app, "alice@example.com") as client:
        yield client


@pytest.fixture
async def bob(servers: object, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Another one."""
    async with sign_up(app, "bob@example.com") as client:
        yield client


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def address(servers: object) -> Iterator[str]:
    """Of the contracts as granian serves them, in a process of its own."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "intervi.api.app:create_app", "--factory", "--interface", "asgi"]
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        cwd=REPOSITORY_ROOT,
        env=os.environ | {"PORT": str(port)},
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api/ping", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            httpx.get(address)
        except httpx.TransportError:
            assert process.poll() is None, "the server ended"
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not answer")
