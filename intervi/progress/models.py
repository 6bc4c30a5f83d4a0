"""Tables of ``progress``. Neither points at an interview: what was earned stays when the interview is deleted."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from intervi.tables import timestamp


class Reason(StrEnum):
    """What points are given for."""

    INTERVIEW = "interview"
    ANSWER = "answer"


class LedgerEntry(SQLModel, table=True):
    """Points for one event. An event is entered once, however often it is reported, and an entry is never changed."""

    __tablename__ = "progress_ledger"
    __table_args__ = (Index("ix_progress_ledger_owner_day", "user_id", "local_date"),)

    source: str = Field(primary_key=True)
    """The event: ``interview:<id>`` or ``answer:<id of the exchange>``."""
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    interview_id: UUID
    """The interview it belongs to, which may be deleted by now."""
    reason: str
    points: int
    local_date: dt.date
    """The day on the owner's calendar when the interview was completed; it stays when they move."""
    time_zone: str
    """The IANA zone of that calendar."""
    occurred_at: dt.datetime = timestamp()
    """When the interview was completed."""
    domain_slug: str = ""
    """A domain of the bank, else empty."""
    difficulty: str = ""
    question_type: str = ""
    """Of an answer."""


class UnlockedAchievement(SQLModel, table=True):
    """An achievement that somebody has. Nothing takes it away again."""

    __tablename__ = "progress_achievements"

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", primary_key=True)
    code: str = Field(primary_key=True)
    unlocked_at: dt.datetime = timestamp()
