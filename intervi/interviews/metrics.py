"""Metrics that a live assistant records while an interview runs, and what follows from them over days."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import service as accounts
from intervi.accounts.principal import Principal
from intervi.errors import InvalidInput
from intervi.interviews import metrics_repository as repository
from intervi.interviews import service
from intervi.interviews.metrics_repository import Averages, Period
from intervi.interviews.models import RecordedMetrics
from intervi.translation import _


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured; ``None``: was not."""

    transcription_latency_ms: float | None = None
    response_generation_ms: float | None = None
    total_latency_ms: float | None = None
    transcription_accuracy: float | None = None
    """0 to 1."""
    user_satisfaction: int | None = None
    """1 to 5."""


@dataclass(frozen=True, slots=True)
class Analytics:
    """Over the days asked for. Interviews about others are left out."""

    sessions: int
    average_duration_minutes: float
    """Of completed interviews: wall time less pauses; 0 if there are none."""
    averages: Averages
    question_types: Sequence[tuple[str, int]]
    """The most frequent first."""
    trends: Sequence[tuple[date, Averages]]
    """For each day on which something was recorded, in order."""


async def record(
    session: AsyncSession, principal: Principal, interview_id: UUID, measured: Measured
) -> RecordedMetrics:
    """Keeps metrics of an interview, in every state of it.

    Raises:
        InvalidInput: if nothing was measured.
        NotFound: if there is no such interview of the principal's.
    """
    figures = asdict(measured)
    if all(figure is None for figure in figures.values()):
        text = _("Send at least one figure.")
        raise InvalidInput(text, details={"metrics": [text]})
    # Held: it cannot be deleted meanwhile.
    await service.hold(session, principal, interview_id)
    recorded = RecordedMetrics(interview_id=interview_id, **figures)
    session.add(recorded)
    await session.flush()
    return recorded


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> Sequence[RecordedMetrics]:
    """What was recorded, newest first.

    Raises:
        NotFound: if there is no such interview of the principal's.
    """
    await service.get(session, principal, interview_id)
    return await repository.of_interview(session, principal, interview_id)


async def analytics(
    session: AsyncSession, principal: Principal, *, first: date | None = None, last: date | None = None
) -> Analytics:
    """How it went within these days, both inclusive, on the principal's own calendar.

    Raises:
        InvalidInput: naming ``start_date``, if the last day is before the first.
    """
    if first and last and first > last:
        text = _("The period ends before it begins.")
        raise InvalidInput(text, details={"start_date": [text]})
    period = Period((await accounts.user_of(session, principal)).time_zone, first, last)
    count, seconds = await repository.sessions(session, principal, period)
    return Analytics(
        sessions=count,
        average_duration_minutes=(seconds or 0.0) / 60,
        averages=await repository.averages(session, principal, period),
        question_types=await repository.question_types(session, principal, period),
        trends=await repository.averages_by_day(session, principal, period),
    )
