"""Speech and sounds of known truth: 16 kHz mono float32, as the workers take it."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from tests.media_made.espeak import Sound, synthesise

RATE = 16_000
FILLERS = frozenset({"um", "uh", "er", "erm", "uhm"})
PAUSE_SECONDS = 0.25
_VOWEL_INITIALS = frozenset("aeiou0123V@AEIOU")
_SYLLABIC = frozenset({"n-", "l-", "m-", "@L"})
_INAUDIBLE = 10 ** (-45 / 20)

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Voice:
    """A voice of espeak-ng, at a pitch of its own scale (0 to 99)."""

    name: str
    pitch: int = 50


MAN = Voice("en-us")
WOMAN = Voice("en-us+f3")
BRITISH_MAN = Voice("en")
BRITISH_WOMAN = Voice("en+f2")
SCOTTISH_MAN = Voice("en-gb-scotland+m3")
LOW_MAN = Voice("en-gb-x-rp+m7", 30)
VOICES = (MAN, WOMAN, BRITISH_MAN, BRITISH_WOMAN, SCOTTISH_MAN, LOW_MAN)


@dataclass(frozen=True)
class Spoken:
    """A word and its time in seconds."""

    text: str
    start: float
    end: float


@dataclass(frozen=True)
class Hesitation:
    """A part of a speech said more slowly than the rest, as hesitations are."""

    text: str
    words_per_minute: int = 90


@dataclass(frozen=True)
class MadeSpeech:
    """Samples and what is in them."""

    samples: Samples
    words: list[Spoken] = field(default_factory=list)
    """All of them, fillers included."""
    syllables: list[float] = field(default_factory=list)
    """The time of each syllable's vowel."""

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE

    @property
    def fillers(self) -> list[Spoken]:
        return [word for word in self.words if word.text.lower() in FILLERS]

    @property
    def silences(self) -> list[tuple[float, float]]:
        """Every inaudible stretch of 0.25 s and more: known exactly while no noise has been added."""
        return _silences(self.samples)

    @property
    def pauses(self) -> list[tuple[float, float]]:
        """The silences between sound and sound."""
        return [(start, end) for start, end in self.silences if start > 0 and end < self.seconds]

    @property
    def pause_ratio(self) -> float:
        return sum(end - start for start, end in self.silences) / self.seconds

    @property
    def words_per_minute(self) -> float:
        """Over the whole, fillers not counted."""
        return (len(self.words) - len(self.fillers)) / self.seconds * 60

    def __add__(self, other: "MadeSpeech") -> "MadeSpeech":
        later = self.seconds
        return MadeSpeech(
            np.concatenate([self.samples, other.samples]),
            self.words + [Spoken(word.text, word.start + later, word.end + later) for word in other.words],
            self.syllables + [at + later for at in other.syllables],
        )

    def with_noise(self, decibels: float, kind: str = "pink", seed: int = 1) -> Samples:
        """The samples in noise that lies ``decibels`` below the speech's own level."""
        return add_noise(self.samples, decibels, kind, seed)


def make_speech(
    parts: Sequence[str | Hesitation | float], voice: Voice = MAN, words_per_minute: int = 150
) -> MadeSpeech:
    """Texts spoken one after another; a number between them is so many seconds of silence.

    >>> make_speech([0.5, "I led the team", 0.8, Hesitation("um"), 0.4, "and we shipped it", 1.0], WOMAN)
    """
    made = MadeSpeech(np.zeros(0, np.float32))
    for part in parts:
        if isinstance(part, int | float):
            made += MadeSpeech(np.zeros(round(part * RATE), np.float32))
        elif isinstance(part, Hesitation):
            made += _say(part.text, voice, part.words_per_minute)
        else:
            made += _say(part, voice, words_per_minute)
    return made


def _say(text: str, voice: Voice, words_per_minute: int) -> MadeSpeech:
    """One text, without the silence that espeak-ng puts around it."""
    made = synthesise(text, voice.name, words_per_minute, voice.pitch)
    samples = soxr.resample(made.samples, made.rate, RATE).astype(np.float32)
    audible = np.flatnonzero(_audible(samples))
    if not audible.size:
        raise ValueError(f"espeak-ng says nothing for {text!r}")
    first, last = int(audible[0]), int(audible[-1]) + 1

    def seconds(at: int) -> float:
        return min(max(at / made.rate, first / RATE), last / RATE) - first / RATE

    words = [Spoken(word.text, seconds(word.start), seconds(word.end)) for word in made.words]
    return MadeSpeech(samples[first:last], words, [seconds(one.start) for one in made.phonemes if _is_vowel(one)])


def _is_vowel(phoneme: Sound) -> bool:
    return phoneme.text[:1] in _VOWEL_INITIALS or phoneme.text in _SYLLABIC


def _audible(samples: Samples) -> NDArray[np.bool_]:
    """Where the peak within 5 ms is no more than 45 dB below the highest."""
    width = RATE // 200
    peaks = np.abs(np.pad(samples, (0, -len(samples) % width))).reshape(-1, width).max(axis=1)
    return np.repeat(peaks > peaks.max(initial=0) * _INAUDIBLE, width)[: len(samples)]


