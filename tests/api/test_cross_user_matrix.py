"""Every route × nobody, bad tokens, and another user. Generated from the application's own route table: a route without an entry fails.

A new route needs one line, in its contract's ``matrix_<contract>.py`` (a new contract's module is joined to ``ENTRIES`` below)::

    async def a_session(caller: httpx.AsyncClient) -> Mapping[str, str]:   # once per kind of object
        answer = await caller.post("/interview/sessions", json={"job_title": "Engineer"})
        return {"session_id": answer.json()["id"]}

    ENTRIES = {
        "POST /interview/sessions": Signed(request={"json": {"job_title": "Engineer"}}),
        "GET /interview/sessions": Signed(a_session, other_gets=200),          # a list: theirs, without this session
        "GET /interview/sessions/{session_id}": Signed(a_session),             # another user's: 404
        "WS /ws/analysis/{session_id}": Socket(a_session),                     # no proof: closed with 4401, another user's with 4404
    }

A session on which more must be done first (started, a recording in it) is another maker. For each entry it is shown that

* without a token, and with a garbage, expired, forged (``alg: none``, a wrong key), wrong-kind or ended one, as Bearer and as cookie,
  the answer is 401 in the contract's body;
* another user is answered ``other_gets``, in a body that does not hold the object's ids;
* the owner, with the very same request, is answered with success: so the refusals are not for another reason.
"""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest
from fastapi import FastAPI
from fastapi.routing import APIWebSocketRoute, iter_route_contexts
from itsdangerous import URLSafeTimedSerializer

from intervi.accounts import tokens
from intervi.api.app import create_app
from intervi.api.contract import contract_of
from intervi.clock import now
from intervi.ids import hex24, new_id
from intervi.settings import settings
from tests.api import (
    matrix_account,
    matrix_assistant,
    matrix_candidate,
    matrix_coach,
    matrix_conversation,
    matrix_hiring,
    matrix_history,
    matrix_media,
    matrix_reports,
)
from tests.api.matrix import Entry, Linked, Public, Refreshing, Signed, Socket
from tests.api.people import PASSWORD, sign_up, stranger_to

ENTRIES: dict[str, Entry] = (
    matrix_candidate.ENTRIES
    | matrix_assistant.ENTRIES
    | matrix_coach.ENTRIES
    | matrix_conversation.ENTRIES
    | matrix_hiring.ENTRIES
    | matrix_media.ENTRIES
    | matrix_reports.ENTRIES
    | matrix_account.ENTRIES
    | matrix_history.ENTRIES
)


def _routes() -> Iterator[str]:
    """``"GET /api/health"`` for every route and method; ``"WS …"`` for sockets."""
    for route in iter_route_contexts(create_app().routes):
        if isinstance(route.original_route, APIWebSocketRoute):
            yield f"WS {route.path}"
        # Every GET of plain Starlette answers HEAD as well, the same way.
        for method in sorted((route.methods or set()) - {"HEAD"}):
            yield f"{method} {route.path}"


def test_every_route_has_an_entry() -> None:
    assert set(_routes()) == set(ENTRIES)


def _named(kind: type[Entry]) -> list[str]:
    return [name for name, entry in ENTRIES.items() if isinstance(entry, kind)]


async def _send(
    client: httpx.AsyncClient, name: str, params: dict[str, str], entry: Signed, **more: dict[str, str]
) -> httpx.Response:
    method, path = name.split(" ", 1)
    request = dict(entry.request(params) if callable(entry.request) else entry.request)
    request["headers"] = {**request.get("headers", {}), **more.get("headers", {})}
    return await client.request(method, path.format(**params), **request)


def _bad_credentials(good: str, ended: str, refresh_token: str) -> dict[str, dict[str, str]]:
    """Headers of everything that is no proof, by name."""
    claims = jwt.decode(good, options={"verify_signature": False})
    ids = {"user_id": UUID(claims["sub"]), "login_id": UUID(claims["sid"])}
    past = now() - timedelta(seconds=1)
    bad = {
        "garbage": "garbage",
        "empty": "",
        "expired": tokens.issue(tokens.Kind.ACCESS, **ids, expires_at=past),
        "a refresh token": refresh_token,
        "alg none": jwt.encode(claims, None, algorithm="none"),
        "a wrong key": jwt.encode(claims, "another secret, and long enough too", algorithm="HS256"),
        "another algorithm": jwt.encode(claims, settings().signing_key.ljust(64, "x"), algorithm="HS512"),
        "cut off": good[:-2],
        "an ended login": ended,
        "a login of nobody": tokens.issue_access(new_id(), ids["login_id"]),
    }
    headers = {"nothing": {}, "another scheme": {"Authorization": f"Basic {good}"}}
    for what, token in bad.items():
        headers[f"{what} as Bearer"] = {"Authorization": f"Bearer {token}"}
        if token:
            headers[f"{what} as cookie"] = {"Cookie": f"token={token}"}
            headers[f"{what} beside a good cookie"] = {"Authorization": f"Bearer {token}", "Cookie": f"token={good}"}
    headers["a garbage session cookie"] = {"Cookie": "session=garbage"}
    return headers


