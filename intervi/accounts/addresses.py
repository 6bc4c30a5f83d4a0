"""E-mail addresses: how they are written and compared, and the proof that an account's owner reads what is sent to its address."""

from email_validator import EmailNotValidError, validate_email
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import repository
from intervi.accounts.principal import Principal
from intervi.errors import NotFound
from intervi.settings import settings
from intervi.translation import _

MAX_EMAIL_CHARACTERS = 254  # RFC 5321, section 4.5.3.1.3
PROVES_FOR_SECONDS = 180 * 24 * 3600
"""How long a proof that was sent can be shown."""


def normal(email: str) -> str | None:
    """The address in its normal form, or ``None`` for what is none. Nobody is asked whether it can receive mail."""
    if len(email) > MAX_EMAIL_CHARACTERS:
        return None
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def key_of(email: str) -> str | None:
    """By what two addresses are compared (``User.email_key``): without case; ``None`` for what is none."""
    address = normal(email)
    return None if address is None else address.casefold()


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().signing_key, salt="intervi.accounts.addresses")


def proof(email: str) -> str:
    """What is sent to an address, in a link, and to nobody else: whoever shows it reads that mailbox."""
    return str(_serializer().dumps(key_of(email)))


async def prove(session: AsyncSession, principal: Principal, shown: str) -> None:
    """The principal has shown what was sent to their account's address.

    Raises:
        NotFound: it was sent to another address, or by nobody here, or too long ago.
    """
    try:
        key = _serializer().loads(shown, max_age=PROVES_FOR_SECONDS)
    except BadData:
        key = None
    if not isinstance(key, str) or not await repository.address_proved(session, principal.user_id, key):
        raise NotFound(_("This link was sent to another address, or is too old."))
