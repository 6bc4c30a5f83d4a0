"""The candidate contract: every documented example walked as published, and what our README settles about it."""

import asyncio
import re
from datetime import datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from intervi.clock import now
from intervi.questions import bank
from intervi.settings import settings
from tests.api.people import stranger_to

REGISTRATION = {
    "email": "user@example.com",
    "password": "SecurePass123!",
    "firstName": "John",
    "lastName": "Doe",
    "provider": "email",
}
CREDENTIALS = {"email": "user@example.com", "password": "SecurePass123!"}
JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+\Z")
HEX24 = re.compile(r"[0-9a-f]{24}\Z")


def _assert_tokens(tokens: dict[str, object]) -> None:
    assert set(tokens) == {"accessToken", "refreshToken", "expiresIn"}
    assert JWT.match(str(tokens["accessToken"]))
    assert JWT.match(str(tokens["refreshToken"]))
    assert tokens["expiresIn"] == 3600


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def _register(client: httpx.AsyncClient) -> dict[str, str]:
    """Registers, and leaves no cookies: a client that is no browser."""
    answer = await client.post("/api/auth/register", json=REGISTRATION)
    client.cookies.clear()
    tokens: dict[str, str] = answer.json()["tokens"]
    return tokens


async def _refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    answer = await client.post("/api/auth/refresh", headers=_bearer(token))
    client.cookies.clear()
    return answer


async def _status_with(client: httpx.AsyncClient, access_token: str) -> int:
    return (await client.get("/api/domains", headers=_bearer(access_token))).status_code


