"""The Socket.IO namespace ``/interview`` on two web processes, by the real clients for Python and JavaScript."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest
from socketio.exceptions import ConnectionError as Refused
from sqlmodel import update

from intervi.accounts import tokens
from intervi.accounts.models import Login, User
from intervi.analysis.models import Stage
from intervi.clock import now
from intervi.coaching.scoring import score_answer
from intervi.database import transaction
from intervi.frontend import WEB_DIRECTORY
from intervi.ids import hex24, new_id, parse_id
from intervi.interviews.models import Interview
from intervi.live.interview_namespace import BURST
from intervi.redis_client import redis
from tests.api.candidate_sessions import METRICS, a_session, send_metrics, user_id
from tests.api.people import PASSWORD
from tests.api.test_candidate_sessions import HEX24, analytics_of
from tests.api.test_coach import LANGUAGE, RESULTS, SPEECH, VISION, send, work
from tests.live.clients import PATIENCE_SECONDS, Client
from tests.live.conftest import Site
from workers import jobs

SomebodyMaker = Callable[[], Awaitable[httpx.AsyncClient]]
Connect = Callable[..., Awaitable[Client]]

NODE = Path(sys.executable).with_name("node")
PUBLISHED = {"postureScore": 85, "eyeContactScore": 80}


def token_of(client: httpx.AsyncClient) -> str:
    return client.headers["Authorization"].removeprefix("Bearer ")


async def ticket_of(client: httpx.AsyncClient) -> str:
    answer = await client.post("/api/realtime/handshake", json={"userId": user_id(client)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["socketId"])


async def on_both(site: Site, connect: Connect, auth: dict[str, str]) -> list[Client]:
    """Sockets of one user, until both processes hold some."""
    before = site.holders()
    clients: list[Client] = []
    while len(clients) < 2 or not all(now > then for now, then in zip(site.holders(), before, strict=True)):
        assert len(clients) < 100, "one process takes every connection"
        clients.append(await connect(auth))
    return clients


async def running(client: httpx.AsyncClient) -> str:
    """A session of candidate's that runs."""
    session_id = await a_session(client)
    answer = await client.post(f"/interview/sessions/{session_id}/start")
    assert answer.status_code == 200, answer.text
    return session_id


async def refused(connect: Connect, auth: object = None, headers: dict[str, str] | None = None) -> None:
    """Is not let in, and is told so as everybody is."""
    with pytest.raises(Refused) as raised:
        await connect(auth, headers)
    assert raised.value.__notes__ == ["Sign in first."]


class TestHandshake:
    async def test_as_published(self, somebody: SomebodyMaker) -> None:
        client = await somebody()
        answer = await client.post("/api/realtime/handshake", json={"userId": user_id(client)})
        assert answer.status_code == 201
        assert set(answer.json()) == {"socketId", "serverTime"}
        assert len(answer.json()["socketId"]) >= 16
        assert answer.json()["serverTime"].endswith("Z")
        for nothing in ({"json": {}}, {}):
            assert (await client.post("/api/realtime/handshake", **nothing)).status_code == 201

    async def test_a_ticket_lets_in_once(self, somebody: SomebodyMaker, connect: Connect) -> None:
        client = await somebody()
        ticket = await ticket_of(client)
        socket = await connect({"socketId": ticket, "userId": user_id(client)})
        await socket.send(PUBLISHED)
        assert await socket.next("metrics:update") == [PUBLISHED]
        await refused(connect, {"socketId": ticket})

    async def test_a_ticket_lives_a_minute(self, somebody: SomebodyMaker, connect: Connect) -> None:
        ticket = await ticket_of(await somebody())
        (key,) = [key async for key in redis().scan_iter(match=f"*{ticket}*")]
        assert 0 < await redis().ttl(key) <= 60
        await redis().expire(key, 0)
        await refused(connect, {"socketId": ticket})

    async def test_a_ticket_dies_with_its_login(self, somebody: SomebodyMaker, connect: Connect) -> None:
        client = await somebody()
        ticket = await ticket_of(client)
        await client.post("/api/auth/logout")
        await refused(connect, {"socketId": ticket})


