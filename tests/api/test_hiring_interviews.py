"""The hiring contract's interviews and keys: every example of the published document, then every settled detail."""

import re
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from fastapi import FastAPI

from intervi.accounts.api_keys import Scope
from intervi.clock import now
from tests.api.people import sign_up, stranger_to

BASE = "/api/v1"
EXAMPLE = {
    "userId": None,
    "candidateId": "candidate456",
    "jobId": "job789",
    "scheduledAt": "2024-01-15T10:00:00Z",
    "duration": 60,
    "interviewers": ["interviewer1", "interviewer2"],
    "type": "technical",
    "format": "video",
    "questions": [{"question": "Tell me about yourself", "category": "introduction", "difficulty": "easy"}],
}
VIEW = {
    "interviewId", "candidateId", "jobId", "interviewers", "type", "format", "status", "scheduledAt", "startedAt", "endedAt",
    "duration", "questions", "meetingUrl", "createdAt",
}  # fmt: skip


def enveloped(answer: httpx.Response, status: int = 200) -> Any:
    """The data of a good answer, whose envelope is as documented."""
    body = answer.json()
    assert answer.status_code == status, answer.text
    assert set(body) - {"data"} == {"success", "message", "timestamp", "requestId"}
    assert body["success"] is True
    assert body["message"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["timestamp"])
    assert body["requestId"] == answer.headers["X-Request-Id"]
    return body.get("data")


def refused(answer: httpx.Response, status: int, code: str) -> Any:
    """The error of a refusal, whose envelope is as documented."""
    body = answer.json()
    assert (answer.status_code, set(body)) == (status, {"success", "error", "timestamp", "requestId"}), answer.text
    assert body["success"] is False
    assert (set(body["error"]), body["error"]["code"]) == ({"code", "message", "details"}, code)
    return body["error"]


async def an_interview(caller: httpx.AsyncClient, **fields: Any) -> str:
    answer = await caller.post(f"{BASE}/interviews", json={**EXAMPLE, **fields})
    return str(enveloped(answer, 201)["interviewId"])


async def move(caller: httpx.AsyncClient, interview_id: str, *verbs: str) -> httpx.Response:
    for verb in verbs:
        answer = await caller.post(f"{BASE}/interviews/{interview_id}/{verb}")
    return answer


def user_id_of(caller: httpx.AsyncClient) -> str:
    """A caller's own id, which stands in the place of the published ``user123``."""
    token = caller.headers["Authorization"].removeprefix("Bearer ")
    return str(jwt.decode(token, options={"verify_signature": False})["sub"])


class TestExamples:
    async def test_create(self, alice: httpx.AsyncClient) -> None:
        body = {**EXAMPLE, "userId": user_id_of(alice)}
        made = enveloped(await alice.post(f"{BASE}/interviews", json=body), 201)
        assert set(made) == {"interviewId", "status", "meetingUrl"}
        assert re.fullmatch(r"interview-[0-9a-f]{24}", made["interviewId"])
        assert made["status"] == "scheduled"
        assert "/practice/" in made["meetingUrl"]

    async def test_get(self, alice: httpx.AsyncClient) -> None:
        interview_id = await an_interview(alice)
        view = enveloped(await alice.get(f"{BASE}/interviews/{interview_id}"))
        assert set(view) == VIEW
        assert {
            name: view[name] for name in ("candidateId", "jobId", "interviewers", "type", "format", "duration")
        } == {name: EXAMPLE[name] for name in ("candidateId", "jobId", "interviewers", "type", "format", "duration")}
        assert view["scheduledAt"] == "2024-01-15T10:00:00.000Z"
        [question] = view["questions"]
        assert (question["question"], question["category"], question["difficulty"]) == (
            "Tell me about yourself", "introduction", "easy",
        )  # fmt: skip

    async def test_update(self, alice: httpx.AsyncClient) -> None:
        interview_id = await an_interview(alice)
        changes = {"duration": 30, "interviewers": ["somebody"], "scheduledAt": "2024-02-01T12:00:00+02:00"}
        view = enveloped(await alice.put(f"{BASE}/interviews/{interview_id}", json=changes))
        assert (view["duration"], view["interviewers"], view["candidateId"]) == (30, ["somebody"], "candidate456")
        assert view["scheduledAt"] == "2024-02-01T10:00:00.000Z"

    async def test_delete(self, alice: httpx.AsyncClient) -> None:
        interview_id = await an_interview(alice)
        assert enveloped(await alice.delete(f"{BASE}/interviews/{interview_id}")) is None
        refused(await alice.get(f"{BASE}/interviews/{interview_id}"), 404, "NOT_FOUND")

    async def test_list(self, alice: httpx.AsyncClient) -> None:
        first, second = await an_interview(alice), await an_interview(alice)
        await move(alice, first, "start")
        query = {"userId": user_id_of(alice), "status": "scheduled", "page": 1, "limit": 20}
        listed = enveloped(await alice.get(f"{BASE}/interviews", params=query))
        assert [item["interviewId"] for item in listed["items"]] == [second]
        assert {name: listed[name] for name in ("page", "limit", "total", "totalPages")} == {
            "page": 1, "limit": 20, "total": 1, "totalPages": 1,
        }  # fmt: skip

    async def test_start_and_end(self, alice: httpx.AsyncClient) -> None:
        interview_id = await an_interview(alice)
        started = enveloped(await move(alice, interview_id, "start"))
        assert (started["status"], started["endedAt"]) == ("in_progress", None)
        ended = enveloped(await move(alice, interview_id, "end"))
        assert ended["status"] == "completed"
        assert ended["endedAt"] >= ended["startedAt"]

    async def test_error(self, alice: httpx.AsyncClient) -> None:
        error = refused(await alice.post(f"{BASE}/interviews", json={}), 422, "VALIDATION_ERROR")
        assert error["message"]
        assert list(error["details"]) == ["candidateId"]


