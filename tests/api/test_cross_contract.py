"""One interview, five views: made in one contract, it is listed and readable in every other, with that one's words and ids."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
import pytest

from intervi.api.contract import ASSISTANT, CANDIDATE, COACH, CONVERSATION, HIRING, Contract
from intervi.ids import parse_id
from intervi.interviews.models import Status
from intervi.questions import bank

View = Mapping[str, Any]


async def _in_candidate(caller: httpx.AsyncClient) -> View:
    domain = CANDIDATE.spell_id(bank.domains()[0].id)
    return (await caller.post("/api/interviews/sessions", json={"domainId": domain, "sessionType": "mock"})).json()


async def _in_assistant(caller: httpx.AsyncClient) -> View:
    return (await caller.post("/interview-sessions", json={"jobContext": {"title": "Engineer"}})).json()


async def _in_coach(caller: httpx.AsyncClient) -> View:
    return (await caller.post("/interview/sessions", json={"job_title": "Engineer"})).json()


async def _in_conversation(caller: httpx.AsyncClient) -> View:
    return (await caller.post("/api/v1/interview/sessions", json={"domain": "Gardening"})).json()["data"]


async def _in_hiring(caller: httpx.AsyncClient) -> View:
    return (await caller.post("/api/v1/interviews", json={"candidateId": "candidate456"})).json()["data"]


MAKERS: dict[str, Callable[[httpx.AsyncClient], Awaitable[View]]] = {
    "candidate": _in_candidate,
    "assistant": _in_assistant,
    "coach": _in_coach,
    "conversation": _in_conversation,
    "hiring": _in_hiring,
}
# contract → (its list, its record, what of an answer is the data)
PLACES: dict[str, tuple[Contract, str, str, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "candidate": (
        CANDIDATE,
        "/api/interviews/sessions",
        "/api/interviews/sessions/{}",
        lambda body: body,
        lambda body: body,
    ),
    "assistant": (ASSISTANT, "/interview-sessions", "/interview-sessions/{}", lambda body: body, lambda body: body),
    "coach": (COACH, "/interview/sessions", "/interview/sessions/{}", lambda body: body, lambda body: body),
    "conversation": (
        CONVERSATION,
        "/api/v1/interview/history",
        "/api/v1/interview/sessions/{}",
        lambda body: body["data"]["interviews"],
        lambda body: body["data"],
    ),
    "hiring": (
        HIRING,
        "/api/v1/interviews",
        "/api/v1/interviews/{}",
        lambda body: body["data"]["items"],
        lambda body: body["data"],
    ),
}


def _id(view: View) -> str:
    return next(view[name] for name in ("_id", "id", "sessionId", "interviewId") if name in view)


async def _seen(caller: httpx.AsyncClient, place: str, spelling: str) -> View:
    """The interview as a contract lists it; that it can be read there by this spelling of its id is asserted."""
    contract, listed, record, items, data = PLACES[place]
    answer = await caller.get(record.format(spelling))
    assert answer.status_code == 200, answer.text
    own = contract.spell_id(parse_id(spelling))
    assert _id(data(answer.json())) == own
    found = [view for view in items((await caller.get(listed)).json()) if _id(view) == own]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("made_in", MAKERS)
async def test_made_in_one_seen_in_all(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, made_in: str, place: str
) -> None:
    made = _id(await MAKERS[made_in](alice))
    status = Status.ACTIVE if made_in == "assistant" else Status.SCHEDULED
    for spelling in (made, made.upper(), COACH.spell_id(parse_id(made)), CANDIDATE.spell_id(parse_id(made))):
        assert (await _seen(alice, place, spelling))["status"] == PLACES[place][0].word(status)
    listed = PLACES[place][3]((await bob.get(PLACES[place][1])).json())
    assert listed == []


@pytest.mark.parametrize("made_in", MAKERS)
async def test_its_life_is_one(alice: httpx.AsyncClient, made_in: str) -> None:
    """Begun in one contract, answered in another, ended in a third, scored in all."""
    made = _id(await MAKERS[made_in](alice))
    said = {"bot": "What is your experience?", "user": "Three years, in two products."}
    assert (await alice.patch(f"/api/v1/interview/sessions/{made}", json=said)).status_code == 200
    for place, (contract, *_rest) in PLACES.items():
        assert (await _seen(alice, place, made))["status"] == contract.word(Status.ACTIVE)
    interactions = (await alice.get(f"/interview-sessions/{made}/interactions")).json()
    assert [one["question"] for one in interactions] == [said["bot"]]
    metrics = {"metrics": {"overallPerformanceScore": 82}}
    assert (await alice.patch(f"/api/interviews/sessions/{made}/metrics", json=metrics)).status_code == 200
    for place, (contract, *_rest) in PLACES.items():
        assert (await _seen(alice, place, made))["status"] == contract.word(Status.COMPLETED)
    assert (await _seen(alice, "conversation", made))["score"] == 82
    assert (await _seen(alice, "candidate", made))["overallScore"] == 82
    # One about somebody else counts in no dashboard.
    assert (await alice.get("/api/analytics/dashboard")).json()["totalSessions"] == (made_in != "hiring")
    assert (await alice.put(f"/interview-sessions/{made}/start")).status_code == 400


@pytest.mark.parametrize("made_in", MAKERS)
async def test_deleted_in_one_gone_in_all(alice: httpx.AsyncClient, made_in: str) -> None:
    made = _id(await MAKERS[made_in](alice))
    assert (await alice.delete(f"/interview-sessions/{made}")).status_code == 204
    for contract, listed, record, items, _data in PLACES.values():
        assert (await alice.get(record.format(made))).status_code == 404, contract.name
        assert items((await alice.get(listed)).json()) == []
