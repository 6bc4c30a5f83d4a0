"""How recordings come from the practice room, and how they are looked at.

**Uploads**: the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload) at ``/api/uploads``, with its extensions *creation*,
*creation-defer-length* and *termination*. Cookies or a Bearer token say who sends. Creating needs the metadata (values in base64)

* ``exchange_id``: the question that is answered, in any spelling of its id,
* ``kind``: ``audio`` or ``video``,
* ``filename`` (optional): for showing,
* ``offset_seconds`` (optional): where this segment begins in its answer; 0 if left out,
* ``owner`` (optional): the id of whose recording it is. Of anybody else it is refused with 403, and stays with its sender,
* ``anew`` (optional): ``true`` if the answer is recorded again with it: what was recorded before counts no more.

A recorder that does not know the length yet sends ``Upload-Defer-Length: 1`` and, with its last PATCH, ``Upload-Length``. The segment is
stored as soon as that many bytes are there. Where an upload goes on is asked of storage, so a process that dies loses nothing it had taken.

The routes are our own: ``tuspyserver`` (4.4) writes a PATCH's bytes before a hook can refuse them, reads a creation's body whole into
memory, turns a full disk into success, takes its method from ``X-HTTP-Method-Override`` (past every check of unsafe methods), and keeps
what it knows in files of its own beside our rows.

**Looking**: ``/media/{signed}``, with ranges (RFC 9110, section 14). Whoever has the link may look, until it expires.
``/media/transcripts/{signed}`` likewise: what was said, as text.
"""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse, RedirectResponse
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from intervi.accounts.principal import Principal
from intervi.analysis import recording_links
from intervi.analysis import service as analysis
from intervi.api.contract import CANDIDATE
from intervi.api.dependencies import RecordId, Session, caller_of
from intervi.api.requests import declared_length
from intervi.api.routes import operation_id, refusals_of
from intervi.api.streaming import brief_caller_of
from intervi.database import transaction
from intervi.errors import BadMedia, Forbidden, InterviError, InvalidInput, NotFound
from intervi.ids import hex24, parse_id
from intervi.recordings import service as recordings
from intervi.recordings import uploads
from intervi.recordings.content import HEAD_BYTES, container_of
from intervi.recordings.models import Media, MediaKind, MediaState
from intervi.recordings.storage import storage
from intervi.settings import settings
from intervi.translation import _, fill

VERSION = "1.0.0"
IDLE_SECONDS = 10
"""A PATCH that sends nothing for so long has lost its other end; what it sent is kept, and the upload is free to go on elsewhere."""

_PATCH_TYPE = "application/offset+octet-stream"

Caller = Annotated[Principal, Depends(caller_of(CANDIDATE, from_pages=True))]
BriefCaller = Annotated[Principal, Depends(brief_caller_of(CANDIDATE, from_pages=True))]


def _speaks_tus(tus_resumable: Annotated[str | None, Header()] = None) -> None:
    if tus_resumable != VERSION:
        raise HTTPException(
            412, fill("This server speaks version {version} of tus.", {"version": VERSION}), {"Tus-Version": VERSION}
        )


def _count(name: str) -> object:
    """A header that holds a whole number of bytes."""
    return Header(alias=name, ge=0, lt=1 << 63)


ByteCount = int | None

_DOCUMENTED: dict[str, Any] = {
    "tags": ["uploads"],
    "responses": refusals_of(CANDIDATE),
    "generate_unique_id_function": operation_id,
}
router = APIRouter(**_DOCUMENTED)
tus = APIRouter(prefix="/api/uploads", dependencies=[Depends(_speaks_tus)], **_DOCUMENTED)


@router.options("/api/uploads", status_code=204)
async def describe_uploads() -> Response:
    """What this server knows of tus."""
    return Response(
        status_code=204,
        headers=_headers(
            {
                "Tus-Version": VERSION,
                "Tus-Extension": "creation,creation-defer-length,termination",
                "Tus-Max-Size": str(settings().max_upload_bytes),
            }
        ),
    )


