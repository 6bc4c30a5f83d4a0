"""Tickets: a caller who is known gets one, and shows it once, within a minute, where no header can be sent: opening a socket."""

import json
import secrets
from uuid import UUID

from redis.exceptions import RedisError
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import repository, tokens
from intervi.accounts.principal import Principal
from intervi.errors import Unavailable
from intervi.redis_client import redis
from intervi.translation import _

LIFETIME_SECONDS = 60


async def issue(principal: Principal) -> str:
    """A ticket for the principal; it opens nothing once their login has ended.

    Raises:
        Unavailable: Redis is away.
    """
    ticket = secrets.token_urlsafe(18)
    holder = json.dumps([str(principal.user_id), str(principal.login_id)])
    try:
        await redis().set(_key(ticket), holder, ex=LIFETIME_SECONDS)
    except RedisError as error:
        raise Unavailable(_("Live connections are away for the moment."), retry_after_seconds=5) from error
    return ticket


async def redeem(session: AsyncSession, ticket: str) -> Principal:
    """Whom a ticket was made for; it is used up by this.

    Raises:
        NotAuthenticated: it is none of ours, was used, has expired, or its login has ended.
    """
    try:
        holder = await redis().getdel(_key(ticket))
    except RedisError as error:
        raise tokens.not_authenticated() from error
    if holder is None:
        raise tokens.not_authenticated()
    user_id, login_id = map(UUID, json.loads(holder))
    if not await repository.live_login(session, login_id, user_id):
        raise tokens.not_authenticated()
    return Principal(user_id, login_id)


def _key(ticket: str) -> str:
    return f"intervi:ticket:{ticket}"
