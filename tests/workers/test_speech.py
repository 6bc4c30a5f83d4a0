"""The figures of an answer's sound, against speech of known words, pauses, noise and level."""

import warnings
from functools import cache

import numpy as np
import pytest

from intervi.analysis.figures import Figure, Reason, Span, Speech, Transcript, Word
from tests.media_made import speech as made
from tests.media_made.speech import BRITISH_MAN, MAN, RATE, SCOTTISH_MAN, WOMAN, MadeSpeech, Voice, make_speech
from workers.speech import measure_speech, no_speech
from workers.speech.voice_activity import pause_ratio

pytestmark = pytest.mark.media

PARTS = (
    0.6,
    "I led a small team that built the payment service",
    0.9,
    "We measured every part of it",
    0.4,
    "and found the cause",
    1.2,
)
VOICES = (MAN, WOMAN, SCOTTISH_MAN)
RATES = (130, 180)


@cache
def answer(voice: Voice = MAN, words_per_minute: int = 150) -> MadeSpeech:
    return make_speech(PARTS, voice, words_per_minute)


@cache
def measured(voice: Voice = MAN, words_per_minute: int = 150) -> Speech:
    return measure_speech(answer(voice, words_per_minute).samples, None)


def figures(speech: Speech) -> dict[str, Figure]:
    return {name: value for name, value in speech if isinstance(value, Figure)}


def recognised(truth: MadeSpeech, *, rough: bool = False) -> Transcript:
    words = [Word(text=word.text, start=word.start, end=word.end) for word in truth.words]
    return Transcript(engine="truth", rough=rough, text=" ".join(word.text for word in words), words=words)


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name)
@pytest.mark.parametrize("rate", RATES)
class TestKnownSpeech:
    def test_every_pause_is_found_where_it_is(self, voice: Voice, rate: int) -> None:
        pauses = measured(voice, rate).pauses
        assert len(pauses) == len(answer(voice, rate).pauses) == 2
        for found, (start, end) in zip(pauses, answer(voice, rate).pauses, strict=True):
            assert found.start == pytest.approx(start, abs=0.08)
            assert found.end == pytest.approx(end, abs=0.08)

    def test_pause_ratio_and_delay(self, voice: Voice, rate: int) -> None:
        speech = measured(voice, rate)
        assert speech.pause_ratio.value == pytest.approx(answer(voice, rate).pause_ratio, abs=0.02)
        assert speech.response_delay_seconds.value == pytest.approx(0.6, abs=0.05)
        assert speech.speaking_seconds.value == pytest.approx(sum(span.seconds for span in speech.speech))

    def test_syllables_are_counted_without_words(self, voice: Voice, rate: int) -> None:
        speech = measured(voice, rate)
        assert speech.articulation_rate.value is not None
        assert speech.speaking_seconds.value is not None
        counted = speech.articulation_rate.value * speech.speaking_seconds.value
        assert counted == pytest.approx(len(answer(voice, rate).syllables), rel=0.1)
        assert speech.words_per_minute.basis == "syllables"

    def test_pace_from_words_is_exact(self, voice: Voice, rate: int) -> None:
        truth = answer(voice, rate)
        pace = measure_speech(truth.samples, recognised(truth)).words_per_minute
        assert pace.value == pytest.approx(truth.words_per_minute)
        assert pace.basis == "words"


class TestNoise:
    @pytest.mark.parametrize(("kind", "decibels"), [("pink", 20), ("pink", 10), ("white", 10)])
    def test_pauses_and_ratio_hold(self, kind: str, decibels: float) -> None:
        truth = answer(WOMAN)
        speech = measure_speech(truth.with_noise(decibels, kind), None)
        assert speech.pause_ratio.value == pytest.approx(truth.pause_ratio, abs=0.03)
        for start, end in truth.pauses:
            assert any(abs(one.start - start) < 0.15 and abs(one.end - end) < 0.15 for one in speech.pauses)

    @pytest.mark.parametrize("decibels", [25, 15, 5])
    def test_signal_to_noise(self, decibels: float) -> None:
        assert measure_speech(answer().with_noise(decibels), None).signal_to_noise_db.value == pytest.approx(
            decibels, abs=1
        )

    def test_clarity_falls_with_noise(self) -> None:
        values = [measure_speech(answer().with_noise(decibels), None).clarity.value for decibels in (25, 10, 5, 0)]
        assert all(value is not None for value in values)
        assert values == sorted(values, reverse=True)
        assert len(set(values)) == len(values)

    def test_clarity_falls_when_the_microphone_is_muffled(self) -> None:
        noisy = answer().with_noise(30)
        open_, muffled = (
            measure_speech(one, None).clarity.value
            for one in (noisy, made.sox(noisy, "lowpass", "700", "lowpass", "700"))
        )
        assert open_ is not None
        assert muffled is not None
        assert muffled < open_ - 5


