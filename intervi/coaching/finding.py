"""What one measure has to say about an answer: what is missing, and how to say it better."""

from dataclasses import dataclass

from intervi.analysis.figures import Quotation, Score, Scores, Span, Statement


@dataclass(frozen=True)
class Finding:
    """Something that costs points. ``better`` says what to do about it, with the candidate's own words."""

    missing: Statement
    better: Statement


def moment_of(quotation: Quotation | None) -> Span | None:
    """Where it was said, if that is known."""
    if quotation is None or quotation.start is None or quotation.end is None:
        return None
    return Span(start=quotation.start, end=quotation.end)


def gain_of(scores: Scores, dimension: str, part: str, share: float = 1.0) -> float:
    """Points of the overall score that ``share`` of what this part lacks would bring."""
    weight = next((each.weight for each in scores.overall.parts if each.name == dimension), 0.0)
    return round(weight * share * _lacking(_named(scores, dimension), part), 2)


def whole_gain(scores: Scores, dimension: str) -> float:
    """Points of the overall score that a full score of this dimension would bring."""
    return round(_lacking(scores.overall, dimension), 2)


def _named(scores: Scores, dimension: str) -> Score:
    return next(
        score
        for score in (scores.content, scores.structure, scores.delivery, scores.presence)
        if score.name == dimension
    )


def _lacking(score: Score, part: str) -> float:
    """Points of this score that the part leaves lying."""
    return sum(
        each.weight * (100.0 - each.value.value)
        for each in score.parts
        if each.name == part and each.value.value is not None
    )
