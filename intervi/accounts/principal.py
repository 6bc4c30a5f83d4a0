"""Who asks. Every service function that touches somebody's data takes one and starts from it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Principal:
    """A user, resolved from a bearer token, a cookie or a key; all of them give the same user."""

    user_id: UUID
    login_id: UUID | None = None
    api_key_id: UUID | None = None
    """The key that a program showed."""
