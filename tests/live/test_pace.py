"""Syllables counted while they are spoken, against the truth and against the report's own count."""

import numpy as np
import pytest

from intervi.live.pace import SECONDS, PaceMeter
from intervi.live.voice import RATE, VoiceDetector, VoiceStream
from tests.media_made.speech import LOW_MAN, MAN, WOMAN, MadeSpeech, Voice, make_speech

SAID = "I compared the logs of a good and a bad hour, and saw that database connections ran out while the nightly report was still running."


async def rates(samples: np.ndarray, size: int = 1365) -> list[float | None]:
    detector, stream, meter, found = VoiceDetector(0), VoiceStream(), PaceMeter(), []
    for start in range(0, len(samples), size):
        piece = samples[start : start + size].astype(np.float32)
        meter.hear(piece, await detector.listen(stream, piece))
        found.append(meter.syllables_per_second)
    return found


def ratios_to_truth(found: list[float | None], made: MadeSpeech, size: int = 1365) -> np.ndarray:
    """The rate over the syllables spoken in the ten seconds before it, for each chunk from the eleventh second on."""
    ends = [min((index + 1) * size, len(made.samples)) / RATE for index in range(len(found))]
    truth = [sum(end - SECONDS <= at <= end for at in made.syllables) / SECONDS for end in ends]
    return np.array(
        [rate / true for rate, true, end in zip(found, truth, ends, strict=True) if rate and end > SECONDS + 1]
    )


@pytest.mark.parametrize("voice", [MAN, WOMAN, LOW_MAN], ids=["man", "woman", "low voice"])
@pytest.mark.parametrize("words_per_minute", [120, 160, 220])
async def test_within_a_tenth_of_the_truth_and_at_no_moment_far_off(voice: Voice, words_per_minute: int) -> None:
    made = make_speech([SAID, 0.3, SAID, 0.3, SAID, 0.3, SAID], voice, words_per_minute)
    ratios = ratios_to_truth(await rates(made.samples), made)
    assert ratios.mean() == pytest.approx(1, rel=0.1)
    # One syllable of ten slow seconds is 3 %, and the rate is up to half a second behind the voice.
    assert np.abs(ratios - 1).max() < 0.2


async def test_chunks_of_any_length_give_the_same() -> None:
    made = make_speech([SAID, 0.3, SAID], MAN, 160)
    found = [(await rates(made.samples, size))[-1] for size in (200, 1365, 30_000)]
    assert found[0] == pytest.approx(found[1], rel=0.02)
    assert found[2] == pytest.approx(found[1], rel=0.02)


async def test_noise_and_silence_have_no_pace() -> None:
    noise = np.random.default_rng(1).normal(0, 0.05, 12 * RATE)
    assert set(await rates(noise)) == {None}
    assert set(await rates(np.zeros(12 * RATE))) == {None}


async def test_too_little_speech_gives_none_and_silence_ends_the_figure() -> None:
    made = make_speech([SAID, 0.2, SAID, 12.0], MAN, 160)
    found = await rates(made.samples)
    assert found[0] is None
    assert any(found)
    assert found[-1] is None
