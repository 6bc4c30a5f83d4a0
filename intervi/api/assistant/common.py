"""What the contract's modules share: who calls, and what is theirs. Somebody else's is told so here (403), and in no other contract."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from intervi.accounts.principal import Principal
from intervi.api.contract import ASSISTANT
from intervi.api.dependencies import RecordId, Session, caller_of
from intervi.interviews import access

BASE = "/interview-sessions"

ID_EXAMPLE = "019a7f3c-1b2a-8d4e-8000-000123456789"
TIME_EXAMPLE = "2024-01-01T10:00:00.000Z"

spell = ASSISTANT.spell_id

Caller = Annotated[Principal, Depends(caller_of(ASSISTANT))]


async def _own_session(session_id: RecordId, caller: Caller, session: Session) -> UUID:
    await access.require_interview(session, caller, session_id)
    return session_id


async def _own_interaction(interaction_id: RecordId, caller: Caller, session: Session) -> UUID:
    await access.require_exchange(session, caller, interaction_id)
    return interaction_id


OwnSession = Annotated[UUID, Depends(_own_session)]
"""The session of the path, which is the caller's."""
OwnInteraction = Annotated[UUID, Depends(_own_interaction)]
"""The interaction of the path, which is the caller's."""