async def _fresh_tokens(client: httpx.AsyncClient) -> dict[str, str]:
    """Another login of one user, made without leaving cookies."""
    answer = await client.post("/api/auth/register", json={"email": f"{new_id()}@example.com", "password": PASSWORD})
    client.cookies.clear()
    pair: dict[str, str] = answer.json()["tokens"]
    return pair


@pytest.mark.parametrize("name", _named(Signed))
async def test_no_proof_is_401(servers: object, app: FastAPI, name: str) -> None:
    entry = ENTRIES[name]
    assert isinstance(entry, Signed)
    async with stranger_to(app) as nobody, sign_up(app) as owner:
        params = dict(await entry.make(owner)) if entry.make else {}
        ended, pair = await _fresh_tokens(nobody), await _fresh_tokens(nobody)
        await nobody.post("/api/auth/logout", headers={"Authorization": f"Bearer {ended['accessToken']}"})
        good = owner.headers["Authorization"].removeprefix("Bearer ")
        messages = set()
        for what, headers in _bad_credentials(good, ended["accessToken"], pair["refreshToken"]).items():
            nobody.cookies.clear()
            answer = await _send(nobody, name, params, entry, headers=headers)
            assert answer.status_code == 401, f"{what}: {answer.status_code} {answer.text}"
            stamps = {"timestamp", "requestId"}
            messages.add(str({name: value for name, value in answer.json().items() if name not in stamps}))
        assert len(messages) == 1, "the refusal tells what is wrong with the token"


@pytest.mark.parametrize("name", _named(Signed))
async def test_another_user_is_kept_out(servers: object, app: FastAPI, name: str) -> None:
    entry = ENTRIES[name]
    assert isinstance(entry, Signed)
    async with sign_up(app) as owner, sign_up(app) as other:
        params = dict(await entry.make(owner)) if entry.make else {}
        if params:
            answer = await _send(other, name, params, entry)
            assert answer.status_code == entry.other_gets, answer.text
            assert not [value for value in params.values() if value in answer.text]
        answer = await _send(owner, name, params, entry)
        assert answer.is_success, answer.text


async def test_an_invitation_opens_its_event_for_a_calendar_and_nothing_else(servers: object, app: FastAPI) -> None:
    address = f"{new_id()}@example.com"
    async with sign_up(app) as owner, sign_up(app, address) as invited:
        booked = {"candidateId": address, "scheduledAt": "2030-01-15T10:00:00Z"}
        answer = await owner.post("/api/v1/interviews", json=booked)
        interview_id = answer.json()["data"]["interviewId"]
        event = "GET /api/schedule/{interview_id}/event.ics"
        of_an_interview = {name: ENTRIES[name] for name in _named(Signed) if "{interview_id}" in name} | {
            name.replace("{session_id}", "{interview_id}"): ENTRIES[name]
            for name in _named(Signed)
            if name.endswith("{session_id}")
        }
        assert event in of_an_interview
        for name, entry in of_an_interview.items():
            assert isinstance(entry, Signed)
            params = {"interview_id": interview_id, "other_id": interview_id, "media_id": hex24(new_id())}
            found = await _send(invited, name, params, entry)
            assert found.status_code == (200 if name == event else entry.other_gets), f"{name}: {found.text}"
        listed = await invited.get("/api/v1/interviews")
        assert interview_id not in listed.text
        assert (await owner.get(f"/api/v1/interviews/{interview_id}")).json()["data"]["status"] == "scheduled"


