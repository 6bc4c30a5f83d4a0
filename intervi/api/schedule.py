"""One appointment for one's calendar program. Below the candidate contract's base, with its errors; the pages' cookie is taken, too."""

from typing import Annotated

from fastapi import Depends, Response

from intervi.accounts.principal import Principal
from intervi.api.contract import CANDIDATE
from intervi.api.dependencies import RecordId, Session, caller_of
from intervi.api.routes import router_of
from intervi.scheduling import calendar

router = router_of(CANDIDATE)

Owner = Annotated[Principal, Depends(caller_of(CANDIDATE, from_pages=True))]


@router.get(
    "/api/schedule/{interview_id}/event.ics",
    summary="An appointment as a calendar event",
    response_class=Response,
    responses={200: {"description": "The event.", "content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
async def read_event(interview_id: RecordId, owner: Owner, session: Session) -> Response:
    """One interview that has a time, as calendar programs read it (RFC 5545)."""
    body = await calendar.event(session, owner, interview_id)
    headers = {"Content-Disposition": 'attachment; filename="interview.ics"', "Cache-Control": "private, no-store"}
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)
