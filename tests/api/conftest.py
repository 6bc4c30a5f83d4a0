"""A client of the contracts, in this process, over ASGI."""

from collections.abc import AsyncIterator

import httpx
import pytest

from intervi.api.app import create_app
from intervi.settings import settings


@pytest.fixture
async def client(servers: object) -> AsyncIterator[httpx.AsyncClient]:
    """Keeps cookies, as a browser does. A crash is an answer here, not an exception."""
    transport = httpx.ASGITransport(create_app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings().base_url) as client:
        yield client
