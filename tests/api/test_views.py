"""Who looked at the recording of an interview of others stands in its timeline."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlmodel import select

from intervi.database import transaction
from intervi.ids import hex24
from intervi.recordings.links import signed_path
from intervi.recordings.models import Media
from tests.api.recordings import A_RECORDING
from tests.api.test_hiring_interviews import BASE, an_interview, enveloped
from tests.api.test_media import a_stored_recording

OWNER = "alice@example.com"


async def a_recording_of_others(team: httpx.AsyncClient) -> tuple[str, Media]:
    interview_id = await an_interview(team)
    data = {"interviewId": interview_id, "format": "audio"}
    sent = await team.post(f"{BASE}/transcription/upload", data=data, files={"file": ("talk.wav", A_RECORDING)})
    enveloped(sent, 201)
    async with transaction() as session:
        return interview_id, (await session.exec(select(Media))).one()


async def views(team: httpx.AsyncClient, interview_id: str) -> list[Any]:
    told = enveloped(await team.get(f"{BASE}/interviews/{interview_id}/timeline"))
    return [entry for entry in told if entry["type"] == "viewed"]


async def test_opening_it_is_told_with_who_and_what(alice: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    interview_id, media = await a_recording_of_others(alice)
    assert await views(alice, interview_id) == []
    assert (await client.get(signed_path(media))).status_code == 200
    (view,) = await views(alice, interview_id)
    assert (view["detail"], view["to"].partition("-")[0]) == (OWNER, "media")


async def test_once_for_each_viewer_and_hour(
    alice: httpx.AsyncClient, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    interview_id, media = await a_recording_of_others(alice)
    links = [signed_path(media), signed_path(media), signed_path(media, viewer="whoever has the link of 3 May")]
    answers = await asyncio.gather(*(client.get(link, headers={"Range": "bytes=0-99"}) for link in links * 4))
    assert {answer.status_code for answer in answers} == {206}
    told = await views(alice, interview_id)
    assert sorted(view["detail"] for view in told) == [OWNER, "whoever has the link of 3 May"]


@pytest.mark.parametrize(("method", "headers"), [("HEAD", {}), ("GET", {"Range": "bytes=100-"})])
async def test_going_on_in_the_middle_and_asking_after_it_are_no_views(
    alice: httpx.AsyncClient, client: httpx.AsyncClient, method: str, headers: dict[str, str]
) -> None:
    interview_id, media = await a_recording_of_others(alice)
    assert (await client.request(method, signed_path(media), headers=headers)).is_success
    assert await views(alice, interview_id) == []


async def test_ones_own_practice_is_nobodys_to_watch(alice: httpx.AsyncClient) -> None:
    media = await a_stored_recording(alice)
    await alice.get(signed_path(media))
    assert await views(alice, f"interview-{hex24(media.interview_id)}") == []