@tus.post("", status_code=201)
async def create_upload(
    caller: Caller,
    session: Session,
    upload_length: Annotated[ByteCount, _count("Upload-Length")] = None,
    upload_defer_length: Annotated[str | None, Header()] = None,
    upload_metadata: Annotated[str, Header()] = "",
) -> Response:
    """Opens an upload for a segment of an answer."""
    if (upload_length is None) == (upload_defer_length is None) or upload_defer_length not in (None, "1"):
        raise InvalidInput(_("Say either Upload-Length or Upload-Defer-Length: 1."))
    metadata = _metadata(upload_metadata)
    if "owner" in metadata and parse_id(metadata["owner"]) != caller.user_id:
        raise Forbidden(_("This was recorded by somebody else who uses this browser."))
    media = await uploads.begin(
        session,
        caller,
        exchange_id=_exchange_id(metadata),
        kind=_kind(metadata),
        filename=metadata.get("filename"),
        offset_seconds=_offset_seconds(metadata),
        declared_bytes=upload_length,
        anew=metadata.get("anew") == "true",
    )
    return Response(status_code=201, headers=_headers({"Location": f"/api/uploads/{hex24(media.id)}"}))


@tus.head("/{upload_id}")
async def upload_state(upload_id: RecordId, caller: BriefCaller) -> Response:
    """How far an upload has come. One whose last PATCH failed after its bytes had come is stored first: for its sender, whole is stored."""
    async with transaction() as session:
        media = _known(await recordings.get(session, caller, upload_id))
    size, declared = await uploads.received_bytes(media), media.declared_bytes
    if media.state == MediaState.UPLOADING and size == declared:
        await _finish(caller, media.id)
    length = {"Upload-Defer-Length": "1"} if declared is None else {"Upload-Length": str(declared)}
    return Response(
        headers=_headers(
            {
                "Upload-Offset": str(size),
                "Upload-Metadata": _described(media),
                "Cache-Control": "no-store",
                **length,
            }
        )
    )


@tus.patch("/{upload_id}", status_code=204)
async def continue_upload(
    upload_id: RecordId,
    caller: BriefCaller,
    request: Request,
    upload_offset: Annotated[int, _count("Upload-Offset")],
    upload_length: Annotated[ByteCount, _count("Upload-Length")] = None,
) -> Response:
    """Appends bytes; with the last one the segment is stored, and the analysis begins if the answer is finished."""
    if request.headers.get("content-type") != _PATCH_TYPE:
        raise HTTPException(415, fill("Send this with the content type {type}.", {"type": _PATCH_TYPE}))
    async with transaction() as session:
        media = _known(await recordings.get(session, caller, upload_id))
        if media.state == MediaState.STORED and upload_offset == media.size_bytes:
            # The answer to the last PATCH was lost on its way; nothing is left to do.
            return _accepted(upload_offset)
        media = await uploads.note_received(session, caller, upload_id, declared_bytes=upload_length)
        limit = await _limit(session, caller, media, declared_length(request))
    size = await _take(caller, media, request, upload_offset, limit)
    if size == media.declared_bytes:
        await _finish(caller, media.id)
    return _accepted(size)


@tus.delete("/{upload_id}", status_code=204)
async def end_upload(upload_id: RecordId, caller: Caller, session: Session) -> Response:
    """Removes an upload that is not finished, and what it sent."""
    await uploads.abort(session, caller, upload_id)
    return Response(status_code=204, headers=_headers({}))


@router.head("/media/{signed}", include_in_schema=False)
@router.get("/media/{signed}", response_class=FileResponse)
async def look_at_media(signed: str, request: Request) -> Response:
    """A recording, or its seekable copy if there is one, whole or in ranges. Who looks at one of others is kept in its timeline."""
    from_beginning = request.method == "GET" and request.headers.get("range", "bytes=0-").startswith("bytes=0-")
    async with transaction() as session:
        media = await recordings.by_link(session, signed, from_beginning=from_beginning)
    key = media.playback_key or media.storage_key
    location = await asyncio.to_thread(storage().location, key)
    if not isinstance(location, Path):
        return RedirectResponse(location, 307)
    return FileResponse(
        location,
        media_type=await _content_type(media, key),
        filename=media.filename,
        content_disposition_type="inline",
        headers={
            "Cache-Control": f"private, max-age={settings().signed_link_seconds}",
            "X-Content-Type-Options": "nosniff",
        },
    )


