"""From the pictures of an answer to the figures of ``Vision``."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from intervi.analysis.figures import Figure, Reason, Vision
from workers.decoding import SegmentFile
from workers.limited import ChildFailed
from workers.vision import landmarks
from workers.vision.attention import Look, look
from workers.vision.expression import SMILE_THRESHOLD, distribution, expressions_of, moments
from workers.vision.face import FaceFrame, face_frame, turned_degrees
from workers.vision.frames import Sample, samples
from workers.vision.neutral import Neutral, neutral_of
from workers.vision.posture import BodyFrame, body_frame, no_posture, posture_of
from workers.vision.spans import spans

log = logging.getLogger(__name__)

_SEARCH_SECONDS = 1.0
"""How often a face is sought that is too far away for the mesh, or beside the one that is followed, and how often the shoulders are
looked at. As often the face is looked at in the mirrored picture as well, too."""
_PLAINLY_TURNED_DEGREES = 8.0
"""From here on the mesh errs by several degrees: each such face is looked at in the mirrored picture, too."""


@dataclass
class Track:
    """What was seen, frame by frame."""

    times: list[float] = field(default_factory=list)
    faces: list[FaceFrame] = field(default_factory=list)
    bodies: list[BodyFrame] = field(default_factory=list)


def measure_vision(segments: Sequence[SegmentFile], *, expressions: bool) -> Vision:
    """Looks at the picture of an answer.

    Args:
        segments: As recorded; those of kind ``audio`` are left out.
        expressions: Whether smile and expression may be estimated. If not, they are null.

    Returns:
        The figures; what could not be measured says why. Damaged or missing pictures make no error.
    """
    track = follow(segments)
    if not track.times:
        return no_vision(Reason.NO_PICTURE)
    seen = {frame.seconds for frame in track.faces}
    vision = no_vision(Reason.NO_FACE).model_copy(
        update={
            "frames": len(track.times),
            "face_share": Figure(value=round(len(track.faces) / len(track.times), 3)),
            "no_face": spans(track.times, [at not in seen for at in track.times]),
        }
    )
    posture = posture_of(track.bodies) if track.faces else no_posture(Reason.NO_FACE)
    vision = vision.model_copy(update=vars(posture))
    if not expressions:
        vision = vision.model_copy(
            update={"smile_ratio": Figure(reason=Reason.SWITCHED_OFF), "expression_reason": Reason.SWITCHED_OFF}
        )
    if not track.faces:
        return vision
    neutral = neutral_of(track.faces)
    if neutral is None:
        return _without_neutral(vision, expressions)
    looks = [look(frame, neutral) for frame in track.faces]
    vision = _with_attention(vision, looks)
    return _with_expressions(vision, track.faces, looks, neutral) if expressions else vision


def no_vision(reason: Reason) -> Vision:
    """The result where there is nothing to look at, with the reason in every figure."""
    none = Figure(reason=reason)
    return Vision(
        face_share=none,
        eye_contact=none,
        head_yaw_degrees=none,
        head_pitch_degrees=none,
        head_movement_degrees=none,
        smile_ratio=none,
        posture=none,
        shoulder_tilt_degrees=none,
        lean=none,
        expression_reason=reason,
    )


def follow(segments: Sequence[SegmentFile]) -> Track:
    """Looks at the pictures one by one and keeps a few numbers of each, so memory hardly grows with the answer."""
    landmarks.restart()
    track, eye = Track(), Eye()
    try:
        for sample in samples(segments):
            eye.look_at(sample, track)
    except ChildFailed as error:
        log.warning("the pictures end early: %s", error)
    return track


class Eye:
    """What is remembered from one picture to the next."""

    def __init__(self) -> None:
        self._segment = -1
        self._window: tuple[int, int, int, int] | None = None
        self._is_alone = True
        self._next_count = 0.0
        self._next_search = 0.0
        self._next_body = 0.0
        self._next_mirror = 0.0

    def look_at(self, sample: Sample, track: Track) -> None:
        if sample.segment != self._segment:
            self._segment, self._window = sample.segment, None
            self._next_search = self._next_body = self._next_count = self._next_mirror = sample.seconds
        track.times.append(sample.seconds)
        points = self.face(sample)
        if points is not None:
            track.faces.append(face_frame(sample.seconds, points, self._mirrored(sample, points)))
        if sample.seconds >= self._next_body:
            self._next_body = sample.seconds + _SEARCH_SECONDS - 0.01
            body = landmarks.body(sample.image)
            frame = body_frame(sample.seconds, body, sample.image.shape[1]) if body is not None else None
            if frame is not None:
                track.bodies.append(frame)

    def face(self, sample: Sample) -> landmarks.Points | None:
        """The largest face; one that is far away is followed in a window around it."""
        points = self._near_face(sample)
        if points is not None:
            self._window = None
            return points
        if self._window is not None:
            points = landmarks.face_in(sample.image, self._window)
            if points is not None:
                return points
            self._window = None
        if sample.seconds < self._next_search:
            return None
        self._next_search = sample.seconds + _SEARCH_SECONDS
        found = landmarks.far_face(sample.image)
        if found is None:
            return None
        self._next_search = sample.seconds
        points, self._window = found
        return points

    def _mirrored(self, sample: Sample, points: landmarks.Points) -> landmarks.Points | None:
        if sample.seconds < self._next_mirror and turned_degrees(points) < _PLAINLY_TURNED_DEGREES:
            return None
        self._next_mirror = sample.seconds + _SEARCH_SECONDS - 0.01
        return landmarks.mirrored_face(sample.image, points)

    def _near_face(self, sample: Sample) -> landmarks.Points | None:
        """The largest face that the mesh finds by itself; who is alone in the picture is followed without looking for others each time."""
        if sample.seconds >= self._next_count:
            self._next_count = sample.seconds + _SEARCH_SECONDS - 0.01
            was_alone, self._is_alone = self._is_alone, landmarks.faces_in_view(sample.image) < 2
            if self._is_alone and not was_alone:
                landmarks.follow_anew()
        return landmarks.face(sample.image) if self._is_alone else landmarks.largest_face(sample.image)


def _without_neutral(vision: Vision, expressions: bool) -> Vision:
    """A face was seen too briefly to know its neutral."""
    short, none = Figure(reason=Reason.TOO_SHORT), Figure(reason=Reason.NO_NEUTRAL)
    update: dict[str, object] = {
        "eye_contact": short,
        "head_yaw_degrees": short,
        "head_pitch_degrees": short,
        "head_movement_degrees": short,
    }
    if expressions:
        update |= {"smile_ratio": none, "expression_reason": Reason.NO_NEUTRAL}
    return vision.model_copy(update=update)


def _with_attention(vision: Vision, looks: Sequence[Look]) -> Vision:
    times = [one.seconds for one in looks]
    contact = [one.is_contact for one in looks]
    yaw = [one.yaw for one in looks]
    return vision.model_copy(
        update={
            "eye_contact": Figure(value=round(float(np.mean(contact)), 3)),
            "looking_away": spans(times, [not one for one in contact]),
            "head_yaw_degrees": Figure(value=round(float(np.median(yaw)), 1)),
            "head_pitch_degrees": Figure(value=round(float(np.median([one.pitch for one in looks])), 1)),
            "head_movement_degrees": Figure(value=round(float(np.std(yaw)), 1)),
        }
    )


def _with_expressions(vision: Vision, faces: Sequence[FaceFrame], looks: Sequence[Look], neutral: Neutral) -> Vision:
    """Only from faces seen nearly straight on: a turned one looks wider or narrower about the mouth than it is."""
    straight = [face for face, one in zip(faces, looks, strict=True) if one.is_straight]
    estimates = expressions_of(straight, neutral)
    smiling = [one.smile >= SMILE_THRESHOLD for one in estimates]
    shares = distribution(estimates)
    return vision.model_copy(
        update={
            "smile_ratio": Figure(value=round(sum(smiling) / len(faces), 3)),
            "smiles": spans([one.seconds for one in estimates], smiling),
            "expression_distribution": shares,
            "dominant_expression": max(shares, key=lambda label: shares[label]),
            "expression_reason": None,
            "expressions": moments(estimates),
        }
    )
