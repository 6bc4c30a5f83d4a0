"""The candidate contract's sessions: its examples as published, and each sentence that our README settles about them."""

import asyncio
import re
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from intervi.clock import now
from intervi.database import transaction
from intervi.ids import hex24, new_id, parse_id
from intervi.interviews.models import Interview
from intervi.settings import settings
from tests.api.candidate_sessions import METRICS, a_completed_session, a_session, domain_id, send_metrics, user_id
from tests.api.people import stranger_to
from tests.api.recordings import A_RECORDING
from tests.api.test_coach import RESULTS, send, work

HEX24 = re.compile(r"[0-9a-f]{24}\Z")
SCHEDULED = "2024-12-25T10:30:00Z"
BEST = {
    "postureScore": 100,
    "eyeContactScore": 100,
    "gestureScore": 100,
    "speechPaceWpm": 140,
    "speechClarityScore": 100,
    "fillerWordFrequency": 0,
}
WORST = {
    "postureScore": 0,
    "eyeContactScore": 0,
    "gestureScore": 0,
    "speechPaceWpm": 0,
    "speechClarityScore": 0,
    "fillerWordFrequency": 1,
}
MIDDLING = {
    "postureScore": 50,
    "eyeContactScore": 50,
    "gestureScore": 50,
    "speechPaceWpm": 90,
    "speechClarityScore": 50,
    "fillerWordFrequency": 0.1,
}
"""Each in the direction of ``BEST`` from ``WORST``."""


def assert_refused(answer: httpx.Response, status: int, *fields: str) -> None:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) == {"message", "details"}
    assert body["message"]
    assert isinstance(body["details"], dict)
    if fields:
        assert set(body["details"]) == set(fields)


