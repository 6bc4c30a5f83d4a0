"""Fundamental frequency by the autocorrelation method.

Boersma, P. (1993): Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a sampled sound.
Proceedings of the Institute of Phonetic Sciences 17, 97-110, Amsterdam. Own implementation from the paper: windowed autocorrelation
divided by the window's own, several candidates a frame, the cheapest path through them. Costs and thresholds are the paper's.

Two deviations: peaks are interpolated by zero-padding the spectrum (twice the lags) and a parabola, where the paper sums sines; and
the loudest frames' level is their 99th percentile, so that one knock on the table does not make the whole answer unvoiced.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from workers.speech.sound import RATE, STEP_SECONDS, Contour, Samples, Sound
from workers.spilled import Rows, Spilled

LOWEST_HZ, HIGHEST_HZ = 65.0, 500.0
"""From the lowest male voices to excited female ones."""

_WIDTH = 2 * int(1.5 * RATE / LOWEST_HZ)
"""Samples of a frame: three periods of the lowest pitch."""
_FFT = 1024
"""Holds the frame and the longest lag, so the circular autocorrelation equals the linear one there."""
_UPSAMPLING = 2
_CANDIDATES = 6

_SILENCE_THRESHOLD = 0.03
_VOICING_THRESHOLD = 0.45
_OCTAVE_COST = 0.01
_OCTAVE_JUMP_COST = 0.35 * 0.01 / STEP_SECONDS
_VOICING_COST = 0.14 * 0.01 / STEP_SECONDS


@dataclass(frozen=True)
class Pitch:
    """The fundamental frequency and how periodic the sound is, every 10 ms."""

    hertz: Contour
    """0 where there is no voice."""
    strength: Contour
    """Height of the autocorrelation's peak, 0 to 1: the share of the power that is periodic. 0 where there is no voice."""


@dataclass(frozen=True)
class _Candidates:
    """What some frames could be. Candidate 0 is "unvoiced": 0 Hz."""

    hertz: Rows
    """(frames, 1 + ``_CANDIDATES``); 0 also where there are fewer."""
    height: Rows
    """Of the autocorrelation there; -inf where there are fewer."""


class _AllCandidates:
    """Those of every frame, in a file: an hour of them would take 20 MB."""

    def __init__(self, kept: Spilled, peak: Contour) -> None:
        self._kept = kept
        self.peak = peak
        """(frames,): each frame's greatest absolute value."""

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, frames: slice) -> _Candidates:
        rows = self._kept.part(frames.start, frames.stop)
        return _Candidates(rows[:, : 1 + _CANDIDATES], rows[:, 1 + _CANDIDATES :])


def track_pitch(sound: Sound) -> Pitch:
    """The fundamental frequency between 65 and 500 Hz, every 10 ms."""
    with Spilled(2 * (1 + _CANDIDATES)) as kept:
        found = _AllCandidates(kept, _keep_candidates(sound, kept))
        return _along(_cheapest_path(found), found)


def _along(path: NDArray[np.int8], found: _AllCandidates) -> Pitch:
    pitch = Pitch(np.empty(len(path), np.float32), np.empty(len(path), np.float32))
    for chunk in _chunks(slice(0, len(path))):
        candidates, frames = found[chunk], np.arange(chunk.stop - chunk.start)
        hertz = candidates.hertz[frames, path[chunk]]
        pitch.hertz[chunk] = hertz
        pitch.strength[chunk] = np.where(hertz > 0, np.minimum(candidates.height[frames, path[chunk]], 1.0), 0.0)
    return pitch


def _keep_candidates(sound: Sound, kept: Spilled) -> Contour:
    """Writes what each frame could be; each frame's greatest absolute value."""
    peak = np.zeros(sound.frames, np.float32)
    for frames, rows in sound.blocks(_WIDTH):
        for chunk in _chunks(frames):
            view = rows[chunk.start - frames.start : chunk.stop - frames.start]
            correlation, peak[chunk] = _autocorrelation(view)
            unvoiced = np.zeros((len(view), 1), np.float32)
            hertz, height = _peaks(correlation)
            kept.append(np.hstack([unvoiced, hertz, unvoiced, height]))
    return peak


def _chunks(frames: slice, size: int = 500) -> Iterator[slice]:
    """A block in pieces whose spectra stay in the processor's cache."""
    for start in range(frames.start, frames.stop, size):
        yield slice(start, min(start + size, frames.stop))


def _window() -> NDArray[np.float32]:
    return np.hanning(_WIDTH + 2)[1:-1].astype(np.float32)


def _lags() -> int:
    """Lags looked at: up to the period of the lowest pitch, and one neighbour."""
    return int(np.ceil(_UPSAMPLING * RATE / LOWEST_HZ)) + 2