def _silences(samples: Samples) -> list[tuple[float, float]]:
    edges = np.flatnonzero(np.diff(np.r_[0, ~_audible(samples), 0].astype(np.int8)))
    spans = [(start / RATE, end / RATE) for start, end in edges.reshape(-1, 2)]
    return [(start, end) for start, end in spans if end - start >= PAUSE_SECONDS]


# --- sounds that are no speech --------------------------------------------------------------------------------------


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def noise(seconds: float, kind: str = "white", seed: int = 1) -> Samples:
    """Noise of root mean square 0.1: ``white``, ``pink`` (from 50 Hz up), or ``hum`` (mains, 50 Hz and its harmonics)."""
    count = round(seconds * RATE)
    generator = np.random.default_rng(seed)
    if kind == "hum":
        time = np.arange(count) / RATE
        made = sum(np.sin(2 * np.pi * 50 * k * time) / k for k in range(1, 8))
    else:
        spectrum = np.fft.rfft(generator.standard_normal(count))
        if kind == "pink":
            hertz = np.fft.rfftfreq(count, 1 / RATE)
            # Most of the power of the whole of pink noise is far below anything a microphone hears.
            spectrum = np.where(hertz >= 50, spectrum / np.sqrt(np.maximum(hertz, 50)), 0)
        made = np.fft.irfft(spectrum, count)
    return _at_level(np.asarray(made), 0.1)


def babble(seconds: float, seed: int = 1) -> Samples:
    """Six people talking at once, of root mean square 0.1."""
    text = "the people at the other tables talk about their day and the weather and what they want to eat tonight"
    generator = np.random.default_rng(seed)
    total = np.zeros(round(seconds * RATE))
    for index, voice in enumerate(VOICES):
        one = make_speech([text], voice, 140 + 10 * index).samples
        repeated = np.tile(one, -(-len(total) // len(one)) + 1)
        begin = int(generator.integers(len(one)))
        total += repeated[begin : begin + len(total)]
    return _at_level(total, 0.1)


def add_noise(samples: Samples, decibels: float, kind: str = "pink", seed: int = 1) -> Samples:
    """Samples in noise: ``decibels`` is the ratio of their power where they are audible to that of the noise."""
    seconds = len(samples) / RATE
    made = babble(seconds, seed) if kind == "babble" else noise(seconds, kind, seed)
    level = float(np.sqrt(np.mean(np.square(samples[_audible(samples)]))))
    return (samples + made * (level / 0.1 * 10 ** (-decibels / 20))).astype(np.float32)


def tone(hertz: float, seconds: float, amplitude: float = 0.5) -> Samples:
    """A sine."""
    return (amplitude * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def voiced(contour: NDArray[np.float64], amplitude: float = 0.3) -> Samples:
    """A harmonic sound of given fundamental frequency (Hz at each sample), its harmonics falling by 6 dB an octave."""
    phase = 2 * np.pi * np.cumsum(contour) / RATE
    highest = int(0.45 * RATE / contour.max())
    made = sum(np.sin(k * phase) / k for k in range(1, min(highest, 30) + 1))
    return (amplitude * np.asarray(made) / np.abs(made).max()).astype(np.float32)


def glide(start: float, end: float, seconds: float) -> NDArray[np.float64]:
    """A contour that moves evenly in semitones from ``start`` to ``end`` Hz."""
    return np.asarray(np.geomspace(start, end, round(seconds * RATE)))


def vibrato(hertz: float, semitones: float, rate: float, seconds: float) -> NDArray[np.float64]:
    """A contour that swings by ``semitones`` to both sides, ``rate`` times a second."""
    time = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(hertz * 2 ** (semitones / 12 * np.sin(2 * np.pi * rate * time)))


def sox(samples: Samples, *effects: str) -> Samples:
    """The samples after SoX's effects, such as ``sox(samples, "pitch", "300")``."""
    raw = ["-t", "f32", "-r", str(RATE), "-c", "1", "-"]
    done = subprocess.run(["sox", "-R", *raw, *raw, *effects], input=samples.tobytes(), capture_output=True, check=True)
    return np.frombuffer(done.stdout, dtype=np.float32).copy()


def write_wav(path: Path, samples: Samples, rate: int = RATE) -> Path:
    """16-bit PCM at ``rate`` (resampled from 16 kHz); peaks over full scale are clipped."""
    resampled = samples if rate == RATE else soxr.resample(samples, RATE, rate)
    soundfile.write(path, np.clip(resampled, -1, 1), rate, subtype="PCM_16")
    return path


def _at_level(samples: NDArray[np.float64], level: float) -> Samples:
    return (samples * level / np.sqrt(np.mean(np.square(samples)))).astype(np.float32)


def louder(made: MadeSpeech, decibels: float) -> MadeSpeech:
    """The same speech at another level."""
    return replace(made, samples=(made.samples * 10 ** (decibels / 20)).astype(np.float32))
