"""What is sent and answered, as published."""

from typing import Generic, Literal, TypeVar

from pydantic import Field

from intervi.api.levels import Level
from intervi.api.schemas import NOT_BLANK, CamelModel, Number, Score
from intervi.interviews import exchanges

Data = TypeVar("Data")

_ID = "64a7b8c9d1234567890abcde"
_TIME = "2025-01-15T10:30:00.000Z"


class Found(CamelModel, Generic[Data]):
    """What was asked for."""

    success: Literal[True]
    data: Data


class Done(CamelModel, Generic[Data]):
    """What was done, and what came of it."""

    success: Literal[True]
    message: str
    data: Data


class Deleted(CamelModel):
    """It is gone."""

    success: Literal[True]
    message: str = Field(examples=["Interview session deleted successfully"])


class NewSession(CamelModel):
    """What an interview is to be about."""

    domain: str = Field(min_length=1, pattern=NOT_BLANK, examples=["Software Engineering"])
    """Free text; a domain that we have questions for is known by its title or slug."""
    difficulty: Level = Field("medium", examples=["medium"])


class NewTurn(CamelModel):
    """A question and what was answered."""

    bot: str = Field(
        min_length=1,
        max_length=exchanges.MAX_CHARACTERS,
        pattern=NOT_BLANK,
        examples=["What is your experience with React?"],
    )
    user: str = Field(max_length=exchanges.MAX_CHARACTERS, examples=["I have 3 years of experience with React..."])
    """May be empty: nothing was answered."""


class Ending(CamelModel):
    """How it went."""

    final_score: Score | None = Field(None, examples=[85])
    feedback: str | None = Field(None, examples=["Good technical knowledge, needs improvement in communication"])


class Feedback(CamelModel):
    """How it went, said anew; at least one of the two."""

    feedback: str | None = Field(None, examples=["Excellent performance in technical questions"])
    score: Score | None = Field(None, examples=[92])


class Created(CamelModel):
    """A new interview."""

    session_id: str = Field(examples=[_ID])
    domain: str = Field(examples=["Software Engineering"])
    difficulty: Level
    created_at: str = Field(examples=[_TIME])


class Person(CamelModel):
    """Whose interview it is."""

    name: str = Field(examples=["John Doe"])
    email: str = Field(examples=["john@example.com"])


class TurnView(CamelModel):
    """A question with its answer."""

    bot: str = Field(examples=["Tell me about yourself"])
    user: str = Field(examples=["I am a software developer..."])
    """As typed, or as recognised in a recording; empty: no words yet."""
    created_at: str = Field(examples=["2025-01-15T10:35:00.000Z"])


class SessionView(CamelModel):
    """An interview with all that was said."""

    id: str = Field(alias="_id", examples=[_ID])
    user: Person
    domain: str = Field(examples=["Software Engineering"])
    difficulty: Level
    status: str = Field(examples=["in-progress"])
    qna: list[TurnView] = Field(alias="QnA")
    feed_back: str = Field(examples=[""])
    score: Number = Field(examples=[0])
    """0 to 100; 0 before there is any."""
    created_at: str = Field(examples=[_TIME])


class ConversationView(CamelModel):
    """What was said, in the order spoken."""

    session_id: str = Field(examples=[_ID])
    domain: str = Field(examples=["Software Engineering"])
    difficulty: Level
    conversation: list[TurnView]
    total_questions: int = Field(examples=[1])
    created_at: str = Field(examples=[_TIME])


class Updated(CamelModel):
    """The question and answer that were added."""

    session_id: str = Field(examples=[_ID])
    latest_qna: TurnView = Field(alias="latestQnA")
    total_questions: int = Field(examples=[2])


class Ended(CamelModel):
    """A finished interview."""

    session_id: str = Field(examples=[_ID])
    total_questions: int = Field(examples=[5])
    final_score: Number = Field(examples=[85])
    feedback: str = Field(examples=["Good technical knowledge, needs improvement in communication"])
    domain: str = Field(examples=["Software Engineering"])
    difficulty: Level


class FeedbackView(CamelModel):
    """What is said about it now."""

    session_id: str = Field(examples=[_ID])
    feedback: str = Field(examples=["Excellent performance in technical questions"])
    score: Number = Field(examples=[92])


class Recent(CamelModel):
    """An interview in a list."""

    session_id: str = Field(examples=[_ID])
    id: str = Field(alias="_id", examples=[_ID])
    domain: str = Field(examples=["Software Engineering"])
    difficulty: Level
    score: Number = Field(examples=[85])
    feed_back: str = Field(examples=["Good technical knowledge"])
    questions_count: int = Field(examples=[5])
    created_at: str = Field(examples=[_TIME])
    status: str = Field(examples=["completed"])


class Pagination(CamelModel):
    """Where in the list this page is."""

    current_page: int = Field(examples=[1])
    total_pages: int = Field(examples=[3])
    total_items: int = Field(examples=[25])
    has_next_page: bool = Field(examples=[True])
    has_prev_page: bool = Field(examples=[False])


class HistoryView(CamelModel):
    """One page of the interviews, newest first."""

    interviews: list[Recent]
    pagination: Pagination


class Overview(CamelModel):
    """Over all own interviews."""

    total_interviews: int = Field(examples=[15])
    average_score: Number = Field(examples=[78.5])
    """Over completed ones that have a score, to one decimal; 0 when there are none."""
    total_questions: int = Field(examples=[75])


class DomainPart(CamelModel):
    """Those of one domain."""

    domain: str = Field(examples=["Software Engineering"])
    count: int = Field(examples=[8])
    average_score: Number = Field(examples=[82.3])


class DifficultyPart(CamelModel):
    """Those of one difficulty."""

    difficulty: Level
    count: int = Field(examples=[10])
    average_score: Number = Field(examples=[79.2])


class StatisticsView(CamelModel):
    """How the interviews went."""

    overview: Overview
    domain_breakdown: list[DomainPart]
    difficulty_breakdown: list[DifficultyPart]
