"""Tables of ``retries``."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from intervi.ids import new_id
from intervi.tables import timestamp


class KeptAnswer(SQLModel, table=True):
    """One request with a key: claimed while it runs, then its answer."""

    __tablename__ = "kept_answers"

    key: str = Field(primary_key=True)
    """Hash of whose request it was, where it went, and its key."""
    user_id: UUID | None = Field(foreign_key="users.id", ondelete="CASCADE", nullable=True, index=True)
    """Goes with the account."""
    claim: UUID = Field(default_factory=new_id)
    """Of the request that runs. Only it may leave an answer here."""
    lease_expires_at: datetime = timestamp()
    """A claim that is not renewed until then belonged to a process that died."""
    expires_at: datetime = timestamp(index=True)
    body_hash: str | None = None
    answer: bytes | None = None
    """Sealed: it may hold tokens."""
