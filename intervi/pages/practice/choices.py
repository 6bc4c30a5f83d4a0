"""What a candidate chooses before practising, and what it means for the interview."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Self

from intervi.interviews.models import Interview, Origin, Persona, SessionType

MINUTES_PER_QUESTION = 2.5
"""Hearing a question, thinking, and an answer of two minutes."""
SUGGESTED_ANSWER_SECONDS = 120
"""The ring around the record button is full after so long. Recruiters' guides ask for answers of one to two minutes."""


def planned_questions(duration_minutes: int) -> int:
    """How many questions an interview of this length has; at least one."""
    return max(1, round(duration_minutes / MINUTES_PER_QUESTION))


@dataclass(frozen=True, slots=True)
class Choices:
    """A whole set-up. Values are the words of the database."""

    domain: str = ""
    """A slug of the question bank; empty for a pasted job."""
    job_title: str = ""
    job_description: str = ""
    kind: str = "mixed"
    difficulty: str = "mid"
    persona: str = Persona.TECH
    minutes: int = 20
    way: str = SessionType.VIDEO

    @classmethod
    def of(cls, interview: Interview) -> Self:
        """The choices an interview was made with."""
        return cls(
            domain=interview.domain_slug or "",
            job_title=interview.job_title,
            job_description=interview.job_description,
            kind=interview.question_kind,
            difficulty=interview.difficulty,
            persona=interview.persona,
            minutes=interview.duration_minutes,
            way=way_of(interview),
        )

    def as_dict(self) -> dict[str, str | int]:
        """By field name, for a page's state."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def way_of(interview: Interview) -> str:
    """How one answers: ``video``, ``audio`` or ``text``. An interview that leaves it open (``mock``) is held on camera."""
    return SessionType.VIDEO if interview.session_type == SessionType.MOCK else interview.session_type


def last_time(newest_first: Iterable[Interview]) -> Choices | None:
    """The choices of the latest interview that was set up on this page."""
    return next((Choices.of(interview) for interview in newest_first if interview.origin == Origin.PRACTICE), None)
