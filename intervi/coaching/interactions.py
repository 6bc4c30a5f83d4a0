"""Questions as a live assistant sees them: what kind each is, what could be answered, what was, and how good the help was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import anyio.to_thread
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.analysis import turns
from intervi.analysis.turns import Turn
from intervi.coaching import interactions_repository as repository
from intervi.coaching import model_suggestions
from intervi.coaching.suggestions import Job, SuggestedResponse
from intervi.errors import InvalidInput
from intervi.interviews import dialogue, exchanges
from intervi.interviews import service as interviews
from intervi.interviews.models import Assistance, Exchange, Interview, Status
from intervi.interviews.preferences import Preferences, preferences_of
from intervi.questions import classification
from intervi.questions.classification import Classification, asks_for_story
from intervi.translation import _


@dataclass(frozen=True, slots=True)
class Interaction:
    """A question with the help there was for it."""

    exchange: Exchange
    answer: str | None
    """The response that was chosen, or what was said; ``None``: nothing yet."""
    requires_star: bool
    responses: Sequence[SuggestedResponse]
    """Those that the owner's threshold lets through."""
    rating: int | None
    """1 to 5."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is to be recorded, and what helps with it."""

    question: str
    found: Classification
    difficulty: str
    responses: Sequence[SuggestedResponse]


async def classified(question: str, said: Mapping[str, Any]) -> Classification:
    """The labels of a question: those that its caller said, and for the others what its words tell.

    Args:
        said: By the names of ``Classification``'s fields; ``None`` counts as not said.
    """
    told = await anyio.to_thread.run_sync(classification.classify, question)
    kind = said.get("type") or told.type
    star = said.get("requires_star")
    return Classification(
        type=kind,
        category=said.get("category") or told.category,
        difficulty=said.get("difficulty") or told.difficulty,
        requires_star=(kind == "behavioral" and asks_for_story(question)) if star is None else star,
        likelihoods=told.likelihoods if kind == told.type and not said.get("type") else {kind: 1.0},
    )


async def help_with(
    interview: Interview, question: str, found: Classification, sent: Sequence[SuggestedResponse] | None
) -> Asked:
    """What helps with a question in this interview. May wait for a model server: hold no transaction meanwhile.

    Args:
        sent: The caller's own responses; ``None``: some are suggested, unless the owner wants none.
    """
    wishes = preferences_of(interview)
    if sent is None:
        sent = (
            await model_suggestions.suggest(question, _job(interview, wishes), found, wishes.language)
            if wishes.suggestions
            else ()
        )
    return Asked(question, found, found.difficulty or interview.difficulty, sent)


async def record(session: AsyncSession, principal: Principal, interview_id: UUID, asked: Asked) -> Interaction:
    """Keeps a question and what helps with it. The interview goes on as it is: paused stays paused.

    Raises:
        NotFound: if there is no such interview of the principal's.
        InvalidInput: if the question is empty or too long.
        WrongState: if the interview is over.
    """
    exchange = await exchanges.append(
        session,
        principal,
        interview_id,
        question=asked.question,
        question_type=asked.found.type,
        difficulty=asked.difficulty,
        category=asked.found.category,
    )
    kept = Assistance(
        exchange_id=exchange.id,
        requires_star=asked.found.requires_star,
        responses=[response.model_dump(mode="json") for response in asked.responses],
    )
    session.add(kept)
    await session.flush()
    interview = await interviews.get(session, principal, interview_id)
    return _interaction(Turn(exchange, exchange.answer_text), kept, preferences_of(interview))


async def of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> list[Interaction]:
    """The questions of an interview, newest first, whatever they came through.

    Raises:
        NotFound: if there is no such interview of the principal's.
    """
    interview = await interviews.get(session, principal, interview_id)
    spoken = await turns.of_interview(session, principal, interview_id)
    kept = await repository.of_interview(session, principal, interview_id)
    wishes = preferences_of(interview)
    return [_interaction(turn, kept.get(turn.exchange.id), wishes) for turn in reversed(spoken)]


async def update(
    session: AsyncSession, principal: Principal, exchange_id: UUID, *, answer: str | None, rating: int | None
) -> Interaction:
    """Keeps which response was given, how good the help was, or both; in every state of the interview.

    Raises:
        NotFound: if there is no such question of the principal's.
        InvalidInput: if neither is said, or the answer is empty or too long.
    """
    if answer is None and rating is None:
        text = _("Send a selected response, a rating or both.")
        raise InvalidInput(text, details={"selected_response": [text]})
    exchange = await exchanges.get(session, principal, exchange_id)
    interview = await interviews.hold(session, principal, exchange.interview_id)
    if answer is not None:
        await dialogue.answer(session, principal, exchange_id, answer)
        if interview.status == Status.COMPLETED:
            await analysis.start_if_complete(session, exchange_id)
    kept = await repository.of_exchange(session, principal, exchange_id)
    if kept is None and rating is not None:
        kept = Assistance(exchange_id=exchange_id)
    if kept is not None and rating is not None:
        kept.rating = rating
        session.add(kept)
    await session.flush()
    spoken = await turns.of_exchange(session, principal, exchange_id)
    return _interaction(spoken, kept, preferences_of(interview))


def _job(interview: Interview, wishes: Preferences) -> Job:
    return Job(
        title=interview.job_title,
        company=wishes.company,
        description=interview.job_description,
        requirements=wishes.requirements,
        seniority=interview.difficulty,
    )


def _interaction(turn: Turn, kept: Assistance | None, wishes: Preferences) -> Interaction:
    exchange = turn.exchange
    star = kept.requires_star if kept else None
    return Interaction(
        exchange=exchange,
        answer=turn.answer,
        requires_star=(
            exchange.question_type == "behavioral" and asks_for_story(exchange.question) if star is None else star
        ),
        responses=[
            response
            for response in map(SuggestedResponse.model_validate, kept.responses if kept else ())
            if response.confidence is None or response.confidence >= wishes.confidence_threshold
        ],
        rating=kept.rating if kept else None,
    )
