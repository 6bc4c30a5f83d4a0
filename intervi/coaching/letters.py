"""Feedback on an interview of others, as text for those it is meant for: built in from the assessment, or written by a model server."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.analysis.transcripts import clock
from intervi.clock import iso_z, now
from intervi.coaching import model_server
from intervi.coaching.assessing import Results
from intervi.coaching.assessment import Statement
from intervi.database import transaction
from intervi.errors import Conflict, NotFound
from intervi.interviews import service as interviews
from intervi.translation import _, fill

Template = Literal["comprehensive", "brief", "candidate-friendly"]

_PREFERENCE = "letter"
_INSTRUCTIONS = (
    "You write feedback on a job interview in the sections that are asked for, each of at most 120 words, from the given material alone. "
    "'candidate-friendly' is addressed to the candidate, kind and concrete; 'brief' has one sentence a section. Quote what was said. "
    "Infer nothing about feelings, health, origin, age or sex. Write no number that is a score or a rating."
)
_NUMBERED_SCORE = re.compile(
    r"\b\d+(?:[.,]\d+)?\s*(?:/|of|out of|von)\s*(?:10|100)\b|\b(?:score|rating)\w*\W+\d+(?:[.,]\d+)?", re.I
)


@dataclass(frozen=True, slots=True)
class Section:
    """A titled paragraph."""

    title: str
    text: str


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sections: list["_WrittenSection"]


class _WrittenSection(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    text: str


async def write(
    principal: Principal,
    found: Results,
    *,
    template: Template,
    recipients: Sequence[str],
    include_scores: bool,
    custom_sections: Sequence[str],
) -> dict[str, Any]:
    """Feedback, kept with the interview until the next is written.

    Raises:
        Conflict: the analysis is not finished.
        ModelServerFailed: there is a model server, and it gave no answer that can be used.
    """
    if found.status != "completed":
        raise Conflict(_("The analysis of this interview is not finished."))
    sections = list(_built_in(found, template, include_scores))
    engine = "built-in"
    if model_server.is_configured():
        engine = await model_server.model_name()
        sections = await _by_model(found, sections, template, custom_sections, include_scores=include_scores)
    else:
        sections += [Section(_title(name), _custom(found, name)) for name in custom_sections]
    letter = {
        "template": template,
        "recipients": list(recipients),
        "includeScores": include_scores,
        "sections": [{"title": section.title, "text": section.text} for section in sections],
        "engine": engine,
        "generatedAt": iso_z(now()),
    }
    async with transaction() as session:
        interview = await interviews.hold(session, principal, found.interview.id)
        interview.preferences = {**interview.preferences, _PREFERENCE: letter}
        session.add(interview)
    return letter


async def last(session: AsyncSession, principal: Principal, interview_id: UUID) -> dict[str, Any]:
    """The feedback that was written last.

    Raises:
        NotFound: none was.
    """
    kept: dict[str, Any] | None = (await interviews.get(session, principal, interview_id)).preferences.get(_PREFERENCE)
    if kept is None:
        raise NotFound(_("No feedback was written for this interview."))
    return kept


# --- built in -------------------------------------------------------------------------------------------------------


def _built_in(found: Results, template: Template, include_scores: bool) -> Iterator[Section]:
    overall = found.assessment.overall
    is_for_candidate = template == "candidate-friendly"
    if not is_for_candidate:
        yield Section(_("Summary"), _summary(found, include_scores))
    most = 1 if template == "brief" else None
    strengths = _listed(overall.strengths[:most], include_scores) or _("Nothing stood out in what could be measured.")
    areas = _listed(overall.areas[:most], include_scores) or _("Nothing to name in what could be measured.")
    yield Section(_("What went well") if is_for_candidate else _("Strengths"), strengths)
    yield Section(_("What to work on next") if is_for_candidate else _("Areas for improvement"), areas)
    if template == "comprehensive":
        yield Section(_("What was talked about"), _topics(found))
        if include_scores:
            yield Section(_("Scores"), _scores(found))


def _summary(found: Results, include_scores: bool) -> str:
    overall = found.assessment.overall
    text = overall.recommendation + "."
    if include_scores and overall.score is not None:
        text += " " + fill("Overall score: {score} of 10.", {"score": overall.score})
    if found.assessment.is_rough:
        text += " " + _("The words were recognised too roughly to judge them.")
    return text


def _listed(statements: Sequence[Statement], include_scores: bool) -> str:
    lines = []
    for statement in statements:
        if not include_scores and statement.is_score:
            continue
        quotation = f": “{statement.quotation}”" if statement.quotation else ""
        when = f" ({clock(statement.seconds)})" if statement.seconds is not None else ""
        lines.append(f"{statement.text}{quotation}{when}.")
    return " ".join(lines)


def _topics(found: Results) -> str:
    words = ", ".join(keyword.word for keyword in found.assessment.keywords[:8])
    return fill("Most of all: {words}.", {"words": words}) if words else _("No words could be measured.")


def _scores(found: Results) -> str:
    competency = found.assessment.competency
    parts = {
        _("Technical"): competency.technical,
        _("Communication"): competency.communication,
        _("Problem solving"): competency.problem_solving,
    }
    return " ".join(
        f"{name}: {_('not measured') if value is None else fill('{value} of 10', {'value': value})}."
        for name, value in parts.items()
    )


def _title(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").strip().capitalize()


def _custom(found: Results, name: str) -> str:
    """A section of the caller's own, as far as the built-in coach can write one: what the findings mean for it."""
    areas = _listed(found.assessment.overall.areas[:3], include_scores=False)
    if not areas:
        return fill("On {topic}: nothing in what was measured asks for a change.", {"topic": _title(name).lower()})
    return fill("On {topic}, begin with this: {areas}", {"topic": _title(name).lower(), "areas": areas})