class TestLevel:
    def test_level_and_loudness_follow_the_gain(self) -> None:
        loud, quiet = measured(), measure_speech(made.louder(answer(), -12).samples, None)
        for name in ("loudness_lufs", "level_dbfs"):
            before, after = figures(loud)[name].value, figures(quiet)[name].value
            assert before is not None
            assert after == pytest.approx(before - 12, abs=0.1)

    def test_nothing_else_depends_on_the_gain(self) -> None:
        quiet = measure_speech(made.louder(answer(), -20).samples, None)
        assert len(quiet.pauses) == len(measured().pauses)
        assert quiet.median_f0_hz.value == pytest.approx(measured().median_f0_hz.value, rel=0.01)
        assert quiet.articulation_rate.value == pytest.approx(measured().articulation_rate.value, rel=0.03)

    def test_level_is_that_of_the_voice_alone(self) -> None:
        audible = answer().samples[np.abs(answer().samples) > 0]
        expected = 20 * np.log10(np.sqrt(np.mean(np.square(audible))))
        assert measured().level_dbfs.value == pytest.approx(expected, abs=1)


class TestPace:
    def test_a_rough_transcript_is_not_counted(self) -> None:
        pace = measure_speech(answer().samples, recognised(answer(), rough=True)).words_per_minute
        assert pace == measured().words_per_minute

    @pytest.mark.parametrize(
        ("text", "words"), [("90%", 2), ("$12.50.", 3), ("9", 1), ("200ms", 2), ("well-known", 1), ("May,", 1)]
    )
    def test_what_is_written_in_figures_is_counted_as_it_is_spoken(self, text: str, words: int) -> None:
        said = Transcript(engine="truth", text=text, words=[])
        pace = measure_speech(answer().samples, said).words_per_minute.value
        assert pace == pytest.approx(words / answer().seconds * 60)

    def test_a_typed_text_was_not_spoken(self) -> None:
        typed = Transcript(engine="typed", text="a long text that nobody said " * 20)
        assert measure_speech(answer().samples, typed).words_per_minute.basis == "syllables"

    def test_a_correction_without_times_is_counted(self) -> None:
        truth = answer()
        corrected = Transcript(engine="corrected", text=" ".join(word.text for word in truth.words))
        speech = measure_speech(truth.samples, corrected)
        assert speech.words_per_minute.value == pytest.approx(truth.words_per_minute)
        assert speech.words_per_minute.basis == "words"

    def test_hesitations_are_no_words(self) -> None:
        truth = make_speech(["We had, um, three weeks to move everything,", 0.5, "and it was, er, enough"], BRITISH_MAN)
        assert len(truth.fillers) == 2
        speech = measure_speech(truth.samples, recognised(truth))
        assert speech.words_per_minute.value == pytest.approx(truth.words_per_minute)
        assert speech.filler_word_ratio.value == pytest.approx(len(speech.fillers) / (len(truth.words) - 2))


class TestPauseRatio:
    """Gaps at both ends count from 0.25 s on, as those between do."""

    @pytest.mark.parametrize(
        ("spans", "expected"),
        [
            ([(0.0, 10.0)], 0.0),
            ([(0.2, 9.8)], 0.0),
            ([(0.5, 9.0)], 0.15),
            ([(0.0, 4.0), (4.25, 10.0)], 0.025),
            ([(1.0, 2.0), (3.0, 4.0)], 0.8),
        ],
    )
    def test_ratio(self, spans: list[tuple[float, float]], expected: float) -> None:
        assert pause_ratio([Span(start=start, end=end) for start, end in spans], 10.0) == pytest.approx(expected)


