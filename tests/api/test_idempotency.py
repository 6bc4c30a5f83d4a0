"""``Idempotency-Key`` on every POST of every contract: one effect, one answer, whatever was lost on the way."""

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text, update

from intervi.accounts.models import User
from intervi.api.contract import contract_of
from intervi.clock import now
from intervi.database import transaction
from intervi.interviews.models import Interview
from intervi.recordings.models import Media
from intervi.retries import service as retries
from intervi.retries.models import KeptAnswer
from intervi.settings import settings
from tests.api.matrix import Signed
from tests.api.people import PASSWORD, sign_up, stranger_to
from tests.api.recordings import A_RECORDING
from tests.api.test_cross_user_matrix import ENTRIES

SESSIONS = "/interview/sessions"
NEW = {"job_title": "Engineer"}

POSTS = sorted(
    name
    for name, entry in ENTRIES.items()
    if name.startswith("POST ")
    and isinstance(entry, Signed)
    and contract_of(name.removeprefix("POST "))
    # Uploads of our own practice room speak tus, which has its own way to go on after a lost answer.
    and not name.startswith("POST /api/uploads")
)


def _key() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_hex(8)}


def _same(first: httpx.Response, second: httpx.Response) -> bool:
    return (first.status_code, first.content) == (second.status_code, second.content)


async def _count(table: type) -> int:
    async with transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def _rows() -> dict[str, int]:
    """How many rows each table has."""
    async with transaction() as session:
        names = (await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).all()
        return {name: await session.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in sorted(names)}


@pytest.mark.parametrize("name", POSTS)
async def test_every_post_of_every_contract(servers: object, app: FastAPI, name: str) -> None:
    """From the route table: a new route is covered by its entry in the cross-user matrix."""
    entry = ENTRIES[name]
    assert isinstance(entry, Signed)
    async with sign_up(app) as caller:
        params: Mapping[str, str] = dict(await entry.make(caller)) if entry.make else {}
        request: dict[str, Any] = dict(entry.request(params) if callable(entry.request) else entry.request)
        request["headers"] = {**request.get("headers", {}), **_key()}
        path = name.removeprefix("POST ").format(**params)
        first = await caller.post(path, **request)
        assert first.is_success, first.text
        rows = await _rows()
        second = await caller.post(path, **request)
        assert await _rows() == rows, "it was done twice"
        if first.status_code == 202:
            return
        assert _same(first, second), second.text
        assert second.headers["Idempotency-Replayed"] == "true"
        assert second.headers["X-Request-Id"] != first.headers["X-Request-Id"]
        assert second.headers["content-type" if first.content else "RateLimit-Limit"]


