"""Where pauses begin and end, and what of a noisy room is taken off the voice."""

from functools import cache

import numpy as np
import pytest

from tests.media_made import speech as made
from tests.media_made.speech import BRITISH_WOMAN, MAN, RATE, WOMAN, Hesitation, MadeSpeech, Samples, Voice, make_speech
from workers.speech import measure_speech
from workers.speech.gaps import find_gaps
from workers.speech.sound import Sound
from workers.speech.spectrum import Spectrum
from workers.speech.tract import formants, tract_shapes
from workers.spilled import Spilled

pytestmark = pytest.mark.media


@cache
def answer(voice: Voice = WOMAN) -> MadeSpeech:
    return make_speech((0.6, "We measured every part of it", 1.0, "and found the cause", 0.8), voice)


def with_burst(samples: Samples, at: float, seconds: float) -> Samples:
    """A noise as loud as the voice, such as that of a mouse or of a hand on the table."""
    burst = made.noise(seconds)
    louder = samples.copy()
    louder[round(at * RATE) :][: len(burst)] += burst
    return louder


@pytest.mark.parametrize("voice", [MAN, WOMAN, BRITISH_WOMAN], ids=lambda voice: voice.name)
def test_in_a_silent_room_to_10_ms(voice: Voice) -> None:
    truth = answer(voice)
    speech = measure_speech(truth.samples, None)
    ((start, end),) = truth.pauses
    (pause,) = speech.pauses
    assert (pause.start, pause.end) == (pytest.approx(start, abs=0.01), pytest.approx(end, abs=0.01))
    assert speech.response_delay_seconds.value == pytest.approx(0.6, abs=0.01)


@pytest.mark.parametrize("seconds", [0.02, 0.12], ids=["a click", "a knock"])
@pytest.mark.parametrize("noisy", [False, True], ids=["clean", "20 dB"])
def test_what_is_no_voice_ends_no_pause(noisy: bool, seconds: float) -> None:
    truth = answer()
    ((start, end),) = truth.pauses
    samples = truth.with_noise(20) if noisy else truth.samples
    (pause,) = measure_speech(with_burst(samples, (start + end) / 2, seconds), None).pauses
    assert (pause.start, pause.end) == (pytest.approx(start, abs=0.08), pytest.approx(end, abs=0.08))


def gap_in_noise(decibels: float, seconds: float) -> tuple[float, float]:
    """The one gap that is found, of 2 to 3 s: every band is louder by so much for so long, 0.15 s after the voice's end.

    The voice stands 20 dB above a room whose bands vary by 1.8 dB from frame to frame; silero lags by 0.35 s.
    """
    room = np.random.default_rng(1).normal(-40, 1.8, (500, 12))
    room[:200] += 20
    room[300:] += 20
    room[215 : 215 + round(seconds * 100)] += decibels
    heard = np.ones(500, dtype=bool)
    heard[235:300] = False
    peaks = np.full((500, 2), 0.1, np.float32)
    with Spilled(5) as octaves, Spilled(12) as bands:
        bands.append((10 ** (room / 10)).astype(np.float32))
        ((start, end),) = find_gaps(heard, Spectrum(octaves, bands, peaks, peaks[:, 0]))
    return start / 100, end / 100


def test_noise_that_swells_after_a_word_is_the_room() -> None:
    """silero, which lags, takes it for the word's end."""
    assert gap_in_noise(1.1, 0.08) == (pytest.approx(2.0, abs=0.05), pytest.approx(3.0, abs=0.05))


@pytest.mark.parametrize(("decibels", "seconds"), [(6, 0.08), (2.5, 0.25)], ids=["sharp", "long"])
def test_what_the_room_does_not_do_by_itself_is_the_word(decibels: float, seconds: float) -> None:
    start, _end = gap_in_noise(decibels, seconds)
    assert start == pytest.approx(2.15 + seconds, abs=0.06)


def test_a_sound_before_the_voice_is_no_voice() -> None:
    speech = measure_speech(with_burst(make_speech([1.6, "We measured it", 0.5]).samples, 0.4, 0.3), None)
    assert speech.response_delay_seconds.value == pytest.approx(1.6, abs=0.03)


def test_resonances_are_those_of_the_voice_and_not_of_the_room() -> None:
    truth = make_speech([1.0, Hesitation("uh", 60), 1.0], MAN)
    spoken, room = np.zeros((2, -(-len(truth.samples) // 160)), dtype=bool)
    spoken[105 : round((truth.seconds - 1.05) * 100)] = True
    room[:90] = True

    def resonances(sound: Sound, mask: np.ndarray | None) -> np.ndarray:
        with tract_shapes(sound, mask) as shapes:
            return formants(shapes.chosen(np.flatnonzero(spoken)))

    clean = np.median(resonances(Sound(truth.samples), room), axis=0)
    whistling = Sound(truth.samples + made.tone(950, truth.seconds, 0.1)[: len(truth.samples)])
    known, unknown = (np.mean(np.abs(resonances(whistling, mask) / clean - 1) < 0.1) for mask in (room, None))
    assert known > 0.8
    assert unknown < 0.7
