"""What an owner does with their whole account: another password, an export of everything, and its end.

Below the candidate contract's base, with its errors; the pages' ``session`` cookie is taken, too.
"""

from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from intervi.accounts import credentials
from intervi.accounts.principal import Principal
from intervi.api.contract import CANDIDATE
from intervi.api.cookies import clear_cookies
from intervi.api.dependencies import Session, caller_of, client_of
from intervi.api.routes import router_of
from intervi.api.schemas import CamelModel
from intervi.api.streaming import brief_caller_of
from intervi.clock import now
from intervi.export.archive import archive
from intervi.recordings import removal

Owner = Annotated[Principal, Depends(caller_of(CANDIDATE, from_pages=True))]
BriefOwner = Annotated[Principal, Depends(brief_caller_of(CANDIDATE, from_pages=True))]

router = router_of(CANDIDATE)


class NewPassword(CamelModel):
    """The password there is, and the one there shall be."""

    current_password: str = Field(examples=["SecurePass123!"])
    new_password: str = Field(examples=["another uncommon phrase"])


class Confirmation(CamelModel):
    """The password, once more."""

    password: str = Field(examples=["SecurePass123!"])


@router.post("/api/account/password", status_code=204, summary="Change the password")
async def change_password(body: NewPassword, owner: Owner, request: Request, session: Session) -> None:
    """Every other device of the account is signed out by it."""
    await credentials.change_password(
        session, owner, current=body.current_password, new=body.new_password, client=client_of(request)
    )


@router.get(
    "/api/account/export",
    summary="Everything, to take away",
    response_class=StreamingResponse,
    responses={200: {"description": "A ZIP file.", "content": {"application/zip": {}}}},
)
async def export(owner: BriefOwner) -> StreamingResponse:
    """Every row that belongs to the account, as JSON, and every recording; streamed while it is made."""
    name = f"intervi-export-{now():%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(archive(owner), media_type="application/zip", headers=headers)


@router.delete("/api/account", status_code=204, summary="Delete the account and everything in it")
async def delete_account(
    body: Confirmation, owner: Owner, request: Request, response: Response, session: Session
) -> None:
    """Interviews, recordings, reports, points and keys go with it, at once and for good."""
    await credentials.confirm(owner, body.password, client_of(request))
    await removal.delete_account(session, owner)
    clear_cookies(response)
