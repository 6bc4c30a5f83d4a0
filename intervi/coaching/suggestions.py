"""Suggested responses to a question, built in: a frame to fill in with one's own facts, and what a good answer covers.

Nothing is known of what somebody has done, so nothing is made up: where a fact belongs there is a blank in square brackets. What the job
is, is taken from what was said about it. The confidence of a response is how likely its structure fits the question, as the classifier of
questions sees it: a story (STAR) fits where it is likely behavioral and asks for something that happened, a technical explanation where
it is likely technical, and a direct answer wherever no story is asked for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from intervi.questions import classification
from intervi.questions.classification import Classification, asks_for_story
from intervi.translation import N_, _, fill

Structure = Literal["STAR", "direct", "technical"]

BUILT_IN = "built-in"
"""Tags a response that no model wrote."""
MOST_CONFIDENT = 0.95
"""No structure fits for certain."""
WORTH_SHOWING = 0.5
SECONDS_A_PART = 12.0
"""Of a frame or point: two sentences of 15 words at 150 words per minute."""

_FRAMES: dict[Structure, tuple[str, ...]] = {
    "STAR": (
        N_("It was at [where and when], and [what had happened]."),
        N_("It was mine to [what was expected of me]."),
        N_("First I [first step], then I [next step]."),
        N_("In the end [what came of it, with a figure]."),
    ),
    "direct": (
        N_("[My answer in one sentence], because [my reason]."),
        N_("For example, [one case of my own, with what came of it]."),
    ),
    "technical": (
        N_("[What it is, or what I would choose, in one sentence]."),
        N_("The reason is [why, step by step]."),
        N_("In my own work, [where I used it and what came of it]."),
        N_("Its limit is [where it does not hold, or what it costs]."),
    ),
}


class SuggestedResponse(BaseModel):
    """Something that could be answered, sent by a caller or suggested; kept as JSON."""

    model_config = ConfigDict(frozen=True)

    id: str
    content: str
    structure: Structure
    estimated_duration_seconds: float | None = None
    """Of saying it, once its blanks are filled."""
    confidence: float | None = None
    """0 to 1; ``None``: its sender said none, and it is always shown."""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """What an interview is for, as far as it was said."""

    title: str = ""
    company: str = ""
    description: str = ""
    requirements: Sequence[str] = ()
    seniority: str = "mid"


def suggest(question: str, job: Job, found: Classification) -> list[SuggestedResponse]:
    """The built-in suggestions, the most specific structure first; the same for the same question and job."""
    asked_for = [word for word in job.requirements if _is_named(word, question)]
    return [
        SuggestedResponse(
            id=f"response-{number}",
            content="\n".join(parts),
            structure=structure,
            estimated_duration_seconds=SECONDS_A_PART * len(parts),
            confidence=round(min(MOST_CONFIDENT, confidence), 2),
            tags=tuple(dict.fromkeys((found.type, found.category, *asked_for, BUILT_IN))),
        )
        for number, (structure, confidence) in enumerate(_structures(question, found), start=1)
        if (parts := list(_parts(structure, question, job, asked_for)))
    ]


def points_to_cover(question: str) -> tuple[str, ...]:
    """What a good answer covers, where the bank has a question that is near enough; else empty."""
    near = classification.nearest_question(question)
    return near.points if near else ()


def _structures(question: str, found: Classification) -> Iterator[tuple[Structure, float]]:
    story = found.likelihoods.get("behavioral", 0.0) if found.requires_star or asks_for_story(question) else 0.0
    technical = found.likelihoods.get("technical", 0.0)
    fitting: tuple[tuple[Structure, float], ...] = (("STAR", story), ("technical", technical), ("direct", 1.0 - story))
    return ((structure, confidence) for structure, confidence in fitting if confidence >= WORTH_SHOWING)


def _parts(structure: Structure, question: str, job: Job, asked_for: Sequence[str]) -> Iterator[str]:
    yield from (_(sentence) for sentence in _FRAMES[structure])
    for word in asked_for:
        yield fill(
            N_("{requirement} is asked for in this job: [where I used it, for how long, and what for]."),
            {"requirement": word},
        )
    if job.title:
        yield _for_the_job(job)
    for point in points_to_cover(question):
        yield fill(N_("To cover: {point}"), {"point": point})


def _for_the_job(job: Job) -> str:
    if job.company:
        return fill(
            N_("As {title} at {company}, that helps me to [what I would do with it]."),
            {"title": job.title, "company": job.company},
        )
    return fill(N_("As {title}, that helps me to [what I would do with it]."), {"title": job.title})


def _is_named(requirement: str, question: str) -> bool:
    words = requirement.casefold().split()
    return bool(words) and f" {' '.join(words)} " in f" {' '.join(question.casefold().replace('?', ' ').split())} "
