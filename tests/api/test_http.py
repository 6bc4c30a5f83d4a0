"""Once over real HTTP, served by granian as the product is: headers, cookies and connections that ASGI in this process does not show."""

import json
import socket
from uuid import uuid4

import httpx
import pytest

from tests.api.people import PASSWORD


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


@pytest.mark.parametrize(("path", "status"), [("/api/auth/login", 413), ("/interview/sessions/none/media", 401)])
def test_whoever_sends_everything_before_reading_is_told_why_it_was_refused(
    address: str, path: str, status: int
) -> None:
    host, port = address.removeprefix("http://").split(":")
    size = 12 * 1024 * 1024
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {size}\r\n\r\n"
    )
    # A server that closes too soon does so now and then only.
    for _ in range(20):
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            connection.sendall(head.encode() + b"x" * size)
            assert connection.recv(4096).startswith(f"HTTP/1.1 {status}".encode())


@pytest.mark.parametrize("is_upload", [False, True])
def test_a_body_that_breaks_off_is_no_failure_of_ours(address: str, is_upload: bool) -> None:
    with httpx.Client(base_url=address) as client:
        account = {"email": f"{uuid4()}@example.com", "password": PASSWORD}
        token = client.post("/api/auth/register", json=account).json()["tokens"]["accessToken"]
        proof = {"Authorization": f"Bearer {token}"}
        session = client.post("/interview/sessions", json={"job_title": "Engineer"}, headers=proof).json()["id"]
    path, content_type, shape = (
        (f"/interview/sessions/{session}/media?media_type=audio", "multipart/form-data; boundary=x", {"detail"})
        if is_upload
        else ("/api/auth/login", "application/json", {"message", "details"})
    )
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n"
        )
        connection.sendall(head.encode())
        answer = b""
        while part := connection.recv(4096):
            answer += part
    assert answer.startswith(b"HTTP/1.1 400")
    assert set(json.loads(answer.partition(b"\r\n\r\n")[2])) == shape


def test_a_declared_size_is_refused_before_the_body_comes(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        head = (
            f"POST /api/auth/login HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
            "Content-Length: 9000000000\r\n\r\n"
        )
        connection.sendall(head.encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 413")
