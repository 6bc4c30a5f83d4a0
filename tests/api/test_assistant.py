"""The assistant contract, example by example; then what it settles, and what it refuses."""

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import func, select

from intervi.accounts.models import User
from intervi.api.contract import HIRING
from intervi.database import transaction
from intervi.ids import hex24, new_id, parse_id
from intervi.interviews.models import Assistance, Exchange, Interview, Origin, RecordedMetrics
from tests.api.people import sign_up
from tests.api.recordings import A_RECORDING
from tests.openai_server import Asked, Manner, model_server

BASE = "/interview-sessions"
UUID_8 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")

JOB = {
    "title": "Software Engineer",
    "company": "Tech Corp",
    "description": "Full-stack development role",
    "requirements": ["JavaScript", "React", "Node.js"],
    "interviewType": "technical",
    "seniority": "mid",
}
SETTINGS = {
    "transcriptionEnabled": True,
    "responseGeneration": True,
    "confidenceThreshold": 0.8,
    "preferredLanguage": "en",
    "enabledFeatures": ["real-time-transcription", "response-suggestions"],
}
SESSION_FIELDS = {"id", "userId", "jobContext", "status", "settings", "startedAt", "endedAt", "createdAt"}
RESPONSE = {
    "id": "response-1",
    "content": "I have 3 years of experience with React...",
    "structure": "direct",
    "estimatedDuration": 45,
    "confidence": 0.9,
    "tags": ["experience", "technical"],
}
CLASSIFICATION = {"type": "technical", "category": "frontend", "difficulty": "mid", "requiresSTAR": False}
FIGURES = {
    "transcriptionLatencyMs": 1200,
    "responseGenerationMs": 800,
    "totalLatencyMs": 2000,
    "transcriptionAccuracy": 0.96,
    "userSatisfaction": 5,
}
ABOUT_YOURSELF = "Tell me about yourself"


