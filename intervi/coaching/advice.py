"""From an interview's figures to feedback by category and to what to work on, by the table of target ranges.

A reported figure comes before a measured one. Pure and deterministic.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from intervi.analysis.figures import Score, ScorePart, Scores
from intervi.coaching.targets import CONTENT, DELIVERY, PRESENCE, REPORTED, Target
from intervi.interviews.models import ReportedMetrics
from intervi.translation import N_, _, fill

MOST = 5
"""Recommendations at a time."""

_CLAUSE_WORDS = 8
_TARGETS = {target.name: target for target in (*CONTENT, *DELIVERY, *PRESENCE, *REPORTED)}


class _Texts(NamedTuple):
    """What to say of a figure inside its range, below and above it."""

    inside: str
    below: str = ""
    above: str = ""


_TEXTS = {
    "coverage": _Texts(
        N_("Your answers cover what a good answer holds."),
        N_("Answer every part of the question before you end."),
    ),
    "specificity": _Texts(
        N_("You are concrete."),
        N_("Include more examples in your answers: names, numbers, and what came of it."),
    ),
    "relevance": _Texts(N_("You stay with the question."), N_("Stay with the question that was asked.")),
    "pace": _Texts(
        N_("Your pace is easy to follow: {value} words a minute."),
        N_("Work on pacing: you speak slowly, {value} words a minute; {low} to {high} are followed best."),
        N_("Work on pacing: you speak too fast, {value} words a minute; {low} to {high} are followed best."),
    ),
    "pauses": _Texts(
        N_("Your pauses are well measured: {value} percent of the time."),
        N_("Pause between two thoughts: only {value} percent of the time is silent."),
        N_("Keep pauses shorter: {value} percent of the time is silent."),
    ),
    "fillers": _Texts(
        N_("You use few filler words: {value} a minute."),
        above=N_("Use fewer filler words: {value} a minute, where up to {high} are ordinary."),
    ),
    "filler_share": _Texts(
        N_("You use few filler words: {value} in 100."),
        above=N_("Use fewer filler words: {value} in 100, where up to {high} are ordinary."),
    ),
    "pitch_variation": _Texts(
        N_("Your voice is lively."),
        N_("Vary your pitch more, so that the important words stand out."),
        N_("Keep your pitch a little steadier."),
    ),
    "clarity": _Texts(N_("You speak clearly."), N_("Speak more clearly: finish each word, and come closer to the microphone.")),
    "eye_contact": _Texts(
        N_("You keep your eyes on the camera."), N_("Work on keeping your eyes on the camera: {value} percent so far.")
    ),
    "posture": _Texts(N_("Your posture is upright and calm."), N_("Sit upright, with level shoulders.")),
    "face_in_view": _Texts(
        N_("Your face is in the picture."), N_("Keep your face in the picture: it is there for {value} percent of the time.")
    ),
    "gestures": _Texts(
        N_("Your gestures support what you say."), N_("Work on your gestures: calm hands, in view, that underline what you say.")
    ),
}  # fmt: skip

_CATEGORIES = {
    "content": ("coverage", "specificity", "relevance"),
    "pace": ("pace",),
    "fillers": ("fillers", "filler_share"),
    "pauses": ("pauses",),
    "voice": ("pitch_variation", "clarity"),
    "eye-contact": ("eye_contact",),
    "posture": ("posture", "face_in_view"),
    "gestures": ("gestures",),
}
"""The contracts' categories that rest on figures with a target range, by the names of those."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure beside its target range."""

    target: Target
    value: float
    """In the target's unit."""
    score: float
    """0 to 100."""

    @property
    def lacking(self) -> float:
        """How far it lies from its range, 0 to 100."""
        return 100.0 - self.target.worth(self.value)

    @property
    def comment(self) -> str:
        """A sentence about it; outside the range, what to do."""
        texts, target = _TEXTS[self.target.name], self.target
        text = texts.below if self.value < target.low else texts.above if self.value > target.high else texts.inside
        scale = 100 if target.unit == "share" else 1
        values = {"value": self.value * scale, "low": target.low * scale, "high": target.high * scale}
        return fill(text, {name: f"{round(number, 1):g}" for name, number in values.items()})


@dataclass(frozen=True, slots=True)
class CategoryFeedback:
    """What is said of one category."""

    category: str
    score: float
    """0 to 100, to one decimal."""
    comments: str


