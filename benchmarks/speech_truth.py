"""Prints how far the figures of ``workers.speech`` lie from the truth, on speech made of known parts.

The texts, and four of the ten voices, are others than those that thresholds were chosen on.

    .venv/bin/python -m benchmarks.speech_truth [--real DIRECTORY]

``--real`` adds recorded speech (WAV files, such as those of Debian's asterisk-core-sounds-en-wav): fundamental frequency against Praat,
and false fillers.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import parselmouth
import soundfile
import soxr
from numpy.typing import NDArray

from intervi.analysis.figures import Speech, Transcript, Word
from tests.media_made import speech as made
from tests.media_made.speech import VOICES, Hesitation, MadeSpeech, Samples, Voice, make_speech
from workers.speech import measure_speech
from workers.speech.pitch import HIGHEST_HZ, LOWEST_HZ

OTHER_VOICES = (Voice("en-029"), Voice("en-us-nyc+f4"), Voice("en-gb-x-gbclan+m1"), Voice("en-us+f5"))
RATES = (120, 150, 180)
NOISES: tuple[tuple[str, float], ...] = (
    ("clean", 0),
    ("pink", 20),
    ("pink", 10),
    ("white", 10),
    ("hum", 10),
    ("pink", 5),
    ("babble", 10),
)
TEXTS = (
    (
        0.7,
        "The project that taught me most was a migration of our billing records, um, from two old databases to one.",
        0.6,
        "My task was to make sure, er, that not a single payment was lost.",
        1.1,
        Hesitation("uh"),
        0.4,
        "I began with a list of everything that could fail",
        0.35,
        "and wrote an automatic check for each of these cases.",
        0.9,
    ),
    (
        0.5,
        "If a customer is angry, I let them finish before I answer.",
        0.8,
        "Last spring, uh, a hotel manager called because his booking screen stayed empty",
        Hesitation("er"),
        0.5,
        "and I stayed on the line until it worked again.",
        1.9,
        "Afterwards I explained the reason to the developers, and they, um, added an alarm.",
        0.4,
        "We have not seen the problem since October.",
        1.2,
    ),
)


@dataclass(frozen=True)
class Case:
    """One made answer in one kind of noise."""

    truth: MadeSpeech
    samples: Samples
    noise: str


def cases() -> Iterator[Case]:
    for parts in TEXTS:
        for voice in VOICES + OTHER_VOICES:
            for rate in RATES:
                truth = make_speech(parts, voice, rate)
                for kind, decibels in NOISES:
                    clean = kind == "clean"
                    samples = truth.samples if clean else truth.with_noise(decibels, kind)
                    yield Case(truth, samples, "clean" if clean else f"{kind} {decibels:.0f} dB")


def transcript_of(truth: MadeSpeech) -> Transcript:
    """What a recogniser that hears every word, and no filler, would give."""
    words = [Word(text=word.text, start=word.start, end=word.end) for word in truth.words if word not in truth.fillers]
    return Transcript(engine="truth", text=" ".join(word.text for word in words), words=words)


def praat(samples: Samples) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times, and Hz there, of Praat's own implementation of the same method."""
    sound = parselmouth.Sound(samples.astype(np.float64), made.RATE)
    pitch = sound.to_pitch_ac(time_step=0.01, pitch_floor=LOWEST_HZ, pitch_ceiling=HIGHEST_HZ)
    return np.asarray(pitch.xs()), np.asarray(pitch.selected_array["frequency"])


class Errors:
    """Errors of each figure in each noise."""

    def __init__(self) -> None:
        self.of: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.matched: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])

    def add(self, noise: str, figure: str, error: float) -> None:
        self.of[figure, noise].append(error)

    def match(self, noise: str, figure: str, hits: int, true: int, found: int) -> None:
        for index, count in enumerate((hits, true, found)):
            self.matched[figure, noise][index] += count

    def print(self) -> None:
        print(f"{'figure':<44} {'in':<14} {'mean':>8} {'spread':>8} {'worst':>8}")
        for (figure, noise), errors in sorted(self.of.items()):
            worst = max(errors, key=abs)
            print(f"{figure:<44} {noise:<14} {np.mean(errors):>+8.3f} {np.std(errors):>8.3f} {worst:>+8.3f}")
        print(f"{'':<44} {'in':<14} {'precis.':>8} {'recall':>8} {'F1':>8}")
        for (figure, noise), (hits, true, found) in sorted(self.matched.items()):
            shares = (
                hits / found if found else None,
                hits / true if true else None,
                2 * hits / (true + found) if true and found else None,
            )
            print(
                f"{figure:<44} {noise:<14}",
                *(f"{share:>8.3f}" if share is not None else f"{'':>8}" for share in shares),
            )


