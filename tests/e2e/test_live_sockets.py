"""Socket.IO beside the pages: two kinds of sockets on one port, and neither is in the other's way."""

import contextlib

import pytest
from playwright.async_api import expect

from tests.api.candidate_sessions import domain_id
from tests.e2e.conftest import Enter
from tests.live.clients import Client

pytestmark = pytest.mark.e2e


async def test_a_page_and_a_socket_of_one_person(enter: Enter, site: str) -> None:
    somebody = await enter()
    await somebody.page.goto("/dashboard")
    await expect(somebody.page.get_by_role("main")).to_be_visible()
    cookies = "; ".join(f"{each['name']}={each['value']}" for each in await somebody.context.cookies())
    socket = Client()
    async with contextlib.AsyncExitStack() as closing:
        closing.push_async_callback(socket.close)
        await socket.open(site, None, {"Cookie": cookies, "Origin": site})
        made = await somebody.context.request.post(
            "/api/interviews/sessions", data={"domainId": domain_id(), "sessionType": "mock"}
        )
        session_id = (await made.json())["_id"]
        figures = {"metrics": {"overallPerformanceScore": 82}}
        await somebody.context.request.patch(f"/api/interviews/sessions/{session_id}/metrics", data=figures)
        (unlocked,) = await socket.next("achievement:unlocked")
        assert unlocked["code"] == "FIRST_SESSION"
        # The page's own socket goes on: an event of its own is answered by the server.
        await somebody.page.goto("/history")
        await expect(somebody.page.get_by_text("82")).to_be_visible()
    assert somebody.problems == []
