"""The report as one document: the schema that programs read (docs/report-schema.md), and what a PDF is set from.

``version`` changes when a field goes or changes its meaning; fields that are only added leave it. Times are seconds of the answer, dates
ISO 8601 in UTC, ratios 0 to 1, scores 0 to 100. A figure has a ``value`` or the ``reason`` why it has none.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from intervi.analysis.figures import (
    AnswerReport,
    InterviewReport,
    Language,
    Scores,
    Span,
    Speech,
    Statement,
    Transcript,
    Vision,
)
from intervi.analysis.state import AnalysisState
from intervi.clock import now
from intervi.ids import hex24
from intervi.interviews import lifecycle
from intervi.interviews import service as interviews
from intervi.interviews.models import Exchange, Interview
from intervi.translation import fill


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class DocumentStatement(_Part):
    """One sentence of feedback, as shown."""

    category: str
    text: str = Field(description="The sentence, in the language of the report.")
    quotation: str | None = Field(description="The words of the answer that it rests on.")
    moment: Span | None = Field(description="Where that is in the answer.")
    gain: float = Field(description="Points of the overall score that acting on it could bring.")


class DocumentFeedback(_Part):
    """What is said about one answer."""

    good: list[DocumentStatement]
    missing: list[DocumentStatement]
    better: list[DocumentStatement] = Field(description="How to say it better, from the candidate's own content.")
    rewrite: str | None = Field(description="The answer as it could be said; what is missing in square brackets.")
    notes: list[DocumentStatement] = Field(description="What could not be measured, and who judged.")


class DocumentAnswer(_Part):
    """One question and what became of its answer. What has not been analysed, or could not be, is null."""

    number: int = Field(description="1, 2, 3 … in the order asked.")
    question: str
    question_type: str
    status: str = Field(description="asked, answered or skipped.")
    written: str | None = Field(description="The answer, where it was given in writing.")
    corrected_transcript: str | None = Field(description="The candidate's own wording of what was said.")
    transcript: Transcript | None = Field(
        description="What was recognised, by which engine, with the time of each word."
    )
    speech: Speech | None
    vision: Vision | None
    language: Language | None = Field(description="Judged by what stands in its `judge`.")
    scores: Scores | None
    feedback: DocumentFeedback | None
    error: str | None = Field(description="Why its analysis was given up, if it was.")


class DocumentTask(_Part):
    """One of the at most three things to work on."""

    question: int = Field(description="The number of the answer it is shown at.")
    statement: DocumentStatement


class DocumentInterview(_Part):
    """What the report is about."""

    id: str = Field(description="24 hex digits.")
    title: str
    domain: str
    question_kind: str
    difficulty: str
    job_title: str
    started_at: datetime | None
    ended_at: datetime | None
    held_seconds: float | None = Field(description="Without the pauses in between.")


class ReportDocument(_Part):
    """A report, version 1."""

    version: Literal[1] = 1
    generated_at: datetime
    interview: DocumentInterview
    scores: Scores = Field(description="Measured: the means of the answers' scores, part by part.")
    reported_score: float | None = Field(
        description="Said by a program of the candidate's, and then shown in preference."
    )
    work_on: list[DocumentTask]
    answers: list[DocumentAnswer]


def document_of(interview: Interview, exchanges: Sequence[Exchange], states: Sequence[AnalysisState]) -> ReportDocument:
    """The document of an interview that has a report."""
    report = InterviewReport.model_validate(interview.report)
    by_exchange = {state.analysis.exchange_id: state for state in states}
    numbers = {exchange.id: exchange.position for exchange in exchanges}
    return ReportDocument(
        generated_at=now(),
        interview=DocumentInterview(
            id=hex24(interview.id),
            title=interview.job_title or interviews.domain_title(interview),
            domain=interviews.domain_title(interview),
            question_kind=interview.question_kind,
            difficulty=interview.difficulty,
            job_title=interview.job_title,
            started_at=interview.started_at,
            ended_at=interview.ended_at,
            held_seconds=lifecycle.seconds_held(interview),
        ),
        scores=report.scores,
        reported_score=interview.reported_score,
        work_on=[
            DocumentTask(question=numbers[task.exchange_id], statement=_statement(task.statement))
            for task in report.work_on
            if task.exchange_id in numbers
        ],
        answers=[_answer(exchange, by_exchange.get(exchange.id), report.failed) for exchange in exchanges],
    )


def _answer(exchange: Exchange, state: AnalysisState | None, failed: Sequence[UUID]) -> DocumentAnswer:
    return DocumentAnswer(
        number=exchange.position,
        question=exchange.question,
        question_type=exchange.question_type,
        status=exchange.status,
        written=exchange.answer_text,
        corrected_transcript=exchange.corrected_transcript,
        transcript=state.transcript if state else None,
        speech=state.speech if state else None,
        vision=state.vision if state else None,
        language=state.language if state else None,
        scores=state.scores if state else None,
        feedback=_feedback(state.report) if state and state.report else None,
        error=state.why_failed if state and exchange.id in failed else None,
    )


def _feedback(report: AnswerReport) -> DocumentFeedback:
    return DocumentFeedback(
        good=[_statement(each) for each in report.good],
        missing=[_statement(each) for each in report.missing],
        better=[_statement(each) for each in report.better],
        rewrite=report.rewrite,
        notes=[_statement(each) for each in report.notes],
    )


def _statement(statement: Statement) -> DocumentStatement:
    return DocumentStatement(
        category=statement.category,
        text=fill(statement.message, statement.values),
        quotation=statement.quotation,
        moment=statement.moment,
        gain=statement.gain,
    )
