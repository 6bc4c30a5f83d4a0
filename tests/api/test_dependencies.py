"""Who calls, by what proof, from which site; and that an answer is only sent once its data is committed."""

from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI, Request
from sqlalchemy import select
from sqlmodel import col

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.api import candidate, failures
from intervi.api.contract import CANDIDATE
from intervi.api.dependencies import Session, caller_of, client_of
from intervi.api.routes import router_of
from intervi.database import after_commit, transaction
from intervi.ids import hex24, new_id
from intervi.settings import settings
from tests.api.people import PASSWORD, stranger_to

OWN, FOREIGN = "http://localhost:8000", "https://elsewhere.example"

_ran: list[str] = []
_router = router_of(CANDIDATE)


@_router.api_route("/api/who", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
async def who(caller: Annotated[Principal, Depends(caller_of(CANDIDATE))]) -> str:
    return hex24(caller.user_id)


@_router.api_route("/api/page", methods=["GET", "POST"])
async def page(caller: Annotated[Principal, Depends(caller_of(CANDIDATE, from_pages=True))]) -> str:
    return hex24(caller.user_id)


@_router.get("/api/address")
async def address(request: Request) -> str:
    return client_of(request).address


@_router.post("/api/users/{email}")
async def make_user(email: str, session: Session, fail: bool = False) -> None:
    async def done() -> None:
        _ran.append(email)

    session.add(User(id=new_id(), email=email, email_key=email, password_hash=""))
    await session.flush()
    after_commit(session, done)
    if fail:
        raise RuntimeError("after the row, before the commit")


def _app() -> FastAPI:
    app = FastAPI()
    for router in candidate.routers:
        app.include_router(router)
    app.include_router(_router)
    failures.install(app)
    return app


APP = _app()


@pytest.fixture
async def nobody(servers: object) -> AsyncIterator[httpx.AsyncClient]:
    async with stranger_to(APP) as client:
        yield client


@pytest.fixture
async def user_id(nobody: httpx.AsyncClient) -> str:
    """``nobody`` has become somebody, with both cookies."""
    answer = await nobody.post("/api/auth/register", json={"email": "user@example.com", "password": PASSWORD})
    identity: str = answer.json()["userId"]
    return identity


def _only(client: httpx.AsyncClient, *names: str) -> dict[str, str]:
    """A ``Cookie`` header with just these of the client's cookies; the jar is emptied."""
    kept = "; ".join(f"{name}={client.cookies[name]}" for name in names)
    client.cookies.clear()
    return {"Cookie": kept}


class TestProofs:
    async def test_token_cookie(self, nobody: httpx.AsyncClient, user_id: str) -> None:
        headers = _only(nobody, "token")
        assert (await nobody.get("/api/who", headers=headers)).json() == user_id
        assert (await nobody.get("/api/page", headers=headers)).json() == user_id

    async def test_session_cookie_opens_only_what_our_pages_call(self, nobody: httpx.AsyncClient, user_id: str) -> None:
        headers = _only(nobody, "session")
        assert (await nobody.get("/api/page", headers=headers)).json() == user_id
        assert (await nobody.get("/api/who", headers=headers)).status_code == 401

    async def test_a_living_session_outlasts_the_access_token(self, nobody: httpx.AsyncClient, user_id: str) -> None:
        headers = {"Cookie": _only(nobody, "session")["Cookie"] + "; token=expired"}
        assert (await nobody.get("/api/page", headers=headers)).json() == user_id

    async def test_a_bad_bearer_is_not_saved_by_a_good_cookie(self, nobody: httpx.AsyncClient, user_id: str) -> None:
        for authorization in ("Bearer garbage", "Bearer", "Basic dXNlcjpwYXNz", ""):
            answer = await nobody.get("/api/page", headers={"Authorization": authorization})
            assert answer.status_code == 401, authorization
            assert answer.headers["WWW-Authenticate"] == "Bearer"

    async def test_bearer_in_any_case(self, nobody: httpx.AsyncClient, user_id: str) -> None:
        token = nobody.cookies["token"]
        nobody.cookies.clear()
        for scheme in ("Bearer", "bearer", "BEARER"):
            assert (await nobody.get("/api/who", headers={"Authorization": f"{scheme} {token}"})).json() == user_id


class TestOrigin:
    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    @pytest.mark.parametrize(
        ("origin", "status"),
        [
            (None, 200),
            (OWN, 200),
            ("http://127.0.0.1:8000", 200),
            (FOREIGN, 403),
            ("null", 403),
            ("", 403),
            ("http://localhost:8000.elsewhere.example", 403),
            ("http://localhost:80000", 403),
            ("https://localhost:8000", 403),
        ],
    )
    async def test_with_a_cookie(
        self, nobody: httpx.AsyncClient, user_id: str, method: str, origin: str | None, status: int
    ) -> None:
        headers = {} if origin is None else {"Origin": origin}
        answer = await nobody.request(method, "/api/who", headers=headers)
        assert answer.status_code == status, answer.text

    async def test_the_session_cookie_too(self, nobody: httpx.AsyncClient, user_id: str) -> None:
        headers = _only(nobody, "session")
        assert (await nobody.post("/api/page", headers=headers | {"Origin": FOREIGN})).status_code == 403
        assert (await nobody.post("/api/page", headers=headers | {"Origin": OWN})).status_code == 200

    async def test_reading_is_not_concerned(self, nobody: httpx.AsyncClient, user_id: str) -> None:
        assert (await nobody.get("/api/who", headers={"Origin": FOREIGN})).status_code == 200

    async def test_a_bearer_is_not_concerned(self, nobody: httpx.AsyncClient, user_id: str) -> None:
        bearer = {"Authorization": f"Bearer {nobody.cookies['token']}"}
        for origin in (FOREIGN, "null"):
            assert (await nobody.post("/api/who", headers=bearer | {"Origin": origin})).status_code == 200

    async def test_logging_out_from_another_site(self, nobody: httpx.AsyncClient, user_id: str) -> None:
        assert (await nobody.post("/api/auth/logout", headers={"Origin": FOREIGN})).status_code == 403
        assert (await nobody.get("/api/who")).json() == user_id


class TestAddress:
    @pytest.mark.parametrize(
        ("proxies", "forwarded", "address"),
        [
            (0, [], "127.0.0.1"),
            (0, ["203.0.113.9"], "127.0.0.1"),
            (1, ["203.0.113.9"], "203.0.113.9"),
            (1, ["6.6.6.6, 203.0.113.9"], "203.0.113.9"),
            (1, ["6.6.6.6", "203.0.113.9"], "203.0.113.9"),
            (2, ["6.6.6.6, 203.0.113.9, 10.0.0.1"], "203.0.113.9"),
            (2, ["203.0.113.9"], "127.0.0.1"),
            (1, [], "127.0.0.1"),
        ],
    )
    async def test_only_trusted_proxies_are_believed(
        self,
        nobody: httpx.AsyncClient,
        monkeypatch: pytest.MonkeyPatch,
        proxies: int,
        forwarded: list[str],
        address: str,
    ) -> None:
        monkeypatch.setattr(settings(), "trusted_proxies", proxies)
        answer = await nobody.get("/api/address", headers=[("X-Forwarded-For", value) for value in forwarded])
        assert answer.json() == address


class TestSession:
    async def test_committed_and_done_before_the_answer_begins(self, servers: object) -> None:
        """Looks from outside at the very moment the status line is sent."""
        seen: list[object] = []

        async def watching(scope, receive, send):  # type: ignore[no-untyped-def]
            async def send_watched(message):  # type: ignore[no-untyped-def]
                if message["type"] == "http.response.start":
                    async with transaction() as other:
                        seen.append(await other.scalar(select(col(User.email)).where(col(User.email) == "early")))
                    seen.append("early" in _ran)
                await send(message)

            await APP(scope, receive, send_watched)

        transport = httpx.ASGITransport(watching)
        async with httpx.AsyncClient(transport=transport, base_url=OWN) as client:
            assert (await client.post("/api/users/early")).status_code == 200
        assert seen == ["early", True]

    async def test_rolled_back_and_nothing_run_when_the_endpoint_fails(self, nobody: httpx.AsyncClient) -> None:
        assert (await nobody.post("/api/users/never?fail=true")).status_code == 500
        async with transaction() as session:
            assert await session.scalar(select(col(User.email)).where(col(User.email) == "never")) is None
        assert "never" not in _ran
