"""Assessing an interview of others: what is asked for, the work behind it, and the results as they are now."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.analysis import transcripts
from intervi.analysis.figures import Transcript
from intervi.analysis.models import Stage, WorkStatus
from intervi.analysis.state import AnalysisState
from intervi.coaching import advice, model_server
from intervi.coaching.assessment import Answered, Assessment, assess
from intervi.coaching.scoring import score_interview
from intervi.database import transaction
from intervi.errors import Conflict, NotFound
from intervi.interviews import exchanges, reported
from intervi.interviews import service as interviews
from intervi.interviews.models import AnswerStatus, Exchange, Interview
from intervi.translation import _

TYPES = ("sentiment", "keywords", "competency", "overall")
_PREFERENCE = "assessment"
_INSTRUCTIONS = (
    "You assist somebody who assesses a job interview. You are given what was asked, what the candidate answered, the figures that were "
    "measured, and a request of the assessor. Answer the request in at most 120 words, from the given material alone, quoting the "
    "candidate where you judge. Infer nothing about feelings, health, origin, age or sex."
)


class NothingToAnalyse(Conflict):
    """Nobody has answered anything in this interview yet."""

    code = "nothing_to_analyse"


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")

    answer: str


@dataclass(frozen=True, slots=True)
class Results:
    """An assessment as it is now."""

    interview: Interview
    status: str
    """``pending``, ``processing``, ``completed`` or ``failed``."""
    types: Sequence[str]
    """What was asked for."""
    assessment: Assessment
    custom: Mapping[str, str]
    """What a model server wrote to each of the caller's prompts."""
    engine: str
    """Who answered the prompts: a model's name, or ``built-in``."""
    answers: Sequence[Answered]


async def begin(session: AsyncSession, principal: Principal, interview_id: UUID, types: Sequence[str] | None) -> None:
    """Starts the analysis of every answer whose analysis was not started, and keeps what is asked for.

    Raises:
        NotFound: there is no such interview of the principal's.
        NothingToAnalyse: nobody has answered anything.
    """
    interview = await interviews.hold(session, principal, interview_id)
    answered = [each for each in await exchanges.of_interview(session, principal, interview_id) if _is_answered(each)]
    if not answered:
        raise NothingToAnalyse(_("There is nothing to analyse: no recording was sent in and no question answered."))
    for exchange in answered:
        await analysis.start_if_complete(session, exchange.id)
    kept = interview.preferences.get(_PREFERENCE, {})
    wanted = [name for name in TYPES if name in types] if types else list(TYPES)
    interview.preferences = {**interview.preferences, _PREFERENCE: {**kept, "types": wanted}}
    session.add(interview)


async def finished(principal: Principal, interview_id: UUID, seconds: float) -> Results:
    """The results as soon as all answers are analysed, or as they are after so many seconds."""
    deadline = asyncio.get_running_loop().time() + seconds
    async with transaction() as session:
        asked = await exchanges.of_interview(session, principal, interview_id)
    for exchange in asked:
        left = max(0.0, deadline - asyncio.get_running_loop().time())
        if _is_answered(exchange):
            await analysis.wait_for(principal, exchange.id, Stage.REPORT, left)
    async with transaction() as session:
        return await results(session, principal, interview_id)


async def results(session: AsyncSession, principal: Principal, interview_id: UUID) -> Results:
    """The results of the last assessment that was asked for.

    Raises:
        NotFound: there is no such interview, or nobody has asked for one.
    """
    interview = await interviews.get(session, principal, interview_id)
    kept = interview.preferences.get(_PREFERENCE)
    if kept is None:
        raise NotFound(_("This interview was not analysed."))
    asked = {each.id: each for each in await exchanges.of_interview(session, principal, interview_id)}
    states = await analysis.of_interview(session, principal, interview_id)
    answers = [_answered(interview, asked[state.analysis.exchange_id], state) for state in states]
    return Results(
        interview=interview,
        status=_status(states),
        types=kept["types"],
        assessment=assess(answers, interview.score),
        custom=kept.get("custom", {}),
        engine=kept.get("engine", "built-in"),
        answers=answers,
    )


async def recommendations(session: AsyncSession, principal: Principal, interview_id: UUID) -> list[str]:
    """What the candidate could work on, by the table of target ranges: most urgent first, at most five.

    Raises: as :func:`results`.
    """
    found = await results(session, principal, interview_id)
    scores = [answer.scores for answer in found.answers if answer.scores]
    metrics = await reported.metrics_of(session, principal, interview_id)
    return advice.recommendations(advice.readings(score_interview(scores) if scores else None, metrics))


async def answer_prompts(principal: Principal, found: Results, prompts: Mapping[str, str]) -> Results:
    """Has a model server answer the caller's own prompts; without one they stay unanswered, and ``engine`` says so.

    Raises:
        ModelServerFailed: there is one, and it gave no answer that can be used.
    """
    if not prompts:
        return found
    custom, engine = {}, "built-in"
    if model_server.is_configured():
        engine = await model_server.model_name()
        for name, prompt in prompts.items():
            written = await model_server.ask(_INSTRUCTIONS, {"request": prompt, **_material(found)}, _Written)
            custom[name] = written.answer
    async with transaction() as session:
        interview = await interviews.hold(session, principal, found.interview.id)
        kept = {**interview.preferences.get(_PREFERENCE, {}), "custom": custom, "engine": engine}
        interview.preferences = {**interview.preferences, _PREFERENCE: kept}
        session.add(interview)
    async with transaction() as session:
        return await results(session, principal, found.interview.id)


def _material(found: Results) -> dict[str, Any]:
    """What a model is told of an interview, as data."""
    competency = found.assessment.competency
    return {
        "answers": [{"question": each.question, "answer": each.words.text[:20_000]} for each in found.answers],
        "figures": {
            "technical": competency.technical,
            "communication": competency.communication,
            "problem_solving": competency.problem_solving,
            "overall": found.assessment.overall.score,
        },
    }


def _is_answered(exchange: Exchange) -> bool:
    return exchange.status == AnswerStatus.ANSWERED


def _answered(interview: Interview, exchange: Exchange, state: AnalysisState) -> Answered:
    return Answered(
        question=exchange.question,
        question_type=exchange.question_type,
        words=_words(interview, exchange, state),
        speech=state.speech,
        vision=state.vision,
        language=state.language,
        scores=state.scores,
    )


def _words(interview: Interview, exchange: Exchange, state: AnalysisState) -> Transcript:
    if exchange.corrected_transcript:
        return Transcript(engine="corrected", text=exchange.corrected_transcript)
    if state.transcript is None:
        return Transcript(engine="none", text=exchange.answer_text or "")
    return transcripts.words_of_candidate(transcripts.as_labelled(state.transcript, interview))


def _status(states: Sequence[AnalysisState]) -> str:
    kept = {state.analysis.status for state in states}
    if kept <= {WorkStatus.DONE, WorkStatus.FAILED} and kept:
        return "completed" if WorkStatus.DONE in kept else "failed"
    return "processing" if any(row.started_at for state in states for row in state.stages.values()) else "pending"
