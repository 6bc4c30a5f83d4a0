"""From the records of an interview to what the report shows of it. Pure: no database, no clock.

Everything is ready to be drawn: numbers are formatted, widths are percentages, statements are sentences.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from intervi.analysis.figures import (
    AnswerReport,
    InterviewReport,
    Span,
    Speech,
    Statement,
    Transcript,
)
from intervi.analysis.models import Stage, WorkStatus
from intervi.analysis.state import AnalysisState
from intervi.interviews import lifecycle
from intervi.interviews import service as interviews
from intervi.interviews.models import AnswerStatus, Exchange, Interview, Status
from intervi.observations.models import Observation
from intervi.pages import formatting
from intervi.pages.report.playable import Recording, recordings_of
from intervi.recordings.models import Media
from intervi.reports import words
from intervi.reports.shown import FigureView, ScoreView, figure_view, four, score_view
from intervi.translation import N_, _, fill

PAUSE_SHOWN_SECONDS = 1.0
"""A pause of this length and more is marked in the text; the timeline has all of them."""
GAP = re.compile(r"(\[[^\]]*\])")
"""What is missing in a rewritten answer."""
MOMENT_SECONDS = 1.0
"""A moment plays for at least this long, or it would be over before it is heard."""
LEAD_SECONDS = 0.3
"""A moment begins this much earlier, so that its first sound is not cut."""


@dataclass(frozen=True)
class StatementView:
    """A sentence of feedback."""

    text: str
    quotation: str
    play: str
    """``answer:start:end``, empty if there is nothing to play."""
    at: str
    number: str = ""
    """Of the question it belongs to."""


@dataclass(frozen=True)
class StageView:
    """One step of the analysis."""

    label: str
    status: str
    found: str


@dataclass(frozen=True)
class Token:
    """A word, a filler or a pause of the transcript. Read by ``components/playback``."""

    text: str
    start: float
    end: float
    kind: str = "word"


@dataclass(frozen=True)
class Piece:
    """A piece of a rewritten answer: said, or missing."""

    text: str
    is_gap: bool


@dataclass(frozen=True)
class AnswerView:
    """One question and what became of its answer."""

    id: str
    number: str
    question: str
    kind: str
    state: str
    """``ready``, ``working``, ``failed``, ``open`` (never answered) or ``skipped``."""
    analysis_id: str = ""
    stages: list[StageView] = field(default_factory=list)
    error: str = ""
    can_retry: bool = False
    typed: str = ""
    tokens: list[Token] = field(default_factory=list)
    text: str = ""
    """The transcript without times: corrected, or recognised without any."""
    engine: str = ""
    rough: bool = False
    can_correct: bool = False
    can_play: bool = False
    """Whether there is a recording to hear."""
    good: list[StatementView] = field(default_factory=list)
    missing: list[StatementView] = field(default_factory=list)
    better: list[StatementView] = field(default_factory=list)
    notes: list[StatementView] = field(default_factory=list)
    rewrite: list[Piece] = field(default_factory=list)
    judge: str = ""
    """Who judged what was said."""
    figures: list[FigureView] = field(default_factory=list)
    scores: list[ScoreView] = field(default_factory=list)


@dataclass(frozen=True)
class ReportView:
    """The whole page."""

    id: str = ""
    title: str = ""
    date: str = ""
    facts: str = ""
    state: str = "loading"
    """``loading``, ``running`` (the interview is not over), ``working``, ``ready``, ``cancelled`` or ``empty``."""
    score: str = ""
    score_note: str = ""
    overall: list[ScoreView] = field(default_factory=list)
    """The measured overall score, if there is a report."""
    work_on: list[StatementView] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
    answers: list[AnswerView] = field(default_factory=list)
    failed: str = ""


def report_view(
    interview: Interview,
    exchanges: Sequence[Exchange],
    media: Sequence[Media],
    states: Sequence[AnalysisState],
    *,
    observations: Sequence[Observation] = (),
    viewer: str = "",
    time_zone: str,
    today: datetime,
) -> ReportView:
    """What the page of one interview shows now.

    Args:
        viewer: Who looks, in words, where it is not the owner.
    """
    by_exchange = {state.analysis.exchange_id: state for state in states}
    report = InterviewReport.model_validate(interview.report) if interview.report else None
    numbers = {exchange.id: str(exchange.position) for exchange in exchanges}
    recorded = {each.exchange_id for each in media}
    answers = [
        _answer(exchange, by_exchange.get(exchange.id), is_playable=exchange.id in recorded) for exchange in exchanges
    ]
    return ReportView(
        id=str(interview.id),
        title=interviews.domain_title(interview) or interview.job_title or _("Interview"),
        date=formatting.day(interview.created_at, time_zone, today=today),
        facts=_facts(interview, exchanges),
        state=_state(interview, answers, report),
        score="" if interview.score is None else formatting.points(interview.score),
        score_note=_score_note(interview),
        overall=[score_view(report.scores.overall)] if report else [],
        work_on=[
            _statement(
                work.statement,
                work.exchange_id,
                numbers.get(work.exchange_id, ""),
                is_playable=work.exchange_id in recorded,
            )
            for work in report.work_on
        ]
        if report
        else [],
        recordings=recordings_of(exchanges, media, by_exchange, observations, viewer),
        answers=answers,
        failed=_failed(report),
    )


def _facts(interview: Interview, exchanges: Sequence[Exchange]) -> str:
    answered = sum(exchange.status == AnswerStatus.ANSWERED for exchange in exchanges)
    facts = [fill(N_("{answered} of {asked} questions answered"), {"answered": answered, "asked": len(exchanges)})]
    if (seconds := lifecycle.seconds_held(interview)) is not None and interview.ended_at:
        facts.append(fill(N_("{length} minutes"), {"length": formatting.clock(seconds)}))
    return " · ".join(facts)


def _state(interview: Interview, answers: Sequence[AnswerView], report: InterviewReport | None) -> str:
    if report:
        return "ready"
    if interview.status == Status.CANCELLED:
        return "cancelled"
    if any(answer.state in ("working", "failed", "ready") for answer in answers):
        return "working"
    return "empty" if interview.status == Status.COMPLETED else "running"


def _score_note(interview: Interview) -> str:
    if interview.reported_score is None:
        return ""
    if interview.measured_score is None:
        return _("This score was reported by the program that held the interview.")
    measured = {"score": formatting.points(interview.measured_score)}
    return fill(
        N_("This score was reported by the program that held the interview; the measured score is {score}."), measured
    )


def _failed(report: InterviewReport | None) -> str:
    if not report or not report.failed:
        return ""
    return _("Some answers could not be analysed; they are left out of these scores. Below you can try them again.")


# --- answers --------------------------------------------------------------------------------------------------------


def _answer(exchange: Exchange, state: AnalysisState | None, *, is_playable: bool) -> AnswerView:
    known: dict[str, Any] = {
        "id": str(exchange.id),
        "number": str(exchange.position),
        "question": exchange.question or _("A recording without a question"),
        "kind": exchange.question_type,
        "typed": exchange.answer_text or "",
        "can_play": is_playable,
    }
    if state is None:
        waits = exchange.status == AnswerStatus.ANSWERED
        skipped = "skipped" if exchange.status == AnswerStatus.SKIPPED else "open"
        return AnswerView(**known, state="working" if waits else skipped)
    return AnswerView(**known, **_analysed(exchange, state, is_playable=is_playable))


def _analysed(exchange: Exchange, state: AnalysisState, *, is_playable: bool) -> dict[str, Any]:
    stages = [_stage(stage, state) for stage in Stage]
    done = state.analysis.status == WorkStatus.DONE
    failed = any(stage.status == WorkStatus.FAILED for stage in stages)
    seen: dict[str, Any] = {
        "analysis_id": str(state.analysis.id),
        "state": "ready" if done else "failed" if state.analysis.status == WorkStatus.FAILED else "working",
        "stages": stages,
        "error": state.why_failed or "",
        "can_retry": failed,
    }
    seen |= _words(exchange, state)
    if (scores := state.scores) is not None:
        seen["scores"] = [score_view(score) for score in four(scores)]
        seen["figures"] = [figure_view(part) for score in (scores.delivery, scores.presence) for part in score.parts]
    if (language := state.language) is not None and language.relevance.value is not None:
        seen["judge"] = words.judge(language.judge)
    if (report := state.report) is not None:
        seen |= _feedback(exchange.id, report, is_playable=is_playable)
    return seen


def _stage(stage: Stage, state: AnalysisState) -> StageView:
    row = state.stages[stage]
    texts = {
        WorkStatus.RUNNING: _("at work"),
        WorkStatus.WAITING: _("waits for its turn"),
        WorkStatus.BLOCKED: "",
        WorkStatus.DONE: words.found(stage, row.summary or {}),
        WorkStatus.FAILED: state.why(stage) or _("failed"),
    }
    return StageView(_(words.STAGES[stage]), row.status, texts[WorkStatus(row.status)])


def _words(exchange: Exchange, state: AnalysisState) -> dict[str, Any]:
    transcript = state.transcript
    if exchange.corrected_transcript:
        return {"text": exchange.corrected_transcript, "engine": words.engine("corrected"), "can_correct": True}
    if transcript is None or transcript.engine in ("typed", "none"):
        return {}
    return {
        "tokens": transcript_tokens(transcript, state.speech),
        "text": transcript.text,
        "engine": words.engine(transcript.engine),
        "rough": transcript.rough,
        "can_correct": True,
    }


def transcript_tokens(transcript: Transcript, speech: Speech | None) -> list[Token]:
    """Words, fillers and the longer pauses, in the order of time. A filler that is a word of the transcript is that word, marked."""
    fillers = list(speech.fillers) if speech else []
    tokens = []
    for word in transcript.words:
        same = next((each for each in fillers if _overlap(each, word) > 0.5), None)
        tokens.append(Token(word.text.strip(), word.start, word.end, "filler" if same else "word"))
        if same and same.basis == "acoustic":
            fillers.remove(same)
    heard = [Token(each.word, each.start, each.end, "filler") for each in fillers if each.basis == "acoustic"]
    pauses = [
        Token(fill(N_("{seconds} s"), {"seconds": formatting.number(pause.seconds)}), pause.start, pause.end, "pause")
        for pause in (speech.pauses if speech and transcript.words else [])
        if pause.seconds >= PAUSE_SHOWN_SECONDS
    ]
    return sorted([*tokens, *heard, *pauses], key=lambda token: token.start)


def _overlap(one: Any, other: Any) -> float:
    """The common stretch over the shorter of the two."""
    common = min(one.end, other.end) - max(one.start, other.start)
    return common / max(1e-6, min(one.end - one.start, other.end - other.start))


def _feedback(exchange_id: UUID, report: AnswerReport, *, is_playable: bool) -> dict[str, Any]:
    lists = {"good": report.good, "missing": report.missing, "better": report.better, "notes": report.notes}
    shown = {
        name: [_statement(each, exchange_id, is_playable=is_playable) for each in statements]
        for name, statements in lists.items()
    }
    pieces = [Piece(text, is_gap=bool(GAP.fullmatch(text))) for text in GAP.split(report.rewrite or "") if text.strip()]
    return {**shown, "rewrite": pieces}


def _statement(statement: Statement, exchange_id: UUID, number: str = "", *, is_playable: bool = True) -> StatementView:
    text, moment, quotation = fill(statement.message, statement.values), statement.moment, statement.quotation or ""
    return StatementView(
        text=text,
        # What the sentence names is not said twice: the whole of it is in the transcript, and is played.
        quotation="" if "words" in statement.values else quotation,
        play=moment_reference(exchange_id, moment) if moment and is_playable else "",
        at=formatting.clock(moment.start) if moment else "",
        number=number,
    )


def moment_reference(exchange_id: UUID, moment: Span) -> str:
    """What the player understands: answer, start, end."""
    start = max(0.0, moment.start - LEAD_SECONDS)
    return f"{exchange_id}:{start:.2f}:{max(moment.end, moment.start + MOMENT_SECONDS):.2f}"
