"""The picture's figures against faces of known truth: a textured mesh, turned (``tests/media_made/faces.py``)."""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from intervi.analysis.figures import Reason, Span, Vision
from tests.media_made.faces import SIZE, Scene, make_face_video, render
from tests.media_made.recordings import cut, make_recording, needs_ffmpeg
from workers.decoding import SegmentFile
from workers.vision import landmarks, measure_vision, no_vision
from workers.vision.attention import Look, look
from workers.vision.face import face_frame
from workers.vision.frames import RATE, Sample
from workers.vision.measure import Eye, Track, follow
from workers.vision.neutral import neutral_of
from workers.vision.spans import spans

pytestmark = pytest.mark.media

SCHEDULE = (
    Scene(6),
    Scene(3, yaw=25),
    Scene(3),
    Scene(2, gaze_x=-25),
    Scene(2),
    Scene(2, face=False),
    Scene(3, smile=1),
    Scene(2, mouth_open=1, brows_up=1),
    Scene(3),
)


def segment(path: Path, *, offset: float = 0.0, kind: str = "video") -> SegmentFile:
    return SegmentFile(uuid4(), path, kind, offset, None)


def measure(path: Path, *, expressions: bool = True) -> Vision:
    return measure_vision([segment(path)], expressions=expressions)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_face_video(tmp_path_factory.mktemp("faces") / "known.webm", SCHEDULE)


@pytest.fixture(scope="module")
def vision(video: Path) -> Vision:
    return measure(video)


def near(found: Sequence[Span], truth: Sequence[tuple[float, float]], within: float = 0.3) -> bool:
    return len(found) == len(truth) and all(
        abs(span.start - start) <= within and abs(span.end - end) <= within
        for span, (start, end) in zip(found, truth, strict=True)
    )


class TestKnownSchedule:
    def test_share_of_faces(self, vision: Vision) -> None:
        assert vision.frames == pytest.approx(26 * 5, abs=1)
        assert vision.face_share.value == pytest.approx(24 / 26, abs=0.02)
        assert near(vision.no_face, [(16, 18)])

    def test_looking_away_by_head_and_by_eyes(self, vision: Vision) -> None:
        assert vision.eye_contact.value == pytest.approx(1 - 5 / 24, abs=0.05)
        assert near(vision.looking_away, [(6, 9), (12, 14)])

    def test_head(self, vision: Vision) -> None:
        assert vision.head_yaw_degrees.value == pytest.approx(0.0, abs=2.0)
        truth = np.repeat([scene.yaw for scene in SCHEDULE if scene.face], [int(s.seconds) for s in SCHEDULE if s.face])
        assert vision.head_movement_degrees.value == pytest.approx(float(np.std(truth)), abs=2.0)

    def test_smile(self, vision: Vision) -> None:
        assert near(vision.smiles, [(18, 21)])
        assert vision.smile_ratio.value == pytest.approx(3 / 24, abs=0.03)

    def test_expression(self, vision: Vision) -> None:
        assert vision.dominant_expression == "neutral"
        assert sum(vision.expression_distribution.values()) == pytest.approx(1.0, abs=0.01)
        at = {moment.label: moment.at for moment in reversed(vision.expressions)}
        assert at["happy"] == pytest.approx(18, abs=0.5)
        assert at["surprised"] == pytest.approx(21, abs=0.5)

    def test_the_same_answer_gives_the_same_figures(self, video: Path, vision: Vision) -> None:
        assert measure(video) == vision

    def test_expressions_can_be_switched_off(self, video: Path, vision: Vision) -> None:
        without = measure(video, expressions=False)
        assert without.eye_contact == vision.eye_contact
        assert without.smile_ratio.reason == without.expression_reason == Reason.SWITCHED_OFF
        assert (without.smiles, without.expressions, without.expression_distribution) == ([], [], {})


