"""The short-time spectrum, read once: band levels for pauses, syllables and clarity, prediction coefficients for the shape of the tract."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from workers.speech.sound import RATE, STEP, STEP_SECONDS, Contour, Sound

_WIDTH = 400
"""Samples of a frame: 25 ms."""
_FFT = 512
_TINY = 1e-12

OCTAVES_HZ = (250, 500, 1000, 2000, 4000)
"""Centres of the octave bands of ``Spectrum.octaves``."""
_BANDS, _BANDS_HZ = 12, (60.0, 7_800.0)
"""Of ``Spectrum.bands``, equally wide on the mel scale (O'Shaughnessy 1987): from the lowest voice to the hiss of an "s"."""
_HALVES = 2
SYLLABLE_BAND_HZ = (300, 3300)
"""Where vowels are strong and neither hum nor hiss is."""

_ORDER = 10
"""Prediction order for the band up to 4 kHz: two coefficients for each of its four or five resonances (Markel & Gray 1976)."""
_TRACT_RATE = 8_000
_PRE_EMPHASIS = 0.97
_WIDEST_RESONANCE_HZ = 600.0


@dataclass(frozen=True)
class Spectrum:
    """What is kept of each frame's spectrum (every 10 ms); some 45 MB for an hour."""

    octaves: NDArray[np.float32]
    """(frames, 5) mean power in each octave band."""
    bands: NDArray[np.float32]
    """(frames, 12) power in mel bands."""
    peaks: NDArray[np.float32]
    """(frames, 2) half the way from the lowest sample to the highest, in the 5 ms before and after each frame's centre."""
    syllable_band: Contour
    """Mean power between 300 and 3300 Hz."""
    prediction: NDArray[np.float32]
    """(frames, 11) linear prediction coefficients of the band up to 4 kHz; the first is 1."""


def measure_spectrum(sound: Sound) -> Spectrum:
    """Reads the whole sound once, block by block."""
    window = np.hamming(_WIDTH).astype(np.float32)
    window /= np.sqrt(np.square(window).sum() * _FFT / 2)
    found = Spectrum(
        np.empty((sound.frames, len(OCTAVES_HZ)), np.float32),
        np.empty((sound.frames, _BANDS), np.float32),
        np.empty((sound.frames, _HALVES), np.float32),
        np.empty(sound.frames, np.float32),
        np.empty((sound.frames, _ORDER + 1), np.float32),
    )
    octaves = np.stack([_bins(centre / np.sqrt(2), centre * np.sqrt(2)) for centre in OCTAVES_HZ], axis=1)
    bands = np.stack([_bins(low, high) for low, high in pairwise(_mel_edges())], axis=1)
    syllable_band = _bins(*SYLLABLE_BAND_HZ)
    for frames, rows in sound.blocks(_WIDTH):
        centred = rows - rows.mean(axis=1, keepdims=True)
        spectrum = scipy.fft.rfft(centred * window, _FFT, axis=1)
        power = spectrum.real**2 + spectrum.imag**2
        found.octaves[frames] = power @ octaves
        found.bands[frames] = power @ bands
        middle = rows[:, (_WIDTH - STEP) // 2 : (_WIDTH + STEP) // 2].reshape(len(rows), _HALVES, -1)
        found.peaks[frames] = np.ptp(middle, axis=2) / 2
        found.syllable_band[frames] = power @ syllable_band
        found.prediction[frames] = _prediction(power)
    return found


def _bins(low: float, high: float) -> NDArray[np.float32]:
    """Which bins of the spectrum belong to a band."""
    hertz = scipy.fft.rfftfreq(_FFT, 1 / RATE)
    return np.asarray((hertz >= low) & (hertz < high), dtype=np.float32)


def _mel_edges() -> NDArray[np.float64]:
    """Where each of the mel bands ends and the next begins, in Hz."""
    low, high = (np.log1p(hertz / 700) for hertz in _BANDS_HZ)
    return np.asarray(700 * np.expm1(np.linspace(low, high, _BANDS + 1)))


def _prediction(power: NDArray[np.float32]) -> NDArray[np.float64]:
    """Selective linear prediction: the autocorrelation of the lower half of the band, from its power spectrum.

    Makhoul, J. (1975): Linear prediction: a tutorial review. Proceedings of the IEEE 63 (4), 561-580.
    """
    half = power[:, : _FFT * _TRACT_RATE // RATE // 2 + 1]
    angle = np.linspace(0, np.pi, half.shape[1])
    emphasis = 1 + _PRE_EMPHASIS**2 - 2 * _PRE_EMPHASIS * np.cos(angle)
    correlation = scipy.fft.irfft(half * emphasis + _TINY, axis=1)[:, : _ORDER + 1].astype(np.float64)
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


def spectral_change(prediction: NDArray[np.float32], reach: int = 2) -> Contour:
    """How much the shape of the spectrum changes around each frame: distance of the cepstra ``reach`` frames before and after.

    The level plays no part. A vowel that is held gives less than 0.4, running speech about 1, the ends of the sound infinity.
    """
    frames = len(prediction)
    found = np.full(frames, np.inf, dtype=np.float32)
    for first in range(reach, frames - reach, 20_000):
        last = min(first + 20_000, frames - reach)
        cepstra = _cepstra(prediction[first - reach : last + reach].astype(np.float64))
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


def formants(prediction: NDArray[np.float32]) -> NDArray[np.float64]:
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
    width = -np.log(np.maximum(np.abs(roots), _TINY)) * _TRACT_RATE / np.pi
    resonance = (hertz > 180) & (hertz < 3_800) & (width < _WIDEST_RESONANCE_HZ)
    return np.asarray(np.sort(np.where(resonance, hertz, np.inf), axis=1)[:, :2])


def smoothed_decibels(power: Contour, seconds: float) -> Contour:
    """A contour of power, smoothed by a Kaiser window of that length, in dB."""
    width = round(seconds / STEP_SECONDS)
    window = np.kaiser(width, 20)
    smooth = np.convolve(power.astype(np.float64), window / window.sum(), mode="same")
    return (10 * np.log10(np.maximum(smooth, _TINY))).astype(np.float32)
