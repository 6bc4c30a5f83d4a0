"""Written feedback: 2 of the hiring contract's 15 endpoints of analysis."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from intervi.api.contract import HIRING
from intervi.api.dependencies import RecordId, Session
from intervi.api.hiring.analysis import BASE, BriefWriter, Reader
from intervi.api.hiring.envelope import EXAMPLE_ID, EXAMPLE_TIME, Found, found
from intervi.api.routes import router_of
from intervi.api.schemas import CamelModel
from intervi.coaching import assessing, letters
from intervi.coaching.letters import Template
from intervi.database import transaction

router = router_of(HIRING)


class NewFeedback(CamelModel):
    """Feedback to be written."""

    template: Template = "comprehensive"
    recipients: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default_factory=list, max_length=20, examples=[["candidate", "hiring_manager"]]
    )
    include_scores: bool = True
    custom_sections: list[Annotated[str, Field(min_length=1, max_length=100, pattern=r"\w")]] = Field(
        default_factory=list, max_length=10, examples=[["career_advice"]]
    )


class SectionView(CamelModel):
    """A titled paragraph."""

    title: str = Field(examples=["Strengths"])
    text: str = Field(
        examples=["States this part of a good answer: Result: “The error rate fell to zero.” (00:02:14)."]
    )


class FeedbackView(CamelModel):
    """Feedback, as it was written."""

    interview_id: str = Field(examples=[EXAMPLE_ID])
    template: str = Field(examples=["comprehensive"])
    recipients: list[str] = Field(examples=[["candidate", "hiring_manager"]])
    include_scores: bool
    sections: list[SectionView]
    engine: str = Field(examples=["built-in"])
    generated_at: str = Field(examples=[EXAMPLE_TIME])


@router.post(f"{BASE}/{{interview_id}}/feedback", status_code=201)
async def generate_feedback(interview_id: RecordId, body: NewFeedback, caller: BriefWriter) -> Found[FeedbackView]:
    """Write feedback from the analysis: by a model server, where one is configured, else by the built-in coach."""
    async with transaction() as session:
        results = await assessing.results(session, caller, interview_id)
    letter = await letters.write(
        caller,
        results,
        template=body.template,
        recipients=body.recipients,
        include_scores=body.include_scores,
        custom_sections=body.custom_sections,
    )
    return found(_feedback(interview_id, letter), "Feedback generated successfully")


@router.get(f"{BASE}/{{interview_id}}/feedback")
async def get_feedback(interview_id: RecordId, caller: Reader, session: Session) -> Found[FeedbackView]:
    """The feedback that was written last."""
    letter = await letters.last(session, caller, interview_id)
    return found(_feedback(interview_id, letter), "Feedback retrieved successfully")


def _feedback(interview_id: UUID, letter: dict[str, Any]) -> FeedbackView:
    return FeedbackView.model_validate({"interviewId": HIRING.spell_id(interview_id), **letter})
