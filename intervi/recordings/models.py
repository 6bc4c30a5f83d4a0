"""Tables of ``recordings``."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from intervi.ids import new_id
from intervi.tables import timestamp


class MediaKind(StrEnum):
    """What was asked for: a recording with pictures, or sound alone."""

    AUDIO = "audio"
    VIDEO = "video"


class MediaState(StrEnum):
    """``uploading``: bytes still come. ``stored``: complete. ``discarded``: the candidate recorded this answer again.

    ``deleted``: it was kept for as long as the installation keeps recordings, and is gone; what was found in it stays.
    """

    UPLOADING = "uploading"
    STORED = "stored"
    DISCARDED = "discarded"
    DELETED = "deleted"


class Media(SQLModel, table=True):
    """One recorded segment of one answer. Several segments of an answer are ordered by ``offset_seconds``."""

    __tablename__ = "media"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    interview_id: UUID = Field(foreign_key="interviews.id", ondelete="CASCADE", index=True)
    exchange_id: UUID = Field(foreign_key="exchanges.id", ondelete="CASCADE", index=True)
    kind: str
    filename: str
    """As the sender called it: for showing, never for a path."""
    content_type: str = ""
    """Found from the content, never believed from a header."""
    storage_key: str = Field(unique=True)
    """Random; where the bytes are."""
    playback_key: str | None = None
    """A seekable copy, made by the decode stage (a browser's own recording has neither duration nor index)."""
    size_bytes: int = Field(default=0, sa_type=BigInteger)
    """Bytes received so far."""
    declared_bytes: int | None = Field(default=None, sa_type=BigInteger)
    """How many there will be; unknown while a recorder still records."""
    received_at: datetime = timestamp()
    """When bytes last came: an upload that nobody goes on with is settled by it."""
    duration_seconds: float | None = None
    """From the last time stamp; known after decoding."""
    offset_seconds: float = 0.0
    """Where this segment begins in its answer."""
    state: str = MediaState.UPLOADING
    created_at: datetime = timestamp()
    stored_at: datetime | None = timestamp(nullable=True)
    deleted_at: datetime | None = timestamp(nullable=True)
    """When its bytes were deleted, for a page to say so. ``storage_key`` leads nowhere from then on."""
