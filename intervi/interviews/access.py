"""Telling what belongs to somebody else from what is not there at all: one contract says so, the others never do."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.errors import Forbidden, NotFound
from intervi.interviews.models import Exchange, Interview
from intervi.translation import _


async def require_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> None:
    """Lets through to an interview of the principal's.

    Raises:
        NotFound: if there is none.
        Forbidden: if it is somebody else's.
    """
    # The one query that does not start from what the principal may see: nothing of what it finds is shown.
    owner = (await session.exec(select(Interview.user_id).where(Interview.id == interview_id))).first()
    _require(principal, owner, _("Interview session not found"))


async def require_exchange(session: AsyncSession, principal: Principal, exchange_id: UUID) -> None:
    """The same for a question.

    Raises:
        NotFound: if there is none.
        Forbidden: if it is somebody else's.
    """
    query = select(Interview.user_id).join(Exchange, col(Exchange.interview_id) == Interview.id)
    owner = (await session.exec(query.where(Exchange.id == exchange_id))).first()
    _require(principal, owner, _("Interaction not found"))


def _require(principal: Principal, owner: UUID | None, nothing: str) -> None:
    if owner is None:
        raise NotFound(nothing)
    if owner != principal.user_id:
        raise Forbidden(_("Access denied to this session"))
