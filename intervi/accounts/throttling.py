"""Slows down guessing at passwords: so many attempts per account and per address, counted in Redis by a moving window."""

import asyncio
import hashlib
import ipaddress
import logging
import math
import time

from limits import RateLimitItem, parse
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from intervi.errors import TooManyRequests
from intervi.redis_client import redis
from intervi.settings import settings
from intervi.translation import ngettext

log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 2
"""With a Redis that does not answer at all."""


async def take_attempt(account_key: str, address: str) -> None:
    """Counts one attempt to log in, before its password is looked at: a burst of guesses at once is counted whole.

    Redis away: let through and logged, for nobody may be locked out of their account by that.

    Raises:
        TooManyRequests: for this account or from this address there were too many.
    """
    if settings().rate_limits == "off":
        return
    limits = (
        (parse(settings().login_attempts_per_address), "address", network(address)),
        (parse(settings().login_attempts_per_account), "account", _account(account_key)),
    )
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            for limit, scope, key in limits:
                await _hit(limit, scope, key)
    except (RedisError, TimeoutError) as error:
        log.warning("login attempts are not counted: %r", error)


async def forgive_account(account_key: str) -> None:
    """The right password was given: the attempts at this account are forgotten. Those of the address are not, or an attacker
    could go on for ever by logging in to an account of their own now and then."""
    if settings().rate_limits == "off":
        return
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await _limiter().clear(parse(settings().login_attempts_per_account), "account", _account(account_key))
    except (RedisError, TimeoutError) as error:
        log.warning("login attempts are not forgotten: %r", error)


async def _hit(limit: RateLimitItem, scope: str, key: str) -> None:
    limiter = _limiter()
    if await limiter.hit(limit, scope, key):
        return
    window = await limiter.get_window_stats(limit, scope, key)
    seconds = max(1, math.ceil(window.reset_time - time.time()))
    minutes = math.ceil(seconds / 60)
    message = ngettext(
        "Too many attempts to sign in. Try again in {minutes} minute.",
        "Too many attempts to sign in. Try again in {minutes} minutes.",
        minutes,
    )
    raise TooManyRequests(message.format(minutes=minutes), retry_after_seconds=seconds)


def _limiter() -> MovingWindowRateLimiter:
    # On the connections of this process's one client, which knows about forks and sockets already.
    pool = redis().connection_pool
    storage = RedisStorage(
        "async+redis://",
        implementation="redispy",
        key_prefix="intervi:login",
        connection_pool=pool,  # type: ignore[arg-type]  # documented, and missing in the annotation of its options
    )
    return MovingWindowRateLimiter(storage)


def _account(account_key: str) -> str:
    """Redis holds no addresses of people, and a key stays short whatever is typed."""
    return hashlib.sha256(account_key.encode("utf-8", "surrogatepass")).hexdigest()


def network(address: str) -> str:
    """An IPv4 address, or the /64 that one subscriber of IPv6 has whole."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
