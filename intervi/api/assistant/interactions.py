"""Interactions: a question, what could be answered, what was, and how good the help was."""

from typing import Annotated, Literal

from fastapi import Depends
from pydantic import Field

from intervi.accounts.principal import Principal
from intervi.api.assistant.common import BASE, ID_EXAMPLE, Caller, OwnInteraction, OwnSession, spell
from intervi.api.contract import ASSISTANT
from intervi.api.dependencies import RecordId, Session
from intervi.api.routes import router_of
from intervi.api.schemas import NOT_BLANK, CamelModel, Number
from intervi.api.streaming import brief_caller_of
from intervi.clock import iso_z
from intervi.coaching import interactions
from intervi.coaching.interactions import Interaction
from intervi.coaching.suggestions import SuggestedResponse
from intervi.database import transaction
from intervi.interviews import access, exchanges, lifecycle

MOST_RESPONSES = 50

QuestionType = Literal["technical", "behavioral", "situational", "cultural"]
Difficulty = Literal["junior", "mid", "senior"]
Tag = Annotated[str, Field(max_length=200)]

router = router_of(ASSISTANT)

BriefCaller = Annotated[Principal, Depends(brief_caller_of(ASSISTANT))]


class Classification(CamelModel):
    """What kind of question it is."""

    type: str = Field(examples=["technical"])
    category: str = Field(examples=["frontend"])
    difficulty: str = Field(examples=["mid"])
    requires_star: bool = Field(alias="requiresSTAR", examples=[False])


class SentClassification(CamelModel):
    """What kind of question it is; what is left out is told by its words."""

    type: QuestionType | None = Field(None, examples=["technical"])
    category: str | None = Field(None, max_length=200, examples=["frontend"])
    difficulty: Difficulty | None = Field(None, examples=["mid"])
    requires_star: bool | None = Field(None, alias="requiresSTAR", examples=[False])


class Response(CamelModel):
    """Something that could be answered."""

    id: str = Field(examples=["response-1"])
    content: str = Field(examples=["I have 3 years of experience with React..."])
    structure: Literal["STAR", "direct", "technical"] = Field(examples=["direct"])
    estimated_duration: Number | None = Field(examples=[45])
    """Seconds."""
    confidence: Number | None = Field(examples=[0.9])
    """How likely its structure fits the question, 0 to 1."""
    tags: list[str] = Field(examples=[["experience", "technical"]])


class SentResponse(CamelModel):
    """Something that could be answered."""

    id: str | None = Field(None, min_length=1, max_length=200, examples=["response-1"])
    """Left out: its number."""
    content: str = Field(
        min_length=1,
        max_length=exchanges.MAX_CHARACTERS,
        pattern=NOT_BLANK,
        examples=["I have 3 years of experience with React..."],
    )
    structure: Literal["STAR", "direct", "technical"] = Field("direct", examples=["direct"])
    estimated_duration: float | None = Field(None, ge=0, examples=[45])
    """Seconds."""
    confidence: float | None = Field(None, ge=0, le=1, examples=[0.9])
    tags: list[Tag] = Field(default_factory=list, max_length=50, examples=[["experience", "technical"]])


class NewInteraction(CamelModel):
    """A question that was asked."""

    session_id: RecordId = Field(examples=[ID_EXAMPLE])
    question: str = Field(
        min_length=1,
        max_length=exchanges.MAX_CHARACTERS,
        pattern=NOT_BLANK,
        examples=["What is your experience with React?"],
    )
    question_classification: SentClassification | None = None
    """Left out: told by the question's words."""
    generated_responses: list[SentResponse] | None = Field(None, max_length=MOST_RESPONSES)
    """Left out, or null: some are suggested, if the session's settings say so. An empty list stays empty."""


class InteractionChange(CamelModel):
    """Which response was given, how good the help was, or both."""

    selected_response: str | None = Field(
        None,
        min_length=1,
        max_length=exchanges.MAX_CHARACTERS,
        pattern=NOT_BLANK,
        examples=["I have 3 years of experience with React..."],
    )
    user_feedback: int | None = Field(None, ge=1, le=5, examples=[5])


class InteractionView(CamelModel):
    """A question with its answer."""

    id: str = Field(examples=[ID_EXAMPLE])
    session_id: str = Field(examples=[ID_EXAMPLE])
    question: str = Field(examples=["Tell me about yourself"])
    question_classification: Classification
    generated_responses: list[Response]
    """Those that the session's confidence threshold lets through."""
    selected_response: str | None = Field(examples=["I am a passionate software developer..."])
    """The answer: the response that was given, or what was typed or said."""
    user_feedback: int | None = Field(examples=[4])
    timestamp: str = Field(examples=["2024-01-01T10:05:00.000Z"])


@router.post(f"{BASE}/interactions", status_code=201)
async def create_interaction(body: NewInteraction, caller: BriefCaller) -> InteractionView:
    """Record a question. Without a classification it is classified; without responses, some are suggested."""
    async with transaction() as session:
        await access.require_interview(session, caller, body.session_id)
        interview = await lifecycle.get_open(session, caller, body.session_id)
    said = body.question_classification.model_dump() if body.question_classification else {}
    found = await interactions.classified(body.question, said)
    # A model server may be asked: no connection is held meanwhile.
    asked = await interactions.help_with(interview, body.question, found, _sent(body.generated_responses))
    async with transaction() as session:
        return interaction_view(await interactions.record(session, caller, interview.id, asked))


@router.put(f"{BASE}/interactions/{{interaction_id}}")
async def update_interaction(
    interaction_id: OwnInteraction, body: InteractionChange, caller: Caller, session: Session
) -> InteractionView:
    """Say which response was given, how good the help was (1 to 5), or both; also after the session's end."""
    return interaction_view(
        await interactions.update(
            session, caller, interaction_id, answer=body.selected_response, rating=body.user_feedback
        )
    )


@router.get(f"{BASE}/{{session_id}}/interactions")
async def list_interactions(session_id: OwnSession, caller: Caller, session: Session) -> list[InteractionView]:
    """The interactions of a session, newest first."""
    return [interaction_view(each) for each in await interactions.of_interview(session, caller, session_id)]


def interaction_view(interaction: Interaction) -> InteractionView:
    """A question with its answer as this contract prints it, whatever it came through."""
    exchange = interaction.exchange
    return InteractionView(
        id=spell(exchange.id),
        session_id=spell(exchange.interview_id),
        question=exchange.question,
        question_classification=Classification(
            type=exchange.question_type,
            category=exchange.category,
            difficulty=exchange.difficulty,
            requires_star=interaction.requires_star,
        ),
        generated_responses=[_response(each) for each in interaction.responses],
        selected_response=interaction.answer,
        user_feedback=interaction.rating,
        timestamp=iso_z(exchange.created_at),
    )


def _sent(responses: list[SentResponse] | None) -> list[SuggestedResponse] | None:
    if responses is None:
        return None
    return [
        SuggestedResponse(
            id=each.id or f"response-{number}",
            content=each.content,
            structure=each.structure,
            estimated_duration_seconds=each.estimated_duration,
            confidence=each.confidence,
            tags=tuple(each.tags),
        )
        for number, each in enumerate(responses, start=1)
    ]


def _response(suggested: SuggestedResponse) -> Response:
    return Response(
        id=suggested.id,
        content=suggested.content,
        structure=suggested.structure,
        estimated_duration=suggested.estimated_duration_seconds,
        confidence=suggested.confidence,
        tags=list(suggested.tags),
    )