def _normalised(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """Autocorrelation from power spectra, at ``_UPSAMPLING`` lags a sample, 1 at lag 0 (0 throughout for silence)."""
    correlation = scipy.fft.irfft(power, _UPSAMPLING * _FFT, axis=-1)[..., : _lags()]
    return np.asarray(correlation / np.maximum(correlation[..., :1], np.finfo(np.float32).tiny), dtype=np.float32)


_WINDOW = _window()
_WINDOW_CORRELATION = _normalised(np.abs(scipy.fft.rfft(_WINDOW, _FFT)) ** 2)


def _autocorrelation(rows: Samples) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The normalised autocorrelation of each frame, and the frame's greatest absolute value (its mean taken out)."""
    # As Praat does it: the mean of the two longest periods around the middle, the peak of one. The mean of the whole frame
    # would leave more of a slow rumble in, which makes noise look periodic.
    middle, period = _WIDTH // 2, int(RATE / LOWEST_HZ)
    centred = rows - rows[:, middle - period : middle + period].mean(axis=1, keepdims=True)
    peak = np.abs(centred[:, middle - period // 2 : middle + period // 2]).max(axis=1)
    spectrum = scipy.fft.rfft(centred * _WINDOW, _FFT, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    return _normalised(power) / _WINDOW_CORRELATION, peak


def _peaks(correlation: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Frequency and height of each frame's best local maxima, (frames, ``_CANDIDATES``) both."""
    before, middle, after = correlation[:, :-2], correlation[:, 1:-1], correlation[:, 2:]
    lag = np.arange(1, correlation.shape[1] - 1, dtype=np.float32)
    is_peak = (middle > before) & (middle >= after) & (middle > 0.5 * _VOICING_THRESHOLD)
    is_peak &= (lag >= np.floor(_UPSAMPLING * RATE / HIGHEST_HZ)) & (lag <= np.ceil(_UPSAMPLING * RATE / LOWEST_HZ))
    # Among more peaks than are kept, the shorter period wins where the heights are about the same.
    rank = np.where(is_peak, middle - _OCTAVE_COST * np.log2(lag), -np.inf)
    best = np.argpartition(rank, -_CANDIDATES, axis=1)[:, -_CANDIDATES:]
    kept = np.take_along_axis(is_peak, best, axis=1)
    left, top, right = (np.take_along_axis(part, best, axis=1) for part in (before, middle, after))
    curvature = np.where(kept, left - 2 * top + right, -1)
    shift = 0.5 * (left - right) / np.where(curvature < 0, curvature, -1)
    hertz = _UPSAMPLING * RATE / (lag[best] + shift)
    height = top - 0.25 * (left - right) * shift
    # A height over 1 comes from short, noisy frames (the paper, p. 105).
    height = np.where(height > 1, 1 / np.maximum(height, 1), height)
    kept &= (hertz >= LOWEST_HZ) & (hertz <= HIGHEST_HZ)
    return np.where(kept, hertz, 0).astype(np.float32), np.where(kept, height, -np.inf).astype(np.float32)


def _strengths(found: _Candidates, relative: NDArray[np.float32]) -> NDArray[np.float32]:
    """How likely each candidate is by itself: the paper's equations 23 and 24, (frames, 1 + ``_CANDIDATES``).

    Args:
        relative: each frame's greatest value over that of the loudest.
    """
    hertz = found.hertz
    octaves_below = np.log2(HIGHEST_HZ / np.maximum(hertz, np.float32(LOWEST_HZ)))
    strength = np.where(hertz > 0, found.height - np.float32(_OCTAVE_COST) * octaves_below, -np.inf)
    strength[:, 0] = _VOICING_THRESHOLD + np.maximum(0, 2 - relative * (1 + _VOICING_THRESHOLD) / _SILENCE_THRESHOLD)
    return np.asarray(strength, dtype=np.float32)


def _cheapest_path(found: _AllCandidates) -> NDArray[np.int8]:
    """The candidate of each frame on the path with the best sum of strengths less the costs of its steps (Viterbi)."""
    frames, states = len(found), 1 + _CANDIDATES
    if not frames:
        return np.zeros(0, dtype=np.int8)
    loudest = max(float(np.percentile(found.peak, 99)), float(np.finfo(np.float32).tiny))
    relative = found.peak / loudest
    came_from = np.zeros((frames, states), dtype=np.int8)
    best = _strengths(found[slice(0, 1)], relative[:1])[0].astype(np.float64)
    columns = np.arange(states)
    for chunk in _chunks(slice(1, frames)):
        candidates = found[chunk]
        costs = _step_costs(found[slice(chunk.start - 1, chunk.stop - 1)].hertz, candidates.hertz)
        strengths = _strengths(candidates, relative[chunk])
        for frame, (cost, strength) in enumerate(zip(costs, strengths, strict=True), chunk.start):
            total = best - cost
            choice = total.argmax(axis=1)
            came_from[frame] = choice
            best = total[columns, choice] + strength
    path = np.empty(frames, dtype=np.int8)
    path[-1] = best.argmax()
    for frame in range(frames - 1, 0, -1):
        path[frame - 1] = came_from[frame, path[frame]]
    return path


def _step_costs(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """What it costs to go from each candidate of a frame to each of the next: (frames, to, from)."""
    octaves = np.log2(np.maximum(before, 1))[:, None, :] - np.log2(np.maximum(after, 1))[:, :, None]
    voiced_before, voiced_after = (before > 0)[:, None, :], (after > 0)[:, :, None]
    costs = np.where(voiced_before & voiced_after, _OCTAVE_JUMP_COST * np.abs(octaves), 0)
    return np.asarray(np.where(voiced_before != voiced_after, _VOICING_COST, costs), dtype=np.float32)