class TestSameKey:
    async def test_another_body(self, alice: httpx.AsyncClient) -> None:
        key = _key()
        assert (await alice.post(SESSIONS, json=NEW, headers=key)).status_code == 201
        answer = await alice.post(SESSIONS, json={"job_title": "Nurse"}, headers=key)
        assert answer.status_code == 409
        assert "Idempotency-Key" in answer.json()["detail"]
        assert await _count(Interview) == 1

    async def test_another_query(self, alice: httpx.AsyncClient) -> None:
        key = _key()
        await alice.post(SESSIONS, json=NEW, headers=key)
        assert (await alice.post(f"{SESSIONS}?a=b", json=NEW, headers=key)).status_code == 409

    async def test_another_route_or_user_is_another_request(
        self, alice: httpx.AsyncClient, bob: httpx.AsyncClient
    ) -> None:
        key = _key()
        mine = (await alice.post(SESSIONS, json=NEW, headers=key)).json()["id"]
        theirs = (await bob.post(SESSIONS, json=NEW, headers=key)).json()["id"]
        assert mine != theirs
        started = await alice.post(f"{SESSIONS}/{mine}/start", headers=key)
        assert started.json()["status"] == "in_progress"

    async def test_a_new_token_of_the_same_user(self, client: httpx.AsyncClient) -> None:
        credentials = {"email": "a@example.com", "password": PASSWORD}
        key = _key()
        answers = []
        for path in ("register", "login"):
            token = (await client.post(f"/api/auth/{path}", json=credentials)).json()["tokens"]["accessToken"]
            client.cookies.clear()
            headers = {**key, "Authorization": f"Bearer {token}"}
            answers.append(await client.post(SESSIONS, json=NEW, headers=headers))
        assert _same(*answers)

    async def test_twenty_at_once_run_once(self, alice: httpx.AsyncClient) -> None:
        key = _key()
        answers = await asyncio.gather(*(alice.post(SESSIONS, json=NEW, headers=key) for _ in range(20)))
        assert {(answer.status_code, answer.text) for answer in answers} == {(201, answers[0].text)}
        assert await _count(Interview) == 1

    async def test_twenty_at_once_with_two_bodies(self, alice: httpx.AsyncClient) -> None:
        key = _key()
        bodies = [NEW, {"job_title": "Nurse"}] * 10
        answers = await asyncio.gather(*(alice.post(SESSIONS, json=body, headers=key) for body in bodies))
        assert sorted(answer.status_code for answer in answers) == [201] * 10 + [409] * 10
        assert await _count(Interview) == 1

    async def test_after_a_day_it_is_new(self, alice: httpx.AsyncClient) -> None:
        key = _key()
        first = await alice.post(SESSIONS, json=NEW, headers=key)
        async with transaction() as session:
            await session.execute(update(KeptAnswer).values(expires_at=now()))
        assert (await alice.post(SESSIONS, json=NEW, headers=key)).json() != first.json()
        async with transaction() as session:
            await session.execute(update(KeptAnswer).values(expires_at=now()))
            await retries.forget_expired(session)
        assert await _count(KeptAnswer) == 0

    async def test_without_a_key_nothing_is_kept(self, alice: httpx.AsyncClient) -> None:
        await alice.post(SESSIONS, json=NEW)
        await alice.get(SESSIONS, headers=_key())
        assert await _count(KeptAnswer) == 0

    @pytest.mark.parametrize("bad", ["", " ", "x" * 256, "ü", "a\tb"])
    async def test_what_is_no_key(self, alice: httpx.AsyncClient, bad: str) -> None:
        answer = await alice.post(SESSIONS, json=NEW, headers={"Idempotency-Key": bad.encode()})
        assert answer.status_code == 422
        assert await _count(Interview) == 0


