"""The sound of a whole answer as one file: FLAC, 16 kHz, mono, 16 bit, written as it is decoded, so memory stays flat."""

from collections.abc import Iterable
from pathlib import Path

import av
import numpy as np
import soundfile
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from intervi.recordings.storage import StorageFull

RATE = 16_000
_SILENCE = np.zeros(RATE, dtype=np.float32)
_DRIFT_SECONDS = 0.1
"""Browsers stamp sound with jitter and drift below this; a larger difference from the sample count is a gap, or an overlap."""


class SoundTrack:
    """Samples go in by their place on the answer's timeline; what nobody fills is silence. The file is made with the first sound."""

    def __init__(self, path: Path) -> None:
        self._path = path
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
            self._resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
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
            self._write(_SILENCE[:missing])
            missing -= len(_SILENCE)

    def _finish_run(self) -> None:
        if self._resampler is not None:
            self._write_frames(self._resampler.resample(None))
            self._resampler = None

    def _write_frames(self, frames: Iterable[AudioFrame]) -> None:
        for frame in frames:
            # Browsers' recordings exceed full scale, and a damaged float is not even a number.
            samples = np.nan_to_num(frame.to_ndarray().reshape(-1), nan=0.0, posinf=1.0, neginf=-1.0)
            self._write(np.clip(samples, -1.0, 1.0))

    def _write(self, samples: NDArray[np.float32]) -> None:
        if self._file is None:
            self._file = soundfile.SoundFile(
                self._path, "w", samplerate=RATE, channels=1, format="FLAC", subtype="PCM_16"
            )
        try:
            self._file.write(samples)
        except soundfile.LibsndfileError as error:
            # All it tells is that the system refused, which for a file of our own means that there is no room.
            raise StorageFull from error
        self._written += len(samples)
