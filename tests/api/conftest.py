"""The contracts' application and its callers, in this process, over ASGI."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from intervi.api.app import create_app
from tests.api.people import sign_up, stranger_to


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
