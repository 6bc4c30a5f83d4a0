"""Tables of ``interviews``: the aggregate that all five contracts and the pages are views of."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from intervi.ids import new_id
from intervi.tables import json_list, json_object, json_or_null, timestamp


class Status(StrEnum):
    """Where an interview stands. Contracts have their own words for these."""

    SCHEDULED = "scheduled"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Origin(StrEnum):
    """Through what an interview was made."""

    PRACTICE = "practice"
    CANDIDATE = "candidate"
    ASSISTANT = "assistant"
    COACH = "coach"
    HIRING = "hiring"
    CONVERSATION = "conversation"


class SessionType(StrEnum):
    """How one answers (candidate's words)."""

    MOCK = "mock"
    VIDEO = "video"
    AUDIO = "audio"
    TEXT = "text"


class Persona(StrEnum):
    """Who asks (coach's ``interviewer_type``)."""

    TECH = "Tech"
    HR = "HR"
    MANAGER = "Manager"
    BEHAVIORAL = "Behavioral"


class AnswerStatus(StrEnum):
    """Where one question of an interview stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    SKIPPED = "skipped"


class EventKind(StrEnum):
    """What a timeline tells."""

    STATUS = "status"
    SCHEDULED = "scheduled"
    QUESTION = "question"
    UPLOAD = "upload"
    CONSENT = "consent"
    RESULT = "result"
    VIEWED = "viewed"
    INVITATION = "invitation"
    REPLY = "reply"


class Interview(SQLModel, table=True):
    """One interview of one owner."""

    __tablename__ = "interviews"
    __table_args__ = (
        Index("ix_interviews_owner_newest", "user_id", text("id DESC")),
        Index("ix_interviews_deletes_at", "deletes_at", postgresql_where=text("deletes_at IS NOT NULL")),
        CheckConstraint("measured_score BETWEEN 0 AND 100", name="measured_score_range"),
        CheckConstraint("reported_score BETWEEN 0 AND 100", name="reported_score_range"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    """Time-ordered: newest first is ``ORDER BY id DESC``."""
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    origin: str
    about_others: bool = False
    """Made through hiring: counts nowhere in the owner's own progress, and no expression is computed."""
    status: str = Status.SCHEDULED
    session_type: str = SessionType.MOCK
    domain_slug: str | None = None
    """A domain of the question bank, if it is one."""
    domain_text: str = ""
    """The domain as a caller wrote it, where it is none of ours."""
    question_kind: str = "mixed"
    """A question type, or ``mixed``."""
    difficulty: str = "mid"
    """``junior``, ``mid`` or ``senior``."""
    persona: str = Persona.TECH
    job_title: str = ""
    job_description: str = ""
    duration_minutes: int = 45
    time_zone: str = "UTC"
    """The owner's zone when it was made."""
    preferences: dict[str, Any] = json_object()
    """What only one contract knows about (assistant's ``settings``, for one)."""
    scheduled_at: datetime | None = timestamp(nullable=True)
    schedule_sequence: int = 0
    """How often its time was changed or taken back (iCalendar's ``SEQUENCE``)."""
    started_at: datetime | None = timestamp(nullable=True)
    paused_at: datetime | None = timestamp(nullable=True)
    paused_seconds: float = 0.0
    ended_at: datetime | None = timestamp(nullable=True)
    measured_score: float | None = None
    """0 to 100, from analysis; never touched by a caller."""
    reported_score: float | None = None
    """0 to 100, said by a caller; shown in preference, and never touched by analysis."""
    reported_score_computed: bool = False
    """``reported_score`` was not said, but computed from reported figures: the next ones compute it anew."""
    reported_feedback: str | None = None
    report: dict[str, Any] | None = json_or_null()
    """The interview's report (``intervi.analysis.figures.InterviewReport``), once all its answers are analysed."""
    reported_at: datetime | None = timestamp(nullable=True)
    """When ``report`` was written."""
    deletes_at: datetime | None = timestamp(nullable=True)
    """Its owner has deleted it, and may take that back until then."""
    created_at: datetime = timestamp()

    @property
    def score(self) -> float | None:
        """The score shown: the reported one if there is one, else the measured one."""
        return self.measured_score if self.reported_score is None else self.reported_score


EXCHANGE_WORDS = (
    "to_tsvector('english', "
    "(((question || ' ') || coalesce(answer_text, '')) || ' ') || coalesce(corrected_transcript, ''))"
)
"""What is searched in a question with its answer, exactly as its index has it (PostgreSQL full text search).

With the parentheses that PostgreSQL itself writes: Alembic compares the two as texts.
"""


class Exchange(SQLModel, table=True):
    """A question and its answer: one record (``QnA``, ``interaction``).

    The answer is recorded segments (``recordings.Media``), text, or both.
    """

    __tablename__ = "exchanges"
    __table_args__ = (
        UniqueConstraint("interview_id", "position"),
        Index("ix_exchanges_words", text(EXCHANGE_WORDS), postgresql_using="gin"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    interview_id: UUID = Field(foreign_key="interviews.id", ondelete="CASCADE", index=True)
    position: int
    """1, 2, 3 … in the order spoken."""
    question_id: str | None = None
    """The bank's id, if the question came from it."""
    question: str = ""
    """As asked. Empty: a recording was sent in without one."""
    question_type: str = "behavioral"
    difficulty: str = "mid"
    category: str = ""
    follow_up_to: UUID | None = Field(default=None, foreign_key="exchanges.id", ondelete="SET NULL")
    status: str = AnswerStatus.ASKED
    answer_text: str | None = None
    """Typed by the candidate: an answer in writing."""
    corrected_transcript: str | None = None
    """The candidate's own wording of what was said; used in the place of a recognised transcript."""
    asked_at: datetime = timestamp()
    answered_at: datetime | None = timestamp(nullable=True)
    created_at: datetime = timestamp()


class ReportedMetrics(SQLModel, table=True):
    """The figures that a caller reported for an interview, beside those that analysis measured. Null: not measured."""

    __tablename__ = "reported_metrics"
    __table_args__ = (
        CheckConstraint("posture_score BETWEEN 0 AND 100", name="posture_range"),
        CheckConstraint("eye_contact_score BETWEEN 0 AND 100", name="eye_contact_range"),
        CheckConstraint("gesture_score BETWEEN 0 AND 100", name="gesture_range"),
        CheckConstraint("speech_clarity_score BETWEEN 0 AND 100", name="speech_clarity_range"),
        CheckConstraint("speech_pace_wpm >= 0", name="speech_pace_range"),
        CheckConstraint("filler_word_frequency BETWEEN 0 AND 1", name="filler_word_range"),
    )

    interview_id: UUID = Field(foreign_key="interviews.id", ondelete="CASCADE", primary_key=True)
    posture_score: float | None = None
    """0 to 100, as every score here."""
    eye_contact_score: float | None = None
    gesture_score: float | None = None
    speech_pace_wpm: float | None = None
    """Words a minute."""
    speech_clarity_score: float | None = None
    filler_word_frequency: float | None = None
    """Fillers over words said, 0 to 1."""
    emotion_timeline: list[dict[str, Any]] | None = json_or_null()
    """Estimates of the face's expression: ``label``, ``probability`` 0 to 1, ``timestamp`` in seconds."""
    updated_at: datetime = timestamp()


class InterviewEvent(SQLModel, table=True):
    """Something that happened to an interview, kept in order and never changed."""

    __tablename__ = "interview_events"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    interview_id: UUID = Field(foreign_key="interviews.id", ondelete="CASCADE", index=True)
    kind: str
    happened_at: datetime = timestamp()
    before: str | None = None
    """Of a status: the one that was. Of a time: the one that was (ISO 8601)."""
    after: str | None = None
    """Of a status or a time: the new one. Of a question, an upload or a result: whose it is (an id). Of a reply: ``declined`` or
    ``coming``."""
    detail: str = ""
    """For people: a file's name, how a result ended, who looked, who replied."""


class Assistance(SQLModel, table=True):
    """What helps with a question while it is asked, beside the question itself: only for those that came with, or got, some of it."""

    __tablename__ = "assistance"
    __table_args__ = (CheckConstraint("rating BETWEEN 1 AND 5", name="rating_range"),)

    exchange_id: UUID = Field(foreign_key="exchanges.id", ondelete="CASCADE", primary_key=True)
    requires_star: bool | None = None
    """Whether the question asks for a story, as a caller said it; null: told by its words."""
    responses: list[dict[str, Any]] = json_list()
    """What could be answered (``intervi.coaching.suggestions.SuggestedResponse``), as sent or as suggested."""
    rating: int | None = None
    """1 to 5: how good the help was."""


class RecordedMetrics(SQLModel, table=True):
    """How well a live assistant worked at one moment of an interview, as its client measured it. Null: not measured."""

    __tablename__ = "recorded_metrics"
    __table_args__ = (
        CheckConstraint("transcription_latency_ms >= 0", name="transcription_latency_range"),
        CheckConstraint("response_generation_ms >= 0", name="response_generation_range"),
        CheckConstraint("total_latency_ms >= 0", name="total_latency_range"),
        CheckConstraint("transcription_accuracy BETWEEN 0 AND 1", name="transcription_accuracy_range"),
        CheckConstraint("user_satisfaction BETWEEN 1 AND 5", name="user_satisfaction_range"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    interview_id: UUID = Field(foreign_key="interviews.id", ondelete="CASCADE", index=True)
    transcription_latency_ms: float | None = None
    response_generation_ms: float | None = None
    total_latency_ms: float | None = None
    transcription_accuracy: float | None = None
    """0 to 1."""
    user_satisfaction: int | None = None
    """1 to 5."""
    created_at: datetime = timestamp()
