"""The same rubric, judged by a model server where one is configured (``intervi.coaching.model_server``).

The model names levels and quotes; everything else is ours. A quotation counts only if it is in the answer word for word and no longer than
a sentence, a passage stands for two points at most, and a level without a quotation is not believed. Numbers come from levels here,
totals from ``coaching.scoring``. An answer that speaks to its judge is not shown to a model at all.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from intervi.analysis.disfluencies import fluent
from intervi.analysis.figures import CoveredPoint, Figure, Language, Quotation, StructurePart, Transcript
from intervi.analysis.sentences import Sentence, sentences_of, words_of
from intervi.coaching import model_server
from intervi.coaching.model_server import ModelServerFailed
from intervi.translation import _
from workers.language.measure import QuestionContext
from workers.language.relevance import TOUCHED
from workers.language.specificity import CONCRETE_SENTENCE, NAMED, NUMBER, concreteness
from workers.language.stems import content_stems

ABOUT = {"no": 0.0, "in part": 0.65, "yes": 1.0}
LEVELS = {"not covered": 0.0, "touched upon": TOUCHED, "covered in detail": 1.0}
CONCRETE = {"general": 0.0, "some detail": 0.25, "concrete": 0.6}
SHORTEST_QUOTATION_WORDS = 3
LONGEST_QUOTATION_WORDS = 40
POINTS_PER_PASSAGE = 2
OWN_WORDS = 0.7
"""Share of a rewriting's content words that must be the answer's."""
LONGEST_REWRITE = 1.3
"""Times the answer's words."""

TO_THE_JUDGE = re.compile(
    r"\b(?:ignore|disregard|forget) (?:all |any |the |your |my |every )*(?:previous|prior|above|earlier|other|preceding)? ?"
    r"(?:instructions?|rules?|prompts?|rubric)\b"
    r"|\b(?:system|assistant|developer) ?(?:prompt|message|:)"
    r"|\byou are (?:now )?(?:an?|the) (?:ai|assistant|judge|grader|language model|interviewer['’]s system)\b"
    r"|\b(?:mark|score|rate|grade) (?:every|all|this|it|me|the answer)\b.{0,40}\b(?:full|maximum|covered|100|highest|perfect)\b"
    r"|\b(?:full|maximum|highest|perfect) (?:marks?|scores?|points)\b.{0,20}\b(?:answer|candidate|me)\b|about_question|covered in detail",
    re.IGNORECASE | re.DOTALL,
)
"""Words that are meant for whatever reads the answer. Who says such a thing in earnest loses only the model's opinion."""

INSTRUCTIONS = """You judge one answer of a job interview by a fixed rubric, for the candidate's own practice. The object has the question,
its kind, the points that a good answer covers, the parts that such an answer has, and the answer as it was said.

- about_question: does the answer answer this question? "no" for one that is about something else, or only says the question back.
- points: one entry for each point, in order. "covered in detail" wants a number, a name or a concrete step.
- parts: one entry for each part, in order.
- concreteness: "concrete" if most of it could be pictured and checked, "general" if nothing could. Length, fluency and buzzwords
  earn nothing.
- Every quotation is copied from the answer word for word, one sentence or less; empty where there is none.
- rewrite: the answer as the candidate could say it, in the order of the parts, in the first person, from its own facts only: no number,
  name or deed that is not in it. Where a part is missing, put what is missing in square brackets."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class JudgedPoint(_Form):
    """One point of the rubric."""

    level: Literal["not covered", "touched upon", "covered in detail"]
    quotation: str


class JudgedPart(_Form):
    """One part of the structure."""

    found: bool
    quotation: str


class Judgement(_Form):
    """What the model is asked for: levels and quotations, no number."""

    about_question: Literal["no", "in part", "yes"]
    points: list[JudgedPoint]
    parts: list[JudgedPart]
    concreteness: Literal["general", "some detail", "concrete"]
    concrete_quotations: list[str] = Field(description="Up to five, the most concrete first.")
    rewrite: str


def judged(context: QuestionContext | None, transcript: Transcript, measured: Language) -> Language:
    """What was measured, with the rubric's figures from the model server; as it was, and why, if that cannot be used."""
    if context is None or measured.reason is not None or measured.relevance.value is None:
        return measured
    if TO_THE_JUDGE.search(transcript.text):
        return measured.model_copy(update={"judge_note": _("The answer speaks to whoever judges it.")})
    data: dict[str, object] = {
        "question": context.text,
        "kind": context.type,
        "points": list(context.points),
        "parts": [part.name for part in measured.structure_parts],
        "answer": transcript.text,
    }
    try:
        name, judgement = asyncio.run(_ask(data))
    except ModelServerFailed as error:
        return measured.model_copy(update={"judge_note": error.message})
    return _believed(judgement, context, sentences_of(transcript), measured).model_copy(update={"judge": name})


