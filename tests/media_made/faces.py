"""Videos of a face whose pose, gaze and smile are known, because they were constructed.

The face is a 3-D mesh: the landmarks that the face mesh finds in one photograph (scikit-image's ``astronaut``, NASA, public domain), with
the photograph as its texture, turned by the angles that are asked for and seen by a camera with perspective. A photograph warped in
two dimensions would be no test: it has no depth that could turn. Hair and the head's outline are a ring of points around the face, set
back as on a head. Neck, shoulders and room are drawn: the photograph's space suit hides where shoulders are.

Conventions: angles in degrees. ``yaw`` positive turns the face towards the viewer's right of the picture, ``pitch`` positive up, ``roll``
positive clockwise as the viewer sees it. ``gaze`` likewise, relative to the head.
"""

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

Image = NDArray[np.uint8]
Points = NDArray[np.float64]

SIZE = (640, 480)
_TEXTURE_SCALE = 4
_CROP = (512, 384)  # of the photograph: its head and shoulders, in a camera's shape
_HEAD_CENTRE = (227.0, 100.0)
_HEAD_RADII = (78.0, 93.0)
_HEAD_AXIS_DEPTH = 45.0  # of the axis the head turns about, behind the bridge of the nose
_CAMERA_DISTANCE = 460.0  # in pixels of the photograph: five times the width of the face
_JAW_RADIUS = 84.0
_PIVOT_Y = 126.0
_MESH_POINTS = 468
_EYES = (
    ((33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7), 468),
    ((263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249), 473),
)
_EYEBALL_TO_IRIS_RADIUS = 12.0 / 5.85  # both in mm, of an adult
_MOUTH_CORNERS = (61, 291)
_LIPS_BETWEEN = (13, 14)


@dataclass(frozen=True)
class Scene:
    """What is seen for some seconds."""

    seconds: float
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    gaze_x: float = 0.0
    gaze_y: float = 0.0
    smile: float = 0.0
    """0 is this face's neutral, 1 a plain smile, negative the mouth's corners down."""
    mouth_open: float = 0.0
    """0 to 1."""
    brows_up: float = 0.0
    """0 to 1."""
    eyes_closed: bool = False
    glasses: bool = False
    """A dark frame, drawn on the face, so it turns with it; the eyes are seen through a faint reflection."""
    shoulder_tilt: float = 0.0
    """Positive: the shoulder at the viewer's right is lower."""
    zoom: float = 1.0
    """Above 1: nearer to the camera; 0.3: far away."""
    brightness: float = 1.0
    """0 is black."""
    face: bool = True
    """Without: the same room, and nobody in it."""


@dataclass(frozen=True)
class _Head:
    """The photograph's head as a textured mesh, in pixels of the photograph; depth grows away from the camera."""

    points: Points
    landmarks: Points
    triangles: NDArray[np.int32]
    texture: Image


def make_face_video(
    path: Path,
    schedule: Sequence[Scene],
    *,
    rate: int = 10,
    size: tuple[int, int] = SIZE,
    sound: Path | None = None,
) -> Path:
    """Writes a video of the scenes one after another.

    Args:
        path: Its ending names the kind: ``.webm`` (VP8, and Opus if there is sound), ``.mp4`` (H.264), or ``.mjpeg`` and ``.y4m``, the
            two that Chromium's fake camera plays.
        rate: Pictures a second.
        sound: A sound file to go with it (webm and mp4 only).
    """
    codec, pixels, options = _ENCODERS[path.suffix]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = size[0], size[1], pixels
        stream.time_base = Fraction(1, rate)
        for number, image in enumerate(_images(schedule, rate, size)):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path if sound is None else _with_sound(path, sound)