class TestWhoIsLetIn:
    async def test_an_access_token(self, somebody: SomebodyMaker, connect: Connect) -> None:
        client = await somebody()
        token = token_of(client)
        await connect({"token": token})
        await connect({"token": token, "userId": str(parse_id(user_id(client)))})
        await connect(headers={"Authorization": f"Bearer {token}"})
        # A page of any other site may connect with a token of its own.
        await connect({"token": token}, headers={"Origin": "https://elsewhere.example"})

    @pytest.mark.parametrize("name", ["token", "session"])
    async def test_a_cookie_from_our_own_pages(
        self, site: Site, somebody: SomebodyMaker, connect: Connect, name: str
    ) -> None:
        client = await somebody()
        cookie = {"Cookie": f"{name}={client.cookies[name]}"}
        await connect(headers=cookie)
        await connect(headers=cookie | {"Origin": site.address})
        for foreign in ("https://elsewhere.example", "null", site.address + ".example"):
            await refused(connect, headers=cookie | {"Origin": foreign})

    async def test_by_polling_too(self, somebody: SomebodyMaker) -> None:
        """Written out, on one kept connection and so on one process: with several, polling needs sticky routing."""
        client = await somebody()
        opened = await client.get("/socket.io/?EIO=4&transport=polling")
        assert opened.text.startswith("0")
        address = f"/socket.io/?EIO=4&transport=polling&sid={json.loads(opened.text[1:])['sid']}"
        join = f"40/interview,{json.dumps({'token': token_of(client)})}"
        assert (await client.post(address, content=join)).text == "OK"
        assert (await client.get(address)).text.startswith('40/interview,{"sid":')

    async def test_nobody_else(self, somebody: SomebodyMaker, connect: Connect) -> None:
        client, other = await somebody(), await somebody()
        good = token_of(client)
        claims = jwt.decode(good, options={"verify_signature": False})
        ids = {"user_id": UUID(claims["sub"]), "login_id": UUID(claims["sid"])}
        bad: list[object] = [
            None,
            {},
            "userId",
            [good],
            {"userId": user_id(client)},
            {"token": ""},
            {"token": 5},
            {"token": "garbage"},
            {"token": jwt.encode(claims, None, algorithm="none")},
            {"token": jwt.encode(claims, "another secret, and long enough too", algorithm="HS256")},
            {"token": tokens.issue(tokens.Kind.ACCESS, **ids, expires_at=now())},
            {"token": tokens.issue(tokens.Kind.REFRESH, **ids, expires_at=now().replace(year=2100))},
            {"token": good, "userId": user_id(other)},
            {"token": good, "userId": hex24(new_id())},
            {"token": good, "userId": 5},
            {"socketId": "aBcDeF1234567890"},
            {"socketId": "\x00"},
            {"socketId": None, "token": None},
        ]
        for auth in bad:
            await refused(connect, auth)

    async def test_a_bad_proof_is_not_made_good_by_another(self, somebody: SomebodyMaker, connect: Connect) -> None:
        client = await somebody()
        await refused(connect, {"token": "garbage"}, {"Cookie": f"token={client.cookies['token']}"})
        await refused(connect, {"token": "garbage", "socketId": await ticket_of(client)})
        await refused(connect, None, {"Authorization": "Bearer x", "Cookie": f"token={client.cookies['token']}"})


class TestMetrics:
    async def test_reach_every_socket_of_the_user_on_both_processes_and_nobody_else(
        self, site: Site, somebody: SomebodyMaker, connect: Connect
    ) -> None:
        client, other = await somebody(), await somebody()
        session_id = await running(client)
        stranger = await connect({"token": token_of(other)})
        sockets = await on_both(site, connect, {"token": token_of(client)})
        for sender in (sockets[0], sockets[-1]):
            await sender.send(PUBLISHED)
        for socket in sockets:
            assert await socket.next("metrics:update", 2) == [PUBLISHED, PUBLISHED]
        kept = await analytics_of(client, session_id)
        assert {name: kept[name] for name in PUBLISHED} == PUBLISHED
        assert kept["overallPerformanceScore"] is None
        # Whatever was sent to the stranger would have come before the answer to their own.
        await stranger.send({"postureScore": 1})
        await stranger.next("metrics:update")
        assert stranger.heard == [("metrics:update", {"postureScore": 1})]

    async def test_belong_to_the_newest_running_interview(self, somebody: SomebodyMaker, connect: Connect) -> None:
        client = await somebody()
        older, newer, scheduled = await running(client), await running(client), await a_session(client)
        socket = await connect({"token": token_of(client)})
        assert await socket.ask(PUBLISHED) == {"stored": True}
        assert (await analytics_of(client, newer))["postureScore"] == 85
        for untouched in (older, scheduled):
            assert (await analytics_of(client, untouched))["postureScore"] is None
        await send_metrics(client, newer, gestureScore=75)
        assert await socket.ask({"postureScore": 60}) == {"stored": True}
        assert (await analytics_of(client, older))["postureScore"] == 60
        assert (await analytics_of(client, newer))["postureScore"] == 85

    async def test_with_nothing_running_they_are_passed_on_and_said_to_be_unkept(
        self, somebody: SomebodyMaker, connect: Connect
    ) -> None:
        socket = await connect({"token": token_of(await somebody())})
        assert await socket.ask(METRICS) == {"stored": False}
        assert await socket.next("metrics:update") == [METRICS]

    @pytest.mark.parametrize(
        "sent",
        [
            (),
            (None,),
            ("x",),
            (b"\x00\x01",),
            ([],),
            ({},),
            ({"foo": 1},),
            ({"postureScore": "85"},),
            ({"postureScore": 101},),
            ({"fillerWordFrequency": -1},),
            ({"emotionTimeline": [{"label": "a\x00", "probability": 1, "timestamp": 0}]},),
            (PUBLISHED, PUBLISHED),
        ],
    )
    async def test_bad_ones_are_told_to_their_sender_alone(
        self, somebody: SomebodyMaker, connect: Connect, sent: tuple[object, ...]
    ) -> None:
        client = await somebody()
        session_id = await running(client)
        sender, other = [await connect({"token": token_of(client)}) for _ in range(2)]
        await sender.send(*sent)
        (error,) = await sender.next("error")
        assert set(error) == {"message", "details"}
        await sender.send(PUBLISHED)
        assert await other.next("metrics:update") == [PUBLISHED]
        assert other.heard == [("metrics:update", PUBLISHED)]
        assert (await analytics_of(client, session_id))["postureScore"] == 85

    async def test_come_in_the_order_sent(self, somebody: SomebodyMaker, connect: Connect) -> None:
        client = await somebody()
        session_id = await running(client)
        socket = await connect({"token": token_of(client)})
        for score in range(50):
            await socket.send({"postureScore": score})
        assert [each["postureScore"] for each in await socket.next("metrics:update", 50)] == list(range(50))
        assert (await analytics_of(client, session_id))["postureScore"] == 49

    async def test_a_flood_is_refused_and_the_socket_stays(self, somebody: SomebodyMaker, connect: Connect) -> None:
        socket = await connect({"token": token_of(await somebody())})
        for _ in range(BURST * 3):
            await socket.send(PUBLISHED)
        (error,) = await socket.next("error")
        assert error["details"] == {}
        assert await socket.next("metrics:update", BURST) == [PUBLISHED] * BURST