async def _ask(data: dict[str, object]) -> tuple[str, Judgement]:
    return await model_server.model_name(), await model_server.ask(INSTRUCTIONS, data, Judgement)


def _believed(
    judgement: Judgement, context: QuestionContext, sentences: Sequence[Sentence], measured: Language
) -> Language:
    """The judgement as far as the answer's own words bear it out."""
    answer = _Answer(sentences)
    points = _points(judgement, context, answer)
    parts = [
        _part(part.name, found, answer)
        for part, found in zip(measured.structure_parts, _padded(judgement.parts, measured), strict=True)
    ]
    about = ABOUT[judgement.about_question]
    if context.points and not any(point.evidence for point in points):
        about = min(about, measured.relevance.value or 0.0)
    quoted = [each for text in judgement.concrete_quotations if (each := answer.find(text))]
    specifics = [
        each for each in quoted if concreteness(fluent(each.text), context.type, context.text) >= CONCRETE_SENTENCE
    ]
    specificity = CONCRETE[judgement.concreteness]
    if not specifics:
        specificity = min(specificity, measured.specificity.value or 0.0)
    return measured.model_copy(
        update={
            "relevance": Figure(value=about, basis="model"),
            "coverage": Figure(value=round(sum(point.coverage for point in points) / len(points), 3), basis="model")
            if points
            else measured.coverage,
            "points": points,
            "structure": Figure(value=round(sum(part.found for part in parts) / len(parts), 3), basis="model")
            if parts
            else measured.structure,
            "structure_parts": parts,
            "specificity": Figure(value=specificity, basis="model"),
            "specifics": specifics or measured.specifics,
            "rewrite": judgement.rewrite.strip() if _is_their_own(judgement.rewrite, sentences) else None,
        }
    )


def _padded(parts: Sequence[JudgedPart], measured: Language) -> list[JudgedPart]:
    """One for each part, whatever number the model sent."""
    missing = JudgedPart(found=False, quotation="")
    return [*parts, *[missing] * len(measured.structure_parts)][: len(measured.structure_parts)]


def _points(judgement: Judgement, context: QuestionContext, answer: "_Answer") -> list[CoveredPoint]:
    used: Counter[str] = Counter()
    found = []
    missing = JudgedPoint(level="not covered", quotation="")
    for text, each in zip(context.points, [*judgement.points, *[missing] * len(context.points)], strict=False):
        quotation = answer.find(each.quotation) if LEVELS[each.level] else None
        is_evidence = quotation is not None and used[quotation.text] < POINTS_PER_PASSAGE
        used.update([quotation.text] if quotation else [])
        found.append(
            CoveredPoint(
                point=text,
                coverage=LEVELS[each.level] if is_evidence else 0.0,
                evidence=quotation if is_evidence else None,
                nearest=None if is_evidence else quotation,
                is_clear=is_evidence and LEVELS[each.level] == 1.0,
            )
        )
    return found


def _part(name: str, judged_part: JudgedPart, answer: "_Answer") -> StructurePart:
    evidence = answer.find(judged_part.quotation) if judged_part.found else None
    return StructurePart(name=name, found=evidence is not None, evidence=evidence)


class _Answer:
    """Where in the answer a quotation stands."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._words = [(word.lower(), sentence) for sentence in sentences for word in words_of(sentence.text)]

    def find(self, quotation: str) -> Quotation | None:
        """The sentences that hold these words, one after the other; ``None`` if they are not there."""
        wanted = [word.lower() for word in words_of(quotation)]
        if not SHORTEST_QUOTATION_WORDS <= len(wanted) <= LONGEST_QUOTATION_WORDS:
            return None
        said = [word for word, _where in self._words]
        for start in range(len(said) - len(wanted) + 1):
            if said[start : start + len(wanted)] == wanted:
                inside = list(dict.fromkeys(sentence for _said, sentence in self._words[start : start + len(wanted)]))
                return Quotation(
                    text=" ".join(sentence.text for sentence in inside), start=inside[0].start, end=inside[-1].end
                )
        return None


def _is_their_own(rewrite: str, sentences: Sequence[Sentence]) -> bool:
    """Whether a rewriting says nothing that the answer does not."""
    answer = " ".join(sentence.text for sentence in sentences)
    said = {word.lower() for word in words_of(answer)}
    text = _without_gaps(rewrite)
    facts = {word.lower() for match in (*NUMBER.findall(text), *NAMED.findall(text)) for word in words_of(match)}
    stems, own = content_stems(text), set(content_stems(answer))
    return (
        bool(stems)
        and facts <= said
        and len(words_of(text)) <= LONGEST_REWRITE * len(words_of(answer))
        and sum(stem in own for stem in stems) / len(stems) >= OWN_WORDS
    )


def _without_gaps(text: str) -> str:
    return " ".join(piece.rpartition("]")[2] for piece in text.split("["))
