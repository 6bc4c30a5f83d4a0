"""MediaPipe's graphs: loaded once for the life of the process, and anew after one of them fails.

MediaPipe 0.10.21 is the last version with its models inside the wheel. A graph that has met a picture it cannot digest stays dead, so
it is thrown away. A process that has used one must not fork.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.vision.frames import Image

log = logging.getLogger(__name__)

Points = NDArray[np.float32]

_MOST_FACES = 3
_SEARCH_MARGIN = 1.5
_MIRROR_MARGIN = 0.5
"""Of the face's size, on each side."""
_MIRROR_SHIFT = 0.25
"""Of the face's size: so far from its place it is another face."""
_NOTHING = np.zeros((64, 64, 3), np.uint8)
_LANDMARK = np.dtype({"names": ["x", "y", "z"], "formats": ["<f4"] * 3, "offsets": [3, 8, 13], "itemsize": 17})
"""Of an element of a ``NormalizedLandmarkList`` in protobuf's encoding: a tag and a length, then each number after its own tag."""


@contextmanager
def _quiet() -> Iterator[None]:
    """MediaPipe writes to the process's standard error before anybody can tell it not to."""
    kept = os.dup(2)
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def _solutions() -> Any:
    """MediaPipe's solutions, without the 40 MiB of matplotlib that they load for drawing and nobody here draws with."""
    if "mediapipe" in sys.modules or "matplotlib" in sys.modules:
        import mediapipe

        return mediapipe.solutions
    names = ("matplotlib", "matplotlib.pyplot")
    sys.modules |= {name: ModuleType(name) for name in names}
    try:
        import mediapipe
    finally:
        for name in names:
            del sys.modules[name]
    return mediapipe.solutions


class _Graph:
    """One of MediaPipe's solutions, made on first use."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make
        self._solution: Any = None
        self._stale = False
        self._chatty = True
        self.follows = False
        """Whether there was something in the last picture, which is sought near its place first."""

    def process(self, image: Image) -> Any:
        """The solution's result.

        Raises:
            RuntimeError, ValueError: if it fails on this picture; the next call starts a new graph.
        """
        with _quiet() if self._chatty else nullcontext():
            if self._solution is None:
                self._solution = self._make(_solutions())
            try:
                if self._stale:
                    self._forget()
                result = self._solution.process(image)
            except BaseException:
                self._solution = None
                self._chatty, self.follows = True, False
                raise
        self.follows = _is_something(result)
        # It speaks up until it has found its first face or body.
        self._chatty = self._chatty and not self.follows
        return result

    def restart(self) -> None:
        """Forgets what it followed from picture to picture."""
        self._stale = self._solution is not None
        self._chatty, self.follows = True, False

    def _forget(self) -> None:
        # What is not in the next picture is not followed any further. A new graph forgets as well, but loads its models again.
        if _is_something(self._solution.process(_NOTHING)):
            self._solution.reset()
        self._stale = False


def _is_something(result: Any) -> bool:
    return any(getattr(result, name) for name in result._fields)


def _followed(most: int) -> _Graph:
    return _Graph(lambda solutions: solutions.face_mesh.FaceMesh(max_num_faces=most, refine_landmarks=True))


_FACE = _followed(1)
_FACES = _followed(_MOST_FACES)
_NEAR_FACES = _Graph(lambda solutions: solutions.face_detection.FaceDetection(model_selection=0))
_ENLARGED_FACE = _Graph(
    lambda solutions: solutions.face_mesh.FaceMesh(static_image_mode=True, max_num_faces=1, refine_landmarks=True)
)
_MIRRORED_FACE = _Graph(lambda solutions: solutions.face_mesh.FaceMesh(static_image_mode=True, max_num_faces=1))
_FAR_FACE = _Graph(lambda solutions: solutions.face_detection.FaceDetection(model_selection=1))
_BODY = _Graph(lambda solutions: solutions.pose.Pose(model_complexity=1, smooth_landmarks=False))


def restart() -> None:
    """To be called before each answer, so that the same answer always gives the same figures."""
    for graph in (_FACE, _FACES, _NEAR_FACES, _ENLARGED_FACE, _MIRRORED_FACE, _FAR_FACE, _BODY):
        graph.restart()


def faces_in_view(image: Image) -> int:
    """How many faces are in the picture, of those that the mesh can follow."""
    result = _processed(_NEAR_FACES, image)
    return len(result.detections or ()) if result is not None else 0


def face(image: Image) -> Points | None:
    """The 478 points of the face that is followed in pixels (x right, y down, z away from the camera at the same scale), or ``None``."""
    followed = _FACE.follows
    points = _largest(_processed(_FACE, image), image.shape[1], image.shape[0])
    if points is None and followed:
        # It is no longer where it was, and has been sought nowhere else.
        points = _largest(_processed(_FACE, image), image.shape[1], image.shape[0])
    return points


def follow_anew() -> None:
    """The next ``face`` may be another one."""
    _FACE.restart()


def largest_face(image: Image) -> Points | None:
    """Likewise of the largest of several faces. The mesh seeks further ones in every picture then, which takes half as long again."""
    return _largest(_processed(_FACES, image), image.shape[1], image.shape[0])


def far_face(image: Image) -> tuple[Points, tuple[int, int, int, int]] | None:
    """A face too small for the mesh to find by itself (narrower than a tenth of the picture), and the window it was seen in."""
    box = _far_box(image)
    if box is None:
        return None
    points = face_in(image, box)
    return None if points is None else (points, box)


def face_in(image: Image, window: tuple[int, int, int, int]) -> Points | None:
    """The points of the face inside a window (left, top, right, bottom) of the picture, in the whole picture's pixels."""
    left, top, right, bottom = window
    part = np.ascontiguousarray(image[top:bottom, left:right])
    points = _largest(_processed(_ENLARGED_FACE, part), part.shape[1], part.shape[0])
    return None if points is None else points + np.array([left, top, 0], np.float32)


