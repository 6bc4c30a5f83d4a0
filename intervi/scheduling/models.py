"""Tables of ``scheduling``.

A *person* is a reference of the owner's (``candidate456``): one reference is one person in either role, and the same reference of another
owner is somebody else.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field, SQLModel

from intervi.tables import timestamp

MINUTES_OF_A_DAY = 24 * 60


class WorkingHours(SQLModel, table=True):
    """When a person can be booked, on every day of the week."""

    __tablename__ = "working_hours"
    __table_args__ = (
        CheckConstraint(
            f"0 <= starts_minute AND starts_minute < ends_minute AND ends_minute <= {MINUTES_OF_A_DAY}", name="order"
        ),
    )

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", primary_key=True)
    person: str = Field(primary_key=True)
    time_zone: str
    """IANA name."""
    starts_minute: int
    """Of the local day: 540 is 09:00."""
    ends_minute: int


class Booking(SQLModel, table=True):
    """The time of one person in one interview."""

    __tablename__ = "bookings"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        Index("ix_bookings_busy", "user_id", "person", "starts_at"),
        # Equality inside GiST would need btree_gist, which the PostgreSQL wheel lacks; a range type of one text has it built in.
        ExcludeConstraint(
            (text("textrange(user_id::text || '/' || person, user_id::text || '/' || person, '[]')"), "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_bookings_nobody_twice",
            where=text("is_exclusive"),
        ),
    )

    interview_id: UUID = Field(foreign_key="interviews.id", ondelete="CASCADE", primary_key=True)
    person: str = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    starts_at: datetime = timestamp()
    ends_at: datetime = timestamp()
    is_exclusive: bool
    """Booked by scheduling, which books nobody twice. An interview that a caller dated by themselves only counts as busy time."""


class CalendarFeed(SQLModel, table=True):
    """Which secret address of a user's calendar is valid."""

    __tablename__ = "calendar_feeds"

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", primary_key=True)
    version: int = 1
    """A link carries the version it was made for: revoking raises it."""