class TestTruth:
    def test_head_and_gaze_within_five_degrees(self, tmp_path: Path) -> None:
        """Of a head turned to either side by up to 30 degrees, up and down by up to 20; and the eyes' direction."""
        turned = [(yaw, 0.0) for yaw in (-30.0, -20.0, -10.0, 10.0, 20.0, 30.0)]
        turned += [(0.0, pitch) for pitch in (-20.0, -10.0, 10.0, 20.0)] + [(20.0, 10.0)]
        scenes = [Scene(14), *(Scene(1, yaw=yaw, pitch=pitch) for yaw, pitch in turned), *gazes()]
        looks = looks_of(make_face_video(tmp_path / "turned.webm", scenes))
        errors = {}
        for number, (yaw, pitch) in enumerate(turned):
            seen = during(looks, 14 + number)
            errors[yaw, pitch] = (
                round(float(np.median([one.yaw for one in seen])) - yaw, 1),
                round(float(np.median([one.pitch for one in seen])) - pitch, 1),
            )
        assert all(max(abs(yaw), abs(pitch)) <= 5.0 for yaw, pitch in errors.values()), errors
        begin = 14 + len(turned)
        left, right, up, down = (during(looks, begin + number) for number in range(4))
        assert np.median([one.gaze_x for one in left]) < -12 < 12 < np.median([one.gaze_x for one in right])
        assert np.median([one.gaze_y for one in down]) < -4 < 4 < np.median([one.gaze_y for one in up])

    @pytest.mark.parametrize("side", [1, -1])
    def test_shoulder_tilt_has_its_side(self, tmp_path: Path, side: int) -> None:
        path = make_face_video(tmp_path / "tilted.webm", [Scene(5, shoulder_tilt=12 * side)], rate=5)
        vision = measure(path)
        assert vision.shoulder_tilt_degrees.value == pytest.approx(12 * side, abs=6)
        assert vision.posture.value is not None
        assert vision.posture.value < 0.7

    @pytest.mark.parametrize(("zoom", "sign"), [(1.25, 1), (0.75, -1)])
    def test_lean_has_its_direction(self, tmp_path: Path, zoom: float, sign: int) -> None:
        path = make_face_video(tmp_path / "leaning.webm", [Scene(8), Scene(5, zoom=zoom)], rate=5)
        lean = measure(path).lean.value
        assert lean == pytest.approx(zoom - 1, abs=0.12)
        assert lean is not None
        assert np.sign(lean) == sign

    def test_level_and_still_is_good_posture(self, vision: Vision) -> None:
        assert vision.posture.value is not None
        assert vision.posture.value > 0.85


def gazes() -> list[Scene]:
    return [Scene(1, gaze_x=-25), Scene(1, gaze_x=25), Scene(1, gaze_y=20), Scene(1, gaze_y=-20)]


def looks_of(path: Path) -> list[Look]:
    faces = follow([segment(path)]).faces
    neutral = neutral_of(faces)
    assert neutral is not None
    return [look(face, neutral) for face in faces]


def during(looks: Sequence[Look], second: int) -> list[Look]:
    return [one for one in looks if second + 0.15 < one.seconds < second + 0.95]


class TestNothingToMeasure:
    def test_an_empty_room(self, tmp_path: Path) -> None:
        vision = measure(make_face_video(tmp_path / "empty.webm", [Scene(3, face=False)], rate=5))
        assert vision.face_share.value == 0.0
        assert near(vision.no_face, [(0, 3)])
        for figure in (vision.eye_contact, vision.smile_ratio, vision.head_yaw_degrees, vision.posture):
            assert figure.reason == Reason.NO_FACE
        assert vision.expression_reason == Reason.NO_FACE
        assert vision.dominant_expression is None

    def test_darkness(self, tmp_path: Path) -> None:
        vision = measure(make_face_video(tmp_path / "dark.webm", [Scene(2, brightness=0.0)], rate=5))
        assert vision.face_share.value == 0.0
        assert vision.eye_contact.reason == Reason.NO_FACE

    def test_shorter_than_a_second(self, tmp_path: Path) -> None:
        vision = measure(make_face_video(tmp_path / "short.webm", [Scene(0.8)]))
        assert vision.face_share.value == 1.0
        assert vision.eye_contact.reason == Reason.TOO_SHORT
        assert vision.smile_ratio.reason == vision.expression_reason == Reason.NO_NEUTRAL
        assert vision.posture.reason == Reason.NO_SHOULDERS

    @needs_ffmpeg
    def test_no_picture(self, tmp_path: Path, video: Path) -> None:
        sound = make_recording(tmp_path / "sound.webm", picture=None, seconds=1)
        assert measure(sound) == no_vision(Reason.NO_PICTURE)
        assert measure_vision([segment(video, kind="audio")], expressions=True) == no_vision(Reason.NO_PICTURE)

    def test_garbage(self, tmp_path: Path) -> None:
        path = tmp_path / "garbage.webm"
        path.write_bytes(b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 20)
        assert measure(path) == no_vision(Reason.NO_PICTURE)


