"""Every query of ``accounts``."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.models import ApiKey, Login, RefreshToken, User
from intervi.batches import Batches
from intervi.clock import now
from intervi.database import has_begun, has_pending
from intervi.statements import Statement


async def add_user(session: AsyncSession, user: User) -> bool:
    """Adds the user unless the e-mail is taken: of many at once, one wins."""
    statement = insert(User).values(user.model_dump()).on_conflict_do_nothing(index_elements=[col(User.email_key)])
    return (await session.scalar(statement.returning(col(User.id)))) is not None


async def user(session: AsyncSession, user_id: UUID) -> User | None:
    return await session.get(User, user_id)


async def user_locked(session: AsyncSession, user_id: UUID) -> User | None:
    """The user; nothing can be changed of it, nor added to it, by anybody else until this transaction ends."""
    return await session.get(User, user_id, with_for_update=True, populate_existing=True)


async def credentials(session: AsyncSession, email_key: str) -> tuple[UUID, str] | None:
    """User id and password hash of the account with this address."""
    row = (
        await session.execute(select(col(User.id), col(User.password_hash)).where(col(User.email_key) == email_key))
    ).first()
    return (row[0], row[1]) if row else None


async def address_proved(session: AsyncSession, user_id: UUID, email_key: str) -> bool:
    """Notes that the user reads what is sent to this address; ``False``: it is not theirs."""
    statement = update(User).where(col(User.id) == user_id, col(User.email_key) == email_key)
    proved = statement.values(address_proved_at=func.coalesce(User.address_proved_at, now())).returning(col(User.id))
    return (await session.scalar(proved)) is not None


async def set_password(session: AsyncSession, user_id: UUID, password_hash: str) -> None:
    await session.execute(update(User).where(col(User.id) == user_id).values(password_hash=password_hash))


async def live_login(session: AsyncSession, login_id: UUID, user_id: UUID) -> bool:
    """Whether this login is this user's and has not ended."""
    if has_pending(session) or has_begun(session):
        return await _LIVING.rows(session, login_ids=[login_id], moment=now()) == [(login_id, user_id)]
    return await _owners.ask(login_id) == user_id


async def _owners_of_living(login_ids: Sequence[UUID]) -> list[UUID | None]:
    """Whose these logins are; ``None`` for one that has ended or never was."""
    found: dict[UUID, UUID] = dict(await _LIVING.read(login_ids=list(login_ids), moment=now()))
    return [found.get(login_id) for login_id in login_ids]


# Every request asks this.
_owners = Batches(_owners_of_living)


async def living_logins(session: AsyncSession, login_ids: Collection[UUID]) -> set[UUID]:
    """Those of these logins that have not ended."""
    statement = select(col(Login.id)).where(col(Login.id).in_(login_ids), *_alive())
    return set(await session.scalars(statement))


async def live_login_by_session_key(session: AsyncSession, session_key: str) -> Login | None:
    """The login behind a ``session`` cookie."""
    return (await session.scalars(select(Login).where(col(Login.session_key) == session_key, *_alive()))).first()


async def note_seen(session: AsyncSession, login_id: UUID) -> None:
    """Somebody is there on this device now."""
    await session.execute(update(Login).where(col(Login.id) == login_id).values(last_seen_at=now()))


async def logins_of(session: AsyncSession, user_id: UUID) -> Sequence[Login]:
    """The user's living logins, the one that was seen last first."""
    statement = select(Login).where(col(Login.user_id) == user_id, *_alive())
    return (await session.scalars(statement.order_by(col(Login.last_seen_at).desc(), col(Login.id)))).all()


async def end_logins_of(session: AsyncSession, user_id: UUID, *, but: UUID | None = None) -> Sequence[UUID]:
    """Ends the user's logins, ``but`` for one, and returns those that ended by this."""
    statement = update(Login).where(col(Login.user_id) == user_id, col(Login.revoked_at).is_(None))
    if but is not None:
        statement = statement.where(col(Login.id) != but)
    return (await session.scalars(statement.values(revoked_at=now()).returning(col(Login.id)))).all()


async def end_login(session: AsyncSession, login_id: UUID) -> None:
    """Ends a login and with it all its tokens; ending it again changes nothing."""
    statement = update(Login).where(col(Login.id) == login_id, col(Login.revoked_at).is_(None))
    await session.execute(statement.values(revoked_at=now()))


async def prolong_login(session: AsyncSession, login_id: UUID, expires_at: datetime) -> bool:
    """Lets a living login live until then; ``False`` if it has ended."""
    statement = update(Login).where(col(Login.id) == login_id, *_alive())
    values = {"last_seen_at": now(), "expires_at": expires_at}
    return (await session.scalar(statement.values(values).returning(col(Login.id)))) is not None


async def use_refresh_token(session: AsyncSession, token_id: UUID, login_id: UUID) -> bool:
    """Takes the token, which can be done once: compare-and-set, so of many at once one succeeds."""
    statement = update(RefreshToken).where(
        col(RefreshToken.id) == token_id,
        col(RefreshToken.login_id) == login_id,
        col(RefreshToken.used_at).is_(None),
        col(RefreshToken.expires_at) > now(),
    )
    return (await session.scalar(statement.values(used_at=now()).returning(col(RefreshToken.id)))) is not None


async def api_keys(session: AsyncSession, user_id: UUID) -> Sequence[ApiKey]:
    """The user's keys, newest first."""
    statement = select(ApiKey).where(col(ApiKey.user_id) == user_id).order_by(col(ApiKey.id).desc())
    return (await session.scalars(statement)).all()


async def api_key_by_hash(session: AsyncSession, key_hash: str) -> ApiKey | None:
    """The key with this hash, unless it has expired."""
    statement = select(ApiKey).where(
        col(ApiKey.key_hash) == key_hash, col(ApiKey.expires_at).is_(None) | (col(ApiKey.expires_at) > now())
    )
    return (await session.scalars(statement)).first()


async def delete_api_key(session: AsyncSession, user_id: UUID, key_id: UUID) -> bool:
    """``False`` if the user has no such key."""
    statement = delete(ApiKey).where(col(ApiKey.id) == key_id, col(ApiKey.user_id) == user_id)
    return (await session.scalar(statement.returning(col(ApiKey.id)))) is not None


def _alive() -> tuple[ColumnElement[bool], ...]:
    return (col(Login.revoked_at).is_(None), col(Login.expires_at) > now())


_LIVING = Statement(
    select(col(Login.id), col(Login.user_id)).where(
        col(Login.id) == any_(bindparam("login_ids", type_=ARRAY(Uuid))),
        col(Login.revoked_at).is_(None),
        col(Login.expires_at) > bindparam("moment"),
    )
)
