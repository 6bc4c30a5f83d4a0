"""Thousands of damaged recordings: none may crash a worker, hang, or leave a file behind.

    .venv/bin/python -m benchmarks.fuzz_media [--files 5000] [--seed 1]

Recordings of every kind are changed at random (``tests/media_made/mutations.py``) and decoded, sound and picture, in the child that a
worker uses, many to a child. A file that ends its child is named and tried again alone: a worker survives it, and refuses the file. Every
hundredth goes through ``decode_answer`` itself, and what it leaves in its directories is looked at. ``make test`` does the same with 200.
"""

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from uuid import uuid4

import psutil

from intervi.errors import BadMedia
from intervi.settings import settings
from tests.media_made.mutations import mutated
from tests.media_made.recordings import H264, make_recording
from workers.decoding import DecoderDied, SegmentFile, decode_answer
from workers.limited import ChildFailed, run_limited

KINDS: dict[str, dict[str, object]] = {
    "webm": {},
    "vp9.webm": {"picture": ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "15")},
    "mp4": {"picture": H264, "sound": ("-c:a", "aac")},
    "mkv": {"picture": H264},
    "ogg": {"picture": None, "sound": ("-c:a", "libopus")},
    "wav": {"picture": None, "sound": ()},
    "flac": {"picture": None, "sound": ()},
    "mp3": {"picture": None, "sound": ("-c:a", "libmp3lame")},
}
TOGETHER = 50
SECONDS_A_FILE = 20
"""A file of two seconds that takes longer hangs."""
WHOLE_EVERY = 100


def many(directory: Path) -> list[str]:
    """What becomes of each file of a directory; a file that ends the child is ``crash``, ``time`` or ``memory``."""
    try:
        return _outcomes(directory, SECONDS_A_FILE * TOGETHER)
    except ChildFailed:
        return [_alone(path) for path in sorted(directory.iterdir()) if path.is_file() and not path.suffix]


def _outcomes(directory: Path, seconds: int) -> list[str]:
    answer = run_limited(
        "tests.workers.decode_many:decode_many",
        str(directory).encode(),
        memory_bytes=settings().decode_memory_bytes,
        seconds=seconds,
    )
    return answer.decode().split()


def _alone(path: Path) -> str:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / path.name).write_bytes(path.read_bytes())
        try:
            return _outcomes(Path(name), SECONDS_A_FILE)[0]
        except ChildFailed as error:
            print(f"{path.name}: {error.failure}: {error.messages[-300:]}", flush=True)
            return str(error.failure)


def whole(path: Path) -> str:
    """Through the worker's own door: what became of it, and whether a file was left that nobody is told of."""
    with tempfile.TemporaryDirectory() as name:
        audio, playback = Path(name) / "answer.flac", Path(name) / "playback"
        playback.mkdir()
        try:
            decoded = decode_answer([SegmentFile(uuid4(), path, "video", 0.0, None)], audio, playback)
        except DecoderDied as error:
            outcome, expected = f"died: {error.message}", False
        except BadMedia:
            outcome, expected = "refused", False
        else:
            outcome, expected = "decoded", decoded.has_audio
        left = audio.exists() != expected or (outcome != "decoded" and any(playback.iterdir()))
    return f"{outcome}, files left behind" if left else outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    outcomes: Counter[str] = Counter()
    wholes: Counter[str] = Counter()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        made = {
            kind: make_recording(Path(name) / f"made.{kind}", seconds=2, **how).read_bytes()
            for kind, how in KINDS.items()
        }
        for first in range(0, arguments.files, TOGETHER):
            with tempfile.TemporaryDirectory() as batch:
                for number in range(first, min(first + TOGETHER, arguments.files)):
                    kind = list(KINDS)[number % len(KINDS)]
                    path = Path(batch) / f"{number:06}"
                    path.write_bytes(mutated(made[kind], random.Random(f"{arguments.seed} {number}")))
                    if number % WHOLE_EVERY == 0:
                        wholes[whole(path)] += 1
                outcomes.update(many(Path(batch)))
    children = psutil.Process().children(recursive=True)
    print(f"{arguments.files} files of {len(KINDS)} kinds, seed {arguments.seed}, in {time.monotonic() - begun:.0f} s")
    print(", ".join(f"{outcome}: {count}" for outcome, count in outcomes.most_common()))
    print("through decode_answer: " + ", ".join(f"{outcome}: {count}" for outcome, count in wholes.most_common()))
    print(f"processes left: {len(children)}")
    bad = sum(count for outcome, count in outcomes.items() if outcome not in ("decoded", "refused"))
    raise SystemExit(1 if bad or children or any("left" in outcome or "died" in outcome for outcome in wholes) else 0)


if __name__ == "__main__":
    main()