class TestRobust:
    def test_a_cut_file_is_measured_as_far_as_it_goes(self, video: Path) -> None:
        vision = measure(cut(video, 0.5))
        assert 20 < vision.frames < 120
        assert vision.face_share.value is not None

    def test_segments_of_different_size_on_one_timeline(self, tmp_path: Path) -> None:
        wide = make_face_video(tmp_path / "wide.webm", [Scene(4)], rate=5, size=(960, 720))
        small = make_face_video(tmp_path / "small.webm", [Scene(2), Scene(2, yaw=30)], rate=5, size=(320, 240))
        vision = measure_vision([segment(wide), segment(small, offset=10.0)], expressions=True)
        assert vision.frames == pytest.approx(40, abs=1)
        assert vision.face_share.value == 1.0
        assert near(vision.looking_away, [(12, 14)])

    def test_a_face_far_away_is_found(self, tmp_path: Path) -> None:
        vision = measure(make_face_video(tmp_path / "far.webm", [Scene(4, zoom=0.4)], rate=5))
        assert vision.face_share.value is not None
        assert vision.face_share.value > 0.9

    def test_the_largest_of_several_faces_counts(self) -> None:
        near_face, far_face = render(Scene(1, zoom=0.95)), render(Scene(1, zoom=0.6))
        half = SIZE[0] // 2
        for first in (near_face, far_face):
            second = far_face if first is near_face else near_face
            landmarks.restart()
            picture = np.hstack([first[:, 100 : 100 + half], second[:, 100 : 100 + half]])
            assert landmarks.faces_in_view(picture) == 2
            points = landmarks.largest_face(picture)
            assert points is not None
            assert (points[:, 0].mean() < half) == (first is near_face)

    def test_it_is_the_same_face_in_the_mirrored_picture(self) -> None:
        half = SIZE[0] // 2
        faces = [render(Scene(1, yaw=15, zoom=zoom))[:, 100 : 100 + half] for zoom in (0.6, 0.95)]
        landmarks.restart()
        picture = np.hstack(faces)
        points = landmarks.largest_face(picture)
        assert points is not None
        mirrored = landmarks.mirrored_face(picture, points)
        assert mirrored is not None
        assert np.ptp(mirrored[:, :2], axis=0) == pytest.approx(np.ptp(points[:, :2], axis=0), rel=0.1)
        assert picture.shape[1] - mirrored[:, 0].mean() == pytest.approx(points[:, 0].mean(), abs=5)
        frame = face_frame(0.0, points, mirrored)
        assert frame.mirrored is not None
        assert frame.mirrored == pytest.approx(frame.rigid, abs=0.35)

    def test_a_neighbours_face_in_the_mirrored_picture_is_nobodys(self) -> None:
        landmarks.restart()
        picture = render(Scene(1, zoom=0.8))
        points = landmarks.face(picture)
        assert points is not None
        assert landmarks.mirrored_face(picture, points) is not None
        elsewhere = points + np.array([0.3 * np.ptp(points[:, 1]), 0, 0], np.float32)
        assert landmarks.mirrored_face(picture, elsewhere) is None

    def test_a_turned_face_is_looked_at_in_the_mirror_each_time(self) -> None:
        scenes = [Scene(1)] * 11 + [Scene(1, yaw=25)] * 5
        landmarks.restart()
        eye, track = Eye(), Track()
        for index, scene in enumerate(scenes):
            eye.look_at(Sample(0, index / RATE, render(scene)), track)
        looked = [face.mirrored is not None for face in track.faces]
        assert looked == [index % RATE == 0 for index in range(11)] + [True] * 5

    def test_who_comes_nearer_than_the_one_who_was_alone_is_followed_within_a_second(self) -> None:
        half = SIZE[0] // 2
        near_face, far_face = (render(Scene(1, zoom=zoom))[:, 100 : 100 + half] for zoom in (0.95, 0.6))
        empty = np.full_like(far_face, 200)
        pictures = [np.hstack([far_face, empty])] * 6 + [np.hstack([far_face, near_face])] * 10
        pictures += [np.hstack([far_face, empty])] * 10
        landmarks.restart()
        eye = Eye()
        places = [eye.face(Sample(0, index / RATE, picture)) for index, picture in enumerate(pictures)]
        assert all(place is not None for place in places)
        sides = [bool(place[:, 0].mean() > half) for place in places if place is not None]
        assert sides[:6] == [False] * 6
        assert sides[11:16] == [True] * 5
        assert sides[21:] == [False] * 5

    def test_a_face_that_leaps_is_not_lost(self) -> None:
        face = render(Scene(1, zoom=0.6))
        landmarks.restart()
        for shift in (-150, 150):
            points = landmarks.face(np.roll(face, shift, axis=1))
            assert points is not None
            assert abs(points[:, 0].mean() - SIZE[0] / 2 - shift) < 40

    def test_a_picture_of_no_size_harms_nothing(self) -> None:
        face = render(Scene(1))
        assert landmarks.face(np.zeros((0, 0, 3), np.uint8)) is None
        assert landmarks.face(face) is not None


class TestSpans:
    TIMES = tuple(index / 5 for index in range(20))

    def test_change_lies_between_two_frames(self) -> None:
        flags = [4 <= index < 9 for index in range(20)]
        assert spans(self.TIMES, flags) == [Span(start=0.7, end=1.7)]

    def test_one_frame_is_no_stretch_and_no_interruption(self) -> None:
        assert spans(self.TIMES, [index == 4 for index in range(20)]) == []
        assert spans(self.TIMES, [4 <= index < 12 and index != 7 for index in range(20)]) == [Span(start=0.7, end=2.3)]

    def test_it_does_not_reach_over_a_gap(self) -> None:
        times = [0.0, 0.2, 0.4, 10.0, 10.2, 10.4]
        assert spans(times, [True] * 6) == [Span(start=0.0, end=0.6), Span(start=10.0, end=10.6)]

    def test_nothing(self) -> None:
        assert spans([], []) == []
