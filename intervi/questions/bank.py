"""The question bank: data files in ``data/``, one per domain, that a non-programmer can extend.

A file is read once per process and checked as it is read: an unknown type, a missing point or an id used twice is an error that names
file and question. The format is described in ``data/README.md``.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self
from uuid import UUID

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from intervi.ids import parse_id

DATA = Path(__file__).parent / "data"

QuestionType = Literal["technical", "behavioral", "situational", "cultural"]
Difficulty = Literal["junior", "mid", "senior"]

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=400)]


class _Checked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FollowUp(_Checked):
    """A question that goes deeper into what was just said."""

    text: Sentence
    point: int | None = Field(default=None, ge=1)
    """The number of the point it asks for, from 1: to be asked where the answer left that point out. None: it goes beyond the points."""

    @model_validator(mode="before")
    @classmethod
    def _may_be_a_sentence(cls, data: object) -> object:
        return {"text": data} if isinstance(data, str) else data


class Question(_Checked):
    """One question, with what a good answer to it covers."""

    id: Slug
    type: QuestionType
    difficulty: Difficulty
    category: Slug
    text: Sentence
    points: tuple[Sentence, ...] = Field(min_length=3, max_length=8)
    """What a good answer covers, each point concrete enough to be recognised in an answer."""
    follow_ups: tuple[FollowUp, ...] = Field(min_length=1, max_length=4)
    domain: Slug = ""

    @model_validator(mode="after")
    def _follow_ups_ask_for_its_points(self) -> Self:
        if beyond := [follow_up.text for follow_up in self.follow_ups if (follow_up.point or 0) > len(self.points)]:
            raise ValueError(f"follow_ups ask for a point that there is not: {'; '.join(beyond)}")
        return self


class Domain(_Checked):
    """A field of work and its questions."""

    id: UUID
    slug: Slug
    title: str = Field(min_length=2, max_length=60)
    keywords: tuple[str, ...] = ()
    """Words of job titles that this domain fits, beside those of its title (``developer``, ``backend``)."""
    questions: tuple[Question, ...]

    @model_validator(mode="before")
    @classmethod
    def _spread(cls, data: dict[str, object]) -> dict[str, object]:
        """Reads the id in our 24-digit spelling, and tells every question its domain."""
        questions = data.get("questions")
        if not isinstance(questions, list) or not all(isinstance(question, dict) for question in questions):
            raise ValueError("questions must be a list, each with its fields")
        return {
            **data,
            "id": parse_id(str(data.get("id", ""))),
            "questions": [{**question, "domain": data.get("slug")} for question in questions],
        }

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [question.id for question in self.questions]
        if twice := {i for i in ids if ids.count(i) > 1}:
            raise ValueError(f"ids used twice: {', '.join(sorted(twice))}")
        return self


def read_domain(path: Path) -> Domain:
    """Reads and checks one file.

    Raises:
        ValueError: naming the file and what is wrong in it.
    """
    try:
        return Domain.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError, AttributeError, TypeError) as error:
        raise ValueError(f"{path.name}: {error}") from error


@lru_cache(maxsize=1)
def domains() -> tuple[Domain, ...]:
    """Every domain, by title.

    Raises:
        ValueError: if a file is wrong, or two share an id, a slug, or a question's id.
    """
    found = tuple(sorted((read_domain(path) for path in DATA.glob("*.yaml")), key=lambda domain: domain.title))
    named: dict[str, Sequence[UUID | str]] = {
        "domain ids": [domain.id for domain in found],
        "slugs": [domain.slug for domain in found],
        "question ids": [question.id for domain in found for question in domain.questions],
    }
    for name, values in named.items():
        if len(set(values)) < len(values):
            raise ValueError(f"{name} are used twice over the files")
    return found


def domain_by(text: str) -> Domain | None:
    """The domain with this slug, title (in any case) or id in any spelling."""
    known = _domains_by_name()
    return known.get(text) or known.get(text.strip().casefold()) or known.get(parse_id(text))


@lru_cache(maxsize=1)
def _domains_by_name() -> dict[str | UUID | None, Domain]:
    """Each domain by slug, title and id."""
    return {name: domain for domain in domains() for name in (domain.slug, domain.title.casefold(), domain.id)}


@lru_cache(maxsize=1)
def _by_id() -> dict[str, Question]:
    return {question.id: question for domain in domains() for question in domain.questions}


def question(question_id: str) -> Question | None:
    """The question with this id."""
    return _by_id().get(question_id)


def questions_of(slug: str) -> tuple[Question, ...]:
    """The questions of one domain; none for an unknown one."""
    return next((domain.questions for domain in domains() if domain.slug == slug), ())


def points_as_asked(question_id: str, text: str) -> tuple[str, ...]:
    """What a good answer covers: all points of a question, or of its follow-up the one that it asks for. Empty for an unknown one."""
    known = question(question_id)
    if known is None:
        return ()
    follow_up = next((follow_up for follow_up in known.follow_ups if follow_up.text == text), None)
    if follow_up is None:
        return known.points
    return (known.points[follow_up.point - 1],) if follow_up.point else ()