_VP8 = {"deadline": "realtime", "cpu-used": "8", "b": "800k", "g": "60", "lag-in-frames": "0", "static-thresh": "100"}
_ENCODERS: dict[str, tuple[str, str, dict[str, str]]] = {
    ".webm": (
        "libvpx",
        "yuv420p",
        {"deadline": "realtime", "cpu-used": "8", "b": "800k", "g": "60", "lag-in-frames": "0", "static-thresh": "100"},
    ),
    ".mp4": ("libx264", "yuv420p", {"preset": "veryfast", "crf": "20"}),
    ".mjpeg": ("mjpeg", "yuvj420p", {"qmin": "3", "qmax": "5"}),
    ".y4m": ("wrapped_avframe", "yuv420p", {}),
}


def _with_sound(path: Path, sound: Path) -> Path:
    codec = "libopus" if path.suffix == ".webm" else "aac"
    with tempfile.TemporaryDirectory(dir=path.parent) as directory:
        silent = path.rename(Path(directory) / path.name)
        command = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(silent), "-i", str(sound), "-c:v", "copy"]
        subprocess.run([*command, "-c:a", codec, str(path)], check=True, timeout=120)
    return path


def _images(schedule: Sequence[Scene], rate: int, size: tuple[int, int]) -> Iterator[Image]:
    """The pictures; a scene stands still, so it is rendered once."""
    shown, due = 0, 0.0
    for scene in schedule:
        image = cv2.resize(render(scene), size, interpolation=cv2.INTER_AREA)
        due += scene.seconds
        while shown < round(due * rate):
            yield np.asarray(image, dtype=np.uint8)
            shown += 1


def render(scene: Scene) -> Image:
    """One picture, ``SIZE``, RGB."""
    head = _head()
    scale = SIZE[0] / _CROP[0]
    canvas = _room()
    if scene.face:
        canvas = _with_body(canvas, scene.shoulder_tilt, scale)
        texture = _with_closed_eyes(head) if scene.eyes_closed else _with_gaze(head, scene)
        if scene.glasses:
            texture = _with_glasses(head, texture)
        points = _turned(_deformed(head, scene), scene) * scale
        canvas = _drawn(canvas, texture, points, head)
    if scene.zoom != 1.0:
        canvas = _zoomed(canvas, scene.zoom)
    if scene.brightness != 1.0:
        canvas = np.clip(canvas * scene.brightness, 0, 255).astype(np.uint8)
    return np.asarray(canvas, dtype=np.uint8)


def true_points(scene: Scene) -> Points:
    """The 468 points of the face mesh where the camera sees them: x, y and depth in pixels of the photograph."""
    head = _head()
    return _turned(_deformed(head, scene), scene)[:_MESH_POINTS]


# --- the head -------------------------------------------------------------------------------------------------------


@cache
def _head() -> _Head:
    from skimage import data

    photograph = np.ascontiguousarray(data.astronaut())
    landmarks = _landmarks(photograph)
    points = np.vstack([landmarks[:_MESH_POINTS], _outline()])
    triangles = Delaunay(points[:, :2]).simplices.astype(np.int32)
    texture = cv2.resize(photograph, None, fx=_TEXTURE_SCALE, fy=_TEXTURE_SCALE, interpolation=cv2.INTER_CUBIC)
    return _Head(points, landmarks, triangles, np.asarray(texture, np.uint8))


def _landmarks(photograph: Image) -> Points:
    """478 points of the face: x, y and depth in pixels. Found in an enlarged face, where they are most exact."""
    import mediapipe

    left, top, width = 130, 10, 190
    crop = cv2.resize(photograph[top : top + width, left : left + width], (760, 760), interpolation=cv2.INTER_CUBIC)
    with mediapipe.solutions.face_mesh.FaceMesh(static_image_mode=True, refine_landmarks=True) as mesh:
        found = mesh.process(crop).multi_face_landmarks[0].landmark
    return np.array([(p.x * width + left, p.y * width + top, p.z * width) for p in found])


