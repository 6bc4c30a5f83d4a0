"""Where the gaps between stretches of voice begin and end: silero knows that there is a gap, the power in octave bands knows where.

The network's answer lags by some 30 ms in a quiet room and by 100 ms in noise, and a voice in the background is voice to it. So each
frame is compared with the room: how many standard deviations its bands lie above the room's own, taken together. Bands, and not the whole
level, because a consonant that noise hides in one band stands out of it in another.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.speech.sound import STEP_SECONDS, runs

Mask = NDArray[np.bool_]

_SHORTEST = round(0.25 / STEP_SECONDS)
_BESIDE_VOICE = round(0.1 / STEP_SECONDS)
_LEAST_ROOM = 30
"""Frames: what lies nearer to voice may be its echo; a room is known from 0.3 s on."""
_INAUDIBLE_DB = 45.0
"""Below the voice: quieter than this is silence, whatever the room does."""
_DEVIATION_DB = (1.0, 3.0)
"""Of a room's bands; less is digital silence."""

_STEADY_DB = 4.0
"""Half a dozen talkers deviate by 2.5 dB, the quietest moments of one who never rests by 6 and more."""

_QUIET_ROOM_DB, _SILENT_ROOM_DB = 25.0, 40.0
"""How far the voice stands above the room: from the first on single frames can be trusted, from the second on there is next to no noise."""
_NOISY, _NOISY_SMOOTHING = 3.0, 5
_QUIET, _QUIET_SMOOTHING = 4.0, 1
"""What counts as quiet: salience up to the first, of frames averaged over the second."""
_LAG, _LEAD, _SHRINK = 16, 8, 8
"""Frames by which a gap may begin before, end after, and shrink from where silero says."""
_CLICK = 3

_TALK, _TALK_SMOOTHING, _TALK_CLICK = 4.0, 11, 6
_TALK_SHARE = 0.47
"""Of what is quiet for 0.25 s: if silero hears voice in more of it, it hears other people. In mere noise it is 0.4 at most."""
_TALK_BELOW_DB = (6.0, 30.0)
_QUIETEST_SHARE = 0.1