class TestThePublishedText:
    """ "Authentication" and "System", in the order of the document."""

    async def test_walked_from_top_to_bottom(self, client: httpx.AsyncClient) -> None:
        registered = await client.post("/api/auth/register", json=REGISTRATION)
        assert registered.status_code == 201
        assert set(registered.json()) == {"tokens", "userId"}
        _assert_tokens(registered.json()["tokens"])
        assert HEX24.match(registered.json()["userId"])

        logged_in = await client.post("/api/auth/login", json=CREDENTIALS)
        assert logged_in.status_code == 200
        assert set(logged_in.json()) == {"tokens", "userId"}
        _assert_tokens(logged_in.json()["tokens"])
        assert logged_in.json()["userId"] == registered.json()["userId"]

        refreshed = await _refresh(client, logged_in.json()["tokens"]["refreshToken"])
        assert refreshed.status_code == 200
        _assert_tokens(refreshed.json())

        access_token = refreshed.json()["accessToken"]
        assert await _status_with(client, access_token) == 200
        logged_out = await client.post("/api/auth/logout", headers=_bearer(access_token))
        assert (logged_out.status_code, logged_out.content) == (204, b"")
        assert await _status_with(client, access_token) == 401
        assert (await _refresh(client, refreshed.json()["refreshToken"])).status_code == 401

    async def test_health(self, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settings(), "environment", "production")
        answer = await client.get("/api/health")
        assert answer.status_code == 200
        body = answer.json()
        assert body | {"timestamp": ""} == {"status": "ok", "timestamp": "", "environment": "production"}
        assert body["timestamp"].endswith("Z")
        assert abs(datetime.fromisoformat(body["timestamp"]) - now()) < timedelta(minutes=5)

    async def test_ping(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/api/ping")
        assert (answer.status_code, answer.json()) == (200, {"message": "pong"})


class TestRegister:
    async def test_only_e_mail_and_password_are_needed(self, client: httpx.AsyncClient) -> None:
        assert (await client.post("/api/auth/register", json=CREDENTIALS)).status_code == 201

    async def test_null_is_left_out(self, client: httpx.AsyncClient) -> None:
        body = CREDENTIALS | {"firstName": None, "lastName": None, "provider": None, "timeZone": None}
        assert (await client.post("/api/auth/register", json=body)).status_code == 201

    @pytest.mark.parametrize("email", ["user@example.com", "User@Example.COM"])
    async def test_taken(self, client: httpx.AsyncClient, email: str) -> None:
        await _register(client)
        answer = await client.post("/api/auth/register", json=REGISTRATION | {"email": email})
        assert answer.status_code == 409
        assert set(answer.json()) == {"message", "details"}
        assert "set-cookie" not in answer.headers

    async def test_twenty_at_once(self, client: httpx.AsyncClient) -> None:
        answers = await asyncio.gather(*(client.post("/api/auth/register", json=REGISTRATION) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"email": "no address"}, "email"),
            ({"email": "user@localhost"}, "email"),
            ({"email": 5}, "email"),
            ({"email": None}, "email"),
            ({"password": "short"}, "password"),
            ({"password": "password123"}, "password"),
            ({"password": 12345678}, "password"),
            ({"firstName": "x" * 101}, "firstName"),
            ({"firstName": ["John"]}, "firstName"),
            ({"provider": "google"}, "provider"),
            ({"timeZone": "Mars/Olympus"}, "timeZone"),
        ],
    )
    async def test_bad_input(self, client: httpx.AsyncClient, change: dict[str, object], field: str) -> None:
        answer = await client.post("/api/auth/register", json=REGISTRATION | change)
        assert answer.status_code == 400
        body = answer.json()
        assert set(body) == {"message", "details"}
        assert set(body["details"]) == {field}
        assert all(isinstance(text, str) and text for text in body["details"][field])

    async def test_missing_fields_are_all_named(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/api/auth/register", json={})
        assert answer.status_code == 400
        assert set(answer.json()["details"]) == {"email", "password"}

    async def test_a_long_password_counts_to_its_end(self, client: httpx.AsyncClient) -> None:
        password = "SecurePass123!" + "é" * 100
        body = CREDENTIALS | {"password": password}
        assert (await client.post("/api/auth/register", json=body)).status_code == 201
        assert (await client.post("/api/auth/login", json=body)).status_code == 200
        shorter = await client.post("/api/auth/login", json=body | {"password": password[:-1]})
        assert shorter.status_code == 401


@pytest.mark.usefixtures("rate_limits_on")
class TestLogin:
    async def test_wrong_password_and_unknown_e_mail_are_told_alike(self, client: httpx.AsyncClient) -> None:
        await _register(client)
        answers = [
            await client.post("/api/auth/login", json=CREDENTIALS | change)
            for change in ({"password": "wrong"}, {"email": "nobody@example.com"}, {"email": "no address"})
        ]
        assert {answer.status_code for answer in answers} == {401}
        assert len({answer.text for answer in answers}) == 1
        assert not any("set-cookie" in answer.headers for answer in answers)

    async def test_guessing_is_throttled_and_the_owners_browser_is_not(
        self, client: httpx.AsyncClient, app: FastAPI
    ) -> None:
        await client.post("/api/auth/register", json=REGISTRATION)
        async with stranger_to(app) as guesser:
            wrong = CREDENTIALS | {"password": "wrong"}
            answers = await asyncio.gather(*(guesser.post("/api/auth/login", json=wrong) for _ in range(15)))
            assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * 5
            refused = await guesser.post("/api/auth/login", json=CREDENTIALS)
            assert refused.status_code == 429
            assert 1 <= int(refused.headers["Retry-After"]) <= 900
            assert set(refused.json()) == {"message", "details"}
        assert (await client.post("/api/auth/login", json=CREDENTIALS)).status_code == 200


class TestRefresh:
    async def test_reuse_ends_the_family(self, client: httpx.AsyncClient) -> None:
        first = await _register(client)
        second = (await _refresh(client, first["refreshToken"])).json()
        assert await _status_with(client, first["accessToken"]) == 200
        assert (await _refresh(client, first["refreshToken"])).status_code == 401
        for tokens in (first, second):
            assert await _status_with(client, tokens["accessToken"]) == 401
        assert (await _refresh(client, second["refreshToken"])).status_code == 401

    async def test_twenty_at_once(self, client: httpx.AsyncClient) -> None:
        first = await _register(client)
        answers = await asyncio.gather(*(_refresh(client, first["refreshToken"]) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19
        winner = next(answer for answer in answers if answer.status_code == 200).json()
        assert await _status_with(client, winner["accessToken"]) == 401


class TestCookies:
    def _set(self, answer: httpx.Response) -> dict[str, str]:
        """Each cookie of an answer, by name, as it was set."""
        return {line.split("=", 1)[0]: line for line in answer.headers.get_list("set-cookie")}

    @pytest.mark.parametrize("public_url", ["", "https://intervi.example"])
    async def test_attributes(
        self, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, public_url: str
    ) -> None:
        monkeypatch.setattr(settings(), "public_url", public_url)
        answer = await client.post("/api/auth/register", json=REGISTRATION)
        cookies = self._set(answer)
        assert set(cookies) == {"token", "session"}
        for line in cookies.values():
            attributes = {part.strip().lower() for part in line.split(";")[1:]}
            assert {"httponly", "path=/", "samesite=lax"} <= attributes
            assert ("secure" in attributes) == bool(public_url)
        assert "Max-Age=3600" in cookies["token"]
        assert answer.json()["tokens"]["accessToken"] in cookies["token"]
        # The page's cookie is no token of either kind.
        assert "eyJ" not in cookies["session"]

    async def test_a_browser_goes_on_by_cookie_alone(self, client: httpx.AsyncClient) -> None:
        await client.post("/api/auth/register", json=REGISTRATION)
        assert (await client.get("/api/domains")).status_code == 200
        client.cookies.clear()
        await client.post("/api/auth/login", json=CREDENTIALS)
        assert (await client.get("/api/domains")).status_code == 200

    async def test_refresh_renews_the_token_cookie(self, client: httpx.AsyncClient) -> None:
        tokens = await _register(client)
        answer = await client.post("/api/auth/refresh", headers=_bearer(tokens["refreshToken"]))
        assert answer.json()["accessToken"] in self._set(answer)["token"]
        assert (await client.get("/api/domains")).status_code == 200

    async def test_logout_by_cookie_clears_both(self, client: httpx.AsyncClient) -> None:
        await client.post("/api/auth/register", json=REGISTRATION)
        kept = dict(client.cookies)
        answer = await client.post("/api/auth/logout")
        assert answer.status_code == 204
        assert all("Max-Age=0" in line for line in self._set(answer).values())
        assert not client.cookies
        for name, value in kept.items():
            assert (await client.get("/api/domains", headers={"Cookie": f"{name}={value}"})).status_code == 401

    async def test_a_page_whose_token_has_expired_can_still_sign_out(self, client: httpx.AsyncClient) -> None:
        tokens = (await client.post("/api/auth/register", json=REGISTRATION)).json()["tokens"]
        client.cookies.delete("token")
        assert (await client.post("/api/auth/logout")).status_code == 204
        assert await _status_with(client, tokens["accessToken"]) == 401


async def test_domains(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/api/domains")
    assert answer.status_code == 200
    listed = {domain["slug"]: domain for domain in answer.json()}
    assert len(listed) == len(bank.domains())
    assert listed["software-dev"]["title"] == "Software Engineering"
    for slug, domain in listed.items():
        assert set(domain) == {"_id", "slug", "title"}
        assert HEX24.match(domain["_id"])
        assert bank.domain_by(domain["_id"]) == bank.domain_by(slug)
