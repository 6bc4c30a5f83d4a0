"""Registering, logging in and out, and who a token or a cookie stands for.

A *login* is one sign-in on one device. Its access tokens, its refresh tokens and its ``session`` cookie all live and die with it.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi import events
from intervi.accounts import addresses, passwords, profile, repository, throttling, tokens
from intervi.accounts.models import Login, RefreshToken, User
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import after_commit, transaction
from intervi.errors import Conflict, InvalidInput, NotAuthenticated, TooManyRequests
from intervi.ids import new_id
from intervi.settings import settings
from intervi.translation import _

TOKEN_COOKIE = "token"  # noqa: S105 - the name of a cookie
"""HttpOnly; the access token, for the contracts."""
SESSION_COOKIE = "session"
"""HttpOnly; the login's opaque id, for our own pages."""

LOGIN_ENDED = "login-ended"
"""The event that tells open sockets to end."""

_MAX_USER_AGENT_CHARACTERS = 300
_SEEN_IS_NOTED = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from."""

    address: str = ""
    """Network address; attempts to log in are counted by it."""
    user_agent: str = ""
    session_cookie: str | None = None
    """Of a device that is already signed in."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A fresh pair."""

    user_id: UUID
    access_token: str
    refresh_token: str
    expires_in: int
    """Seconds the access token lives."""


@dataclass(frozen=True, slots=True)
class SignedIn(Tokens):
    """A fresh login."""

    session_cookie: str


async def register(
    session: AsyncSession,
    *,
    email: str,
    password: str,
    first_name: str = "",
    last_name: str = "",
    time_zone: str = "UTC",
    client: Client | None = None,
) -> SignedIn:
    """Makes an account and signs it in.

    Raises:
        InvalidInput: with details for ``email``, ``password``, ``first_name``, ``last_name``, ``time_zone``.
        Conflict: the address is taken, in whatever case.
    """
    first_name, last_name = first_name.strip(), last_name.strip()
    address = addresses.normal(email)
    problems = {
        "email": [] if address else [_("This is not an e-mail address.")],
        "password": await passwords.weaknesses(password, about_the_user=(*email.split("@"), first_name, last_name)),
        "first_name": profile.name_problems(first_name),
        "last_name": profile.name_problems(last_name),
        "time_zone": profile.time_zone_problems(time_zone),
    }
    if address is None or any(problems.values()):
        wrong = {name: texts for name, texts in problems.items() if texts}
        raise InvalidInput(_("Some of what was sent is not valid."), details=wrong)
    user = User(
        email=address,
        email_key=address.casefold(),
        password_hash=await passwords.hash_password(password),
        first_name=first_name,
        last_name=last_name,
        time_zone=time_zone,
    )
    if not await repository.add_user(session, user):
        raise Conflict(_("There is already an account with this e-mail address."))
    return _sign_in(session, user.id, client or Client())


async def log_in(session: AsyncSession, *, email: str, password: str, client: Client | None = None) -> SignedIn:
    """Signs in with e-mail and password.

    Raises:
        NotAuthenticated: unknown address or wrong password, in the same words and about the same time.
        TooManyRequests: too many attempts; a device that is signed in to the account already is let through.
    """
    client = client or Client()
    address = addresses.normal(email)
    account_key = (address or email).casefold()
    # Its own short transaction: no connection is held while bcrypt works.
    async with transaction() as reading:
        known = await repository.credentials(reading, account_key) if address else None
        owner = await principal_of_session_cookie(reading, client.session_cookie or "")
    user_id, password_hash = known or (None, None)
    try:
        await throttling.take_attempt(account_key, client.address)
    except TooManyRequests:
        if owner is None or owner.user_id != user_id:
            raise
    fits = await passwords.verify_password(password, password_hash)
    if user_id is None or not fits:
        raise NotAuthenticated(_("E-mail or password is wrong."))
    await throttling.forgive_account(account_key)
    return _sign_in(session, user_id, client)


async def refresh(session: AsyncSession, refresh_token: str) -> Tokens:
    """A fresh pair for a refresh token, which is dead from then on. Its reuse means that somebody copied it: the whole login ends.

    Raises:
        NotAuthenticated: it is not a living refresh token.
    """
    claims = tokens.read(tokens.Kind.REFRESH, refresh_token)
    if not await repository.use_refresh_token(session, claims.token_id, claims.login_id):
        await repository.end_login(session, claims.login_id)
        # The refusal rolls the request back; that the login has ended must stay.
        await session.commit()
        await _tell_ended(claims.user_id, claims.login_id)
        raise tokens.not_authenticated()
    if not await repository.prolong_login(session, claims.login_id, _login_end()):
        raise tokens.not_authenticated()
    return _issue(session, claims.user_id, claims.login_id)