@router.get("/media/transcripts/{signed}", response_class=PlainTextResponse)
async def read_transcript(signed: str, session: Session) -> Response:
    """What was said in an interview, as text."""
    headers = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
    return PlainTextResponse(await recording_links.transcript_by_link(session, signed), headers=headers)


async def _content_type(media: Media, key: str) -> str:
    """From the bytes that are served: a copy may be of another kind than what was recorded."""
    container = container_of(await asyncio.to_thread(storage().read, key, 0, HEAD_BYTES))
    return container.content_type(media.kind) if container else media.content_type


async def _limit(session: AsyncSession, caller: Principal, media: Media, coming: int | None) -> int:
    """How long an upload may become. A PATCH that says it brings more is refused before its bytes come."""
    if coming == 0:
        return media.size_bytes
    limit = media.size_bytes + await recordings.allowance(session, caller)
    limit = min(limit, settings().max_upload_bytes, media.declared_bytes or limit)
    if media.size_bytes + (coming or 0) > limit:
        raise recordings.too_large(limit)
    return limit


async def _take(caller: Principal, media: Media, request: Request, at: int, limit: int) -> int:
    """Streams a PATCH to storage; whatever ends it, what came is kept and counted."""
    try:
        return await uploads.receive_part(media, _until_idle(request.stream()), at=at, limit_bytes=limit)
    except (TimeoutError, ClientDisconnect):
        raise HTTPException(408, _("The connection was lost; please go on where it stopped.")) from None
    finally:
        async with transaction() as session:
            await uploads.note_received(session, caller, media.id)


async def _until_idle(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    while True:
        async with asyncio.timeout(IDLE_SECONDS):
            data = await anext(stream, None)
        if data is None:
            return
        yield data


async def _finish(caller: Principal, media_id: UUID) -> None:
    try:
        async with transaction() as session:
            media = await uploads.finish(session, caller, media_id)
            await analysis.start_if_complete(session, media.exchange_id)
    except BadMedia:
        async with transaction() as session:
            await uploads.abort(session, caller, media_id)
        raise


def _known(media: Media) -> Media:
    """An upload that can be asked after. For any other the sender begins anew, with all that it still has."""
    if media.state == MediaState.DISCARDED or uploads.is_cut_short(media):
        raise NotFound(_("This recording is no longer being sent."))
    return media


def _accepted(offset: int) -> Response:
    return Response(status_code=204, headers=_headers({"Upload-Offset": str(offset)}))


def _headers(more: dict[str, str]) -> dict[str, str]:
    return {"Tus-Resumable": VERSION, **more}


def _metadata(header: str) -> dict[str, str]:
    """``Upload-Metadata``: pairs of key and base64, separated by commas.

    Raises:
        InvalidInput: if it is something else.
    """
    found: dict[str, str] = {}
    for pair in filter(None, map(str.strip, header.split(","))):
        key, _space, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise _bad_metadata(key, _("This is not base64 of UTF-8.")) from error
    return found


def _exchange_id(metadata: dict[str, str]) -> UUID:
    if "exchange_id" not in metadata:
        raise _bad_metadata("exchange_id", _("This is required."))
    exchange_id = parse_id(metadata["exchange_id"])
    if exchange_id is None:
        raise NotFound(_("There is no such question."))
    return exchange_id


def _kind(metadata: dict[str, str]) -> MediaKind:
    try:
        return MediaKind(metadata.get("kind", ""))
    except ValueError:
        raise _bad_metadata("kind", _("Choose audio or video.")) from None


def _offset_seconds(metadata: dict[str, str]) -> float:
    try:
        return float(metadata.get("offset_seconds", "0"))
    except ValueError:
        raise _bad_metadata("offset_seconds", _("This must be a number.")) from None


def _bad_metadata(key: str, text: str) -> InterviError:
    return InvalidInput(_("The metadata of this upload cannot be used."), details={key: [text]})


def _described(media: Media) -> str:
    values = {
        "exchange_id": hex24(media.exchange_id),
        "kind": media.kind,
        "filename": media.filename,
        "offset_seconds": f"{media.offset_seconds:g}",
    }
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())
