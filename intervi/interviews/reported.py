"""What a caller says about an interview: its score, its feedback, its figures. None of it is touched by analysis, nor touches that."""

import math
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi import events
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import after_commit
from intervi.errors import InvalidInput
from intervi.interviews import repository, service
from intervi.interviews.checks import check_text
from intervi.interviews.models import Interview, ReportedMetrics
from intervi.translation import _

MAX_FEEDBACK_CHARACTERS = 20_000
MAX_MOMENTS = 20_000

Points = Annotated[float | None, Field(ge=0, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Sent(BaseModel):
    """Types are taken as they are sent, names in ``camelCase`` or ours, unknown fields ignored."""

    model_config = ConfigDict(
        strict=True,
        extra="ignore",
        allow_inf_nan=False,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
    )


class Emotion(_Sent):
    """An estimate of the face's expression at one moment."""

    label: str = Field(min_length=1, max_length=50, pattern=r"^[^\x00]+$", examples=["neutral"])
    probability: Share = Field(examples=[0.7])
    timestamp: float = Field(ge=0, examples=[0])
    """Seconds."""


class Metrics(_Sent):
    """Figures as a caller sends them. Left out: as it was. Null: not measured."""

    posture_score: Points = Field(None, examples=[85])
    eye_contact_score: Points = Field(None, examples=[80])
    gesture_score: Points = Field(None, examples=[75])
    speech_pace_wpm: float | None = Field(None, ge=0, examples=[125])
    """Words a minute."""
    speech_clarity_score: Points = Field(None, examples=[88])
    filler_word_frequency: Share | None = Field(None, examples=[0.08])
    """Fillers over words said."""
    emotion_timeline: list[Emotion] | None = Field(
        None, max_length=MAX_MOMENTS, examples=[[{"label": "neutral", "probability": 0.7, "timestamp": 0}]]
    )
    overall_performance_score: Points = Field(None, examples=[82])
    """Left out or null: a score that was given stays, else it is computed from the others."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(_("Send at least one figure."))
        return self


async def report_score(
    session: AsyncSession,
    principal: Principal,
    interview_id: UUID,
    score: float | None,
    feedback: str | None = None,
) -> Interview:
    """Keeps a score, a feedback or both, in every state of the interview; the last one said is shown. It ends nothing.

    Args:
        score: 0 to 100; ``None`` leaves what is there.
        feedback: ``None`` leaves what is there; empty removes it.

    Raises:
        NotFound: if there is no such interview of the principal's.
        InvalidInput: naming ``score`` or ``feedback``.
    """
    interview = await service.hold(session, principal, interview_id)
    if score is not None:
        _check_score(score)
        interview.reported_score, interview.reported_score_computed = score, False
    if feedback is not None:
        check_text("feedback", feedback, MAX_FEEDBACK_CHARACTERS)
        interview.reported_feedback = feedback.strip() or None
    await session.flush()
    tell(session, interview)
    return interview


async def merge_metrics(
    session: AsyncSession, principal: Principal, interview_id: UUID, metrics: Metrics
) -> tuple[Interview, ReportedMetrics]:
    """Merges figures into those that are there; a new emotion timeline takes the place of the old one. It ends nothing.

    Returns:
        The interview, whose row is held, and all its reported figures.

    Raises:
        NotFound: if there is no such interview of the principal's.
    """
    interview = await service.hold(session, principal, interview_id)
    kept = await metrics_of(session, principal, interview_id)
    changes = metrics.model_dump(include=metrics.model_fields_set - {"overall_performance_score"})
    if interview.about_others:
        # No estimate of anybody else's feelings is kept here, whoever made it.
        changes.pop("emotion_timeline", None)
    for name, value in changes.items():
        setattr(kept, name, value)
    kept.updated_at = now()
    session.add(kept)
    if metrics.overall_performance_score is not None:
        interview.reported_score, interview.reported_score_computed = metrics.overall_performance_score, False
    await session.flush()
    tell(session, interview)
    return interview, kept


async def keep_live(session: AsyncSession, principal: Principal, metrics: Metrics) -> UUID | None:
    """Keeps figures that come while somebody speaks, with the newest of their running interviews.

    Returns:
        That interview; ``None`` if none runs, and nothing was kept.
    """
    running = await repository.newest_running(session, principal)
    if running is not None:
        await merge_metrics(session, principal, running, metrics)
    return running


async def newest_running(session: AsyncSession, principal: Principal) -> ReportedMetrics | None:
    """The reported figures of the newest running interview; ``None`` if none runs."""
    running = await repository.newest_running(session, principal)
    return None if running is None else await metrics_of(session, principal, running)


async def metrics_of(session: AsyncSession, principal: Principal, interview_id: UUID) -> ReportedMetrics:
    """The reported figures of an interview of the principal's; all null if there are none."""
    found = await repository.reported_metrics(session, principal, interview_id)
    return found or ReportedMetrics(interview_id=interview_id)


def tell(session: AsyncSession, interview: Interview) -> None:
    """Tells the owner's open pages and sockets, once it is committed, that this interview has changed."""
    after_commit(session, lambda: events.publish(interview.user_id, "interview", interview_id=interview.id))


def _check_score(score: float) -> None:
    if not (math.isfinite(score) and 0 <= score <= 100):
        text = _("A score is 0 to 100.")
        raise InvalidInput(text, details={"score": [text]})