async def details_of(client: httpx.AsyncClient, session_id: str) -> dict[str, Any]:
    answer = await client.get(f"/api/interviews/sessions/{session_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def analytics_of(client: httpx.AsyncClient, session_id: str) -> dict[str, Any]:
    answer = await client.get(f"/api/analytics/sessions/{session_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def row(session_id: str) -> Interview:
    async with transaction() as session:
        identity = parse_id(session_id)
        assert identity
        return await session.get_one(Interview, identity)


class TestThePublishedText:
    """ "Interview Sessions" and "Pagination", in the order of the document."""

    async def test_walked_from_top_to_bottom(self, alice: httpx.AsyncClient) -> None:
        created = await alice.post(
            "/api/interviews/sessions",
            json={
                "userId": user_id(alice),
                "domainId": domain_id(),
                "sessionType": "mock",
                "scheduledAt": "2024-12-25T10:30:00Z",
            },
        )
        assert created.status_code == 201
        session_id = created.json()["_id"]
        assert HEX24.match(session_id)
        assert created.json() == {
            "_id": session_id,
            "user": user_id(alice),
            "domain": domain_id(),
            "sessionType": "mock",
            "status": "scheduled",
            "scheduledAt": "2024-12-25T10:30:00Z",
        }

        patched = await alice.patch(f"/api/interviews/sessions/{session_id}/metrics", json={"metrics": METRICS})
        assert patched.status_code == 200
        assert set(patched.json()) == {"_id", "status", "overallScore", "recommendations"}
        assert patched.json() | {"recommendations": []} == {
            "_id": session_id,
            "status": "completed",
            "overallScore": 82,
            "recommendations": [],
        }
        assert "82.0" not in patched.text
        assert all(isinstance(each, str) and each for each in patched.json()["recommendations"])

        listed = await alice.get("/api/interviews/sessions", params={"userId": user_id(alice)})
        assert listed.status_code == 200
        (item,) = listed.json()
        assert item.pop("completedAt").endswith("Z")
        assert item == {
            "_id": session_id,
            "domain": domain_id(),
            "sessionType": "mock",
            "status": "completed",
            "scheduledAt": "2024-12-25T10:30:00Z",
            "overallScore": 82,
        }

        details = await details_of(alice, session_id)
        assert set(details) == {
            "_id", "user", "domain", "sessionType", "status", "scheduledAt", "completedAt",
            "recording", "overallScore", "feedback", "recommendations",
        }  # fmt: skip
        assert details["recording"] is None
        assert details["recommendations"] == patched.json()["recommendations"]
        by_category = {each["category"]: each for each in details["feedback"]}
        assert by_category["eye-contact"]["score"] == 80
        assert all(set(each) == {"category", "score", "comments"} for each in details["feedback"])
        assert all(each["comments"] for each in details["feedback"])

        page = await alice.get("/api/interviews/sessions", params={"page": 1, "pageSize": 10})
        assert page.status_code == 200
        assert page.json() == {"items": listed.json(), "total": 1, "page": 1, "pageSize": 10, "totalPages": 1}


class TestCreate:
    @pytest.mark.parametrize("kind", ["mock", "video", "audio", "text"])
    async def test_every_type(self, alice: httpx.AsyncClient, kind: str) -> None:
        assert (await details_of(alice, await a_session(alice, sessionType=kind)))["sessionType"] == kind

    @pytest.mark.parametrize("left_out", [{}, {"userId": None}, {"scheduledAt": None}])
    async def test_what_may_be_left_out(self, alice: httpx.AsyncClient, left_out: dict[str, None]) -> None:
        details = await details_of(alice, await a_session(alice, **left_out))
        assert (details["user"], details["scheduledAt"]) == (user_id(alice), None)

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("1999-12-31T23:59:59Z", "1999-12-31T23:59:59Z"),
            ("2024-12-25T12:30:00+02:00", SCHEDULED),
            ("2024-12-25T05:00:00-05:30", SCHEDULED),
            ("2024-12-25T10:30:00.250Z", "2024-12-25T10:30:00.250Z"),
        ],
    )
    async def test_times(self, alice: httpx.AsyncClient, sent: str, kept: str) -> None:
        assert (await details_of(alice, await a_session(alice, scheduledAt=sent)))["scheduledAt"] == kept

    async def test_every_spelling_of_an_id(self, alice: httpx.AsyncClient) -> None:
        identity = parse_id(domain_id())
        for spelled in (domain_id().upper(), str(identity), f"domain-{domain_id()}"):
            assert (await details_of(alice, await a_session(alice, domainId=spelled)))["domain"] == domain_id()
        own = parse_id(user_id(alice))
        await a_session(alice, userId=str(own).upper())

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"sessionType": "telepathy"}, "sessionType"),
            ({"sessionType": None}, "sessionType"),
            ({"sessionType": 1}, "sessionType"),
            ({"domainId": None}, "domainId"),
            ({"domainId": 5}, "domainId"),
            ({"userId": 5}, "userId"),
            ({"scheduledAt": "2024-12-25T10:30:00"}, "scheduledAt"),
            ({"scheduledAt": "2024-12-25"}, "scheduledAt"),
            ({"scheduledAt": "tomorrow"}, "scheduledAt"),
            ({"scheduledAt": ""}, "scheduledAt"),
            ({"scheduledAt": 1735122600}, "scheduledAt"),
            ({"scheduledAt": "0001-01-01T00:00:00+14:00"}, "scheduledAt"),
            ({"scheduledAt": "9999-12-31T23:59:59-14:00"}, "scheduledAt"),
        ],
    )
    async def test_bad_input_leaves_nothing(
        self, alice: httpx.AsyncClient, change: dict[str, object], field: str
    ) -> None:
        body = {"domainId": domain_id(), "sessionType": "mock"} | change
        assert_refused(await alice.post("/api/interviews/sessions", json=body), 400, field)
        assert (await alice.get("/api/interviews/sessions")).json() == []

    async def test_missing_fields_are_all_named(self, alice: httpx.AsyncClient) -> None:
        assert_refused(await alice.post("/api/interviews/sessions", json={}), 400, "domainId", "sessionType")

    @pytest.mark.parametrize("unknown", [hex24(new_id()), "x", "", "é" * 1000])
    async def test_an_unknown_domain(self, alice: httpx.AsyncClient, unknown: str) -> None:
        body = {"domainId": unknown, "sessionType": "mock"}
        assert_refused(await alice.post("/api/interviews/sessions", json=body), 404)

    @pytest.mark.parametrize("text", ["\x00", "\ud800"])
    async def test_what_is_no_text(self, alice: httpx.AsyncClient, text: str) -> None:
        import json

        body = json.dumps({"domainId": text, "sessionType": "mock"})
        headers = {"Content-Type": "application/json"}
        assert_refused(await alice.post("/api/interviews/sessions", content=body, headers=headers), 400)