def _outline() -> Points:
    """Points around the face: hair, ears and jaw, lying back as on a head. Below, it keeps clear of the photograph's collar."""
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    lower = np.maximum(np.sin(angles), 0.0)
    across = _HEAD_RADII[0] * np.cos(angles) * (1.0 - 0.42 * lower**2)
    along = np.where(lower > 0, _JAW_RADIUS, _HEAD_RADII[1]) * np.sin(angles)
    rings = [
        np.column_stack([_HEAD_CENTRE[0] + share * across, _HEAD_CENTRE[1] + share * along, np.full(40, depth)])
        for share, depth in ((0.88, 42.0), (1.0, 60.0))
    ]
    return np.vstack(rings)


# --- what is done to it ---------------------------------------------------------------------------------------------


def _deformed(head: _Head, scene: Scene) -> Points:
    """The mesh with its expression. The photograph smiles: this face's neutral is its mouth drawn in and closed."""
    points = head.points.copy()
    unit = float(np.linalg.norm(head.landmarks[33, :2] - head.landmarks[263, :2]))
    upper, lower = (head.landmarks[index, :2] for index in _LIPS_BETWEEN)
    closing = (lower[1] - upper[1]) * (1.0 - max(0.0, min(1.0, scene.smile)))
    _push(points, head.landmarks[14], (0.0, -0.75 * closing), 0.16 * unit)
    for corner, outward in zip(_MOUTH_CORNERS, (-1.0, 1.0), strict=True):
        amount = scene.smile - 1.0
        _push(points, head.landmarks[corner], (0.11 * unit * amount * outward, -0.09 * unit * amount), 0.22 * unit)
    if scene.mouth_open:
        _push(points, head.landmarks[17], (0.0, 0.35 * unit * scene.mouth_open), 0.30 * unit)
    for brow in (105, 334, 66, 296, 63, 293):
        _push(points, head.landmarks[brow], (0.0, -0.06 * unit * scene.brows_up), 0.16 * unit)
    return points


def _push(points: Points, around: Points, by: tuple[float, float], radius: float) -> None:
    distance = np.linalg.norm(points[:, :2] - around[:2], axis=1)
    weight = np.exp(-((distance / radius) ** 2))
    points[:, 0] += weight * by[0]
    points[:, 1] += weight * by[1]


def _turned(points: Points, scene: Scene) -> Points:
    """The points turned about the head's axis and projected: x, y in the picture and depth, in pixels of the photograph."""
    pivot = np.array([_HEAD_CENTRE[0], _PIVOT_Y, _HEAD_AXIS_DEPTH])
    turned = (points - pivot) @ rotation(scene.yaw, scene.pitch, scene.roll).T + pivot
    centre = np.array([_CROP[0] / 2, _CROP[1] / 2])
    factor = _CAMERA_DISTANCE / (_CAMERA_DISTANCE + turned[:, 2:3])
    # Seen straight on, perspective would change the photograph, which has it already.
    straight = _CAMERA_DISTANCE / (_CAMERA_DISTANCE + points[:, 2:3])
    turned[:, :2] = (turned[:, :2] - centre) * factor / straight + centre
    return turned


def rotation(yaw: float, pitch: float, roll: float) -> Points:
    """The rotation matrix, for x to the right, y down and z away from the camera."""
    a, b, c = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)


def _with_gaze(head: _Head, scene: Scene) -> Image:
    """The texture with eyes painted anew: an iris that looks where it should, behind the photograph's own lids."""
    texture = head.texture.copy()
    for contour, iris in _EYES:
        lids = (head.landmarks[list(contour), :2] * _TEXTURE_SCALE).astype(np.float32)
        centre = head.landmarks[iris, :2] * _TEXTURE_SCALE
        radius = float(
            np.mean(np.linalg.norm(head.landmarks[iris + 1 : iris + 5, :2] - head.landmarks[iris, :2], axis=1))
        )
        radius *= _TEXTURE_SCALE
        eyeball = radius * _EYEBALL_TO_IRIS_RADIUS
        shift = np.sin(np.radians([scene.gaze_x, -scene.gaze_y])) * eyeball
        at = tuple(round(float(value)) for value in centre + shift)
        eye = np.full_like(texture, 0)
        eye[:] = (226, 216, 208)
        cv2.circle(eye, at, round(radius), (78, 58, 44), -1, cv2.LINE_AA)
        cv2.circle(eye, at, round(radius * 0.45), (12, 10, 10), -1, cv2.LINE_AA)
        mask = np.zeros(texture.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.round(lids).astype(np.int32)], 255, cv2.LINE_AA)
        share = cv2.GaussianBlur(mask, (5, 5), 0)[..., None] / 255.0
        texture = (texture * (1 - share) + eye * share).astype(np.uint8)
    return texture