class TestTheEndOfALogin:
    async def test_logging_out_ends_its_sockets_on_both_processes_and_no_other(
        self, site: Site, somebody: SomebodyMaker, connect: Connect
    ) -> None:
        client = await somebody()
        sockets = await on_both(site, connect, {"token": token_of(client)})
        async with transaction() as session:
            email = (await session.get_one(User, parse_id(user_id(client)))).email
        login = await client.post("/api/auth/login", json={"email": email, "password": PASSWORD})
        kept = await connect({"token": login.json()["tokens"]["accessToken"]})
        await client.post("/api/auth/logout")
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*(socket.ended.wait() for socket in sockets))
        await kept.send(PUBLISHED)
        assert await kept.next("metrics:update") == [PUBLISHED]
        await refused(connect, {"token": token_of(client)})

    async def test_a_socket_cannot_slip_away_from_its_login(self, somebody: SomebodyMaker, connect: Connect) -> None:
        """By the names of the events that stand for coming and going."""
        client, other = await somebody(), await somebody()
        socket = await connect({"token": token_of(client)})
        await socket.say("disconnect")
        await socket.say("connect", {}, {"token": token_of(other)})
        await socket.ask(PUBLISHED)
        assert await socket.next("metrics:update") == [PUBLISHED]
        await client.post("/api/auth/logout")
        async with asyncio.timeout(PATIENCE_SECONDS):
            await socket.ended.wait()

    async def test_reuse_of_a_refresh_token_ends_them(self, somebody: SomebodyMaker, connect: Connect) -> None:
        client = await somebody()
        body = {"email": f"{new_id()}@example.com", "password": PASSWORD}
        pair = (await client.post("/api/auth/register", json=body)).json()["tokens"]
        client.cookies.clear()
        socket = await connect({"token": pair["accessToken"]})
        for _ in range(2):
            await client.post("/api/auth/refresh", headers={"Authorization": f"Bearer {pair['refreshToken']}"})
        async with asyncio.timeout(PATIENCE_SECONDS):
            await socket.ended.wait()

    async def test_an_end_that_nobody_told_of(self, somebody: SomebodyMaker, connect: Connect) -> None:
        socket = await connect({"token": token_of(await somebody())})
        async with transaction() as session:
            await session.exec(update(Login).values(expires_at=now()))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await socket.ended.wait()

    async def test_whoever_never_enters_is_closed(self, site: Site) -> None:
        async with httpx.AsyncClient(base_url=site.address, timeout=PATIENCE_SECONDS) as nobody:
            opened = await nobody.get("/socket.io/?EIO=4&transport=polling")
            address = f"/socket.io/?EIO=4&transport=polling&sid={json.loads(opened.text[1:])['sid']}"
            await nobody.post(address, content="40/interview,")
            assert (await nobody.get(address)).text == '44/interview,{"message":"Sign in first."}'
            async with asyncio.timeout(PATIENCE_SECONDS):
                while (await nobody.get(address)).is_success:
                    pass


