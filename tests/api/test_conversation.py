"""The conversation contract, example by example; then what it settles, and what it refuses."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from intervi.analysis.models import Analysis, AnalysisStage
from intervi.api.contract import HIRING
from intervi.database import transaction
from intervi.ids import hex24, new_id, parse_id
from intervi.interviews.models import Exchange, Interview, Origin
from intervi.settings import settings
from tests.api.people import PASSWORD, sign_up, stranger_to
from tests.api.recordings import A_RECORDING

BASE = "/api/v1/interview"
HEX24 = re.compile(r"[0-9a-f]{24}\Z")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")
TURN = {"bot": "What is your experience with React?", "user": "I have 3 years of experience with React..."}


async def a_session(
    client: httpx.AsyncClient, domain: str = "Software Engineering", difficulty: str | None = "medium"
) -> str:
    body = {"domain": domain} | ({"difficulty": difficulty} if difficulty else {})
    answer = await client.post(f"{BASE}/sessions", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["sessionId"])


async def an_ended_session(client: httpx.AsyncClient, score: float | None, **new: Any) -> str:
    session = await a_session(client, **new)
    answer = await client.patch(f"{BASE}/sessions/{session}/end", json={"finalScore": score})
    assert answer.status_code == 200, answer.text
    return session


async def data_of(client: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await client.get(f"{BASE}{path}", params=params)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert set(body) == {"success", "data"}
    assert body["success"] is True
    return body["data"]


def refused(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"success", "message"}
    assert answer.json()["success"] is False
    message = answer.json()["message"]
    assert isinstance(message, str)
    assert message
    return message


class TestPublishedExamples:
    """Every example of the document, in its order: the same request, the same fields and types in the answer."""

    async def test_1_create(self, alice: httpx.AsyncClient) -> None:
        answer = await alice.post(f"{BASE}/sessions", json={"domain": "Software Engineering", "difficulty": "medium"})
        assert answer.status_code == 201
        body = answer.json()
        assert set(body) == {"success", "message", "data"}
        assert (body["success"], body["message"]) == (True, "Interview session created successfully")
        data = body["data"]
        assert set(data) == {"sessionId", "domain", "difficulty", "createdAt"}
        assert HEX24.match(data["sessionId"])
        assert (data["domain"], data["difficulty"]) == ("Software Engineering", "medium")
        assert TIME.match(data["createdAt"])

    async def test_2_get(self, app: FastAPI) -> None:
        async with stranger_to(app) as john:
            registration = {
                "email": "john@example.com",
                "password": PASSWORD,
                "firstName": "John",
                "lastName": "Doe",
            }
            await john.post("/api/auth/register", json=registration)
            session = await a_session(john)
            data = await data_of(john, f"/sessions/{session}")
        assert {"_id", "user", "domain", "difficulty", "QnA", "feedBack", "score", "createdAt"} <= set(data)
        assert data["_id"] == session
        assert data["user"] == {"name": "John Doe", "email": "john@example.com"}
        assert (data["domain"], data["difficulty"]) == ("Software Engineering", "medium")
        assert data["QnA"] == []
        assert data["feedBack"] == ""
        assert data["score"] == 0
        assert isinstance(data["score"], int)
        assert TIME.match(data["createdAt"])

    async def test_3_conversation(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        spoken = {"bot": "Tell me about yourself", "user": "I am a software developer..."}
        await alice.patch(f"{BASE}/sessions/{session}", json=spoken)
        data = await data_of(alice, f"/sessions/{session}/conversation")
        assert set(data) == {"sessionId", "domain", "difficulty", "conversation", "totalQuestions", "createdAt"}
        assert data["sessionId"] == session
        (turn,) = data["conversation"]
        assert set(turn) == {"bot", "user", "createdAt"}
        assert (turn["bot"], turn["user"]) == ("Tell me about yourself", "I am a software developer...")
        assert TIME.match(turn["createdAt"])
        assert data["totalQuestions"] == 1

    async def test_4_add(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        await alice.patch(f"{BASE}/sessions/{session}", json={"bot": "Tell me about yourself", "user": "I am ..."})
        answer = await alice.patch(f"{BASE}/sessions/{session}", json=TURN)
        assert answer.status_code == 200
        body = answer.json()
        assert set(body) == {"success", "message", "data"}
        assert body["message"] == "Interview session updated successfully"
        assert set(body["data"]) == {"sessionId", "latestQnA", "totalQuestions"}
        assert body["data"]["sessionId"] == session
        latest = body["data"]["latestQnA"]
        assert set(latest) == {"bot", "user", "createdAt"}
        assert {"bot": latest["bot"], "user": latest["user"]} == TURN
        assert body["data"]["totalQuestions"] == 2

    async def test_5_end(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        for _turn in range(5):
            await alice.patch(f"{BASE}/sessions/{session}", json=TURN)
        said = {"finalScore": 85, "feedback": "Good technical knowledge, needs improvement in communication"}
        answer = await alice.patch(f"{BASE}/sessions/{session}/end", json=said)
        assert answer.status_code == 200
        assert answer.json() == {
            "success": True,
            "message": "Interview session ended successfully",
            "data": {
                "sessionId": session,
                "totalQuestions": 5,
                "finalScore": 85,
                "feedback": "Good technical knowledge, needs improvement in communication",
                "domain": "Software Engineering",
                "difficulty": "medium",
            },
        }

    async def test_6_feedback(self, alice: httpx.AsyncClient) -> None:
        session = await an_ended_session(alice, 85)
        said = {"feedback": "Excellent performance in technical questions", "score": 92}
        answer = await alice.patch(f"{BASE}/sessions/{session}/feedback", json=said)
        assert answer.status_code == 200
        assert answer.json() == {
            "success": True,
            "message": "Interview feedback updated successfully",
            "data": {"sessionId": session, **said},
        }

    async def test_7_history(self, alice: httpx.AsyncClient) -> None:
        sessions = [await a_session(alice) for _number in range(25)]
        data = await data_of(alice, "/history")
        assert set(data) == {"interviews", "pagination"}
        assert data["pagination"] == {
            "currentPage": 1,
            "totalPages": 3,
            "totalItems": 25,
            "hasNextPage": True,
            "hasPrevPage": False,
        }
        assert [item["sessionId"] for item in data["interviews"]] == sessions[:-11:-1]

    async def test_8_recent(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        for _turn in range(5):
            await alice.patch(f"{BASE}/sessions/{session}", json=TURN)
        await alice.patch(f"{BASE}/sessions/{session}/end", json={"finalScore": 85})
        (item,) = await data_of(alice, "/recent", limit=3)
        example = {
            "sessionId": session,
            "domain": "Software Engineering",
            "difficulty": "medium",
            "score": 85,
            "questionsCount": 5,
            "status": "completed",
        }
        assert example.items() <= item.items()
        assert TIME.match(item["createdAt"])

    async def test_9_stats(self, alice: httpx.AsyncClient) -> None:
        for score in (82.6, 82):
            await an_ended_session(alice, score)
        await an_ended_session(alice, 64, domain="Falconry", difficulty="hard")
        await alice.patch(f"{BASE}/sessions/{await a_session(alice)}", json=TURN)
        assert await data_of(alice, "/stats") == {
            "overview": {"totalInterviews": 4, "averageScore": 76.2, "totalQuestions": 1},
            "domainBreakdown": [
                {"domain": "Software Engineering", "count": 3, "averageScore": 82.3},
                {"domain": "Falconry", "count": 1, "averageScore": 64},
            ],
            "difficultyBreakdown": [
                {"difficulty": "medium", "count": 3, "averageScore": 82.3},
                {"difficulty": "hard", "count": 1, "averageScore": 64},
            ],
        }

    async def test_10_delete(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        await alice.patch(f"{BASE}/sessions/{session}", json=TURN)
        answer = await alice.delete(f"{BASE}/sessions/{session}")
        assert answer.status_code == 200
        assert answer.json() == {"success": True, "message": "Interview session deleted successfully"}
        refused(await alice.get(f"{BASE}/sessions/{session}"), 404)
        refused(await alice.delete(f"{BASE}/sessions/{session}"), 404)

    async def test_usage_examples(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice, "Data Science", "hard")
        turn = {
            "bot": "Explain the difference between supervised and unsupervised learning",
            "user": "Supervised learning uses labeled data...",
        }
        assert (await alice.patch(f"{BASE}/sessions/{session}", json=turn)).is_success
        said = {"finalScore": 88, "feedback": "Strong understanding of ML concepts"}
        assert (await alice.patch(f"{BASE}/sessions/{session}/end", json=said)).is_success
        assert len(await data_of(alice, "/recent?limit=3")) == 1
        found = await data_of(alice, "/history?domain=Data%20Science&page=1&limit=5")
        assert [item["sessionId"] for item in found["interviews"]] == [session]


class TestCookie:
    async def test_a_browser_that_signed_in_goes_on_by_its_cookie(self, client: httpx.AsyncClient) -> None:
        await client.post("/api/auth/register", json={"email": "a@example.com", "password": PASSWORD})
        session = await a_session(client)
        own = {"Origin": settings().base_url}
        assert (await client.patch(f"{BASE}/sessions/{session}", json=TURN, headers=own)).is_success

    @pytest.mark.parametrize("origin", ["https://evil.example", "null"])
    async def test_another_sites_page_changes_nothing(self, client: httpx.AsyncClient, origin: str) -> None:
        await client.post("/api/auth/register", json={"email": "a@example.com", "password": PASSWORD})
        session = await a_session(client)
        foreign = {"Origin": origin}
        for method, path, body in (
            ("POST", "/sessions", {"domain": "Sales"}),
            ("PATCH", f"/sessions/{session}", TURN),
            ("PATCH", f"/sessions/{session}/end", {}),
            ("PATCH", f"/sessions/{session}/feedback", {"score": 1}),
            ("DELETE", f"/sessions/{session}", None),
        ):
            refused(await client.request(method, f"{BASE}{path}", json=body, headers=foreign), 403)
        shown = await data_of(client, f"/sessions/{session}")
        assert (shown["status"], shown["QnA"], shown["score"]) == ("scheduled", [], 0)
        assert (await data_of(client, "/stats"))["overview"]["totalInterviews"] == 1

    async def test_a_bearer_is_no_browsers_doing(self, alice: httpx.AsyncClient) -> None:
        body = {"domain": "Sales"}
        answer = await alice.post(f"{BASE}/sessions", json=body, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 201


class TestLifeCycle:
    async def test_from_scheduled_to_completed(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        assert await self._status(alice) == "scheduled"
        await alice.patch(f"{BASE}/sessions/{session}", json=TURN)
        assert await self._status(alice) == "in-progress"
        await alice.patch(f"{BASE}/sessions/{session}/end", json={})
        assert await self._status(alice) == "completed"

    async def test_the_end_needs_no_score_and_no_body(self, alice: httpx.AsyncClient) -> None:
        for body in ({}, None, {"finalScore": None, "feedback": None}):
            session = await a_session(alice)
            answer = await alice.patch(f"{BASE}/sessions/{session}/end", json=body)
            data = answer.json()["data"]
            assert (data["finalScore"], data["feedback"], data["totalQuestions"]) == (0, "", 0)
        session = await a_session(alice)
        assert (await alice.patch(f"{BASE}/sessions/{session}/end")).is_success

    async def test_a_finished_session_takes_no_more_questions_and_no_second_end(self, alice: httpx.AsyncClient) -> None:
        session = await an_ended_session(alice, 85)
        message = refused(await alice.patch(f"{BASE}/sessions/{session}", json=TURN), 400)
        assert "completed" in message
        assert "in-progress" in message
        message = refused(await alice.patch(f"{BASE}/sessions/{session}/end", json={"finalScore": 1}), 400)
        assert "completed" in message
        assert (await data_of(alice, f"/sessions/{session}"))["score"] == 85

    async def test_feedback_on_a_running_session_does_not_end_it(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        await alice.patch(f"{BASE}/sessions/{session}", json=TURN)
        await alice.patch(f"{BASE}/sessions/{session}/feedback", json={"score": 40, "feedback": "So far"})
        shown = await data_of(alice, f"/sessions/{session}")
        assert (shown["status"], shown["score"], shown["feedBack"]) == ("in-progress", 40, "So far")

    async def test_feedback_can_be_changed_after_the_end_and_each_part_alone(self, alice: httpx.AsyncClient) -> None:
        session = await an_ended_session(alice, 85)
        path = f"{BASE}/sessions/{session}/feedback"
        first = await alice.patch(path, json={"feedback": "Better than it looked"})
        assert first.json()["data"] == {"sessionId": session, "feedback": "Better than it looked", "score": 85}
        second = await alice.patch(path, json={"score": 90.5})
        assert second.json()["data"] == {"sessionId": session, "feedback": "Better than it looked", "score": 90.5}

    async def test_an_answer_may_be_empty(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        answer = await alice.patch(f"{BASE}/sessions/{session}", json=TURN | {"user": ""})
        assert answer.json()["data"]["latestQnA"]["user"] == ""
        await alice.patch(f"{BASE}/sessions/{session}", json=TURN)
        spoken = (await data_of(alice, f"/sessions/{session}"))["QnA"]
        assert [turn["user"] for turn in spoken] == ["", TURN["user"]]

    async def test_questions_are_in_the_order_spoken(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        questions = [f"Question {number}?" for number in range(12)]
        for question in questions:
            await alice.patch(f"{BASE}/sessions/{session}", json={"bot": question, "user": "x"})
        for path, field in ((f"/sessions/{session}", "QnA"), (f"/sessions/{session}/conversation", "conversation")):
            spoken = (await data_of(alice, path))[field]
            assert [turn["bot"] for turn in spoken] == questions
            assert all(set(turn) == {"bot", "user", "createdAt"} for turn in spoken)

    async def test_twenty_at_once_lose_none(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        turns = [{"bot": f"Question {number}?", "user": f"Answer {number}."} for number in range(20)]
        answers = await asyncio.gather(*(alice.patch(f"{BASE}/sessions/{session}", json=turn) for turn in turns))
        assert sorted(answer.json()["data"]["totalQuestions"] for answer in answers) == list(range(1, 21))
        kept = (await data_of(alice, f"/sessions/{session}"))["QnA"]
        assert sorted((turn["bot"], turn["user"]) for turn in kept) == sorted(
            (turn["bot"], turn["user"]) for turn in turns
        )

    async def test_ended_twenty_times_at_once_it_ends_once(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        path = f"{BASE}/sessions/{session}/end"
        answers = await asyncio.gather(*(alice.patch(path, json={"finalScore": score}) for score in range(20)))
        assert sorted(answer.status_code for answer in answers) == [200] + [400] * 19
        (won,) = (answer.json()["data"]["finalScore"] for answer in answers if answer.is_success)
        assert (await data_of(alice, f"/sessions/{session}"))["score"] == won

    async def _status(self, client: httpx.AsyncClient) -> str:
        (item,) = await data_of(client, "/recent")
        return str(item["status"])


class TestDomain:
    @pytest.mark.parametrize(
        ("written", "shown", "slug"),
        [
            ("software-dev", "Software Engineering", "software-dev"),
            ("software engineering", "Software Engineering", "software-dev"),
            ("Underwater Basket Weaving", "Underwater Basket Weaving", None),
        ],
    )
    async def test_is_shown_by_its_title_and_in_candidate_by_its_id(
        self, alice: httpx.AsyncClient, written: str, shown: str, slug: str | None
    ) -> None:
        session = await a_session(alice, written)
        assert (await data_of(alice, f"/sessions/{session}"))["domain"] == shown
        ids = {domain["slug"]: domain["_id"] for domain in (await alice.get("/api/domains")).json()}
        in_candidate = (await alice.get(f"/api/interviews/sessions/{session}")).json()
        assert in_candidate["domain"] == (ids[slug] if slug else None)

    async def test_difficulty_defaults_to_medium(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice, difficulty=None)
        assert (await data_of(alice, f"/sessions/{session}"))["difficulty"] == "medium"


class TestHistory:
    async def test_filters_match_exactly(self, alice: httpx.AsyncClient) -> None:
        made = {
            (domain, difficulty): await a_session(alice, domain, difficulty)
            for domain in ("Software Engineering", "Software", "Falconry")
            for difficulty in ("easy", "hard")
        }
        for params, expected in (
            ({"domain": "Software Engineering"}, [("Software Engineering", "hard"), ("Software Engineering", "easy")]),
            ({"domain": "software-dev", "difficulty": "easy"}, [("Software Engineering", "easy")]),
            ({"domain": "Software"}, [("Software", "hard"), ("Software", "easy")]),
            ({"domain": "falconry"}, []),
            (
                {"domain": "", "difficulty": "easy"},
                [("Falconry", "easy"), ("Software", "easy"), ("Software Engineering", "easy")],
            ),
            ({"domain": "Falcon"}, []),
            ({"difficulty": "medium"}, []),
            ({"domain": "Falconry", "difficulty": "hard"}, [("Falconry", "hard")]),
        ):
            found = await data_of(alice, "/history", **params)
            assert [item["_id"] for item in found["interviews"]] == [made[key] for key in expected]
            assert found["pagination"]["totalItems"] == len(expected)

    async def test_pages_join_without_gap_or_overlap(self, alice: httpx.AsyncClient) -> None:
        sessions = [await a_session(alice) for _number in range(7)]
        pages = [await data_of(alice, "/history", page=page, limit=3) for page in (1, 2, 3, 4)]
        assert [item["sessionId"] for page in pages for item in page["interviews"]] == sessions[::-1]
        shown = [page["pagination"] for page in pages]
        assert [(each["hasPrevPage"], each["hasNextPage"]) for each in shown] == [
            (False, True),
            (True, True),
            (True, False),
            (True, False),
        ]
        assert {(each["totalPages"], each["totalItems"]) for each in shown} == {(3, 7)}

    async def test_of_nothing(self, alice: httpx.AsyncClient) -> None:
        data = await data_of(alice, "/history")
        assert data["interviews"] == []
        assert data["pagination"] == {
            "currentPage": 1,
            "totalPages": 0,
            "totalItems": 0,
            "hasNextPage": False,
            "hasPrevPage": False,
        }
        assert await data_of(alice, "/recent") == []

    async def test_items_carry_both_ids_and_their_status(self, alice: httpx.AsyncClient) -> None:
        session = await an_ended_session(alice, 70.5)
        for item in (*(await data_of(alice, "/history"))["interviews"], *await data_of(alice, "/recent")):
            assert item["sessionId"] == item["_id"] == session
            assert (item["status"], item["score"]) == ("completed", 70.5)

    async def test_recent_shows_five(self, alice: httpx.AsyncClient) -> None:
        sessions = [await a_session(alice) for _number in range(6)]
        assert [item["sessionId"] for item in await data_of(alice, "/recent")] == sessions[:0:-1]


class TestStatistics:
    async def test_of_nothing_are_zeros(self, alice: httpx.AsyncClient) -> None:
        assert await data_of(alice, "/stats") == {
            "overview": {"totalInterviews": 0, "averageScore": 0, "totalQuestions": 0},
            "domainBreakdown": [],
            "difficultyBreakdown": [],
        }

    async def test_only_completed_sessions_that_have_a_score_are_averaged(self, alice: httpx.AsyncClient) -> None:
        await an_ended_session(alice, 80)
        await an_ended_session(alice, None)
        running = await a_session(alice)
        await alice.patch(f"{BASE}/sessions/{running}/feedback", json={"score": 10})
        overview = (await data_of(alice, "/stats"))["overview"]
        assert (overview["totalInterviews"], overview["averageScore"]) == (3, 80)

    async def test_a_measured_score_counts_where_none_was_reported(self, alice: httpx.AsyncClient) -> None:
        measured, both = await an_ended_session(alice, None), await an_ended_session(alice, 90)
        async with transaction() as session:
            for spelled in (measured, both):
                (await session.get_one(Interview, parse_id(spelled))).measured_score = 60.0
        assert (await data_of(alice, f"/sessions/{measured}"))["score"] == 60
        assert (await data_of(alice, f"/sessions/{both}"))["score"] == 90
        assert (await data_of(alice, "/stats"))["overview"]["averageScore"] == 75

    async def test_interviews_about_others_count_in_none(self, alice: httpx.AsyncClient) -> None:
        session = await an_ended_session(alice, 80)
        about_others = await an_ended_session(alice, 20)
        await alice.patch(f"{BASE}/sessions/{await a_session(alice)}", json=TURN)
        async with transaction() as database:
            interview = await database.get_one(Interview, parse_id(about_others))
            interview.origin, interview.about_others = Origin.HIRING, True
        stats = await data_of(alice, "/stats")
        assert stats["overview"] == {"totalInterviews": 2, "averageScore": 80, "totalQuestions": 1}
        assert [part["count"] for part in stats["domainBreakdown"]] == [2]
        assert {item["sessionId"] for item in await data_of(alice, "/recent")} >= {session, about_others}

    async def test_other_users_count_in_none(self, alice: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
        await an_ended_session(bob, 10)
        assert (await data_of(alice, "/stats"))["overview"]["totalInterviews"] == 0


class TestAcrossContracts:
    async def test_what_coach_made_is_read_here(self, alice: httpx.AsyncClient) -> None:
        made = (await alice.post("/interview/sessions", json={"job_title": "Software Engineer"})).json()
        question = (await alice.post(f"/interview/sessions/{made['id']}/next-question")).json()
        session = hex24(parse_id(made["id"]))
        shown = await data_of(alice, f"/sessions/{made['id']}")
        assert (shown["_id"], shown["status"]) == (session, "in-progress")
        assert [(turn["bot"], turn["user"]) for turn in shown["QnA"]] == [(question["content"], "")]
        assert [item["sessionId"] for item in await data_of(alice, "/recent")] == [session]

    async def test_what_was_made_here_is_read_through_coach(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        await alice.patch(f"{BASE}/sessions/{session}", json=TURN)
        shown = (await alice.get(f"/interview/sessions/{session}")).json()
        assert (parse_id(shown["id"]), shown["status"]) == (parse_id(session), "in_progress")

    async def test_what_was_said_aloud_is_read_as_it_was_recognised(self, alice: httpx.AsyncClient) -> None:
        made = (await alice.post("/interview/sessions", json={"job_title": "Software Engineer"})).json()
        question = (await alice.post(f"/interview/sessions/{made['id']}/next-question")).json()
        async with transaction() as session:
            exchange = await session.get_one(Exchange, parse_id(question["id"]))
            interview = await session.get_one(Interview, exchange.interview_id)
            analysis = Analysis(
                user_id=interview.user_id, interview_id=interview.id, exchange_id=exchange.id, input_hash="x"
            )
            session.add(analysis)
            await session.flush()
            recognised = {"engine": "whisper", "text": "I found it in the logs."}
            session.add(AnalysisStage(analysis_id=analysis.id, stage="transcribe", status="done", result=recognised))
        (turn,) = (await data_of(alice, f"/sessions/{made['id']}"))["QnA"]
        assert turn["user"] == "I found it in the logs."
        async with transaction() as session:
            (await session.get_one(Exchange, parse_id(question["id"]))).corrected_transcript = "In the log files."
        (turn,) = (await data_of(alice, f"/sessions/{made['id']}"))["QnA"]
        assert turn["user"] == "In the log files."

    async def test_at_the_end_every_answer_is_analysed(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice)
        for answer in ("One.", "", "Two."):
            await alice.patch(f"{BASE}/sessions/{session_id}", json=TURN | {"user": answer})
        await alice.patch(f"{BASE}/sessions/{session_id}/end", json={})
        async with transaction() as session:
            assert len((await session.exec(select(Analysis))).all()) == 2

    async def test_every_spelling_of_an_id_is_taken(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        identity = parse_id(session)
        assert identity is not None
        for spelled in (session, session.upper(), str(identity), HIRING.spell_id(identity)):
            assert (await data_of(alice, f"/sessions/{spelled}"))["_id"] == session

    async def test_deleting_takes_everything_with_it(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        await alice.post(
            f"/interview/sessions/{session}/media",
            params={"media_type": "audio"},
            files={"file": ("answer.wav", A_RECORDING)},
        )
        assert (await alice.delete(f"{BASE}/sessions/{session}")).is_success
        for path in (f"/interview/sessions/{session}", f"/interview/sessions/{session}/media"):
            assert (await alice.get(path)).status_code == 404


class TestBadInput:
    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("POST", "/sessions", {}),
            ("POST", "/sessions", {"domain": ""}),
            ("POST", "/sessions", {"domain": "  "}),
            ("POST", "/sessions", {"domain": "\x1c"}),
            ("POST", "/sessions", {"domain": None}),
            ("POST", "/sessions", {"domain": 5}),
            ("POST", "/sessions", {"domain": "x" * 201}),
            ("POST", "/sessions", {"domain": "a\u0000b"}),
            ("POST", "/sessions", {"domain": "Sales", "difficulty": "mid"}),
            ("POST", "/sessions", {"domain": "Sales", "difficulty": None}),
            ("POST", "/sessions", []),
            ("PATCH", "/sessions/{id}", {}),
            ("PATCH", "/sessions/{id}", {"bot": "", "user": "x"}),
            ("PATCH", "/sessions/{id}", {"bot": " ", "user": "x"}),
            ("PATCH", "/sessions/{id}", {"user": "x"}),
            ("PATCH", "/sessions/{id}", {"bot": "Why?"}),
            ("PATCH", "/sessions/{id}", {"bot": "Why?", "user": None}),
            ("PATCH", "/sessions/{id}", {"bot": 1, "user": "x"}),
            ("PATCH", "/sessions/{id}", {"bot": "Why?", "user": "x" * 50_001}),
            ("PATCH", "/sessions/{id}", {"bot": "x" * 50_001, "user": ""}),
            ("PATCH", "/sessions/{id}/end", {"finalScore": "82"}),
            ("PATCH", "/sessions/{id}/end", {"finalScore": True}),
            ("PATCH", "/sessions/{id}/end", {"finalScore": -0.1}),
            ("PATCH", "/sessions/{id}/end", {"finalScore": 100.1}),
            ("PATCH", "/sessions/{id}/end", {"feedback": 7}),
            ("PATCH", "/sessions/{id}/end", {"feedback": "x" * 20_001}),
            ("PATCH", "/sessions/{id}/feedback", {}),
            ("PATCH", "/sessions/{id}/feedback", {"score": 101}),
            ("PATCH", "/sessions/{id}/feedback", {"score": "9"}),
            ("GET", "/history?page=0", None),
            ("GET", "/history?page=-1", None),
            ("GET", "/history?page=two", None),
            ("GET", f"/history?page={10**30}", None),
            ("GET", "/history?limit=0", None),
            ("GET", "/history?limit=101", None),
            ("GET", "/history?difficulty=mid", None),
            ("GET", "/history?domain=%00", None),
            ("GET", "/recent?limit=0", None),
            ("GET", "/recent?limit=101", None),
            ("GET", "/recent?limit=1.5", None),
        ],
    )
    async def test_is_400_and_changes_nothing(
        self, alice: httpx.AsyncClient, method: str, path: str, body: Mapping[str, Any] | None
    ) -> None:
        session = await a_session(alice)
        await alice.patch(f"{BASE}/sessions/{session}", json=TURN)
        before = await data_of(alice, f"/sessions/{session}")
        refused(await alice.request(method, BASE + path.format(id=session), json=body), 400)
        assert await data_of(alice, f"/sessions/{session}") == before
        assert (await data_of(alice, "/stats"))["overview"]["totalInterviews"] == 1

    async def test_a_score_may_be_any_number_of_the_scale(self, alice: httpx.AsyncClient) -> None:
        for score in (0, 100, 0.5, 99.99):
            session = await an_ended_session(alice, score)
            assert (await data_of(alice, f"/sessions/{session}"))["score"] == score

    @pytest.mark.parametrize("spelled", ["x", "64a7b8c9d1234567890abcde", "undefined", "..%2f", "%F0%9F%A6%84"])
    async def test_an_id_of_nothing_is_404(self, alice: httpx.AsyncClient, spelled: str) -> None:
        refused(await alice.get(f"{BASE}/sessions/{spelled}"), 404)

    async def test_somebody_elses_session_is_like_none(self, alice: httpx.AsyncClient, app: FastAPI) -> None:
        session = await a_session(alice)
        async with sign_up(app) as other:
            theirs = await other.get(f"{BASE}/sessions/{session}")
            nobodys = await other.get(f"{BASE}/sessions/{hex24(new_id())}")
        assert (theirs.status_code, theirs.text) == (nobodys.status_code, nobodys.text)

    async def test_wrong_method_and_content_type(self, alice: httpx.AsyncClient) -> None:
        session = await a_session(alice)
        refused(await alice.put(f"{BASE}/sessions/{session}", json=TURN), 405)
        answer = await alice.patch(
            f"{BASE}/sessions/{session}", content="bot=x", headers={"Content-Type": "text/plain"}
        )
        refused(answer, 415)
        answer = await alice.patch(
            f"{BASE}/sessions/{session}", content="{", headers={"Content-Type": "application/json"}
        )
        refused(answer, 400)