class TestLifeCycle:
    async def test_pause_and_resume_and_start_resumes(self, alice: httpx.AsyncClient) -> None:
        interview_id = await an_interview(alice)
        assert enveloped(await move(alice, interview_id, "start", "pause"))["status"] == "paused"
        assert enveloped(await move(alice, interview_id, "resume"))["status"] == "in_progress"
        assert enveloped(await move(alice, interview_id, "pause", "start"))["status"] == "in_progress"

    @pytest.mark.parametrize(
        "verbs",
        [("resume",), ("pause",), ("start", "start"), ("end", "end"), ("end", "start"), ("start", "pause", "pause")],
    )
    async def test_other_moves_are_409_and_name_both_states(self, alice: httpx.AsyncClient, verbs: tuple[str]) -> None:
        error = refused(await move(alice, await an_interview(alice), *verbs), 409, "VALIDATION_ERROR")
        assert re.search(r"from '\w+' to '\w+'", error["message"])

    async def test_a_finished_one_takes_no_question_and_no_change(self, alice: httpx.AsyncClient) -> None:
        interview_id = await an_interview(alice)
        await move(alice, interview_id, "end")
        question = await alice.post(f"{BASE}/interviews/{interview_id}/questions", json={"question": "Why?"})
        refused(question, 409, "VALIDATION_ERROR")
        refused(await alice.put(f"{BASE}/interviews/{interview_id}", json={"duration": 30}), 409, "VALIDATION_ERROR")

    async def test_many_may_be_in_progress(self, alice: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("intervi.interviews.lifecycle.MAX_IN_PROGRESS", 1)
        for _ in range(3):
            enveloped(await move(alice, await an_interview(alice), "start"))


class TestQuestionsAndTimeline:
    async def test_questions_in_their_order(self, alice: httpx.AsyncClient) -> None:
        interview_id = await an_interview(alice)
        body = {"question": "How do you test?", "category": "technical", "difficulty": "hard"}
        added = enveloped(await alice.post(f"{BASE}/interviews/{interview_id}/questions", json=body), 201)
        assert re.fullmatch(r"question-[0-9a-f]{24}", added["questionId"])
        listed = enveloped(await alice.get(f"{BASE}/interviews/{interview_id}/questions"))
        assert [one["question"] for one in listed] == ["Tell me about yourself", "How do you test?"]
        assert (listed[1]["category"], listed[1]["difficulty"]) == ("technical", "hard")

    async def test_the_timeline_tells_all_in_order(self, alice: httpx.AsyncClient) -> None:
        interview_id = await an_interview(alice)
        await alice.put(f"{BASE}/interviews/{interview_id}", json={"scheduledAt": "2024-01-16T10:00:00Z"})
        await move(alice, interview_id, "start", "pause", "resume")
        await alice.post(f"/interview/sessions/{interview_id}/next-question")
        await move(alice, interview_id, "end")
        told = enveloped(await alice.get(f"{BASE}/interviews/{interview_id}/timeline"))
        assert [(one["type"], one["from"], one["to"]) for one in told if one["type"] != "question"] == [
            ("status", None, "scheduled"),
            ("scheduled", "2024-01-15T10:00:00.000Z", "2024-01-16T10:00:00.000Z"),
            ("status", "scheduled", "in_progress"),
            ("status", "in_progress", "paused"),
            ("status", "paused", "in_progress"),
            ("status", "in_progress", "completed"),
        ]
        asked = [one["detail"] for one in told if one["type"] == "question"]
        assert asked[0] == "Tell me about yourself"
        assert len(asked) == 2
        assert [one["timestamp"] for one in told] == sorted(one["timestamp"] for one in told)


class TestWhose:
    async def test_an_interview_of_another_contract_is_listed(self, alice: httpx.AsyncClient) -> None:
        await alice.post("/interview/sessions", json={"job_title": "Nurse"})
        [item] = enveloped(await alice.get(f"{BASE}/interviews"))["items"]
        assert set(item) == VIEW
        assert (item["candidateId"], item["interviewers"], item["status"]) == (None, [], "scheduled")

    async def test_a_user_id_is_the_callers_own_or_403(self, alice: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
        answer = await bob.post("/api/auth/login", json={"email": "bob@example.com", "password": "SecurePass123!"})
        bobs = answer.json()["userId"]
        for other in (bobs, "user123"):
            for answer in (
                await alice.post(f"{BASE}/interviews", json={**EXAMPLE, "userId": other}),
                await alice.get(f"{BASE}/interviews", params={"userId": other}),
            ):
                refused(answer, 403, "FORBIDDEN")
        enveloped(await bob.get(f"{BASE}/interviews", params={"userId": bobs}))

    @pytest.mark.parametrize("spell", [str.upper, lambda text: text.removeprefix("interview-")])
    async def test_every_spelling_of_an_id_is_taken(self, alice: httpx.AsyncClient, spell: Any) -> None:
        interview_id = await an_interview(alice)
        enveloped(await alice.get(f"{BASE}/interviews/{spell(interview_id)}"))

    async def test_it_counts_in_no_progress(self, alice: httpx.AsyncClient) -> None:
        await move(alice, await an_interview(alice), "end")
        stats = (await alice.get("/api/v1/interview/stats")).json()["data"]
        assert stats["overview"]["totalInterviews"] == 0


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"candidateId": None}, "candidateId"),
        ({"candidateId": " "}, "candidateId"),
        ({"candidateId": 5}, "candidateId"),
        ({"duration": "60"}, "duration"),
        ({"duration": 0}, "duration"),
        ({"duration": 1000}, "duration"),
        ({"type": "chess"}, "type"),
        ({"format": "smoke"}, "format"),
        ({"scheduledAt": "soon"}, "scheduledAt"),
        ({"scheduledAt": "2024-01-15T10:00:00"}, "scheduledAt"),
        ({"scheduledAt": "9999-12-31T23:59:59Z"}, "scheduledAt"),
        ({"interviewers": "interviewer1"}, "interviewers"),
        ({"interviewers": [""]}, "interviewers.0"),
        ({"questions": [{"question": ""}]}, "questions.0.question"),
        ({"questions": [{"question": "x", "difficulty": "mid"}]}, "questions.0.difficulty"),
    ],
)
async def test_what_breaks_a_rule_is_422_and_makes_nothing(
    alice: httpx.AsyncClient, fields: dict[str, Any], named: str
) -> None:
    error = refused(await alice.post(f"{BASE}/interviews", json={**EXAMPLE, **fields}), 422, "VALIDATION_ERROR")
    assert named in error["details"]
    assert enveloped(await alice.get(f"{BASE}/interviews"))["total"] == 0


