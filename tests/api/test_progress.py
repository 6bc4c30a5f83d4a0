"""What was practised is awarded once, whatever contract made and whatever completes it."""

import asyncio
from dataclasses import dataclass

import httpx
import pytest

from intervi.ids import hex24, parse_id, prefixed

pytestmark = pytest.mark.usefixtures("servers")

METRICS = {"metrics": {"postureScore": 80, "eyeContactScore": 70}}


@dataclass(frozen=True)
class Way:
    """How a contract makes an interview, and how it completes one."""

    make: str
    body: dict[str, object]
    complete: tuple[str, str, dict[str, object] | None]
    """Method, address, body."""
    prefix: str = ""


CANDIDATE = Way(
    "/api/interviews/sessions",
    {"domainId": "6920000000000000000000a1", "sessionType": "text"},
    ("PATCH", "/api/interviews/sessions/{id}/metrics", METRICS),
)
ASSISTANT = Way(
    "/interview-sessions",
    {"jobContext": {"title": "Engineer"}},
    ("PUT", "/interview-sessions/{id}/complete", None),
)
CONVERSATION = Way(
    "/api/v1/interview/sessions",
    {"domain": "sales", "difficulty": "easy"},
    ("PATCH", "/api/v1/interview/sessions/{id}/end", {"finalScore": 82}),
)
COACH = Way("/interview/sessions", {"job_title": "Engineer"}, CANDIDATE.complete)
HIRING = Way(
    "/api/v1/interviews",
    {"candidateId": "c-1"},
    ("POST", "/api/v1/interviews/{id}/end", None),
    prefix="interview",
)


async def made(client: httpx.AsyncClient, way: Way) -> str:
    """A new interview, its id as 24 digits."""
    answer = await client.post(way.make, json=way.body)
    assert answer.status_code == 201, answer.text
    found = {**answer.json(), **(answer.json().get("data") or {})}
    text = next(str(found[name]) for name in ("_id", "sessionId", "session_id", "interviewId", "id") if name in found)
    identity = parse_id(text)
    assert identity, text
    return hex24(identity)


async def complete(client: httpx.AsyncClient, way: Way, interview_id: str) -> httpx.Response:
    method, address, body = way.complete
    identity = parse_id(interview_id)
    assert identity
    shown = prefixed(way.prefix, identity) if way.prefix else interview_id
    return await client.request(method, address.format(id=shown), json=body)


async def dashboard(client: httpx.AsyncClient) -> dict[str, object]:
    answer = await client.get("/api/analytics/dashboard")
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


@pytest.mark.parametrize(
    "maker", [CANDIDATE, ASSISTANT, CONVERSATION, COACH], ids=["candidate", "assistant", "conversation", "coach"]
)
async def test_once_however_often_and_through_whatever_it_is_completed(alice: httpx.AsyncClient, maker: Way) -> None:
    interview_id = await made(alice, maker)
    assert (await complete(alice, maker, interview_id)).is_success
    first = await dashboard(alice)
    assert (first["experiencePoints"], first["currentStreak"], first["bestStreak"]) == (50, 1, 1)
    assert [each["code"] for each in first["achievements"]] == ["FIRST_SESSION"]
    for way in (CANDIDATE, ASSISTANT, CONVERSATION, maker):
        await complete(alice, way, interview_id)
    again = await dashboard(alice)
    for name in ("experiencePoints", "currentStreak", "bestStreak", "achievements"):
        assert again[name] == first[name], name


@pytest.mark.parametrize("ways", [[CANDIDATE], [CANDIDATE, ASSISTANT, CONVERSATION]], ids=["one way", "three ways"])
async def test_20_completions_at_once_award_once(alice: httpx.AsyncClient, ways: list[Way]) -> None:
    interview_id = await made(alice, CANDIDATE)
    tried = [ways[number % len(ways)] for number in range(20)]
    answers = await asyncio.gather(*(complete(alice, way, interview_id) for way in tried))
    for way, answer in zip(tried, answers, strict=True):
        # Only candidate's may come again.
        assert answer.status_code == 200 or (way is not CANDIDATE and answer.status_code == 400), answer.text
    assert (await dashboard(alice))["experiencePoints"] == 50


async def test_interviews_about_others_bring_nothing(alice: httpx.AsyncClient) -> None:
    interview_id = await made(alice, HIRING)
    start = await alice.post(f"/api/v1/interviews/{interview_id}/start")
    assert start.is_success, start.text
    assert (await complete(alice, HIRING, interview_id)).is_success
    found = await dashboard(alice)
    assert (found["experiencePoints"], found["currentStreak"], found["achievements"]) == (0, 0, [])


async def test_what_was_earned_outlives_the_interview(alice: httpx.AsyncClient) -> None:
    interview_id = await made(alice, CONVERSATION)
    assert (await complete(alice, CONVERSATION, interview_id)).is_success
    before = await dashboard(alice)
    assert (await alice.delete(f"/api/v1/interview/sessions/{interview_id}")).is_success
    after = await dashboard(alice)
    assert (after["totalSessions"], after["experiencePoints"]) == (0, before["experiencePoints"])
    assert after["achievements"] == before["achievements"]


async def test_nobody_sees_anothers(alice: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    assert (await complete(alice, CANDIDATE, await made(alice, CANDIDATE))).is_success
    found = await dashboard(bob)
    assert (found["experiencePoints"], found["achievements"]) == (0, [])
