"""The shape of the vocal tract in each frame: linear prediction of the band up to 4 kHz, the room's power taken off first."""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from workers.speech.sound import RATE, Contour, Sound
from workers.speech.spectrum import FFT, TINY, WIDTH, power_spectra
from workers.spilled import Rows, Spilled

_ORDER = 10
"""Prediction order for the band up to 4 kHz: two coefficients for each of its four or five resonances (Markel & Gray 1976)."""
_TRACT_RATE = 8_000
_BINS = FFT * _TRACT_RATE // RATE // 2 + 1
_PRE_EMPHASIS = 0.97
_WIDEST_RESONANCE_HZ = 600.0
_SMOOTHING = 3
"""Frames (30 ms) whose power is averaged: noise in one alone would move every resonance."""
_FLOOR = 0.1
"""Of the room's power stays where speech does not stand out of it (Berouti, Schwartz & Makhoul 1979: the spectral floor)."""


def tract_shapes(sound: Sound, room: NDArray[np.bool_] | None) -> Spilled:
    """(frames, 11) linear prediction coefficients; the first is 1. To be closed by the caller.

    Args:
        sound: read block by block.
        room: which frames hold nothing but a noisy room; without one nothing is taken off, and nothing smoothed.
    """
    noise = None if room is None else _mean_power(sound, room)
    found = Spilled(_ORDER + 1)
    for _frames, rows in sound.blocks(WIDTH):
        power = power_spectra(rows)[:, :_BINS]
        if noise is not None:
            power = np.maximum(_smoothed(power) - noise, _FLOOR * noise)
        found.append(_prediction(power).astype(np.float32))
    return found


def _mean_power(sound: Sound, room: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The room's power spectrum."""
    total = np.zeros(_BINS)
    for frames, rows in sound.blocks(WIDTH):
        if room[frames].any():
            total += power_spectra(rows[room[frames]])[:, :_BINS].sum(axis=0, dtype=np.float64)
    return np.asarray(total / max(int(room.sum()), 1), dtype=np.float32)


def _smoothed(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of each frame and its neighbours; a block's first and last stand in for those beyond it."""
    half = _SMOOTHING // 2
    padded = np.pad(power, ((half, half), (0, 0)), mode="edge")
    return np.asarray(sum(padded[shift : shift + len(power)] for shift in range(_SMOOTHING)) / np.float32(_SMOOTHING))


def _prediction(power: NDArray[np.float32]) -> NDArray[np.float64]:
    """Selective linear prediction: the autocorrelation of a part of the band, from its power spectrum.

    Makhoul, J. (1975): Linear prediction: a tutorial review. Proceedings of the IEEE 63 (4), 561-580.
    """
    angle = np.linspace(0, np.pi, _BINS)
    emphasis = 1 + _PRE_EMPHASIS**2 - 2 * _PRE_EMPHASIS * np.cos(angle)
    correlation = scipy.fft.irfft(power * emphasis + TINY, axis=1)[:, : _ORDER + 1].astype(np.float64)
    correlation[:, 0] *= 1.0001
    return _levinson(correlation)


def _levinson(correlation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Levinson and Durbin's recursion on all frames at once: (frames, order + 1) in and out."""
    found = np.zeros_like(correlation)
    found[:, 0] = 1
    error = correlation[:, 0].copy()
    for order in range(1, correlation.shape[1]):
        backwards = correlation[:, order:0:-1]
        reflection = -np.einsum("ij,ij->i", found[:, :order], backwards) / error
        found[:, 1 : order + 1] += reflection[:, None] * found[:, order - 1 :: -1][:, :order]
        error *= 1 - reflection**2
    return found


def spectral_change(prediction: Spilled, reach: int = 2) -> Contour:
    """How much the shape of the spectrum changes around each frame: distance of the cepstra ``reach`` frames before and after.

    The level plays no part. A vowel that is held gives less than 0.4, running speech about 1, the ends of the sound infinity.
    """
    frames = len(prediction)
    found = np.full(frames, np.inf, dtype=np.float32)
    for first in range(reach, frames - reach, 20_000):
        last = min(first + 20_000, frames - reach)
        cepstra = _cepstra(prediction.part(first - reach, last + reach).astype(np.float64))
        found[first:last] = np.sqrt(np.square(cepstra[2 * reach :] - cepstra[: -2 * reach]).sum(axis=1))
    return found


def _cepstra(prediction: NDArray[np.float64], count: int = 12) -> NDArray[np.float64]:
    """Cepstral coefficients 1 to ``count`` of the prediction filter (Atal 1974)."""
    order = prediction.shape[1] - 1
    found = np.zeros((len(prediction), count + 1))
    for index in range(1, count + 1):
        if index <= order:
            found[:, index] = -prediction[:, index]
        for earlier in range(max(1, index - order), index):
            found[:, index] -= earlier / index * found[:, earlier] * prediction[:, index - earlier]
    return found[:, 1:]


def formants(prediction: Rows) -> NDArray[np.float64]:
    """The first two resonances of the vocal tract in Hz, (frames, 2); infinity where there is none."""
    pieces = [_resonances(prediction[first : first + 5_000]) for first in range(0, len(prediction), 5_000)]
    return np.concatenate(pieces) if pieces else np.zeros((0, 2))


def _resonances(prediction: NDArray[np.float32]) -> NDArray[np.float64]:
    order = prediction.shape[1] - 1
    companion = np.zeros((len(prediction), order, order))
    companion[:, 0, :] = -prediction[:, 1:]
    companion[:, np.arange(1, order), np.arange(order - 1)] = 1
    roots = np.linalg.eigvals(companion)
    hertz = np.angle(roots) * _TRACT_RATE / (2 * np.pi)
    width = -np.log(np.maximum(np.abs(roots), TINY)) * _TRACT_RATE / np.pi
    resonance = (hertz > 180) & (hertz < 3_800) & (width < _WIDEST_RESONANCE_HZ)
    return np.asarray(np.sort(np.where(resonance, hertz, np.inf), axis=1)[:, :2])
