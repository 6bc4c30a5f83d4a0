"""The level of the sound over time: what pauses, loudness and noise are read from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

from intervi.analysis.figures import Span
from workers.speech.sound import RATE, STEP, STEP_SECONDS, Contour, Sound, frames_within

_WIDTH = 2 * STEP
_SILENT_POWER = 1e-10
DIGITAL_SILENCE = -100.0
"""dBFS: below the noise of 16-bit sound. No level is given as less."""

_BESIDE_VOICE = 10
_LEAST_NOISE = 30
"""Frames: what lies nearer to voice may be its echo; noise is measured on 0.3 s at least."""
_QUIETEST_PERCENT = 5


def levels(sound: Sound) -> Contour:
    """dB below full scale (root mean square of 20 ms, their mean taken out) every 10 ms; -100 is digital silence."""
    found = np.empty(sound.frames, dtype=np.float32)
    for frames, rows in sound.blocks(_WIDTH):
        found[frames] = 10 * np.log10(np.maximum(rows.var(axis=1), _SILENT_POWER))
    return found


def mean_level(contour: NDArray[np.floating]) -> float:
    """The level of the mean power of some frames, dB."""
    return float(10 * np.log10(np.mean(10 ** (contour.astype(np.float64) / 10))))


def noise_frames(contour: Contour, voice: list[Span]) -> NDArray[np.bool_]:
    """The frames that hold nothing but the room: at least 0.1 s from voice.

    Digital silence is left out where there is anything else: it is a gap between two recordings, or a muted microphone.
    Where there are less than 0.3 s of them the quietest twentieth of all frames stands in: between the syllables of somebody who
    never rests the room is heard too, if a little louder than it is.
    """
    reach = _BESIDE_VOICE * STEP_SECONDS
    near = frames_within([(span.start - reach, span.end + reach) for span in voice], len(contour))
    recorded = ~near & (contour > DIGITAL_SILENCE)
    for noise in (recorded, ~near):
        if noise.sum() >= _LEAST_NOISE:
            return noise
    return np.asarray(contour <= np.percentile(contour, _QUIETEST_PERCENT))


def signal_to_noise(contour: Contour, within: NDArray[np.bool_], noise: NDArray[np.bool_]) -> float:
    """Power of the voice over that of the room in dB; the room's under the voice is taken off it.

    The room's is a median: a cough, a knock, or a word that was not taken for voice does not count.
    """
    power = 10 ** (mean_level(contour[within]) / 10)
    background = 10 ** (float(np.median(contour[noise])) / 10)
    return float(10 * np.log10(max(power - background, 0.01 * background) / background))


# --- loudness -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Biquad:
    """One analogue prototype of BS.1770's K-weighting, in the form that holds for any sampling rate.

    De Man, B. (2018): Evaluation of implementations of the EBU R128 loudness measurement. AES Convention 145, engineering brief:
    the parameters from which the standard's coefficients for 48 kHz come.
    """

    frequency: float
    quality: float
    gain: float = 0.0

    def coefficients(self) -> list[float]:
        omega = np.tan(np.pi * self.frequency / RATE)
        if self.gain:
            high = 10 ** (self.gain / 20)
            band = high**0.4996667741545416
            top = (high + band * omega / self.quality + omega**2, 2 * (omega**2 - high))
            numerator = [top[0], top[1], high - band * omega / self.quality + omega**2]
        else:
            numerator = [1.0, -2.0, 1.0]
        first = 1 + omega / self.quality + omega**2
        denominator = [1.0, 2 * (omega**2 - 1) / first, (1 - omega / self.quality + omega**2) / first]
        # The high-pass is left unscaled, as in the standard's own table.
        scale = first if self.gain else 1.0
        return [value / scale for value in numerator] + denominator


_K_WEIGHTING = np.array(
    [
        _Biquad(1681.974450955533, 0.7071752369554196, 3.999843853973347).coefficients(),
        _Biquad(38.13547087602444, 0.5003270373238773).coefficients(),
    ]
)
_OFFSET = -0.691
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0
_BLOCK, _HOP = 40, 10
"""Frames: 400 ms, three quarters of them shared with the next."""


def loudness(sound: Sound, within: NDArray[np.bool_]) -> float | None:
    """Integrated loudness of the voice in LUFS: ITU-R BS.1770-4, over the blocks of 400 ms that are all voice.

    Where the voice never lasts that long, those count that are voice for half.

    Returns:
        ``None`` where no such block passes the standard's gates.
    """
    power = _weighted_power(sound)
    if len(power) < _BLOCK:
        return None
    sums = np.concatenate(([0.0], np.cumsum(power)))
    voice = np.concatenate(([0], np.cumsum(within)))
    first = np.arange(0, len(power) - _BLOCK + 1, _HOP)
    blocks = (sums[first + _BLOCK] - sums[first]) / _BLOCK
    share = (voice[first + _BLOCK] - voice[first]) / _BLOCK
    blocks = blocks[share >= min(1.0, max(0.5, share.max()))]
    blocks = blocks[blocks > _power(_ABSOLUTE_GATE)]
    if not blocks.size:
        return None
    blocks = blocks[blocks > blocks.mean() * 10 ** (_RELATIVE_GATE / 10)]
    return float(_OFFSET + 10 * np.log10(blocks.mean()))


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET) / 10))


def _weighted_power(sound: Sound) -> NDArray[np.float64]:
    """Mean square of the K-weighted sound in each frame's 10 ms."""
    state = np.zeros((len(_K_WEIGHTING), 2))
    found = []
    for start in range(0, sound.frames * STEP, RATE * 20):
        stop = min(start + RATE * 20, sound.frames * STEP)
        weighted, state = sosfilt(_K_WEIGHTING, sound.between(start, stop).astype(np.float64), zi=state)
        found.append(np.square(weighted).reshape(-1, STEP).mean(axis=1))
    return np.concatenate(found) if found else np.zeros(0)
