"""A contract speaks what its caller asks for, and says the same in each."""

import httpx
import pytest


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "Sign in first."),
        ({"Accept-Language": "de-CH, en;q=0.7"}, "Melde dich zuerst an."),
        ({"Accept-Language": "fr"}, "Sign in first."),
        ({"Cookie": "language=de", "Accept-Language": "en"}, "Melde dich zuerst an."),
        ({"Cookie": "language=xx"}, "Sign in first."),
    ],
)
async def test_refusals(client: httpx.AsyncClient, headers: dict[str, str], message: str) -> None:
    answer = await client.get("/api/domains", headers=headers)
    assert (answer.status_code, answer.json()["message"]) == (401, message)


async def test_one_request_says_nothing_to_the_next(client: httpx.AsyncClient) -> None:
    for language, message in (("de", "Melde dich zuerst an."), ("", "Sign in first.")):
        answer = await client.get("/interview/sessions", headers={"Accept-Language": language})
        assert answer.json()["detail"] == message
