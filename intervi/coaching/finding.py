"""What one measure has to say about an answer: what is missing, and how to say it better."""

import re
from dataclasses import dataclass

from intervi.analysis.figures import Quotation, Score, Scores, Span, Statement
from intervi.coaching.targets import OVERALL_WEIGHTS


@dataclass(frozen=True)
class Finding:
    """Something that costs points. ``better`` says what to do about it, with the candidate's own words."""

    missing: Statement
    better: Statement


NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|twice|hundred|thousand|million|percent)\b",
    re.IGNORECASE,
)
"""What makes a sentence say more than its general words."""
EXCERPT_WORDS = 12
_STOPS = ".,;: "


def head(text: str) -> str:
    """The first words of a sentence, to name it by."""
    words = text.split()
    return text.rstrip(_STOPS) if len(words) <= EXCERPT_WORDS else f"{' '.join(words[:EXCERPT_WORDS])} …"


def tail(text: str) -> str:
    """The last words of a sentence, to go on from."""
    words = text.split()
    return (
        text.rstrip(_STOPS) if len(words) <= EXCERPT_WORDS else f"… {' '.join(words[-EXCERPT_WORDS:]).rstrip(_STOPS)}"
    )


def moment_of(quotation: Quotation | None) -> Span | None:
    """Where it was said, if that is known."""
    if quotation is None or quotation.start is None or quotation.end is None:
        return None
    return Span(start=quotation.start, end=quotation.end)


def gain_of(scores: Scores, dimension: str, part: str, share: float = 1.0) -> float:
    """Points of the overall score that ``share`` of what this part lacks would bring, with all else as it is."""
    score = _named(scores, dimension)
    lacking = sum(
        each.weight * (100.0 - each.value.value)
        for each in score.parts
        if each.name == part and each.value.value is not None
    )
    return round(share * _weight(scores, dimension) * scores.overall.share * score.share * lacking, 2)


def whole_gain(scores: Scores, dimension: str) -> float:
    """Points of the overall score that a full score of this dimension would bring."""
    return round(_weight(scores, dimension) * (100.0 - (_named(scores, dimension).value.value or 0.0)), 2)


def topic_gain(scores: Scores) -> float:
    """Points of the overall score that the same words would bring, were they clearly about the question."""
    uncounted = sum(
        _weight(scores, each.name) * (each.value.value or 0.0) * (1 / each.share - 1)
        for each in (scores.content, scores.structure)
        if each.share > 0
    )
    total = scores.overall.value.value or 0.0
    return round(uncounted + (total / scores.overall.share - total if scores.overall.share else 0.0), 2)


def _weight(scores: Scores, dimension: str) -> float:
    """Of the overall score; where there is none, of the one that there would be with everything measured."""
    if scores.overall.value.value is None:
        return OVERALL_WEIGHTS[dimension]
    return next((each.weight for each in scores.overall.parts if each.name == dimension), 0.0)


def _named(scores: Scores, dimension: str) -> Score:
    return next(
        score
        for score in (scores.content, scores.structure, scores.delivery, scores.presence)
        if score.name == dimension
    )
