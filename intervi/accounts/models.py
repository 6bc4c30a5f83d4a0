"""Tables of ``accounts``."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from intervi.ids import new_id
from intervi.tables import timestamp


class User(SQLModel, table=True):
    """A person with an account."""

    __tablename__ = "users"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str
    email_key: str = Field(unique=True)
    """The address as compared: normalised and case-folded."""
    address_proved_at: datetime | None = timestamp(nullable=True)
    """When its owner first showed what was sent to the address (``intervi.accounts.addresses``); null: never."""
    password_hash: str
    first_name: str = ""
    last_name: str = ""
    time_zone: str = "UTC"
    """IANA name."""
    progress_enabled: bool = True
    """Whether points, streaks and achievements are shown; they are kept either way."""
    weekly_goal_days: int = 3
    """Days of practice a week that this person aims for."""
    language: str = ""
    """Of the pages, as a code of :data:`intervi.translation.LANGUAGES`; empty: what the browser asks for."""
    live_nudges: bool = True
    """Whether anything is said while this person speaks."""
    expressions: bool = True
    """Whether the face's expression may be estimated."""
    retention_days: int | None = None
    """Recordings are deleted after so many days, or ``INTERVI_RETENTION_DAYS`` where that is less; ``None``: only after the latter."""
    created_at: datetime = timestamp()

    @property
    def shown_name(self) -> str:
        """What others know this person by: the name, or the address where none was given."""
        return " ".join(filter(None, (self.first_name, self.last_name))) or self.email


class Login(SQLModel, table=True):
    """One sign-in on one device: the family its refresh tokens belong to. Revoked: every token of it is dead at once."""

    __tablename__ = "logins"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    session_key: str = Field(unique=True)
    """SHA-256 of the opaque ``session`` cookie, in hexadecimal."""
    user_agent: str = ""
    created_at: datetime = timestamp()
    last_seen_at: datetime = timestamp()
    expires_at: datetime = timestamp()
    revoked_at: datetime | None = timestamp(nullable=True)


class RefreshToken(SQLModel, table=True):
    """A refresh token that was given out. Used twice: somebody copied it, and its login ends."""

    __tablename__ = "refresh_tokens"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    """The token's ``jti``."""
    login_id: UUID = Field(foreign_key="logins.id", ondelete="CASCADE", index=True)
    expires_at: datetime = timestamp()
    used_at: datetime | None = timestamp(nullable=True)


class ApiKey(SQLModel, table=True):
    """A key by which a program calls as its user, within its scopes. Kept hashed: it is shown once, when it is made."""

    __tablename__ = "api_keys"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    name: str
    key_hash: str = Field(unique=True)
    """SHA-256, in hexadecimal: a key is 256 random bits, which need no slow hash."""
    hint: str
    """Its last characters, by which one tells it from others."""
    scopes: list[str] = Field(sa_column=Column(ARRAY(String), nullable=False))
    created_at: datetime = timestamp()
    last_used_at: datetime | None = timestamp(nullable=True)
    """To the minute."""
    expires_at: datetime | None = timestamp(nullable=True)
