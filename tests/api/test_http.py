"""Once over real HTTP, served by granian as the product is: headers, cookies and connections that ASGI in this process does not show."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from intervi.settings import REPOSITORY_ROOT
from tests.api.people import PASSWORD


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def address(servers: object) -> Iterator[str]:
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


def test_a_browsers_way(address: str) -> None:
    with httpx.Client(base_url=address, headers={"Origin": address}) as browser:
        answer = browser.post("/api/auth/register", json={"email": "http@example.com", "password": PASSWORD})
        assert answer.status_code == 201
        assert answer.headers["X-Request-Id"]
        assert browser.get("/api/domains").status_code == 200
        assert browser.post("/api/auth/logout", headers={"Origin": "https://elsewhere.example"}).status_code == 403
        assert browser.post("/api/auth/logout").status_code == 204
        assert browser.get("/api/domains").status_code == 401


def test_a_body_over_the_limit_is_refused_and_the_server_goes_on(address: str) -> None:
    with httpx.Client(base_url=address) as client:
        answer = client.post("/api/auth/login", json={"email": "x" * 3 * 1024 * 1024, "password": ""})
        assert answer.status_code == 413
        assert set(answer.json()) == {"message", "details"}
        assert client.get("/api/ping").json() == {"message": "pong"}


def test_a_declared_size_is_refused_before_the_body_comes(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        head = (
            f"POST /api/auth/login HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
            "Content-Length: 9000000000\r\n\r\n"
        )
        connection.sendall(head.encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 413")
