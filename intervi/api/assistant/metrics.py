"""Metrics that an assistant's client records, and analytics over days."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from intervi.api.assistant.common import BASE, ID_EXAMPLE, Caller, OwnSession, spell
from intervi.api.contract import ASSISTANT
from intervi.api.dependencies import RecordId, Session
from intervi.api.routes import router_of
from intervi.api.schemas import CamelModel, Day, Number
from intervi.clock import iso_z
from intervi.interviews import access, metrics
from intervi.interviews.metrics import Analytics, Measured
from intervi.interviews.metrics_repository import Averages
from intervi.interviews.models import RecordedMetrics

router = router_of(ASSISTANT)

Milliseconds = Annotated[float, Field(ge=0, le=86_400_000)]
"""A day at most: beyond all sense, averages would not be computed any more."""


class NewMetrics(CamelModel):
    """What was measured; at least one figure. Left out, or null: was not measured."""

    session_id: RecordId = Field(examples=[ID_EXAMPLE])
    transcription_latency_ms: Milliseconds | None = Field(None, examples=[1200])
    response_generation_ms: Milliseconds | None = Field(None, examples=[800])
    total_latency_ms: Milliseconds | None = Field(None, examples=[2000])
    transcription_accuracy: float | None = Field(None, ge=0, le=1, examples=[0.96])
    user_satisfaction: int | None = Field(None, ge=1, le=5, examples=[5])


class MetricsView(CamelModel):
    """What was measured at one moment. Null: was not."""

    id: str = Field(examples=[ID_EXAMPLE])
    session_id: str = Field(examples=[ID_EXAMPLE])
    transcription_latency_ms: Number | None = Field(examples=[1200])
    response_generation_ms: Number | None = Field(examples=[800])
    total_latency_ms: Number | None = Field(examples=[2000])
    transcription_accuracy: Number | None = Field(examples=[0.96])
    user_satisfaction: int | None = Field(examples=[5])
    created_at: str = Field(examples=["2024-01-01T10:05:00.000Z"])


class TypeCount(CamelModel):
    """How often a type of question was asked."""

    type: str = Field(examples=["behavioral"])
    count: int = Field(examples=[15])


class DayMetrics(CamelModel):
    """Averages of one day. Null: was not measured on it."""

    latency: Number | None = Field(examples=[1800])
    accuracy: Number | None = Field(examples=[0.95])
    satisfaction: Number | None = Field(examples=[4.5])


class Trend(CamelModel):
    """One day on which something was recorded."""

    date: str = Field(examples=["2024-01-01"])
    metrics: DayMetrics


class AnalyticsView(CamelModel):
    """How it went within the days asked for. Interviews about others are left out."""

    total_sessions: int = Field(examples=[25])
    average_session_duration: Number = Field(examples=[45])
    """Minutes, of completed sessions: wall time less pauses."""
    average_latency: Number = Field(examples=[1800])
    """Milliseconds in all, over the recorded metrics."""
    average_accuracy: Number = Field(examples=[0.94])
    average_satisfaction: Number = Field(examples=[4.2])
    most_common_question_types: list[TypeCount]
    performance_trends: list[Trend]


@router.post(f"{BASE}/metrics", status_code=201)
async def record_metrics(body: NewMetrics, caller: Caller, session: Session) -> MetricsView:
    """Record metrics of a session; also after its end."""
    await access.require_interview(session, caller, body.session_id)
    measured = Measured(**body.model_dump(exclude={"session_id"}))
    return metrics_view(await metrics.record(session, caller, body.session_id, measured))


@router.get(f"{BASE}/analytics")
async def get_analytics(
    caller: Caller,
    session: Session,
    start_date: Annotated[
        Day | None, Query(alias="startDate", description="The first day that counts.", examples=["2024-01-01"])
    ] = None,
    end_date: Annotated[
        Day | None, Query(alias="endDate", description="The last day that counts.", examples=["2024-01-31"])
    ] = None,
) -> AnalyticsView:
    """How it went, from `startDate` to `endDate`, both inclusive, in the caller's time zone."""
    return _analytics_view(await metrics.analytics(session, caller, first=start_date, last=end_date))


@router.get(f"{BASE}/{{session_id}}/metrics")
async def list_metrics(session_id: OwnSession, caller: Caller, session: Session) -> list[MetricsView]:
    """The metrics of a session, newest first."""
    return [metrics_view(recorded) for recorded in await metrics.of_interview(session, caller, session_id)]


def metrics_view(recorded: RecordedMetrics) -> MetricsView:
    """Recorded metrics as this contract prints them."""
    return MetricsView(
        id=spell(recorded.id),
        session_id=spell(recorded.interview_id),
        transcription_latency_ms=recorded.transcription_latency_ms,
        response_generation_ms=recorded.response_generation_ms,
        total_latency_ms=recorded.total_latency_ms,
        transcription_accuracy=recorded.transcription_accuracy,
        user_satisfaction=recorded.user_satisfaction,
        created_at=iso_z(recorded.created_at),
    )


def _analytics_view(found: Analytics) -> AnalyticsView:
    return AnalyticsView(
        total_sessions=found.sessions,
        average_session_duration=found.average_duration_minutes,
        average_latency=found.averages.latency_ms or 0.0,
        average_accuracy=found.averages.accuracy or 0.0,
        average_satisfaction=found.averages.satisfaction or 0.0,
        most_common_question_types=[TypeCount(type=kind, count=count) for kind, count in found.question_types],
        performance_trends=[
            Trend(date=day.isoformat(), metrics=_day_metrics(averages)) for day, averages in found.trends
        ],
    )


def _day_metrics(averages: Averages) -> DayMetrics:
    return DayMetrics(latency=averages.latency_ms, accuracy=averages.accuracy, satisfaction=averages.satisfaction)
