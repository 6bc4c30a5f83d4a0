"""What needs the password again: changing it, and deleting the account."""

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import devices, passwords, repository, service, throttling
from intervi.accounts.principal import Principal
from intervi.accounts.service import Client
from intervi.database import transaction
from intervi.errors import InvalidInput
from intervi.translation import _


async def confirm(principal: Principal, password: str, client: Client, *, field: str = "password") -> None:
    """Makes sure that it is the owner who asks, and not whoever found their device open.

    Args:
        field: What a refusal names.

    Raises:
        InvalidInput: it is another password.
        NotAuthenticated: the account was deleted meanwhile.
        TooManyRequests: too many attempts, counted with those to sign in.
    """
    # Its own short transaction: no connection is held while bcrypt works.
    async with transaction() as reading:
        user = await service.user_of(reading, principal)
    await throttling.take_attempt(user.email_key, client.address)
    if not await passwords.verify_password(password, user.password_hash):
        text = _("This is not your password.")
        raise InvalidInput(text, details={field: [text]})
    await throttling.forgive_account(user.email_key)


async def change_password(
    session: AsyncSession, principal: Principal, *, current: str, new: str, client: Client
) -> None:
    """Sets another password. Every other device is signed out: one changes a password because somebody may know it.

    Raises:
        InvalidInput: with details for ``current_password`` or ``new_password``.
        TooManyRequests: as ``confirm``.
    """
    await confirm(principal, current, client, field="current_password")
    user = await service.user_of(session, principal)
    about = (*user.email.split("@"), user.first_name, user.last_name)
    if problems := await passwords.weaknesses(new, about_the_user=about):
        raise InvalidInput(_("Please check what you entered."), details={"new_password": problems})
    password_hash = await passwords.hash_password(new)
    await repository.set_password(session, principal.user_id, password_hash)
    await devices.sign_out_elsewhere(session, principal)
