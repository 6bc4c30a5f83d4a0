"""The signed tokens: access and refresh, JWT (RFC 7519) with HS256.

``aud`` and ``typ`` tell the two kinds apart, so that neither passes for the other. A token only names its login; whether that login
still lives is asked of the database every time, which is how logging out ends every token at once.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt

from intervi.clock import now
from intervi.errors import NotAuthenticated
from intervi.ids import new_id
from intervi.settings import settings
from intervi.translation import _

_ALGORITHM = "HS256"
"""Pinned: what a token's header says of its own algorithm is not believed."""
_ISSUER = "intervi"


class Kind(StrEnum):
    ACCESS = "access"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says."""

    user_id: UUID
    login_id: UUID
    token_id: UUID


def issue(kind: Kind, *, user_id: UUID, login_id: UUID, expires_at: datetime, token_id: UUID | None = None) -> str:
    """A signed token of ``kind``."""
    payload: dict[str, Any] = {
        "iss": _ISSUER,
        "aud": f"{_ISSUER}:{kind}",
        "typ": kind.value,
        "sub": str(user_id),
        "sid": str(login_id),
        "jti": str(token_id or new_id()),
        "iat": now(),
        "exp": expires_at,
    }
    return jwt.encode(payload, settings().signing_key, algorithm=_ALGORITHM)


def issue_access(user_id: UUID, login_id: UUID) -> str:
    """An access token for the next hour or so (``settings().access_token_seconds``)."""
    expires_at = now() + timedelta(seconds=settings().access_token_seconds)
    return issue(Kind.ACCESS, user_id=user_id, login_id=login_id, expires_at=expires_at)


def read(kind: Kind, token: str) -> Claims:
    """The claims of a token that we signed, that is of this kind, and that has not expired.

    Raises:
        NotAuthenticated: for everything else, without saying which.
    """
    claims, expires_at = _verified(kind, token, settings().signing_key)
    if expires_at <= time.time():
        raise not_authenticated()
    return claims


@lru_cache(maxsize=4096)
def _verified(kind: Kind, token: str, key: str) -> tuple[Claims, float]:
    """What a well-signed token says, and until when (Unix seconds); whether that has come must be looked at every time.

    Kept, as a caller shows the same token for an hour, and each call reads it twice.

    Raises:
        NotAuthenticated: for everything else; that is not kept.
    """
    try:
        payload = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=f"{_ISSUER}:{kind}",
            issuer=_ISSUER,
            options={"require": ["exp", "iat", "aud", "iss", "sub", "sid", "jti", "typ"]},
        )
        claims = Claims(UUID(payload["sub"]), UUID(payload["sid"]), UUID(payload["jti"]))
    except (jwt.InvalidTokenError, ValueError, AttributeError, TypeError) as error:
        raise not_authenticated() from error
    if payload["typ"] != kind:
        raise not_authenticated()
    return claims, float(payload["exp"])


def not_authenticated() -> NotAuthenticated:
    """The one refusal for nobody and for every kind of bad token."""
    return NotAuthenticated(_("Sign in first."))