def overall_of(metrics: ReportedMetrics) -> float | None:
    """One score of reported figures: their mean, each as 0 to 100. It rises with every one of them.

    Scores count as they are, pace by its target range, fillers by the chance that eight words in a row, a short clause, have none.
    Expressions take no part.

    Returns:
        0 to 100, to one decimal; ``None`` without any figure.
    """
    pace, fillers = metrics.speech_pace_wpm, metrics.filler_word_frequency
    parts = [
        metrics.posture_score,
        metrics.eye_contact_score,
        metrics.gesture_score,
        metrics.speech_clarity_score,
        None if pace is None else _TARGETS["pace"].worth(pace),
        None if fillers is None else 100.0 * (1.0 - fillers) ** _CLAUSE_WORDS,
    ]
    known = [part for part in parts if part is not None]
    return round(sum(known) / len(known), 1) if known else None


def readings(scores: Scores | None, metrics: ReportedMetrics) -> list[Reading]:
    """Every figure with a target range, in the order of the tables; reported ones in the place of measured ones.

    Args:
        scores: Of the interview's report, if there is one.
        metrics: What was reported.
    """
    found = {reading.target.name: reading for reading in _measured(scores)} if scores else {}
    for reading in _reported(metrics):
        found[reading.target.name] = reading
    if "filler_share" in found:
        found.pop("fillers", None)
    return [found[name] for name in _TARGETS if name in found]


def recommendations(found: Sequence[Reading]) -> list[str]:
    """What to work on: at most five, those farthest outside their range first."""
    outside = [reading for reading in found if reading.lacking > 0]
    return [reading.comment for reading in sorted(outside, key=lambda reading: -reading.lacking)[:MOST]]


def feedback(scores: Scores | None, found: Sequence[Reading]) -> list[CategoryFeedback]:
    """Feedback on every category of which something is known."""
    by_name = {reading.target.name: reading for reading in found}
    given: list[CategoryFeedback] = []
    for category, names in _CATEGORIES.items():
        own = [by_name[name] for name in names if name in by_name]
        score = _whole(scores.content) if scores and category == "content" else _mean(own)
        if score is not None:
            given.append(CategoryFeedback(category, score, _comments(own)))
        if category == "content" and scores and (structure := _whole(scores.structure)) is not None:
            given.append(CategoryFeedback("structure", structure, _structure_comment(scores.structure)))
    return given


def _measured(scores: Scores) -> Iterator[Reading]:
    for score in (scores.content, scores.delivery, scores.presence):
        for part in score.parts:
            if (
                part.name in _TARGETS
                and part.value.value is not None
                and part.measured
                and part.measured.value is not None
            ):
                yield Reading(_TARGETS[part.name], part.measured.value, part.value.value)


def _reported(metrics: ReportedMetrics) -> Iterator[Reading]:
    scored = (
        ("posture", metrics.posture_score),
        ("eye_contact", metrics.eye_contact_score),
        ("gestures", metrics.gesture_score),
        ("clarity", metrics.speech_clarity_score),
    )
    for name, points in scored:
        if points is not None:
            target = _TARGETS[name]
            yield Reading(target, points / 100 if target.unit == "share" else points, points)
    for name, value in (("pace", metrics.speech_pace_wpm), ("filler_share", metrics.filler_word_frequency)):
        if value is not None:
            yield Reading(_TARGETS[name], value, round(_TARGETS[name].worth(value), 1))


def _whole(score: Score) -> float | None:
    return score.value.value


def _mean(found: Sequence[Reading]) -> float | None:
    return round(sum(reading.score for reading in found) / len(found), 1) if found else None


def _comments(found: Sequence[Reading]) -> str:
    """What is outside its range; if nothing is, what is inside."""
    outside = [reading for reading in found if reading.lacking > 0]
    return " ".join(reading.comment for reading in outside or found) or _("There were no words to judge this by.")


def _structure_comment(structure: Score) -> str:
    missing = [part.name for part in structure.parts if _lacks(part)]
    if not missing:
        return _("Your answers have a clear structure.")
    return fill("Give your answers more structure; missing most: {parts}.", {"parts": ", ".join(missing)})


def _lacks(part: ScorePart) -> bool:
    return part.value.value is not None and part.value.value < 50
