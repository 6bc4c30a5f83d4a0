"""Tables of ``reports``."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from intervi.ids import new_id
from intervi.tables import timestamp


class ReportNote(SQLModel, table=True):
    """What the owner wrote down beside a report, for themselves alone."""

    __tablename__ = "report_notes"

    interview_id: UUID = Field(foreign_key="interviews.id", ondelete="CASCADE", primary_key=True)
    text: str
    updated_at: datetime = timestamp()


class ReportShare(SQLModel, table=True):
    """A link by which anybody may read a report, until it expires or is taken back."""

    __tablename__ = "report_shares"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    interview_id: UUID = Field(foreign_key="interviews.id", ondelete="CASCADE", index=True)
    with_recordings: bool = False
    """Whether picture and sound go along."""
    expires_at: datetime = timestamp()
    revoked_at: datetime | None = timestamp(nullable=True)
    created_at: datetime = timestamp()
