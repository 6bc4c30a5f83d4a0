"""The pictures that are looked at: a few a second, by their time stamps, decoded in a limited child and handed over one by one.

Decoders are where a hostile file bites, so they do not run in the process that keeps the models. Every picture is decoded, as each
builds on the one before, but only those that are due are converted and sent.
"""

import fcntl
import struct
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray
from pydantic import BaseModel

from intervi.errors import BadMedia
from intervi.settings import settings
from workers.container import Clock, Recording, open_recording
from workers.decoding import SegmentFile
from workers.limited import limited_child

RATE = 5
"""Pictures a second in which a face is sought."""
WIDTH = 640
"""Wider pictures are made this wide: the models look at less anyway."""
_HEADER = struct.Struct("<Idii")
_PIPE_BYTES = 1024 * 1024
"""Room for a whole picture: with the 64 KiB that a pipe has else, the two processes would take turns fifteen times for each."""
_SMALLEST = 16
_STEP = 0.1

Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Sample:
    """One picture of an answer."""

    segment: int
    """Which of the segments that were asked for it belongs to."""
    seconds: float
    """On the answer's timeline."""
    image: Image
    """Height by width by RGB."""


class _Request(BaseModel):
    paths: list[Path]
    longest_seconds: float


def samples(segments: Sequence[SegmentFile]) -> Iterator[Sample]:
    """The pictures of an answer's segments in order, ``RATE`` a second. What cannot be decoded is left out.

    Raises:
        ChildFailed: if the child did not come to the end; what it could decode has been handed over before.
    """
    seen = [segment for segment in segments if segment.kind != "audio"]
    longest = settings().max_media_seconds
    request = _Request(paths=[segment.path for segment in seen], longest_seconds=longest)
    with limited_child(
        "workers.vision.frames:send_samples",
        request.model_dump_json().encode(),
        memory_bytes=settings().decode_memory_bytes,
        seconds=settings().decode_timeout_seconds,
    ) as stream:
        _widen(stream)
        while header := stream.read(_HEADER.size):
            if len(header) < _HEADER.size:
                return
            number, seconds, width, height = _HEADER.unpack(header)
            data = stream.read(width * height * 3)
            if len(data) < width * height * 3:
                return
            image = np.frombuffer(data, np.uint8).reshape(height, width, 3)
            yield Sample(number, seen[number].offset_seconds + seconds, image)


def _widen(pipe: IO[bytes]) -> None:
    if sys.platform == "linux":
        # An unprivileged user may be allowed less, or no more at all; then it is as slow as it was.
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


# --- the child's side -----------------------------------------------------------------------------------------------


def send_samples(request: bytes, output: IO[bytes]) -> None:
    """Writes a header and the pixels of every picture that is due."""
    asked = _Request.model_validate_json(request)
    reformatter = VideoReformatter()  # keeps its tables from picture to picture, which cost more than a picture
    for number, path in enumerate(asked.paths):
        try:
            with open_recording(path) as recording:
                for seconds, frame in _due(recording, asked.longest_seconds):
                    image = _pixels(frame, reformatter)
                    if image is not None:
                        output.write(_HEADER.pack(number, seconds, image.shape[1], image.shape[0]))
                        output.write(image.data)
        except BadMedia:
            continue  # the decode stage has said so already


def _due(recording: Recording, longest: float) -> Iterator[tuple[float, VideoFrame]]:
    """The first picture of every ``1 / RATE`` seconds, with its time."""
    next_slot = 0
    clock = Clock()
    for frame in _frames(recording):
        if frame.time is None:
            continue
        seconds = max(0.0, frame.time - recording.start_seconds)
        slot = int(seconds * RATE + 1e-6)
        if slot < next_slot or seconds > longest or not clock.accepts(seconds, _STEP):
            continue
        next_slot = slot + 1
        yield seconds, frame


def _frames(recording: Recording) -> Iterator[VideoFrame]:
    stream = recording.picture
    if stream is None:
        return
    stream.codec_context.thread_count = 1  # workers are one to a core already
    try:
        for packet in recording.container.demux(stream):
            yield from _decoded(packet)
    except MemoryError:
        raise
    except Exception:
        return  # damaged from here on


def _decoded(packet: "Packet[VideoStream]") -> list[VideoFrame]:
    try:
        return packet.decode()
    except MemoryError:
        raise
    except Exception:
        return []


def _pixels(frame: VideoFrame, reformatter: VideoReformatter) -> Image | None:
    """The picture as RGB, no wider than ``WIDTH``; ``None`` for one too small to show anything."""
    if frame.width < _SMALLEST or frame.height < _SMALLEST:
        return None
    share = min(1.0, WIDTH / max(frame.width, frame.height))
    width, height = max(_SMALLEST, round(frame.width * share)), max(_SMALLEST, round(frame.height * share))
    try:
        image = reformatter.reformat(frame, width=width, height=height, format="rgb24").to_ndarray()
        return np.ascontiguousarray(image, np.uint8)
    except MemoryError:
        raise
    except Exception:
        return None
