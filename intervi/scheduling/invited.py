"""What others have invited somebody to: interviews in which the address of their account takes part, as candidate or interviewer.

Whoever is invited learns what an invitation by e-mail tells, and no more: the time, what it is called, and who arranged it. The interview
itself stays its owner's, in every contract and on every page. Where this installation sends e-mail, an account must have shown a link that
was sent to its address; where it sends none, nothing could prove that, and the address of the account is believed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.errors import NotFound, WrongState
from intervi.interviews import timeline
from intervi.interviews.models import EventKind, Interview, Status
from intervi.scheduling import invited_repository as repository
from intervi.settings import settings
from intervi.translation import _

STAYS = timedelta(days=1)
"""How long what was to begin is shown."""
DECLINED, COMING = "declined", "coming"
"""What the owner's timeline says of a reply."""


@dataclass(frozen=True, slots=True)
class Invited:
    """An interview of somebody else's in which the principal is to take part."""

    interview: Interview
    organizer: User
    has_declined: bool
    """For the time that it has now."""


def needs_proof(user: User) -> bool:
    """Whether this account is shown nothing before it has followed a link that was sent to its address."""
    return settings().sends_mail and user.address_proved_at is None


async def upcoming(session: AsyncSession, principal: Principal, since: datetime | None = None) -> list[Invited]:
    """What the principal is invited to and is still to be held, in the order of its time.

    Args:
        since: What began earlier is left out; a day ago, if not said otherwise.
    """
    rows = await repository.upcoming(session, principal, since or now() - STAYS, proved_only=settings().sends_mail)
    return [Invited(*row) for row in rows]


async def get(session: AsyncSession, principal: Principal, interview_id: UUID) -> Invited:
    """One of ``upcoming``.

    Raises:
        NotFound: there is none, or the principal is not invited to it: which of both is not told.
    """
    row = await repository.get(session, principal, interview_id, now() - STAYS, proved_only=settings().sends_mail)
    if row is None:
        raise NotFound(_("There is no such interview."))
    return Invited(*row)


async def decline(session: AsyncSession, principal: Principal, interview_id: UUID) -> None:
    """The principal does not come at this time. The interview stays scheduled; its owner finds the reply in its timeline.

    Raises:
        NotFound: the principal is not invited to it.
        WrongState: it has begun.
    """
    interview = await _not_begun(session, principal, interview_id)
    if await repository.decline(session, principal, interview):
        await _tell_owner(session, principal, interview, DECLINED)


async def come_after_all(session: AsyncSession, principal: Principal, interview_id: UUID) -> None:
    """Takes it back that the principal does not come.

    Raises:
        NotFound: the principal is not invited to it.
        WrongState: it has begun.
    """
    interview = await _not_begun(session, principal, interview_id)
    if await repository.take_back(session, principal, interview):
        await _tell_owner(session, principal, interview, COMING)


async def declined_by(
    session: AsyncSession, principal: Principal, interviews: list[Interview]
) -> dict[UUID, list[str]]:
    """Who of those invited to the principal's own interviews does not come: their addresses, by interview."""
    found: dict[UUID, list[str]] = {}
    for interview_id, address in await repository.declined_by(session, principal, [each.id for each in interviews]):
        found.setdefault(interview_id, []).append(address)
    return found


async def _not_begun(session: AsyncSession, principal: Principal, interview_id: UUID) -> Interview:
    interview = (await get(session, principal, interview_id)).interview
    if interview.status != Status.SCHEDULED:
        raise WrongState(_("This interview has begun."), current=interview.status, wanted=Status.SCHEDULED)
    return interview


async def _tell_owner(session: AsyncSession, principal: Principal, interview: Interview, reply: str) -> None:
    address = (await session.get_one(User, principal.user_id)).email
    timeline.note(session, interview.id, EventKind.REPLY, after=reply, detail=address)
    await session.flush()
