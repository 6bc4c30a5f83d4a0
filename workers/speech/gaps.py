"""Where the gaps between stretches of voice begin and end: silero knows that there is a gap, the sound itself knows where.

The network's answer lags by some 30 ms in a quiet room and by 100 ms in noise, and a voice in the background is voice to it. Three cases:

- a silent room: what lies 45 dB below the voice's peaks is silence, to 5 ms;
- a room that is heard: each frame is compared with it, how many standard deviations its bands lie above the room's own, taken together.
  Bands, and not the whole level, because a consonant that noise hides in one band stands out of it in another;
- other people who talk: their bands are the room, its level that of the answer's quietest moments.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.speech.sound import BLOCK_FRAMES, STEP_SECONDS, Contour, runs
from workers.speech.spectrum import TINY, Spectrum
from workers.spilled import Spilled

Mask = NDArray[np.bool_]
Gap = tuple[float, float]
"""First frame, frame after the last; halves are 5 ms."""

_SHORTEST = round(0.25 / STEP_SECONDS)
_BESIDE_VOICE = round(0.1 / STEP_SECONDS)
_LEAST_ROOM = 30
"""Frames: what lies nearer to voice may be its echo; a room is known from 0.3 s on."""
_NEAR_VOICE = round(0.4 / STEP_SECONDS)
"""Frames: what sounds further from what silero hears is no voice."""

_SILENT_BELOW_PEAKS_DB = 45.0
_INAUDIBLE_DB = 39.0
"""Below the loudest band of the voice; its peaks lie some 6 dB above that."""
_DEVIATION_DB = (1.0, 3.0)
"""Of a room's bands; less is digital silence."""
_TALKERS_DB, _STEADY_DB = 1.5, 4.0
"""Half a dozen talkers deviate by 3 dB in the quietest moments, mere noise by less than 1, one who never rests by 6 and more."""

_NOISE, _NOISE_SMOOTHING = 3.5, 5
"""What counts as quiet: salience up to the first, of frames averaged over the second."""
_SHARP, _SINGLE_QUIET = 8.0, 4.0
"""Salience of single frames: an edge from below the second to above the first is no further in than that frame."""
_FAINT = 5.0
"""Salience of single frames: the room's own stay below 4 in 99 of 100, and some of a voice's do not."""
_CLICK, _CLICK_APART, _UNHEARD = 4, 12, 20
"""Frames: shorter sounds are clicks, where silero hears no voice knocks and breaths."""
_UNMASKED_DB, _MASKED_FRAMES_PER_DB, _MOST_MASKED = 20.0, 0.4, 6
"""A word fades below the room before it ends: the nearer the room, the more of it is lost."""

_TALK, _TALK_SMOOTHING, _TALK_CLICK = 6.0, 11, 9
_TALK_SHARE = 0.36
"""Of what is quiet for 0.25 s: if silero hears voice in more of it, it hears other people. In mere noise it is less."""
_TALK_BELOW_DB = (6.0, 30.0)
_QUIETEST_SHARE = 0.12


@dataclass(frozen=True)
class _Room:
    """What the sound is compared with."""

    reference: NDArray[np.float32]
    """dB of each band."""
    deviation: NDArray[np.float32]
    below_voice: NDArray[np.float32]
    """dB in each band."""
    loudest_below: float
    """dB from the voice's loudest band to the room's."""
    unrest: float
    """The bands' own deviation in dB."""

    @property
    def unmasked_db(self) -> float:
        """How far the voice stands above the room, in the middle one of the bands: a telephone's are not all used."""
        return float(np.median(self.below_voice))

    def salience(self, bands: Spilled) -> Contour:
        """How far each frame stands out of the room, in standard deviations."""
        found = np.empty(len(bands), np.float32)
        for first in range(0, len(bands), BLOCK_FRAMES):
            last = min(first + BLOCK_FRAMES, len(bands))
            above = np.maximum((bands.part(first, last) - self.reference) / self.deviation, 0.0)
            found[first:last] = np.sqrt(np.square(above).sum(axis=1))
        return found


@dataclass(frozen=True)
class NoisyRoom:
    """A room that masks some of the voice."""

    frames: Mask
    """Which hold nothing but the room."""
    standing_out: Mask
    """Which stand out of it."""


