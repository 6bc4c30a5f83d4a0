"""The event bus: what happened to a user's things, told to every process that holds an open page or socket of theirs.

Redis publish/subscribe, one channel per user. A message is a hint to look again, never the truth: the database is. So a lost
message costs a delay, and a page that reconnects reads the state anew.
"""

import json
import logging
from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

from redis.exceptions import RedisError

from intervi.redis_client import redis

log = logging.getLogger(__name__)


_PREFIX = "intervi:user:"


def _channel(user_id: UUID) -> str:
    return f"{_PREFIX}{user_id}"


async def publish(user_id: UUID, kind: str, **data: Any) -> None:
    """Tells every open page and socket of a user. Redis away: logged, and nothing else suffers."""
    try:
        await redis().publish(_channel(user_id), json.dumps({"kind": kind, **data}, default=str))
    except RedisError as error:
        log.warning("event %s not published: %s", kind, error)


async def subscribe(user_id: UUID) -> AsyncGenerator[dict[str, Any], None]:
    """The user's events from now on, until the caller stops iterating."""
    async with redis().pubsub() as pubsub:
        await pubsub.subscribe(_channel(user_id))
        async for message in pubsub.listen():
            if message["type"] == "message":
                yield json.loads(message["data"])


async def subscribe_all() -> AsyncGenerator[tuple[UUID, dict[str, Any]], None]:
    """Everybody's events from now on, with whose they are: for a process that holds sockets of many."""
    async with redis().pubsub() as pubsub:
        await pubsub.psubscribe(f"{_PREFIX}*")
        async for message in pubsub.listen():
            if message["type"] == "pmessage":
                yield UUID(message["channel"].decode().removeprefix(_PREFIX)), json.loads(message["data"])
