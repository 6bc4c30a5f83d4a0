"""Every failure has its contract's body: shown on the real application and on one with routes that fail in every way."""

import logging
import re
from collections.abc import AsyncIterator
from typing import Annotated, Literal

import httpx
import pytest
from fastapi import FastAPI, Form
from pydantic import Field
from sqlmodel import select
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from intervi.accounts.models import RefreshToken
from intervi.api import failures
from intervi.api.contract import CONTRACTS, Contract, contract_of
from intervi.api.dependencies import RecordId, Session
from intervi.api.routes import router_of
from intervi.api.schemas import CamelModel
from intervi.clock import now
from intervi.database import dispose_engine
from intervi.errors import (
    BadMedia,
    Conflict,
    Forbidden,
    InterviError,
    InvalidInput,
    NotFound,
    TooLarge,
    TooManyRequests,
    Unavailable,
)
from intervi.ids import new_id
from intervi.settings import settings
from intervi.statements import Statement
from tests.api.people import stranger_to


class OddStatus(InterviError):
    """As tus has one (460): HTTP's own table knows no words for it."""

    status = 460


ERRORS: dict[str, InterviError] = {
    "invalid": InvalidInput("Not valid.", details={"job_title": ["Too long."]}),
    "media": BadMedia("No media."),
    "forbidden": Forbidden("Not yours."),
    "missing": NotFound("Not there."),
    "conflict": Conflict("Taken."),
    "large": TooLarge("Too large."),
    "busy": TooManyRequests("Slow down.", retry_after_seconds=7),
    "odd": OddStatus("A status of another protocol."),
    "away": Unavailable("Away.", retry_after_seconds=3),
}


class Body(CamelModel):
    """One field of each type."""

    title_text: str
    whole: int | None = None
    number: Annotated[float, Field(ge=0, le=100)] | None = None
    truth: bool | None = None
    kind: Literal["a", "b"] | None = None
    texts: list[str] | None = None


def _base(contract: Contract) -> str:
    return contract.bases[-1]


_ASKED = select(RefreshToken.id)
_TOKENS = Statement(_ASKED)