@pytest.mark.parametrize("name", _named(Refreshing))
async def test_only_a_living_refresh_token_refreshes(servers: object, app: FastAPI, name: str) -> None:
    method, path = name.split(" ", 1)
    async with stranger_to(app) as nobody:
        pair = await _fresh_tokens(nobody)
        claims = jwt.decode(pair["refreshToken"], options={"verify_signature": False})
        bad = {
            "nothing": {},
            "an access token": {"Authorization": f"Bearer {pair['accessToken']}"},
            "a refresh token as cookie": {"Cookie": f"token={pair['refreshToken']}"},
            "alg none": {"Authorization": f"Bearer {jwt.encode(claims, None, algorithm='none')}"},
            "a wrong key": {"Authorization": f"Bearer {jwt.encode(claims, 'another secret, and long enough too')}"},
        }
        for what, headers in bad.items():
            assert (await nobody.request(method, path, headers=headers)).status_code == 401, what
        good = await nobody.request(method, path, headers={"Authorization": f"Bearer {pair['refreshToken']}"})
        assert good.status_code == 200, good.text


@pytest.mark.parametrize("name", _named(Public))
async def test_public_routes_ask_for_no_token(servers: object, app: FastAPI, name: str) -> None:
    method, path = name.split(" ", 1)
    async with stranger_to(app) as nobody:
        answer = await nobody.request(method, path, headers={"Authorization": "Bearer garbage"})
        assert answer.status_code not in (401, 403, 404, 405, 500), answer.text


@pytest.mark.parametrize("name", _named(Linked))
async def test_a_link_that_is_not_ours_opens_nothing(servers: object, app: FastAPI, name: str) -> None:
    method, path = name.split(" ", 1)
    parameter = path[path.index("{") + 1 : path.index("}")]
    async with sign_up(app) as somebody:
        for forged in ("x", hex24(new_id()), URLSafeTimedSerializer("another key").dumps(hex24(new_id()))):
            assert (await somebody.request(method, path.format(**{parameter: forged}))).status_code == 404


async def _close_code(app: FastAPI, name: str, params: Mapping[str, str], headers: Mapping[str, str]) -> int | None:
    """The code with which the server closes a socket by itself; ``None`` if it lets the client stay."""
    path = name.split(" ", 1)[1].format(**params)
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    received: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    received.put_nowait({"type": "websocket.connect"})
    scope = {
        "type": "websocket",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "subprotocols": [],
    }

    async def send(message: Any) -> None:
        sent.put_nowait(dict(message))

    serving = asyncio.create_task(app(scope, received.get, send))
    assert (await sent.get())["type"] == "websocket.accept", "refused before the handshake: a browser sees no reason"
    received.put_nowait({"type": "websocket.receive", "bytes": bytes(4)})
    answer = await sent.get()
    received.put_nowait({"type": "websocket.disconnect", "code": 1000})
    await serving
    return int(answer["code"]) if answer["type"] == "websocket.close" else None


@pytest.mark.parametrize("name", _named(Socket))
async def test_a_socket_without_proof_is_closed_with_4401(servers: object, app: FastAPI, name: str) -> None:
    entry = ENTRIES[name]
    assert isinstance(entry, Socket)
    async with stranger_to(app) as nobody, sign_up(app) as owner:
        params = await entry.make(owner)
        ended, pair = await _fresh_tokens(nobody), await _fresh_tokens(nobody)
        await nobody.post("/api/auth/logout", headers={"Authorization": f"Bearer {ended['accessToken']}"})
        good = owner.headers["Authorization"].removeprefix("Bearer ")
        for what, headers in _bad_credentials(good, ended["accessToken"], pair["refreshToken"]).items():
            assert await _close_code(app, name, params, headers) == 4401, what
        foreign = {"Cookie": f"token={good}", "Origin": "https://elsewhere.example"}
        assert await _close_code(app, name, params, foreign) == 4401


@pytest.mark.parametrize("name", _named(Socket))
async def test_another_users_socket_is_closed_with_4404(servers: object, app: FastAPI, name: str) -> None:
    entry = ENTRIES[name]
    assert isinstance(entry, Socket)
    async with sign_up(app) as owner, sign_up(app) as other:
        params = await entry.make(owner)
        nobodys = dict.fromkeys(params, hex24(new_id()))
        assert await _close_code(app, name, params, {"Authorization": other.headers["Authorization"]}) == 4404
        assert await _close_code(app, name, nobodys, {"Authorization": owner.headers["Authorization"]}) == 4404
        assert await _close_code(app, name, params, {"Authorization": owner.headers["Authorization"]}) is None


async def test_every_contract_route_is_below_its_contract() -> None:
    for name in ENTRIES:
        path = name.split(" ", 1)[1]
        assert contract_of(path) is not None or path.startswith(("/docs", "/openapi.json", "/media/"))
