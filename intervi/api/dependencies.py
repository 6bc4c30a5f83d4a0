"""What a route may ask for: a database session that commits before the answer goes out, and who calls."""

from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader
from pydantic import BeforeValidator, WithJsonSchema
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import tokens
from intervi.accounts.api_keys import Scope, principal_of_api_key
from intervi.accounts.principal import Principal
from intervi.accounts.service import (
    SESSION_COOKIE,
    TOKEN_COOKIE,
    Client,
    principal_of_access_token,
    principal_of_session_cookie,
)
from intervi.api.contract import Contract
from intervi.database import reading, transaction
from intervi.errors import Forbidden
from intervi.ids import parse_id
from intervi.settings import settings
from intervi.translation import _

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_NO_RECORD = UUID(int=0)


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    async with (reading if request.method in _SAFE_METHODS else transaction)() as session:
        request.state.session = session
        yield session


def current_session(request: Request) -> AsyncSession | None:
    """The session that the route asked for; ``None``: it has transactions of its own, or has not begun."""
    return getattr(request.state, "session", None)


# Scope "function": committed, and what waits for the commit done, before the answer is sent. Whoever has read "201" finds the record.
Session = Annotated[AsyncSession, Depends(_session, scope="function")]
"""A session of this request, committed when its endpoint returns and rolled back when it raises."""


def _record_id(text: object) -> UUID:
    if not isinstance(text, str):
        raise ValueError(_("This must be text."))
    return parse_id(text) or _NO_RECORD


RecordId = Annotated[UUID, BeforeValidator(_record_id), WithJsonSchema({"type": "string"})]
"""An id in any spelling. What is no id at all becomes one that no record has, so that it is answered exactly like an unknown one."""


API_KEY_HEADER = APIKeyHeader(name="X-API-Key", scheme_name="API key", auto_error=False)


def caller_of(contract: Contract, *, from_pages: bool = False) -> Callable[..., Coroutine[Any, Any, Principal]]:
    """A dependency that resolves who calls, or refuses.

    Args:
        contract: Documents how a caller shows who they are.
        from_pages: Our own pages call this route too: the ``session`` cookie is taken as well.
    """

    async def caller(
        request: Request, session: Session, credentials: Annotated[object, Security(contract.credentials)]
    ) -> Principal:
        principal = await principal_of(request, session, from_pages=from_pages)
        if contract.checks_user_id:
            _refuse_another_user_id(request, principal)
        return principal

    return caller


def scoped_caller_of(
    contract: Contract, scope: Scope, *, user_id_is_a_person: bool = False, from_pages: bool = False
) -> Callable[..., Coroutine[Any, Any, Principal]]:
    """As :func:`caller_of`; an API key is taken as well, if it has this scope.

    Args:
        user_id_is_a_person: The route's ``userId`` names whom it is about, and not who calls.
    """

    async def caller(
        request: Request,
        session: Session,
        credentials: Annotated[object, Security(contract.credentials)],
        api_key: Annotated[str | None, Security(API_KEY_HEADER)],
    ) -> Principal:
        principal = await principal_of(request, session, scopes={scope}, from_pages=from_pages)
        if contract.checks_user_id and not user_id_is_a_person:
            _refuse_another_user_id(request, principal)
        return principal

    return caller


async def principal_of(
    request: Request, session: AsyncSession, *, from_pages: bool = False, scopes: Collection[Scope] = ()
) -> Principal:
    """Who calls; see :func:`caller_of`.

    Args:
        scopes: An API key with one of these is taken as well.

    Raises:
        NotAuthenticated: nobody who is signed in.
        Forbidden: a cookie, sent by another site; or a key that is good for other things.
    """
    if scopes and "authorization" not in request.headers and (api_key := request.headers.get("x-api-key")) is not None:
        return await principal_of_api_key(session, api_key, scopes)
    if "authorization" in request.headers:
        return await principal_of_access_token(session, bearer_token(request))
    _refuse_foreign_origin(request)
    if from_pages and (cookie := request.cookies.get(SESSION_COOKIE)):
        if principal := await principal_of_session_cookie(session, cookie):
            return principal
        raise tokens.not_authenticated()
    return await principal_of_access_token(session, request.cookies.get(TOKEN_COOKIE, ""))


def _refuse_another_user_id(request: Request, principal: Principal) -> None:
    """A ``userId`` is never believed: it is the caller's own, or refused; nobody's is answered like another's."""
    body = getattr(request.state, "parsed_body", None)
    named = [*request.query_params.getlist("userId"), body.get("userId") if isinstance(body, dict) else None]
    # What is no text at all is told by the validation of the body.
    if any(isinstance(user_id, str) and parse_id(user_id) != principal.user_id for user_id in named):
        raise Forbidden(_("This is not your user id."))


def bearer_token(request: Request) -> str:
    """The token of the ``Authorization`` header.

    Raises:
        NotAuthenticated: there is none, or of another kind.
    """
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise tokens.not_authenticated()
    return token.strip()


def _refuse_foreign_origin(request: Request) -> None:
    """A browser adds cookies by itself; so where they are the proof, the page that asks must be ours (``null`` is not)."""
    origin = request.headers.get("origin")
    if request.method in _SAFE_METHODS or not request.cookies or origin is None:
        return
    if origin not in settings().allowed_origins:
        raise Forbidden(_("This request came from another site."))


def client_of(request: Request) -> Client:
    """Where a request comes from: past as many proxies as we were told to trust, and no further."""
    return Client(
        address=address_of(request),
        user_agent=request.headers.get("user-agent", ""),
        session_cookie=request.cookies.get(SESSION_COOKIE),
    )


def address_of(request: Request) -> str:
    """The network address that a request comes from; ``X-Forwarded-For`` is believed as far as ``trusted_proxies`` says."""
    proxies = settings().trusted_proxies
    forwarded = [part.strip() for part in ",".join(request.headers.getlist("x-forwarded-for")).split(",")]
    if proxies and len(forwarded) >= proxies and forwarded[-proxies]:
        return forwarded[-proxies]
    return request.client.host if request.client else ""
