"""Suggested responses written by a model server, where one is configured; the built-in ones where it fails, which their tags say."""

import asyncio
import json
import logging
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from intervi.coaching import model_server, suggestions
from intervi.coaching.model_server import ModelServerFailed
from intervi.coaching.suggestions import Job, Structure, SuggestedResponse
from intervi.questions.classification import Classification
from intervi.settings import settings
from intervi.translation import _

log = logging.getLogger(__name__)

BY_MODEL = "model-server"
"""Tags a response that a model wrote."""
FALLBACK = "model-server-failed"
"""Tags a built-in response that stands in for a model's."""
MOST_RESPONSES = 3
LONGEST_RESPONSE = 5000
"""Characters."""
WORDS_PER_SECOND = 2.5

_INSTRUCTIONS = f"""\
Suggest one to {MOST_RESPONSES} ways for a candidate to answer an interviewer's question, each in the first person, as
it could be said aloud in under two minutes, in the language that `language` names (BCP 47). `structure` is STAR for a
story (situation, task, action, result), technical for an explanation, direct for any other answer. What the candidate
has done is not known to you: wherever a fact about them belongs, write a blank in square brackets that names it, such
as [the project] or [by how many percent]. Make up no employer, project, figure, year or result. `covers` lists what a
good answer covers, if anything is known of that. `confidence` says how sure you are that this way of answering fits
the question.
"""
_NUMBER = re.compile(r"\d+")
_BLANK = re.compile(r"\[[^\]]*\]")


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")

    content: str = Field(description="The answer, with blanks in square brackets.")
    structure: Structure
    confidence: float = Field(description="0 to 1")
    tags: list[str] = Field(description="One to three words each, five at most.")


class _Suggestions(BaseModel):
    model_config = ConfigDict(extra="forbid")

    responses: list[_Written]


async def suggest(question: str, job: Job, found: Classification, language: str) -> list[SuggestedResponse]:
    """Suggested responses, best first, by the model server or built in. Waits for a server; hold no transaction meanwhile."""
    built_in = suggestions.suggest(question, job, found)
    if not model_server.is_configured():
        return built_in
    try:
        return await _asked(question, job, found, language)
    except ModelServerFailed as failure:
        log.warning("suggesting built-in responses: %s", failure.message)
    return [response.model_copy(update={"tags": (*response.tags, FALLBACK)}) for response in built_in]


async def _asked(question: str, job: Job, found: Classification, language: str) -> list[SuggestedResponse]:
    data = {
        "question": question,
        "type": found.type,
        "language": language,
        "covers": suggestions.points_to_cover(question),
        "job": {
            "title": job.title,
            "company": job.company,
            "description": job.description,
            "requirements": list(job.requirements),
            "seniority": job.seniority,
        },
    }
    try:
        async with asyncio.timeout(settings().suggestion_timeout_seconds):
            written = (await model_server.ask(_INSTRUCTIONS, data, _Suggestions)).responses
    except TimeoutError:
        raise ModelServerFailed(_("The model server took too long to suggest a response.")) from None
    usable = list(_usable(written, data))[:MOST_RESPONSES]
    if not usable:
        raise ModelServerFailed(_("The model server suggested nothing that can be used."))
    return sorted(usable, key=lambda response: -(response.confidence or 0.0))


def _usable(written: Sequence[_Written], data: dict[str, Any]) -> Iterator[SuggestedResponse]:
    """What says something, and makes up no figure: outside of blanks there is no number that was not given."""
    given = set(_NUMBER.findall(json.dumps(data, ensure_ascii=False)))
    for number, each in enumerate(written, start=1):
        content = each.content.strip()
        figures = set(_NUMBER.findall(_BLANK.sub("", content)))
        if not 0 < len(content) <= LONGEST_RESPONSE or not 0 <= each.confidence <= 1 or not figures <= given:
            continue
        tags = [tag.strip() for tag in each.tags if 0 < len(tag.strip()) <= 50][:5]
        yield SuggestedResponse(
            id=f"response-{number}",
            content=content,
            structure=each.structure,
            estimated_duration_seconds=round(len(content.split()) / WORDS_PER_SECOND),
            confidence=round(each.confidence, 2),
            tags=tuple(dict.fromkeys((*tags, BY_MODEL))),
        )
