"""This process's connection to Redis, made on first use and never shared over a fork."""

import os

from redis.asyncio import Redis

from intervi.settings import settings

_client: Redis | None = None


def redis() -> Redis:
    """The asynchronous client."""
    global _client
    if _client is None:
        _client = Redis.from_url(settings().broker_url, health_check_interval=30)
    return _client


async def close_redis() -> None:
    """Closes every connection; the next use makes new ones (in another event loop, say)."""
    global _client
    if _client is not None:
        await _client.aclose()
        _client = None


def _forget() -> None:
    global _client
    _client = None


os.register_at_fork(after_in_child=_forget)
