"""All 46 endpoints of the hiring contract are there: in the cross-user matrix, and described in the OpenAPI."""

import httpx
import pytest

from tests.api import matrix_hiring

BASE = "/api/v1"
PUBLISHED = [
    "POST /interviews",
    "GET /interviews",
    "GET /interviews/{interview_id}",
    "PUT /interviews/{interview_id}",
    "DELETE /interviews/{interview_id}",
    "POST /interviews/{interview_id}/start",
    "POST /interviews/{interview_id}/end",
    "POST /interviews/{interview_id}/pause",
    "POST /interviews/{interview_id}/resume",
    "GET /interviews/{interview_id}/questions",
    "POST /interviews/{interview_id}/questions",
    "GET /interviews/{interview_id}/timeline",
    "POST /transcription/upload",
    "GET /transcription/{interview_id}",
    "GET /transcription/{interview_id}/status",
    "GET /transcription/{interview_id}/export",
    "GET /transcription/{interview_id}/search",
    "PUT /transcription/{interview_id}/speakers",
    "DELETE /transcription/{interview_id}",
    "WS /transcription/stream/{interview_id}",
    "POST /analysis/{interview_id}/analyze",
    "GET /analysis/{interview_id}/results",
    "GET /analysis/{interview_id}/status",
    "GET /analysis/{interview_id}/sentiment",
    "GET /analysis/{interview_id}/keywords",
    "GET /analysis/{interview_id}/competency",
    "GET /analysis/{interview_id}/overall",
    "GET /analysis/{interview_id}/speech",
    "GET /analysis/{interview_id}/presence",
    "GET /analysis/{interview_id}/fillers",
    "GET /analysis/{interview_id}/pauses",
    "GET /analysis/{interview_id}/recommendations",
    "POST /analysis/{interview_id}/feedback",
    "GET /analysis/{interview_id}/feedback",
    "GET /analysis/compare",
    "POST /scheduling/schedule",
    "GET /scheduling/availability",
    "PUT /scheduling/availability",
    "PUT /scheduling/{interview_id}/reschedule",
    "DELETE /scheduling/{interview_id}",
    "GET /scheduling/calendar.ics",
    "POST /api-keys",
    "GET /api-keys",
    "DELETE /api-keys/{key_id}",
    "GET /health",
    "GET /metrics",
]
WANTED = [name.replace(" /", f" {BASE}/", 1) for name in PUBLISHED]


def test_there_are_46() -> None:
    assert len(set(WANTED)) == 46


def test_each_is_in_the_cross_user_matrix_and_no_other_is() -> None:
    # The stream is served at the root as well, where it was published.
    assert set(WANTED) | {"WS /transcription/stream/{interview_id}"} == set(matrix_hiring.ENTRIES)


@pytest.mark.parametrize("name", [name for name in WANTED if not name.startswith("WS ")])
async def test_each_is_described_with_what_it_takes_and_gives(client: httpx.AsyncClient, name: str) -> None:
    method, path = name.split(" ")
    operation = (await client.get("/openapi.json")).json()["paths"][path][method.lower()]
    assert operation["tags"] == ["hiring"]
    assert operation["description"]
    given = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    assert given
    for answer in given:
        assert all(content.get("schema") for content in answer["content"].values())
