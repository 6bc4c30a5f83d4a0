"""How a contract's route reads a body: at most so long, in the right type, as JSON that every part of Intervi can store."""

import json
from collections.abc import AsyncGenerator, Callable, Coroutine
from email.message import Message
from functools import cached_property
from typing import Any

from fastapi import Request, Response, params
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import Scope

from intervi.api import idempotency
from intervi.errors import InterviError, InvalidInput, TooLarge
from intervi.translation import _

MAX_BODY_BYTES = 1024 * 1024
"""Of JSON and of plain forms."""


class ContractRoute(APIRoute):
    """A route whose body is checked before FastAPI reads it, and whose POST runs once for each ``Idempotency-Key``."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As any route, but sooner: most routes are told apart by how their paths begin."""
        if not scope["path"].startswith(self._beginning):
            return Match.NONE, {}
        return super().matches(scope)

    @cached_property
    def _beginning(self) -> str:
        return self.path_format.partition("{")[0]

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        body = self.body_field.field_info if self.body_field else None
        # A route that takes files, or reads the stream by itself, sets its own limits.
        reads_itself = body is None or isinstance(body, params.File)
        takes_json = not reads_itself and not isinstance(body, params.Form)

        async def handle_checked(request: Request) -> Response:
            if reads_itself:
                return await handle(request)
            checked = _CheckedRequest(request.scope, request.receive)
            if takes_json:
                checked.state.parsed_body = await checked.json()
            return await handle(checked)

        async def handle_once(request: Request) -> Response:
            if b"%00" in request.scope["query_string"]:
                raise _unstorable()
            if request.method == "POST" and idempotency.HEADER in request.headers:
                return await idempotency.run_once(request, handle_checked)
            return await handle_checked(request)

        return handle_once


class _CheckedRequest(Request):
    """A request that stops reading at the limit, and whose JSON is strict."""

    async def stream(self) -> AsyncGenerator[bytes, None]:
        received = 0
        if (declared_length(self) or 0) > MAX_BODY_BYTES:
            raise _too_large()
        async for chunk in super().stream():
            received += len(chunk)
            if received > MAX_BODY_BYTES:
                raise _too_large()
            yield chunk

    async def json(self) -> Any:
        """The parsed body; ``None`` for none.

        Raises:
            HTTPException: 415 for another content type, 413 for too many bytes.
            UnreadableBody: not JSON (RFC 8259).
            InvalidInput: a string that no database keeps.
        """
        if not hasattr(self, "_json"):
            body = await self.body()
            if body and not _is_json(self.headers.get("content-type", "")):
                raise HTTPException(415, _("Send this as JSON, with the content type application/json."))
            self._json = parse_json(body) if body else None
        return self._json


class UnreadableBody(InterviError):
    """The body is no JSON: 400 in every contract, whatever its validation status."""

    status = 400
    code = "unreadable_body"


def parse_json(body: bytes) -> Any:
    """Strict RFC 8259: UTF-8, no NaN or infinities, no numbers or nesting beyond reason.

    Raises:
        UnreadableBody: it is not that.
        InvalidInput: a string holds a NUL character or half a surrogate pair, which PostgreSQL and UTF-8 cannot hold.
    """
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        # Encodes every string at once: fails on a surrogate that stands alone.
        text = json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise _unstorable() from error
    except (ValueError, RecursionError) as error:
        raise UnreadableBody(_("This is not valid JSON.")) from error
    if b"\\u0000" in text.replace(b"\\\\", b""):
        raise _unstorable()
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _unstorable() -> InvalidInput:
    return InvalidInput(_("Text may not hold NUL characters or halves of surrogate pairs."))


def _too_large() -> HTTPException:
    # Not our own class: FastAPI answers 400 for whatever else is raised while it reads a body.
    return HTTPException(TooLarge.status, _("This is too large: a request may have 1 MiB at most."))


def declared_length(request: Request) -> int | None:
    """The ``Content-Length`` of a request, if it has one."""
    declared = request.headers.get("content-length", "")
    # Longer ones are too much in any case, and more than Python reads.
    return int(declared[:20]) if declared.isdecimal() else None


def _is_json(content_type: str) -> bool:
    message = Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (subtype == "json" or subtype.endswith("+json"))
