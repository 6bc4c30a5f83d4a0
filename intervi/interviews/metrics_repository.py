"""Recorded metrics, and figures over a principal's own interviews within days of their own calendar, computed by the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Numeric, SQLColumnExpression, case, cast, extract, select
from sqlmodel import col, func
from sqlmodel import select as select_rows
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.interviews.models import Exchange, Interview, RecordedMetrics, Status


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both inclusive, in one time zone. ``None``: no bound on that side."""

    zone: str
    """IANA name."""
    first: date | None = None
    last: date | None = None

    def day_of(self, moment: SQLColumnExpression[datetime]) -> ColumnElement[date]:
        """The day of a moment on the calendar of that zone."""
        return cast(func.timezone(self.zone, moment), Date)

    def holds(self, moment: SQLColumnExpression[datetime]) -> tuple[ColumnElement[bool], ...]:
        """Conditions of a query: the moment is within these days."""
        day = self.day_of(moment)
        first = () if self.first is None else (day >= self.first,)
        last = () if self.last is None else (day <= self.last,)
        return (*first, *last)


@dataclass(frozen=True, slots=True)
class Averages:
    """Over recorded metrics; ``None``: none of them has this figure."""

    latency_ms: float | None
    accuracy: float | None
    """0 to 1, two decimals."""
    satisfaction: float | None
    """1 to 5, one decimal."""


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> Sequence[RecordedMetrics]:
    """What was recorded for an interview of the principal's, newest first."""
    query = (
        select_rows(RecordedMetrics)
        .join(Interview, col(Interview.id) == RecordedMetrics.interview_id)
        .where(Interview.id == interview_id, Interview.user_id == principal.user_id)
        .order_by(col(RecordedMetrics.id).desc())
    )
    return (await session.exec(query)).all()


async def sessions(session: AsyncSession, principal: Principal, period: Period) -> tuple[int, float | None]:
    """How many interviews were made within these days, and how long those of them that are completed lasted on average: seconds."""
    paused = col(Interview.paused_seconds)
    held = extract("epoch", col(Interview.ended_at) - col(Interview.started_at)) - paused
    lasted = case((col(Interview.status) == Status.COMPLETED, held))
    query = select(func.count(), func.avg(lasted)).where(*_own(principal), *period.holds(col(Interview.created_at)))
    count, average = (await session.execute(query)).one()
    return count, None if average is None else float(average)


async def question_types(session: AsyncSession, principal: Principal, period: Period) -> Sequence[tuple[str, int]]:
    """How often each type was asked within these days, the most frequent first."""
    query = (
        select(col(Exchange.question_type), func.count())
        .join(Interview, col(Interview.id) == Exchange.interview_id)
        .where(*_own(principal), col(Exchange.question) != "", *period.holds(col(Exchange.created_at)))
        .group_by(col(Exchange.question_type))
        .order_by(func.count().desc(), col(Exchange.question_type))
    )
    return [(kind, count) for kind, count in await session.execute(query)]


async def averages(session: AsyncSession, principal: Principal, period: Period) -> Averages:
    """Over what was recorded within these days."""
    row = (await session.execute(_recorded(principal, period, *_AVERAGES))).one()
    return _averages(*row)


async def averages_by_day(
    session: AsyncSession, principal: Principal, period: Period
) -> Sequence[tuple[date, Averages]]:
    """The same for each day on which something was recorded, in order."""
    day = period.day_of(col(RecordedMetrics.created_at)).label("day")
    query = _recorded(principal, period, day, *_AVERAGES).group_by(day).order_by(day)
    return [(row[0], _averages(*row[1:])) for row in await session.execute(query)]


def _average(figure: SQLColumnExpression[Any], decimals: int) -> ColumnElement[Any]:
    return func.round(cast(func.avg(figure), Numeric), decimals)


_AVERAGES = (
    func.avg(col(RecordedMetrics.total_latency_ms)),
    _average(col(RecordedMetrics.transcription_accuracy), 2),
    _average(col(RecordedMetrics.user_satisfaction), 1),
)


def _recorded(principal: Principal, period: Period, *columns: ColumnElement[Any]) -> Any:
    return (
        select(*columns)
        .select_from(RecordedMetrics)
        .join(Interview, col(Interview.id) == RecordedMetrics.interview_id)
        .where(*_own(principal), *period.holds(col(RecordedMetrics.created_at)))
    )


def _averages(*figures: Any) -> Averages:
    return Averages(*(None if figure is None else float(figure) for figure in figures))


def _own(principal: Principal) -> tuple[ColumnElement[bool], ...]:
    return col(Interview.user_id) == principal.user_id, col(Interview.about_others).is_(False)
