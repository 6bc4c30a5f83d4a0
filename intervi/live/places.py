"""The places for sockets: one for each user, so many in all, over every web process.

In Redis, with an expiry: the places of a process that was killed are free again by themselves. Where Redis is away, people are let in, and
each process keeps to the limits by itself (:mod:`intervi.live.sockets`).
"""

import logging
import time
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from redis.exceptions import RedisError

from intervi.redis_client import redis

log = logging.getLogger(__name__)

HELD_SECONDS = 30
"""A place that is not renewed for so long is free."""

_TAKE = """
local now = tonumber(redis.call('TIME')[1])
for _, user in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  redis.call('ZREM', KEYS[1], user)
  redis.call('HDEL', KEYS[2], user)
end
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then
  return 0
end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1
"""

_RENEW = """
local now = tonumber(redis.call('TIME')[1])
local lost = {}
for index = 2, #ARGV, 2 do
  local holder = redis.call('HGET', KEYS[2], ARGV[index])
  if holder and holder ~= ARGV[index + 1] then
    lost[#lost + 1] = ARGV[index]
  else
    redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[index])
    redis.call('HSET', KEYS[2], ARGV[index], ARGV[index + 1])
  end
end
return lost
"""

_LEAVE = """
if redis.call('HGET', KEYS[2], ARGV[1]) == ARGV[2] then
  redis.call('HDEL', KEYS[2], ARGV[1])
  redis.call('ZREM', KEYS[1], ARGV[1])
end
"""


class Places:
    """The places of one kind of socket."""

    def __init__(self, name: str) -> None:
        # Members of the set are users, scores the second at which their place is free; the hash says which socket holds it.
        self._keys = [f"intervi:places:{{{name}}}:until", f"intervi:places:{{{name}}}:holder"]

    async def take(self, user_id: UUID, socket_id: str, limit: int) -> bool:
        """A place for this socket. A user who has one already moves it here: whoever held it is to go.

        Returns:
            ``False``: all are taken.
        """
        try:
            taken = await self._run(_TAKE, str(user_id), socket_id, str(HELD_SECONDS), str(limit))
        except (RedisError, OSError) as error:
            log.warning("places for sockets are not counted over processes: %s", error)
            return True
        return bool(taken)

    async def renew(self, held: Mapping[UUID, str]) -> Collection[UUID]:
        """Keeps the places of these users' sockets; returns those users whose place another socket has by now."""
        if not held:
            return []
        pairs = [text for user_id, socket_id in held.items() for text in (str(user_id), socket_id)]
        try:
            lost = await self._run(_RENEW, str(HELD_SECONDS), *pairs)
        except (RedisError, OSError) as error:
            log.warning("places for sockets are not renewed: %s", error)
            return []
        return [UUID(user.decode()) for user in lost]

    async def leave(self, user_id: UUID, socket_id: str) -> None:
        """Gives the place back, if this socket still holds it."""
        try:
            await self._run(_LEAVE, str(user_id), socket_id)
        except (RedisError, OSError) as error:
            log.warning("a place is given back late: %s", error)

    async def held(self) -> int:
        """How many are taken, over all web processes; 0 where Redis is away, and nobody counts."""
        try:
            return int(await redis().zcount(self._keys[0], time.time(), "+inf"))
        except RedisError:
            return 0

    async def _run(self, script: str, *arguments: str) -> Any:
        return await redis().register_script(script)(keys=self._keys, args=arguments)
