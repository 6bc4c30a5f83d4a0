"""Rate limits as each contract publishes them, on a real Redis, over the real application."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi import FastAPI

from intervi import redis_client
from intervi.api import rate_limits
from intervi.api.app import create_app
from intervi.api.contract import ASSISTANT, CANDIDATE, COACH, CONTRACTS, CONVERSATION, HIRING, Contract
from intervi.api.failures import ContractAnswers
from intervi.redis_client import redis
from intervi.settings import settings
from tests.api.people import sign_up, stranger_to
from tests.api.recordings import TUS
from tests.statements_seen import statements_seen

# As published, see contracts/README.md: (calls, seconds) of a user, of an address.
PUBLISHED = {
    CANDIDATE.name: ((100, 900), (100, 900)),
    ASSISTANT.name: ((100, 60), (100, 60)),
    COACH.name: ((100, 60), (10, 60)),
    HIRING.name: ((100, 60), (100, 60)),
    CONVERSATION.name: ((100, 60), (100, 60)),
}
pytestmark = pytest.mark.usefixtures("rate_limits_on")
every_contract = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)


def _nowhere(contract: Contract) -> str:
    return f"{contract.bases[-1]}/nothing/here"


def _told(answer: httpx.Response) -> tuple[int, int, int]:
    limit, remaining, reset = (int(answer.headers[f"RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset"))
    return limit, remaining, reset


async def _spend(client: httpx.AsyncClient, path: str, calls: int) -> list[httpx.Response]:
    return list(await asyncio.gather(*(client.get(path) for _ in range(calls))))


@pytest.fixture(autouse=True)
def _redis_was_never_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "_away_until", 0.0)


@every_contract
class TestAsPublished:
    async def test_of_a_user(self, alice: httpx.AsyncClient, contract: Contract) -> None:
        calls, seconds = PUBLISHED[contract.name][0]
        limit, remaining, reset = _told(await alice.get(_nowhere(contract)))
        assert (limit, remaining) == (calls, calls - 1)
        assert seconds - 30 < reset <= seconds

    async def test_of_an_address(self, client: httpx.AsyncClient, contract: Contract) -> None:
        calls, seconds = PUBLISHED[contract.name][1]
        limit, remaining, reset = _told(await client.get(_nowhere(contract)))
        assert (limit, remaining) == (calls, calls - 1)
        assert seconds - 30 < reset <= seconds

    async def test_one_more_is_refused_in_the_contracts_words(
        self, client: httpx.AsyncClient, contract: Contract
    ) -> None:
        calls, seconds = PUBLISHED[contract.name][1]
        rules = contract.anonymous_limits
        if len(rules) > 1:
            # What a second rule lets through in a while, said at once.
            key = f"intervi:calls:{{{contract.name}:address:127.0.0.1}}:{calls}/{seconds}"
            await redis().set(key, calls, ex=seconds)
        else:
            assert all(answer.status_code == 404 for answer in await _spend(client, _nowhere(contract), calls))
        answer = await client.get(_nowhere(contract))
        assert answer.status_code == 429
        assert set(answer.json()) == set(
            contract.error_body(contract.failure(rate_limits.Allowance(1, 0, 9).refusal()))
        )
        limit, remaining, reset = _told(answer)
        assert (limit, remaining) == (calls, 0)
        assert answer.headers["Retry-After"] == str(reset)
        assert answer.headers["X-Request-Id"]
        if contract is HIRING:
            assert answer.json()["error"]["code"] == "RATE_LIMITED"


class TestHowItIsCounted:
    async def test_a_burst_is_refused_and_does_not_use_up_the_minute(self, alice: httpx.AsyncClient) -> None:
        answers = await _spend(alice, _nowhere(ASSISTANT), 30)
        refused = [answer for answer in answers if answer.status_code == 429]
        # A slow machine takes more than a second over them, and may let a second burst through.
        assert refused
        assert {_told(answer)[:2] for answer in refused} == {(10, 0)}
        assert {answer.headers["Retry-After"] for answer in refused} == {"1"}
        spent = 100 - min(_told(answer)[1] for answer in answers if answer.status_code != 429)
        assert spent == 30 - len(refused)

    async def test_at_once_no_more_than_the_limit(self, alice: httpx.AsyncClient) -> None:
        answers = await _spend(alice, "/interview/sessions", 130)
        assert [answer.status_code for answer in answers].count(200) == 100
        assert sorted({_told(answer)[1] for answer in answers}) == list(range(100))

    async def test_a_window_ends(self, client: httpx.AsyncClient) -> None:
        await _spend(client, _nowhere(COACH), 11)
        (key,) = [key async for key in redis().scan_iter("intervi:calls:*")]
        assert 0 < await redis().pttl(key) <= 60_000
        await redis().pexpire(key, 1)
        while await redis().exists(key):
            await asyncio.sleep(0.01)
        assert _told(await client.get(_nowhere(COACH)))[:2] == (10, 9)

    async def test_users_and_contracts_have_their_own(self, alice: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
        await _spend(alice, "/interview/sessions", 3)
        assert _told(await alice.get(_nowhere(COACH)))[1] == 96
        assert _told(await bob.get(_nowhere(COACH)))[1] == 99
        assert _told(await alice.get(_nowhere(HIRING)))[1] == 99

    async def test_bearer_and_cookie_are_one_user(self, alice: httpx.AsyncClient) -> None:
        await alice.get(_nowhere(CONVERSATION))
        token = alice.headers.pop("Authorization").removeprefix("Bearer ")
        answer = await alice.get(_nowhere(CONVERSATION), headers={"Cookie": f"token={token}"})
        assert _told(answer)[1] == 98

    async def test_what_is_no_access_token_is_counted_by_address(
        self, alice: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        for authorization in ("Bearer garbage", "Basic dXNlcjpwYXNz", ""):
            await alice.get(_nowhere(COACH), headers={"Authorization": authorization})
        assert _told(await client.get(_nowhere(COACH)))[:2] == (10, 6)

    async def test_only_a_trusted_proxy_says_whose_address(
        self, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def remaining(address: str) -> int:
            return _told(await client.get(_nowhere(COACH), headers={"X-Forwarded-For": address}))[1]

        assert [await remaining("203.0.113.1"), await remaining("203.0.113.2")] == [9, 8]
        monkeypatch.setattr(settings(), "trusted_proxies", 1)
        assert [await remaining("203.0.113.1"), await remaining("203.0.113.2")] == [9, 9]
        assert [await remaining("2001:db8::1"), await remaining("2001:db8::2")] == [9, 8]


class TestPages:
    """What our own pages call leaves the user's limit alone."""

    async def test_uploads_and_logging_out_cost_nothing(self, app: FastAPI, alice: httpx.AsyncClient) -> None:
        for method, path in (("OPTIONS", "/api/uploads"), ("HEAD", "/api/uploads/1"), ("POST", "/api/uploads")):
            answer = await alice.request(method, path, headers=TUS)
            assert _told(answer)[:2] == (100, 100), path
        assert _told(await alice.get("/api/domains"))[1] == 99
        assert _told(await alice.post("/api/auth/logout"))[1] == 99

    async def test_they_work_when_the_user_has_used_up_the_limit(self, alice: httpx.AsyncClient) -> None:
        await _spend(alice, "/api/domains", 101)
        assert (await alice.get("/api/domains")).status_code == 429
        assert (await alice.head("/api/uploads/1", headers=TUS)).status_code == 404
        assert (await alice.post("/api/auth/logout")).status_code == 204

    async def test_signing_in_is_counted_by_address_whatever_cookie_is_there(self, alice: httpx.AsyncClient) -> None:
        before = _told(await alice.get("/api/domains"))[1]
        token = alice.headers.pop("Authorization").removeprefix("Bearer ")
        cookie = {"Cookie": f"token={token}"}
        answer = await alice.post("/api/auth/login", json={"email": "a", "password": "b"}, headers=cookie)
        assert answer.status_code == 401
        assert _told(await alice.get("/api/domains", headers=cookie))[1] == before - 1

    async def test_links_and_documentation_are_no_contracts(self, client: httpx.AsyncClient) -> None:
        for path in ("/media/x", "/docs", "/openapi.json"):
            assert "RateLimit-Limit" not in (await client.get(path)).headers


