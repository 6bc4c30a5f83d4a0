"""The cross-user matrix of the hiring contract."""

from collections.abc import Mapping
from typing import Any

import httpx
from sqlmodel import col, update

from intervi.analysis.models import Analysis, WorkStatus
from intervi.database import transaction
from intervi.ids import parse_id
from tests.api.matrix import Entry, Public, Signed, Socket
from tests.api.recordings import A_RECORDING

BASE = "/api/v1"
DAY = {"start": "2024-01-15T09:00:00Z", "end": "2024-01-15T17:00:00Z"}
BOOKING = {"candidateId": "candidate456", "interviewers": ["interviewer1"], "preferredTimes": [DAY]}


async def an_interview(caller: httpx.AsyncClient) -> Mapping[str, str]:
    answer = await caller.post(f"{BASE}/interviews", json={"candidateId": "candidate456"})
    return {"interview_id": answer.json()["data"]["interviewId"]}


async def a_started_one(caller: httpx.AsyncClient) -> Mapping[str, str]:
    found = await an_interview(caller)
    await caller.post(f"{BASE}/interviews/{found['interview_id']}/start")
    return found


async def a_paused_one(caller: httpx.AsyncClient) -> Mapping[str, str]:
    found = await a_started_one(caller)
    await caller.post(f"{BASE}/interviews/{found['interview_id']}/pause")
    return found


async def a_key(caller: httpx.AsyncClient) -> Mapping[str, str]:
    answer = await caller.post(f"{BASE}/api-keys", json={"name": "robot"})
    return {"key_id": answer.json()["data"]["id"]}


def an_upload(params: Mapping[str, str]) -> Mapping[str, Any]:
    data = {"interviewId": params["interview_id"], "format": "audio"}
    return {"data": data, "files": {"file": ("talk.wav", A_RECORDING)}}


async def a_recording(caller: httpx.AsyncClient) -> Mapping[str, str]:
    found = await an_interview(caller)
    await caller.post(f"{BASE}/transcription/upload", **an_upload(found))
    return found


async def an_analysed_one(caller: httpx.AsyncClient) -> Mapping[str, str]:
    found = await a_recording(caller)
    path = f"{BASE}/analysis/{found['interview_id']}/analyze"
    await caller.post(path, json={}, headers={"Prefer": "wait=0"})
    return found


async def a_finished_analysis(caller: httpx.AsyncClient) -> Mapping[str, str]:
    """As if workers had been there."""
    found = await an_analysed_one(caller)
    interview_id = parse_id(found["interview_id"])
    async with transaction() as session:
        await session.exec(
            update(Analysis).where(col(Analysis.interview_id) == interview_id).values(status=WorkStatus.DONE)
        )
    return found


async def a_letter(caller: httpx.AsyncClient) -> Mapping[str, str]:
    found = await a_finished_analysis(caller)
    await caller.post(f"{BASE}/analysis/{found['interview_id']}/feedback", json={})
    return found


async def two_finished_analyses(caller: httpx.AsyncClient) -> Mapping[str, str]:
    one, other = await a_finished_analysis(caller), await a_finished_analysis(caller)
    return {"interview_id": one["interview_id"], "other_id": other["interview_id"]}


def _compare(params: Mapping[str, str]) -> Mapping[str, Any]:
    return {"params": {"interviewIds": f"{params['interview_id']},{params['other_id']}"}}


_AT = {"json": {"scheduledAt": "2024-01-16T10:00:00Z"}}
_HOURS = {"json": {"person": "x", "timezone": "UTC", "workingHours": {"start": "09:00", "end": "17:00"}}}

