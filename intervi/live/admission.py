"""Who may open a socket, and on which interview. For every raw WebSocket of Intervi.

A refusal accepts the handshake first and closes with a code then: before the handshake a browser sees no reason.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.websockets import WebSocket

from intervi.accounts import service as accounts
from intervi.accounts import tokens
from intervi.accounts.api_keys import Scope, principal_of_api_key
from intervi.accounts.principal import Principal
from intervi.accounts.service import (
    SESSION_COOKIE,
    TOKEN_COOKIE,
    principal_of_access_token,
    principal_of_session_cookie,
    user_of,
)
from intervi.database import transaction
from intervi.errors import Conflict, Forbidden, NotAuthenticated, NotFound, WrongState
from intervi.ids import parse_id
from intervi.interviews import lifecycle
from intervi.interviews import service as interviews
from intervi.interviews.models import Status
from intervi.settings import settings
from intervi.translation import current_locale, spoken

BEARER_PROTOCOL = "bearer"
"""``new WebSocket(url, ["bearer", token])``: the way to show a token where a browser lets one set no header."""


class Close(IntEnum):
    """Why a socket is closed. The 4000s are the application's own (RFC 6455, section 7.4.2)."""

    NORMAL = 1000
    NOBODY = 4401
    """No principal, a cookie shown by a foreign site, or a login that has ended."""
    NOT_FOUND = 4404
    REPLACED = 4409
    """The same user has opened another socket."""
    FINISHED = 4410
    """The interview is over."""
    FULL = 4429


class Refused(Exception):
    """The socket is not let in, or must go."""

    def __init__(self, code: Close) -> None:
        super().__init__(code.name)
        self.code = code


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who speaks, and in which interview."""

    principal: Principal
    interview_id: UUID
    wants_nudges: bool = True


async def accept(socket: WebSocket) -> None:
    """Completes the handshake; a client that shows its token as a subprotocol is answered with the other one."""
    offered = socket.scope.get("subprotocols", [])
    await socket.accept(subprotocol=BEARER_PROTOCOL if BEARER_PROTOCOL in offered else None)


async def admit(socket: WebSocket, interview_id: str, scope: Scope | None = None) -> Admitted:
    """Lets the owner of an open interview in.

    Args:
        scope: An API key with this scope is a proof, too.

    Raises:
        Refused: with the code to close with.
    """
    try:
        async with transaction() as session:
            principal = await _principal(socket, session, scope)
            known = parse_id(interview_id)
            if known is None:
                raise Refused(Close.NOT_FOUND)
            await lifecycle.get_open(session, principal, known)
            user = await user_of(session, principal)
            current_locale.set(spoken(user.language, socket.headers.get("accept-language", "")))
    except (NotAuthenticated, Forbidden) as error:
        raise Refused(Close.NOBODY) from error
    except NotFound as error:
        raise Refused(Close.NOT_FOUND) from error
    except WrongState as error:
        raise Refused(Close.FINISHED) from error
    return Admitted(principal, known, user.live_nudges)


async def begin(admitted: Admitted) -> None:
    """Starts the interview, if nobody has.

    Raises:
        Refused: the user has too many in progress.
    """
    try:
        async with transaction() as session:
            interview = await interviews.get(session, admitted.principal, admitted.interview_id)
            if interview.status == Status.SCHEDULED:
                await lifecycle.start(session, admitted.principal, admitted.interview_id)
    except NotFound as error:
        raise Refused(Close.NOT_FOUND) from error
    except WrongState:
        pass  # started by another request meanwhile
    except Conflict as error:
        raise Refused(Close.FULL) from error


async def _principal(socket: WebSocket, session: AsyncSession, scope: Scope | None) -> Principal:
    token = _shown_token(socket)
    if token is None and scope is not None and (key := socket.headers.get("x-api-key")) is not None:
        return await principal_of_api_key(session, key, [scope])
    if token is not None:
        return await principal_of_access_token(session, token)
    return await principal_of_cookies(session, socket.cookies, socket.headers.get("origin"))


async def principal_of_cookies(session: AsyncSession, cookies: Mapping[str, str], origin: str | None) -> Principal:
    """Whom the cookies of a request that opens a socket stand for.

    Args:
        origin: Of the page that asks, if a browser said so.

    Raises:
        NotAuthenticated: nobody; or the page is none of ours (``null`` is not): a browser adds cookies by itself.
    """
    if cookies and origin is not None and origin not in settings().allowed_origins:
        raise tokens.not_authenticated()
    if cookie := cookies.get(SESSION_COOKIE):
        if principal := await principal_of_session_cookie(session, cookie):
            return principal
        raise tokens.not_authenticated()
    return await principal_of_access_token(session, cookies.get(TOKEN_COOKIE, ""))


def _shown_token(socket: WebSocket) -> str | None:
    """The token that the client shows by itself; ``None`` if it shows none."""
    if "authorization" in socket.headers:
        scheme, _space, token = socket.headers["authorization"].partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""
    offered: list[str] = socket.scope.get("subprotocols", [])
    if BEARER_PROTOCOL in offered:
        following = offered[offered.index(BEARER_PROTOCOL) + 1 :]
        return following[0] if following else ""
    return socket.query_params.get("token")


async def to_go(everybody: Collection[Admitted]) -> dict[Admitted, Close]:
    """Those who must go by now, and why: their login has ended, or their interview. Two queries, however many there are."""
    async with transaction() as session:
        logins = await accounts.living_logins(session, [each.principal for each in everybody])
        running = await interviews.open_among(session, [(each.principal, each.interview_id) for each in everybody])
    gone = {each: Close.FINISHED for each in everybody if each.interview_id not in running}
    return gone | {each: Close.NOBODY for each in everybody if each.principal not in logins}
