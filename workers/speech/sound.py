"""What every measurement of the sound stands on: samples made safe, blocks of them, frames within a block.

Nothing here copies an hour of sound: a block is cleaned when its turn comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from workers.sound_track import Samples as AnySamples

RATE = 16_000
"""Samples a second of everything in this package."""

STEP_SECONDS = 0.01
STEP = round(RATE * STEP_SECONDS)
"""Samples from one frame to the next: all contours share this grid. Frame ``i`` has its centre at ``i × 10 ms``."""

BLOCK_FRAMES = 2_000
"""Frames measured at a time (20 s)."""

_QUIETEST = 1e-5
"""-100 dBFS: less than half a step of 16 bits is digital silence."""

Samples = NDArray[np.float32]
Contour = NDArray[np.float32]


@dataclass(frozen=True)
class Sound:
    """The sound of an answer: 16 kHz, one channel.

    Raises:
        ValueError: when the samples are not one-dimensional or no real numbers.
    """

    samples: AnySamples

    def __post_init__(self) -> None:
        if self.samples.ndim != 1:
            raise ValueError(f"sound must be one channel of samples, not an array of {self.samples.ndim} dimensions")
        if self.samples.dtype.kind != "f":
            raise ValueError(f"samples must be floating point of full scale 1, not {self.samples.dtype}")

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE

    @property
    def frames(self) -> int:
        """Number of frames of every contour."""
        return -(-len(self.samples) // STEP)

    def between(self, start: int, end: int) -> Samples:
        """Samples ``start`` to ``end`` (silence beyond the ends), with what is no number made silence.

        Values beyond ±1, as decoders give them, are kept: clipping them would add distortion that was never recorded.
        What lies beyond ±8 is no sound but damage, and is limited.
        """
        inside = self.samples[max(start, 0) : max(min(end, len(self)), 0)]
        clean = np.nan_to_num(inside.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
        np.clip(clean, -8, 8, out=clean)
        before = min(max(-start, 0), end - start)
        return np.pad(clean, (before, end - start - before - len(clean)))

    def blocks(self, width: int) -> Iterator[tuple[slice, Samples]]:
        """The frames of ``BLOCK_FRAMES`` at a time: which, and views of shape (frames, width) on their samples."""
        for first in range(0, self.frames, BLOCK_FRAMES):
            last = min(first + BLOCK_FRAMES, self.frames)
            begin = first * STEP - width // 2
            samples = self.between(begin, begin + (last - first - 1) * STEP + width)
            yield slice(first, last), sliding_window_view(samples, width)[::STEP]

    def is_silent(self) -> bool:
        """Whether there is nothing at all to hear, a constant offset apart."""
        for start in range(0, len(self), BLOCK_FRAMES * STEP):
            samples = self.between(start, min(start + BLOCK_FRAMES * STEP, len(self)))
            if np.ptp(samples) > 2 * _QUIETEST:
                return False
        return True


def frames_within(spans: list[tuple[float, float]], frames: int) -> NDArray[np.bool_]:
    """Which frames have their centre in one of the spans (seconds), which may reach beyond the sound."""
    within = np.zeros(frames, dtype=bool)
    for start, end in spans:
        first, last = (max(int(np.ceil(edge / STEP_SECONDS - 1e-6)), 0) for edge in (start, end))
        within[first:last] = True
    return within


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The stretches of true values: first index, index after the last."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]
