"""Opening a recording with PyAV, so that a hostile file gets no further than one demuxer and its own bytes.

The demuxer is named, after the file's first bytes (``intervi.recordings.content``), and no protocol but ``file`` may be used: a playlist in
disguise is never parsed, and nothing is fetched.
"""

import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from intervi.errors import BadMedia
from intervi.recordings.content import HEAD_BYTES, container_of
from intervi.translation import _

av.logging.set_level(None)

_DEMUXER = {
    "webm": "matroska",
    "matroska": "matroska",
    "mp4": "mp4",
    "mov": "mov",
    "ogg": "ogg",
    "wav": "wav",
    "flac": "flac",
    "mp3": "mp3",
}
STEP_SECONDS = 1.0
"""Time stamps of a sound stream advance by a fraction of this; a longer step is a hole or damage."""
_UNKNOWN_SIZE = 0x7FFF0000
"""Programs that write a WAV to a pipe put a size about this or above into its header."""
_CONFIRMED_WITHIN_SECONDS = 30.0


@dataclass(frozen=True)
class Recording:
    """An open file with the one sound and the one picture stream that are used of it."""

    container: InputContainer
    format: str
    """As ``intervi.recordings.content`` names it."""
    sound: AudioStream | None
    picture: VideoStream | None
    declared_seconds: float | None = None
    """What a WAV's header says, which FFmpeg corrects to what is there and so hides that the file was cut."""

    @property
    def streams(self) -> list[AudioStream | VideoStream]:
        """The streams that are used."""
        return [stream for stream in (self.sound, self.picture) if stream is not None]

    @property
    def start_seconds(self) -> float:
        """The file's first time stamp: its zero on our timeline."""
        start = self.container.start_time
        return start / av.time_base if start is not None else 0.0

    @property
    def promised_seconds(self) -> float | None:
        """The duration its header tells (or that follows from its size); a browser's recorder writes none."""
        if self.declared_seconds is not None:
            return self.declared_seconds
        duration = self.container.duration
        return duration / av.time_base if duration is not None and duration > 0 else None

    def seconds(self, packet: "Packet[Stream]") -> float | None:
        """When the packet is due, from the file's beginning; ``None`` for one without a time."""
        if packet.pts is None or packet.time_base is None:
            return None
        return float(packet.pts * packet.time_base) - self.start_seconds


@contextmanager
def open_recording(path: Path) -> Iterator[Recording]:
    """Opens a recording for reading.

    Raises:
        BadMedia: if it is empty, no recording, or its header cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise BadMedia(_("This recording is empty."))
    kind = container_of(head)
    if kind is None:
        raise BadMedia(_("This file is no recording that can be played (webm, mp4, ogg, wav, flac or mp3)."))
    with _opened(path, _DEMUXER[kind.name]) as container:
        declared = _declared_by_wav(path) if kind.name == "wav" else None
        yield Recording(container, kind.name, _sound(container), _picture(container), declared)


@contextmanager
def _opened(path: Path, demuxer: str) -> Iterator[InputContainer]:
    try:
        container = av.open(
            f"file:{path}", format=demuxer, options={"protocol_whitelist": "file"}, metadata_errors="replace"
        )
    except MemoryError:
        raise
    except Exception as error:  # garbage raises of every kind, UnicodeDecodeError too
        raise BadMedia(_("The beginning of this recording is damaged or missing, so it cannot be played.")) from error
    with container:
        yield container


def _declared_by_wav(path: Path) -> float | None:
    """The duration in a WAV's header; ``None`` if it is no plain PCM, or was written to a pipe and so could not know its length."""
    try:
        with wave.open(str(path), "rb") as file:
            size = file.getnframes() * file.getnchannels() * file.getsampwidth()
            return file.getnframes() / file.getframerate() if size < _UNKNOWN_SIZE and file.getframerate() else None
    except (wave.Error, EOFError):
        return None


def _sound(container: InputContainer) -> AudioStream | None:
    return next((stream for stream in container.streams.audio if stream.codec_context is not None), None)


def _picture(container: InputContainer) -> VideoStream | None:
    """The first moving picture: cover art and thumbnails are none."""
    still = Disposition.attached_pic | Disposition.timed_thumbnails
    return next(
        (
            stream
            for stream in container.streams.video
            if stream.codec_context is not None and not stream.disposition & still
        ),
        None,
    )


class Clock:
    """Follows the time stamps of one stream. One that jumps ahead alone is damage; one whose followers agree is a hole."""

    def __init__(self) -> None:
        self.latest_seconds = 0.0
        """The end of what has been accepted."""
        self.hole_seconds = 0.0
        """The sum of the steps that were longer than they should be."""
        self._leap: float | None = None

    def accepts(self, start: float, duration: float) -> bool:
        """Whether what is stamped ``start`` belongs to the timeline; if it does, the clock moves on."""
        if start > self.latest_seconds + STEP_SECONDS:
            if self._leap is None or not self._leap <= start <= self._leap + _CONFIRMED_WITHIN_SECONDS:
                self._leap = start
                return False
            self.hole_seconds += self._leap - self.latest_seconds
        self._leap = None
        self.latest_seconds = max(self.latest_seconds, start + duration)
        return True
