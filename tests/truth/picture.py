"""Faces turned, looking aside, smiling, far off, in the dark, blinking, with glasses, and how far ``workers.vision`` is from them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from intervi.analysis.figures import Reason, Vision
from tests.media_made.faces import Scene, make_face_video, true_points
from tests.truth.errors import Errors
from workers.decoding import SegmentFile
from workers.vision import measure_vision
from workers.vision.attention import HEAD_PITCH_BOUND, HEAD_YAW_BOUND, Look, look
from workers.vision.face import RIGID, angles, rotation_between, upright
from workers.vision.measure import follow
from workers.vision.neutral import neutral_of

FRAMES_A_SECOND = 5
AWAY_GAZE = 20.0
"""Degrees from which eyes are plainly turned away; the bound of 15 lies below what can be told apart."""
Change = Callable[[Scene], Scene]
CONDITIONS: dict[str, Change] = {
    "plain": lambda scene: scene,
    "glasses": lambda scene: replace(scene, glasses=True),
    "far": lambda scene: replace(scene, zoom=0.5),
    "very far": lambda scene: replace(scene, zoom=0.3),
    "dark": lambda scene: replace(scene, brightness=0.2),
    "tilted": lambda scene: replace(scene, roll=10.0),
    "blinking": lambda scene: scene,  # see ``schedule``
}
TURNS = (-30.0, -20.0, -10.0, 10.0, 20.0, 30.0)
NODS = (-20.0, -10.0, 10.0, 20.0)
SCENES = (
    Scene(10),
    *(Scene(1, yaw=yaw) for yaw in TURNS),
    *(Scene(1, pitch=pitch) for pitch in NODS),
    Scene(1, yaw=20, pitch=10),
    Scene(3),
    Scene(2, gaze_x=-25),
    Scene(2),
    Scene(2, gaze_x=25),
    Scene(3),
    Scene(2, smile=0.5),
    Scene(2),
    Scene(2, smile=1),
    Scene(4),
)
TURNED = (
    Scene(10),
    *(Scene(1, yaw=yaw) for yaw in (-27.0, -24.0, -15.0, -6.0, 6.0, 15.0, 24.0, 27.0)),
    *(Scene(1, pitch=pitch) for pitch in (-15.0, -6.0, 6.0, 15.0)),
    Scene(1, yaw=-20, pitch=-10),
    Scene(1, yaw=-15, pitch=12),
    Scene(1, yaw=15, pitch=-12),
    Scene(1, yaw=25, smile=1),
    Scene(1, yaw=-25, smile=1),
    Scene(3),
)
"""More angles: what was tried out on the others only comes out too well there."""
NOBODY: dict[str, Scene] = {"an empty room": Scene(3, face=False), "darkness": Scene(3, brightness=0.0)}


def schedule(name: str, scenes: Sequence[Scene] = SCENES) -> list[Scene]:
    """The scenes under one condition; who blinks shuts the eyes for a fifth of every second second."""
    changed = [CONDITIONS[name](scene) for scene in scenes]
    return changed if name != "blinking" else list(_blinking(changed))


def _blinking(scenes: Sequence[Scene]) -> Iterator[Scene]:
    for scene in scenes:
        for second in range(round(scene.seconds)):
            if second % 2:
                yield replace(scene, seconds=1)
            else:
                yield replace(scene, seconds=0.8)
                yield replace(scene, seconds=0.2, eyes_closed=True)


def is_away(scene: Scene) -> bool:
    """Whether head or eyes are turned away."""
    head = abs(scene.yaw) > HEAD_YAW_BOUND or abs(scene.pitch) > HEAD_PITCH_BOUND
    return head or max(abs(scene.gaze_x), abs(scene.gaze_y)) >= AWAY_GAZE


def measure(path: Path) -> Vision:
    return measure_vision([_segment(path)], expressions=True)


def _segment(path: Path) -> SegmentFile:
    return SegmentFile(uuid4(), path, "video", 0.0, None)


def looks_of(path: Path) -> list[Look]:
    """Where head and eyes are turned, picture by picture: ``Vision`` keeps their median only."""
    faces = follow([_segment(path)]).faces
    neutral = neutral_of(faces)
    assert neutral is not None
    return [look(face, neutral) for face in faces]


# --- comparisons ----------------------------------------------------------------------------------------------------


def compare(directory: Path, name: str, errors: Errors, scenes: Sequence[Scene] = SCENES) -> Vision:
    """Makes a video under one condition, measures it and adds its errors."""
    path = make_face_video(directory / f"{name}.webm", schedule(name, scenes), rate=FRAMES_A_SECOND)
    vision, looks = measure(path), looks_of(path)
    seconds = sum(scene.seconds for scene in scenes)
    turns = np.repeat([scene.yaw for scene in scenes], [round(scene.seconds * FRAMES_A_SECOND) for scene in scenes])
    errors.add("head movement, °", name, _value(vision.head_movement_degrees.value) - float(turns.std()))
    errors.add("share with a face", name, _value(vision.face_share.value) - 1)
    away = sum(scene.seconds for scene in scenes if is_away(scene)) / seconds
    errors.add("looking away, share", name, (1 - _value(vision.eye_contact.value)) - away)
    smiling = sum(scene.seconds for scene in scenes if scene.smile >= 0.5) / seconds
    errors.add("smiling, share", name, _value(vision.smile_ratio.value) - smiling)
    end = 0.0
    for scene in scenes:
        end += scene.seconds
        if scene.smile:
            found = any(span.start < end and span.end > end - scene.seconds for span in vision.smiles)
            errors.match("smiles found", name, int(found), 1)
    _add_angles(errors, name, scenes, looks)
    return vision


def compare_angles(directory: Path, name: str, errors: Errors) -> None:
    """The head's angles alone, at further ones."""
    path = make_face_video(directory / f"{name}-turned.webm", schedule(name, TURNED), rate=FRAMES_A_SECOND)
    _add_angles(errors, name, TURNED, looks_of(path))
    _add_angles_of_the_fit(errors, name)


