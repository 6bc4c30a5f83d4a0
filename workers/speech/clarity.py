"""How easily the words can be made out, from 0 to 100: from what reaches the microphone, not from what is said.

Four parts, each 0 to 1, are averaged by their weights; one that cannot be measured is left out, and the others count for more:

- audibility (0.4): the speech intelligibility index's share of the speech that stands above the room, by its octave bands
  (ANSI S3.5-1997, table 4, octave-band procedure; without hearing loss and without masking between bands);
- articulation (0.25): how far the voice falls between one syllable and the next. Mumbling, echo and noise fill the dips;
- balance (0.15): the level of the band of consonants against that of vowels. A muffled microphone takes the consonants away;
- recognition (0.2): the recogniser's mean certainty of a word, where there are words.

This is an index of our own making: it orders recordings, and claims no unit.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from intervi.analysis.figures import Figure, Word
from workers.speech.sound import STEP_SECONDS, Contour
from workers.speech.spectrum import Spectrum, smoothed_decibels
from workers.spilled import Spilled

_WEIGHTS = {"audibility": 0.4, "articulation": 0.25, "balance": 0.15, "recognition": 0.2}

_BAND_IMPORTANCE = np.array([0.0617, 0.1671, 0.2373, 0.2648, 0.2142])
"""ANSI S3.5-1997 table 4 for 250 to 4000 Hz; the band of 8000 Hz (0.0549) is beyond what we hear at 16 kHz."""
_SPEECH_RANGE_DB, _SPEECH_PEAKS_DB = 30.0, 15.0
"""Speech moves over 30 dB, its peaks 15 dB above its mean (ANSI S3.5-1997, 5.6)."""

_DIP_DB = (4.0, 15.0)
"""Professional recordings lie between 15 and 30; at a ratio of 0 dB to the noise, or in a hall, it is 7 to 10."""
_CONSONANTS_BELOW_VOWELS_DB = (-36.0, -18.0)
"""The second is where ordinary speech lies (Byrne and others 1994, long-term average spectra)."""
_PROBABILITY = (0.5, 0.95)
_SMOOTHING_SECONDS = 0.05
_LEAST_NUCLEI = 5


def clarity(
    spectrum: Spectrum,
    within: NDArray[np.bool_],
    noise: NDArray[np.bool_],
    nuclei: NDArray[np.float64],
    words: Sequence[Word],
) -> Figure:
    """The index, with the basis ``words`` where the recogniser's certainty is in it, else ``acoustic``.

    Args:
        spectrum: of the sound.
        within: which frames are speech.
        noise: which hold the room only.
        nuclei: times of the syllables in seconds.
        words: recognised ones; empty where there are none or they are rough.
    """
    parts = {
        "audibility": _audibility(spectrum.octaves, within, noise),
        "articulation": _articulation(spectrum.syllable_band, nuclei),
        "balance": _balance(spectrum.octaves, within, noise),
        "recognition": _recognition(words),
    }
    measured = {name: part for name, part in parts.items() if part is not None}
    weight = sum(_WEIGHTS[name] for name in measured)
    value = sum(_WEIGHTS[name] * part for name, part in measured.items()) / weight
    return Figure(value=round(100 * value, 1), basis="words" if "recognition" in measured else "acoustic")


def _scaled(value: float, limits: tuple[float, float]) -> float:
    return float(np.clip((value - limits[0]) / (limits[1] - limits[0]), 0, 1))


def _audibility(octaves: Spilled, within: NDArray[np.bool_], noise: NDArray[np.bool_]) -> float:
    speech, room = _speech_and_room(octaves, within, noise)
    ratio = 10 * np.log10(speech / room)
    heard = np.clip((ratio + _SPEECH_PEAKS_DB) / _SPEECH_RANGE_DB, 0, 1)
    return float(heard @ _BAND_IMPORTANCE / _BAND_IMPORTANCE.sum())


def _speech_and_room(
    octaves: Spilled, within: NDArray[np.bool_], noise: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Power of speech and room in each octave band, the room's taken off the speech's."""
    found = np.array(
        [(np.median(band[noise]), band[within].mean(dtype=np.float64)) for band in octaves.columns()], np.float64
    )
    room = np.maximum(found[:, 0], 1e-12)
    speech = found[:, 1] - room
    return np.maximum(speech, 1e-3 * room), room


def _articulation(power: Contour, nuclei: NDArray[np.float64]) -> float | None:
    """The median depth of the dip between neighbouring syllables (0.5 s apart at most, so no pause counts)."""
    intensity = smoothed_decibels(power, _SMOOTHING_SECONDS)
    frames = np.round(nuclei / STEP_SECONDS).astype(int)
    depths = [
        min(intensity[one], intensity[other]) - intensity[one:other].min()
        for one, other in pairwise(frames)
        if other - one <= 0.5 / STEP_SECONDS
    ]
    return _scaled(float(np.median(depths)), _DIP_DB) if len(depths) >= _LEAST_NUCLEI else None


def _balance(octaves: Spilled, within: NDArray[np.bool_], noise: NDArray[np.bool_]) -> float:
    speech, _ = _speech_and_room(octaves, within, noise)
    consonants, vowels = speech[3:].sum(), speech[:3].sum()
    return _scaled(float(10 * np.log10(consonants / vowels)), _CONSONANTS_BELOW_VOWELS_DB)


def _recognition(words: Sequence[Word]) -> float | None:
    return _scaled(float(np.mean([word.probability for word in words])), _PROBABILITY) if words else None