def find_gaps(heard: Mask, spectrum: Spectrum) -> list[Gap]:
    """The gaps between stretches of voice. Those shorter than 0.25 s may be left out.

    Args:
        heard: in which frames silero hears voice; some.
        spectrum: of the sound.
    """
    return (
        _beside_other_voices(heard, spectrum.bands)
        or _in_silence(heard, spectrum.peaks)
        or _in_noise(heard, spectrum.bands)
    )


def room_frames(within: Mask) -> Mask:
    """The frames that hold nothing but the room, being 0.1 s and more from voice; none where they are too few to know it.

    Args:
        within: which frames are speech.
    """
    room = _away_from(within, _BESIDE_VOICE)
    return room if room.sum() >= _LEAST_ROOM else np.zeros_like(room)


def noisy_room(within: Mask, spectrum: Spectrum) -> NoisyRoom | None:
    """The room, if it is known and masks some of the voice.

    Args:
        within: which frames are speech; some.
        spectrum: of the sound.
    """
    frames = room_frames(within)
    if not frames.any():
        return None
    with _decibels(spectrum.bands, _NOISE_SMOOTHING) as bands:
        found = _room(bands, frames, within)
        if found.unmasked_db > _UNMASKED_DB:
            return None
        return NoisyRoom(frames, found.salience(bands) > (_TALK if found.unrest > _TALKERS_DB else _NOISE))


def _decibels(bands: Spilled, width: int) -> Spilled:
    """dB of each band, its power averaged over ``width`` frames."""
    half = width // 2
    found = Spilled(bands.width)
    for first in range(0, len(bands), BLOCK_FRAMES):
        last = min(first + BLOCK_FRAMES, len(bands))
        begin, end = max(first - half, 0), min(last + half, len(bands))
        # Beyond the ends it goes on as it begins and ends.
        beyond = (begin - first + half, last + half - end)
        padded = np.pad(bands.part(begin, end), (beyond, (0, 0)), mode="edge")
        mean = np.mean([padded[shift : last - first + shift] for shift in range(width)], axis=0)
        found.append(10 * np.log10(np.maximum(mean, TINY)))
    return found


def _room(bands: Spilled, room: Mask, heard: Mask) -> _Room:
    middles, spreads, peaks = [], [], []
    for band in bands.columns():
        middles.append(np.median(band[room]))
        spreads.append(np.median(np.abs(band[room] - middles[-1])))
        peaks.append(np.percentile(band[heard], 95))
    reference, deviation = np.array(middles), np.float32(1.4826) * np.array(spreads)
    voice = np.array(peaks, np.float32)
    audible = np.maximum(reference, voice.max() - _INAUDIBLE_DB)
    return _Room(
        audible,
        np.clip(deviation, *_DEVIATION_DB),
        voice - audible,
        float(voice.max() - reference.max()),
        float(np.median(deviation)),
    )


def _away_from(heard: Mask, reach: int) -> Mask:
    """The frames further than that from voice."""
    return np.asarray(np.convolve(heard, np.ones(2 * reach + 1))[reach : reach + len(heard)] < 0.5)


def _calm(loud: Mask, heard: Mask, apart: int, scale: int = 1) -> list[tuple[int, int]]:
    """The stretches that no voice interrupts; a click, a knock or a breath between two quiet moments does not.

    Args:
        loud: what stands out of the room.
        heard: in which frames silero hears voice.
        apart: frames of quiet on both sides without which a short sound belongs to the word beside it.
        scale: elements of both to a frame.
    """
    loud = loud & ~_away_from(heard, _NEAR_VOICE * scale)
    quiet = runs(~loud)
    until, since = {end: end - start for start, end in quiet}, {start: end - start for start, end in quiet}
    for start, end in runs(loud):
        is_short = end - start <= _CLICK * scale or (end - start <= _UNHEARD * scale and not heard[start:end].any())
        if is_short and min(until.get(start, 0), since.get(end, 0)) >= apart * scale:
            loud[start:end] = False
    return runs(~loud)


# --- a silent room --------------------------------------------------------------------------------------------------


