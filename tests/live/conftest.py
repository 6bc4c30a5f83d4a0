"""Web processes with the contracts on them, and clients with sockets of their own."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from intervi.settings import REPOSITORY_ROOT

START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def web_process(log: Path, **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The contracts, served as in the product but without the pages; ``host:port`` and the process."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "intervi.api.app:create_app"],
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
