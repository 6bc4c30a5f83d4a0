"""An assessment as the hiring contract prints it: sentiment, keywords, competency, and the judgement with what it rests on."""

from typing import Any

from pydantic import Field

from intervi.analysis.transcripts import clock
from intervi.api.schemas import CamelModel
from intervi.coaching.assessing import Results
from intervi.coaching.assessment import Assessment, Statement


class SentimentMoment(CamelModel):
    """The tone at one time."""

    timestamp: str = Field(examples=["00:00:00"])
    score: float = Field(examples=[0.8])


class SentimentView(CamelModel):
    """The tone of the candidate's words, -1 to 1."""

    overall: float | None = Field(examples=[0.75])
    timeline: list[SentimentMoment]


class KeywordView(CamelModel):
    """A word or phrase that stands out."""

    word: str = Field(examples=["React"])
    frequency: int = Field(examples=[12])
    relevance: float = Field(examples=[0.9])


class CompetencyView(CamelModel):
    """0 to 10 each; null where it could not be measured."""

    technical: float | None = Field(examples=[8.5])
    communication: float | None = Field(examples=[7.2])
    problem_solving: float | None = Field(examples=[9.1])


class EvidenceView(CamelModel):
    """What a strength or an area rests on."""

    statement: str = Field(examples=["States this part of a good answer: Result"])
    quotation: str | None = Field(examples=["The error rate fell from nine percent to zero."])
    timestamp: str | None = Field(examples=["00:02:14"])


class OverallView(CamelModel):
    """The judgement, and what it rests on."""

    score: float | None = Field(examples=[8.2])
    recommendation: str = Field(examples=["Strong candidate, recommend for next round"])
    strengths: list[str] = Field(examples=[["Gives concrete detail: “nine percent of customers”"]])
    areas_for_improvement: list[str] = Field(examples=[["Could provide more specific examples"]])
    evidence: list[EvidenceView]


class AnalysisView(CamelModel):
    """The analyses that were asked for."""

    sentiment: SentimentView | None = None
    keywords: list[KeywordView] | None = None
    competency: CompetencyView | None = None
    overall: OverallView | None = None
    custom: dict[str, str] | None = None
    """What a model server answered to your prompts; absent without any."""
    engine: str = Field(examples=["built-in"])
    """Who answered them."""


def analysis_view(results: Results) -> dict[str, Any]:
    """What was asked for; the rest is absent, not null."""
    printed = {
        "sentiment": sentiment_view,
        "keywords": keywords_view,
        "competency": competency_view,
        "overall": overall_view,
    }
    view = AnalysisView(
        **{name: printed[name](results.assessment) for name in results.types},  # type: ignore[arg-type]
        custom=dict(results.custom) or None,
        engine=results.engine,
    )
    absent = {name for name in printed if name not in results.types} | (set() if results.custom else {"custom"})
    return view.model_dump(by_alias=True, exclude=absent)


def sentiment_view(assessment: Assessment) -> SentimentView:
    """The tone."""
    timeline = [
        SentimentMoment(timestamp=clock(moment.seconds), score=moment.score) for moment in assessment.sentiment.timeline
    ]
    return SentimentView(overall=assessment.sentiment.overall, timeline=timeline)


def keywords_view(assessment: Assessment) -> list[KeywordView]:
    """What was talked about."""
    return [KeywordView(word=one.word, frequency=one.frequency, relevance=one.relevance) for one in assessment.keywords]


def competency_view(assessment: Assessment) -> CompetencyView:
    """The competencies."""
    competency = assessment.competency
    return CompetencyView(
        technical=competency.technical,
        communication=competency.communication,
        problem_solving=competency.problem_solving,
    )


def overall_view(assessment: Assessment) -> OverallView:
    """The judgement."""
    overall = assessment.overall
    return OverallView(
        score=overall.score,
        recommendation=overall.recommendation,
        strengths=[_told(statement) for statement in overall.strengths],
        areas_for_improvement=[_told(statement) for statement in overall.areas],
        evidence=[
            EvidenceView(
                statement=statement.text,
                quotation=statement.quotation,
                timestamp=None if statement.seconds is None else clock(statement.seconds),
            )
            for statement in (*overall.strengths, *overall.areas)
        ],
    )


def _told(statement: Statement) -> str:
    return f"{statement.text}: “{statement.quotation}”" if statement.quotation else statement.text
