"""The cross-user matrix of the assistant contract: the one that answers 403 for what is somebody else's."""

from collections.abc import Mapping
from typing import Any

import httpx

from tests.api.matrix import Entry, Signed

_BASE = "/interview-sessions"
_NEW = {"json": {"jobContext": {"title": "Software Engineer"}}}


async def a_session(caller: httpx.AsyncClient) -> Mapping[str, str]:
    answer = await caller.post(_BASE, **_NEW)
    return {"session_id": answer.json()["id"]}


async def a_paused_session(caller: httpx.AsyncClient) -> Mapping[str, str]:
    session = await a_session(caller)
    await caller.put("{}/{session_id}/pause".format(_BASE, **session))
    return session


async def an_interaction(caller: httpx.AsyncClient) -> Mapping[str, str]:
    answer = await caller.post(f"{_BASE}/interactions", **_question(await a_session(caller)))
    return {"interaction_id": answer.json()["id"]}


def _question(params: Mapping[str, str]) -> Mapping[str, Any]:
    return {"json": {"sessionId": params["session_id"], "question": "Tell me about yourself"}}


def _figures(params: Mapping[str, str]) -> Mapping[str, Any]:
    return {"json": {"sessionId": params["session_id"], "totalLatencyMs": 2000}}


def _theirs(maker: Any, request: Any = None) -> Signed:
    return Signed(maker, request or {}, other_gets=403)


ENTRIES: dict[str, Entry] = {
    f"POST {_BASE}": Signed(request=_NEW),
    f"GET {_BASE}": Signed(a_session, other_gets=200),
    f"GET {_BASE}/active": Signed(a_session, other_gets=200),
    f"GET {_BASE}/analytics": Signed(),
    f"GET {_BASE}/{{session_id}}": _theirs(a_session),
    f"GET {_BASE}/{{session_id}}/details": _theirs(a_session),
    f"PUT {_BASE}/{{session_id}}": _theirs(a_session, {"json": {"status": "paused"}}),
    f"PUT {_BASE}/{{session_id}}/start": _theirs(a_paused_session),
    f"PUT {_BASE}/{{session_id}}/pause": _theirs(a_session),
    f"PUT {_BASE}/{{session_id}}/complete": _theirs(a_session),
    f"DELETE {_BASE}/{{session_id}}": _theirs(a_session),
    f"POST {_BASE}/interactions": _theirs(a_session, _question),
    f"GET {_BASE}/{{session_id}}/interactions": _theirs(a_session),
    f"PUT {_BASE}/interactions/{{interaction_id}}": _theirs(an_interaction, {"json": {"userFeedback": 5}}),
    f"POST {_BASE}/metrics": _theirs(a_session, _figures),
    f"GET {_BASE}/{{session_id}}/metrics": _theirs(a_session),
}
