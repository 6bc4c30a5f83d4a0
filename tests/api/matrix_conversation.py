"""The cross-user matrix of the conversation contract."""

from collections.abc import Mapping

import httpx

from tests.api.matrix import Entry, Signed

_BASE = "/api/v1/interview"
_NEW = {"json": {"domain": "Software Engineering", "difficulty": "medium"}}
_TURN = {"json": {"bot": "What is your experience with React?", "user": "I have 3 years of experience with React."}}


async def a_session(caller: httpx.AsyncClient) -> Mapping[str, str]:
    answer = await caller.post(f"{_BASE}/sessions", **_NEW)
    return {"session_id": answer.json()["data"]["sessionId"]}


ENTRIES: dict[str, Entry] = {
    f"POST {_BASE}/sessions": Signed(request=_NEW),
    f"GET {_BASE}/sessions/{{session_id}}": Signed(a_session),
    f"GET {_BASE}/sessions/{{session_id}}/conversation": Signed(a_session),
    f"PATCH {_BASE}/sessions/{{session_id}}": Signed(a_session, request=_TURN),
    f"PATCH {_BASE}/sessions/{{session_id}}/end": Signed(a_session, request={"json": {"finalScore": 85}}),
    f"PATCH {_BASE}/sessions/{{session_id}}/feedback": Signed(a_session, request={"json": {"score": 92}}),
    f"DELETE {_BASE}/sessions/{{session_id}}": Signed(a_session),
    f"GET {_BASE}/history": Signed(a_session, other_gets=200),
    f"GET {_BASE}/recent": Signed(a_session, other_gets=200),
    f"GET {_BASE}/stats": Signed(),
}
