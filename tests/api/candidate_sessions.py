"""Sessions of the candidate contract, made as its documents show."""

from typing import Any
from uuid import UUID

import httpx
import jwt

from intervi.ids import hex24
from intervi.questions import bank

METRICS: dict[str, Any] = {
    "postureScore": 85,
    "eyeContactScore": 80,
    "gestureScore": 75,
    "speechPaceWpm": 125,
    "speechClarityScore": 88,
    "fillerWordFrequency": 0.08,
    "emotionTimeline": [{"label": "neutral", "probability": 0.7, "timestamp": 0}],
    "overallPerformanceScore": 82,
}
"""As published."""


def domain_id(slug: str = "software-dev") -> str:
    domain = bank.domain_by(slug)
    assert domain
    return hex24(domain.id)


def user_id(client: httpx.AsyncClient) -> str:
    """Of whoever this client's token is."""
    token = client.headers["Authorization"].removeprefix("Bearer ")
    return hex24(UUID(jwt.decode(token, options={"verify_signature": False})["sub"]))


async def a_session(client: httpx.AsyncClient, **fields: object) -> str:
    """The id of a new session."""
    answer = await client.post(
        "/api/interviews/sessions", json={"domainId": domain_id(), "sessionType": "mock", **fields}
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["_id"])


async def send_metrics(client: httpx.AsyncClient, session_id: str, **metrics: object) -> httpx.Response:
    return await client.patch(f"/api/interviews/sessions/{session_id}/metrics", json={"metrics": metrics})


async def a_completed_session(client: httpx.AsyncClient, score: float = 82, **fields: object) -> str:
    session_id = await a_session(client, **fields)
    answer = await send_metrics(client, session_id, overallPerformanceScore=score)
    assert answer.status_code == 200, answer.text
    return session_id