def _in_silence(heard: Mask, peaks: NDArray[np.float32]) -> list[Gap]:
    """The gaps where a room is below what counts as silence; none if it is not."""
    audible = float(np.percentile(peaks[heard], 99.5)) * 10 ** (-_SILENT_BELOW_PEAKS_DB / 20)
    room = room_frames(heard)
    if not room.any() or float(np.percentile(peaks[room], 95)) >= audible:
        return []
    scale = peaks.shape[1]
    found = _calm(peaks.reshape(-1) > audible, np.repeat(heard, scale), _CLICK_APART, scale)
    last = len(heard) * scale
    # A frame's centre is where its second half begins.
    return [
        ((start - 1) / scale if start else 0, (end - 1) / scale if end < last else len(heard)) for start, end in found
    ]


# --- noise ----------------------------------------------------------------------------------------------------------


def _in_noise(heard: Mask, bands: Spilled) -> list[Gap]:
    """What does not stand out of the room, where silero hears a moment without voice."""
    room = room_frames(heard)
    if not room.any():
        return [(start, end) for start, end in runs(~heard)]  # Who never rests lets nobody hear the room.
    with _decibels(bands, 1) as single:
        alone = _room(single, room, heard).salience(single)
    with _decibels(bands, _NOISE_SMOOTHING) as smooth:
        found = _room(smooth, room, heard)
        loud = found.salience(smooth) > _NOISE
    masked = round(min(max(_UNMASKED_DB - found.unmasked_db, 0) * _MASKED_FRAMES_PER_DB, _MOST_MASKED))
    _leave_out_swellings(loud, alone)
    gaps = []
    for start, end in _calm(loud, heard, apart=0):
        if not heard[start:end].all():
            begin, stop = start - _blurred(alone[:start][::-1]), end + _blurred(alone[end:])
            gaps.append((begin + masked if start else 0, stop if end < len(heard) else end))
    return [(start, end) for start, end in gaps if end - start >= _SHORTEST or start == 0 or end == len(heard)]


def _leave_out_swellings(loud: Mask, alone: Contour) -> None:
    """Noise swells by itself for a tenth of a second; just after a word silero, which lags, takes that for voice.

    Args:
        loud: what stands out of the room; changed.
        alone: salience of single frames. A consonant is sharp in some; the room, which only adds up over several, in none.
    """
    for start, end in runs(loud):
        if end - start <= _UNHEARD and alone[start:end].max() < _FAINT:
            loud[start:end] = False


def _blurred(beyond: Contour) -> int:
    """By how many frames smoothing has drawn a sharp edge into the gap.

    Args:
        beyond: salience of single frames from the gap's edge outwards.
    """
    near = beyond[: _NOISE_SMOOTHING // 2 + 3]
    loud = np.flatnonzero(near[:-1] > _SINGLE_QUIET)
    quiet = int(loud[0]) if loud.size else 0
    return quiet if quiet and near[quiet : quiet + 2].max() > _SHARP else 0


# --- other voices ---------------------------------------------------------------------------------------------------


def _beside_other_voices(heard: Mask, bands: Spilled) -> list[Gap]:
    """The gaps of somebody near the microphone while others talk further off; none if nobody else does."""
    with _decibels(bands, _TALK_SMOOTHING) as smooth:
        room = _room(smooth, _quietest(bands), heard)
        if not _TALKERS_DB < room.unrest < _STEADY_DB or not _TALK_BELOW_DB[0] < room.loudest_below < _TALK_BELOW_DB[1]:
            return []
        loud = room.salience(smooth) > _TALK
    calm = np.zeros(len(heard), dtype=bool)
    for start, end in runs(~loud):
        calm[start:end] = end - start >= _SHORTEST
    if not calm.any() or heard[calm].mean() <= _TALK_SHARE:
        return []
    for start, end in runs(loud):
        if end - start <= _TALK_CLICK:
            loud[start:end] = False
    return [(start, end) for start, end in runs(~loud) if end - start >= _SHORTEST]


def _quietest(bands: Spilled) -> Mask:
    """The frames in the middle of the quietest quarter seconds."""
    power = np.concatenate([part.sum(axis=1, dtype=np.float64) for part in bands.parts()])
    width = min(_SHORTEST, len(power))
    around = np.convolve(power, np.ones(width) / width, mode="same")
    return np.asarray(around <= np.quantile(around, _QUIETEST_SHARE))
