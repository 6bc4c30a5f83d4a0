"""Where there is voice: the silero network, whose ONNX graph comes inside faster-whisper.

Silero Team (2021): Silero VAD, https://github.com/snakers4/silero-vad (MIT), version 6 as faster-whisper 1.2.1 carries it.
"""

from itertools import pairwise

import numpy as np
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from intervi.analysis.figures import Span
from workers.speech.sound import RATE, STEP_SECONDS, Sound, frames_within, runs

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
_ABOVE_NOISE = 2.0
_INAUDIBLE = 40.0
"""dB: quiet is what lies no more than the first above the gap's own level, or the second below the voice's."""
_LAG, _LEAD, _SHRINK = 11, 5, 8
"""Frames by which a gap may begin before, end after, and shrink from where silero says."""
_CLICK = 3


def voice_probabilities(sound: Sound) -> NDArray[np.float32]:
    """The probability of voice in each window of 512 samples.

    The network's recurrent state is carried from block to block, so the result does not depend on the blocks.
    """
    session = get_vad_model().session
    hidden = cell = np.zeros((1, 1, 128), dtype=np.float32)
    found = []
    windows = -(-len(sound) // WINDOW)
    for first in range(0, windows, _WINDOWS_AT_ONCE):
        last = min(first + _WINDOWS_AT_ONCE, windows)
        samples = sound.between(first * WINDOW - _CONTEXT, last * WINDOW)
        rows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW + _CONTEXT)[::WINDOW]
        output, hidden, cell = session.run(None, {"input": np.ascontiguousarray(rows), "h": hidden, "c": cell})
        found.append(np.asarray(output, dtype=np.float32).reshape(-1))
    return np.concatenate(found) if found else np.zeros(0, dtype=np.float32)


def voice_spans(probabilities: NDArray[np.float32], levels: NDArray[np.float32], seconds: float) -> list[Span]:
    """The stretches of voice, with gaps of 0.25 s and more between them.

    silero finds that there is a gap; where exactly it begins and ends is read from the level, as the network's answer lags by some
    30 ms in a quiet room and by 100 ms in noise.

    Args:
        probabilities: one for each window, from ``voice_probabilities``.
        levels: dBFS of each frame, from ``workers.speech.level``.
        seconds: length of the sound.
    """
    voiced = _hysteresis(probabilities)
    for start, end in runs(voiced):
        if end - start < _SHORTEST_VOICE:
            voiced[start:end] = False
    if not voiced.any():
        return []
    scale = WINDOW / RATE
    gaps = [(start * scale, min(end * scale, seconds)) for start, end in runs(~voiced)]
    voice_level = float(np.percentile(levels[frames_within(_between(gaps, seconds), len(levels))], 95))
    refined = [_refined(gap, levels, voice_level, seconds) for gap in gaps]
    pauses = [gap for gap in refined if gap[1] - gap[0] >= PAUSE_SECONDS - 1e-6 or gap[0] <= 0 or gap[1] >= seconds]
    return [Span(start=start, end=end) for start, end in _between(pauses, seconds) if end > start]


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


def _refined(
    gap: tuple[float, float], levels: NDArray[np.float32], voice_level: float, seconds: float
) -> tuple[float, float]:
    """The gap with its ends where the level says."""
    first, last = (min(round(edge / STEP_SECONDS), len(levels) - 1) for edge in gap)
    quiet_level = max(float(np.median(levels[first : max(last, first + 1)])) + _ABOVE_NOISE, voice_level - _INAUDIBLE)
    begin, end = max(first - _LAG, 0), min(last + _LEAD, len(levels))
    quiet = levels[begin:end] <= quiet_level
    # A click or a breath does not end a pause.
    for start, stop in runs(~quiet):
        if stop - start <= _CLICK and start > 0 and stop < len(quiet):
            quiet[start:stop] = True
    inside = [
        (begin + start, begin + stop) for start, stop in runs(quiet) if begin + stop > first and begin + start < last
    ]
    if not inside:
        return gap
    start, stop = max(inside, key=lambda run: run[1] - run[0])
    start, stop = min(start, first + _SHRINK), max(stop, last - _SHRINK)
    return (
        0.0 if gap[0] <= 0 else start * STEP_SECONDS,
        seconds if gap[1] >= seconds else stop * STEP_SECONDS,
    )
