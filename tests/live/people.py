"""Somebody who practises through the coach contract, over the network."""

import contextlib
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.api.people import PASSWORD


@dataclass
class Person:
    """A user with a session."""

    web: str
    token: str
    session_id: str
    client: httpx.AsyncClient

    def socket(self, *, web: str = "", session_id: str = "", token: str | None = None, **more: Any) -> connect:
        """Their socket; ``async with`` it."""
        query = "" if token == "" else f"?token={token or self.token}"
        address = f"ws://{web or self.web}/ws/analysis/{session_id or self.session_id}{query}"
        return connect(address, max_size=None, ping_interval=None, **more)

    async def another_session(self) -> str:
        answer = await self.client.post("/interview/sessions", json={"job_title": "Engineer"})
        return str(answer.json()["id"])


@asynccontextmanager
async def a_person(web: str) -> AsyncIterator[Person]:
    async with httpx.AsyncClient(base_url=f"http://{web}", timeout=30) as client:
        email = f"{secrets.token_hex(6)}@example.com"
        answer = await client.post("/api/auth/register", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        client.cookies.clear()
        token = answer.json()["tokens"]["accessToken"]
        client.headers["Authorization"] = f"Bearer {token}"
        person = Person(web, token, "", client)
        person.session_id = await person.another_session()
        yield person


async def ask(socket: ClientConnection, message: bytes | str) -> dict[str, Any]:
    """Sends one message and reads its answer."""
    await socket.send(message)
    answer: dict[str, Any] = json.loads(await socket.recv())
    return answer


def chunk(samples: NDArray[np.floating]) -> bytes:
    return samples.astype("<f4").tobytes()


async def code_of(socket: ClientConnection) -> int:
    """The code with which the server closes."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            await socket.recv()
    assert socket.close_code is not None, "closed without a code"
    return socket.close_code
