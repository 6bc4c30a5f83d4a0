"""``Idempotency-Key``: on any POST of any contract, the same key and body get the first answer again, for 24 hours; another body is a 409.

Every POST of a :class:`~intervi.api.requests.ContractRoute` has this by itself.

* A key belongs to its caller and to the address of the request. The caller is the user; with a refresh token, that token; else nobody,
  which is safe: the body then holds the proof (an e-mail and its password), and the same body is needed.
* Requests with one key at once run once; the others wait for its answer.
* Kept is what the request led to, refusals too, but no 5xx, no 202 (the work is not done), and no 401, 408 or 429 (it never began). An
  answer that was given before the body had come whole is not kept either: there is nothing to compare a second one with.
* A body is hashed as it streams in. Of a form (``multipart/form-data``) its parts are, not the boundary between them, which every
  client draws anew.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request, Response
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from intervi.accounts import tokens
from intervi.accounts.api_keys import Scope
from intervi.accounts.service import TOKEN_COOKIE
from intervi.api.dependencies import bearer_token, current_session, principal_of
from intervi.api.failures import Answered, printed
from intervi.database import transaction
from intervi.errors import Conflict, Forbidden, InvalidInput, NotAuthenticated, TooLarge
from intervi.retries import service as retries
from intervi.retries.service import Answer, BodyHash, Claim, Kept, Key
from intervi.settings import settings
from intervi.translation import _

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
"""Tells an answer that is given again."""

MAX_KEY_CHARACTERS = 255
_UNREAD_BYTES = 1024 * 1024
"""How much is read of a body that the route itself took no interest in."""
_NOT_KEPT = frozenset({202, 401, 408, 429})

Handle = Callable[[Request], Awaitable[Response]]


async def run_once(request: Request, handle: Handle) -> Response:
    """Handles a request with a key, or answers as it was answered before.

    Raises:
        InvalidInput: the key is none.
        Conflict: the key came with another body before.
    """
    caller = await _caller(request)
    key = Key.of(caller.owner, request.scope["path"], _key(request))
    body = _HashedBody(request)
    hashed = Request(request.scope, body.receive)
    if not caller.alive:
        kept = await retries.recall(key)
        # A login that has ended is told no more than that: its own logging out has an empty answer.
        return _again(kept) if kept and not kept.answer.body else await handle(hashed)
    claim = await retries.claim(key, caller.user_id)
    if isinstance(claim, Kept):
        await body.read_rest(settings().max_upload_bytes)
        if body.hexdigest() != claim.body_hash:
            raise Conflict(_("This Idempotency-Key was used before, with another body."))
        return _again(claim)
    async with retries.renewed(claim):
        return await _run(hashed, body, claim, handle)


async def _run(request: Request, body: "_HashedBody", claim: Claim, handle: Handle) -> Response:
    try:
        response = await handle(request)
        if not _is_kept(response):
            await retries.release(claim)
            return response
        await body.read_rest(_UNREAD_BYTES)
        if session := current_session(request):
            # In one transaction with what the answer speaks of: both stay, or neither.
            await retries.complete(session, claim, body.hexdigest(), _answer(response))
        else:
            async with transaction() as session:
                await retries.complete(session, claim, body.hexdigest(), _answer(response))
    except Exception as error:
        if session := current_session(request):
            await session.rollback()
        refusal = await printed(request, error)
        if refusal is None or not _is_kept(refusal) or not await body.is_whole_or_empty():
            await retries.release(claim)
            raise
        async with transaction() as session:
            await retries.complete(session, claim, body.hexdigest(), _answer(refusal))
        raise Answered(refusal) from error
    return response


def _key(request: Request) -> str:
    key = request.headers[HEADER].strip()
    if not 1 <= len(key) <= MAX_KEY_CHARACTERS or not key.isascii() or not key.isprintable():
        text = _("An Idempotency-Key has 1 to 255 printable ASCII characters.")
        raise InvalidInput(text, details={HEADER: [text]})
    return key


@dataclass(frozen=True, slots=True)
class _Caller:
    owner: str
    user_id: UUID | None = None
    alive: bool = True


async def _caller(request: Request) -> _Caller:
    """Whose key it is. Whether they may do what they ask for is for the route to say."""
    try:
        async with transaction() as session:
            principal = await principal_of(request, session, from_pages=True, scopes=list(Scope))
        return _Caller(f"user {principal.user_id}", principal.user_id)
    except (NotAuthenticated, Forbidden):
        return _of_token(request) or _Caller("nobody")


def _of_token(request: Request) -> _Caller | None:
    """From a token alone, which is no access token of a living login."""
    try:
        token = bearer_token(request) if "authorization" in request.headers else request.cookies.get(TOKEN_COOKIE, "")
    except NotAuthenticated:
        return None
    for kind in tokens.Kind:
        try:
            claims = tokens.read(kind, token)
        except NotAuthenticated:
            continue
        if kind is tokens.Kind.REFRESH:
            return _Caller(f"refresh token {claims.token_id}")
        return _Caller(f"user {claims.user_id}", alive=False)
    return None


def _is_kept(response: Response) -> bool:
    is_streamed = not hasattr(response, "body")
    return not is_streamed and response.status_code < 500 and response.status_code not in _NOT_KEPT


def _answer(response: Response) -> Answer:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers]
    return Answer(response.status_code, headers, bytes(response.body))


def _again(kept: Kept) -> Response:
    response = Response(kept.answer.body, kept.answer.status)
    response.raw_headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in kept.answer.headers]
    response.headers[REPLAYED] = "true"
    return response


class _HashedBody:
    """Hashes a request's query and body while somebody else reads it."""

    def __init__(self, request: Request) -> None:
        self._is_whole = False
        self._is_empty = (
            request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers
        )
        self._receive: Receive = request.receive
        self._hash = BodyHash()
        self._hash.update(request.scope["query_string"], b"\n")
        self._parts = _Parts.of(request, self._hash)

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._take(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
        return message

    def hexdigest(self) -> str:
        return self._hash.hexdigest()

    async def is_whole_or_empty(self) -> bool:
        """Whether all of it was read. Of a route that was refused nothing more is read, but for a body that is not there."""
        if self._is_empty:
            await self.read_rest(0)
        return self._is_whole

    async def read_rest(self, limit_bytes: int) -> None:
        """Reads what nobody has read.

        Raises:
            TooLarge: it is longer.
            ClientDisconnect: it is cut off.
        """
        total = 0
        while not self._is_whole:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            total += len(message.get("body", b""))
            if total > limit_bytes:
                raise TooLarge(_("This is too large."))

    def _take(self, data: bytes) -> None:
        if self._parts is None:
            self._hash.update(data)
            return
        try:
            self._parts.write(data)
        except MultipartParseError:
            # No form after all; the route will say so.
            self._parts = None
            self._hash.update(data)


class _Parts(MultipartParser):
    """Hashes the headers and contents of a form's parts."""

    @classmethod
    def of(cls, request: Request, body_hash: BodyHash) -> "_Parts | None":
        """``None`` for what is no form."""
        kind, options = parse_options_header(request.headers.get("content-type"))
        boundary = options.get(b"boundary")
        return cls(boundary, body_hash) if kind == b"multipart/form-data" and boundary else None

    def __init__(self, boundary: bytes, body_hash: BodyHash) -> None:
        def take(data: bytes, start: int, end: int) -> None:
            body_hash.update(data[start:end])

        def mark(sign: bytes) -> Callable[[], None]:
            return lambda: body_hash.update(sign)

        super().__init__(
            boundary,
            {
                "on_part_begin": mark(b"\r\n\0part\r\n"),
                "on_header_field": take,
                "on_header_value": take,
                "on_header_end": mark(b"\r\n"),
                "on_headers_finished": mark(b"\r\n\r\n"),
                "on_part_data": take,
            },
        )
