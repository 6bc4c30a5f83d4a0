"""The short-time spectrum, read once: levels in bands for pauses, syllables and clarity; and power spectra, for what needs them whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from workers.speech.sound import RATE, STEP, STEP_SECONDS, Contour, Sound
from workers.spilled import Spilled

WIDTH = 400
"""Samples of a frame: 25 ms."""
FFT = 512
TINY = 1e-12
_WINDOW = np.hamming(WIDTH).astype(np.float32)
_WINDOW /= np.sqrt(np.square(_WINDOW).sum() * FFT / 2)

OCTAVES_HZ = (250, 500, 1000, 2000, 4000)
"""Centres of the octave bands of ``Spectrum.octaves``."""
_BANDS, _BANDS_HZ = 12, (60.0, 7_800.0)
"""Of ``Spectrum.bands``, equally wide on the mel scale (O'Shaughnessy 1987): from the lowest voice to the hiss of an "s"."""
_HALVES = 2
SYLLABLE_BAND_HZ = (300, 3300)
"""Where vowels are strong and neither hum nor hiss is."""


@dataclass(frozen=True)
class Spectrum:
    """What is kept of each frame's spectrum (every 10 ms): what has many numbers to a frame in a file, the rest 4 MB for an hour."""

    octaves: Spilled
    """(frames, 5) mean power in each octave band."""
    bands: Spilled
    """(frames, 12) power in mel bands."""
    peaks: NDArray[np.float32]
    """(frames, 2) half the way from the lowest sample to the highest, in the 5 ms before and after each frame's centre."""
    syllable_band: Contour
    """Mean power between 300 and 3300 Hz."""


def power_spectra(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frames, 257) from the ``WIDTH`` samples of each frame, their mean taken out."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    spectrum = scipy.fft.rfft(centred * _WINDOW, FFT, axis=1)
    return np.asarray(spectrum.real**2 + spectrum.imag**2)


@contextmanager
def measured_spectrum(sound: Sound) -> Iterator[Spectrum]:
    """Reads the whole sound once, block by block; what was measured is gone when the block ends."""
    with Spilled(len(OCTAVES_HZ)) as octaves, Spilled(_BANDS) as bands:
        found = Spectrum(
            octaves, bands, np.empty((sound.frames, _HALVES), np.float32), np.empty(sound.frames, np.float32)
        )
        _measure(sound, found)
        yield found


def _measure(sound: Sound, found: Spectrum) -> None:
    octaves = np.stack([_bins(centre / np.sqrt(2), centre * np.sqrt(2)) for centre in OCTAVES_HZ], axis=1)
    bands = np.stack([_bins(low, high) for low, high in pairwise(_mel_edges())], axis=1)
    syllable_band = _bins(*SYLLABLE_BAND_HZ)
    for frames, rows in sound.blocks(WIDTH):
        power = power_spectra(rows)
        found.octaves.append(power @ octaves)
        found.bands.append(power @ bands)
        middle = rows[:, (WIDTH - STEP) // 2 : (WIDTH + STEP) // 2].reshape(len(rows), _HALVES, -1)
        found.peaks[frames] = np.ptp(middle, axis=2) / 2
        found.syllable_band[frames] = power @ syllable_band


def _bins(low: float, high: float) -> NDArray[np.float32]:
    """Which bins of the spectrum belong to a band."""
    hertz = scipy.fft.rfftfreq(FFT, 1 / RATE)
    return np.asarray((hertz >= low) & (hertz < high), dtype=np.float32)


def _mel_edges() -> NDArray[np.float64]:
    """Where each of the mel bands ends and the next begins, in Hz."""
    low, high = (np.log1p(hertz / 700) for hertz in _BANDS_HZ)
    return np.asarray(700 * np.expm1(np.linspace(low, high, _BANDS + 1)))


def smoothed_decibels(power: Contour, seconds: float) -> Contour:
    """A contour of power, smoothed by a Kaiser window of that length, in dB."""
    width = round(seconds / STEP_SECONDS)
    window = np.kaiser(width, 20)
    smooth = np.convolve(power.astype(np.float64), window / window.sum(), mode="same")
    return (10 * np.log10(np.maximum(smooth, TINY))).astype(np.float32)