def _add_angles_of_the_fit(errors: Errors, name: str) -> None:
    """What the fit alone errs by, perspective included: the same angles from the points themselves, which no network had to find."""
    neutral = _rigid(CONDITIONS[name](Scene(1)))
    own = upright(neutral)
    for scene in (*SCENES, *TURNED):
        if scene.yaw or scene.pitch:
            yaw, pitch, _roll = angles(own.T @ rotation_between(neutral, _rigid(CONDITIONS[name](scene))) @ own)
            errors.add("head yaw by the fit alone, °", name, yaw - scene.yaw)
            errors.add("head pitch by the fit alone, °", name, pitch - scene.pitch)


def _rigid(scene: Scene) -> NDArray[np.float64]:
    points = true_points(scene)[RIGID]
    return np.asarray(points - points.mean(axis=0))


def _add_angles(errors: Errors, name: str, scenes: Sequence[Scene], looks: Sequence[Look]) -> None:
    begin = 0.0
    for scene in scenes:
        seen = [one for one in looks if begin + 0.15 < one.seconds < begin + scene.seconds - 0.05]
        begin += scene.seconds
        if seen and (scene.yaw or scene.pitch):
            errors.add("head yaw, °", name, float(np.median([one.yaw for one in seen])) - scene.yaw)
            errors.add("head pitch, °", name, float(np.median([one.pitch for one in seen])) - scene.pitch)


def compare_posture(directory: Path, name: str, errors: Errors) -> None:
    """Shoulders that are not level, and leaning towards the camera or back: the direction, and how far."""
    for tilt in (-12.0, -6.0, 6.0, 12.0):
        scenes = schedule(name, [Scene(5, shoulder_tilt=tilt)])
        vision = measure(make_face_video(directory / f"{name}{tilt}.webm", scenes, rate=FRAMES_A_SECOND))
        found = _value(vision.shoulder_tilt_degrees.value)
        errors.add("shoulder tilt, °", name, found - tilt)
        errors.match("posture in the right direction", name, int(found * tilt > 0), 1)
    for zoom in (0.8, 1.2):
        scenes = schedule(name, [Scene(8), Scene(5)])
        leaning = [
            *scenes[: len(scenes) // 2],
            *(replace(one, zoom=one.zoom * zoom) for one in scenes[len(scenes) // 2 :]),
        ]
        lean = _value(
            measure(make_face_video(directory / f"{name}{zoom}.webm", leaning, rate=FRAMES_A_SECOND)).lean.value
        )
        errors.add("lean", name, lean - (zoom - 1))
        errors.match("posture in the right direction", name, int(lean * (zoom - 1) > 0), 1)


def reasons_without_a_face(directory: Path, name: str) -> set[Reason | None]:
    """What is said of each figure where nobody is to be seen."""
    path = make_face_video(directory / "nobody.webm", [NOBODY[name]], rate=FRAMES_A_SECOND)
    vision = measure(path)
    return {
        vision.eye_contact.reason,
        vision.head_yaw_degrees.reason,
        vision.smile_ratio.reason,
        vision.posture.reason,
        vision.expression_reason,
    }


def _value(figure: float | None) -> float:
    assert figure is not None, "a face that is seen for seconds has every figure"
    return figure