@pytest.mark.parametrize("query", [{"page": 0}, {"limit": 0}, {"limit": 101}, {"status": "lost"}, {"page": "x"}])
async def test_pages_that_are_none_are_422(alice: httpx.AsyncClient, query: dict[str, Any]) -> None:
    refused(await alice.get(f"{BASE}/interviews", params=query), 422, "VALIDATION_ERROR")


class TestKeys:
    async def test_a_key_is_shown_once_and_opens(self, app: FastAPI, alice: httpx.AsyncClient) -> None:
        interview_id = await an_interview(alice)
        made = enveloped(await alice.post(f"{BASE}/api-keys", json={"name": "robot"}), 201)
        assert sorted(made["scopes"]) == sorted(Scope)
        [listed] = enveloped(await alice.get(f"{BASE}/api-keys"))
        assert listed == {name: value for name, value in made.items() if name != "key"}
        async with stranger_to(app) as robot:
            robot.headers["X-API-Key"] = made["key"]
            enveloped(await robot.get(f"{BASE}/interviews/{interview_id}"))
            enveloped(await robot.get(f"{BASE}/scheduling/availability?start=2024-01-15&end=2024-01-15"))
            refused(await robot.get(f"{BASE}/api-keys"), 401, "UNAUTHORIZED")
            assert enveloped(await alice.delete(f"{BASE}/api-keys/{made['id']}")) is None
            refused(await robot.get(f"{BASE}/interviews/{interview_id}"), 401, "UNAUTHORIZED")

    async def test_a_key_without_the_scope_is_403(self, app: FastAPI, alice: httpx.AsyncClient) -> None:
        body = {"name": "reader", "scopes": ["interviews:read"]}
        key = enveloped(await alice.post(f"{BASE}/api-keys", json=body), 201)["key"]
        async with stranger_to(app) as robot:
            robot.headers["X-API-Key"] = key
            enveloped(await robot.get(f"{BASE}/interviews"))
            refused(await robot.post(f"{BASE}/interviews", json=EXAMPLE), 403, "FORBIDDEN")
            refused(await robot.delete(f"{BASE}/scheduling/interview-{'0' * 24}"), 403, "FORBIDDEN")

    @pytest.mark.parametrize("key", ["", "garbage", "ivk_garbage"])
    async def test_a_bad_key_is_nobodys(self, client: httpx.AsyncClient, key: str) -> None:
        refused(await client.get(f"{BASE}/interviews", headers={"X-API-Key": key}), 401, "UNAUTHORIZED")

    async def test_a_key_is_good_in_hiring_only(self, app: FastAPI, alice: httpx.AsyncClient) -> None:
        key = enveloped(await alice.post(f"{BASE}/api-keys", json={"name": "robot"}), 201)["key"]
        async with stranger_to(app) as robot:
            for path in ("/interview/sessions", "/api/domains", "/api/v1/interview/recent"):
                assert (await robot.get(path, headers={"X-API-Key": key})).status_code == 401

    async def test_an_idempotency_key_belongs_to_the_keys_user(
        self, app: FastAPI, alice: httpx.AsyncClient, bob: httpx.AsyncClient
    ) -> None:
        made = []
        for owner in (alice, bob, alice):
            key = enveloped(await owner.post(f"{BASE}/api-keys", json={"name": "robot"}), 201)["key"]
            async with stranger_to(app) as robot:
                headers = {"X-API-Key": key, "Idempotency-Key": "1"}
                answer = await robot.post(f"{BASE}/interviews", json=EXAMPLE, headers=headers)
                made.append(answer.json()["data"]["interviewId"])
        assert made[0] == made[2] != made[1]

    @pytest.mark.usefixtures("rate_limits_on")
    async def test_calls_with_a_key_count_for_its_user(self, app: FastAPI, alice: httpx.AsyncClient) -> None:
        key = enveloped(await alice.post(f"{BASE}/api-keys", json={"name": "robot"}), 201)["key"]
        before = int((await alice.get(f"{BASE}/interviews")).headers["RateLimit-Remaining"])
        async with stranger_to(app) as robot:
            answer = await robot.get(f"{BASE}/interviews", headers={"X-API-Key": key})
        assert int(answer.headers["RateLimit-Remaining"]) == before - 1

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"name": ""},
            {"name": "x", "scopes": []},
            {"name": "x", "scopes": ["all"]},
            {"name": "x", "expiresAt": "2020-01-01T00:00:00Z"},
        ],
    )
    async def test_bad_ones_are_422(self, alice: httpx.AsyncClient, body: dict[str, Any]) -> None:
        refused(await alice.post(f"{BASE}/api-keys", json=body), 422, "VALIDATION_ERROR")

    async def test_one_with_an_end(self, alice: httpx.AsyncClient) -> None:
        later = (now() + timedelta(days=1)).isoformat()
        made = enveloped(await alice.post(f"{BASE}/api-keys", json={"name": "x", "expiresAt": later}), 201)
        assert made["expiresAt"].endswith("Z")


async def test_another_users_reference_of_that_name_is_nobody_known(app: FastAPI) -> None:
    async with sign_up(app) as one, sign_up(app) as other:
        await an_interview(one)
        assert enveloped(await other.get(f"{BASE}/interviews"))["items"] == []