def mirrored_face(image: Image, points: Points) -> Points | None:
    """The 468 points of a face that was found, without the irises, as the mesh finds them in the mirrored picture, in pixels of that."""
    height, width = image.shape[:2]
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    size = float((high - low).max())
    reach = _MIRROR_MARGIN * size
    left, top = (max(0, int(edge - reach)) for edge in low)
    right, bottom = (min(end, int(edge + reach) + 1) for edge, end in zip(high, (width, height), strict=True))
    part = np.ascontiguousarray(image[top:bottom, left:right][:, ::-1])
    found = _largest(_processed(_MIRRORED_FACE, part), part.shape[1], part.shape[0])
    if found is None:
        return None
    found = found + np.array([width - right, top, 0], np.float32)
    shift = (width - found[:, 0].mean() - points[:, 0].mean(), found[:, 1].mean() - points[:, 1].mean())
    return found if np.hypot(*shift) < _MIRROR_SHIFT * size else None  # else it is a neighbour's


def body(image: Image) -> NDArray[np.float32] | None:
    """The 33 points of the body: x and y in pixels, and how visible each is (0 to 1); or ``None``."""
    result = _processed(_BODY, image)
    if result is None or result.pose_landmarks is None:
        return None
    height, width = image.shape[:2]
    return np.array([(p.x * width, p.y * height, p.visibility) for p in result.pose_landmarks.landmark], np.float32)


def _processed(graph: _Graph, image: Image) -> Any:
    if image.size == 0:  # a graph that follows something would end the whole process over it
        return None
    try:
        return graph.process(image)
    except (RuntimeError, ValueError) as error:
        log.warning("a picture of %s could not be looked at: %s", image.shape, error)
        return None


def _largest(result: Any, width: int, height: int) -> Points | None:
    faces = (result.multi_face_landmarks if result is not None else None) or []
    scale = np.array([width, height, width], np.float32)
    found = [_points(one) * scale for one in faces]
    return max(found, key=lambda points: float(np.prod(np.ptp(points[:, :2], axis=0))), default=None)


def _points(landmarks: Any) -> Points:
    """The x, y and z of a ``NormalizedLandmarkList``, read from its wire format: asking 478 messages takes 25 times as long."""
    rows = np.frombuffer(landmarks.SerializeToString(), _LANDMARK)
    return np.stack([rows["x"], rows["y"], rows["z"]], axis=1)


def _far_box(image: Image) -> tuple[int, int, int, int] | None:
    """A window around the largest face the long-range detector finds, in the whole picture or in overlapping squares of it."""
    height, width = image.shape[:2]
    side = min(height, width)
    windows = [(0, 0, width, height)]
    if width != height:
        windows += [(left, 0, left + side, height) for left in (0, (width - side) // 2, width - side)][
            : 3 * (width > side)
        ]
    for left, top, right, bottom in windows:
        part = np.ascontiguousarray(image[top:bottom, left:right])
        result = _processed(_FAR_FACE, part)
        boxes = [one.location_data.relative_bounding_box for one in (result.detections if result else None) or []]
        if boxes:
            box = max(boxes, key=lambda one: one.width * one.height)
            return _around(box, (left, top, right, bottom), (width, height))
    return None


def _around(box: Any, window: tuple[int, int, int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    left, top, right, bottom = window
    width, height = right - left, bottom - top
    x, y = left + (box.xmin + box.width / 2) * width, top + (box.ymin + box.height / 2) * height
    reach = max(box.width * width, box.height * height) * _SEARCH_MARGIN
    return (
        max(0, int(x - reach)),
        max(0, int(y - reach)),
        min(size[0], int(x + reach)),
        min(size[1], int(y + reach)),
    )
