"""How well a principal answers each kind of question, over their newest analysed answers."""

from dataclasses import dataclass

from sqlalchemy import Float, cast, func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis.models import Analysis, AnalysisStage, Stage
from intervi.interviews.models import Exchange, Interview

NEWEST = 60
"""Answers looked at: about the last dozen interviews. What was weak a year ago need not be so today."""


@dataclass(frozen=True, slots=True)
class AnswerScores:
    """Answers to one type of question in one domain."""

    question_type: str
    domain_slug: str
    """Empty where the domain is none of the bank's."""
    answers: int
    mean: float
    """Of their overall scores, 0 to 100."""


async def by_kind(session: AsyncSession, principal: Principal) -> list[AnswerScores]:
    """The newest answers by type and domain, with their measured scores; interviews about others are left out."""
    overall = col(AnalysisStage.result)[("overall", "value", "value")].as_float()
    newest = (
        select(
            col(Exchange.question_type).label("question_type"),
            func.coalesce(col(Interview.domain_slug), "").label("domain_slug"),
            overall.label("score"),
        )
        .join(Analysis, col(Analysis.id) == col(AnalysisStage.analysis_id))
        .join(Exchange, col(Exchange.id) == col(Analysis.exchange_id))
        .join(Interview, col(Interview.id) == col(Analysis.interview_id))
        .where(
            col(Analysis.user_id) == principal.user_id,
            col(AnalysisStage.stage) == Stage.SCORES,
            col(Interview.about_others).is_(False),
        )
        .order_by(col(Analysis.id).desc())
        .limit(NEWEST)
        .subquery()
    )
    kind = (newest.c.question_type, newest.c.domain_slug)
    # Unscored answers are left out here, not above, so that no more results are opened than are looked at.
    mean = cast(func.avg(newest.c.score), Float)
    query = select(*kind, func.count(), mean).where(newest.c.score.is_not(None)).group_by(*kind)
    return [AnswerScores(*row) for row in await session.execute(query)]
