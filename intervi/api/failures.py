"""Every failure below a contract's base path, in that contract's body; and what every answer there carries: ``X-Request-Id``,
``RateLimit-*``."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from http.client import responses as REASONS

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy import exc
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intervi.api import rate_limits
from intervi.api.contract import CANDIDATE, Contract, Failure, contract_of, current_request_id, new_request_id
from intervi.api.unread import UnreadBody
from intervi.errors import InterviError, Unavailable
from intervi.translation import _
from intervi.validation import details_of

log = logging.getLogger(__name__)

_DATABASE_AWAY = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
"""It cannot be reached, shuts down, has no connection left, or ended a deadlock: the same request may succeed a moment later."""
_RETRY_SECONDS = 5
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def install(app: FastAPI) -> None:
    """Registers handlers, catch-all and middleware. To be called once all routes are there."""
    app.add_exception_handler(InterviError, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(ClientDisconnect, _on_broken_off)
    for away in _DATABASE_AWAY:
        app.add_exception_handler(away, _on_database_away)
    app.add_exception_handler(Answered, _on_answered)
    app.add_middleware(ContractAnswers)
    app.router.routes.append(NothingHere(app.router.routes.copy()))


class Answered(Exception):
    """A refusal that was printed already."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


async def printed(request: Request, error: Exception) -> Response | None:
    """What a caller is answered to this error; ``None``: it is a crash."""
    handlers = {
        InterviError: _on_refusal,
        RequestValidationError: _on_invalid_request,
        HTTPException: _on_http_exception,
        ClientDisconnect: _on_broken_off,
    }
    handler = next((handler for kind, handler in handlers.items() if isinstance(error, kind)), None)
    return await handler(request, error) if handler else None


class ContractAnswers:
    """ASGI middleware: counts each call of a contract, gives its answer the request id and what is left of the caller's limit, and turns
    a crash into the contract's 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        contract = contract_of(scope["path"]) if scope["type"] == "http" else None
        if contract is None:
            await self._app(scope, receive, send)
            return
        request_id = new_request_id()
        current_request_id.set(request_id)
        allowance = await rate_limits.take(contract, Request(scope))
        headers = {"X-Request-Id": request_id, **allowance.headers}
        body = UnreadBody(scope, receive, send)
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).update(headers)
            await body.send(message)

        if not allowance.granted:
            await _refused(contract, allowance.refusal())(scope, body.receive, send_with_headers)
            return
        try:
            await self._app(scope, body.receive, send_with_headers)
        except Exception:
            if started:
                raise
            log.exception("%s %r failed (%s)", scope["method"], scope["path"], request_id)
            crash = Failure(500, _("Something went wrong on our side."))
            await _answer(contract, crash)(scope, body.receive, send_with_headers)


class NothingHere(BaseRoute):
    """The last route below every contract's base path: 405 where another method would do, else 404."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        """
        Args:
            routes: Every route before this one.
        """
        self._routes = routes

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        is_ours = scope["type"] == "http" and contract_of(scope["path"]) is not None
        return (Match.FULL if is_ours else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = [method for method in _METHODS if self._serves({**scope, "method": method})]
        if allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(allowed)})
        raise HTTPException(404)

    def _serves(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is Match.FULL for route in self._routes)


def _answer(contract: Contract, failure: Failure, headers: dict[str, str] | None = None) -> Response:
    if failure.status == HTTPStatus.UNAUTHORIZED:
        headers = {"WWW-Authenticate": "Bearer"} | (headers or {})
    return JSONResponse(contract.error_body(failure), status_code=failure.status, headers=headers)


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, InterviError)
    return _refused(contract_of(request.scope["path"]) or CANDIDATE, error)


def _refused(contract: Contract, error: InterviError) -> Response:
    wait = error.retry_after_seconds
    return _answer(contract, contract.failure(error), {"Retry-After": str(wait)} if wait is not None else None)


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    contract = contract_of(request.scope["path"]) or CANDIDATE
    details = details_of(error.errors(), skip=1)
    return _answer(contract, Failure(contract.validation_status, _("Some of what was sent is not valid."), details))


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    contract = contract_of(request.scope["path"])
    if contract is None:
        return await http_exception_handler(request, error)
    message = _status_texts().get(error.status_code, error.detail)
    if error.detail != REASONS.get(error.status_code):
        message = str(error.detail)
    return _answer(contract, Failure(error.status_code, message), dict(error.headers or {}))


async def _on_broken_off(request: Request, _error: Exception) -> Response:
    """A body that is cut off, or not cut into chunks as it says: nobody may be there any more to read this, and nothing of ours failed."""
    contract = contract_of(request.scope["path"]) or CANDIDATE
    return _answer(contract, Failure(400, _("The request broke off before its end.")))


async def _on_database_away(request: Request, error: Exception) -> Response:
    log.warning(
        "%s %r: the database is away (%s): %s", request.method, request.url.path, current_request_id.get(), error
    )
    away = Unavailable(
        _("We cannot get at our records just now. Please try again."), retry_after_seconds=_RETRY_SECONDS
    )
    return await _on_refusal(request, away)


async def _on_answered(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Answered)
    return error.response


def _status_texts() -> dict[int, str]:
    return {
        404: _("There is nothing at this address."),
        405: _("This address does not know that method."),
        500: _("Something went wrong on our side."),
    }