def compare(case: Case, errors: Errors) -> None:
    measured, truth = measure_speech(case.samples, None), case.truth
    if not measured.speech:
        print(f"no voice found in {case.noise}")
        return
    add, noise = errors.add, case.noise
    add(noise, "pause ratio", _value(measured.pause_ratio.value) - truth.pause_ratio)
    add(noise, "response delay, s", _value(measured.response_delay_seconds.value) - truth.silences[0][1])
    syllables = _value(measured.articulation_rate.value) * _value(measured.speaking_seconds.value)
    add(noise, "syllables, relative", syllables / len(truth.syllables) - 1)
    add(
        noise,
        "words a minute from syllables, relative",
        _value(measured.words_per_minute.value) / truth.words_per_minute - 1,
    )
    if noise == "clean":
        worded = measure_speech(case.samples, transcript_of(truth))
        add(
            noise,
            "words a minute from words, relative",
            _value(worded.words_per_minute.value) / truth.words_per_minute - 1,
        )
    elif "babble" not in noise:
        add(noise, "signal to noise, dB", _value(measured.signal_to_noise_db.value) - float(noise.split()[1]))
    _compare_pauses(measured, truth, noise, errors)
    hits = sum(any(one.start < word.end and one.end > word.start for one in measured.fillers) for word in truth.fillers)
    errors.match(noise, "fillers by sound", hits, len(truth.fillers), len(measured.fillers))
    _compare_pitch(measured, case.samples, noise, errors)


def _compare_pauses(measured: Speech, truth: MadeSpeech, noise: str, errors: Errors) -> None:
    """Recall by length. A pause that was found counts as one if it lies over any silence: a short one may have grown in noise."""
    over_silence = sum(
        any(one.start < end and one.end > start for start, end in truth.silences) for one in measured.pauses
    )
    for name, least, longest in (("pauses over 0.5 s", 0.5, np.inf), ("pauses from 0.25 to 0.5 s", 0.25, 0.5)):
        true = [(start, end) for start, end in truth.pauses if least < end - start <= longest]
        apart = [
            min((max(abs(one.start - start), abs(one.end - end)) for one in measured.pauses), default=np.inf)
            for start, end in true
        ]
        for error in apart:
            if error <= 0.15:
                errors.add(noise, f"{name}: worse edge, s", error)
        errors.match(noise, f"{name}, within 0.15 s", sum(error <= 0.15 for error in apart), len(true), 0)
    errors.match(noise, "pauses that lie over a silence", over_silence, 0, len(measured.pauses))


def _compare_pitch(measured: Speech, samples: Samples, noise: str, errors: Errors) -> None:
    times, hertz = praat(samples)
    within = np.zeros(len(times), dtype=bool)
    for span in measured.speech:
        within |= (times >= span.start) & (times < span.end)
    reference = hertz[within & (hertz > 0)]
    errors.add(
        noise, "median f0 against Praat, relative", _value(measured.median_f0_hz.value) / np.median(reference) - 1
    )
    spread = 12 * np.log2(reference[np.abs(np.log2(reference / np.median(reference))) <= 1]).std()
    errors.add(
        noise, "f0 spread against Praat, relative", _value(measured.f0_standard_deviation_semitones.value) / spread - 1
    )


def _value(value: float | None) -> float:
    assert value is not None, "made speech of many seconds has every figure"
    return value


def compare_real(directory: Path) -> None:
    """Recorded sentences without any filler: how many are heard, and fundamental frequency against Praat."""
    errors, seconds, fillers = Errors(), 0.0, 0
    for path in sorted(directory.rglob("*.wav")):
        samples, rate = soundfile.read(path, dtype="float32")
        samples = soxr.resample(samples, rate, made.RATE)
        if len(samples) < 2.5 * made.RATE:
            continue
        measured = measure_speech(samples, None)
        if measured.speech:
            seconds += measured.duration_seconds
            fillers += len(measured.fillers)
            _compare_pitch(measured, samples, "recorded", errors)
    print(f"\n{seconds / 60:.1f} minutes of recorded sentences: {fillers / seconds * 60:.2f} false fillers a minute")
    errors.print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=Path)
    arguments = parser.parse_args()
    errors = Errors()
    for case in cases():
        compare(case, errors)
    errors.print()
    if arguments.real:
        compare_real(arguments.real)


if __name__ == "__main__":
    main()
