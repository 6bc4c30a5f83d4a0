"""Prints how fast the sound is measured, in times real time of one core (processor time), beside librosa.pyin on the same samples.

.venv/bin/python -m benchmarks.speech [MINUTES]
"""

import argparse
import resource
import time
from collections.abc import Callable

import librosa
import numpy as np

from tests.media_made.speech import MAN, RATE, WOMAN, Hesitation, make_speech
from workers.speech import measure_speech
from workers.speech.pitch import HIGHEST_HZ, LOWEST_HZ, track_pitch
from workers.speech.sound import Sound
from workers.speech.spectrum import measure_spectrum
from workers.speech.voice_activity import voice_probabilities

_PYIN_SECONDS = 60
"""pyin is slow, and its speed does not depend on the length."""


def peak_mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def processor_seconds(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def answer(minutes: float) -> np.ndarray:
    """Speech with pauses and fillers in faint noise, repeated to the length."""
    parts = [
        0.5,
        "We had, um, three weeks to move every record.",
        0.8,
        Hesitation("er"),
        0.4,
        "I made a list of the risks",
        0.6,
    ]
    once = np.concatenate([make_speech(parts, voice).with_noise(25) for voice in (MAN, WOMAN)])
    return np.resize(once, round(minutes * 60 * RATE))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float, nargs="?", default=10.0)
    samples = answer(parser.parse_args().minutes)
    sound, seconds = Sound(samples), len(samples) / RATE
    measure_speech(samples[: 5 * RATE], None)  # loads the network
    before = peak_mebibytes()
    short = samples[: _PYIN_SECONDS * RATE]
    runs: list[tuple[str, float, Callable[[], object]]] = [
        ("everything", seconds, lambda: measure_speech(samples, None)),
        ("  voice (silero)", seconds, lambda: voice_probabilities(sound)),
        ("  fundamental frequency", seconds, lambda: track_pitch(sound)),
        ("  spectrum", seconds, lambda: measure_spectrum(sound)),
    ]
    print(f"{seconds / 60:.0f} minutes; one core; times real time")
    for name, length, work in runs:
        print(f"{name:<28} {length / processor_seconds(work):8.0f}")
    print(f"memory above the {before:.0f} MiB held before: {peak_mebibytes() - before:.0f} MiB")

    def pyin() -> object:
        return librosa.pyin(short, fmin=LOWEST_HZ, fmax=HIGHEST_HZ, sr=RATE, hop_length=RATE // 100)

    pyin()  # compiles
    print(f"{'librosa.pyin, f0 alone':<28} {len(short) / RATE / processor_seconds(pyin):8.0f}")


if __name__ == "__main__":
    main()
