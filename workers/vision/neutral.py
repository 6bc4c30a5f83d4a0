"""The candidate's own neutral: what this face looks like most of the time, which everything else is measured against.

There is no absolute zero: cameras stand above, below or beside, and faces differ more between people than between expressions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workers.vision.face import FaceFrame, Matrix, angles, rotation_between

FEWEST_FRAMES = 10
"""Two seconds of face: fewer make no neutral."""
_FEWEST_MIRRORED = 2
_NEAR_DEGREES = 8.0
_UNSMILING = 35
"""The percentile of the mouth's width and lift that is taken as neutral: whoever smiles for half of the time still has one."""


@dataclass(frozen=True)
class Neutral:
    """The figures of ``FaceFrame`` at rest."""

    rigid: Matrix
    mirrored: Matrix | None
    """``None``: too few of the frames have it."""
    gaze_x: float
    gaze_y: float
    eye_opening: float
    mouth_width: float
    corner_lift: float
    mouth_opening: float
    brow_height: float


def neutral_of(frames: Sequence[FaceFrame]) -> Neutral | None:
    """The neutral of a face seen in these frames, or ``None`` if they are too few to tell."""
    if len(frames) < FEWEST_FRAMES:
        return None
    shapes = np.array([frame.rigid for frame in frames], np.float64)
    # Turned relative to any one frame, the median of the turns finds the usual pose; its neighbours make the shape.
    turns = np.array([angles(rotation_between(shapes[0], shape))[:2] for shape in shapes])
    away = np.abs(turns - np.median(turns, axis=0)).max(axis=1)
    usual = away <= max(_NEAR_DEGREES, float(np.partition(away, FEWEST_FRAMES - 1)[FEWEST_FRAMES - 1]))
    near = [frame for frame, is_near in zip(frames, usual, strict=True) if is_near]
    mirrored = [frame.mirrored.astype(np.float64) for frame in near if frame.mirrored is not None]

    def middle(name: str, percentile: float = 50) -> float:
        return float(np.percentile([getattr(frame, name) for frame in near], percentile))

    return Neutral(
        rigid=np.median(shapes[usual], axis=0),
        mirrored=np.median(mirrored, axis=0) if len(mirrored) >= _FEWEST_MIRRORED else None,
        gaze_x=middle("gaze_x"),
        gaze_y=middle("gaze_y"),
        eye_opening=middle("eye_opening"),
        mouth_width=middle("mouth_width", _UNSMILING),
        corner_lift=middle("corner_lift", _UNSMILING),
        mouth_opening=middle("mouth_opening"),
        brow_height=middle("brow_height"),
    )
