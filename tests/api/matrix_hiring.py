"""The cross-user matrix of the hiring contract."""

from collections.abc import Mapping

import httpx

from tests.api.matrix import Entry, Public, Signed

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
    f"POST {BASE}/scheduling/schedule": Signed(request={"json": BOOKING}),
    f"GET {BASE}/scheduling/availability": Signed(request={"params": {"start": "2024-01-15", "end": "2024-01-16"}}),
    f"PUT {BASE}/scheduling/availability": Signed(request=_HOURS),
    f"PUT {BASE}/scheduling/{{interview_id}}/reschedule": Signed(an_interview, _AT),
    f"DELETE {BASE}/scheduling/{{interview_id}}": Signed(an_interview),
    f"GET {BASE}/scheduling/calendar.ics": Signed(),
    f"POST {BASE}/api-keys": Signed(request={"json": {"name": "robot"}}),
    f"GET {BASE}/api-keys": Signed(a_key, other_gets=200),
    f"DELETE {BASE}/api-keys/{{key_id}}": Signed(a_key),
    f"GET {BASE}/health": Public(),
    f"GET {BASE}/metrics": Public(),
}
