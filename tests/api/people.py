"""Users of the tests: clients in this process that are signed in."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from intervi.settings import settings

PASSWORD = "SecurePass123!"


def stranger_to(app: FastAPI) -> httpx.AsyncClient:
    """Nobody. Keeps cookies, as a browser does; a crash is an answer, not an exception."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=settings().base_url)


@asynccontextmanager
async def sign_up(app: FastAPI, email: str = "") -> AsyncIterator[httpx.AsyncClient]:
    """A new user, who shows their access token as a Bearer and has no cookies."""
    async with stranger_to(app) as client:
        email = email or f"{secrets.token_hex(6)}@example.com"
        answer = await client.post("/api/auth/register", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {answer.json()['tokens']['accessToken']}"
        yield client
