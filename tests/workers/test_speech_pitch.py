"""Fundamental frequency: against sounds of known pitch, and against Praat."""

import numpy as np
import parselmouth
import pytest
from numpy.typing import NDArray

from tests.media_made import speech as made
from tests.media_made.speech import BRITISH_WOMAN, LOW_MAN, MAN, RATE, SCOTTISH_MAN, WOMAN, Voice, make_speech
from workers.speech import measure_speech
from workers.speech.pitch import HIGHEST_HZ, LOWEST_HZ, track_pitch
from workers.speech.sound import Sound

pytestmark = pytest.mark.media

SENTENCES = "We had a problem with slow requests in the evening, so I measured every part. Why was it slow?"


def praat(samples: made.Samples) -> NDArray[np.float64]:
    """Hz of the voiced frames, by Praat's implementation of the same method with the same settings."""
    sound = parselmouth.Sound(samples.astype(np.float64), RATE)
    pitch = sound.to_pitch_ac(time_step=0.01, pitch_floor=LOWEST_HZ, pitch_ceiling=HIGHEST_HZ)
    hertz = np.asarray(pitch.selected_array["frequency"])
    return hertz[hertz > 0]


def without_octave_errors(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Praat's few frames of noise or of a harmonic, an octave and more away, would count for more than all the melody."""
    return hertz[np.abs(np.log2(hertz / np.median(hertz))) <= 1]


def semitones(hertz: NDArray[np.floating]) -> float:
    return float(12 * np.log2(hertz.astype(np.float64)).std())


def voiced(samples: made.Samples) -> NDArray[np.float32]:
    hertz = track_pitch(Sound(samples)).hertz
    return hertz[hertz > 0]


@pytest.mark.parametrize("hertz", [70, 100, 180, 300, 450])
@pytest.mark.parametrize("kind", ["sine", "voice"])
def test_a_steady_pitch(hertz: int, kind: str) -> None:
    samples = made.tone(hertz, 1) if kind == "sine" else made.voiced(np.full(RATE, float(hertz)))
    found = voiced(samples)
    assert len(found) > 90
    assert np.median(found) == pytest.approx(hertz, rel=0.001)
    assert found.std() < 0.01 * hertz


def test_a_glide_is_followed() -> None:
    contour = made.glide(110, 330, 2)
    track = track_pitch(Sound(made.voiced(contour)))
    inside = slice(5, -5)
    assert track.hertz[inside] == pytest.approx(contour[:: RATE // 100][inside], rel=0.01)


def test_a_vibrato_keeps_its_width() -> None:
    found = voiced(made.voiced(made.vibrato(200, 1.0, 5, 2)))
    assert semitones(found) == pytest.approx(1 / np.sqrt(2), rel=0.05)


@pytest.mark.parametrize("cents", [-400, 300])
def test_sox_moves_the_pitch_by_known_semitones(cents: int) -> None:
    plain = make_speech([SENTENCES], MAN).samples
    moved = made.sox(plain, "pitch", str(cents))
    assert np.median(voiced(moved)) / np.median(voiced(plain)) == pytest.approx(2 ** (cents / 1200), rel=0.02)


@pytest.mark.parametrize("kind", ["white", "pink"])
def test_noise_has_no_pitch(kind: str) -> None:
    assert len(voiced(made.noise(3, kind))) <= 3


def test_silence_has_no_pitch() -> None:
    track = track_pitch(Sound(made.silence(1)))
    assert not track.hertz.any()
    assert not track.strength.any()


def test_a_knock_does_not_hide_the_voice() -> None:
    """Praat measures silence against the loudest sample; one knock would make soft speech unvoiced."""
    plain = make_speech([SENTENCES], WOMAN).samples * np.float32(0.02)
    knocked = plain.copy()
    knocked[RATE : RATE + 40] += np.float32(0.95)
    assert len(voiced(knocked)) == pytest.approx(len(voiced(plain)), rel=0.05)


@pytest.mark.parametrize("decibels", [None, 10], ids=["clean", "10 dB"])
@pytest.mark.parametrize("voice", [MAN, WOMAN, BRITISH_WOMAN, SCOTTISH_MAN, LOW_MAN], ids=lambda voice: voice.name)
def test_speech_is_measured_as_praat_measures_it(voice: Voice, decibels: float | None) -> None:
    made_ = make_speech([0.4, SENTENCES, 0.4], voice)
    samples = made_.samples if decibels is None else made_.with_noise(decibels)
    reference, speech = without_octave_errors(praat(samples)), measure_speech(samples, None)
    assert speech.median_f0_hz.value == pytest.approx(np.median(reference), rel=0.01)
    assert speech.f0_standard_deviation_semitones.value == pytest.approx(semitones(reference), rel=0.1)
    assert speech.f0_standard_deviation_hz.value == pytest.approx(reference.std(), rel=0.1)


def test_a_long_sound_gives_the_track_of_its_parts() -> None:
    once = made.voiced(made.glide(120, 240, 15))
    track = track_pitch(Sound(np.concatenate([once, once]))).hertz
    half = len(track) // 2
    assert track[10 : half - 10] == pytest.approx(track[half + 10 : -10], rel=1e-3)
