"""Recorded files as browsers and programs write them, made by ffmpeg from test patterns and tones."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg to make the files")

TONE_HZ = 440
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-g", "30")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "15")


def make_recording(
    path: Path,
    *,
    seconds: float = 4.0,
    picture: Sequence[str] | None = VP8,
    sound: Sequence[str] | None = ("-c:a", "libopus"),
    options: Sequence[str] = (),
    level: str = "sine",
) -> Path:
    """Writes ``seconds`` of a moving pattern and a tone of ``TONE_HZ`` into the container that the path's ending names.

    Args:
        picture: Options of the picture's encoder, or ``None`` for no picture.
        sound: Options of the sound's encoder, or ``None`` for no sound.
        level: ``sine`` for the tone, ``silence`` for none, ``over`` for one of four times full scale.
    """
    tone = {
        "sine": f"sine={TONE_HZ}:d={seconds}",
        "silence": f"anullsrc=r=48000:cl=mono:d={seconds}",
        "over": f"aevalsrc=4*sin(2*PI*{TONE_HZ}*t):s=48000:d={seconds}",
    }[level]
    inputs: list[str] = []
    if picture is not None:
        inputs += ["-f", "lavfi", "-i", f"testsrc2=s=320x240:r=15:d={seconds}"]
    if sound is not None:
        inputs += ["-f", "lavfi", "-i", tone]
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-nostdin",
        "-y",
        *inputs,
        *(picture or ()),
        *(sound or ()),
        *options,
        str(path),
    ]
    subprocess.run(command, check=True, timeout=60)
    return path


def as_recorder(path: Path) -> Path:
    """The same packets as a browser's recorder leaves them: no duration, no index."""
    copy = path.with_name(f"recorder-{path.stem}.webm")
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", str(path), "-c", "copy", "-f", "webm", "-live", "1"]
    subprocess.run([*command, str(copy)], check=True, timeout=60)
    return copy


def cut(path: Path, share: float) -> Path:
    """The first part of a file, as an upload that stopped leaves it."""
    data = path.read_bytes()
    copy = path.with_name(f"cut-{round(100 * share)}-{path.name}")
    copy.write_bytes(data[: int(len(data) * share)])
    return copy
