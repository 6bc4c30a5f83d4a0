"""Head and eyes against the candidate's neutral, and whether both are towards the camera."""

from dataclasses import dataclass

from workers.vision.face import FaceFrame, Matrix, Points, angles, rotation_between, upright
from workers.vision.neutral import Neutral

HEAD_YAW_BOUND = 15.0
HEAD_PITCH_BOUND = 12.0
GAZE_X_BOUND = 15.0
GAZE_Y_BOUND = 15.0
_DEGREES_PER_EYE_X = 220.0
"""An iris that moves by a tenth of the eye's width has turned by some 22 degrees; set between the geometry of an eyeball of 12 mm radius
behind an opening of 30 mm, and what the iris model makes of painted eyes, whose movement it halves."""
_DEGREES_PER_EYE_Y = 500.0
"""Upwards and downwards the model follows the iris about half as far."""
_BLINK = 0.6
_STRAIGHT_YAW, _STRAIGHT_PITCH = 25.0, 14.0


@dataclass(frozen=True)
class Look:
    """Where head and eyes are turned in one frame, in degrees from neutral."""

    seconds: float
    yaw: float
    pitch: float
    gaze_x: float | None
    """Positive to the viewer's right; ``None`` while the eyes are closed."""
    gaze_y: float | None
    """Positive up."""

    @property
    def is_straight(self) -> bool:
        """Whether the face is seen from near enough to the front to judge its expression."""
        return abs(self.yaw) <= _STRAIGHT_YAW and abs(self.pitch) <= _STRAIGHT_PITCH

    @property
    def is_contact(self) -> bool:
        """Whether head and gaze are both within bounds. A blink does not end it."""
        head = abs(self.yaw) <= HEAD_YAW_BOUND and abs(self.pitch) <= HEAD_PITCH_BOUND
        if self.gaze_x is None or self.gaze_y is None:
            return head
        return head and abs(self.gaze_x) <= GAZE_X_BOUND and abs(self.gaze_y) <= GAZE_Y_BOUND


def _turn(neutral: Matrix, shape: Points) -> tuple[float, float]:
    """Yaw and pitch from one shape to the other."""
    own = upright(neutral)
    yaw, pitch, _roll = angles(own.T @ rotation_between(neutral, shape.astype("float64")) @ own)
    return yaw, pitch


def look(frame: FaceFrame, neutral: Neutral) -> Look:
    """Where this face looks."""
    yaw, pitch = _turn(neutral.rigid, frame.rigid)
    if neutral.mirrored is not None and frame.mirrored is not None:
        # The mesh errs to one side, and in the mirrored picture as far to the other; up and down it errs the same way in both.
        yaw = (yaw + _turn(neutral.mirrored, frame.mirrored)[0]) / 2
    closed = frame.eye_opening < _BLINK * neutral.eye_opening
    return Look(
        seconds=frame.seconds,
        yaw=yaw,
        pitch=pitch,
        gaze_x=None if closed else _DEGREES_PER_EYE_X * (frame.gaze_x - neutral.gaze_x),
        gaze_y=None if closed else -_DEGREES_PER_EYE_Y * (frame.gaze_y - neutral.gaze_y),
    )
