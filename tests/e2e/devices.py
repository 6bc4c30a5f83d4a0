"""Chromium's fake camera and microphone, fed from files."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from tests.media_made.speech import RATE, MadeSpeech


def flags(
    *,
    sound: Path | None = None,
    picture: Path | None = None,
    exist: bool = True,
    allowed: bool = True,
    graphics: bool = False,
) -> list[str]:
    """Chromium's arguments.

    Args:
        sound: A wav file for the microphone, played once from the moment it is opened, silence after that; none: beeps.
        picture: An mjpeg or y4m file for the camera, over and over; none: a moving disc.
        exist: Whether there are devices at all.
        allowed: What the candidate answers when the browser asks.
        graphics: WebGL by software, for landmarks.
    """
    made = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
    made.append("--use-fake-ui-for-media-stream" if allowed else "--deny-permission-prompts")
    if graphics:
        made += ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    if exist:
        made.append("--use-fake-device-for-media-stream")
        if sound:
            made.append(f"--use-file-for-fake-audio-capture={sound}%noloop")
        if picture:
            made.append(f"--use-file-for-fake-video-capture={picture}")
    return made


def write_sound(path: Path, speech: MadeSpeech) -> Path:
    """A wav file as Chromium reads it: 48 kHz, 16 bit."""
    soundfile.write(path, soxr.resample(speech.samples, RATE, 48_000), 48_000, subtype="PCM_16")
    return path


def write_picture(path: Path, frames: Iterable[NDArray[np.uint8]]) -> Path:
    """An mjpeg file as Chromium reads it, of BGR frames: one JPEG after the other, shown 30 times a second."""
    path.write_bytes(b"".join(cv2.imencode(".jpg", frame)[1].tobytes() for frame in frames))
    return path


def moving_bar(frames: int = 30) -> Iterator[NDArray[np.uint8]]:
    """Something that moves, without a face."""
    for number in range(frames):
        frame = np.full((360, 640, 3), 90, np.uint8)
        frame[:, number * 20 : number * 20 + 40] = (60, 180, 120)
        yield frame
