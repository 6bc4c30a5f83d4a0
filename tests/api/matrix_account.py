"""The cross-user matrix of an account as a whole."""

from collections.abc import Mapping

import httpx

from tests.api.matrix import Entry, Signed
from tests.api.people import PASSWORD

_NEW = {"json": {"currentPassword": PASSWORD, "newPassword": "another uncommon phrase"}}


async def an_appointment(caller: httpx.AsyncClient) -> Mapping[str, str]:
    booked = {"candidateId": "c1", "scheduledAt": "2030-01-15T10:00:00Z"}
    answer = await caller.post("/api/v1/interviews", json=booked)
    return {"interview_id": answer.json()["data"]["interviewId"]}


ENTRIES: dict[str, Entry] = {
    "POST /api/account/password": Signed(request=_NEW),
    "GET /api/account/export": Signed(),
    "GET /api/schedule/{interview_id}/event.ics": Signed(an_appointment),
    "DELETE /api/account": Signed(request={"json": {"password": PASSWORD}}),
}
