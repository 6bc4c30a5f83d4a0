"""From figures to scores of 0 to 100, each with parts that add up to it exactly as shown.

Pure and deterministic: the same figures give the same scores. What was not measured is left out, and the weights of the rest are raised
to sum to 1; a score with nothing measured has no value but a reason. The face's expression takes no part.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal

from intervi.analysis.figures import Figure, Language, Reason, Score, ScorePart, Scores, Speech, Vision
from intervi.coaching.targets import (
    CONTENT,
    DELIVERY,
    MOST_BY_RELEVANCE,
    OVERALL_WEIGHTS,
    PARROTED,
    PRESENCE,
    STRUCTURE_WEIGHTS,
    SUBSTANCE,
    Target,
    delivery_figures,
    presence_figures,
)

Name = Literal["content", "structure", "delivery", "presence", "overall"]

NOTHING_SAID = frozenset({Reason.NO_WORDS, Reason.NO_VOICE})
"""The answer was heard (or read) and is empty: that is no failure to measure, it is worth 0."""


def score_answer(speech: Speech, vision: Vision, language: Language) -> Scores:
    """The scores of one answer."""
    content, structure = _content(language), _structure(language)
    share = _share_of_words(language, content, structure)
    words = _counted(content, share), _counted(structure, share)
    delivery = _from_targets("delivery", DELIVERY, delivery_figures(speech))
    scores = _with_overall(*words, delivery, _presence(vision))
    return scores.model_copy(update={"overall": _counted(scores.overall, _share_of(scores.overall, most(language)))})


def score_interview(scores: Sequence[Scores]) -> Scores:
    """The scores of an interview: the mean of its answers' scores, part by part, over the answers that have them.

    The overall score is made from the four means as an answer's is from its four scores, and counts as far as the answers' do on average.
    """
    means = _with_overall(
        _mean("content", [each.content for each in scores]),
        _mean("structure", [each.structure for each in scores]),
        _mean("delivery", [each.delivery for each in scores]),
        _mean("presence", [each.presence for each in scores]),
    )
    counted = [(each.overall.value.value, each.overall.share) for each in scores if each.overall.value.value]
    whole = sum(value / share for value, share in counted)
    share = sum(value for value, _share in counted) / whole if whole else 1.0
    return means.model_copy(update={"overall": _counted(means.overall, share)})


def most(language: Language) -> float:
    """What an answer can score at most, 0 to 100, by how sure it is that it is about its question and not the question said back."""
    relevance, overlap = language.relevance.value, language.question_overlap.value
    if relevance is None or overlap is None:
        return 100.0
    ends = pairwise(MOST_BY_RELEVANCE)
    reached = next(
        (
            low[1] + (high[1] - low[1]) * _rising(relevance, (low[0], high[0]))
            for low, high in ends
            if relevance <= high[0]
        ),
        100.0,
    )
    return reached * (1 - _rising(overlap, PARROTED))


def _share_of_words(language: Language, content: Score, structure: Score) -> float:
    """How far content and structure count, so that together they stay below what the answer can score at most."""
    weighted = [
        (OVERALL_WEIGHTS[each.name], each.value.value) for each in (content, structure) if each.value.value is not None
    ]
    whole = sum(weight for weight, _value in weighted)
    if not whole or language.reason is not None:
        return 1.0
    parroted = _rising(language.question_overlap.value or 0.0, PARROTED)
    together = sum(weight * value for weight, value in weighted) / whole
    return min(1.0 - parroted, most(language) / together if together else 1.0)


def _share_of(score: Score, limit: float) -> float:
    return min(1.0, limit / score.value.value) if score.value.value else 1.0


def _counted(score: Score, share: float) -> Score:
    """The score as far as it counts: its parts keep their values, their points are ``share`` of them."""
    return _score(score.name, score.parts, share) if share < 1.0 and score.value.value is not None else score


def _content(language: Language) -> Score:
    if language.reason in NOTHING_SAID:
        return _nothing_said("content", {target.name: target.weight for target in CONTENT}, language.reason)
    if language.relevance.value is None:
        return _unmeasured("content", language.relevance.reason)
    return _from_targets("content", CONTENT, {"coverage": language.coverage, "specificity": language.specificity})


def _structure(language: Language) -> Score:
    """A part that is there counts in full in a concrete answer, and hardly in one that stays general."""
    if language.reason in NOTHING_SAID:
        return _nothing_said("structure", {"structure": 1.0}, language.reason)
    if language.structure.value is None:
        return _unmeasured("structure", language.structure.reason)
    floor, enough = SUBSTANCE
    substance = floor + (1 - floor) * _rising(language.specificity.value or 0.0, (0.0, enough))
    parts = [
        ScorePart(
            name=part.name,
            value=_value(100.0 * part.found * substance),
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


def _from_targets(name: Name, targets: Sequence[Target], figures: Mapping[str, Figure]) -> Score:
    parts = [
        ScorePart(
            name=target.name,
            value=_value(target.worth(figure.value)) if figure.value is not None else Figure(reason=figure.reason),
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
    """Whole only with the content: how something was said, or its form, is no measure of an answer whose words nobody judged."""
    four = (content, structure, delivery, presence)
    parts = [
        ScorePart(name=score.name, value=score.value, weight=OVERALL_WEIGHTS[score.name], points=0.0) for score in four
    ]
    overall = (
        _unmeasured("overall", content.value.reason, parts) if content.value.value is None else _score("overall", parts)
    )
    return Scores(content=content, structure=structure, delivery=delivery, presence=presence, overall=overall)


def _score(name: Name, parts: Sequence[ScorePart], share: float = 1.0) -> Score:
    """A score from parts whose weights are relative and whose points are still to be set."""
    measured = [part for part in parts if part.value.value is not None]
    if not measured:
        return _unmeasured(name, parts[0].value.reason if parts else Reason.NO_WORDS, parts)
    whole = sum(part.weight for part in measured)
    weights = [part.weight / whole if part.value.value is not None else 0.0 for part in parts]
    points = _round_together(
        [share * weight * (part.value.value or 0.0) for weight, part in zip(weights, parts, strict=True)]
    )
    return Score(
        name=name,
        value=_value(sum(points)),
        share=share,
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
    """Its values as far as they count."""
    parts = [(part, score.share) for score in scores for part in score.parts if part.name == name]
    weight = sum(part.weight for part, _share in parts)
    figures = [each.measured.value for each, _share in parts if each.measured and each.measured.value is not None]
    first = parts[0][0]
    value = (
        _value(sum(share * part.weight * (part.value.value or 0.0) for part, share in parts) / weight)
        if weight
        else Figure(reason=first.value.reason)
    )
    measured = Figure(value=sum(figures) / len(figures)) if figures else first.measured
    return first.model_copy(update={"value": value, "weight": weight / len(scores), "measured": measured})


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