class TestAccounts:
    async def test_registering(self, client: httpx.AsyncClient) -> None:
        body, key = {"email": "a@example.com", "password": PASSWORD}, _key()
        first = await client.post("/api/auth/register", json=body, headers=key)
        client.cookies.clear()
        second = await client.post("/api/auth/register", json=body, headers=key)
        assert _same(first, second)
        assert set(client.cookies) == {"token", "session"}
        assert await _count(User) == 1
        other = await client.post("/api/auth/register", json={**body, "email": "b@example.com"}, headers=_key())
        assert other.status_code == 201

    async def test_a_refresh_whose_answer_was_lost_ends_no_login(self, client: httpx.AsyncClient) -> None:
        body = {"email": "a@example.com", "password": PASSWORD}
        tokens = (await client.post("/api/auth/register", json=body)).json()["tokens"]
        client.cookies.clear()
        headers = {**_key(), "Authorization": f"Bearer {tokens['refreshToken']}"}
        first, second = [await client.post("/api/auth/refresh", headers=headers) for _ in range(2)]
        assert _same(first, second)
        alive = await client.get("/api/domains", headers={"Authorization": f"Bearer {first.json()['accessToken']}"})
        assert alive.status_code == 200
        # With another key it is a reuse like any other.
        assert (await client.post("/api/auth/refresh", headers=headers | _key())).status_code == 401

    async def test_a_login_that_has_ended_is_told_nothing(self, alice: httpx.AsyncClient) -> None:
        key = _key()
        assert (await alice.post(SESSIONS, json=NEW, headers=key)).status_code == 201
        assert [(await alice.post("/api/auth/logout", headers=key)).status_code for _ in range(2)] == [204, 204]
        assert (await alice.post(SESSIONS, json=NEW, headers=key)).status_code == 401
        assert (await alice.post("/api/auth/logout", headers=_key())).status_code == 401

    async def test_the_table_holds_no_tokens_and_goes_with_the_account(self, client: httpx.AsyncClient) -> None:
        body, key = {"email": "a@example.com", "password": PASSWORD}, _key()
        answer = await client.post("/api/auth/register", json=body, headers=key)
        await client.post(SESSIONS, json=NEW, headers=_key())
        async with transaction() as session:
            dump = str((await session.execute(text("SELECT * FROM kept_answers"))).all()).encode()
            kept = (await session.scalars(select(KeptAnswer))).all()
        secrets_of_the_answer = [answer.json()["tokens"]["accessToken"], PASSWORD, key["Idempotency-Key"], "Engineer"]
        held = dump + b"".join(row.answer or b"" for row in kept)
        assert len(kept) == 2
        assert not [secret for secret in secrets_of_the_answer if secret.encode() in held]
        async with transaction() as session:
            await session.execute(text("DELETE FROM users"))
        assert await _count(KeptAnswer) == 1, "that of nobody's registering, which will expire"

    async def test_under_another_secret_of_the_server_nothing_is_known(
        self, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        body, key = {"email": "a@example.com", "password": PASSWORD}, _key()
        assert (await client.post("/api/auth/register", json=body, headers=key)).status_code == 201
        client.cookies.clear()
        monkeypatch.setattr(settings(), "signing_key", "another secret that the server was given, long enough")
        # It runs anew, and finds what the first one did; what is kept of that stays closed.
        assert (await client.post("/api/auth/register", json=body, headers=key)).status_code == 409
        assert await _count(KeptAnswer) == 2


class TestUploads:
    """Streams, which nobody holds whole in memory."""

    @pytest.fixture
    async def path(self, alice: httpx.AsyncClient) -> str:
        created = await alice.post(SESSIONS, json=NEW)
        return f"{SESSIONS}/{created.json()['id']}/media?media_type=audio"

    async def test_a_form_made_anew_is_the_same(self, alice: httpx.AsyncClient, path: str) -> None:
        key = _key()
        answers = [await alice.post(path, files={"file": ("a.wav", A_RECORDING)}, headers=key) for _ in range(2)]
        assert answers[0].request.headers["content-type"] != answers[1].request.headers["content-type"]
        assert answers[0].status_code == 201
        assert _same(*answers)
        assert await _count(Media) == 1

    @pytest.mark.parametrize(
        "file", [("a.wav", A_RECORDING[:-1] + b"x"), ("b.wav", A_RECORDING), ("a.wav", A_RECORDING, "audio/wav")]
    )
    async def test_another_file_name_or_type_is_another_body(
        self, alice: httpx.AsyncClient, path: str, file: tuple[str, ...]
    ) -> None:
        key = _key()
        assert (
            await alice.post(path, files={"file": ("a.wav", A_RECORDING, "audio/x")}, headers=key)
        ).status_code == 201
        assert (await alice.post(path, files={"file": file}, headers=key)).status_code == 409
        assert await _count(Media) == 1

    async def test_five_at_once(self, alice: httpx.AsyncClient, path: str) -> None:
        key = _key()
        sending = (alice.post(path, files={"file": ("a.wav", A_RECORDING)}, headers=key) for _ in range(5))
        assert len({answer.text for answer in await asyncio.gather(*sending)}) == 1
        assert await _count(Media) == 1

    async def test_a_refusal_before_the_body_had_come_is_not_kept(self, alice: httpx.AsyncClient) -> None:
        key = _key()
        for _ in range(2):
            answer = await alice.post(
                f"{SESSIONS}/nothing/media?media_type=audio", files={"file": ("a.wav", A_RECORDING)}, headers=key
            )
            assert answer.status_code == 404
            assert "Idempotency-Replayed" not in answer.headers
        assert await _count(KeptAnswer) == 0


class TestRefusals:
    async def test_of_the_rules_are_kept(self, alice: httpx.AsyncClient) -> None:
        session_id = (await alice.post(SESSIONS, json=NEW)).json()["id"]
        key = _key()
        path = f"{SESSIONS}/{session_id}/start"
        await alice.post(path)
        first, second = [await alice.post(path, headers=key) for _ in range(2)]
        assert first.status_code == 400
        assert _same(first, second)
        assert second.headers["Idempotency-Replayed"] == "true"

    async def test_of_the_form_are_kept_until_the_body_is_another(self, alice: httpx.AsyncClient) -> None:
        key = _key()
        first, second = [await alice.post(SESSIONS, json={}, headers=key) for _ in range(2)]
        assert first.status_code == 422
        assert _same(first, second)
        assert (await alice.post(SESSIONS, json=NEW, headers=key)).status_code == 409

    async def test_nobody_is_not_kept(self, app: FastAPI, alice: httpx.AsyncClient) -> None:
        key = _key()
        async with stranger_to(app) as nobody:
            assert (await nobody.post(SESSIONS, json=NEW, headers=key)).status_code == 401
        assert await _count(KeptAnswer) == 0
        assert (await alice.post(SESSIONS, json=NEW, headers=key)).status_code == 201


class TestCrashes:
    """What a process that dies leaves behind is what PostgreSQL shows without it."""

    async def test_a_5xx_is_not_kept_and_nothing_of_it_stays(self, alice: httpx.AsyncClient) -> None:
        key = _key()
        await self._break_commits()
        try:
            assert (await alice.post(SESSIONS, json=NEW, headers=key)).status_code == 500
        finally:
            await self._mend_commits()
        assert await _count(Interview) == 0
        # Died at the commit, when nobody could tell any more: the lease has to run out.
        async with transaction() as session:
            await session.execute(update(KeptAnswer).values(lease_expires_at=now()))
        answer = await alice.post(SESSIONS, json=NEW, headers=key)
        assert answer.status_code == 201
        assert "Idempotency-Replayed" not in answer.headers

    async def test_answer_and_effect_are_one_transaction(self, alice: httpx.AsyncClient) -> None:
        await alice.post(SESSIONS, json=NEW, headers=_key())
        async with transaction() as session:
            kept = await session.scalar(text("SELECT xmin::text FROM kept_answers"))
            made = await session.scalar(text("SELECT xmin::text FROM interviews"))
        assert kept == made

    async def test_a_claim_left_behind_is_taken_over_once(self, alice: httpx.AsyncClient) -> None:
        key = _key()
        first = await alice.post(SESSIONS, json=NEW, headers=key)
        async with transaction() as session:
            await session.execute(update(KeptAnswer).values(answer=None, body_hash=None, lease_expires_at=now()))
        answers = await asyncio.gather(*(alice.post(SESSIONS, json=NEW, headers=key) for _ in range(5)))
        assert len({answer.json()["id"] for answer in answers} - {first.json()["id"]}) == 1

    async def test_who_lost_the_claim_leaves_nothing(self, alice: httpx.AsyncClient) -> None:
        key = retries.Key.of("somebody", "/somewhere", "key")
        slow = await retries.claim(key, None)
        async with transaction() as session:
            await session.execute(update(KeptAnswer).values(lease_expires_at=now()))
        quick = await retries.claim(key, None)
        assert isinstance(slow, retries.Claim)
        assert isinstance(quick, retries.Claim)
        answer = retries.Answer(201, [("content-type", "text/plain")], b"\xff\x00")
        async with transaction() as session:
            await retries.complete(session, quick, "hash", answer)
        with pytest.raises(retries.Conflict):
            async with transaction() as session:
                session.add(User(email="x", email_key="x", password_hash="x"))
                await retries.complete(session, slow, "hash", answer)
        assert await _count(User) == 1  # alice
        kept = await retries.recall(key)
        assert kept is not None
        assert kept.answer == answer

    async def _break_commits(self) -> None:
        async with transaction() as session:
            await session.execute(
                text(
                    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                    "$$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$"
                )
            )
            await session.execute(
                text(
                    "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON interviews DEFERRABLE INITIALLY DEFERRED "
                    "FOR EACH ROW EXECUTE FUNCTION refuse()"
                )
            )

    async def _mend_commits(self) -> None:
        async with transaction() as session:
            await session.execute(text("DROP FUNCTION refuse CASCADE"))