class TestEveryAnswer:
    @every_contract
    async def test_errors_too(self, client: httpx.AsyncClient, contract: Contract) -> None:
        base = contract.bases[0]
        for method, path in (("GET", base), ("BREW", base), ("GET", f"{base}/%00")):
            answer = await client.request(method, path)
            assert answer.is_client_error
            _told(answer)
            assert answer.headers["X-Request-Id"].startswith("req-")

    async def test_a_crash_too(self, servers: object) -> None:
        async def crashing(_scope: object, _receive: object, _send: object) -> None:
            raise RuntimeError

        transport = httpx.ASGITransport(ContractAnswers(crashing), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
            answer = await client.get("/api/crash")
        assert answer.status_code == 500
        assert _told(answer)[:2] == (100, 99)


class TestCost:
    """One trip to Redis, and no query of its own."""

    @pytest.fixture
    async def commands(self, servers: object) -> AsyncIterator[list[str]]:
        seen: list[str] = []
        await redis().ping()
        monitor = redis_client.Redis.from_url(settings().broker_url)
        async with monitor.monitor() as stream:

            def note(command: dict[str, str]) -> None:
                # What a script does inside Redis is no trip.
                if command["client_type"] != "lua":
                    seen.append(command["command"])

            async def watch() -> None:
                async for command in stream.listen():
                    note(command)

            watching = asyncio.create_task(watch())
            yield seen
            watching.cancel()
        await monitor.aclose()

    async def test_one_trip(self, alice: httpx.AsyncClient, commands: list[str]) -> None:
        await alice.get(_nowhere(ASSISTANT))  # the script may have to be loaded
        await redis().echo("begin")
        await alice.get(_nowhere(ASSISTANT))
        await redis().echo("end")
        while not any(command.startswith("ECHO end") for command in commands):
            await asyncio.sleep(0.01)
        begin = next(number for number, command in enumerate(commands) if command.startswith("ECHO begin"))
        trips = [command.split()[0] for command in commands[begin + 1 :]]
        assert trips == ["EVALSHA", "ECHO"]

    async def test_no_query(self, alice: httpx.AsyncClient) -> None:
        with statements_seen() as statements:
            await alice.get("/api/domains")
        assert len(statements) == 1, "who calls is looked up once"


class TestSwitchedOffOrAway:
    async def test_off(self, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settings(), "rate_limits", "off")
        answers = await _spend(client, _nowhere(COACH), 15)
        assert {answer.status_code for answer in answers} == {404}
        assert {_told(answer) for answer in answers} == {(10, 10, 0)}
        assert not [key async for key in redis().scan_iter("intervi:calls:*")]

    @pytest.fixture
    def nowhere(self) -> Iterator[str]:
        """The address of a Redis that is not there."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            yield f"redis://127.0.0.1:{probe.getsockname()[1]}"

    async def test_away(
        self, client: httpx.AsyncClient, nowhere: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(redis_client, "_client", redis_client.Redis.from_url(nowhere))
        with caplog.at_level(logging.WARNING):
            answers = [await client.get(_nowhere(COACH)) for _ in range(15)]
        assert {answer.status_code for answer in answers} == {404}
        assert {_told(answer)[:2] for answer in answers} == {(10, 10)}
        assert 1 <= caplog.text.count("calls are not counted") <= 3, "logged, and not with every call"


async def test_another_application_on_the_same_redis_counts_together(servers: object, app: FastAPI) -> None:
    """Two web processes, as far as Redis can tell: nothing of the count is in the process."""
    async with sign_up(app, "alice@example.com") as alice, stranger_to(create_app()) as other:
        await alice.get(_nowhere(HIRING))
        await redis().script_flush()
        answer = await other.get(_nowhere(HIRING), headers={"Authorization": alice.headers["Authorization"]})
        assert _told(answer)[1] == 98
