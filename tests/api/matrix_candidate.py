"""The cross-user matrix of the candidate contract, and of the documentation."""

from collections.abc import Mapping

import httpx

from intervi.ids import hex24
from intervi.questions import bank
from tests.api.matrix import Entry, Public, Refreshing, Signed
from tests.api.people import PASSWORD

_CREDENTIALS = {"json": {"email": "user@example.com", "password": PASSWORD}}
_NAMES = {"firstName": "John", "lastName": "Doe", "provider": "email", "timeZone": "Europe/London"}
_REGISTRATION = {"json": _CREDENTIALS["json"] | _NAMES}

_NEW = {"json": {"domainId": hex24(bank.domains()[0].id), "sessionType": "mock"}}
_METRICS = {"json": {"metrics": {"postureScore": 85}}}


async def a_session(caller: httpx.AsyncClient) -> Mapping[str, str]:
    answer = await caller.post("/api/interviews/sessions", **_NEW)
    return {"session_id": answer.json()["_id"]}


async def a_completed_session(caller: httpx.AsyncClient) -> Mapping[str, str]:
    made = await a_session(caller)
    await caller.patch("/api/interviews/sessions/{session_id}/metrics".format(**made), **_METRICS)
    return made


ENTRIES: dict[str, Entry] = {
    "POST /api/auth/register": Public(_REGISTRATION),
    "POST /api/auth/login": Public(_CREDENTIALS),
    "POST /api/auth/refresh": Refreshing(),
    "POST /api/auth/logout": Signed(),
    "GET /api/health": Public(),
    "GET /api/ping": Public(),
    "GET /api/domains": Signed(),
    "POST /api/interviews/sessions": Signed(request=_NEW),
    "GET /api/interviews/sessions": Signed(a_session, other_gets=200),
    "GET /api/interviews/sessions/{session_id}": Signed(a_session),
    "PATCH /api/interviews/sessions/{session_id}/metrics": Signed(a_session, request=_METRICS),
    "GET /api/analytics/dashboard": Signed(a_completed_session, other_gets=200),
    "GET /api/analytics/sessions/{session_id}": Signed(a_session),
    "POST /api/realtime/handshake": Signed(request={"json": {}}),
    "GET /openapi.json": Public(),
    "GET /docs": Public(),
    "GET /docs/start.js": Public(),
    "GET /docs/swagger-ui.css": Public(),
    "GET /docs/swagger-ui-bundle.js": Public(),
}
