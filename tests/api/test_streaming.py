"""A form whose file is read as it arrives."""

from collections.abc import AsyncIterator

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from intervi.api.requests import UnreadableBody
from intervi.api.streaming import FORM_OVERHEAD_BYTES, form_file
from intervi.errors import InvalidInput, TooLarge

BOUNDARY = b"frontier"


def part(name: str, data: bytes, filename: str | None = None) -> bytes:
    named = f'; filename="{filename}"' if filename is not None else ""
    header = f'--frontier\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return header.encode() + data + b"\r\n"


END = b"--frontier--\r\n"


def request(*chunks: bytes, content_type: str = "multipart/form-data; boundary=frontier") -> Request:
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.request", "body": b"", "more_body": False})
    waiting = iter(messages)

    async def receive() -> dict[str, object]:
        return next(waiting)

    headers = [(b"content-type", content_type.encode())]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


async def whole(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def test_the_file_is_found_among_the_parts() -> None:
    body = part("note", b"hello") + part("file", b"\r\n--front bytes", "a b.webm") + part("file", b"second", "c") + END
    file = await form_file(request(body), "file", 1000)
    assert file.filename == "a b.webm"
    assert await whole(file.chunks) == b"\r\n--front bytes"


@given(data=st.binary(max_size=300), size=st.integers(1, 50))
async def test_however_it_is_cut_up_it_is_the_same(data: bytes, size: int) -> None:
    body = part("note", b"x") + part("file", data, "f") + END
    file = await form_file(request(*(body[i : i + size] for i in range(0, len(body), size))), "file", 1000)
    assert await whole(file.chunks) == data


async def test_the_name_is_not_believed_but_passed_on() -> None:
    file = await form_file(request(part("file", b"x", "../../etc/passwd") + END), "file", 1000)
    assert file.filename == "../../etc/passwd"


async def test_bytes_come_before_the_body_has_ended() -> None:
    taken: list[bytes] = []

    async def receive_forever() -> dict[str, object]:
        taken.append(b"")
        body = part("file", b"", "f")[:-2] if len(taken) == 1 else b"y" * 100
        return {"type": "http.request", "body": body, "more_body": True}

    headers = [(b"content-type", b"multipart/form-data; boundary=frontier")]
    endless = Request({"type": "http", "method": "POST", "headers": headers}, receive_forever)
    file = await form_file(endless, "file", 10**6)
    assert b"y" in await anext(file.chunks)
    assert len(taken) < 5


@pytest.mark.parametrize(
    "content_type", ["application/json", "", "multipart/mixed; boundary=frontier", "application/x-www-form-urlencoded"]
)
async def test_another_content_type(content_type: str) -> None:
    with pytest.raises(HTTPException) as refused:
        await form_file(request(b"{}", content_type=content_type), "file", 1000)
    assert refused.value.status_code == 415


async def test_no_boundary() -> None:
    with pytest.raises(UnreadableBody):
        await form_file(request(END, content_type="multipart/form-data"), "file", 1000)


@pytest.mark.parametrize("body", [END, part("other", b"x", "f") + END, b""])
async def test_no_file(body: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        await form_file(request(body), "file", 1000)
    assert list(refused.value.details) == ["file"]


async def test_no_form_at_all() -> None:
    with pytest.raises(UnreadableBody):
        await form_file(request(b"this is no form"), "file", 1000)


async def test_cut_off() -> None:
    file = await form_file(request(part("file", b"x" * 100, "f")[:80]), "file", 1000)
    with pytest.raises(UnreadableBody, match="cut off"):
        await whole(file.chunks)


async def test_a_form_that_is_too_large_beside_its_file() -> None:
    body = part("file", b"x", "f") + part("other", b"x" * (FORM_OVERHEAD_BYTES + 1001)) + END
    with pytest.raises(TooLarge):
        await whole((await form_file(request(body[:100], body[100:]), "file", 1000)).chunks)
