"""Streamed and batched voice activity against one pass over the whole."""

import asyncio

import numpy as np
import pytest
from numpy.typing import NDArray

from intervi.live.voice import NOISE_FLOOR, RATE, WINDOW, VoiceDetector, VoiceStream
from tests.media_made.speech import MAN, WOMAN, Voice, make_speech
from workers.speech.sound import Sound
from workers.speech.voice_activity import voice_probabilities

Samples = NDArray[np.float32]


def speech(voice: Voice = MAN, *, gain: float = 1.0, noise: float = 0.0, seed: int = 0) -> Samples:
    """Speech with pauses as people make them."""
    made = make_speech(
        [1.0, "I led the team that moved our billing", 2.0, "and nobody noticed", 3.0, "until May", 0.5], voice
    )
    hiss = np.random.default_rng(seed).normal(0, noise, len(made.samples)) if noise else 0.0
    return (made.samples * gain + hiss).astype(np.float32)


def every_window(samples: Samples) -> list[bool]:
    """The same network and the same two thresholds, with nothing left out: the reference, without our code's buffers."""
    network = VoiceDetector(0).network
    state, speaking, found = np.zeros((2, 1, 128), np.float32), False, []
    padded = np.concatenate((np.zeros(64, np.float32), samples))
    for start in range(0, len(samples) // WINDOW * WINDOW, WINDOW):
        row = padded[None, start : start + 64 + WINDOW]
        output, state = network.run(None, {"input": row, "state": state, "sr": np.array(RATE)})
        speaking = output[0, 0] >= 0.5 or (speaking and output[0, 0] >= 0.35)
        found.append(bool(speaking))
    return found


async def in_chunks(detector: VoiceDetector, samples: Samples, size: int) -> list[bool]:
    stream, found = VoiceStream(), []
    for start in range(0, len(samples), size):
        found += await detector.listen(stream, samples[start : start + size])
    return found


@pytest.mark.parametrize("size", [1, 100, 512, 1365, 50_000])
async def test_chunks_of_any_length_give_the_same(size: int) -> None:
    samples = speech()[: RATE * 2] if size == 1 else speech()
    assert await in_chunks(VoiceDetector(0), samples, size) == every_window(samples)


@pytest.mark.parametrize("noise", [0.0, NOISE_FLOOR / 3, 1e-3])
@pytest.mark.parametrize("gain", [1.0, 0.2])
async def test_after_a_long_silence_windows_are_passed_over(gain: float, noise: float) -> None:
    once = speech(gain=gain, noise=noise)
    still = np.random.default_rng(3).normal(0, noise, 20 * RATE) if noise else np.zeros(20 * RATE)
    samples = np.concatenate((once, still, once)).astype(np.float32)
    detector = VoiceDetector(0)
    found, reference = np.array(await in_chunks(detector, samples, 1365)), np.array(every_window(samples))
    half = len(once) // WINDOW
    assert (found[:half] == reference[:half]).all()
    assert (found != reference).sum() <= 4  # edges, by a window
    passed_over = len(samples) // WINDOW - detector.windows
    assert (passed_over > 15 * RATE / WINDOW) == (noise < NOISE_FLOOR)


async def test_many_sessions_in_one_batch_give_what_each_gives_alone() -> None:
    detector = VoiceDetector()
    sounds = [speech(voice, noise=1e-3, seed=seed) for seed, voice in enumerate([MAN, WOMAN] * 4)]
    together = await asyncio.gather(
        *(in_chunks(detector, samples, 1000 + 77 * at) for at, samples in enumerate(sounds))
    )
    assert together == [every_window(samples) for samples in sounds]
    assert detector.calls < detector.windows / 2


async def test_live_and_report_agree_on_where_there_is_voice() -> None:
    """Two releases of one network (the worker's is faster-whisper's own): they differ by a window at the edges."""
    samples = speech(noise=1e-3)
    live = np.array(await in_chunks(VoiceDetector(0), samples, 1365))
    batch = voice_probabilities(Sound(samples))[: len(live)] >= 0.5
    assert (live != batch).mean() < 0.05


async def test_a_window_that_the_network_refuses_leaves_the_others_served() -> None:
    detector = VoiceDetector(0)
    broken = VoiceStream()
    broken.state = np.zeros((1, 1), np.float32)
    with pytest.raises(Exception, match=r".+"):
        await detector.listen(broken, np.full(WINDOW, 0.1, np.float32))
    assert await detector.listen(VoiceStream(), np.full(WINDOW, 0.1, np.float32)) in ([True], [False])
