"""The next question of an interview, and the levels it is chosen by: both derived from the stored scores each time they are asked for."""

from collections.abc import Iterable
from datetime import datetime
from statistics import fmean
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.clock import now
from intervi.interviews import exchanges
from intervi.interviews import service as interviews
from intervi.interviews.models import Exchange, Interview
from intervi.questioning import repository
from intervi.questions import bank
from intervi.questions.choice import Known, LastAnswer, skill_of
from intervi.questions.levels import ScoredAnswer, SkillLevel, skill_levels


async def next_question(session: AsyncSession, principal: Principal, interview_id: UUID) -> Exchange:
    """Asks what tells most about the candidate now, or what their last answer left out.

    Raises:
        NotFound: if the interview is nobody's or somebody else's.
        WrongState: if it is over, or its time is up.
        Conflict: if the bank has no question left for it.
    """
    interview = await interviews.get(session, principal, interview_id)
    known = Known(
        answers=await _scored_answers(session, principal, interview),
        last=await _last_answer(session, principal, interview_id),
    )
    return await exchanges.next_question(session, principal, interview_id, known)


async def levels(session: AsyncSession, principal: Principal) -> list[SkillLevel]:
    """The principal's own level in every skill in which they have a scored answer, the highest first; empty before any.

    What a page needs of each: ``skill.domain`` (slug of the bank) and ``skill.type``; ``level.expected_score()``, the score (0 to 1) to be
    expected on a mid-level question, with ``level.expected_score_interval()``, within which it lies with 95 %; ``level.mean`` and
    ``level.standard_deviation`` (the standard error) in logits; ``level.answers``, how many scored answers of this very skill it rests on;
    ``trend`` (1, 0, −1 or ``None``) and ``change`` over the last ``TREND_DAYS`` days.

    Few answers leave a wide interval (alone, one answer: ±1.4 logits), and a page should show it or say so.
    """
    return skill_levels(await _scored_answers(session, principal), at=now())


async def _scored_answers(
    session: AsyncSession, principal: Principal, interview: Interview | None = None
) -> list[ScoredAnswer]:
    """Of the candidate of this interview, or the principal's own."""
    about_others_in = interview.id if interview and interview.about_others else None
    return as_scored_answers(await repository.content_scores(session, principal, about_others_in=about_others_in))


def as_scored_answers(rows: Iterable[repository.Row]) -> list[ScoredAnswer]:
    """One for each question asked in an interview: the mean over its answer and those to its follow-ups (a testlet: Wainer & Kiely 1987).

    Questions that have left the bank since then are left out.
    """
    scores: dict[tuple[UUID, str], list[tuple[datetime, float]]] = {}
    for interview_id, question_id, answered_at, score in rows:
        if question_id:
            scores.setdefault((interview_id, question_id), []).append((answered_at, score / 100))
    return [
        ScoredAnswer(skill_of(question), question.difficulty, fmean(score for _at, score in given), given[-1][0])
        for (_interview, question_id), given in scores.items()
        if (question := bank.question(question_id))
    ]


async def _last_answer(session: AsyncSession, principal: Principal, interview_id: UUID) -> LastAnswer | None:
    """What was just said, if it answers a question of the bank and its words are measured already."""
    asked = await exchanges.of_interview(session, principal, interview_id)
    last = asked[-1] if asked else None
    if last is None or last.question_id is None or last.follow_up_to:
        return None
    state = await analysis.of_exchange(session, principal, last.id)
    language = state.language if state else None
    if language is None or language.relevance.value is None:
        return None
    return LastAnswer(
        exchange_id=last.id,
        question_id=last.question_id,
        relevance=language.relevance.value,
        coverage=tuple(point.coverage for point in language.points),
    )