async def a_session(client: httpx.AsyncClient, *, settings: Mapping[str, Any] | None = None, **job: Any) -> str:
    body = {"jobContext": {"title": "Software Engineer", **job}} | ({"settings": settings} if settings else {})
    answer = await client.post(BASE, json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def an_interaction(
    client: httpx.AsyncClient, session: str, question: str = ABOUT_YOURSELF, **more: Any
) -> dict[str, Any]:
    answer = await client.post(f"{BASE}/interactions", json={"sessionId": session, "question": question, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def recorded(client: httpx.AsyncClient, session: str, **figures: Any) -> dict[str, Any]:
    answer = await client.post(f"{BASE}/metrics", json={"sessionId": session, **figures})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def got(client: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await client.get(f"{BASE}{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def put(client: httpx.AsyncClient, path: str, body: Any = None) -> Any:
    answer = await client.put(f"{BASE}{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(answer: httpx.Response, status: int, error: str) -> str:
    assert answer.status_code == status, answer.text
    assert answer.json() == {"statusCode": status, "message": answer.json()["message"], "error": error}
    message = answer.json()["message"]
    assert isinstance(message, str)
    assert message
    return message


def bad(answer: httpx.Response) -> str:
    return refused(answer, 400, "Bad Request")


class TestPublishedExamples:
    """Every example of the document, in its order: the same request, the same fields and types in the answer."""

    async def test_create(self, alice: httpx.AsyncClient) -> None:
        answer = await alice.post(BASE, json={"jobContext": JOB, "settings": SETTINGS})
        assert answer.status_code == 201
        body = answer.json()
        assert set(body) == SESSION_FIELDS
        assert UUID_8.match(body["id"])
        assert UUID_8.match(body["userId"])
        assert body["jobContext"] == JOB
        assert body["settings"] == SETTINGS
        assert (body["status"], body["endedAt"]) == ("active", None)
        assert TIME.match(body["startedAt"])
        assert TIME.match(body["createdAt"])

    async def test_list(self, alice: httpx.AsyncClient) -> None:
        sessions = [await a_session(alice) for _number in range(12)]
        listed = await got(alice, "", limit=10)
        assert [each["id"] for each in listed] == sessions[:1:-1]
        assert set(listed[0]) == SESSION_FIELDS

    async def test_active(self, alice: httpx.AsyncClient) -> None:
        active, paused, completed = [await a_session(alice) for _number in range(3)]
        await put(alice, f"/{paused}/pause")
        await put(alice, f"/{completed}/complete")
        assert [each["id"] for each in await got(alice, "/active")] == [active]

    async def test_get(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        assert (await got(alice, f"/{session}"))["id"] == session

    async def test_details(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        classification = {
            "type": "behavioral",
            "category": "introduction",
            "difficulty": "junior",
            "requiresSTAR": False,
        }
        made = await an_interaction(
            alice, session, questionClassification=classification, generatedResponses=[RESPONSE]
        )
        said = {"selectedResponse": "I am a passionate software developer...", "userFeedback": 4}
        await put(alice, f"/interactions/{made['id']}", said)
        figures = await recorded(alice, session, **FIGURES)
        details = await got(alice, f"/{session}/details")
        assert set(details) == SESSION_FIELDS | {"interactions", "metrics"}
        (interaction,) = details["interactions"]
        assert interaction == {
            "id": made["id"],
            "sessionId": session,
            "question": "Tell me about yourself",
            "questionClassification": classification,
            "generatedResponses": [RESPONSE],
            **said,
            "timestamp": made["timestamp"],
        }
        assert UUID_8.match(interaction["id"])
        assert TIME.match(interaction["timestamp"])
        (shown,) = details["metrics"]
        assert shown == {"id": figures["id"], "sessionId": session, **FIGURES, "createdAt": figures["createdAt"]}
        assert isinstance(shown["totalLatencyMs"], int)

    async def test_update(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        body = await put(alice, f"/{session}", {"status": "paused", "jobContext": JOB, "settings": SETTINGS})
        assert (body["status"], body["jobContext"], body["settings"]) == ("paused", JOB, SETTINGS)

    async def test_states(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        assert (await put(alice, f"/{session}/pause"))["status"] == "paused"
        assert (await put(alice, f"/{session}/start"))["status"] == "active"
        completed = await put(alice, f"/{session}/complete")
        assert completed["status"] == "completed"
        assert TIME.match(completed["endedAt"])

    async def test_delete(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        answer = await alice.delete(f"{BASE}/{session}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert refused(await alice.get(f"{BASE}/{session}"), 404, "Not Found") == "Interview session not found"

    async def test_create_interaction(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        body = await an_interaction(
            alice,
            session,
            "What is your experience with React?",
            questionClassification=CLASSIFICATION,
            generatedResponses=[RESPONSE],
        )
        assert set(body) == {
            "id",
            "sessionId",
            "question",
            "questionClassification",
            "generatedResponses",
            "selectedResponse",
            "userFeedback",
            "timestamp",
        }
        assert (body["sessionId"], body["question"]) == (session, "What is your experience with React?")
        assert body["questionClassification"] == CLASSIFICATION
        assert body["generatedResponses"] == [RESPONSE]
        assert (body["selectedResponse"], body["userFeedback"]) == (None, None)

    async def test_update_interaction(self, alice: httpx.AsyncClient) -> None:
        made = await an_interaction(alice, await a_session(alice))
        said = {"selectedResponse": "I have 3 years of experience with React...", "userFeedback": 5}
        body = await put(alice, f"/interactions/{made['id']}", said)
        assert body == made | said

    async def test_interactions_and_metrics_are_newest_first(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        asked = [(await an_interaction(alice, session, f"Why {number}?"))["id"] for number in range(3)]
        kept = [(await recorded(alice, session, totalLatencyMs=number))["id"] for number in range(3)]
        assert [each["id"] for each in await got(alice, f"/{session}/interactions")] == asked[::-1]
        assert [each["id"] for each in await got(alice, f"/{session}/metrics")] == kept[::-1]
        details = await got(alice, f"/{session}/details")
        assert [each["id"] for each in details["interactions"]] == asked[::-1]
        assert [each["id"] for each in details["metrics"]] == kept[::-1]

    async def test_record_metrics(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        body = await recorded(alice, session, **FIGURES)
        assert body == {"id": body["id"], "sessionId": session, **FIGURES, "createdAt": body["createdAt"]}

    async def test_analytics(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        for number in range(3):
            await an_interaction(alice, session, "Why?", questionClassification={"type": "behavioral"})
            await recorded(alice, session, totalLatencyMs=1700 + 100 * number, transcriptionAccuracy=0.95)
        await an_interaction(alice, session, "How?", questionClassification={"type": "technical"})
        today = datetime.now(UTC).date().isoformat()
        body = await got(alice, "/analytics", startDate=today, endDate=today)
        assert body == {
            "totalSessions": 1,
            "averageSessionDuration": 0,
            "averageLatency": 1800,
            "averageAccuracy": 0.95,
            "averageSatisfaction": 0,
            "mostCommonQuestionTypes": [{"type": "behavioral", "count": 3}, {"type": "technical", "count": 1}],
            "performanceTrends": [
                {"date": today, "metrics": {"latency": 1800, "accuracy": 0.95, "satisfaction": None}}
            ],
        }

    async def test_errors(self, alice: httpx.AsyncClient, bob: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        await put(alice, f"/{session}/complete")
        answer = await alice.put(f"{BASE}/{session}/start")
        assert bad(answer) == "Invalid status transition from 'completed' to 'active'"
        assert refused(await client.get(BASE), 401, "Unauthorized") == "Unauthorized"
        message = refused(await bob.get(f"{BASE}/{session}"), 403, "Forbidden")
        assert message == "Access denied to this session"
        message = refused(await alice.get(f"{BASE}/{new_id()}"), 404, "Not Found")
        assert message == "Interview session not found"

    async def test_complete_interview_flow(self, alice: httpx.AsyncClient) -> None:
        created = await alice.post(BASE, json={"jobContext": {"title": "Software Engineer", "company": "Tech Corp"}})
        session = created.json()["id"]
        made = await an_interaction(alice, session)
        await put(alice, f"/interactions/{made['id']}", {"selectedResponse": "Response text", "userFeedback": 5})
        await recorded(alice, session, transcriptionLatencyMs=1200, userSatisfaction=5)
        assert (await put(alice, f"/{session}/complete"))["status"] == "completed"


class TestStates:
    async def _in(self, client: httpx.AsyncClient, state: str) -> str:
        session = await a_session(client)
        if state != "active":
            await put(client, f"/{session}/{'pause' if state == 'paused' else 'complete'}")
        return session

    @pytest.mark.parametrize("state", ["active", "paused", "completed"])
    @pytest.mark.parametrize(("verb", "wanted"), [("start", "active"), ("pause", "paused"), ("complete", "completed")])
    async def test_machine(self, alice: httpx.AsyncClient, state: str, verb: str, wanted: str) -> None:
        for path, body in (
            (f"/{await self._in(alice, state)}/{verb}", None),
            (f"/{await self._in(alice, state)}", {"status": wanted}),
        ):
            answer = await alice.put(f"{BASE}{path}", json=body)
            if state == wanted and body:
                assert (answer.status_code, answer.json()["status"]) == (200, wanted)
            elif state in ("completed", wanted):
                assert bad(answer) == f"Invalid status transition from '{state}' to '{wanted}'"
            else:
                assert (answer.status_code, answer.json()["status"]) == (200, wanted)

    @pytest.mark.parametrize("status", ["scheduled", "cancelled", "in-progress", "Active", "", 1])
    async def test_other_words_are_no_status(self, alice: httpx.AsyncClient, status: object) -> None:
        session = await a_session(alice)
        assert "status" in bad(await alice.put(f"{BASE}/{session}", json={"status": status}))

    async def test_a_move_that_is_refused_changes_nothing_else(self, alice: httpx.AsyncClient) -> None:
        session = await self._in(alice, "completed")
        bad(await alice.put(f"{BASE}/{session}", json={"status": "active", "jobContext": {"title": "Another"}}))
        assert (await got(alice, f"/{session}"))["jobContext"]["title"] == "Software Engineer"

    async def test_a_planned_interview_is_paused_and_can_be_started(self, alice: httpx.AsyncClient) -> None:
        made = await alice.post("/interview/sessions", json={"job_title": "Nurse"})
        session = made.json()["id"]
        shown = await got(alice, f"/{session}")
        assert (shown["status"], shown["startedAt"], shown["jobContext"]["title"]) == ("paused", None, "Nurse")
        assert bad(await alice.put(f"{BASE}/{session}/pause")) == "Invalid status transition from 'paused' to 'paused'"
        assert (await put(alice, f"/{session}", {"status": "paused"}))["startedAt"] is None
        assert (await put(alice, f"/{session}/start"))["status"] == "active"

    async def test_a_cancelled_interview_is_completed_for_good(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice)
        async with transaction() as session:
            (await session.get_one(Interview, parse_id(session_id))).status = "cancelled"
        assert (await put(alice, f"/{session_id}", {"status": "completed"}))["status"] == "completed"
        for verb, wanted in (("start", "active"), ("pause", "paused"), ("complete", "completed")):
            message = bad(await alice.put(f"{BASE}/{session_id}/{verb}"))
            assert message == f"Invalid status transition from 'completed' to '{wanted}'"
        bad(await alice.post(f"{BASE}/interactions", json={"sessionId": session_id, "question": "One more?"}))

    async def test_at_most_a_hundred_run(self, alice: httpx.AsyncClient) -> None:
        first = await a_session(alice)
        async with transaction() as session:
            owner = (await session.get_one(Interview, parse_id(first))).user_id
            session.add_all(Interview(user_id=owner, origin=Origin.ASSISTANT, status="active") for _number in range(99))
        answer = await alice.post(BASE, json={"jobContext": {"title": "One more"}})
        refused(answer, 409, "Conflict")
        assert len(await got(alice, "")) == 100

    async def test_completed_twenty_times_at_once_it_ends_once(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        answers = await asyncio.gather(*(alice.put(f"{BASE}/{session}/complete") for _number in range(20)))
        assert sorted(answer.status_code for answer in answers) == [200] + [400] * 19


class TestJobAndSettings:
    async def test_only_the_title_is_required(self, alice: httpx.AsyncClient) -> None:
        body = (await alice.post(BASE, json={"jobContext": {"title": "Nurse"}})).json()
        assert body["jobContext"] == {"title": "Nurse", "interviewType": "mixed", "seniority": "mid"}
        assert body["settings"] == SETTINGS

    async def test_every_word_of_the_data_models(self, alice: httpx.AsyncClient) -> None:
        types, levels = ("technical", "behavioral", "situational", "cultural"), ("junior", "mid", "senior")
        session = await a_session(alice)
        for interview_type, seniority in (
            *((kind, "mid") for kind in (*types, "mixed")),
            *(("mixed", level) for level in levels),
        ):
            job = {"interviewType": interview_type, "seniority": seniority}
            assert job.items() <= (await put(alice, f"/{session}", {"jobContext": job}))["jobContext"].items()
        for kind, difficulty in (*((kind, "mid") for kind in types), *(("technical", level) for level in levels)):
            said = CLASSIFICATION | {"type": kind, "difficulty": difficulty}
            responses = [RESPONSE | {"structure": structure} for structure in ("STAR", "direct", "technical")]
            made = await an_interaction(alice, session, questionClassification=said, generatedResponses=responses)
            assert (made["questionClassification"], made["generatedResponses"]) == (said, responses)

    async def test_put_merges_parts(self, alice: httpx.AsyncClient) -> None:
        session = (await alice.post(BASE, json={"jobContext": JOB, "settings": SETTINGS})).json()["id"]
        change = {"jobContext": {"company": "Other Corp"}, "settings": {"confidenceThreshold": 0.5}}
        body = await put(alice, f"/{session}", change)
        assert body["jobContext"] == JOB | {"company": "Other Corp"}
        assert body["settings"] == SETTINGS | {"confidenceThreshold": 0.5}
        assert body["status"] == "active"
        assert await put(alice, f"/{session}", {}) == body
        nothing = {
            "jobContext": {"title": None, "company": None},
            "settings": {"preferredLanguage": None},
            "status": None,
        }
        assert await put(alice, f"/{session}", nothing) == body

    @pytest.mark.parametrize(
        ("sent", "transcription", "generation"),
        [
            ({"enabledFeatures": []}, False, False),
            ({"enabledFeatures": ["response-suggestions"]}, False, True),
            ({"transcriptionEnabled": False}, False, True),
            ({"responseGeneration": False}, True, False),
            ({"responseGeneration": False, "enabledFeatures": ["response-suggestions"]}, False, False),
            ({"transcriptionEnabled": True, "enabledFeatures": []}, True, False),
        ],
    )
    async def test_features_and_switches_are_one(
        self, alice: httpx.AsyncClient, sent: Mapping[str, Any], transcription: bool, generation: bool
    ) -> None:
        session = await a_session(alice, settings=sent)
        shown = (await got(alice, f"/{session}"))["settings"]
        assert (shown["transcriptionEnabled"], shown["responseGeneration"]) == (transcription, generation)
        switches = {"real-time-transcription": transcription, "response-suggestions": generation}
        assert shown["enabledFeatures"] == [feature for feature, is_on in switches.items() if is_on]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "jobContext"),
            ({"jobContext": {}}, "title"),
            ({"jobContext": {"title": ""}}, "title"),
            ({"jobContext": {"title": " "}}, "title"),
            ({"jobContext": {"title": "\x1c\x1f\u2028"}}, "title"),
            ({"jobContext": {"title": None}}, "title"),
            ({"jobContext": {"title": 5}}, "title"),
            ({"jobContext": {"title": "x" * 301}}, "title"),
            ({"jobContext": {"title": "x", "description": "x" * 20_001}}, "description"),
            ({"jobContext": {"title": "x", "requirements": "React"}}, "requirements"),
            ({"jobContext": {"title": "x", "requirements": [1]}}, "requirements"),
            ({"jobContext": {"title": "x", "interviewType": "riddle"}}, "interviewType"),
            ({"jobContext": {"title": "x", "seniority": "lead"}}, "seniority"),
            ({"jobContext": {"title": "x"}, "settings": {"confidenceThreshold": 1.1}}, "confidenceThreshold"),
            ({"jobContext": {"title": "x"}, "settings": {"confidenceThreshold": "0.8"}}, "confidenceThreshold"),
            ({"jobContext": {"title": "x"}, "settings": {"transcriptionEnabled": "yes"}}, "transcriptionEnabled"),
            ({"jobContext": {"title": "x"}, "settings": {"preferredLanguage": "Klingon"}}, "preferredLanguage"),
            ({"jobContext": {"title": "x"}, "settings": {"preferredLanguage": "xx"}}, "preferredLanguage"),
            ({"jobContext": {"title": "x"}, "settings": {"preferredLanguage": ""}}, "preferredLanguage"),
            ({"jobContext": {"title": "x"}, "settings": {"enabledFeatures": ["mind-reading"]}}, "enabledFeatures"),
            ({"jobContext": "Software Engineer"}, "jobContext"),
        ],
    )
    async def test_bad_input_names_its_field(
        self, alice: httpx.AsyncClient, body: Mapping[str, Any], field: str
    ) -> None:
        assert field in bad(await alice.post(BASE, json=body))
        assert await got(alice, "") == []

    @pytest.mark.parametrize("limit", ["0", "101", "-1", "ten", "1.5"])
    async def test_limit_is_1_to_100(self, alice: httpx.AsyncClient, limit: str) -> None:
        assert "limit" in bad(await alice.get(BASE, params={"limit": limit}))


class TestInteractions:
    async def test_without_a_classification_it_is_classified(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice, seniority="senior")
        for question, expected in (
            ("Tell me about yourself", ("behavioral", "introduction", "junior", False)),
            ("Tell me about a time you argued with a colleague.", ("behavioral", "conflict", "mid", True)),
            ("How would you secure an authentication service?", ("technical", "security", "senior", False)),
        ):
            shown = (await an_interaction(alice, session, question))["questionClassification"]
            assert (shown["type"], shown["category"], shown["requiresSTAR"]) == (*expected[:2], expected[3])
            assert shown["difficulty"] in ("junior", "mid", "senior")

    async def test_what_a_caller_says_of_it_counts_and_the_rest_is_told(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        said = {"type": "situational", "requiresSTAR": True}
        shown = (await an_interaction(alice, session, questionClassification=said))["questionClassification"]
        assert shown == {**said, "category": "introduction", "difficulty": "junior"}
        assert (await got(alice, f"/{session}/interactions"))[0]["questionClassification"] == shown

    @pytest.mark.parametrize("question", ["Tell me about yourself", "What is your experience with React?", "Why us?"])
    @pytest.mark.parametrize("sent", [{}, {"generatedResponses": None}])
    async def test_without_responses_some_are_suggested(
        self, alice: httpx.AsyncClient, question: str, sent: Mapping[str, Any]
    ) -> None:
        session = await a_session(alice, company="Tech Corp", requirements=["React"])
        suggested = (await an_interaction(alice, session, question, **sent))["generatedResponses"]
        assert suggested
        for response in suggested:
            assert set(response) == set(RESPONSE)
            assert response["structure"] in ("STAR", "direct", "technical")
            assert 0.8 <= response["confidence"] <= 1
            assert response["estimatedDuration"] > 0
            assert "Software Engineer at Tech Corp" in response["content"]
            assert "built-in" in response["tags"]
            assert ("React" in response["tags"]) == ("React" in question)
        assert (await got(alice, f"/{session}/interactions"))[0]["generatedResponses"] == suggested

    async def test_an_empty_list_is_kept_as_given(self, alice: httpx.AsyncClient) -> None:
        made = await an_interaction(alice, await a_session(alice), generatedResponses=[])
        assert made["generatedResponses"] == []

    async def test_with_generation_off_none_are_suggested(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice, settings={"responseGeneration": False})
        assert (await an_interaction(alice, session))["generatedResponses"] == []
        sent = await an_interaction(alice, session, generatedResponses=[RESPONSE])
        assert sent["generatedResponses"] == [RESPONSE]

    async def test_the_threshold_hides_what_is_below_it(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        responses = [RESPONSE | {"id": f"r{value}", "confidence": value} for value in (0.5, 0.8, 0.95)]
        made = await an_interaction(alice, session, generatedResponses=responses)
        assert [each["confidence"] for each in made["generatedResponses"]] == [0.8, 0.95]
        for threshold, shown in ((1, []), (0.9, [0.95]), (0, [0.5, 0.8, 0.95])):
            await put(alice, f"/{session}", {"settings": {"confidenceThreshold": threshold}})
            (interaction,) = await got(alice, f"/{session}/interactions")
            assert [each["confidence"] for each in interaction["generatedResponses"]] == shown

    async def test_a_completed_session_takes_no_more_but_feedback_and_metrics(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        made = await an_interaction(alice, session)
        await put(alice, f"/{session}/complete")
        answer = await alice.post(f"{BASE}/interactions", json={"sessionId": session, "question": "One more?"})
        assert "'completed'" in bad(answer)
        assert (await put(alice, f"/interactions/{made['id']}", {"userFeedback": 3}))["userFeedback"] == 3
        await recorded(alice, session, userSatisfaction=4)
        assert len(await got(alice, f"/{session}/interactions")) == 1

    async def test_a_paused_session_stays_paused(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        await put(alice, f"/{session}/pause")
        await an_interaction(alice, session)
        assert (await got(alice, f"/{session}"))["status"] == "paused"

    async def test_each_part_can_be_said_alone_and_anew(self, alice: httpx.AsyncClient) -> None:
        made = await an_interaction(alice, await a_session(alice))
        path = f"/interactions/{made['id']}"
        await put(alice, path, {"userFeedback": 2})
        body = await put(alice, path, {"selectedResponse": "First"})
        assert (body["selectedResponse"], body["userFeedback"]) == ("First", 2)
        body = await put(alice, path, {"selectedResponse": "Second", "userFeedback": None})
        assert (body["selectedResponse"], body["userFeedback"]) == ("Second", 2)

    async def test_twenty_at_once_lose_none(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        questions = [f"What is {number}?" for number in range(20)]
        await asyncio.gather(*(an_interaction(alice, session, question) for question in questions))
        kept = await got(alice, f"/{session}/interactions")
        assert sorted(each["question"] for each in kept) == sorted(questions)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"question": ""}, "question"),
            ({"question": "  "}, "question"),
            ({"question": "\x1c"}, "question"),
            ({"question": None}, "question"),
            ({"question": 1}, "question"),
            ({"question": "x" * 50_001}, "question"),
            ({"sessionId": 5}, "sessionId"),
            ({"questionClassification": {"type": "riddle"}}, "type"),
            ({"questionClassification": {"difficulty": "hard"}}, "difficulty"),
            ({"questionClassification": {"requiresSTAR": "no"}}, "requiresSTAR"),
            ({"questionClassification": "technical"}, "questionClassification"),
            ({"generatedResponses": "none"}, "generatedResponses"),
            ({"generatedResponses": [{}]}, "content"),
            ({"generatedResponses": [RESPONSE | {"confidence": 1.5}]}, "confidence"),
            ({"generatedResponses": [RESPONSE | {"structure": "poem"}]}, "structure"),
            ({"generatedResponses": [RESPONSE | {"estimatedDuration": -1}]}, "estimatedDuration"),
            ({"generatedResponses": [RESPONSE | {"tags": "one"}]}, "tags"),
            ({"generatedResponses": [RESPONSE] * 51}, "generatedResponses"),
        ],
    )
    async def test_bad_input_names_its_field(
        self, alice: httpx.AsyncClient, change: Mapping[str, Any], field: str
    ) -> None:
        session = await a_session(alice)
        body = {"sessionId": session, "question": "Why?"} | change
        assert field in bad(await alice.post(f"{BASE}/interactions", json=body))
        assert await got(alice, f"/{session}/interactions") == []

    @pytest.mark.parametrize(
        "change",
        [
            {},
            {"selectedResponse": None, "userFeedback": None},
            {"selectedResponse": ""},
            {"selectedResponse": " "},
            {"selectedResponse": "\x1d"},
            {"selectedResponse": 7},
            {"userFeedback": 0},
            {"userFeedback": 6},
            {"userFeedback": 4.5},
            {"userFeedback": "5"},
            {"userFeedback": True},
        ],
    )
    async def test_bad_feedback(self, alice: httpx.AsyncClient, change: Mapping[str, Any]) -> None:
        made = await an_interaction(alice, await a_session(alice))
        bad(await alice.put(f"{BASE}/interactions/{made['id']}", json=change))
        assert await got(alice, f"/{made['sessionId']}/interactions") == [made]

    async def test_somebody_elses_and_nobodys(self, alice: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
        made = await an_interaction(alice, await a_session(alice))
        change = {"userFeedback": 5}
        refused(await bob.put(f"{BASE}/interactions/{made['id']}", json=change), 403, "Forbidden")
        refused(await bob.put(f"{BASE}/interactions/{new_id()}", json=change), 404, "Not Found")
        refused(await bob.put(f"{BASE}/interactions/x", json=change), 404, "Not Found")
        for path, body in (
            ("/interactions", {"sessionId": made["sessionId"], "question": "Why?"}),
            ("/metrics", {"sessionId": made["sessionId"], "totalLatencyMs": 1}),
        ):
            refused(await bob.post(f"{BASE}{path}", json=body), 403, "Forbidden")
            refused(await bob.post(f"{BASE}{path}", json=body | {"sessionId": str(new_id())}), 404, "Not Found")


def _written(asked: Asked) -> dict[str, Any]:
    return {
        "responses": [
            {
                "content": "I have used it at [where], for [how long].",
                "structure": "direct",
                "confidence": 0.85,
                "tags": ["experience"],
            },
            {"content": "Ich [was ich tat].", "structure": "STAR", "confidence": 0.9, "tags": []},
            {"content": "I cut costs by 73 percent.", "structure": "direct", "confidence": 0.99, "tags": []},
        ]
    }


class TestModelServer:
    async def test_suggests_in_the_sessions_language_and_makes_up_no_figure(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice, company="Tech Corp", settings={"preferredLanguage": "de"})
        with model_server(reply=_written) as server:
            made = await an_interaction(alice, session, "What is your experience with React?")
        assert [each["content"] for each in made["generatedResponses"]] == [
            "Ich [was ich tat].",
            "I have used it at [where], for [how long].",
        ]
        assert all("model-server" in each["tags"] for each in made["generatedResponses"])
        (asked,) = server.asked
        assert asked.data["question"] == "What is your experience with React?"
        assert (asked.data["language"], asked.data["job"]["company"]) == ("de", "Tech Corp")
        # What people wrote is data, never an instruction.
        assert "React" not in asked.system
        assert "Tech Corp" not in asked.system

    @pytest.mark.parametrize(
        "manner", [Manner.FAILING, Manner.GARBAGE, Manner.WRONG_FORM, Manner.REFUSING, Manner.SLOW]
    )
    async def test_where_it_fails_the_built_in_ones_say_so(self, alice: httpx.AsyncClient, manner: Manner) -> None:
        session = await a_session(alice)
        with model_server(manner, INTERVI_SUGGESTION_TIMEOUT_SECONDS="1", INTERVI_OPENAI_TIMEOUT_SECONDS="1"):
            made = await an_interaction(alice, session)
        assert made["generatedResponses"]
        for response in made["generatedResponses"]:
            assert {"built-in", "model-server-failed"} <= set(response["tags"])

    async def test_is_not_asked_where_nothing_is_to_be_suggested(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice, settings={"responseGeneration": False})
        with model_server(reply=_written) as server:
            await an_interaction(alice, session)
            await an_interaction(alice, await a_session(alice), generatedResponses=[])
        assert server.asked == []


class TestMetrics:
    async def test_what_was_not_measured_stays_null(self, alice: httpx.AsyncClient) -> None:
        body = await recorded(alice, await a_session(alice), transcriptionLatencyMs=1200, responseGenerationMs=800)
        assert body["totalLatencyMs"] is None
        assert (body["transcriptionAccuracy"], body["userSatisfaction"]) == (None, None)

    @pytest.mark.parametrize(
        ("figures", "field"),
        [
            ({}, "figure"),
            (dict.fromkeys(FIGURES), "figure"),
            ({"totalLatencyMs": -1}, "totalLatencyMs"),
            ({"totalLatencyMs": 1e308}, "totalLatencyMs"),
            ({"totalLatencyMs": "2000"}, "totalLatencyMs"),
            ({"transcriptionLatencyMs": True}, "transcriptionLatencyMs"),
            ({"transcriptionAccuracy": 1.01}, "transcriptionAccuracy"),
            ({"transcriptionAccuracy": -0.01}, "transcriptionAccuracy"),
            ({"userSatisfaction": 0}, "userSatisfaction"),
            ({"userSatisfaction": 6}, "userSatisfaction"),
        ],
    )
    async def test_bad_input_names_its_field(
        self, alice: httpx.AsyncClient, figures: Mapping[str, Any], field: str
    ) -> None:
        session = await a_session(alice)
        assert field in bad(await alice.post(f"{BASE}/metrics", json={"sessionId": session, **figures}))
        assert await got(alice, f"/{session}/metrics") == []


class TestAnalytics:
    async def _place(self, session_id: str, moment: datetime, minutes: float = 0, paused_minutes: float = 0) -> None:
        """Moves a session with its questions and metrics to another time."""
        async with transaction() as session:
            interview = await session.get_one(Interview, parse_id(session_id))
            interview.created_at = interview.started_at = moment
            interview.paused_seconds = 60 * paused_minutes
            if interview.ended_at:
                interview.ended_at = moment + timedelta(minutes=minutes)
            for table in (Exchange, RecordedMetrics):
                for row in await session.exec(select(table).where(table.interview_id == interview.id)):
                    row.created_at = moment

    async def test_of_nothing(self, alice: httpx.AsyncClient) -> None:
        assert await got(alice, "/analytics") == {
            "totalSessions": 0,
            "averageSessionDuration": 0,
            "averageLatency": 0,
            "averageAccuracy": 0,
            "averageSatisfaction": 0,
            "mostCommonQuestionTypes": [],
            "performanceTrends": [],
        }

    async def test_averages(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        await recorded(alice, session, totalLatencyMs=1000, transcriptionAccuracy=0.9, userSatisfaction=4)
        await recorded(alice, session, totalLatencyMs=1001, transcriptionAccuracy=0.955, userSatisfaction=5)
        await recorded(alice, session, transcriptionLatencyMs=9, userSatisfaction=5)
        body = await got(alice, "/analytics")
        assert body["averageLatency"] == 1000.5
        assert body["averageAccuracy"] == 0.93
        assert body["averageSatisfaction"] == 4.7

    async def test_duration_is_wall_time_less_pauses_of_completed_sessions(self, alice: httpx.AsyncClient) -> None:
        start = datetime(2024, 1, 10, 12, tzinfo=UTC)
        for minutes, paused in ((40, 0), (60, 10)):
            session = await a_session(alice)
            await put(alice, f"/{session}/complete")
            await self._place(session, start, minutes, paused)
        await self._place(await a_session(alice), start)
        body = await got(alice, "/analytics")
        assert (body["totalSessions"], body["averageSessionDuration"]) == (3, 45)

    async def test_both_dates_are_inclusive_in_the_users_zone(self, alice: httpx.AsyncClient) -> None:
        async with transaction() as session:
            (await session.exec(select(User))).one().time_zone = "Asia/Tokyo"
        # 1 January in Tokyo begins at 15:00 UTC on 31 December.
        for moment in (
            datetime(2023, 12, 31, 14, 59, 59, tzinfo=UTC),
            datetime(2023, 12, 31, 15, tzinfo=UTC),
            datetime(2024, 1, 31, 14, 59, 59, tzinfo=UTC),
            datetime(2024, 1, 31, 15, tzinfo=UTC),
        ):
            session_id = await a_session(alice)
            await an_interaction(alice, session_id)
            await recorded(alice, session_id, totalLatencyMs=100)
            await self._place(session_id, moment)
        body = await got(alice, "/analytics", startDate="2024-01-01", endDate="2024-01-31")
        assert body["totalSessions"] == 2
        assert body["mostCommonQuestionTypes"] == [{"type": "behavioral", "count": 2}]
        assert [trend["date"] for trend in body["performanceTrends"]] == ["2024-01-01", "2024-01-31"]
        assert (await got(alice, "/analytics", startDate="2024-01-31"))["totalSessions"] == 2
        assert (await got(alice, "/analytics", endDate="2023-12-31"))["totalSessions"] == 1
        assert (await got(alice, "/analytics", startDate="0001-01-01", endDate="9999-12-31"))["totalSessions"] == 4

    async def test_interviews_about_others_and_of_others_count_in_none(
        self, alice: httpx.AsyncClient, bob: httpx.AsyncClient
    ) -> None:
        for client in (alice, bob):
            session_id = await a_session(client)
            await an_interaction(client, session_id)
            await recorded(client, session_id, **FIGURES)
            if client is alice:
                async with transaction() as session:
                    interview = await session.get_one(Interview, parse_id(session_id))
                    interview.origin, interview.about_others = Origin.HIRING, True
        body = await got(alice, "/analytics")
        assert (body["totalSessions"], body["averageLatency"]) == (0, 0)
        assert (body["mostCommonQuestionTypes"], body["performanceTrends"]) == ([], [])
        assert len(await got(alice, "")) == 1

    @pytest.mark.parametrize(
        ("params", "field"),
        [
            ({"startDate": "2024-02-01", "endDate": "2024-01-31"}, "startDate"),
            ({"startDate": "2024-02-30"}, "startDate"),
            ({"startDate": "yesterday"}, "startDate"),
            ({"endDate": "1706659200"}, "endDate"),
            ({"endDate": "20240131"}, "endDate"),
            ({"endDate": "2024-W05-3"}, "endDate"),
            ({"endDate": ""}, "endDate"),
        ],
    )
    async def test_bad_dates(self, alice: httpx.AsyncClient, params: Mapping[str, str], field: str) -> None:
        assert field in bad(await alice.get(f"{BASE}/analytics", params=params))


class TestAcrossContracts:
    async def test_a_question_with_its_answer_is_one_record(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        turn = {"bot": "Tell me about a time you failed.", "user": "Last year I missed a deadline."}
        assert (await alice.patch(f"/api/v1/interview/sessions/{session}", json=turn)).is_success
        (interaction,) = await got(alice, f"/{session}/interactions")
        assert (interaction["question"], interaction["selectedResponse"]) == (turn["bot"], turn["user"])
        assert interaction["questionClassification"]["type"] == "behavioral"
        assert interaction["questionClassification"]["requiresSTAR"] is True
        assert interaction["generatedResponses"] == []
        rated = await put(alice, f"/interactions/{interaction['id']}", {"userFeedback": 4})
        assert rated == interaction | {"userFeedback": 4}

        made = await an_interaction(alice, session)
        await put(alice, f"/interactions/{made['id']}", {"selectedResponse": "I am a developer."})
        shown = (await alice.get(f"/api/v1/interview/sessions/{session}")).json()["data"]
        assert (shown["domain"], shown["status"]) == ("", "in-progress")
        assert [(each["bot"], each["user"]) for each in shown["QnA"]] == [
            (turn["bot"], turn["user"]),
            (ABOUT_YOURSELF, "I am a developer."),
        ]

    async def test_what_conversation_made_is_read_here(self, alice: httpx.AsyncClient) -> None:
        created = await alice.post("/api/v1/interview/sessions", json={"domain": "Sales", "difficulty": "hard"})
        session = created.json()["data"]["sessionId"]
        shown = await got(alice, f"/{session}")
        assert (shown["status"], shown["startedAt"]) == ("paused", None)
        assert shown["jobContext"] == {"title": "Sales", "interviewType": "mixed", "seniority": "senior"}
        await alice.patch(f"/api/v1/interview/sessions/{session}/end", json={"finalScore": 70})
        assert (await got(alice, f"/{session}"))["status"] == "completed"

    async def test_every_spelling_of_an_id_is_taken(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        identity = parse_id(session)
        assert identity is not None
        for spelled in (session, session.upper(), hex24(identity), HIRING.spell_id(identity)):
            assert (await got(alice, f"/{spelled}"))["id"] == session
        made = await an_interaction(alice, hex24(identity))
        assert made["sessionId"] == session

    async def test_deleting_takes_everything_with_it(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice)
        made = await an_interaction(alice, session_id)
        await put(alice, f"/interactions/{made['id']}", {"userFeedback": 5})
        await recorded(alice, session_id, **FIGURES)
        upload = await alice.post(
            f"/interview/sessions/{session_id}/media",
            params={"media_type": "audio"},
            files={"file": ("answer.wav", A_RECORDING)},
        )
        assert upload.status_code == 201
        assert (await alice.delete(f"{BASE}/{session_id}")).status_code == 204
        async with transaction() as session:
            for table in (Interview, Exchange, Assistance, RecordedMetrics):
                assert (await session.exec(select(func.count()).select_from(table))).one() == 0
        refused(await alice.delete(f"{BASE}/{session_id}"), 404, "Not Found")

    async def test_a_cookie_is_taken_too(self, app: FastAPI) -> None:
        async with sign_up(app) as client:
            token = client.headers.pop("Authorization").removeprefix("Bearer ")
            client.cookies.set("token", token)
            session = await a_session(client)
            assert (await got(client, f"/{session}"))["id"] == session
            foreign = {"Origin": "https://evil.example"}
            refused(await client.put(f"{BASE}/{session}/complete", headers=foreign), 403, "Forbidden")


class TestRefusals:
    @pytest.mark.parametrize("spelled", ["x", "64a7b8c9d1234567890abcde", "undefined", "interactions", "%F0%9F%A6%84"])
    async def test_an_id_of_nothing(self, alice: httpx.AsyncClient, spelled: str) -> None:
        refused(await alice.get(f"{BASE}/{spelled}"), 404, "Not Found")

    async def test_wrong_method_content_type_and_json(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        refused(await alice.patch(f"{BASE}/{session}", json={}), 405, "Method Not Allowed")
        text = {"Content-Type": "text/plain"}
        refused(await alice.put(f"{BASE}/{session}", content="x", headers=text), 415, "Unsupported Media Type")
        broken = {"Content-Type": "application/json"}
        bad(await alice.put(f"{BASE}/{session}", content="{", headers=broken))
        bad(await alice.put(f"{BASE}/{session}", json={"jobContext": {"company": "a\u0000b"}}))
