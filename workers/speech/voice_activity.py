"""Where there is voice: the silero network, whose ONNX graph comes inside faster-whisper.

Silero Team (2021): Silero VAD, https://github.com/snakers4/silero-vad (MIT), version 6 as faster-whisper 1.2.1 carries it.
"""

from itertools import pairwise

import numpy as np
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from intervi.analysis.figures import Span
from workers.speech.gaps import find_gaps
from workers.speech.sound import RATE, STEP_SECONDS, Sound, runs
from workers.speech.spectrum import Spectrum

WINDOW = 512
"""Samples to one probability of voice (32 ms)."""
_CONTEXT = 64
_WINDOWS_AT_ONCE = 500
_VOICE, _NO_VOICE = 0.5, 0.35
"""Voice begins at the first and ends below the second: silero's own defaults."""

PAUSE_SECONDS = 0.25
"""A shorter gap is the closure of a consonant or a breath between two words, not a pause (Goldman-Eisler 1968)."""

_SHORTEST_VOICE = 2
"""Windows: a single one is a click."""


def voice_probabilities(sound: Sound) -> NDArray[np.float32]:
    """The probability of voice in each window of 512 samples.

    The network's recurrent state is carried from block to block, so the result does not depend on the blocks.
    """
    session = get_vad_model().session
    hidden = cell = np.zeros((1, 1, 128), dtype=np.float32)
    windows = -(-len(sound) // WINDOW)
    found = np.empty(windows, dtype=np.float32)
    for first in range(0, windows, _WINDOWS_AT_ONCE):
        last = min(first + _WINDOWS_AT_ONCE, windows)
        samples = sound.between(first * WINDOW - _CONTEXT, last * WINDOW)
        rows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW + _CONTEXT)[::WINDOW]
        output, hidden, cell = session.run(None, {"input": np.ascontiguousarray(rows), "h": hidden, "c": cell})
        # Copied: kept as they are, they hold memory of the network's in between what it works in.
        found[first:last] = np.reshape(output, -1)
    return found


def voice_spans(probabilities: NDArray[np.float32], spectrum: Spectrum, seconds: float) -> list[Span]:
    """The stretches of voice, with gaps of 0.25 s and more between them.

    silero finds that there is a gap; where exactly it begins and ends, and what is the voice of somebody else in the room, is read from
    the sound itself (``workers.speech.gaps``).

    Args:
        probabilities: one for each window, from ``voice_probabilities``.
        spectrum: of the same sound.
        seconds: length of the sound.
    """
    voiced = _hysteresis(probabilities)
    for start, end in runs(voiced):
        if end - start < _SHORTEST_VOICE:
            voiced[start:end] = False
    if not voiced.any():
        return []
    scale = WINDOW / RATE / STEP_SECONDS
    frames = len(spectrum.bands)
    heard = np.zeros(frames, dtype=bool)
    for start, end in runs(voiced):
        heard[round(start * scale) : round(end * scale)] = True
    gaps = [
        (start * STEP_SECONDS if start else 0.0, end * STEP_SECONDS if end < frames else seconds)
        for start, end in find_gaps(heard, spectrum)
        if end - start >= round(PAUSE_SECONDS / STEP_SECONDS) or start == 0 or end == frames
    ]
    return [Span(start=start, end=end) for start, end in _between(gaps, seconds) if end > start]


def pauses_between(spans: list[Span]) -> list[Span]:
    """The pauses between the first stretch of voice and the last."""
    return [Span(start=one.end, end=other.start) for one, other in pairwise(spans)]


def pause_ratio(spans: list[Span], seconds: float) -> float:
    """All gaps of 0.25 s and more, before the first and after the last stretch of voice too, over the whole length."""
    edges = [0.0, *(edge for span in spans for edge in (span.start, span.end)), seconds]
    gaps = [end - start for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return sum(gap for gap in gaps if gap >= PAUSE_SECONDS - 1e-6) / seconds


def _hysteresis(probabilities: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Voice from the first probability of ``_VOICE`` on until one below ``_NO_VOICE``."""
    decided = (probabilities >= _VOICE) | (probabilities < _NO_VOICE)
    latest = np.maximum.accumulate(np.where(decided, np.arange(len(probabilities)), 0))
    return np.asarray(probabilities[latest] >= _VOICE)


def _between(gaps: list[tuple[float, float]], seconds: float) -> list[tuple[float, float]]:
    edges = [0.0, *(edge for gap in gaps for edge in gap), seconds]
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end > start]
