"""Syllables counted without words: their nuclei are voiced peaks of intensity.

de Jong, N. H. & Wempe, T. (2009): Praat script to detect syllable nuclei and measure speech rate automatically.
Behavior Research Methods 41 (2), 385-390. Their rules: a peak no more than 25 dB below the loud ones, 2 dB above the dips beside it, and
voiced. The intensity is that between 300 and 3300 Hz, which hum and the hiss of consonants do not reach.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from workers.speech.sound import STEP_SECONDS, Contour
from workers.speech.spectrum import smoothed_decibels

_SMOOTHING_SECONDS = 0.09
_BELOW_LOUD_DB = 25.0
_DIP_DB = 2.0


def syllable_nuclei(power: Contour, voiced: NDArray[np.bool_], within: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The times of the syllables' nuclei in seconds.

    Args:
        power: of ``Spectrum.syllable_band``, every 10 ms.
        voiced: which frames have a fundamental frequency.
        within: which frames are speech.
    """
    if not within.any():
        return np.zeros(0)
    intensity = smoothed_decibels(power, _SMOOTHING_SECONDS)
    loud = float(np.percentile(intensity[within], 99))
    peaks, _ = find_peaks(intensity, height=loud - _BELOW_LOUD_DB, prominence=_DIP_DB)
    return np.asarray(peaks[voiced[peaks] & within[peaks]] * STEP_SECONDS, dtype=np.float64)
