"""What nobody should send, to every route of every contract: a 4xx in the contract's words, never a 5xx, and nothing stored in half.

Generated from the route table, the OpenAPI and the good requests of the cross-user matrix: a new route is covered by its entry there.
Each bad value takes the place of one part of a good request: an id in the path, a parameter, a field of the body, the body.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from intervi.api.app import create_app
from intervi.api.contract import CANDIDATE, Failure, contract_of
from intervi.database import transaction
from tests.api.matrix import Entry, Public, Signed
from tests.api.people import sign_up
from tests.api.test_cross_user_matrix import ENTRIES

MIB = 1024 * 1024
ODD_TEXT = (
    "\u202eZ\u0338a\u0337l\u0336g\u0335o\u0334 \U0001f9d1\u200d\U0001f680 \ufffe ' OR 1=1; -- <script> %s {0} \\ \x7f"
)

IDS = [
    "0",
    "0" * 24,
    "f" * 24,
    "g" * 24,
    "%00",
    "%ff%fe",
    quote(ODD_TEXT),
    "1" * 5000,
    "interview-",
    "00000000-0000-4000-8000-000000000000",
]
QUERY = ["", "0", "-1", "1e3", "NaN", "999999999999999999999", "%00", "%ff", quote(ODD_TEXT), "null", "[]", "x" * 5000]
DATES = [
    "2024-02-30",
    "2024-13-01",
    "0000-00-00",
    "9999-12-31T23:59:59.999Z",
    "0001-01-01T00:00:00+14:00",
    "2024-12-25T10:30:00",
    "infinity",
]
VALUES: list[object] = [
    None, True, 0, -1, 1.5, 101, 1e308, 2**63, "", " ", "82", ODD_TEXT, "x" * 20_000, [], [[]], [None], {}, {"": None}, *DATES,
]  # fmt: skip
RAW_VALUES = [
    '"\\u0000"',
    '"\\ud800"',
    "NaN",
    "-Infinity",
    "1e999",
    "1" + "0" * 400,
    f'"{"x" * MIB}"',
    "[" * 900 + "]" * 900,
]
BODIES = [
    b"", b"null", b"[]", b'"x"', b"0", b"{", b'{"a":1}{', b"\xff\xfe", b"\xef\xbb\xbf{}", b"[" * 100_000, b'{"a":' * 50_000,
    b'{"a": "' + b"x" * MIB + b'"}',
]  # fmt: skip
_TAKEN = count()
FIELD_VALUES = 9
"""How many values each field is given; the next field goes on with the next ones, so that all are used."""

PARAMETERS: dict[str, list[str]] = {
    f"{method.upper()} {path}": [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
    for path, operations in create_app().openapi()["paths"].items()
    for method, operation in operations.items()
}


@dataclass(frozen=True)
class Sent:
    """A bad request."""

    what: str
    path: str
    request: dict[str, Any] = field(default_factory=dict)


def _good(entry: Entry, params: Mapping[str, str]) -> dict[str, Any]:
    if not isinstance(entry, Signed | Public):
        return {}
    return dict(entry.request(params) if callable(entry.request) else entry.request)


def _bad_requests(name: str, entry: Entry, params: Mapping[str, str]) -> Iterator[Sent]:
    template = name.split(" ", 1)[1]
    names = {part[1:-1].partition(":")[0] for part in template.split("/") if part.startswith("{")}
    known = {parameter: params.get(parameter, "0") for parameter in names}
    path, good = template.format(**known), _good(entry, params)
    for parameter in sorted(names):
        for value in IDS:
            yield Sent(f"{parameter}={value[:40]}", template.format(**(known | {parameter: value})), good)
    for parameter in PARAMETERS.get(name, []):
        kept = {key: value for key, value in good.get("params", {}).items() if key != parameter}
        rest = "".join(f"&{key}={quote(str(value))}" for key, value in kept.items())
        without = {key: value for key, value in good.items() if key != "params"}
        for value in QUERY + DATES:
            yield Sent(f"{parameter}={value[:40]}", f"{path}?{parameter}={value}{rest}", without)
    if "json" in good:
        yield from _bad_bodies(path, good)


def _bad_bodies(path: str, good: dict[str, Any]) -> Iterator[Sent]:
    rest = {key: value for key, value in good.items() if key != "json"}
    headers = {**rest.pop("headers", {}), "Content-Type": "application/json"}

    def sent(what: str, content: bytes) -> Sent:
        return Sent(what, path, {**rest, "headers": headers, "content": content})

    for body in BODIES:
        yield sent(f"body {body[:20]!r}", body)
    for place in _places(good["json"]):
        for _ in range(FIELD_VALUES):
            value = VALUES[next(_TAKEN) % len(VALUES)]
            yield sent(f"{place} = {str(value)[:40]!r}", json.dumps(_changed(good["json"], place, value)).encode())
    for place in list(_places(good["json"]))[:2]:
        for raw in RAW_VALUES:
            body = json.dumps(_changed(good["json"], place, "@@")).replace('"@@"', raw)
            yield sent(f"{place} = {raw[:20]}", body.encode())


def _places(body: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where in a body something stands."""
    inside: Any = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in inside:
        yield (*place, key)
        yield from _places(value, (*place, key))


def _changed(body: Any, place: tuple[str | int, ...], value: object) -> Any:
    key, *deeper = place
    copy = dict(body) if isinstance(body, dict) else list(body)
    copy[key] = _changed(body[key], tuple(deeper), value) if deeper else value
    return copy


async def _contents() -> dict[str, str]:
    """A hash of every row of every table, by table."""
    async with transaction() as session:
        names = (await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).all()
        union = " UNION ALL ".join(
            f"SELECT '{name}', coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM \"{name}\" t"
            for name in names
        )
        return {row[0]: row[1] for row in await session.execute(text(union))}


@pytest.mark.parametrize("name", sorted(name for name in ENTRIES if not name.startswith("WS ")))
async def test_it_is_refused_and_nothing_stays(servers: object, app: FastAPI, name: str) -> None:
    entry = ENTRIES[name]
    method, template = name.split(" ", 1)
    contract = contract_of(template) or CANDIDATE
    shape = set(contract.error_body(Failure(400, "No.")))
    async with sign_up(app) as caller:
        params: Mapping[str, str] = dict(await entry.make(caller)) if isinstance(entry, Signed) and entry.make else {}
        before = await _contents()
        for sent in _bad_requests(name, entry, params):
            answer = await caller.request(method, sent.path, **sent.request)
            assert answer.status_code < 500, f"{sent.what}: {answer.text}"
            after = await _contents()
            if answer.is_client_error:
                assert method == "HEAD" or set(answer.json()) == shape, f"{sent.what}: {answer.text}"
                assert after == before, f"{sent.what}: {answer.status_code}, and something was stored"
            before = after


def test_every_bad_value_is_used() -> None:
    """The fields of all good requests are so many that each value has its turn."""
    fields = sum(
        len(list(_places(_good(entry, {}).get("json", {}))))
        for entry in ENTRIES.values()
        if isinstance(entry, Signed | Public) and not callable(entry.request)
    )
    assert fields * FIELD_VALUES >= len(VALUES)