class TestUserId:
    """Another's, or nobody's, in a body or a query: the same 403, and nothing of anybody's."""

    @pytest.fixture(params=["another's", "nobody's", "no id at all", "empty"])
    async def foreign(self, request: pytest.FixtureRequest, bob: httpx.AsyncClient) -> str:
        others = {"another's": user_id(bob), "nobody's": hex24(new_id()), "no id at all": "x", "empty": ""}
        return others[request.param]

    async def test_in_a_body(self, alice: httpx.AsyncClient, foreign: str) -> None:
        new = {"userId": foreign, "domainId": domain_id(), "sessionType": "mock"}
        session_id = await a_session(alice)
        answers = [
            await alice.post("/api/interviews/sessions", json=new),
            await alice.post("/api/interviews/sessions", json=new | {"domainId": "x"}),
            await alice.post("/api/realtime/handshake", json={"userId": foreign}),
            await alice.patch(
                f"/api/interviews/sessions/{session_id}/metrics", json={"metrics": METRICS, "userId": foreign}
            ),
        ]
        for answer in answers:
            assert_refused(answer, 403)
        assert len({answer.text for answer in answers}) == 1
        assert (await row(session_id)).status == "scheduled"

    async def test_in_a_query(self, alice: httpx.AsyncClient, foreign: str) -> None:
        session_id = await a_session(alice)
        for path in (
            "/api/interviews/sessions",
            f"/api/interviews/sessions/{session_id}",
            "/api/analytics/dashboard",
            f"/api/analytics/sessions/{session_id}",
        ):
            assert_refused(await alice.get(path, params={"userId": foreign}), 403)
            twice = [("userId", user_id(alice)), ("userId", foreign)]
            assert_refused(await alice.get(path, params=twice), 403)
            assert (await alice.get(path, params={"userId": user_id(alice)})).status_code == 200


class TestList:
    async def test_newest_first_by_creation_and_it_never_moves(self, alice: httpx.AsyncClient) -> None:
        made = [
            await a_session(alice, scheduledAt=at)
            for at in ("2030-01-01T00:00:00Z", "2020-01-01T00:00:00Z", "2025-01-01T00:00:00Z")
        ]
        for _ in range(2):
            listed = [each["_id"] for each in (await alice.get("/api/interviews/sessions")).json()]
            assert listed == made[::-1]
            await send_metrics(alice, made[0], postureScore=50)

    async def test_pages(self, alice: httpx.AsyncClient) -> None:
        made = [await a_session(alice) for _ in range(12)][::-1]
        expected = {
            (("page", 1), ("pageSize", 5)): (made[:5], 1, 5, 3),
            (("page", 3), ("pageSize", 5)): (made[10:], 3, 5, 3),
            (("page", 4), ("pageSize", 5)): ([], 4, 5, 3),
            (("page", 2),): (made[10:], 2, 10, 2),
            (("pageSize", 100),): (made, 1, 100, 1),
            (("page", 1_000_000_000), ("pageSize", 100)): ([], 1_000_000_000, 100, 1),
        }
        for params, (ids, page, size, pages) in expected.items():
            body = (await alice.get("/api/interviews/sessions", params=dict(params))).json()
            assert [each["_id"] for each in body.pop("items")] == ids
            assert body == {"total": 12, "page": page, "pageSize": size, "totalPages": pages}

    async def test_a_page_of_nothing(self, alice: httpx.AsyncClient) -> None:
        body = (await alice.get("/api/interviews/sessions?page=1")).json()
        assert body == {"items": [], "total": 0, "page": 1, "pageSize": 10, "totalPages": 0}

    @pytest.mark.parametrize(
        "query", ["page=0", "page=-1", "page=x", "page=1.5", "page=", "pageSize=0", "pageSize=101", "page=1e9", "page=" + "9" * 30]
    )  # fmt: skip
    async def test_bad_pages(self, alice: httpx.AsyncClient, query: str) -> None:
        assert_refused(await alice.get(f"/api/interviews/sessions?{query}"), 400, query.partition("=")[0])

    async def test_what_other_contracts_made_is_there(self, alice: httpx.AsyncClient) -> None:
        made = await alice.post("/interview/sessions", json={"job_title": "Engineer"})
        (item,) = (await alice.get("/api/interviews/sessions")).json()
        assert parse_id(item["_id"]) == UUID(made.json()["id"])
        assert (item["domain"], item["status"]) == (None, "scheduled")
        await alice.post(f"/interview/sessions/{made.json()['id']}/start")
        assert (await details_of(alice, item["_id"]))["status"] == "in-progress"


