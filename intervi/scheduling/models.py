"""Tables of ``scheduling``.

A *person* is a reference of the owner's (``candidate456``): one reference is one person in either role, and the same reference of another
owner is somebody else.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field, SQLModel

from intervi.ids import new_id
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
        Index("ix_bookings_invited", "address_key", "starts_at", postgresql_where=text("address_key IS NOT NULL")),
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
    address_key: str | None = None
    """Where the person is an e-mail address: as it is compared (``User.email_key``)."""
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    starts_at: datetime = timestamp()
    ends_at: datetime = timestamp()
    is_exclusive: bool
    """Booked by scheduling, which books nobody twice. An interview that a caller dated by themselves only counts as busy time."""


class DeclinedInvitation(SQLModel, table=True):
    """Somebody with an account does not come to an interview of another user's to which their address is invited."""

    __tablename__ = "declined_invitations"

    interview_id: UUID = Field(foreign_key="interviews.id", ondelete="CASCADE", primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", primary_key=True, index=True)
    """Who declines."""
    starts_at: datetime = timestamp()
    """For which time: one that was moved is asked about anew."""
    declined_at: datetime = timestamp()


class CalendarFeed(SQLModel, table=True):
    """Which secret address of a user's calendar is valid."""

    __tablename__ = "calendar_feeds"

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", primary_key=True)
    version: int = 1
    """A link carries the version it was made for: revoking raises it."""


class Method(StrEnum):
    """What a calendar program is told (RFC 5546)."""

    REQUEST = "REQUEST"
    """It is at this time: a new appointment, or one that was moved."""
    CANCEL = "CANCEL"
    """It is not."""


class Invitation(SQLModel, table=True):
    """An e-mail about an interview's time to one person: written with what it tells of, sent by a worker, kept for what was told."""

    __tablename__ = "invitations"
    __table_args__ = (
        Index("ix_invitations_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        CheckConstraint("due_at IS NULL OR sent_at IS NULL", name="sent_once"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    interview_id: UUID | None = Field(default=None, foreign_key="interviews.id", ondelete="SET NULL", index=True)
    """Null once the interview was deleted: that it will not be held is told all the same."""
    address: str
    method: str
    sequence: int
    """iCalendar's ``SEQUENCE``, of this person: each of their e-mails has a higher one than the one before."""
    starts_at: datetime = timestamp()
    ends_at: datetime = timestamp()
    meeting_url: str | None = None
    """Where it is held, as this e-mail tells; null: it does not."""
    message: str
    """The whole e-mail as it is sent (RFC 5322), ASCII."""
    attempts: int = 0
    due_at: datetime | None = timestamp(nullable=True)
    """When it is to be tried (again); null: it was sent, or is not to be any more."""
    sent_at: datetime | None = timestamp(nullable=True)
    failure: str = ""
    """Why the newest attempt did not succeed."""
    created_at: datetime = timestamp()