class TestCatchingUp:
    async def test_the_last_figures_come_on_connecting(self, somebody: SomebodyMaker, connect: Connect) -> None:
        client = await somebody()
        await running(client)
        first = await connect({"token": token_of(client)})
        await first.ask(METRICS)
        await first.ask({"postureScore": 60})
        await first.close()
        again = await connect({"token": token_of(client)})
        expected = METRICS | {"postureScore": 60}
        expected.pop("overallPerformanceScore")
        assert await again.next("metrics:update") == [expected]

    async def test_what_was_unlocked_meanwhile(self, somebody: SomebodyMaker, connect: Connect) -> None:
        client = await somebody()
        await send_metrics(client, await a_session(client), **METRICS)
        socket = await connect({"token": token_of(client)})
        (unlocked,) = await socket.next("achievement:unlocked")
        assert unlocked.pop("unlockedAt").endswith("Z")
        assert unlocked == {"code": "FIRST_SESSION", "title": "First Steps"}


class TestWhatHappens:
    async def test_an_achievement(self, site: Site, somebody: SomebodyMaker, connect: Connect) -> None:
        client = await somebody()
        sockets = await on_both(site, connect, {"token": token_of(client)})
        await send_metrics(client, await a_session(client), **METRICS)
        for socket in sockets:
            (unlocked,) = await socket.next("achievement:unlocked")
            assert unlocked["code"] == "FIRST_SESSION"

    async def test_an_analysis_and_its_report(self, site: Site, somebody: SomebodyMaker, connect: Connect) -> None:
        client = await somebody()
        session_id = await a_session(client)
        sockets = await on_both(site, connect, {"token": token_of(client)})
        assert (await send(client, session_id)).status_code == 201
        await work(RESULTS | {Stage.SCORES: score_answer(SPEECH, VISION, LANGUAGE)})
        await send_metrics(client, session_id, gestureScore=None)
        while await jobs.write_next_report():
            pass
        async with transaction() as session:
            score = (await session.get_one(Interview, parse_id(session_id))).score
        for socket in [*sockets, await connect({"token": token_of(client)})]:
            assert await socket.next("report:ready") == [{"sessionId": session_id, "overallScore": score}]
            progress = await socket.last("analysis:progress", lambda data: data["status"] == "done")
            assert HEX24.match(progress.pop("questionId"))
            assert progress == {
                "sessionId": session_id,
                "status": "done",
                "stage": None,
                "stagesDone": 7,
                "stages": 7,
            }


_JAVASCRIPT = """
const { createRequire } = require("node:module");
const { io } = createRequire(process.argv[1])("socket.io-client");
const { address, auth, headers } = JSON.parse(process.argv[2]);
const say = (event, data) => console.log(JSON.stringify([event, data]));
const socket = io(address + "/interview", { auth, transports: ["websocket"], extraHeaders: headers, reconnection: false });
socket.on("connect", () => socket.emit("metrics:send", { postureScore: 85, eyeContactScore: 80 }));
socket.on("connect_error", (error) => { say("connect_error", error.message); socket.close(); });
socket.on("metrics:update", (data) => { say("metrics:update", data); socket.emit("metrics:send", { postureScore: "85" }); });
socket.on("error", (data) => { say("error", Object.keys(data)); socket.close(); });
"""


class TestJavaScript:
    async def _run(self, site: Site, auth: dict[str, str], headers: dict[str, str] | None = None) -> list[Any]:
        client = WEB_DIRECTORY / "node_modules" / "socket.io-client" / "package.json"
        if not client.exists():
            pytest.skip("the front end's packages are not installed: make build")
        order = json.dumps({"address": site.address, "auth": auth, "headers": headers or {}})
        process = await asyncio.create_subprocess_exec(
            NODE, "-e", _JAVASCRIPT, str(client), order, stdout=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(PATIENCE_SECONDS):
            output, _errors = await process.communicate()
        return [json.loads(line) for line in output.decode().splitlines()]

    async def test_as_published(self, site: Site, somebody: SomebodyMaker) -> None:
        client = await somebody()
        expected = [["metrics:update", PUBLISHED], ["error", ["message", "details"]]]
        assert await self._run(site, {"userId": user_id(client), "token": token_of(client)}) == expected
        assert await self._run(site, {"socketId": await ticket_of(client)}) == expected
        assert await self._run(site, {}, {"Cookie": f"token={client.cookies['token']}"}) == expected

    async def test_a_user_id_alone_is_a_connect_error(self, site: Site, somebody: SomebodyMaker) -> None:
        client = await somebody()
        assert await self._run(site, {"userId": user_id(client)}) == [["connect_error", "Sign in first."]]