class TestGet:
    @pytest.mark.parametrize("unknown", ["x", "123", hex24(new_id()), "%F0%9F%98%80", "..%2f..", "z" * 3000])
    async def test_unknown_and_malformed_alike(self, alice: httpx.AsyncClient, unknown: str) -> None:
        answers = [
            await alice.get(f"/api/interviews/sessions/{unknown}"),
            await alice.get(f"/api/analytics/sessions/{unknown}"),
            await alice.patch(f"/api/interviews/sessions/{unknown}/metrics", json={"metrics": METRICS}),
        ]
        for answer in answers:
            assert_refused(answer, 404)

    async def test_a_session_before_anything(self, alice: httpx.AsyncClient) -> None:
        details = await details_of(alice, await a_session(alice))
        assert details | {"_id": "", "user": "", "domain": ""} == {
            "_id": "",
            "user": "",
            "domain": "",
            "sessionType": "mock",
            "status": "scheduled",
            "scheduledAt": None,
            "completedAt": None,
            "recording": None,
            "overallScore": None,
            "feedback": [],
            "recommendations": [],
        }


class TestRecording:
    async def test_links_to_what_there_is(self, alice: httpx.AsyncClient, app: FastAPI) -> None:
        session_id = await a_session(alice)
        assert (await send(alice, session_id)).status_code == 201
        recording = (await details_of(alice, session_id))["recording"]
        assert recording | {"audioUrl": ""} == {"videoUrl": None, "audioUrl": "", "transcriptUrl": None}
        async with stranger_to(app) as anybody:
            heard = await anybody.get(recording["audioUrl"])
        assert (heard.status_code, heard.content) == (200, A_RECORDING)

    async def test_the_transcript_is_text(
        self, alice: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        session_id = await a_session(alice)
        asked = await alice.post(f"/interview/sessions/{session_id}/next-question")
        await send(alice, session_id)
        await work(RESULTS)
        address = (await details_of(alice, session_id))["recording"]["transcriptUrl"]
        async with stranger_to(app) as anybody:
            read = await anybody.get(address)
            assert read.status_code == 200
            assert read.headers["content-type"] == "text/plain; charset=utf-8"
            said = "This is the transcribed text from the audio/video..."
            assert read.text == f"Question: {asked.json()['content']}\nAnswer: {said}\n"
            monkeypatch.setattr(settings(), "signed_link_seconds", -1)
            assert (await anybody.get(address)).status_code == 404
            assert (
                await anybody.get((await details_of(alice, session_id))["recording"]["audioUrl"])
            ).status_code == 404

    async def test_a_typed_answer_is_a_transcript(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice, sessionType="text")
        made = {"bot": "Why us?", "user": "Because of your product."}
        answer = await alice.patch(f"/api/v1/interview/sessions/{session_id}", json=made)
        assert answer.status_code in (200, 201), answer.text
        recording = (await details_of(alice, session_id))["recording"]
        assert (recording["videoUrl"], recording["audioUrl"]) == (None, None)
        assert (
            await alice.get(recording["transcriptUrl"])
        ).text == "Question: Why us?\nAnswer: Because of your product.\n"


class TestMetrics:
    async def test_merges_into_what_is_there(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice)
        await send_metrics(alice, session_id, **METRICS)
        answer = await send_metrics(alice, session_id, postureScore=60, fillerWordFrequency=None)
        assert answer.status_code == 200
        assert await analytics_of(alice, session_id) == {
            "sessionId": session_id,
            **METRICS,
            "postureScore": 60,
            "fillerWordFrequency": None,
            "recommendations": answer.json()["recommendations"],
        }

    async def test_a_new_timeline_replaces_the_old_one(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice)
        await send_metrics(alice, session_id, **METRICS)
        timeline = [
            {"label": "happy", "probability": 1, "timestamp": 1.5},
            {"label": "neutral", "probability": 0, "timestamp": 3},
            {"label": "neutral", "probability": 0, "timestamp": 1e300},
        ]
        await send_metrics(alice, session_id, emotionTimeline=timeline)
        answer = await alice.get(f"/api/analytics/sessions/{session_id}")
        assert answer.json()["emotionTimeline"] == timeline
        assert "1e+300" in answer.text, "in 301 digits"
        await send_metrics(alice, session_id, emotionTimeline=[])
        assert (await analytics_of(alice, session_id))["emotionTimeline"] == []

    async def test_a_given_score_stays_when_later_figures_come_without_one(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_completed_session(alice, 82)
        for later in ({"postureScore": 10}, {"postureScore": 20, "overallPerformanceScore": None}):
            assert (await send_metrics(alice, session_id, **later)).json()["overallScore"] == 82
        assert (await send_metrics(alice, session_id, overallPerformanceScore=0)).json()["overallScore"] == 0

    async def test_a_missing_score_is_computed_anew_each_time(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice)
        assert (await send_metrics(alice, session_id, postureScore=40)).json()["overallScore"] == 40
        assert (await send_metrics(alice, session_id, eyeContactScore=60)).json()["overallScore"] == 50
        assert (await send_metrics(alice, session_id, eyeContactScore=None)).json()["overallScore"] == 40
        assert (await send_metrics(alice, session_id, overallPerformanceScore=90)).json()["overallScore"] == 90

    async def test_the_computed_score_rises_with_every_part(self, alice: httpx.AsyncClient) -> None:
        async def computed(**metrics: float) -> float:
            answer = await send_metrics(alice, await a_session(alice), **metrics)
            return float(answer.json()["overallScore"])

        assert await computed(**BEST) >= 80
        assert await computed(**WORST) <= 20
        between = await computed(**MIDDLING)
        for name in MIDDLING:
            assert await computed(**MIDDLING | {name: WORST[name]}) < between
            assert await computed(**MIDDLING | {name: BEST[name]}) > between

    async def test_null_means_not_measured(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice)
        answer = await send_metrics(alice, session_id, postureScore=None, emotionTimeline=None)
        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["overallScore"]) == ("completed", None)
        assert (await analytics_of(alice, session_id))["postureScore"] is None

    @pytest.mark.parametrize(
        "metrics",
        [
            {"postureScore": -0.1},
            {"eyeContactScore": 100.5},
            {"gestureScore": "75"},
            {"gestureScore": True},
            {"speechClarityScore": [88]},
            {"overallPerformanceScore": 101},
            {"overallPerformanceScore": 10**400},
            {"speechPaceWpm": -1},
            {"fillerWordFrequency": 1.1},
            {"fillerWordFrequency": -0.1},
            {"emotionTimeline": "neutral"},
            {"emotionTimeline": [5]},
            {"emotionTimeline": [{"label": "neutral", "probability": 0.7}]},
            {"emotionTimeline": [{"label": "neutral", "probability": 1.7, "timestamp": 0}]},
            {"emotionTimeline": [{"label": "neutral", "probability": 0.7, "timestamp": -1}]},
            {"emotionTimeline": [{"label": "", "probability": 0.7, "timestamp": 0}]},
            {"emotionTimeline": [{"label": 5, "probability": 0.7, "timestamp": 0}]},
        ],
    )
    async def test_bad_figures_change_nothing(self, alice: httpx.AsyncClient, metrics: dict[str, object]) -> None:
        session_id = await a_session(alice)
        answer = await send_metrics(alice, session_id, **{"speechPaceWpm": 120} | metrics)
        assert_refused(answer, 400)
        assert any(name.startswith(f"metrics.{next(iter(metrics))}") for name in answer.json()["details"])
        assert (await row(session_id)).status == "scheduled"
        assert (await analytics_of(alice, session_id))["speechPaceWpm"] is None

    @pytest.mark.parametrize("body", [{}, {"metrics": {}}, {"metrics": None}, {"metrics": []}, {"metrics": {"a": 1}}])
    async def test_no_figures(self, alice: httpx.AsyncClient, body: dict[str, object]) -> None:
        session_id = await a_session(alice)
        answer = await alice.patch(f"/api/interviews/sessions/{session_id}/metrics", json=body)
        assert_refused(answer, 400, "metrics")
        assert (await row(session_id)).status == "scheduled"

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b'{"metrics": {"postureScore": NaN}}', b"\xff"])
    async def test_what_is_no_such_json(self, alice: httpx.AsyncClient, content: bytes) -> None:
        path = f"/api/interviews/sessions/{await a_session(alice)}/metrics"
        assert_refused(await alice.patch(path, content=content, headers={"Content-Type": "application/json"}), 400)

    async def test_completes_once_and_a_second_call_only_changes_figures(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_completed_session(alice)
        first = await details_of(alice, session_id)
        await send_metrics(alice, session_id, overallPerformanceScore=90)
        second = await details_of(alice, session_id)
        assert second == first | {"overallScore": 90}

    async def test_a_cancelled_session_is_final(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice)
        async with transaction() as session:
            interview = await session.get_one(Interview, parse_id(session_id))
            interview.status, interview.ended_at = "cancelled", now()
        for shown in (await details_of(alice, session_id), *(await alice.get("/api/interviews/sessions")).json()):
            assert (shown["status"], shown["completedAt"]) == ("cancelled", None)
        answer = await send_metrics(alice, session_id, **METRICS)
        assert_refused(answer, 400)
        assert answer.json()["message"] == "Invalid status transition from 'cancelled' to 'completed'"
        assert (await analytics_of(alice, session_id))["postureScore"] is None

    async def test_twenty_at_once_lose_nothing(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice)
        names = [name for name in METRICS if name != "emotionTimeline"]
        figures = [{name: METRICS[name]} for name in names * 3][:20]
        answers = await asyncio.gather(*(send_metrics(alice, session_id, **each) for each in figures))
        assert {answer.status_code for answer in answers} == {200}
        found = await analytics_of(alice, session_id)
        assert {name: found[name] for name in names} == {name: METRICS[name] for name in names}

    async def test_ends_questions_that_are_open(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice)
        await alice.post(f"/interview/sessions/{session_id}/next-question")
        assert (await details_of(alice, session_id))["status"] == "in-progress"
        assert (await send_metrics(alice, session_id, postureScore=50)).json()["status"] == "completed"
        assert (await alice.post(f"/interview/sessions/{session_id}/next-question")).status_code == 400


class TestRecommendations:
    async def test_most_urgent_first_and_five_at_most(self, alice: httpx.AsyncClient) -> None:
        answer = await send_metrics(alice, await a_session(alice), **WORST | {"eyeContactScore": 30})
        found = answer.json()["recommendations"]
        assert len(found) == 5
        assert len(set(found)) == 5
        assert "camera" not in " ".join(found), "the one that is least far off is left out"

    async def test_follow_the_direction(self, alice: httpx.AsyncClient) -> None:
        for pace, word in ((60, "slowly"), (220, "fast")):
            answer = await send_metrics(alice, await a_session(alice), speechPaceWpm=pace)
            (found,) = answer.json()["recommendations"]
            assert word in found
            assert str(pace) in found

    async def test_none_where_all_is_in_range(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice)
        assert (await send_metrics(alice, session_id, **BEST)).json()["recommendations"] == []
        feedback = {each["category"]: each["score"] for each in (await details_of(alice, session_id))["feedback"]}
        assert feedback == dict.fromkeys(("pace", "fillers", "voice", "eye-contact", "posture", "gestures"), 100)
