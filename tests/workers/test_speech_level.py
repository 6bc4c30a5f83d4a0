"""Levels and loudness, against the test signals of the standard's technical documents."""

import numpy as np
import pytest

from intervi.analysis.figures import Span
from tests.media_made import speech as made
from tests.media_made.speech import RATE
from workers.speech.level import DIGITAL_SILENCE, levels, loudness, noise_frames, signal_to_noise
from workers.speech.sound import STEP, Sound, frames_within, runs


def everywhere(sound: Sound) -> np.ndarray:
    return np.ones(sound.frames, dtype=bool)


def at_level(decibels: float, seconds: float) -> made.Samples:
    return made.tone(997, seconds, 10 ** (decibels / 20))


class TestLoudness:
    def test_a_full_scale_sine_on_one_channel(self) -> None:
        """ITU-R BS.1770-4, annex 1: 997 Hz, 0 dB of full scale, one channel: -3.01 LKFS."""
        sound = Sound(at_level(0, 5))
        assert loudness(sound, everywhere(sound)) == pytest.approx(-3.01, abs=0.1)

    def test_quiet_parts_are_gated_out(self) -> None:
        """EBU Tech 3341, case 3, on one of its two channels (3.01 dB less): 10 s at -36, 60 s at -23, 10 s at -36 dBFS."""
        sound = Sound(np.concatenate([at_level(-36, 2), at_level(-23, 12), at_level(-36, 2)]))
        assert loudness(sound, everywhere(sound)) == pytest.approx(-26.0, abs=0.1)

    def test_digital_silence_has_none(self) -> None:
        sound = Sound(made.silence(2))
        assert loudness(sound, everywhere(sound)) is None

    def test_less_than_one_block_has_none(self) -> None:
        sound = Sound(at_level(-20, 0.3))
        assert loudness(sound, everywhere(sound)) is None

    def test_only_the_voice_counts(self) -> None:
        sound = Sound(np.concatenate([at_level(-30, 4), at_level(-10, 4)]))
        within = frames_within([(0.0, 4.0)], sound.frames)
        assert loudness(sound, within) == pytest.approx(-33.0, abs=0.3)


class TestLevels:
    def test_a_sine_lies_3_db_below_its_peak(self) -> None:
        assert np.median(levels(Sound(at_level(-6, 1)))) == pytest.approx(-9.03, abs=0.1)

    def test_silence_and_offset_are_digital_silence(self) -> None:
        for samples in (made.silence(1), np.full(RATE, 0.5, np.float32)):
            assert levels(Sound(samples))[5:-5] == pytest.approx(DIGITAL_SILENCE)

    def test_noise_is_taken_where_there_is_no_voice(self) -> None:
        samples = np.concatenate([made.noise(1) * 0.1, at_level(-10, 2), made.noise(1) * 0.1])
        contour, voice = levels(Sound(samples)), [Span(start=1, end=3)]
        noise = noise_frames(contour, voice)
        assert runs(noise) == [(0, 90), (310, 400)]
        within = frames_within([(1.0, 3.0)], len(contour))
        assert signal_to_noise(contour, within, noise) == pytest.approx(-13 + 40, abs=0.3)

    def test_gaps_between_recordings_are_no_room(self) -> None:
        samples = np.concatenate([made.noise(1) * 0.1, at_level(-10, 2), made.silence(2)])
        contour = levels(Sound(samples))
        assert not noise_frames(contour, [Span(start=1, end=3)])[320:].any()

    def test_voice_from_the_first_sample_on_is_no_noise(self) -> None:
        samples = np.concatenate([at_level(-10, 2), made.noise(1) * 0.01])
        assert not noise_frames(levels(Sound(samples)), [Span(start=0, end=2)])[:200].any()

    def test_who_never_rests_is_measured_between_syllables(self) -> None:
        swelling = at_level(0, 3) * (0.5 - 0.49 * np.cos(2 * np.pi * 4 * np.arange(3 * RATE) / RATE)).astype(np.float32)
        contour = levels(Sound(swelling))
        noise = noise_frames(contour, [Span(start=0, end=3)])
        assert noise.any()
        assert contour[noise].max() < np.median(contour) - 20


class TestFrames:
    def test_blocks_cover_every_frame_once(self) -> None:
        sound = Sound(np.arange(45 * RATE, dtype=np.float32) / (45 * RATE))
        centres = np.concatenate([rows[:, 200] for _frames, rows in sound.blocks(400)])
        assert len(centres) == sound.frames
        assert centres == pytest.approx(sound.samples[::STEP])

    @pytest.mark.parametrize("span", [(-1.0, 0.5), (0.5, 99.0), (-2.0, -1.0)])
    def test_spans_beyond_the_ends(self, span: tuple[float, float]) -> None:
        within = frames_within([span], 100)
        assert within.sum() == max(0, min(100, int(span[1] * 100)) - max(0, int(span[0] * 100)))