ENTRIES: dict[str, Entry] = {
    f"POST {BASE}/interviews": Signed(request={"json": {"candidateId": "candidate456"}}),
    f"GET {BASE}/interviews": Signed(an_interview, other_gets=200),
    f"GET {BASE}/interviews/{{interview_id}}": Signed(an_interview),
    f"PUT {BASE}/interviews/{{interview_id}}": Signed(an_interview, {"json": {"duration": 30}}),
    f"DELETE {BASE}/interviews/{{interview_id}}": Signed(an_interview),
    f"POST {BASE}/interviews/{{interview_id}}/start": Signed(an_interview),
    f"POST {BASE}/interviews/{{interview_id}}/end": Signed(an_interview),
    f"POST {BASE}/interviews/{{interview_id}}/pause": Signed(a_started_one),
    f"POST {BASE}/interviews/{{interview_id}}/resume": Signed(a_paused_one),
    f"GET {BASE}/interviews/{{interview_id}}/questions": Signed(an_interview),
    f"POST {BASE}/interviews/{{interview_id}}/questions": Signed(an_interview, {"json": {"question": "Why?"}}),
    f"GET {BASE}/interviews/{{interview_id}}/timeline": Signed(an_interview),
    f"POST {BASE}/transcription/upload": Signed(an_interview, an_upload),
    f"GET {BASE}/transcription/{{interview_id}}": Signed(a_recording),
    f"GET {BASE}/transcription/{{interview_id}}/status": Signed(a_recording),
    f"GET {BASE}/transcription/{{interview_id}}/export": Signed(a_recording),
    f"GET {BASE}/transcription/{{interview_id}}/search": Signed(a_recording, {"params": {"q": "tests"}}),
    f"PUT {BASE}/transcription/{{interview_id}}/speakers": Signed(a_recording, {"json": {"swap": True}}),
    f"DELETE {BASE}/transcription/{{interview_id}}": Signed(a_recording),
    f"POST {BASE}/analysis/{{interview_id}}/analyze": Signed(
        a_recording, {"json": {}, "headers": {"Prefer": "wait=0"}}
    ),
    f"GET {BASE}/analysis/{{interview_id}}/results": Signed(an_analysed_one),
    f"GET {BASE}/analysis/{{interview_id}}/status": Signed(an_analysed_one),
    f"GET {BASE}/analysis/{{interview_id}}/sentiment": Signed(an_analysed_one),
    f"GET {BASE}/analysis/{{interview_id}}/keywords": Signed(an_analysed_one),
    f"GET {BASE}/analysis/{{interview_id}}/competency": Signed(an_analysed_one),
    f"GET {BASE}/analysis/{{interview_id}}/overall": Signed(an_analysed_one),
    f"GET {BASE}/analysis/{{interview_id}}/speech": Signed(an_analysed_one),
    f"GET {BASE}/analysis/{{interview_id}}/presence": Signed(an_analysed_one),
    f"GET {BASE}/analysis/{{interview_id}}/fillers": Signed(an_analysed_one),
    f"GET {BASE}/analysis/{{interview_id}}/pauses": Signed(an_analysed_one),
    f"GET {BASE}/analysis/{{interview_id}}/recommendations": Signed(an_analysed_one),
    f"POST {BASE}/analysis/{{interview_id}}/feedback": Signed(a_finished_analysis, {"json": {}}),
    f"GET {BASE}/analysis/{{interview_id}}/feedback": Signed(a_letter),
    f"GET {BASE}/analysis/compare": Signed(two_finished_analyses, _compare),
    f"POST {BASE}/scheduling/schedule": Signed(request={"json": BOOKING}),
    f"GET {BASE}/scheduling/availability": Signed(request={"params": {"start": "2024-01-15", "end": "2024-01-16"}}),
    f"PUT {BASE}/scheduling/availability": Signed(request=_HOURS),
    f"PUT {BASE}/scheduling/{{interview_id}}/reschedule": Signed(an_interview, _AT),
    f"DELETE {BASE}/scheduling/{{interview_id}}": Signed(an_interview),
    f"GET {BASE}/scheduling/calendar.ics": Signed(),
    f"POST {BASE}/api-keys": Signed(request={"json": {"name": "robot"}}),
    f"GET {BASE}/api-keys": Signed(a_key, other_gets=200),
    f"DELETE {BASE}/api-keys/{{key_id}}": Signed(a_key),
    "WS /transcription/stream/{interview_id}": Socket(an_interview),
    f"WS {BASE}/transcription/stream/{{interview_id}}": Socket(an_interview),
    f"GET {BASE}/health": Public(),
    f"GET {BASE}/metrics": Public(),
}