def _with_closed_eyes(head: _Head) -> Image:
    """The texture with the lids down: skin where the eyes were, lashes along their lower edge."""
    texture = head.texture.copy()
    for contour, iris in _EYES:
        lids = head.landmarks[list(contour), :2] * _TEXTURE_SCALE
        below = round(float(lids[:, 1].max() + 0.5 * np.ptp(lids[:, 1])))
        skin = texture[below, round(float(head.landmarks[iris, 0] * _TEXTURE_SCALE))].astype(int).tolist()
        mask = np.zeros(texture.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.round(lids).astype(np.int32)], 255, cv2.LINE_AA)
        share = cv2.GaussianBlur(cv2.dilate(mask, np.ones((5, 5), np.uint8)), (5, 5), 0)[..., None] / 255.0
        texture = (texture * (1 - share) + np.array(skin) * share).astype(np.uint8)
        lower = lids[len(contour) // 2 :]
        cv2.polylines(texture, [np.round(lower).astype(np.int32)], False, (70, 48, 40), 3, cv2.LINE_AA)
    return texture


def _with_glasses(head: _Head, texture: Image) -> Image:
    """Two lenses in a frame, a bridge between them, arms to the temples."""
    drawn = texture.copy()
    centres = [head.landmarks[iris, :2] * _TEXTURE_SCALE for _contour, iris in _EYES]
    apart = float(np.linalg.norm(centres[1] - centres[0]))
    width, height, thick = 0.40 * apart, 0.30 * apart, max(2, round(0.045 * apart))
    for centre, outwards in zip(centres, (-1, 1), strict=True):
        at = (round(float(centre[0])), round(float(centre[1] + 0.06 * apart)))
        lens = drawn.copy()
        cv2.ellipse(lens, at, (round(width), round(height)), 0, 0, 360, (225, 235, 245), -1, cv2.LINE_AA)
        drawn = cv2.addWeighted(lens, 0.12, drawn, 0.88, 0)
        cv2.ellipse(drawn, at, (round(width), round(height)), 0, 0, 360, (30, 26, 28), thick, cv2.LINE_AA)
        side = round(at[0] + outwards * width)
        cv2.line(
            drawn, (side, at[1]), (round(side + outwards * 0.5 * apart), at[1] - 4), (30, 26, 28), thick, cv2.LINE_AA
        )
    left, right = (round(float(c[0] + side * width)) for c, side in zip(centres, (1, -1), strict=True))
    bridge = round(float(np.mean([c[1] for c in centres])))
    cv2.line(drawn, (left, bridge), (right, bridge), (30, 26, 28), thick, cv2.LINE_AA)
    return np.asarray(drawn, np.uint8)


@cache
def _room() -> Image:
    """A plain wall, in the colour of the photograph's background, lighter towards the top."""
    light = np.linspace(1.03, 0.86, SIZE[1])[:, None, None]
    return np.clip(np.full((SIZE[1], SIZE[0], 3), (206, 196, 193)) * light, 0, 255).astype(np.uint8)


def _with_body(canvas: Image, degrees: float, scale: float) -> Image:
    """Neck and shoulders in a plain pullover, drawn; the body is turned about the collar by ``degrees``."""
    height, width = canvas.shape[:2]
    turn = rotation(0, 0, degrees)[:2, :2]
    x, y = np.meshgrid(np.arange(width) / scale, np.arange(height) / scale)
    own = (np.stack([x, y], axis=-1) - _COLLAR) @ turn
    along, down = own[..., 0], own[..., 1]
    half_width = 121.0
    shade = 1.0 - 0.45 * np.clip(np.abs(along) / half_width, 0, 1) ** 3 - 0.04 * np.sin(along / 9 + down / 23)
    sleeve = 0.35 * np.exp(-(((np.abs(along) - 77.0 + 0.05 * down) / 3) ** 2)) * (down > 25)
    pullover = np.array([58, 78, 120]) * (shade - sleeve)[..., None]
    skin = np.array([196, 150, 128]) * (0.92 - 0.2 * np.abs(x - _COLLAR[0]) / 27)[..., None]
    drawn = canvas.astype(np.float64)
    for outline, colour in ((_BODY @ turn.T + _COLLAR, pullover), (_NECK + _COLLAR, skin)):
        mask = np.zeros((height, width), np.uint8)
        cv2.fillPoly(mask, [np.round(outline * scale * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        share = cv2.GaussianBlur(mask, (3, 3), 0)[..., None] / 255.0
        drawn = drawn * (1 - share) + colour * share
    return np.clip(drawn, 0, 255).astype(np.uint8)


def _mirrored(half: Sequence[tuple[float, float]]) -> Points:
    """A closed outline from its left half."""
    left = np.array(half, np.float64)
    return np.vstack([left, left[::-1] * (-1, 1)])


_COLLAR = np.array([227.0, 206.0])
# Relative to the collar, in pixels of the photograph.
_BODY = _mirrored(
    [(-24, -40), (-27, -16), (-45, -2), (-80, 10), (-97, 22), (-109, 45), (-121, 120), (-135, 230), (-135, 360)]
)
_NECK = _mirrored([(-27, -70), (-27, -22), (-30, -8), (0, 12)])


def _zoomed(canvas: Image, zoom: float) -> Image:
    width, height = SIZE
    matrix = np.array([[zoom, 0, (1 - zoom) * width * 0.45], [0, zoom, (1 - zoom) * height * 0.4]], np.float32)
    smaller = cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
    inside = cv2.warpAffine(canvas, matrix, SIZE, flags=smaller)
    mask = cv2.warpAffine(np.full(canvas.shape[:2], 255, np.uint8), matrix, SIZE)[..., None] > 0
    return np.where(mask, inside, _room())


# --- drawing --------------------------------------------------------------------------------------------------------


def _drawn(canvas: Image, texture: Image, points: Points, head: _Head) -> Image:
    """The textured triangles over the canvas, the nearest last (painter's algorithm), each mapped affinely."""
    height, width = canvas.shape[:2]
    corners = points[head.triangles][:, :, :2]
    order = np.argsort(-points[head.triangles][:, :, 2].mean(axis=1))
    owner = np.full((height, width), -1, np.int32)
    for index in order:
        cv2.fillConvexPoly(owner, np.round(corners[index] * 16).astype(np.int32), int(index), cv2.LINE_8, 4)
    sources = head.points[head.triangles][:, :, :2] * _TEXTURE_SCALE
    targets = np.concatenate([corners, np.ones((*corners.shape[:2], 1))], axis=2)
    flat = np.abs(np.linalg.det(targets)) < 1e-6
    targets[flat] = np.eye(3)
    affine = np.linalg.solve(targets, sources)
    covered = owner >= 0
    y, x = np.nonzero(covered)
    place = np.column_stack([x, y, np.ones(len(x))])
    source = np.zeros((height, width, 2), np.float32)
    source[covered] = np.einsum("ni,nij->nj", place, affine[owner[covered]])
    colours = cv2.remap(texture, source, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.where(covered[..., None], colours, canvas)
