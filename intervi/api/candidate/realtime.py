"""The handshake before a Socket.IO connection (``intervi.live.interview_namespace``)."""

from pydantic import Field

from intervi.accounts import tickets
from intervi.api.candidate.common import Caller, printed
from intervi.api.contract import CANDIDATE
from intervi.api.routes import router_of
from intervi.api.schemas import CamelModel
from intervi.clock import now

router = router_of(CANDIDATE)


class Handshake(CamelModel):
    """Who wants to connect."""

    user_id: str | None = Field(None, examples=["507f1f77bcf86cd799439011"])
    """The caller's own id, or left out."""


class Ticket(CamelModel):
    """A ticket to connect with."""

    socket_id: str = Field(examples=["aBcDeF1234567890"])
    """Good for one connection within 60 s: `io("/interview", {auth: {socketId}})`."""
    server_time: str = Field(examples=["2024-12-25T10:30:00Z"])


@router.post("/api/realtime/handshake", status_code=201)
async def handshake(caller: Caller, body: Handshake | None = None) -> Ticket:
    """Initialize real-time connection for interview session."""
    return Ticket(socket_id=await tickets.issue(caller), server_time=printed(now()))
