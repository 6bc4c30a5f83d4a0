"""The cross-user matrix of the coach contract."""

from collections.abc import Mapping

import httpx

from tests.api.matrix import Entry, Public, Signed, Socket
from tests.api.recordings import A_RECORDING

_NEW = {"json": {"job_title": "Software Engineer"}}
_NOW = {"headers": {"Prefer": "wait=0"}}
_FILE = {"params": {"media_type": "audio"}, "files": {"file": ("answer.wav", A_RECORDING)}}


async def a_session(caller: httpx.AsyncClient) -> Mapping[str, str]:
    answer = await caller.post("/interview/sessions", **_NEW)
    return {"session_id": answer.json()["id"]}


async def a_recording(caller: httpx.AsyncClient) -> Mapping[str, str]:
    session = await a_session(caller)
    answer = await caller.post("/interview/sessions/{session_id}/media".format(**session), **_FILE)
    return {"media_id": answer.json()["id"]}


ENTRIES: dict[str, Entry] = {
    "POST /auth/token": Public(),
    "POST /interview/sessions": Signed(request=_NEW),
    "GET /interview/sessions": Signed(a_session, other_gets=200),
    "GET /interview/sessions/{session_id}": Signed(a_session),
    "POST /interview/sessions/{session_id}/start": Signed(a_session),
    "POST /interview/sessions/{session_id}/next-question": Signed(a_session),
    "POST /interview/sessions/{session_id}/media": Signed(a_session, request=_FILE),
    "GET /interview/sessions/{session_id}/media": Signed(a_session),
    "POST /interview/media/{media_id}/transcribe": Signed(a_recording, request=_NOW),
    "POST /interview/media/{media_id}/report": Signed(a_recording, request=_NOW),
    "WS /ws/analysis/{session_id}": Socket(a_session),
}
