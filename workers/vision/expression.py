"""Smile and an estimate of the expression, from how far mouth, lids and brows are from the candidate's own neutral.

Action units of the Facial Action Coding System (Ekman & Friesen 1978): AU12 lip corners pulled, AU15 lip corners down, AU1+2 brows raised,
AU5 lids raised, AU26 jaw dropped. The labels follow its common combinations: happy AU12; surprised AU1+2 with AU5 or AU26; sad AU15.
They describe a face, not a feeling, and take part in no score.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from intervi.analysis.figures import ExpressionMoment
from workers.vision.face import FaceFrame
from workers.vision.neutral import Neutral

LABELS = ("neutral", "happy", "surprised", "sad")
SMILE_THRESHOLD = 0.5
# A change of so much, in distances between the outer corners of the eyes (the width: in shares of itself), is a plain one.
_WIDER, _LIFTED, _LOWERED = 0.25, 0.04, 0.04
_OPENED, _RAISED, _WIDENED = 0.08, 0.035, 0.20
_SHARPNESS = 5.0
_AT_REST = 0.5
_SMOOTHED_FRAMES = 3


@dataclass(frozen=True)
class Expression:
    """One frame's estimate."""

    seconds: float
    smile: float
    """0 at rest, 1 a plain smile."""
    probabilities: tuple[float, ...]
    """In the order of ``LABELS``."""

    @property
    def label(self) -> str:
        return LABELS[int(np.argmax(self.probabilities))]


def expressions_of(frames: Sequence[FaceFrame], neutral: Neutral) -> list[Expression]:
    """The estimate for every frame, smoothed by a median over three so that one odd frame makes no smile."""
    if not frames:
        return []
    units = np.array([_units(frame, neutral) for frame in frames])
    padded = np.pad(units, ((1, 1), (0, 0)), mode="edge")
    smooth = np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), axis=0)
    return [
        Expression(frame.seconds, float(row[0]), _probabilities(row)) for frame, row in zip(frames, smooth, strict=True)
    ]


def _units(frame: FaceFrame, neutral: Neutral) -> tuple[float, float, float]:
    """How strongly this face smiles, is surprised and is sad; 1 is plain."""
    wider = (frame.mouth_width / max(neutral.mouth_width, 1e-6) - 1.0) / _WIDER
    lift = frame.corner_lift - neutral.corner_lift
    # Turning the head makes the mouth look wider, speaking too: without a lift it is no smile.
    smile = 0.5 * min(wider, 1.5) + 0.5 * min(lift / _LIFTED, 2.0) if lift > 0 else 0.0
    opened = (frame.mouth_opening - neutral.mouth_opening) / _OPENED
    raised = (frame.brow_height - neutral.brow_height) / _RAISED
    widened = (frame.eye_opening / max(neutral.eye_opening, 1e-6) - 1.0) / _WIDENED
    surprise = 0.5 * min(raised, 1.5) + 0.5 * min(max(opened, widened), 1.5) if raised > 0 else 0.0
    return smile, surprise, -lift / _LOWERED


def _probabilities(units: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> tuple[float, ...]:
    """Softmax of the units against rest."""
    strengths = _SHARPNESS * np.clip(np.concatenate([[_AT_REST], units]), 0.0, 1.5)
    powers = np.exp(strengths - strengths.max())
    return tuple(float(value) for value in powers / powers.sum())


def distribution(estimates: Sequence[Expression]) -> dict[str, float]:
    """The mean probability of each label, to three decimals."""
    means = np.mean([one.probabilities for one in estimates], axis=0)
    return {label: round(float(mean), 3) for label, mean in zip(LABELS, means, strict=True)}


def moments(estimates: Sequence[Expression]) -> list[ExpressionMoment]:
    """Where the likeliest expression changes, for at least ``_SMOOTHED_FRAMES`` frames."""
    found: list[ExpressionMoment] = []
    for index, one in enumerate(estimates):
        following = estimates[index : index + _SMOOTHED_FRAMES]
        lasts = len(following) == _SMOOTHED_FRAMES and all(later.label == one.label for later in following)
        if lasts and (not found or found[-1].label != one.label):
            found.append(
                ExpressionMoment(at=one.seconds, label=one.label, probability=round(max(one.probabilities), 3))
            )
    return found