@dataclass(frozen=True)
class _Room:
    """What the sound is compared with."""

    reference: NDArray[np.float64]
    """dB of each band."""
    deviation: NDArray[np.float64]
    below_voice: float
    """dB."""
    is_steady: bool
    """Whether it is a room at all, and not the weaker syllables of somebody who never rests."""

    def salience(self, bands: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far each frame stands out of the room, in standard deviations."""
        above = np.maximum((bands - self.reference) / self.deviation, 0.0)
        return np.asarray(np.sqrt(np.square(above).sum(axis=1)))


def find_gaps(heard: Mask, octaves: NDArray[np.float32]) -> list[tuple[int, int]]:
    """The gaps between stretches of voice: first frame, frame after the last. Those shorter than 0.25 s may be left out.

    Args:
        heard: in which frames silero hears voice; some.
        octaves: power of each frame in octave bands.
    """
    return _beside_other_voices(heard, octaves) or _in_noise(heard, octaves)


def _bands(octaves: NDArray[np.float32], width: int) -> NDArray[np.float64]:
    """dB of each band, its power averaged over ``width`` frames."""
    half = width // 2
    padded = np.pad(octaves, ((half + 1, half), (0, 0)), mode="edge").astype(np.float64)
    padded[0] = 0
    sums = padded.cumsum(axis=0)
    return np.asarray(10 * np.log10(np.maximum((sums[width:] - sums[:-width]) / width, 1e-12)))


def _room(bands: NDArray[np.float64], room: Mask, heard: Mask) -> _Room:
    reference = np.median(bands[room], axis=0)
    deviation = 1.4826 * np.median(np.abs(bands[room] - reference), axis=0)
    voice = float(np.percentile(bands[heard], 95, axis=0).max())
    return _Room(
        np.maximum(reference, voice - _INAUDIBLE_DB),
        np.clip(deviation, *_DEVIATION_DB),
        voice - float(reference.max()),
        float(np.median(deviation)) <= _STEADY_DB,
    )


# --- noise ----------------------------------------------------------------------------------------------------------


def _in_noise(heard: Mask, octaves: NDArray[np.float32]) -> list[tuple[int, int]]:
    """silero's gaps with their ends where the power says; in a quiet room also those that silero is too slow for."""
    room = _away_from(heard)
    if room.sum() < _LEAST_ROOM:
        return runs(~heard)  # Who never rests lets nobody hear the room.
    bands = _bands(octaves, _QUIET_SMOOTHING)
    found = _room(bands, room, heard)
    is_quiet_room = found.below_voice > _QUIET_ROOM_DB
    if is_quiet_room:
        quiet = found.salience(bands) <= _QUIET
    else:
        bands = _bands(octaves, _NOISY_SMOOTHING)
        quiet = _room(bands, room, heard).salience(bands) <= _NOISY
    gaps = np.zeros(len(heard), dtype=bool)
    for start, end in (_refined(gap, quiet) for gap in runs(~heard)):
        gaps[start:end] = True
    if is_quiet_room:
        # A frame is 25 ms wide: in silence its neighbours reach one frame into the gap.
        reach = 1 if found.below_voice > _SILENT_ROOM_DB else 0
        for start, end in runs(quiet):
            if end - start >= _SHORTEST - 2 * reach:
                gaps[max(start - reach, 0) : end + reach] = True
    return runs(gaps)


def _away_from(heard: Mask) -> Mask:
    """The frames at least 0.1 s from voice."""
    reach = np.ones(2 * _BESIDE_VOICE + 1)
    return np.asarray(np.convolve(heard, reach, mode="same") < 0.5)


def _refined(gap: tuple[int, int], quiet: Mask) -> tuple[int, int]:
    """The gap with its ends where the power says."""
    first, last = gap
    begin, end = max(first - _LAG, 0), min(last + _LEAD, len(quiet))
    calm = quiet[begin:end].copy()
    # A click or a breath does not end a pause.
    for start, stop in runs(~calm):
        if stop - start <= _CLICK and start > 0 and stop < len(calm):
            calm[start:stop] = True
    inside = [
        (begin + start, begin + stop) for start, stop in runs(calm) if begin + stop > first and begin + start < last
    ]
    if not inside:
        return gap
    start, stop = max(inside, key=lambda run: run[1] - run[0])
    return (
        0 if first == 0 else min(start, first + _SHRINK),
        len(quiet) if last == len(quiet) else max(stop, last - _SHRINK),
    )


# --- other voices ---------------------------------------------------------------------------------------------------


def _beside_other_voices(heard: Mask, octaves: NDArray[np.float32]) -> list[tuple[int, int]]:
    """The gaps of somebody near the microphone while others talk further off; none if nobody else does."""
    bands = _bands(octaves, _TALK_SMOOTHING)
    room = _room(bands, _quietest(octaves), heard)
    if not room.is_steady or not _TALK_BELOW_DB[0] < room.below_voice < _TALK_BELOW_DB[1]:
        return []
    loud = room.salience(bands) > _TALK
    calm = np.zeros(len(heard), dtype=bool)
    for start, end in runs(~loud):
        calm[start:end] = end - start >= _SHORTEST
    if not calm.any() or heard[calm].mean() <= _TALK_SHARE:
        return []
    for start, end in runs(loud):
        if end - start <= _TALK_CLICK:
            loud[start:end] = False
    return [(start, end) for start, end in runs(~loud) if end - start >= _SHORTEST]


def _quietest(octaves: NDArray[np.float32]) -> Mask:
    """The frames in the middle of the quietest quarter seconds."""
    power = octaves.sum(axis=1, dtype=np.float64)
    width = min(_SHORTEST, len(power))
    around = np.convolve(power, np.ones(width) / width, mode="same")
    return np.asarray(around <= np.quantile(around, _QUIETEST_SHARE))
