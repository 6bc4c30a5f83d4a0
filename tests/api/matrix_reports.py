"""The cross-user matrix of reports."""

from collections.abc import Mapping

import httpx

from intervi.accounts.service import principal_of_access_token
from intervi.database import transaction
from intervi.ids import hex24
from tests.api.matrix import Entry, Public, Signed
from tests.reports_made import a_report


async def _a_report(caller: httpx.AsyncClient) -> Mapping[str, str]:
    async with transaction() as session:
        principal = await principal_of_access_token(session, caller.headers["Authorization"].removeprefix("Bearer "))
    return {"interview_id": hex24(await a_report(principal))}


ENTRIES: dict[str, Entry] = {
    "GET /api/reports/schema": Public(),
    "GET /api/reports/{interview_id}/json": Signed(_a_report),
    "GET /api/reports/{interview_id}/pdf": Signed(_a_report),
}
