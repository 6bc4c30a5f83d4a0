"""The candidate contract's analytics: the examples as published, and what our README settles about them."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from sqlmodel import col, update

from intervi.accounts.models import User
from intervi.analysis.figures import ExpressionMoment
from intervi.analysis.models import Stage
from intervi.clock import now
from intervi.coaching.scoring import score_answer, score_interview
from intervi.database import transaction
from intervi.ids import hex24, new_id, parse_id
from intervi.interviews.models import Interview, Origin
from tests.api.candidate_sessions import METRICS, a_completed_session, a_session, domain_id, send_metrics, user_id
from tests.api.people import sign_up
from tests.api.test_candidate_sessions import analytics_of, assert_refused, details_of
from tests.api.test_coach import LANGUAGE, NO_FACE, RESULTS, SPEECH, VISION, send, work
from workers import jobs

NOTHING = {
    "totalSessions": 0,
    "averageScore": 0,
    "currentStreak": 0,
    "bestStreak": 0,
    "experiencePoints": 0,
    "recentSessions": [],
    "domainProgress": [],
    "achievements": [],
}


SCORES = score_interview([score_answer(SPEECH, vision, LANGUAGE) for vision in (VISION, NO_FACE)])
"""Of ``a_measured_session``."""


async def dashboard_of(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/api/analytics/dashboard")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def change(session_id: str, **fields: object) -> None:
    async with transaction() as session:
        await session.exec(update(Interview).where(col(Interview.id) == parse_id(session_id)).values(**fields))


class TestThePublishedText:
    """ "Analytics", in the order of the document."""

    async def test_dashboard(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_completed_session(alice, 85)
        answer = await alice.get("/api/analytics/dashboard", params={"userId": user_id(alice)})
        assert answer.status_code == 200
        body = answer.json()
        (recent,) = body["recentSessions"]
        (achievement,) = body["achievements"]
        for moment in (recent.pop("completedAt"), achievement.pop("unlockedAt")):
            assert moment.endswith("Z")
            assert abs(datetime.fromisoformat(moment) - now()) < timedelta(minutes=5)
        assert body.pop("experiencePoints") > 0
        assert body == {
            "totalSessions": 1,
            "averageScore": 85,
            "currentStreak": 1,
            "bestStreak": 1,
            "recentSessions": [{"_id": session_id, "domain": "software-dev", "score": 85}],
            "domainProgress": [{"domain": "software-dev", "proficiency": 85, "sessionsCompleted": 1}],
            "achievements": [{"code": "FIRST_SESSION", "title": "First Steps"}],
        }
        assert "85.0" not in answer.text

    async def test_session(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice)
        await send_metrics(alice, session_id, **METRICS)
        answer = await alice.get(f"/api/analytics/sessions/{session_id}")
        assert answer.status_code == 200
        body = answer.json()
        assert all(isinstance(each, str) and each for each in body.pop("recommendations"))
        assert body == {"sessionId": session_id, **METRICS}
        assert ".0" not in answer.text.replace("0.08", "").replace("0.7", "")


class TestDashboard:
    async def test_of_nothing(self, alice: httpx.AsyncClient) -> None:
        assert await dashboard_of(alice) == NOTHING

    async def test_counts_completed_sessions_only(self, alice: httpx.AsyncClient) -> None:
        await a_session(alice)
        await change(await a_session(alice), status="active")
        await change(await a_session(alice), status="cancelled", reported_score=10)
        assert await dashboard_of(alice) == NOTHING

    async def test_the_average_is_over_those_with_a_score_and_a_whole_number(self, alice: httpx.AsyncClient) -> None:
        for score in (70, 75, 81):
            await a_completed_session(alice, score)
        assert (await send_metrics(alice, await a_session(alice), postureScore=None)).json()["overallScore"] is None
        body = await dashboard_of(alice)
        assert (body["totalSessions"], body["averageScore"]) == (4, 75)
        assert isinstance(body["averageScore"], int)

    async def test_ten_recent_ones_by_creation(self, alice: httpx.AsyncClient) -> None:
        made = [await a_session(alice) for _ in range(12)]
        for session_id in [*made[6:], *made[:6]]:
            await send_metrics(alice, session_id, overallPerformanceScore=50)
        recent = (await dashboard_of(alice))["recentSessions"]
        assert [each["_id"] for each in recent] == made[:1:-1]

    async def test_progress_by_domain(self, alice: httpx.AsyncClient) -> None:
        domains = (await alice.get("/api/domains")).json()
        other = next(each for each in domains if each["slug"] != "software-dev")
        for score in (60, 71):
            await a_completed_session(alice, score)
        await a_completed_session(alice, 90, domainId=other["_id"])
        without = await a_completed_session(alice, 10)
        await change(without, domain_slug=None, domain_text="Falconry")
        body = await dashboard_of(alice)
        expected = [
            {"domain": "software-dev", "proficiency": 66, "sessionsCompleted": 2},
            {"domain": other["slug"], "proficiency": 90, "sessionsCompleted": 1},
        ]
        assert sorted(body["domainProgress"], key=lambda each: -each["sessionsCompleted"]) == expected
        assert body["totalSessions"] == 4
        assert body["recentSessions"][0]["domain"] is None

    async def test_interviews_about_others_count_nowhere(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice)
        await change(session_id, about_others=True, origin=Origin.HIRING)
        await send_metrics(alice, session_id, **METRICS)
        assert await dashboard_of(alice) == NOTHING
        assert [each["_id"] for each in (await alice.get("/api/interviews/sessions")).json()] == [session_id]

    async def test_others_interviews_are_not_mine(self, alice: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
        await a_completed_session(bob)
        assert await dashboard_of(alice) == NOTHING

    async def test_a_deleted_interview_leaves_totals_and_points_stay(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_completed_session(alice)
        before = await dashboard_of(alice)
        async with transaction() as session:
            await session.delete(await session.get_one(Interview, parse_id(session_id)))
        gone = ("totalSessions", "averageScore", "recentSessions", "domainProgress")
        assert await dashboard_of(alice) == before | {name: NOTHING[name] for name in gone}

    async def test_twenty_completions_at_once_award_once(self, alice: httpx.AsyncClient, app: FastAPI) -> None:
        session_id = await a_session(alice)
        answers = await asyncio.gather(*(send_metrics(alice, session_id, **METRICS) for _ in range(20)))
        assert {answer.status_code for answer in answers} == {200}
        async with sign_up(app) as once:
            await send_metrics(once, await a_session(once), **METRICS)
            expected = await dashboard_of(once)
        found = await dashboard_of(alice)
        for name in ("experiencePoints", "currentStreak", "bestStreak", "totalSessions"):
            assert found[name] == expected[name]
        assert [each["code"] for each in found["achievements"]] == ["FIRST_SESSION"]

    async def test_streaks_count_days_in_the_users_zone(self, alice: httpx.AsyncClient) -> None:
        async with transaction() as session:
            await session.exec(update(User).values(time_zone="Pacific/Kiritimati"))
        await a_completed_session(alice)
        await a_completed_session(alice)
        body = await dashboard_of(alice)
        assert (body["currentStreak"], body["bestStreak"]) == (1, 1)


class TestSessionAnalytics:
    async def test_without_figures(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice)
        empty = {**dict.fromkeys(METRICS), "emotionTimeline": [], "recommendations": []}
        assert await analytics_of(alice, session_id) == {"sessionId": session_id, **empty}

    async def test_what_was_measured_stands_where_nothing_was_reported(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_measured_session(alice)
        found = await analytics_of(alice, session_id)
        assert found | {"recommendations": []} == {
            "sessionId": session_id,
            "postureScore": 78,
            "eyeContactScore": 85,
            "gestureScore": None,
            "speechPaceWpm": 145.2,
            "speechClarityScore": 80,
            "fillerWordFrequency": 0.0301,
            "emotionTimeline": [
                {"label": "happy", "probability": 0.9, "timestamp": 1.5},
                {"label": "neutral", "probability": 0.6, "timestamp": 11.5},
            ],
            "overallPerformanceScore": SCORES.overall.value.value,
            "recommendations": [],
        }
        async with transaction() as session:
            await session.exec(update(Interview).values(status="active"))
        await send_metrics(alice, session_id, postureScore=10, gestureScore=5)
        reported = await analytics_of(alice, session_id)
        changed = {"postureScore": 10, "gestureScore": 5, "overallPerformanceScore": 7.5}
        assert reported == found | changed | {"recommendations": reported["recommendations"]}
        assert [text for text in reported["recommendations"] if "shoulders" in text]

    async def test_feedback_of_a_measured_session(self, alice: httpx.AsyncClient) -> None:
        details = await details_of(alice, await a_measured_session(alice))
        assert (details["overallScore"], details["status"]) == (SCORES.overall.value.value, "completed")
        by_category = {each["category"]: each["score"] for each in details["feedback"]}
        assert by_category == {
            "content": SCORES.content.value.value,
            "pace": 100,
            "fillers": 100,
            "pauses": 100,
            "voice": 100,
            "eye-contact": 100,
            "posture": 100,
        }

    async def test_no_face_is_null_and_no_default(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice)
        await send(alice, session_id, kind="audio")
        await work(RESULTS | {Stage.VISION: NO_FACE})
        found = await analytics_of(alice, session_id)
        assert (found["postureScore"], found["eyeContactScore"], found["emotionTimeline"]) == (None, None, [])
        assert found["speechPaceWpm"] == 145.2

    async def test_no_emotions_of_anybody_else(self, alice: httpx.AsyncClient) -> None:
        session_id = await a_session(alice)
        await change(session_id, about_others=True, origin=Origin.HIRING)
        await send_metrics(alice, session_id, **METRICS)
        found = await analytics_of(alice, session_id)
        assert (found["emotionTimeline"], found["postureScore"]) == (None, 85)

    async def test_an_unknown_session(self, alice: httpx.AsyncClient) -> None:
        assert_refused(await alice.get(f"/api/analytics/sessions/{hex24(new_id())}"), 404)


async def a_measured_session(client: httpx.AsyncClient) -> str:
    """Two answers with known figures, the second with none of the face but an expression; completed, with its report."""
    session_id = await a_session(client, domainId=domain_id())
    for label, probability, vision in (("happy", 0.9, VISION), ("neutral", 0.6, NO_FACE)):
        assert (await send(client, session_id)).status_code == 201
        moment = ExpressionMoment(at=1.5, label=label, probability=probability)
        scores = score_answer(SPEECH, vision, LANGUAGE)
        await work(RESULTS | {Stage.VISION: vision.model_copy(update={"expressions": [moment]}), Stage.SCORES: scores})
    assert (await send_metrics(client, session_id, gestureScore=None)).status_code == 200
    while await jobs.write_next_report():
        pass
    return session_id
