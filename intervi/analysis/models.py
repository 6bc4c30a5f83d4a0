"""Tables of ``analysis``.

``AnalysisStage`` rows are the truth about what is done; an RQ job is only the wake-up call. A worker claims a stage whose
predecessors are done (compare-and-set with ``FOR UPDATE SKIP LOCKED``), holds it by a lease, and keeps its result in the same row,
so that each stage is retried alone and a killed worker loses and doubles nothing.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from intervi.ids import new_id
from intervi.tables import json_or_null, timestamp


class Stage(StrEnum):
    """In the order shown to people."""

    DECODE = "decode"
    TRANSCRIBE = "transcribe"
    SPEECH = "speech"
    VISION = "vision"
    LANGUAGE = "language"
    SCORES = "scores"
    REPORT = "report"


AFTER: dict[Stage, frozenset[Stage]] = {
    Stage.DECODE: frozenset(),
    Stage.TRANSCRIBE: frozenset({Stage.DECODE}),
    Stage.SPEECH: frozenset({Stage.DECODE, Stage.TRANSCRIBE}),
    Stage.VISION: frozenset({Stage.DECODE}),
    Stage.LANGUAGE: frozenset({Stage.TRANSCRIBE}),
    Stage.SCORES: frozenset({Stage.SPEECH, Stage.VISION, Stage.LANGUAGE}),
    Stage.REPORT: frozenset({Stage.SCORES}),
}
"""What must be done before a stage can begin."""


OPTIONAL = frozenset({Stage.TRANSCRIBE, Stage.SPEECH, Stage.VISION, Stage.LANGUAGE})
"""A report is made without what these would have found, and says so; the candidate may try them again."""


OF_MEDIA = frozenset({Stage.DECODE, Stage.TRANSCRIBE, Stage.SPEECH, Stage.VISION})
"""What reads a recording, or what was made from it."""


def successors(stage: Stage) -> frozenset[Stage]:
    """Every stage that rests on this one, near or far."""
    near = {later for later, earlier in AFTER.items() if stage in earlier}
    return frozenset(near).union(*(successors(later) for later in near))


class WorkStatus(StrEnum):
    """Of one stage, and of an analysis as a whole (which is never ``blocked``)."""

    BLOCKED = "blocked"
    """A predecessor is not done."""
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Analysis(SQLModel, table=True):
    """The analysis of one answer: at most one per exchange."""

    __tablename__ = "analyses"
    __table_args__ = (Index("ix_analyses_served", "user_id", "served_at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    interview_id: UUID = Field(foreign_key="interviews.id", ondelete="CASCADE", index=True)
    exchange_id: UUID = Field(foreign_key="exchanges.id", ondelete="CASCADE", unique=True)
    status: str = WorkStatus.WAITING
    input_hash: str
    """SHA-256 over what is analysed (segments, offsets, typed text): another input is another analysis."""
    error: str | None = None
    """Why it was given up, as the stage that was says it."""
    created_at: datetime = timestamp()
    served_at: datetime | None = timestamp(nullable=True)
    """When a worker last took a stage of it: whoever was served longest ago is next."""
    finished_at: datetime | None = timestamp(nullable=True)


TRANSCRIPT_WORDS = "to_tsvector('english', coalesce(result ->> 'text', ''))"
IS_TRANSCRIPT = "stage = 'transcribe'"
"""What is searched in a transcript, exactly as its index has it (PostgreSQL full text search)."""


class AnalysisStage(SQLModel, table=True):
    """One stage of one analysis: status, attempts, lease, result."""

    __tablename__ = "analysis_stages"
    __table_args__ = (
        Index("ix_analysis_stages_open", "status", "lease_expires_at"),
        Index(
            "ix_analysis_stages_words",
            text(TRANSCRIPT_WORDS),
            postgresql_using="gin",
            postgresql_where=text(IS_TRANSCRIPT),
        ),
    )

    analysis_id: UUID = Field(foreign_key="analyses.id", ondelete="CASCADE", primary_key=True)
    stage: str = Field(primary_key=True)
    status: str = WorkStatus.BLOCKED
    attempt: int = 0
    lease_token: UUID | None = None
    """Who holds it: a result is taken only from the holder of the current lease."""
    lease_expires_at: datetime | None = timestamp(nullable=True)
    not_before: datetime | None = timestamp(nullable=True)
    """A failed attempt is put off until then."""
    result: dict[str, Any] | None = json_or_null()
    summary: dict[str, Any] | None = json_or_null()
    """What the page shows beside a finished stage (``{"words": 312}``)."""
    error: str | None = None
    """Why it was given up or put off: the text as it is in the code, ``{count}`` being the attempts (:meth:`AnalysisState.why`)."""
    started_at: datetime | None = timestamp(nullable=True)
    finished_at: datetime | None = timestamp(nullable=True)
