"""For routes that take long: a caller resolved without holding a database connection, and a body that is never whole in memory."""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Request, Security
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException

from intervi.accounts.api_keys import Scope
from intervi.accounts.principal import Principal
from intervi.api.contract import Contract
from intervi.api.dependencies import API_KEY_HEADER, caller_of, scoped_caller_of
from intervi.api.requests import UnreadableBody
from intervi.database import transaction
from intervi.errors import InvalidInput, TooLarge
from intervi.recordings import service as recordings
from intervi.translation import _

FORM_OVERHEAD_BYTES = 64 * 1024
"""What a form may hold beside the file itself."""
_LONGEST_FIELD_BYTES = 16 * 1024


def brief_caller_of(contract: Contract, *, from_pages: bool = False) -> Callable[..., Coroutine[Any, Any, Principal]]:
    """As ``caller_of``, in a transaction that ends before the endpoint begins: one that streams or waits must not hold a connection."""
    resolve = caller_of(contract, from_pages=from_pages)

    async def caller(request: Request, credentials: Annotated[object, Security(contract.credentials)]) -> Principal:
        async with transaction() as session:
            return await resolve(request, session, credentials)

    return caller


def brief_scoped_caller_of(
    contract: Contract, scope: Scope, *, from_pages: bool = False
) -> Callable[..., Coroutine[Any, Any, Principal]]:
    """As ``scoped_caller_of``, in a transaction that ends before the endpoint begins."""
    resolve = scoped_caller_of(contract, scope, from_pages=from_pages)

    async def caller(
        request: Request,
        credentials: Annotated[object, Security(contract.credentials)],
        api_key: Annotated[str | None, Security(API_KEY_HEADER)],
    ) -> Principal:
        async with transaction() as session:
            return await resolve(request, session, credentials, api_key)

    return caller


@dataclass(frozen=True, slots=True)
class FormFile:
    """A file in a form, whose bytes come as they arrive."""

    filename: str
    chunks: AsyncIterator[bytes]
    fields: Mapping[str, str]
    """The form's other fields, as far as they have come: all of them once ``chunks`` is read."""


async def form_file(request: Request, field: str, limit_bytes: int) -> FormFile:
    """The file of a ``multipart/form-data`` body, as far as its header; its bytes are read through ``chunks``.

    Args:
        field: Name of the form's field.
        limit_bytes: The most that the file may have. Of the whole form, a little more.

    Raises:
        HTTPException: 415 for another content type.
        UnreadableBody: if it is no form, or is cut off.
        InvalidInput: if there is no such file in it.
        TooLarge: if the form has too many bytes.
    """
    content_type, options = parse_options_header(request.headers.get("content-type"))
    if content_type != b"multipart/form-data":
        raise HTTPException(415, _("Send this as a form, with the content type multipart/form-data."))
    if not options.get(b"boundary"):
        raise UnreadableBody(_("This form cannot be read."))
    form = _Form(options[b"boundary"], field)
    body = _limited(request.stream(), limit_bytes)
    while form.filename is None:
        data = await anext(body, None)
        if data is None:
            raise InvalidInput(_("The file is missing."), details={field: [_("This is required.")]})
        form.feed(data)

    async def chunks() -> AsyncIterator[bytes]:
        while True:
            for piece in form.taken():
                yield piece
            data = await anext(body, None)
            if data is None:
                break
            form.feed(data)
        if not form.complete:
            raise UnreadableBody(_("This form is cut off."))

    return FormFile(form.filename, chunks(), form.fields)


async def _limited(stream: AsyncIterator[bytes], limit_bytes: int) -> AsyncIterator[bytes]:
    total = 0
    async for data in stream:
        total += len(data)
        if total > limit_bytes + FORM_OVERHEAD_BYTES:
            raise recordings.too_large(limit_bytes)
        yield data


class _Form:
    """Finds one file among the parts of a form, and collects its bytes until they are taken."""

    def __init__(self, boundary: bytes, field: str) -> None:
        self.filename: str | None = None
        """Of the file, once its header was read; empty if it has none."""
        self.complete = False
        """The end of the file was read."""
        self._field = field.encode()
        self._inside = False
        self._name, self._value = b"", b""
        self._disposition = b""
        self._pieces: list[bytes] = []
        self.fields: dict[str, str] = {}
        self._other: str | None = None
        self._text = bytearray()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_ends,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._part_data,
                "on_part_end": self._part_ends,
            },
        )

    def feed(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except MultipartParseError as error:
            raise UnreadableBody(_("This form cannot be read.")) from error

    def taken(self) -> list[bytes]:
        """What has been read of the file since the last call."""
        pieces, self._pieces = self._pieces, []
        return pieces

    def _part_begins(self) -> None:
        self._disposition = b""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name, self._value = b"", b""

    def _headers_finished(self) -> None:
        _kind, options = parse_options_header(self._disposition)
        if self.filename is None and options.get(b"name") == self._field:
            self.filename = options.get(b"filename", b"").decode("utf-8", "replace")
            self._inside = True
        elif b"filename" not in options:
            self._other, self._text = options.get(b"name", b"").decode("utf-8", "replace"), bytearray()

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._inside:
            self._pieces.append(data[start:end])
        elif self._other is not None:
            self._text += data[start:end]
            if len(self._text) > _LONGEST_FIELD_BYTES:
                raise TooLarge(_("A field of this form is too long."))

    def _part_ends(self) -> None:
        self.complete = self.complete or self._inside
        self._inside = False
        if self._other is not None:
            self.fields[self._other], self._other = self._text.decode("utf-8", "replace"), None