# --- by a model server ----------------------------------------------------------------------------------------------


async def _by_model(
    found: Results,
    built_in: Sequence[Section],
    template: Template,
    custom_sections: Sequence[str],
    *,
    include_scores: bool,
) -> list[Section]:
    """The built-in sections told by a model, and the caller's own; what is a score stays ours."""
    ours = [section for section in built_in if section.title == _("Scores")]
    titles = [section.title for section in built_in if section not in ours] + [_title(name) for name in custom_sections]
    data = {
        "template": template,
        "sections": titles,
        "findings": [
            {"title": section.title, "text": section.text}
            for section in _built_in(found, template, include_scores=False)
        ],
        "answers": [{"question": each.question, "answer": each.words.text[:20_000]} for each in found.answers],
    }
    written = await model_server.ask(_INSTRUCTIONS, data, _Written)
    texts = {section.title.casefold(): section.text for section in written.sections}
    told = [Section(title, texts.get(title.casefold(), "").strip()) for title in titles]
    kept = [Section(section.title, section.text) for section in told if section.text]
    if not include_scores:
        kept = [Section(section.title, _without_scores(section.text)) for section in kept]
    return [*kept, *ours]


def _without_scores(text: str) -> str:
    """The sentences that hold no score: a model may have been told one by somebody in the interview."""
    return " ".join(one for one in re.split(r"(?<=[.!?])\s+", text) if not _NUMBERED_SCORE.search(one))


def compared(found: Sequence[Results]) -> list[tuple[Results, float | None]]:
    """Interviews from the best to the weakest; those without a score come last.

    Raises:
        Conflict: the analysis of one is not finished.
    """
    if any(one.status != "completed" for one in found):
        raise Conflict(_("Analyse each of these interviews first."))
    scored = [(one, one.assessment.overall.score) for one in found]
    return sorted(scored, key=lambda pair: -1.0 if pair[1] is None else pair[1], reverse=True)
