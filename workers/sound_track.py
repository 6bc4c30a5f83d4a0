"""The sound of a whole answer as one file: FLAC, 16 kHz, 16 bit, written as it is decoded and read as it is needed, so memory stays flat.

Mono; or both channels where they may hold one speaker each.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import av
import numpy as np
import soundfile
from av.audio.frame import AudioFrame
from av.error import FFmpegError
from numpy.typing import NDArray

from intervi.recordings.storage import StorageFull

RATE = 16_000
_DRIFT_SECONDS = 0.1
"""Browsers stamp sound with jitter and drift below this; a larger difference from the sample count is a gap, or an overlap."""


_SEPARATE = 0.5
"""Correlation below which two channels are two microphones: a room recorded in stereo has more."""


class Samples(Protocol):
    """One channel of samples that parts can be taken of: an array, or a ``StoredSound``."""

    @property
    def ndim(self) -> int: ...

    @property
    def dtype(self) -> np.dtype[np.float32]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> NDArray[np.float32]: ...


class StoredSound:
    """The samples of a sound file, full scale 1, read from it whenever a part is asked for: an hour would take 220 MiB.

    All channels mixed, or one of them.
    """

    ndim = 1
    dtype = np.dtype(np.float32)

    def __init__(self, file: soundfile.SoundFile, channel: int | None = None) -> None:
        self._file = file
        self._channel = channel

    def __len__(self) -> int:
        return int(self._file.frames)

    def __getitem__(self, part: slice) -> NDArray[np.float32]:
        start, stop, step = part.indices(len(self))
        if step != 1:
            raise ValueError("a sound is read sample by sample")
        self._file.seek(start)
        block = self._file.read(max(stop - start, 0), dtype="float32", always_2d=True)
        return np.asarray(block.mean(axis=1) if self._channel is None else block[:, self._channel], dtype=np.float32)


@contextmanager
def stored_sound(path: Path, channel: int | None = None) -> Iterator[StoredSound]:
    """The sound that a ``SoundTrack`` wrote: all channels mixed, or one of them."""
    with soundfile.SoundFile(path) as file:
        yield StoredSound(file, channel)


class SoundTrack:
    """Samples go in by their place on the answer's timeline; what nobody fills is silence. The file is made with the first sound."""

    def __init__(self, path: Path, channels: int = 1) -> None:
        """
        Args:
            path: Of the file.
            channels: 1, or 2 to keep the channels of stereo apart.
        """
        self._path = path
        self._channels = channels
        self._silence = np.zeros((RATE, channels), dtype=np.float32)
        self._products = np.zeros((channels, channels))
        self._file: soundfile.SoundFile | None = None
        self._written = 0
        self._resampler: av.AudioResampler | None = None
        self._shape: tuple[str, str, int] | None = None
        self._expected = 0.0

    def place(self, frame: AudioFrame, seconds: float) -> None:
        """Puts a decoded frame where its time stamp says. One that lies before what is already written is left out."""
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        drift = seconds - self._expected
        if drift < -_DRIFT_SECONDS:
            return
        if self._resampler is None or shape != self._shape or drift > _DRIFT_SECONDS:
            self._finish_run()
            self.pad_to(seconds)
            self._resampler = av.AudioResampler(
                format="flt", layout="stereo" if self._channels == 2 else "mono", rate=RATE
            )
            self._shape = shape
            self._expected = seconds
        self._expected += frame.samples / frame.sample_rate
        self._write_frames(self._resampler.resample(frame))

    def begin_segment(self, seconds: float) -> None:
        """A new recording begins here: its sound does not continue that of the one before."""
        self._expected = seconds
        if self._file is not None:
            self.pad_to(seconds)

    def end_segment(self) -> float:
        """Nothing more comes of this recording; where on the timeline its sound ends, in seconds."""
        self._finish_run()
        return self._written / RATE

    def finish(self, seconds: float) -> bool:
        """Fills up to the answer's end and closes the file; whether there is one.

        Raises:
            StorageFull: here or while it is filled.
        """
        if self._file is None:
            return False
        self.pad_to(seconds)
        self._file.close()
        self._file = None
        if soundfile.info(self._path).frames != self._written:
            raise StorageFull
        return True

    def pad_to(self, seconds: float) -> None:
        """Silence up to a place on the timeline."""
        missing = round(seconds * RATE) - self._written
        while missing > 0:
            self._write(self._silence[:missing])
            missing -= len(self._silence)

    def _finish_run(self) -> None:
        resampler, self._resampler = self._resampler, None
        if resampler is not None:
            # One that choked on a damaged frame cannot be emptied either.
            with suppress(FFmpegError):
                self._write_frames(resampler.resample(None))

    def _write_frames(self, frames: Iterable[AudioFrame]) -> None:
        for frame in frames:
            # Browsers' recordings exceed full scale, and a damaged float is not even a number.
            samples = np.nan_to_num(frame.to_ndarray().reshape(-1, self._channels), nan=0.0, posinf=1.0, neginf=-1.0)
            self._write(np.clip(samples, -1.0, 1.0))

    def _write(self, samples: NDArray[np.float32]) -> None:
        if self._file is None:
            self._file = soundfile.SoundFile(
                self._path, "w", samplerate=RATE, channels=self._channels, format="FLAC", subtype="PCM_16"
            )
        try:
            self._file.write(samples)
        except soundfile.LibsndfileError as error:
            # All it tells is that the system refused, which for a file of our own means that there is no room.
            raise StorageFull from error
        self._written += len(samples)
        if self._channels == 2:
            self._products += samples.T.astype(np.float64) @ samples

    @property
    def speakers_are_apart(self) -> bool:
        """Whether the channels hold different sounds: a speaker each."""
        if self._channels == 1 or not self._products.diagonal().all():
            return False
        correlation = self._products[0, 1] / np.sqrt(self._products[0, 0] * self._products[1, 1])
        return bool(abs(correlation) < _SEPARATE)
