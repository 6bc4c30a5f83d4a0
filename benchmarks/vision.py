"""How fast the picture is measured, beside decoding alone and beside a plain loop at the same sampling: one run, one core.

    python -m benchmarks.vision [--seconds 60]

Each figure is of a process of its own, bound to one core; models are loaded before the clock starts.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

RATE = 30
FACES_A_SECOND = 5


def make(path: Path, seconds: int) -> None:
    """640×480, VP8 as a browser records it: a face that turns now and then, with a camera's noise."""
    from tests.media_made.faces import Scene, make_face_video

    clean = path.with_name("clean.webm")
    schedule = [Scene(6), Scene(3, yaw=25), Scene(4), Scene(2, smile=1)] * (seconds // 15 + 1)
    make_face_video(clean, schedule, rate=RATE)
    filters = ["-vf", "noise=alls=6:allf=t", "-t", str(seconds)]
    codec = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1500k", "-g", "100"]
    command = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(clean), *filters, *codec, str(path)]
    subprocess.run(command, check=True)


def decoding_alone(path: Path) -> None:
    """Every picture decoded, nothing done with it."""
    import av

    with av.open(str(path)) as container:
        container.streams.video[0].codec_context.thread_count = 1
        for _frame in container.decode(video=0):
            pass


def plain_loop(path: Path) -> None:
    """What one writes first: OpenCV reads, MediaPipe looks, five faces and one body a second."""
    import cv2

    face, body = _solutions()
    capture = cv2.VideoCapture(str(path))
    number = 0
    while True:
        there, image = capture.read()
        if not there:
            return
        if number % (RATE // FACES_A_SECOND) == 0:
            rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
            face.process(rgb)
            if number % RATE == 0:
                body.process(rgb)
        number += 1


def _solutions() -> tuple[object, object]:
    if not _kept:
        import mediapipe

        _kept.append(mediapipe.solutions.face_mesh.FaceMesh(refine_landmarks=True))
        _kept.append(mediapipe.solutions.pose.Pose(model_complexity=1))
    return _kept[0], _kept[1]


_kept: list[object] = []


def ours(path: Path) -> None:
    """The vision stage whole, its child that decodes included."""
    from workers.decoding import SegmentFile
    from workers.vision import measure_vision

    vision = measure_vision([SegmentFile(uuid4(), path, "video", 0.0, None)], expressions=True)
    assert vision.face_share.value == 1.0


CONTENDERS: dict[str, Callable[[Path], None]] = {
    "decoding alone": decoding_alone,
    "plain loop": plain_loop,
    "Intervi": ours,
}


def run_one(name: str, path: Path, warm_up: Path) -> dict[str, float]:
    """Runs one contender in this process, after a short file that loads what it needs."""
    CONTENDERS[name](warm_up)
    before = _processor()
    begun = time.perf_counter()
    CONTENDERS[name](path)
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return {
        "wall": time.perf_counter() - begun,
        "processor": _processor() - before,
        "mebibytes": max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024,
    }


def _processor() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--one", nargs=3, metavar=("NAME", "FILE", "WARM_UP"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        name, path, warm_up = arguments.one
        print(json.dumps(run_one(name, Path(path), Path(warm_up))))
        return
    with tempfile.TemporaryDirectory() as directory:
        path, warm_up = Path(directory) / "face.webm", Path(directory) / "warm-up.webm"
        make(warm_up, 3)
        make(path, arguments.seconds)
        print(f"{arguments.seconds} s of 640×480 VP8 at {RATE}/s, {path.stat().st_size / 1e6:.1f} MB, one core")
        print(f"{'':16}{'wall s':>9}{'× real time':>13}{'processor s':>13}{'peak MiB':>10}")
        for name in CONTENDERS:
            found = _in_own_process(name, path, warm_up)
            speed = arguments.seconds / found["wall"]
            print(f"{name:16}{found['wall']:9.2f}{speed:13.1f}{found['processor']:13.2f}{found['mebibytes']:10.0f}")


def _in_own_process(name: str, path: Path, warm_up: Path) -> dict[str, float]:
    core = max(os.sched_getaffinity(0))
    found = subprocess.run(
        [sys.executable, "-m", "benchmarks.vision", "--one", name, str(path), str(warm_up)],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    result: dict[str, float] = json.loads(found.stdout.splitlines()[-1])
    return result


if __name__ == "__main__":
    main()
