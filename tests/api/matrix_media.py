"""The cross-user matrix of uploads and of signed links."""

from collections.abc import Mapping
from typing import Any

import httpx

from tests.api.matrix import Entry, Linked, Public, Signed
from tests.api.recordings import TUS, a_question, an_upload, metadata


async def an_open_upload(caller: httpx.AsyncClient) -> Mapping[str, str]:
    return {"upload_id": (await an_upload(caller))["upload_id"]}


def _creation(params: Mapping[str, str]) -> Mapping[str, Any]:
    described = metadata(exchange_id=params["exchange_id"], kind="audio")
    return {"headers": {**TUS, "Upload-Defer-Length": "1", "Upload-Metadata": described}}


_PATCH = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}

ENTRIES: dict[str, Entry] = {
    "OPTIONS /api/uploads": Public(),
    "POST /api/uploads": Signed(a_question, _creation),
    "PATCH /api/uploads/{upload_id}": Signed(an_open_upload, {"headers": _PATCH, "content": b"RIFF"}),
    "DELETE /api/uploads/{upload_id}": Signed(an_open_upload, {"headers": TUS}),
    "GET /media/{signed}": Linked(),
    "GET /media/transcripts/{signed}": Linked(),
}
