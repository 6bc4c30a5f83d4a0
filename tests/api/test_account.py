"""An account as a whole: all of it to take away, and all of it gone."""

import io
import json
import zipfile
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlmodel import SQLModel

from intervi.database import transaction
from intervi.export.rows import LEFT_OUT_COLUMNS, LEFT_OUT_TABLES, tables
from intervi.recordings.storage import storage
from intervi.tables import every_table
from tests.api.people import PASSWORD, sign_up, stranger_to
from tests.api.recordings import A_RECORDING

NEW = "another uncommon phrase"


async def with_a_recording(caller: httpx.AsyncClient, title: str) -> str:
    """An interview with a recorded answer; its id."""
    made = (await caller.post("/interview/sessions", json={"job_title": title})).json()
    sent = await caller.post(
        f"/interview/sessions/{made['id']}/media",
        params={"media_type": "audio"},
        files={"file": ("answer.wav", A_RECORDING)},
    )
    assert sent.status_code == 201, sent.text
    return str(made["id"])


def opened(answer: httpx.Response) -> zipfile.ZipFile:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    file = zipfile.ZipFile(io.BytesIO(answer.content))
    assert file.testzip() is None
    return file


def rows(file: zipfile.ZipFile, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(file.read(f"data/{table}.json"))
    return found


class TestExport:
    async def test_all_of_ones_own_and_nothing_of_anybody_elses(
        self, alice: httpx.AsyncClient, bob: httpx.AsyncClient
    ) -> None:
        await with_a_recording(alice, "Engineer of Alice’s")
        await with_a_recording(bob, "Bob’s own secret job")
        file = opened(await alice.get("/api/account/export"))
        assert [row["email"] for row in rows(file, "users")] == ["alice@example.com"]
        assert [row["job_title"] for row in rows(file, "interviews")] == ["Engineer of Alice’s"]
        assert len(rows(file, "exchanges")) == len(rows(file, "media")) == len(rows(file, "analyses")) == 1
        [recording] = [name for name in file.namelist() if name.startswith("media/")]
        assert file.read(recording) == A_RECORDING
        everything = b"".join(file.read(name) for name in file.namelist())
        assert b"secret job" not in everything
        assert b"bob@example.com" not in everything

    async def test_no_secret_is_in_it(self, alice: httpx.AsyncClient) -> None:
        made = await alice.post("/api/v1/api-keys", json={"name": "robot"})
        assert made.status_code == 201, made.text
        file = opened(await alice.get("/api/account/export"))
        [user], [key] = rows(file, "users"), rows(file, "api_keys")
        assert not {*user, *key, *rows(file, "logins")[0]} & LEFT_OUT_COLUMNS
        assert key["name"] == "robot"

    async def test_a_recording_that_is_gone_is_named(self, alice: httpx.AsyncClient) -> None:
        await with_a_recording(alice, "Engineer")
        for key, _changed in list(storage().list_keys()):
            storage().delete(key)
        file = opened(await alice.get("/api/account/export"))
        assert "media/" in file.read("MISSING.txt").decode()

    def test_every_table_of_peoples_is_in_it(self) -> None:
        assert {table.name for table in every_table()} == {table.name for table in tables()} | LEFT_OUT_TABLES


class TestPassword:
    async def test_the_new_one_counts(self, client: httpx.AsyncClient) -> None:
        mail = {"email": "a@example.com"}
        await client.post("/api/auth/register", json={**mail, "password": PASSWORD})
        answer = await client.post("/api/account/password", json={"currentPassword": PASSWORD, "newPassword": NEW})
        assert (answer.status_code, answer.content) == (204, b"")
        assert (await client.post("/api/auth/login", json={**mail, "password": PASSWORD})).status_code == 401
        assert (await client.post("/api/auth/login", json={**mail, "password": NEW})).status_code == 200

    async def test_refusals_are_by_field(self, alice: httpx.AsyncClient) -> None:
        answer = await alice.post("/api/account/password", json={"currentPassword": "wrong", "newPassword": NEW})
        assert answer.status_code == 400
        assert list(answer.json()["details"]) == ["currentPassword"]
        answer = await alice.post(
            "/api/account/password", json={"currentPassword": PASSWORD, "newPassword": "12345678"}
        )
        assert list(answer.json()["details"]) == ["newPassword"]


class TestDeletion:
    async def test_nothing_of_it_is_left_and_all_of_others_is(self, alice: httpx.AsyncClient, app: FastAPI) -> None:
        await with_a_recording(alice, "Engineer")
        kept = {key for key, _changed in storage().list_keys()}
        async with sign_up(app, "carol@example.com") as carol:
            await with_a_recording(carol, "Nurse")
            answer = await carol.request("DELETE", "/api/account", json={"password": PASSWORD})
            assert answer.status_code == 204, answer.text
            assert (await carol.get("/api/interviews/sessions")).status_code == 401
        assert {key for key, _changed in storage().list_keys()} == kept
        async with transaction() as session:
            counts = {
                table.name: await session.scalar(select(func.count()).select_from(table))
                for table in SQLModel.metadata.sorted_tables
            }
        assert (counts["users"], counts["interviews"], counts["media"], counts["analyses"]) == (1, 1, 1, 1)
        assert len((await alice.get("/api/interviews/sessions")).json()) == 1

    @pytest.mark.parametrize("password", ["wrong", ""])
    async def test_not_without_the_password(self, alice: httpx.AsyncClient, password: str) -> None:
        answer = await alice.request("DELETE", "/api/account", json={"password": password})
        assert answer.status_code == 400
        assert list(answer.json()["details"]) == ["password"]
        assert (await alice.get("/api/interviews/sessions")).status_code == 200

    async def test_the_browser_forgets_its_cookies(self, app: FastAPI, servers: object) -> None:
        async with stranger_to(app) as browser:
            await browser.post("/api/auth/register", json={"email": "d@example.com", "password": PASSWORD})
            answer = await browser.request("DELETE", "/api/account", json={"password": PASSWORD})
            assert answer.status_code == 204
            assert not browser.cookies
