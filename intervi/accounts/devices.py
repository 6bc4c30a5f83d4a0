"""Where somebody is signed in: each login is a device, and can be ended from any other."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import repository, service
from intervi.accounts.principal import Principal
from intervi.errors import NotFound
from intervi.translation import _


@dataclass(frozen=True, slots=True)
class Device:
    """One living login."""

    login_id: UUID
    user_agent: str
    """As the device called itself; empty if it did not."""
    signed_in_at: datetime
    last_seen_at: datetime
    """To ten minutes."""
    is_here: bool
    """The one that asks."""


async def of_user(session: AsyncSession, principal: Principal) -> list[Device]:
    """The principal's devices: the one that asks, then the one seen last."""
    found = [
        Device(each.id, each.user_agent, each.created_at, each.last_seen_at, each.id == principal.login_id)
        for each in await repository.logins_of(session, principal.user_id)
    ]
    return sorted(found, key=lambda device: not device.is_here)


async def sign_out(session: AsyncSession, principal: Principal, login_id: UUID) -> None:
    """Ends one login of the principal's: its tokens and cookies are dead at once, its open sockets end.

    Raises:
        NotFound: the principal has no such login, or it has ended.
    """
    if login_id not in {each.id for each in await repository.logins_of(session, principal.user_id)}:
        raise NotFound(_("This device is signed out already."))
    await repository.end_login(session, login_id)
    service.tell_ended(session, principal.user_id, login_id)


async def sign_out_elsewhere(session: AsyncSession, principal: Principal) -> int:
    """Ends every login of the principal's but the one that asks, and says how many there were."""
    ended = await repository.end_logins_of(session, principal.user_id, but=principal.login_id)
    for login_id in ended:
        service.tell_ended(session, principal.user_id, login_id)
    return len(ended)


async def sign_out_everywhere(session: AsyncSession, principal: Principal) -> None:
    """Ends every login of the principal's, the one that asks too."""
    await repository.end_logins_of(session, principal.user_id)
    service.tell_ended(session, principal.user_id, None)
