"""From figures to scores of 0 to 100, each with parts that add up to it exactly as shown.

Pure and deterministic: the same figures give the same scores. What was not measured is left out, and the weights of the rest are raised
to sum to 1; a score with nothing measured has no value but a reason. The face's expression takes no part.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from intervi.analysis.figures import Figure, Language, Reason, Score, ScorePart, Scores, Speech, Vision
from intervi.coaching.targets import (
    CONTENT,
    DELIVERY,
    ON_TOPIC,
    OVERALL_WEIGHTS,
    PARROTED,
    PRESENCE,
    STRUCTURE_WEIGHTS,
    Target,
    delivery_figures,
    presence_figures,
)

Name = Literal["content", "structure", "delivery", "presence", "overall"]

NOTHING_SAID = frozenset({Reason.NO_WORDS, Reason.NO_VOICE})
"""The answer was heard (or read) and is empty: that is no failure to measure, it is worth 0."""


def score_answer(speech: Speech, vision: Vision, language: Language) -> Scores:
    """The scores of one answer."""
    share = share_on_topic(language)
    content = _content(language, share)
    structure = _structure(language, share)
    delivery = _from_targets("delivery", DELIVERY, delivery_figures(speech))
    presence = _presence(vision)
    return _with_overall(content, structure, delivery, presence)


def score_interview(scores: Sequence[Scores]) -> Scores:
    """The scores of an interview: the mean of its answers' scores, part by part, over the answers that have them.

    The overall score is made from the four means as an answer's is from its four scores.
    """
    return _with_overall(
        _mean("content", [each.content for each in scores]),
        _mean("structure", [each.structure for each in scores]),
        _mean("delivery", [each.delivery for each in scores]),
        _mean("presence", [each.presence for each in scores]),
    )


def share_on_topic(language: Language) -> float:
    """How far what was said counts, 0 to 1: nothing off the topic or said back from the question, in full where it is about it."""
    relevance, overlap = language.relevance.value, language.question_overlap.value
    if relevance is None or overlap is None:
        return 1.0
    return _rising(relevance, ON_TOPIC) * (1 - _rising(overlap, PARROTED))


def _content(language: Language, share: float) -> Score:
    if language.reason in NOTHING_SAID:
        return _nothing_said("content", {target.name: target.weight for target in CONTENT}, language.reason)
    if language.relevance.value is None:
        return _unmeasured("content", language.relevance.reason)
    figures = {"coverage": language.coverage, "specificity": language.specificity, "relevance": language.relevance}
    return _from_targets("content", CONTENT, figures, share)


def _structure(language: Language, share: float) -> Score:
    if language.reason in NOTHING_SAID:
        return _nothing_said("structure", {"structure": 1.0}, language.reason)
    if language.structure.value is None:
        return _unmeasured("structure", language.structure.reason)
    parts = [
        ScorePart(
            name=part.name,
            value=_value(100.0 * part.found * share),
            weight=STRUCTURE_WEIGHTS[part.name],
            points=0.0,
            measured=Figure(value=float(part.found)),
            target=(1.0, 1.0),
        )
        for part in language.structure_parts
    ]
    return _score("structure", parts)


def _presence(vision: Vision) -> Score:
    """Presence is about a face: where none was seen, posture alone says nothing about it."""
    if vision.eye_contact.value is None:
        return _unmeasured("presence", vision.eye_contact.reason)
    return _from_targets("presence", PRESENCE, presence_figures(vision))


def _from_targets(name: Name, targets: Sequence[Target], figures: Mapping[str, Figure], share: float = 1.0) -> Score:
    parts = [
        ScorePart(
            name=target.name,
            value=_value(target.worth(figure.value) * share)
            if figure.value is not None
            else Figure(reason=figure.reason),
            weight=target.weight,
            points=0.0,
            measured=figure,
            target=target.range,
            unit=target.unit,
        )
        for target in targets
        for figure in [figures[target.name]]
    ]
    return _score(name, parts)


def _with_overall(content: Score, structure: Score, delivery: Score, presence: Score) -> Scores:
    four = (content, structure, delivery, presence)
    parts = [
        ScorePart(name=score.name, value=score.value, weight=OVERALL_WEIGHTS[score.name], points=0.0) for score in four
    ]
    return Scores(
        content=content, structure=structure, delivery=delivery, presence=presence, overall=_score("overall", parts)
    )


def _score(name: Name, parts: Sequence[ScorePart]) -> Score:
    """A score from parts whose weights are relative and whose points are still to be set."""
    measured = [part for part in parts if part.value.value is not None]
    if not measured:
        return _unmeasured(name, parts[0].value.reason if parts else Reason.NO_WORDS, parts)
    whole = sum(part.weight for part in measured)
    weights = [part.weight / whole if part.value.value is not None else 0.0 for part in parts]
    points = _round_together([weight * (part.value.value or 0.0) for weight, part in zip(weights, parts, strict=True)])
    return Score(
        name=name,
        value=_value(sum(points)),
        parts=[
            part.model_copy(update={"weight": weight, "points": each})
            for part, weight, each in zip(parts, weights, points, strict=True)
        ],
    )


def _mean(name: Name, scores: Sequence[Score]) -> Score:
    """The mean of those that have a value. A part's weight and points are means too, so weight × value stays its points."""
    measured = [score for score in scores if score.value.value is not None]
    if not measured:
        return _unmeasured(name, scores[0].value.reason if scores else Reason.NO_WORDS)
    names = list(dict.fromkeys(part.name for score in measured for part in score.parts))
    return _score(name, [_mean_part(each, measured) for each in names])


def _mean_part(name: str, scores: Sequence[Score]) -> ScorePart:
    parts = [part for score in scores for part in score.parts if part.name == name]
    weight = sum(part.weight for part in parts)
    figures = [part.measured.value for part in parts if part.measured is not None and part.measured.value is not None]
    value = (
        _value(sum(part.weight * (part.value.value or 0.0) for part in parts) / weight)
        if weight
        else Figure(reason=parts[0].value.reason)
    )
    measured = Figure(value=sum(figures) / len(figures)) if figures else parts[0].measured
    return parts[0].model_copy(update={"value": value, "weight": weight / len(scores), "measured": measured})


def _nothing_said(name: Name, weights: Mapping[str, float], reason: Reason) -> Score:
    zero, none = Figure(value=0.0), Figure(reason=reason)
    return _score(
        name,
        [
            ScorePart(name=part, value=zero, weight=weight, points=0.0, measured=none)
            for part, weight in weights.items()
        ],
    )


def _unmeasured(name: Name, reason: Reason | None, parts: Sequence[ScorePart] = ()) -> Score:
    return Score(
        name=name, value=Figure(reason=reason), parts=[part.model_copy(update={"weight": 0.0}) for part in parts]
    )


def _value(value: float) -> Figure:
    return Figure(value=round(min(100.0, max(0.0, value)), 1))


def _round_together(values: Sequence[float]) -> list[float]:
    """Each value to one decimal, so that they add up to their sum to one decimal (largest remainders go up)."""
    tenths = [10 * value for value in values]
    floors = [math.floor(value + 1e-9) for value in tenths]
    missing = round(sum(tenths)) - sum(floors)
    by_remainder = sorted(range(len(values)), key=lambda index: (floors[index] - tenths[index], index))
    raised = set(by_remainder[:missing])
    return [(floor + (index in raised)) / 10 for index, floor in enumerate(floors)]


def _rising(value: float, ends: tuple[float, float]) -> float:
    low, high = ends
    return min(1.0, max(0.0, (value - low) / (high - low)))