def _failing_app() -> FastAPI:
    """Every contract, each with routes that fail; behind them a page, as Reflex' are."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for contract in CONTRACTS:
        router, base = router_of(contract), f"{_base(contract)}/test"

        @router.get(base + "/raise/{kind}")
        async def refuse(kind: str) -> None:
            raise ERRORS[kind]

        @router.get(base + "/http/{status}")
        async def http(status: int) -> None:
            raise HTTPException(status, "As said.")

        @router.get(base + "/crash")
        async def crash() -> None:
            raise RuntimeError("a secret of the inside")

        @router.post(base + "/json")
        async def take_json(body: Body) -> Body:
            return body

        @router.post(base + "/form")
        async def take_form(text: Annotated[str, Form()]) -> str:
            return text

        @router.get(base + "/records/{record_id}")
        async def record(record_id: RecordId, limit: int = 1) -> str:
            return f"{record_id} {limit}"

        @router.get(base + "/conflict-at-commit")
        async def conflict_at_commit(session: Session) -> str:
            session.add(RefreshToken(login_id=new_id(), expires_at=now()))
            return "never said: the login does not exist, and the commit fails"

        @router.get(base + "/count/{way}")
        async def count(way: str, session: Session) -> int:
            return len(await _TOKENS.rows(session) if way == "directly" else (await session.exec(_ASKED)).all())

        app.include_router(router)
    failures.install(app)
    app.mount("", Starlette(routes=[Route("/{path:path}", lambda _request: PlainTextResponse("a page"))]))
    return app


FAILING = _failing_app()


def _assert_body(contract: Contract, answer: httpx.Response) -> str:
    """Asserts the shape of the body; returns what it says."""
    body = answer.json()
    match contract.name:
        case "candidate":
            assert set(body) == {"message", "details"}
            message = body["message"]
        case "assistant":
            assert set(body) == {"statusCode", "message", "error"}
            assert body["statusCode"] == answer.status_code
            message = body["message"]
        case "coach":
            assert set(body) == {"detail"}
            message = body["detail"]
        case "hiring":
            assert set(body) == {"success", "error", "timestamp", "requestId"}
            assert set(body["error"]) == {"code", "message", "details"}
            assert body["requestId"] == answer.headers["X-Request-Id"]
            message = body["error"]["message"]
        case "conversation":
            assert set(body) == {"success", "message"}
            assert body["success"] is False
            message = body["message"]
    assert isinstance(message, str)
    assert message
    assert answer.headers["X-Request-Id"].startswith("req-")
    return message


every_contract = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)


@pytest.fixture
async def failing() -> httpx.AsyncClient:
    return stranger_to(FAILING)


@every_contract
class TestRefusals:
    @pytest.mark.parametrize("kind", ERRORS)
    async def test_a_services_refusal(self, failing: httpx.AsyncClient, contract: Contract, kind: str) -> None:
        answer = await failing.get(f"{_base(contract)}/test/raise/{kind}")
        error = ERRORS[kind]
        expected = contract.validation_status if kind == "invalid" else error.status
        assert answer.status_code == expected
        assert error.message in _assert_body(contract, answer) or kind == "invalid"
        wait = error.retry_after_seconds
        assert answer.headers.get("Retry-After") == (str(wait) if wait else None)

    async def test_an_odd_status_and_a_broken_host_header(self, failing: httpx.AsyncClient, contract: Contract) -> None:
        answer = await failing.get(f"{_base(contract)}/test/http/460", headers={"Host": "["})
        assert answer.status_code == 460
        _assert_body(contract, answer)

    async def test_a_crash_says_nothing_of_the_inside(
        self, failing: httpx.AsyncClient, contract: Contract, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.ERROR):
            answer = await failing.get(f"{_base(contract)}/test/crash")
        assert answer.status_code == 500
        _assert_body(contract, answer)
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text
        # The log has both, and the id that the caller can quote.
        assert "a secret of the inside" in caplog.text
        assert answer.headers["X-Request-Id"] in caplog.text

    @pytest.mark.parametrize("way", ["directly", "by the session"])
    async def test_a_database_that_is_away(
        self, failing: httpx.AsyncClient, contract: Contract, way: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await dispose_engine()
        monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        settings.cache_clear()
        try:
            answer = await failing.get(f"{_base(contract)}/test/count/{way}")
        finally:
            await dispose_engine()
            monkeypatch.undo()
            settings.cache_clear()
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert "127.0.0.1" not in _assert_body(contract, answer)

    async def test_a_failed_commit_is_never_answered_with_success(
        self, servers: object, failing: httpx.AsyncClient, contract: Contract
    ) -> None:
        answer = await failing.get(f"{_base(contract)}/test/conflict-at-commit")
        assert answer.status_code == 500
        _assert_body(contract, answer)


@every_contract
class TestAddressesAndMethods:
    async def test_unknown_route(self, failing: httpx.AsyncClient, contract: Contract) -> None:
        for base in contract.bases:
            for path in (base, f"{base}/", f"{base}/nothing/here", f"{base}/test/json/"):
                answer = await failing.get(path)
                assert answer.status_code == 404, path
                _assert_body(contract, answer)

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])
    async def test_wrong_method(self, failing: httpx.AsyncClient, contract: Contract, method: str) -> None:
        answer = await failing.request(method, f"{_base(contract)}/test/json")
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "POST"
        _assert_body(contract, answer)

    async def test_a_malformed_id_is_like_an_unknown_one(self, failing: httpx.AsyncClient, contract: Contract) -> None:
        for text in ("no-id-at-all", "a%00b", "%ff"):
            answer = await failing.get(f"{_base(contract)}/test/records/{text}")
            assert answer.text.startswith('"00000000-0000-0000-0000-000000000000')

    async def test_bad_query(self, failing: httpx.AsyncClient, contract: Contract) -> None:
        answer = await failing.get(f"{_base(contract)}/test/records/1", params={"limit": "many"})
        assert answer.status_code == contract.validation_status
        _assert_body(contract, answer)
        assert "limit" in answer.text

    @pytest.mark.parametrize("query", ["limit=1%00", "other=%00", "%00"])
    async def test_nul_in_the_query(self, failing: httpx.AsyncClient, contract: Contract, query: str) -> None:
        answer = await failing.get(f"{_base(contract)}/test/records/1?{query}")
        assert answer.status_code == contract.validation_status
        _assert_body(contract, answer)


@every_contract
class TestBodies:
    async def _post(
        self, client: httpx.AsyncClient, contract: Contract, content: bytes, content_type: str = "application/json"
    ) -> httpx.Response:
        headers = {"Content-Type": content_type} if content_type else {}
        return await client.post(f"{_base(contract)}/test/json", content=content, headers=headers)

    @pytest.mark.parametrize(
        "content_type", ["application/json", "application/json; charset=utf-8", "application/x+json"]
    )
    async def test_good(self, failing: httpx.AsyncClient, contract: Contract, content_type: str) -> None:
        body = b'{"titleText": "x", "number": 5, "unknown": {"is": "ignored"}}'
        answer = await self._post(failing, contract, body, content_type)
        assert answer.status_code == 200, answer.text
        assert answer.json()["number"] == 5

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            (b"{}", "titleText"),
            (b'{"titleText": 5}', "titleText"),
            (b'{"titleText": null}', "titleText"),
            (b'{"titleText": "x", "whole": "5"}', "whole"),
            (b'{"titleText": "x", "whole": 5.5}', "whole"),
            (b'{"titleText": "x", "whole": true}', "whole"),
            (b'{"titleText": "x", "number": "82"}', "number"),
            (b'{"titleText": "x", "number": 101}', "number"),
            (b'{"titleText": "x", "number": 1e999}', "number"),
            (b'{"titleText": "x", "truth": 1}', "truth"),
            (b'{"titleText": "x", "kind": "c"}', "kind"),
            (b'{"titleText": "x", "texts": ["a", 2]}', "texts.1"),
            (b'{"titleText": "x", "texts": "a"}', "texts"),
            (b"[]", "body"),
            (b'"text"', "body"),
            (b"", "body"),
        ],
    )
    async def test_invalid_names_the_field(
        self, failing: httpx.AsyncClient, contract: Contract, body: bytes, field: str
    ) -> None:
        answer = await self._post(failing, contract, body)
        assert answer.status_code == contract.validation_status
        _assert_body(contract, answer)
        assert field in answer.text

    async def test_nul_and_half_pairs(self, failing: httpx.AsyncClient, contract: Contract) -> None:
        for body in (rb'{"titleText": "a\u0000b"}', rb'{"titleText": "\ud800"}'):
            answer = await self._post(failing, contract, body)
            assert answer.status_code == contract.validation_status
            _assert_body(contract, answer)

    async def test_a_length_beyond_all_numbers(self, failing: httpx.AsyncClient, contract: Contract) -> None:
        headers = {"Content-Type": "application/json", "Content-Length": "9" * 5000}
        answer = await failing.post(f"{_base(contract)}/test/json", content=b"{}", headers=headers)
        assert answer.status_code == 413
        _assert_body(contract, answer)

    @pytest.mark.parametrize("body", [b"{", b"\xff", b'{"titleText": NaN}', b"[" * 200_000])
    async def test_unreadable_is_400_everywhere(
        self, failing: httpx.AsyncClient, contract: Contract, body: bytes
    ) -> None:
        answer = await self._post(failing, contract, body)
        assert answer.status_code == 400
        _assert_body(contract, answer)

    @pytest.mark.parametrize(
        "content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"]
    )
    async def test_wrong_content_type(self, failing: httpx.AsyncClient, contract: Contract, content_type: str) -> None:
        answer = await self._post(failing, contract, b'{"titleText": "x"}', content_type)
        assert answer.status_code == 415
        _assert_body(contract, answer)

    async def test_too_large_as_declared_and_as_counted(self, failing: httpx.AsyncClient, contract: Contract) -> None:
        body = b'{"titleText": "%s"}' % (b"x" * 1024 * 1024)

        async def undeclared() -> AsyncIterator[bytes]:
            for start in range(0, len(body), 65536):
                yield body[start : start + 65536]

        for content in (body, undeclared()):
            answer = await failing.post(
                f"{_base(contract)}/test/json", content=content, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code == 413
            _assert_body(contract, answer)
        answer = await failing.post(f"{_base(contract)}/test/form", data={"text": "x" * 1024 * 1024})
        assert answer.status_code == 413
        _assert_body(contract, answer)

    async def test_a_form_is_no_json(self, failing: httpx.AsyncClient, contract: Contract) -> None:
        answer = await failing.post(f"{_base(contract)}/test/form", json={"text": "x"})
        assert answer.status_code == contract.validation_status
        _assert_body(contract, answer)


class TestPages:
    @pytest.mark.parametrize("path", ["/", "/ping", "/_event", "/_health", "/interviews", "/apis", "/auth"])
    async def test_what_is_no_contracts_is_left_to_the_pages(self, failing: httpx.AsyncClient, path: str) -> None:
        answer = await failing.get(path)
        assert answer.text == "a page"
        assert "X-Request-Id" not in answer.headers

    async def test_no_origin_is_let_in_by_cors(self, failing: httpx.AsyncClient) -> None:
        answer = await failing.get("/api/test/records/1", headers={"Origin": "https://elsewhere.example"})
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_no_real_address_knows_a_method_that_is_not_described(client: httpx.AsyncClient, app: FastAPI) -> None:
    for path, operations in app.openapi()["paths"].items():
        if (contract := contract_of(path)) is None:
            continue
        for method in {"HEAD", "OPTIONS", "TRACE", "BREW"} - {name.upper() for name in operations}:
            answer = await client.request(method, re.sub(r"\{\w+\}", "x", path))
            assert answer.status_code == 405, f"{method} {path}"
            assert {name.upper() for name in operations} <= set(answer.headers["Allow"].split(", "))
            if method != "HEAD":
                _assert_body(contract, answer)


async def test_the_real_application_answers_so_too(client: httpx.AsyncClient) -> None:
    for contract in CONTRACTS:
        for base in contract.bases:
            answer = await client.get(f"{base}/nothing/here/at/all")
            assert answer.status_code == 404
            _assert_body(contract, answer)
