"""Strict JSON: what is read, what is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervi.api.requests import UnreadableBody, parse_json
from intervi.errors import InvalidInput

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)


@given(JSON)
def test_all_good_json_is_read(value: object) -> None:
    assert parse_json(json.dumps(value).encode()) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b"[1] 2",
        b'"\xff"',
        '"\ud83d"'.encode("utf-8", "surrogatepass"),
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b"1" * 5000,
    ],
)
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        parse_json(body)


@pytest.mark.parametrize(
    "body",
    [
        rb'{"a": "\u0000"}',
        rb'{"\u0000": 1}',
        rb'["x\\\u0000"]',
        rb'"\ud800"',
        rb'{"a": ["\udc00"]}',
        rb'{"\ud800": 1}',
        rb'"\udc00\ud800"',
    ],
)
def test_strings_that_no_database_keeps_are_invalid(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        parse_json(body)


def test_text_that_only_looks_like_it_is_kept() -> None:
    assert parse_json(rb'"\\u0000 \\ud800 \ud83d\ude00"') == r"\u0000 \ud800 " + "\N{GRINNING FACE}"
