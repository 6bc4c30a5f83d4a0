"""Cuts running speech into utterances at its pauses. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intervi.live.voice import RATE, WINDOW

PAUSE_SECONDS = 0.7
"""Silence that ends an utterance (``intervi.analysis.sentences.PAUSE_SECONDS``)."""
LEAD_SECONDS = 0.3
"""Kept from before the voice: a first consonant is quiet."""
LONGEST_SECONDS = 15.0
"""Whoever speaks on without a pause is cut here: the words come within a bounded time."""
PARTIAL_SECONDS = 2.0
"""How often the words so far are told."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Piece:
    """Sound to be recognised."""

    samples: Samples
    starts_at: float
    """Seconds of the stream."""
    is_final: bool


class Cutter:
    """One stream, 16 kHz."""

    def __init__(self) -> None:
        self._waiting = np.zeros(0, np.float32)
        self._position = 0
        """Samples of the stream that were cut into windows."""
        self._spoken = np.zeros(0, np.float32)
        """The utterance so far; before there is a voice, what leads up to it."""
        self._has_voice = False
        self._starts_at = 0.0
        self._silent_windows = 0
        self._told_at = 0.0

    def take(self, samples: Samples, speaking: list[bool]) -> list[Piece]:
        """The utterances that end with these samples, and the words so far where it is time to tell them.

        Args:
            samples: of the next chunk.
            speaking: of each window of 512 samples that the chunk completes.
        """
        self._waiting = np.concatenate((self._waiting, samples))
        found = []
        for is_speaking in speaking:
            window, self._waiting = self._waiting[:WINDOW], self._waiting[WINDOW:]
            found += self._window(window, is_speaking=is_speaking)
        return found

    def end(self) -> list[Piece]:
        """What was being said when the stream ended."""
        if not self._has_voice:
            return []
        self._spoken = np.concatenate((self._spoken, self._waiting))
        return [self._cut()]

    def _window(self, window: Samples, *, is_speaking: bool) -> list[Piece]:
        self._position += len(window)
        if not self._has_voice and not is_speaking:
            self._spoken = np.concatenate((self._spoken, window))[-round(LEAD_SECONDS * RATE) :]
            return []
        if not self._has_voice:
            self._has_voice = True
            self._starts_at = (self._position - len(window) - len(self._spoken)) / RATE
            self._told_at = self._position / RATE
        self._spoken = np.concatenate((self._spoken, window))
        self._silent_windows = 0 if is_speaking else self._silent_windows + 1
        if self._silent_windows * WINDOW >= PAUSE_SECONDS * RATE or len(self._spoken) >= LONGEST_SECONDS * RATE:
            return [self._cut()]
        now = self._position / RATE
        if now - self._told_at >= PARTIAL_SECONDS:
            self._told_at = now
            return [Piece(self._spoken, self._starts_at, is_final=False)]
        return []

    def _cut(self) -> Piece:
        piece = Piece(self._spoken, self._starts_at, is_final=True)
        self._spoken = np.zeros(0, np.float32)
        self._silent_windows, self._has_voice = 0, False
        return piece
