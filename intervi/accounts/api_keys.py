"""API keys: how a program calls as its user without a login. Shown once, kept hashed, limited to scopes, dead at once when revoked.

A key names its user and is signed, so that an invented one costs no query, and calls can be counted by user before any.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from itsdangerous import BadSignature, Signer
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import repository, tokens
from intervi.accounts.models import ApiKey
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.errors import Conflict, Forbidden, InvalidInput, NotFound
from intervi.ids import hex24, parse_id
from intervi.settings import settings
from intervi.translation import _, fill

PREFIX = "ivk_"
"""So that tools that look for leaked secrets can tell one."""
MAX_KEYS = 50
MAX_NAME_CHARACTERS = 100
_HINT_CHARACTERS = 6
"""The last ones: the first are the same in all keys of a user."""
_USE_IS_NOTED = timedelta(minutes=1)


class Scope(StrEnum):
    """What a key may be good for."""

    INTERVIEWS_READ = "interviews:read"
    INTERVIEWS_WRITE = "interviews:write"
    TRANSCRIPTION_READ = "transcription:read"
    TRANSCRIPTION_WRITE = "transcription:write"
    ANALYSIS_READ = "analysis:read"
    ANALYSIS_WRITE = "analysis:write"
    SCHEDULING_READ = "scheduling:read"
    SCHEDULING_WRITE = "scheduling:write"


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A fresh key; ``secret`` is nowhere else from here on."""

    key: ApiKey
    secret: str


async def create(
    session: AsyncSession,
    principal: Principal,
    *,
    name: str,
    scopes: Sequence[str] | None = None,
    expires_at: datetime | None = None,
) -> MadeKey:
    """A new key of the principal's.

    Args:
        scopes: Of :class:`Scope`; ``None``: all.
        expires_at: UTC-aware; ``None``: it lives until it is revoked.

    Raises:
        InvalidInput: naming the field that breaks a rule.
        Conflict: there are too many keys.
    """
    _check(name, scopes, expires_at)
    await repository.user_locked(session, principal.user_id)
    if len(await repository.api_keys(session, principal.user_id)) >= MAX_KEYS:
        raise Conflict(fill("You have {count} keys. Please revoke one first.", {"count": MAX_KEYS}))
    secret = PREFIX + _signer().sign(f"{hex24(principal.user_id)}.{secrets.token_urlsafe(32)}").decode()
    key = ApiKey(
        user_id=principal.user_id,
        name=name.strip(),
        key_hash=_hash(secret),
        hint=secret[-_HINT_CHARACTERS:],
        scopes=sorted(set(Scope) if scopes is None else set(scopes)),
        expires_at=expires_at,
    )
    session.add(key)
    await session.flush()
    return MadeKey(key, secret)


async def of_user(session: AsyncSession, principal: Principal) -> Sequence[ApiKey]:
    """The principal's keys, newest first."""
    return await repository.api_keys(session, principal.user_id)


async def revoke(session: AsyncSession, principal: Principal, key_id: UUID) -> None:
    """Ends a key, at once.

    Raises:
        NotFound: the principal has no such key.
    """
    if not await repository.delete_api_key(session, principal.user_id, key_id):
        raise NotFound(_("There is no such key."))


async def principal_of_api_key(session: AsyncSession, secret: str, scopes: Collection[Scope]) -> Principal:
    """Whom a key stands for.

    Args:
        scopes: It must have one of these.

    Raises:
        NotAuthenticated: it is none of ours, was revoked or has expired.
        Forbidden: it is good for other things.
    """
    key = await repository.api_key_by_hash(session, _hash(secret)) if user_of(secret) else None
    if key is None:
        raise tokens.not_authenticated()
    if not set(scopes).intersection(key.scopes):
        raise Forbidden(fill("This key lacks the scope {scope}.", {"scope": " / ".join(sorted(scopes))}))
    moment = now()
    if key.last_used_at is None or moment - key.last_used_at > _USE_IS_NOTED:
        key.last_used_at = moment
        session.add(key)
    return Principal(key.user_id, api_key_id=key.id)


def user_of(secret: str) -> UUID | None:
    """Whose key this is, by its signature alone: it may have been revoked since. ``None`` for what is no key of ours."""
    try:
        signed = _signer().unsign(secret.removeprefix(PREFIX)).decode()
    except (BadSignature, UnicodeError):
        return None
    return parse_id(signed.partition(".")[0]) if secret.startswith(PREFIX) else None


def _signer() -> Signer:
    return Signer(settings().signing_key, salt="intervi.accounts.api_keys", digest_method=hashlib.sha256)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _check(name: str, scopes: Sequence[str] | None, expires_at: datetime | None) -> None:
    problems = {}
    if not 1 <= len(name.strip()) <= MAX_NAME_CHARACTERS:
        problems["name"] = fill("Give 1 to {count} characters.", {"count": MAX_NAME_CHARACTERS})
    if scopes is not None and (not scopes or not set(scopes) <= set(Scope)):
        problems["scopes"] = fill("Choose from {scopes}.", {"scopes": ", ".join(Scope)})
    if expires_at is not None and expires_at <= now():
        problems["expires_at"] = _("This is in the past.")
    if problems:
        raise InvalidInput(
            _("Please check what you entered."), details={field: [text] for field, text in problems.items()}
        )
