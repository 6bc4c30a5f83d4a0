"""Who may enter the namespace ``/interview``: whoever shows an access token, our own cookie, or a ticket. A user id proves nothing."""

from collections.abc import Mapping
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import cookie_parser

from intervi.accounts import service as accounts
from intervi.accounts import tickets, tokens
from intervi.accounts.principal import Principal
from intervi.ids import parse_id
from intervi.live.admission import principal_of_cookies


async def admitted(session: AsyncSession, environ: Mapping[str, Any], auth: object) -> Principal:
    """Whoever opens a socket.

    The first proof that is shown counts: a bad one is not made good by another.

    Args:
        environ: Of the request that opened the connection, as WSGI has it.
        auth: What the client sent with it (``io(…, {auth})``).

    Raises:
        NotAuthenticated: no proof, a bad one, a cookie from a foreign site, or a ``userId`` that is another's.
    """
    shown = auth if isinstance(auth, dict) else {}
    principal = await _principal(session, environ, shown)
    user_id = shown.get("userId")
    if user_id is not None and (not isinstance(user_id, str) or parse_id(user_id) != principal.user_id):
        raise tokens.not_authenticated()
    return principal


async def _principal(session: AsyncSession, environ: Mapping[str, Any], shown: Mapping[str, Any]) -> Principal:
    if (token := shown.get("token")) is not None:
        return await accounts.principal_of_access_token(session, _text(token))
    if (ticket := shown.get("socketId")) is not None:
        return await tickets.redeem(session, _text(ticket))
    if header := environ.get("HTTP_AUTHORIZATION"):
        scheme, _space, token = header.partition(" ")
        return await accounts.principal_of_access_token(session, token.strip() if scheme.lower() == "bearer" else "")
    cookies = cookie_parser(environ.get("HTTP_COOKIE", ""))
    return await principal_of_cookies(session, cookies, environ.get("HTTP_ORIGIN"))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise tokens.not_authenticated()
    return value
