"""What the 478 points of one face say by themselves: pose of the head, place of the irises, lips, lids and brows.

Numbers of points are those of MediaPipe's canonical face mesh; left and right are the viewer's. Lengths are in units of the distance
between the outer corners of the eyes, so they do not depend on how near the face is. Angles are in degrees: yaw positive towards the
viewer's right, pitch positive up, roll positive clockwise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
Matrix = NDArray[np.float64]

_FOREHEAD_AND_TEMPLES = (10, 338, 297, 332, 284, 251, 389, 356, 454, 234, 127, 162, 21, 54, 103, 67, 109)
_NOSE_AND_EYE_CORNERS = (168, 6, 197, 195, 5, 4, 1, 33, 133, 362, 263, 130, 359)
RIGID = np.array(_FOREHEAD_AND_TEMPLES + _NOSE_AND_EYE_CORNERS)
"""Points that neither speaking nor an expression moves much."""
_RIGID_MIRRORED = np.array(
    (10, *reversed(_FOREHEAD_AND_TEMPLES[1:]), 168, 6, 197, 195, 5, 4, 1, 263, 362, 133, 33, 359, 130)
)
"""The same places in a mirrored picture."""
_TEMPLES = (234, 454)
_LEFT_EYE, _RIGHT_EYE = (33, 133, 468, 159, 145), (362, 263, 473, 386, 374)
_LEFT_OUTER, _RIGHT_OUTER = 33, 263
_FOREHEAD, _CHIN = 10, 152
_MOUTH_LEFT, _MOUTH_RIGHT, _LIP_UPPER, _LIP_LOWER = 61, 291, 13, 14
_BROWS = ((105, 33), (334, 263), (66, 133), (296, 362))


@dataclass(frozen=True, slots=True)
class FaceFrame:
    """One face in one picture, reduced to what is needed of it."""

    seconds: float
    rigid: Points
    """The points that do not move with speech or expression, centred, of unit size."""
    mirrored: Points | None
    """The same, as they were found in the mirrored picture and turned back; ``None`` where that was not looked at."""
    gaze_x: float
    """Where the irises are between the corners of the eyes, in widths of an eye: 0 the middle, positive to the viewer's right."""
    gaze_y: float
    """Above or below the line between the corners, likewise; positive down."""
    eye_opening: float
    mouth_width: float
    corner_lift: float
    """How much higher the mouth's corners are than the middle of the lips."""
    mouth_opening: float
    brow_height: float


def face_frame(seconds: float, points: Points, mirrored: Points | None = None) -> FaceFrame:
    """The figures of one face from its 478 points.

    Args:
        mirrored: The points of the same face in the mirrored picture.
    """
    wide = points.astype(np.float64)
    unit = max(float(np.linalg.norm(wide[_RIGHT_OUTER] - wide[_LEFT_OUTER])), 1e-6)
    down = _down(wide)
    eyes = np.array([_eye(wide, eye) for eye in (_LEFT_EYE, _RIGHT_EYE)]).mean(axis=0)
    corners = (wide[_MOUTH_LEFT] + wide[_MOUTH_RIGHT]) / 2
    lips = (wide[_LIP_UPPER] + wide[_LIP_LOWER]) / 2
    return FaceFrame(
        seconds=seconds,
        rigid=_normalised(wide[RIGID]).astype(np.float32),
        mirrored=None if mirrored is None else _turned_back(mirrored),
        gaze_x=float(eyes[0]),
        gaze_y=float(eyes[1]),
        eye_opening=float(eyes[2]),
        mouth_width=float(np.linalg.norm(wide[_MOUTH_RIGHT] - wide[_MOUTH_LEFT])) / unit,
        corner_lift=float((lips - corners) @ down) / unit,
        mouth_opening=float(np.linalg.norm(wide[_LIP_LOWER] - wide[_LIP_UPPER])) / unit,
        brow_height=float(np.mean([(wide[eye] - wide[brow]) @ down for brow, eye in _BROWS])) / unit,
    )


def turned_degrees(points: Points) -> float:
    """How far the head is turned to one side of the camera (yaw without its sign), by the line between its temples."""
    across = points[_TEMPLES[1]] - points[_TEMPLES[0]]
    return abs(float(np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))))


def _turned_back(mirrored: Points) -> Points:
    return _normalised(mirrored[_RIGID_MIRRORED].astype(np.float64) * (-1.0, 1.0, 1.0)).astype(np.float32)


def _down(points: Matrix) -> Matrix:
    """The face's own downward direction, of length one."""
    across = points[_RIGHT_OUTER] - points[_LEFT_OUTER]
    across /= max(float(np.linalg.norm(across)), 1e-6)
    down = points[_CHIN] - points[_FOREHEAD]
    down -= across * (across @ down)
    return np.asarray(down / max(float(np.linalg.norm(down)), 1e-6))


def _eye(points: Matrix, eye: tuple[int, int, int, int, int]) -> tuple[float, float, float]:
    """Of one eye: the iris along and below the line between its corners, and its opening, in widths of the eye."""
    left, right, iris, upper, lower = (points[index, :2] for index in eye)
    across = right - left
    width = max(float(np.linalg.norm(across)), 1e-6)
    across = across / width
    below = np.array([-across[1], across[0]])
    place = (iris - (left + right) / 2) / width
    return float(place @ across), float(place @ below), float(np.linalg.norm(lower - upper)) / width


def _normalised(points: Matrix) -> Matrix:
    centred = points - points.mean(axis=0)
    size = float(np.sqrt((centred**2).sum(axis=1).mean()))
    return np.asarray(centred / max(size, 1e-6))


def rotation_between(neutral: Matrix, turned: Matrix) -> Matrix:
    """The rotation that takes the neutral points nearest to the turned ones.

    By singular values of their covariance (Arun, Huang & Blostein 1987). Depth, which the mesh only guesses and stretches in a turned
    face, counts less there than in an affine map of least squares, as the points spread least in it.
    """
    u, _sizes, vt = np.linalg.svd(turned.T @ neutral)
    handedness = np.sign(np.linalg.det(u @ vt))
    return np.asarray(u @ np.diag([1.0, 1.0, handedness]) @ vt)


def upright(rigid: Matrix) -> Matrix:
    """The rotation in the picture's plane that takes an upright head to one held as this one is, by the line between its eyes.

    Who holds the head aslant turns it about an axis that is aslant, too: yaw and pitch belong to the head, not to the picture.
    """
    left, right = (rigid[int(np.flatnonzero(corner == RIGID)[0])] for corner in (_LEFT_OUTER, _RIGHT_OUTER))
    aslant = np.arctan2(right[1] - left[1], right[0] - left[0])
    cosine, sine = np.cos(aslant), np.sin(aslant)
    return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])


def angles(rotation: Matrix) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees of a rotation (roll applied last)."""
    yaw = np.degrees(np.arcsin(np.clip(rotation[2, 0], -1.0, 1.0)))
    pitch = np.degrees(np.arctan2(-rotation[2, 1], rotation[2, 2]))
    roll = np.degrees(np.arctan2(rotation[1, 0], rotation[0, 0]))
    return float(yaw), float(pitch), float(roll)
