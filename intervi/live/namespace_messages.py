"""What sockets are told, in candidate's spelling: camelCase, 24-digit ids, times with a ``Z``."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.analysis.models import Stage, WorkStatus
from intervi.analysis.state import AnalysisState
from intervi.clock import iso_z, now
from intervi.ids import hex24
from intervi.interviews import overview, reported
from intervi.interviews import service as interviews
from intervi.interviews.models import ReportedMetrics
from intervi.interviews.reported import Metrics
from intervi.progress import service as progress

Message = tuple[str, dict[str, Any]]
"""Name of the event, and its data."""

METRICS, ANALYSIS, REPORT, ACHIEVEMENT = "metrics:update", "analysis:progress", "report:ready", "achievement:unlocked"

MISSED = timedelta(minutes=15)
"""Whoever was away for so long is told on coming back what happened meanwhile."""
_MOST_ANALYSES = 50


async def of_event(session: AsyncSession, principal: Principal, event: dict[str, Any]) -> list[Message]:
    """What an event of the bus means to the sockets of its user, read from the database; none: nothing."""
    match event["kind"]:
        case "analysis":
            state = await analysis.of_exchange(session, principal, UUID(event["exchange_id"]))
            return [_analysis(state)] if state else []
        case "report":
            interview = await interviews.get(session, principal, UUID(event["interview_id"]))
            return [_report(interview.id, interview.score)]
        case "achievement":
            unlocked = await progress.achievements(session, principal)
            return [_achievement(each) for each in unlocked if each.code == event["code"]]
    return []


async def state_of(session: AsyncSession, principal: Principal) -> AsyncIterator[Message]:
    """What somebody who connects may have missed: the last quarter of an hour, and the running interview's figures.

    The figures are read last, and told at once: others may be on their way already.
    """
    since = now() - MISSED
    for state in await analysis.open_since(session, principal, since, limit=_MOST_ANALYSES):
        yield _analysis(state)
    for interview_id, score in await overview.reported_since(session, principal, since):
        yield _report(interview_id, score)
    for unlocked in await progress.achievements(session, principal):
        if unlocked.unlocked_at >= since:
            yield _achievement(unlocked)
    figures = await reported.newest_running(session, principal)
    if figures and (known := _known(figures)):
        yield METRICS, known


def _known(figures: ReportedMetrics) -> dict[str, Any]:
    """The figures that are known, as a client would have sent them."""
    known = {name: value for name, value in figures.model_dump().items() if value is not None}
    known.pop("interview_id")
    known.pop("updated_at")
    return Metrics.model_validate(known).model_dump(by_alias=True, exclude_unset=True) if known else {}


def _analysis(state: AnalysisState) -> Message:
    stages = {stage: state.stages[stage].status for stage in Stage}
    current = next((stage for stage, status in stages.items() if status == WorkStatus.RUNNING), None)
    return ANALYSIS, {
        "sessionId": hex24(state.analysis.interview_id),
        "questionId": hex24(state.analysis.exchange_id),
        "status": state.analysis.status,
        "stage": current or next((stage for stage, status in stages.items() if status == WorkStatus.WAITING), None),
        "stagesDone": sum(status in (WorkStatus.DONE, WorkStatus.FAILED) for status in stages.values()),
        "stages": len(stages),
    }


def _report(interview_id: UUID, score: float | None) -> Message:
    return REPORT, {"sessionId": hex24(interview_id), "overallScore": score}


def _achievement(unlocked: progress.Unlocked) -> Message:
    return ACHIEVEMENT, {"code": unlocked.code, "title": unlocked.title, "unlockedAt": iso_z(unlocked.unlocked_at)}
