"""Shoulders: how level, how steady, how upright. A single frame's body drifts by ten degrees, so everything is a median over seconds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intervi.analysis.figures import Figure, Reason

_NOSE, _SHOULDER_RIGHT, _SHOULDER_LEFT = 0, 11, 12  # the viewer's sides
_VISIBLE = 0.5
_WINDOW = 3
_FEWEST = 3
_LEVEL = (3.0, 15.0)
_STEADY = (0.08, 0.35)
_UPRIGHT = (0.10, 0.40)


@dataclass(frozen=True)
class BodyFrame:
    """The shoulders in one picture."""

    seconds: float
    tilt: float
    """Degrees; positive when the shoulder at the viewer's right is lower."""
    width: float
    """In widths of the picture."""
    head_height: float
    """Of the nose above the shoulders, in widths of the shoulders."""


def body_frame(seconds: float, points: NDArray[np.float32], picture_width: int) -> BodyFrame | None:
    """From the 33 points of a body; ``None`` if the shoulders are not plainly in view."""
    left, right, nose = points[_SHOULDER_LEFT], points[_SHOULDER_RIGHT], points[_NOSE]
    width = float(np.hypot(right[0] - left[0], right[1] - left[1]))
    if min(left[2], right[2]) < _VISIBLE or right[0] <= left[0] or width < 1.0:
        return None
    return BodyFrame(
        seconds=seconds,
        tilt=float(np.degrees(np.arctan2(right[1] - left[1], right[0] - left[0]))),
        width=width / picture_width,
        head_height=float((left[1] + right[1]) / 2 - nose[1]) / width,
    )


@dataclass(frozen=True)
class Posture:
    """The figures of posture."""

    posture: Figure
    shoulder_tilt_degrees: Figure
    lean: Figure


def no_posture(reason: Reason) -> Posture:
    """Nothing was measured, for this reason."""
    none = Figure(reason=reason)
    return Posture(none, none, none)


def posture_of(frames: Sequence[BodyFrame]) -> Posture:
    """Posture over an answer.

    Each three seconds get three marks of 0 to 1 from their medians: level (1 up to a tilt of 3 degrees, 0 from 15), steady (the shoulders'
    width within 8 % of its median, 0 from 35 %) and upright (the head's height above the shoulders no more than 10 % below its median,
    0 from 40 %). The lowest of the three counts; posture is their mean. ``lean`` is the change of width, against the median, of those
    three seconds that are furthest from it.
    """
    if len(frames) < _FEWEST:
        return no_posture(Reason.NO_SHOULDERS)
    rows = np.array([(frame.tilt, frame.width, frame.head_height) for frame in frames])
    width, height = float(np.median(rows[:, 1])), float(np.median(rows[:, 2]))
    windows = np.array([np.median(rows[at : at + _WINDOW], axis=0) for at in range(0, len(rows) - _WINDOW + 1)])
    lean = windows[:, 1] / width - 1.0
    drop = 1.0 - windows[:, 2] / height if height > 0 else np.zeros(len(windows))
    marks = np.min(
        [_mark(np.abs(windows[:, 0]), _LEVEL), _mark(np.abs(lean), _STEADY), _mark(np.maximum(drop, 0.0), _UPRIGHT)],
        axis=0,
    )
    return Posture(
        posture=Figure(value=round(float(marks.mean()), 3)),
        shoulder_tilt_degrees=Figure(value=round(float(np.median(rows[:, 0])), 1)),
        lean=Figure(value=round(float(lean[np.argmax(np.abs(lean))]), 3)),
    )


def _mark(values: NDArray[np.float64], bounds: tuple[float, float]) -> NDArray[np.float64]:
    """1 up to the first bound, falling to 0 at the second."""
    good, bad = bounds
    return np.clip((bad - values) / (bad - good), 0.0, 1.0)