async def log_out(session: AsyncSession, principal: Principal) -> None:
    """Ends the login that the principal came with: its tokens and its cookies are dead at once."""
    if principal.login_id is not None:
        await repository.end_login(session, principal.login_id)
        tell_ended(session, principal.user_id, principal.login_id)


def tell_ended(session: AsyncSession, user_id: UUID, login_id: UUID | None) -> None:
    """Ends the open sockets of a login once this is committed; ``None``: of all logins of the user."""
    after_commit(session, partial(_tell_ended, user_id, login_id))


async def _tell_ended(user_id: UUID, login_id: UUID | None) -> None:
    """Ends the open sockets of a login on every web process; ``None``: of all logins of the user."""
    await events.publish(user_id, LOGIN_ENDED, login_id=login_id)


async def principal_of_access_token(session: AsyncSession, token: str) -> Principal:
    """Who an access token stands for.

    Raises:
        NotAuthenticated: it is forged, expired, of another kind, or its login has ended; the message never says which.
    """
    claims = tokens.read(tokens.Kind.ACCESS, token)
    if not await repository.live_login(session, claims.login_id, claims.user_id):
        raise tokens.not_authenticated()
    return Principal(claims.user_id, claims.login_id)


async def principal_of_session_cookie(session: AsyncSession, cookie: str) -> Principal | None:
    """Who a ``session`` cookie stands for; ``None`` if its login has ended or never was."""
    login = await repository.live_login_by_session_key(session, _session_key(cookie)) if cookie else None
    if login is None:
        return None
    if now() - login.last_seen_at > _SEEN_IS_NOTED:
        await repository.note_seen(session, login.id)
    return Principal(login.user_id, login.id)


async def living_logins(session: AsyncSession, principals: Collection[Principal]) -> set[Principal]:
    """Those whose login has not ended, in one query: for sockets, which stay open for long. Who came without a login has none that ends."""
    living = await repository.living_logins(
        session, [each.login_id for each in principals if each.login_id is not None]
    )
    return {each for each in principals if each.login_id is None or each.login_id in living}


async def user_of(session: AsyncSession, principal: Principal) -> User:
    """The account of the principal.

    Raises:
        NotAuthenticated: it was deleted meanwhile.
    """
    user = await repository.user(session, principal.user_id)
    if user is None:
        raise tokens.not_authenticated()
    return user


async def hold(session: AsyncSession, principal: Principal) -> User:
    """The account of the principal; until the transaction ends nobody else can change it or add to it.

    Raises:
        NotAuthenticated: it was deleted meanwhile.
    """
    user = await repository.user_locked(session, principal.user_id)
    if user is None:
        raise tokens.not_authenticated()
    return user


async def delete(session: AsyncSession, principal: Principal) -> None:
    """Removes the rows of an account and of all that belongs to it; every token and cookie of it is dead at once.

    ``recordings.removal.delete_account`` removes its media too.

    Raises:
        NotAuthenticated: it was deleted before.
    """
    await session.delete(await hold(session, principal))
    await session.flush()
    tell_ended(session, principal.user_id, None)


def _sign_in(session: AsyncSession, user_id: UUID, client: Client) -> SignedIn:
    cookie = secrets.token_urlsafe(32)
    login = Login(
        user_id=user_id,
        session_key=_session_key(cookie),
        user_agent=client.user_agent[:_MAX_USER_AGENT_CHARACTERS],
        expires_at=_login_end(),
    )
    session.add(login)
    pair = _issue(session, user_id, login.id)
    return SignedIn(user_id, pair.access_token, pair.refresh_token, pair.expires_in, cookie)


def _issue(session: AsyncSession, user_id: UUID, login_id: UUID) -> Tokens:
    expires_at = now() + timedelta(days=settings().refresh_token_days)
    token_id = new_id()
    session.add(RefreshToken(id=token_id, login_id=login_id, expires_at=expires_at))
    return Tokens(
        user_id=user_id,
        access_token=tokens.issue_access(user_id, login_id),
        refresh_token=tokens.issue(
            tokens.Kind.REFRESH, user_id=user_id, login_id=login_id, expires_at=expires_at, token_id=token_id
        ),
        expires_in=settings().access_token_seconds,
    )


def _login_end() -> datetime:
    return now() + timedelta(days=settings().login_days)


def _session_key(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()
