"""How many calls a contract lets one caller make: counted in Redis, so that all web processes count together.

A window is fixed and opens with its first call, as clients of ``RateLimit-*`` headers know it: after ``RateLimit-Reset`` seconds everything
is there again. The ``limits`` library gives the rules (:class:`limits.RateLimitItem`). Its strategies need up to three trips to Redis for
what the headers tell, and one more for each further rule; the script below decides all rules of a call and counts it in one.

A caller is the user whose access token or API key is shown, read from the signature alone (whether it still lives is the route's question,
asked once), and else the network address. A call that is refused costs nothing.
"""

import asyncio
import hashlib
import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from limits import RateLimitItem
from redis.exceptions import NoScriptError, RedisError
from starlette.requests import Request

from intervi.accounts import tokens
from intervi.accounts.api_keys import user_of
from intervi.accounts.service import TOKEN_COOKIE
from intervi.accounts.throttling import network
from intervi.api.contract import Contract, is_below
from intervi.api.dependencies import address_of, bearer_token
from intervi.batches import Batches
from intervi.errors import NotAuthenticated, TooManyRequests
from intervi.redis_client import redis
from intervi.settings import settings
from intervi.translation import ngettext

log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 2.0
"""With a Redis that does not answer at all."""
_AWAY_SECONDS = 5.0
"""How long Redis is left alone after it failed: its absence must not slow every call down."""

# KEYS: one counter for each rule. ARGV: the cost of the call, then each rule's limit and seconds.
# Gives each rule's count and what is left of its window in ms, and whether the call is let through. Refused by one rule, it is counted
# by none.
_SCRIPT = """
local cost, granted, found = tonumber(ARGV[1]), 1, {}
for i, key in ipairs(KEYS) do
  local used = tonumber(redis.call('GET', key) or '0')
  if used + cost > tonumber(ARGV[2 * i]) then granted = 0 end
end
for i, key in ipairs(KEYS) do
  if granted == 1 and cost > 0 and redis.call('INCRBY', key, cost) == cost then
    redis.call('PEXPIRE', key, 1000 * tonumber(ARGV[2 * i + 1]))
  end
  found[2 * i - 1] = tonumber(redis.call('GET', key) or '0')
  found[2 * i] = math.max(redis.call('PTTL', key), 0)
end
found[#found + 1] = granted
return found
"""

_SCRIPT_ID = hashlib.sha1(_SCRIPT.encode(), usedforsecurity=False).hexdigest()
"""As Redis names it."""


class _Call(NamedTuple):
    """What the script takes."""

    keys: list[str]
    arguments: list[int]


_away_until = 0.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller may still do."""

    limit: int
    remaining: int
    reset_seconds: int
    """From now, until everything is there again."""
    granted: bool = True

    @property
    def headers(self) -> dict[str, str]:
        """As every answer of a contract carries them."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }

    def refusal(self) -> TooManyRequests:
        """What is said to a caller who has used everything up."""
        seconds = max(1, self.reset_seconds)
        text = ngettext(
            "Too many requests. Try again in {seconds} second.",
            "Too many requests. Try again in {seconds} seconds.",
            seconds,
        )
        return TooManyRequests(text.format(seconds=seconds), retry_after_seconds=seconds)


async def take(contract: Contract, request: Request) -> Allowance:
    """Counts a call, unless it is one that costs nothing.

    With rate limits switched off, or Redis away (which is logged), nobody is refused and the whole limit is told as remaining: clients
    may rely on the headers.
    """
    user = _user(contract, request)
    rules = contract.limits if user else contract.anonymous_limits
    payer = f"user:{user}" if user else f"address:{network(address_of(request))}"
    cost = 0 if is_below(request.scope["path"], contract.free_paths) else 1
    return await _counted(contract.name, payer, rules, cost) or Allowance(rules[0].amount, rules[0].amount, 0)


def _user(contract: Contract, request: Request) -> str | None:
    if is_below(request.scope["path"], contract.address_paths):
        return None
    if contract.takes_api_keys and "authorization" not in request.headers and (key := request.headers.get("x-api-key")):
        return str(user) if (user := user_of(key)) else None
    try:
        shown = bearer_token(request) if "authorization" in request.headers else request.cookies.get(TOKEN_COOKIE, "")
        return str(tokens.read(tokens.Kind.ACCESS, shown).user_id)
    except NotAuthenticated:
        return None


async def _counted(name: str, payer: str, rules: Sequence[RateLimitItem], cost: int) -> Allowance | None:
    """``None``: nothing was counted."""
    global _away_until
    if settings().rate_limits == "off" or time.monotonic() < _away_until:
        return None
    # In braces: what a cluster keeps in one place.
    keys = [f"intervi:calls:{{{name}:{payer}}}:{rule.amount}/{rule.get_expiry()}" for rule in rules]
    arguments = [cost, *(figure for rule in rules for figure in (rule.amount, rule.get_expiry()))]
    try:
        found = await _calls.ask(_Call(keys, arguments))
    except (RedisError, OSError, TimeoutError) as error:
        _away_until = time.monotonic() + _AWAY_SECONDS
        log.warning("calls are not counted for the next %g s: %r", _AWAY_SECONDS, error)
        return None
    *figures, granted = found
    return _told(rules, figures[::2], figures[1::2], cost, granted=bool(granted))


async def _count_all(calls: Sequence[_Call]) -> list[list[int]]:
    """What the script says to each call, all in one trip."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        found = await _sent(calls)
        if any(isinstance(one, NoScriptError) for one in found):
            # Redis has begun anew, or has never seen it. It knows it for none of them then, so nothing was counted.
            await redis().script_load(_SCRIPT)
            found = await _sent(calls)
    for one in found:
        if isinstance(one, RedisError):
            raise one
    return found


async def _sent(calls: Sequence[_Call]) -> list[Any]:
    pipeline = redis().pipeline(transaction=False)
    for call in calls:
        pipeline.evalsha(_SCRIPT_ID, len(call.keys), *call.keys, *map(str, call.arguments))
    return await pipeline.execute(raise_on_error=False)


_calls: Batches[_Call, list[int]] = Batches(_count_all)


def _told(
    rules: Sequence[RateLimitItem], used: Sequence[int], left_ms: Sequence[int], cost: int, *, granted: bool
) -> Allowance:
    """The first rule is what headers tell; to somebody who is refused, the rule that refuses for longest."""
    stated = [
        Allowance(rule.amount, max(0, rule.amount - count), math.ceil(left / 1000), granted=granted)
        for rule, count, left in zip(rules, used, left_ms, strict=True)
    ]
    if granted:
        return stated[0]
    return max((one for one in stated if one.remaining < cost), key=lambda one: one.reset_seconds)
