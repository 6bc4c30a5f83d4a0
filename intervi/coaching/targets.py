"""Target ranges of the figures, and how far a figure lies from its range in points.

A figure inside its range is worth 100; from there its worth falls in a straight line to 0 at a stated distance (a trapezoid), so that a
small change of a figure never makes a jump. Ranges are what the named sources report for speakers who are rated well, not a norm of
people; where there is no such source, the entry says that the range is our own choice.
"""

from dataclasses import dataclass

from intervi.analysis.figures import Figure, Speech, Vision


@dataclass(frozen=True)
class Target:
    """A range for one figure."""

    name: str
    unit: str
    low: float
    high: float
    zero_below: float | None
    """At and below this the figure is worth nothing; ``None``: there is no too little."""
    zero_above: float | None
    weight: float
    """Within its score, before parts that were not measured are left out."""
    source: str

    @property
    def range(self) -> tuple[float, float]:
        return self.low, self.high

    def worth(self, value: float) -> float:
        """0 to 100; continuous, and 100 exactly inside the range."""
        if value < self.low and self.zero_below is not None:
            return 100.0 * max(0.0, (value - self.zero_below) / (self.low - self.zero_below))
        if value > self.high and self.zero_above is not None:
            return 100.0 * max(0.0, (self.zero_above - value) / (self.zero_above - self.high))
        return 100.0


CONTENT = (
    Target(
        "coverage", "share", 0.70, 1.0, 0.0, None, 0.40,
        "Own choice, set on tests/coaching/cases.yaml. Rated against a model answer's points: Campion, Palmer & Campion 1997.",
    ),
    Target(
        "specificity", "share", 0.35, 1.0, 0.05, None, 0.60,
        "Own choice, set likewise. Past behaviour told concretely predicts better than opinion: Janz 1982; Taylor & Small 2002.",
    ),
)  # fmt: skip

STRUCTURE_WEIGHTS = {
    "situation": 0.20, "task": 0.15, "action": 0.35, "result": 0.30,
    "claim": 0.30, "reason": 0.25, "example": 0.25, "limits": 0.20, "consequence": 0.20,
    "assessment": 0.25, "follow-up": 0.20,
}  # fmt: skip
"""What each part of an answer's structure weighs, before the weights of the parts its scheme has are made to sum to 1."""

DELIVERY = (
    Target(
        "pace", "words/min", 120, 160, 60, 240, 0.30,
        "Tauroza & Allison 1990: conversation and interviews in British English run at 120 to 260 words a minute, lectures at 125 to 160; "
        "the lower part is understood best by all listeners.",
    ),
    Target(
        "pauses", "share", 0.10, 0.35, -0.10, 0.70, 0.20,
        "Goldman-Eisler 1968; Campione & Véronis 2002: pauses take about a fifth to a third of spontaneous speech.",
    ),
    Target(
        "fillers", "per min", 0, 4, None, 16, 0.20,
        "Bortfeld et al. 2001: 2.6 fillers per 100 words are ordinary, which is 3.6 a minute at 140 words.",
    ),
    Target(
        "pitch_variation", "semitones", 2.0, 5.0, 0.3, 10.0, 0.15,
        "Traunmüller & Eriksson 1995: a standard deviation of 2 to 4 semitones is usual, more when speech is lively; Hincks 2005.",
    ),
    Target("clarity", "points", 70, 100, 10, None, 0.15, "Own choice, on the figure described in docs/measurements.md."),
)  # fmt: skip

PRESENCE = (
    Target(
        "eye_contact", "share", 0.60, 1.0, 0.0, None, 0.5,
        "Argyle & Ingham 1972: speakers look at the listener for 40 percent of the time, listeners for 75; on camera more is felt.",
    ),
    Target("posture", "share", 0.70, 1.0, 0.0, None, 0.3, "Own choice, on the figure described in docs/measurements.md."),
    Target("face_in_view", "share", 0.90, 1.0, 0.2, None, 0.2, "Own choice: for a tenth of the time a face may leave the picture."),
)  # fmt: skip

REPORTED = (
    Target(
        "filler_share", "share", 0.0, 0.03, None, 0.12, 1.0,
        "Bortfeld et al. 2001: 2.6 fillers per 100 words are ordinary; nothing from four times as many, as for fillers a minute.",
    ),
    Target("gestures", "points", 60, 100, 0, None, 1.0, "Own choice: the score is the caller's own, on a scale that we do not know."),
)  # fmt: skip
"""Figures that only a caller reports, in units that analysis does not measure."""

OVERALL_WEIGHTS = {"content": 0.50, "structure": 0.25, "delivery": 0.15, "presence": 0.10}
"""Delivery and presence together are worth a quarter: however well it is delivered, an answer that says nothing stays at the bottom."""

SCORE_TARGET = (65.0, 100.0)
"""Of an interview's overall score and of each of its four parts. Own choice: of tests/coaching/cases.yaml it lets 94 of a hundred good
answers in and no weak one (held_out.yaml: 88 and none).

One range for all, because the overall score is the mean of whichever parts were measured, by their weights: only where every part aims
at the same does reaching it in each part reach it in the whole, with a camera or in writing. The targets above give none for a part: they
are where a figure is worth 100, and inside all of them is perfect, not good. And there are no rated answers to set delivery and presence
on: the cases are in writing."""

MOST_BY_RELEVANCE = ((0.0, 0.0), (0.35, 27.0), (0.66, 29.0), (0.78, 65.0), (0.91, 100.0))
"""What an answer can score at most by its relevance, in straight lines between: nothing off the topic; little, and the report says
so, as long as it is in doubt whether it is about the question; everything where it is. Set on tests/coaching/cases.yaml."""
SUBSTANCE = (0.1, 0.4)
"""What the parts of a structure count in an answer without anything concrete, and the specificity from which they count in full."""
PARROTED = (0.55, 0.80)
"""Share of the question's own words from which an answer counts less, and from which it is the question said back."""


def delivery_figures(speech: Speech) -> dict[str, Figure]:
    """The figures of delivery by the names of their targets."""
    return {
        "pace": speech.words_per_minute,
        "pauses": speech.pause_ratio,
        "fillers": speech.fillers_per_minute,
        "pitch_variation": speech.f0_standard_deviation_semitones,
        "clarity": speech.clarity,
    }


def presence_figures(vision: Vision) -> dict[str, Figure]:
    """The figures of presence by the names of their targets. The face's expression is none of them."""
    return {"eye_contact": vision.eye_contact, "posture": vision.posture, "face_in_view": vision.face_share}