class TestNotMeasured:
    @pytest.mark.parametrize(
        ("samples", "reason"),
        [
            (made.silence(0), Reason.NO_SOUND),
            (made.silence(3), Reason.NO_SOUND),
            (np.full(3 * RATE, 0.25, np.float32), Reason.NO_SOUND),
            (np.full(3 * RATE, np.nan, np.float32), Reason.NO_SOUND),
            (made.noise(3), Reason.NO_VOICE),
            (made.noise(3, "hum"), Reason.NO_VOICE),
            (made.tone(440, 3), Reason.NO_VOICE),
            (made.noise(0.05), Reason.TOO_SHORT),
        ],
        ids=["nothing", "silence", "direct current", "no numbers", "noise", "hum", "tone", "0.05 s"],
    )
    def test_every_figure_says_why(self, samples: made.Samples, reason: Reason) -> None:
        speech = measure_speech(samples, None)
        assert {figure.reason for figure in figures(speech).values()} == {reason}
        assert speech.duration_seconds == pytest.approx(len(samples) / RATE)
        assert not speech.speech
        assert not speech.pauses
        assert not speech.fillers

    def test_no_speech_at_all(self) -> None:
        speech = no_speech(Reason.IN_WRITING)
        assert {figure.reason for figure in figures(speech).values()} == {Reason.IN_WRITING}
        assert speech.duration_seconds == 0

    def test_one_short_word_has_no_rate(self) -> None:
        speech = measure_speech(make_speech([0.4, "yes", 0.4]).samples, None)
        assert speech.words_per_minute.reason is Reason.TOO_SHORT
        assert speech.speaking_seconds.value is not None


class TestDamagedSound:
    def test_values_that_are_no_numbers_count_as_silence(self) -> None:
        damaged = answer().samples.copy()
        damaged[5000:5010], damaged[9000], damaged[9001] = np.nan, np.inf, -np.inf
        assert measure_speech(damaged, None).pause_ratio.value == pytest.approx(measured().pause_ratio.value, abs=0.01)

    def test_the_caller_s_samples_are_left_alone(self) -> None:
        damaged = answer().samples.copy()
        damaged[100] = np.nan
        measure_speech(damaged, None)
        assert np.isnan(damaged[100])

    def test_clipping_moves_neither_pauses_nor_pitch(self) -> None:
        clipped = np.clip(answer().samples * 8, -1, 1)
        speech = measure_speech(clipped, None)
        assert len(speech.pauses) == len(measured().pauses)
        assert speech.median_f0_hz.value == pytest.approx(measured().median_f0_hz.value, rel=0.01)

    def test_an_offset_moves_nothing(self) -> None:
        speech = measure_speech(answer().samples + np.float32(0.2), None)
        assert len(speech.pauses) == len(measured().pauses)
        assert speech.level_dbfs.value == pytest.approx(measured().level_dbfs.value, abs=0.2)
        assert speech.median_f0_hz.value == pytest.approx(measured().median_f0_hz.value, rel=0.01)

    @pytest.mark.parametrize(
        "samples", [np.zeros((2, RATE), np.float32), np.zeros(RATE, np.int16)], ids=["stereo", "integers"]
    )
    def test_what_is_no_sound_of_one_channel_is_refused(self, samples: np.ndarray) -> None:
        with pytest.raises(ValueError, match=r"one channel|floating point"):
            measure_speech(samples, None)


def test_any_cut_of_a_sound_can_be_measured() -> None:
    """Wherever a recording begins and ends, at whatever level: figures or reasons, and no warning of an empty sum."""
    generator = np.random.default_rng(3)
    samples = make_speech([0.1, "so, um, we did it", 0.3, "yes", 0.1], WOMAN).samples
    for _ in range(60):
        start, end = np.sort(generator.integers(0, len(samples), 2))
        silence = made.silence(float(generator.uniform(0, 1)))
        cut = np.concatenate([silence, samples[start:end] * np.float32(10 ** generator.uniform(-5, 2))])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            speech = measure_speech(cut, None)
        assert 0 <= sum(span.seconds for span in speech.speech) <= speech.duration_seconds + 0.01


def test_the_same_sound_gives_the_same_figures() -> None:
    noisy = answer(WOMAN).with_noise(15)
    assert measure_speech(noisy, None) == measure_speech(noisy, None)


def test_the_network_s_answer_does_not_depend_on_blocks() -> None:
    """An answer longer than the blocks in which it is read has the pauses of its parts."""
    once, blocks = answer(), 3
    samples = np.tile(once.samples, blocks)
    assert len(samples) > 20 * RATE
    speech = measure_speech(samples, None)
    assert len(speech.pauses) == blocks * len(once.pauses) + blocks - 1
    assert speech.pause_ratio.value == pytest.approx(once.pause_ratio, abs=0.02)
