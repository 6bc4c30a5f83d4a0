"""Resumable uploads (tus 1.0.0) and signed links with ranges, over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from intervi.accounts.principal import Principal
from intervi.analysis.models import Analysis
from intervi.api import media as module
from intervi.clock import now
from intervi.database import transaction
from intervi.ids import hex24, new_id, parse_id
from intervi.interviews import answers
from intervi.interviews.models import Interview
from intervi.recordings import links, removal, uploads
from intervi.recordings.models import Media, MediaState
from intervi.recordings.storage import storage
from intervi.settings import settings
from tests.api.people import stranger_to
from tests.api.recordings import A_RECORDING, TUS, a_question, an_upload, metadata

PATCH = {**TUS, "Content-Type": "application/offset+octet-stream"}


async def patch(client: httpx.AsyncClient, upload_id: str, data: bytes, at: int, **headers: str) -> httpx.Response:
    return await client.patch(
        f"/api/uploads/{upload_id}", content=data, headers={**PATCH, "Upload-Offset": str(at), **headers}
    )


async def create(client: httpx.AsyncClient, headers: dict[str, str], **described: str) -> httpx.Response:
    return await client.post("/api/uploads", headers={**TUS, **headers, "Upload-Metadata": metadata(**described)})


async def media_of(upload_id: str) -> Media:
    async with transaction() as session:
        return await session.get_one(Media, parse_id(upload_id))


async def a_stored_recording(client: httpx.AsyncClient) -> Media:
    upload = await an_upload(client, len(A_RECORDING))
    assert (await patch(client, upload["upload_id"], A_RECORDING, 0)).status_code == 204
    return await media_of(upload["upload_id"])


class TestOwner:
    async def test_what_somebody_else_recorded_in_this_browser_is_not_taken(
        self, alice: httpx.AsyncClient, bob: httpx.AsyncClient
    ) -> None:
        question = await a_question(alice)
        async with transaction() as session:
            alices = str((await session.get_one(Interview, parse_id(question["session_id"]))).user_id)
        described = {"exchange_id": question["exchange_id"], "kind": "audio", "owner": alices}
        length = {"Upload-Length": "10"}
        assert (await create(bob, length, **described)).status_code == 403
        assert (await create(alice, length, **described)).status_code == 201


class TestComingBack:
    async def test_late_to_what_was_settled_meanwhile_is_told_to_begin_anew(self, alice: httpx.AsyncClient) -> None:
        """Its last bytes, which say its length, were cut off: to go on from there would lead nowhere."""
        upload = await an_upload(alice)
        assert (await patch(alice, upload["upload_id"], A_RECORDING[:8000], 0)).status_code == 204
        async with transaction() as session:
            media = await session.get_one(Media, parse_id(upload["upload_id"]))
            media.declared_bytes, media.received_at = len(A_RECORDING), now() - timedelta(hours=1)
        async with transaction() as session:
            await uploads.settle_stale(session)
        assert (await alice.head(f"/api/uploads/{upload['upload_id']}", headers=TUS)).status_code == 404
        assert (await patch(alice, upload["upload_id"], A_RECORDING[8000:], 8000)).status_code == 404


class TestProtocol:
    async def test_a_server_says_what_it_knows(self, client: httpx.AsyncClient) -> None:
        answer = await client.options("/api/uploads")
        assert answer.status_code == 204
        assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
        assert answer.headers["tus-extension"] == "creation,creation-defer-length,termination"
        assert answer.headers["tus-max-size"] == str(settings().max_upload_bytes)

    async def test_another_version_is_refused(self, alice: httpx.AsyncClient) -> None:
        for headers in ({}, {"Tus-Resumable": "0.2.2"}):
            answer = await alice.post("/api/uploads", headers=headers)
            assert answer.status_code == 412
            assert answer.headers["tus-version"] == "1.0.0"

    async def test_a_recorder_that_does_not_know_the_length(self, alice: httpx.AsyncClient) -> None:
        upload = (await an_upload(alice, filename="answer.wav", offset_seconds="1.5"))["upload_id"]
        state = await alice.head(f"/api/uploads/{upload}", headers=TUS)
        assert state.status_code == 200
        assert (state.headers["upload-offset"], state.headers["upload-defer-length"]) == ("0", "1")
        assert "upload-length" not in state.headers
        assert state.headers["cache-control"] == "no-store"
        assert metadata(filename="answer.wav") in state.headers["upload-metadata"]

        first = await patch(alice, upload, A_RECORDING[:5000], 0)
        assert (first.status_code, first.headers["upload-offset"]) == (204, "5000")
        assert (await media_of(upload)).state == MediaState.UPLOADING
        state = await alice.head(f"/api/uploads/{upload}", headers=TUS)
        assert state.headers["upload-offset"] == "5000"

        size = str(len(A_RECORDING))
        last = await patch(alice, upload, A_RECORDING[5000:], 5000, **{"Upload-Length": size})
        assert (last.status_code, last.headers["upload-offset"]) == (204, size)
        media = await media_of(upload)
        assert (media.state, media.content_type, media.offset_seconds) == (MediaState.STORED, "audio/wav", 1.5)
        assert storage().read(media.storage_key, 0, 10**6) == A_RECORDING
        state = await alice.head(f"/api/uploads/{upload}", headers=TUS)
        assert state.headers["upload-offset"] == state.headers["upload-length"] == size
        assert (await patch(alice, upload, b"", len(A_RECORDING))).status_code == 204, "its answer may have been lost"

    async def test_whole_is_stored_when_it_is_asked_after(self, alice: httpx.AsyncClient) -> None:
        """A process that died, or an error, between the last byte and its storing: senders take "all is there" for "stored"."""
        upload = (await an_upload(alice))["upload_id"]
        await patch(alice, upload, A_RECORDING, 0)
        media = await media_of(upload)
        async with transaction() as session:
            owner = Principal(media.user_id)
            await uploads.note_received(session, owner, media.id, declared_bytes=len(A_RECORDING))
        assert (await media_of(upload)).state == MediaState.UPLOADING
        state = await alice.head(f"/api/uploads/{upload}", headers=TUS)
        assert state.headers["upload-offset"] == state.headers["upload-length"] == str(len(A_RECORDING))
        assert (await media_of(upload)).state == MediaState.STORED

    async def test_the_end_may_be_told_alone(self, alice: httpx.AsyncClient) -> None:
        upload = (await an_upload(alice))["upload_id"]
        await patch(alice, upload, A_RECORDING, 0)
        done = await patch(alice, upload, b"", len(A_RECORDING), **{"Upload-Length": str(len(A_RECORDING))})
        assert done.status_code == 204
        assert (await media_of(upload)).state == MediaState.STORED

    async def test_somewhere_else_than_where_it_goes_on_is_409(self, alice: httpx.AsyncClient) -> None:
        upload = (await an_upload(alice))["upload_id"]
        await patch(alice, upload, b"RIFF", 0)
        for at in (0, 3, 5):
            assert (await patch(alice, upload, b"more", at)).status_code == 409
        state = await alice.head(f"/api/uploads/{upload}", headers=TUS)
        assert state.headers["upload-offset"] == "4"

    async def test_two_senders_at_once_are_409(self, alice: httpx.AsyncClient) -> None:
        upload = (await an_upload(alice))["upload_id"]
        media = await media_of(upload)
        with storage().writer(media.storage_key):
            assert (await patch(alice, upload, b"RIFF", 0)).status_code == 409
        assert (await patch(alice, upload, b"RIFF", 0)).status_code == 204

    async def test_an_upload_that_is_given_up(self, alice: httpx.AsyncClient) -> None:
        upload = (await an_upload(alice))["upload_id"]
        await patch(alice, upload, b"RIFF", 0)
        key = (await media_of(upload)).storage_key
        assert (await alice.delete(f"/api/uploads/{upload}", headers=TUS)).status_code == 204
        assert storage().size(key) == 0
        assert (await alice.head(f"/api/uploads/{upload}", headers=TUS)).status_code == 404
        assert (await patch(alice, upload, b"", 4)).status_code == 404

    async def test_a_stored_recording_cannot_be_given_up_by_it(self, alice: httpx.AsyncClient) -> None:
        media = await a_stored_recording(alice)
        assert (await alice.delete(f"/api/uploads/{hex24(media.id)}", headers=TUS)).status_code == 404
        assert storage().size(media.storage_key) == len(A_RECORDING)

    async def test_recorded_again(self, alice: httpx.AsyncClient) -> None:
        old = await a_stored_recording(alice)
        described = {"exchange_id": str(old.exchange_id), "kind": "audio", "anew": "true"}
        answer = await create(alice, {"Upload-Length": str(len(A_RECORDING))}, **described)
        upload = answer.headers["location"].rpartition("/")[2]
        assert storage().size(old.storage_key) == len(A_RECORDING)
        await patch(alice, upload, A_RECORDING, 0)
        assert storage().size(old.storage_key) == 0
        assert (await media_of(upload)).state == MediaState.STORED

    async def test_the_pages_cookie_is_enough_and_a_foreign_page_is_refused(
        self, app: FastAPI, client: httpx.AsyncClient
    ) -> None:
        await client.post("/api/auth/register", json={"email": "a@example.com", "password": "SecurePass123!"})
        session_cookie = {"session": client.cookies["session"]}
        upload = (await an_upload(client))["upload_id"]
        async with stranger_to(app) as browser:
            browser.cookies.update(session_cookie)
            assert (await patch(browser, upload, b"RI", 0, Origin=settings().base_url)).status_code == 204
            assert (await patch(browser, upload, b"FF", 2, Origin="https://evil.example")).status_code == 403
            assert (await patch(browser, upload, b"FF", 2, Origin="null")).status_code == 403


class TestAnalysis:
    async def _analyses(self) -> list[UUID]:
        async with transaction() as session:
            return list(await session.exec(select(Analysis.exchange_id)))

    async def test_begins_with_the_last_upload_if_the_answer_is_finished(self, alice: httpx.AsyncClient) -> None:
        upload = await an_upload(alice, len(A_RECORDING))
        media = await media_of(upload["upload_id"])
        async with transaction() as session:
            await answers.mark_answered(session, Principal(media.user_id), media.exchange_id)
        assert await self._analyses() == []
        await patch(alice, upload["upload_id"], A_RECORDING, 0)
        assert await self._analyses() == [media.exchange_id]

    async def test_waits_for_the_answer_to_be_finished(self, alice: httpx.AsyncClient) -> None:
        await a_stored_recording(alice)
        assert await self._analyses() == []


class TestRefusals:
    @pytest.mark.parametrize(
        ("lengths", "described", "status"),
        [
            ({}, {}, 400),
            ({"Upload-Length": "1", "Upload-Defer-Length": "1"}, {}, 400),
            ({"Upload-Defer-Length": "2"}, {}, 400),
            ({"Upload-Length": "-1"}, {}, 400),
            ({"Upload-Length": "many"}, {}, 400),
            ({"Upload-Length": "9" * 30}, {}, 400),
            ({"Upload-Length": str(2**41)}, {}, 413),
            ({"Upload-Length": "1"}, {"kind": "smell"}, 400),
            ({"Upload-Length": "1"}, {"kind": ""}, 400),
            ({"Upload-Length": "1"}, {"exchange_id": ""}, 404),
            ({"Upload-Length": "1"}, {"exchange_id": "../../etc/passwd"}, 404),
            ({"Upload-Length": "1"}, {"exchange_id": hex24(new_id())}, 404),
            ({"Upload-Length": "1"}, {"offset_seconds": "soon"}, 400),
            ({"Upload-Length": "1"}, {"offset_seconds": "NaN"}, 400),
            ({"Upload-Length": "1"}, {"offset_seconds": "-1"}, 400),
        ],
    )
    async def test_of_a_creation(
        self, alice: httpx.AsyncClient, lengths: dict[str, str], described: dict[str, str], status: int
    ) -> None:
        question = await a_question(alice)
        answer = await create(alice, lengths, **{"exchange_id": question["exchange_id"], "kind": "audio", **described})
        assert answer.status_code == status, answer.text
        assert set(answer.json()) == {"message", "details"}

    @pytest.mark.parametrize("header", ["kind", "kind ???", "exchange_id /w==", "kind YXVkaW8="])
    async def test_of_metadata_that_is_none(self, alice: httpx.AsyncClient, header: str) -> None:
        answer = await alice.post("/api/uploads", headers={**TUS, "Upload-Length": "1", "Upload-Metadata": header})
        assert answer.status_code == 400
        assert answer.json()["details"]

    async def test_of_another_content_type(self, alice: httpx.AsyncClient) -> None:
        upload = (await an_upload(alice))["upload_id"]
        assert (await patch(alice, upload, b"RIFF", 0, **{"Content-Type": "video/webm"})).status_code == 415

    @pytest.mark.parametrize("offset", ["-1", "x", ""])
    async def test_of_an_offset_that_is_none(self, alice: httpx.AsyncClient, offset: str) -> None:
        upload = (await an_upload(alice))["upload_id"]
        answer = await alice.patch(
            f"/api/uploads/{upload}", content=b"RIFF", headers={**PATCH, "Upload-Offset": offset}
        )
        assert answer.status_code == 400

    async def test_of_more_than_was_declared(self, alice: httpx.AsyncClient) -> None:
        upload = (await an_upload(alice, 10))["upload_id"]
        assert (await patch(alice, upload, b"x" * 11, 0)).status_code == 413
        assert storage().size((await media_of(upload)).storage_key) == 0

    async def test_of_more_than_is_allowed(self, alice: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
        upload = (await an_upload(alice))["upload_id"]
        monkeypatch.setattr(settings(), "quota_bytes_per_user", 10)

        async def without_a_length() -> AsyncIterator[bytes]:
            yield b"x" * 6
            yield b"x" * 6

        answer = await alice.patch(
            f"/api/uploads/{upload}", content=without_a_length(), headers={**PATCH, "Upload-Offset": "0"}
        )
        assert answer.status_code == 413
        assert (await media_of(upload)).size_bytes == 6, "what was within the limit is kept and counted"

    async def test_of_what_is_no_recording_leaves_nothing(self, alice: httpx.AsyncClient) -> None:
        page = b"<!doctype html><script>alert(1)</script>"
        upload = (await an_upload(alice, len(page)))["upload_id"]
        key = (await media_of(upload)).storage_key
        answer = await patch(alice, upload, page, 0)
        assert answer.status_code == 400
        assert "no recording" in answer.json()["message"]
        assert storage().size(key) == 0
        assert (await alice.head(f"/api/uploads/{upload}", headers=TUS)).status_code == 404

    async def test_of_anothers_upload(self, alice: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
        upload = (await an_upload(alice))["upload_id"]
        assert (await bob.head(f"/api/uploads/{upload}", headers=TUS)).status_code == 404
        assert (await patch(bob, upload, b"evil", 0)).status_code == 404
        assert storage().size((await media_of(upload)).storage_key) == 0


async def call(app: FastAPI, upload_id: str, headers: dict[str, str], *messages: dict[str, Any] | None) -> int:
    """A PATCH of which the other end sends these messages; ``None``: nothing any more. Returns the status answered."""
    waiting = iter(messages)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        message = next(waiting)
        if message is None:
            await asyncio.Event().wait()
        assert message is not None
        return message

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    path = f"/api/uploads/{upload_id}"
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "PATCH",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }
    await app(scope, receive, send)
    return int(sent[0]["status"])


class TestLostConnections:
    @pytest.mark.parametrize("end", [{"type": "http.disconnect"}, None], ids=["closed", "silent"])
    async def test_what_came_is_kept_and_it_goes_on(
        self,
        app: FastAPI,
        alice: httpx.AsyncClient,
        monkeypatch: pytest.MonkeyPatch,
        end: dict[str, str] | None,
    ) -> None:
        monkeypatch.setattr(module, "IDLE_SECONDS", 0.05)
        upload = (await an_upload(alice, len(A_RECORDING)))["upload_id"]
        headers = {**PATCH, "Upload-Offset": "0", "Authorization": alice.headers["Authorization"]}
        part = {"type": "http.request", "body": A_RECORDING[:7000], "more_body": True}
        assert await call(app, upload, headers, part, end) == 408
        state = await alice.head(f"/api/uploads/{upload}", headers=TUS)
        assert state.headers["upload-offset"] == "7000"
        assert (await patch(alice, upload, A_RECORDING[7000:], 7000)).status_code == 204
        assert (await media_of(upload)).state == MediaState.STORED


class TestLinks:
    @pytest.fixture
    async def link(self, alice: httpx.AsyncClient) -> str:
        return links.signed_path(await a_stored_recording(alice))

    async def test_the_whole(self, client: httpx.AsyncClient, link: str) -> None:
        answer = await client.get(link)
        assert answer.status_code == 200
        assert answer.content == A_RECORDING
        assert answer.headers["content-type"] == "audio/wav"
        assert answer.headers["content-disposition"].startswith("inline")
        assert answer.headers["cache-control"].startswith("private")
        assert answer.headers["accept-ranges"] == "bytes"
        assert answer.headers["x-content-type-options"] == "nosniff"

    async def test_its_head(self, client: httpx.AsyncClient, link: str) -> None:
        answer = await client.head(link)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-length"] == str(len(A_RECORDING))

    @pytest.mark.parametrize(
        ("range_", "start", "stop"),
        [
            ("bytes=0-", 0, None),
            ("bytes=0-1", 0, 2),
            ("bytes=100-199", 100, 200),
            ("bytes=16000-", 16000, None),
            ("bytes=-500", -500, None),
            ("bytes=10-99999999", 10, None),
        ],
    )
    async def test_a_range(
        self, client: httpx.AsyncClient, link: str, range_: str, start: int, stop: int | None
    ) -> None:
        answer = await client.get(link, headers={"Range": range_})
        expected = A_RECORDING[start:stop]
        assert answer.status_code == 206
        assert answer.content == expected
        first = start % len(A_RECORDING)
        assert answer.headers["content-range"] == f"bytes {first}-{first + len(expected) - 1}/{len(A_RECORDING)}"
        assert answer.headers["content-length"] == str(len(expected))

    async def test_several_ranges(self, client: httpx.AsyncClient, link: str) -> None:
        answer = await client.get(link, headers={"Range": "bytes=0-9,100-109"})
        assert answer.status_code == 206
        assert answer.headers["content-type"].startswith("multipart/byteranges")
        assert A_RECORDING[:10] in answer.content
        assert A_RECORDING[100:110] in answer.content

    async def test_a_range_that_is_not_there(self, client: httpx.AsyncClient, link: str) -> None:
        answer = await client.get(link, headers={"Range": f"bytes={len(A_RECORDING)}-"})
        assert answer.status_code == 416
        assert answer.headers["content-range"].endswith(f"*/{len(A_RECORDING)}")

    async def test_a_range_of_what_has_changed_gives_the_whole(self, client: httpx.AsyncClient, link: str) -> None:
        answer = await client.get(link, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
        assert answer.status_code == 200
        assert answer.content == A_RECORDING

    async def test_the_seekable_copy_is_preferred(self, alice: httpx.AsyncClient, tmp_path: Any) -> None:
        media = await a_stored_recording(alice)
        copy = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm and more"
        (tmp_path / "copy").write_bytes(copy)
        async with transaction() as session:
            kept = await session.get_one(Media, media.id)
            kept.playback_key = storage().put_file(tmp_path / "copy", beside=media.storage_key)
        answer = await alice.get(links.signed_path(media))
        assert answer.content == copy
        assert answer.headers["content-type"] == "audio/webm"

    async def test_a_store_elsewhere_is_pointed_to(
        self, client: httpx.AsyncClient, link: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(type(storage()), "location", lambda _store, key: f"https://store.example/{key}?signed")
        answer = await client.get(link)
        assert answer.status_code == 307
        assert answer.headers["location"].startswith("https://store.example/")

    async def test_what_still_comes_is_not_shown(self, alice: httpx.AsyncClient) -> None:
        upload = await an_upload(alice)
        await patch(alice, upload["upload_id"], A_RECORDING, 0)
        assert (await alice.get(links.signed_path(await media_of(upload["upload_id"])))).status_code == 404

    async def test_expired_forged_and_deleted_are_not_there(
        self, alice: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        media = await a_stored_recording(alice)
        link = links.signed_path(media)
        assert (await alice.get(link[:-1])).status_code == 404
        assert (await alice.get(f"/media/{hex24(media.id)}")).status_code == 404
        with monkeypatch.context() as later:
            later.setattr(settings(), "signed_link_seconds", -1)
            assert (await alice.get(link)).status_code == 404
        assert (await alice.get(link)).status_code == 200
        async with transaction() as session:
            await removal.delete_interview(session, Principal(media.user_id), media.interview_id)
        gone = await alice.get(link)
        assert gone.status_code == 404
        assert json.loads(gone.content)["message"]
