"""What was measured on an interview as a whole: the mean of its answers' figures, as the database computes it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Float, and_, cast, select
from sqlalchemy.orm import aliased
from sqlmodel import col, func
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.interviews.models import Exchange


@dataclass(frozen=True, slots=True)
class Measured:
    """Over the answers on which each was measured; ``None``: on none."""

    words_per_minute: float | None
    clarity: float | None
    """0 to 100."""
    filler_word_ratio: float | None
    """0 to 1."""
    posture: float | None
    """0 to 1."""
    eye_contact: float | None
    """0 to 1."""
    emotions: list[dict[str, Any]]
    """Estimates of the face's expression: ``label``, ``probability``, ``timestamp`` in seconds over all recordings, one after the other."""


async def measured(session: AsyncSession, principal: Principal, interview_id: UUID) -> Measured:
    """The figures of an interview of the principal's, in two statements."""
    query = select(
        _mean(Stage.SPEECH, "words_per_minute"),
        _mean(Stage.SPEECH, "clarity"),
        _mean(Stage.SPEECH, "filler_word_ratio"),
        _mean(Stage.VISION, "posture"),
        _mean(Stage.VISION, "eye_contact"),
    ).select_from(AnalysisStage)
    query = query.join(Analysis, col(Analysis.id) == col(AnalysisStage.analysis_id)).where(
        col(Analysis.interview_id) == interview_id,
        col(Analysis.user_id) == principal.user_id,
        col(AnalysisStage.stage).in_((Stage.SPEECH, Stage.VISION)),
        col(AnalysisStage.status) == WorkStatus.DONE,
    )
    pace, clarity, fillers, posture, eye_contact = (await session.execute(query)).one()
    emotions = await _emotions(session, principal, interview_id)
    return Measured(pace, clarity, fillers, posture, eye_contact, emotions)


def _mean(stage: Stage, figure: str) -> ColumnElement[float | None]:
    value = col(AnalysisStage.result)[figure]["value"].astext.cast(Float)
    return cast(func.avg(value).filter(col(AnalysisStage.stage) == stage), Float)


async def _emotions(session: AsyncSession, principal: Principal, interview_id: UUID) -> list[dict[str, Any]]:
    decode, vision = aliased(AnalysisStage), aliased(AnalysisStage)
    seconds = func.coalesce(col(decode.result)["duration_seconds"].astext.cast(Float), 0.0)
    before = func.coalesce(func.sum(seconds).over(order_by=col(Exchange.position), rows=(None, -1)), 0.0)
    query = (
        select(before, col(vision.result)["expressions"])
        .select_from(Analysis)
        .join(Exchange, col(Exchange.id) == col(Analysis.exchange_id))
        .outerjoin(decode, and_(col(decode.analysis_id) == col(Analysis.id), col(decode.stage) == Stage.DECODE))
        .outerjoin(vision, and_(col(vision.analysis_id) == col(Analysis.id), col(vision.stage) == Stage.VISION))
        .where(col(Analysis.interview_id) == interview_id, col(Analysis.user_id) == principal.user_id)
        .order_by(col(Exchange.position))
    )
    return [
        {
            "label": moment["label"],
            "probability": moment["probability"],
            "timestamp": round(offset + moment["at"], 3),
        }
        for offset, moments in await session.execute(query)
        for moment in moments or ()
    ]
