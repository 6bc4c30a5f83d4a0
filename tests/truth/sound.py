"""Answers made of known words, pauses, fillers and noise, and how far ``workers.speech`` is from them."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import parselmouth
import yaml
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from intervi.analysis.figures import SYLLABLES_PER_WORD, Reason, Speech, Transcript, Word
from tests.media_made import speech as made
from tests.media_made.speech import RATE, Hesitation, MadeSpeech, Samples, Voice, make_speech
from tests.truth.errors import Errors
from workers.speech import measure_speech
from workers.speech.pitch import HIGHEST_HZ, LOWEST_HZ, track_pitch
from workers.speech.sound import STEP_SECONDS, Sound, runs
from workers.speech.spectrum import TINY, measured_spectrum

VOICES = (
    Voice("en-us"),
    Voice("en-us+f3"),
    Voice("en"),
    Voice("en+f2"),
    Voice("en-gb-scotland+m3"),
    Voice("en-gb-scotland+f4"),
    Voice("en-029"),
    Voice("en-us-nyc+f4"),
    Voice("en-gb-x-gbclan+m1"),
    Voice("en-gb-x-rp+m7", 30),
    Voice("en-us+f5", 70),
)
"""Men and women; American, British and Scottish, and two more. Thresholds were chosen on six of them."""
ACCENTS = {
    "en-us": "American",
    "en-gb-scotland": "Scottish",
    "en-029": "Caribbean",
    "en": "British",
}
"""By the beginning of a voice's name; the first that fits."""
RATES = (120, 150, 180)
NOISES: tuple[tuple[str, float], ...] = (
    ("clean", 0),
    ("pink", 20),
    ("pink", 10),
    ("white", 10),
    ("hum", 10),
    ("babble", 10),
    ("pink", 5),
)
Parts = Sequence[str | Hesitation | float]
TEXTS: tuple[Parts, ...] = (
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
"""No threshold was chosen on these."""
NOT_A_VOICE: dict[str, tuple[Samples, Reason]] = {
    "silence": (made.silence(3), Reason.NO_SOUND),
    "white noise": (made.noise(3), Reason.NO_VOICE),
    "pink noise": (made.noise(3, "pink"), Reason.NO_VOICE),
    "mains hum": (made.noise(3, "hum"), Reason.NO_VOICE),
    "a tone": (made.tone(440, 3), Reason.NO_VOICE),
    "a click": (made.noise(0.05), Reason.TOO_SHORT),
}


GROUPS = ("men", "women", *ACCENTS.values(), *(f"{rate} words a minute" for rate in RATES))


@dataclass(frozen=True)
class Case:
    """One made answer in one kind of noise."""

    truth: MadeSpeech
    kind: str
    decibels: float
    voice: Voice
    words_per_minute: int

    @property
    def condition(self) -> str:
        return condition(self.kind, self.decibels)

    @property
    def samples(self) -> Samples:
        return self.truth.samples if self.kind == "clean" else self.truth.with_noise(self.decibels, self.kind)

    @property
    def groups(self) -> tuple[str, str, str]:
        """Three of ``GROUPS``: sex, accent and speed."""
        sex = "women" if "+f" in self.voice.name else "men"
        accent = next(name for beginning, name in ACCENTS.items() if self.voice.name.startswith(beginning))
        return sex, accent, f"{self.words_per_minute} words a minute"


def condition(kind: str, decibels: float) -> str:
    """The name of a noise in the table."""
    return kind if kind == "clean" else f"{kind} {decibels:.0f} dB"


def cases(
    texts: Sequence[Parts] = TEXTS,
    voices: Sequence[Voice] = VOICES,
    rates: Sequence[int] = RATES,
    noises: Sequence[tuple[str, float]] = NOISES,
) -> Iterator[Case]:
    """Every text by every voice at every rate in every noise."""
    for parts in texts:
        for voice in voices:
            for rate in rates:
                truth = make_speech(parts, voice, rate)
                for kind, decibels in noises:
                    yield Case(truth, kind, decibels, voice, rate)


def interview_answers() -> list[Parts]:
    """Good answers of over a hundred words, on whose wording nothing was tuned that concerns sound; a pause after every sentence."""
    rows = yaml.safe_load((Path(__file__).parents[1] / "coaching" / "cases.yaml").read_text())
    answers = []
    for row in rows:
        sentences = re.split(r"(?<=[.?!])\s+", row["good"].strip())
        answers.append([0.5, *(part for sentence in sentences for part in (sentence, 0.6))])
    return answers


def transcript_of(truth: MadeSpeech) -> Transcript:
    """What a recogniser that hears every word, and no filler, would give."""
    words = [Word(text=word.text, start=word.start, end=word.end) for word in truth.words if word not in truth.fillers]
    return Transcript(engine="truth", text=" ".join(word.text for word in words), words=words)


# --- comparisons ----------------------------------------------------------------------------------------------------


def compare(case: Case, errors: Errors) -> Speech:
    """Measures an answer and adds its errors."""
    samples, truth, where = case.samples, case.truth, case.condition
    measured = measure_speech(samples, None)
    errors.add("pause ratio", where, value(measured.pause_ratio.value) - truth.pause_ratio)
    if case.kind != "clean":
        errors.add("pause ratio, voice and noise known apart", where, audible_pause_ratio(case) - truth.pause_ratio)
    errors.add("response delay, s", where, value(measured.response_delay_seconds.value) - truth.silences[0][1])
    syllables = value(measured.articulation_rate.value) * value(measured.speaking_seconds.value)
    errors.add("syllables, %", where, syllables / len(truth.syllables) - 1)
    if case.kind == "clean":
        worded = measure_speech(samples, transcript_of(truth)).words_per_minute
        errors.add("pace from words, %", where, value(worded.value) / truth.words_per_minute - 1)
    elif case.kind != "babble":
        errors.add("signal to noise, dB", where, value(measured.signal_to_noise_db.value) - case.decibels)
    errors.add("loudness, dB", where, value(measured.loudness_lufs.value) - loudness_of(_voice_alone(samples, truth)))
    level = 10 * np.log10(np.mean(np.square(_voice_alone(samples, truth), dtype=np.float64)))
    errors.add("level, dB", where, value(measured.level_dbfs.value) - level)
    compare_pitch(measured, samples, where, errors)
    _compare_pauses(measured, truth, where, errors)
    hits = sum(any(one.start < word.end and one.end > word.start for one in measured.fillers) for word in truth.fillers)
    errors.match("fillers by sound", where, hits, len(truth.fillers), len(measured.fillers))
    return measured


def audible_pause_ratio(case: Case) -> float:
    """How far noise itself hides the truth: the share of pauses where the voice is nowhere louder than the noise, each known by itself.

    Twelve bands and 50 ms, as ``workers.speech.gaps`` has them; a voice is not heard further below its loudest band than where silence
    begins in the truth.
    """
    voice, noise = (_band_levels(samples) for samples in (case.truth.samples, case.samples - case.truth.samples))
    inaudible = np.percentile(voice, 95, axis=0).max() - 39
    silent = runs(~(voice > np.maximum(noise, inaudible)).any(axis=1))
    shortest = round(made.PAUSE_SECONDS / STEP_SECONDS)
    return sum(end - start for start, end in silent if end - start >= shortest) / len(voice)


def _band_levels(samples: Samples) -> NDArray[np.float64]:
    """dB of each band, its power averaged over 50 ms."""
    with measured_spectrum(Sound(samples)) as spectrum:
        bands = np.concatenate(list(spectrum.bands.parts()))
    power = uniform_filter1d(bands.astype(np.float64), 5, axis=0)
    return np.asarray(10 * np.log10(np.maximum(power, TINY)))


def compare_pace(truth: MadeSpeech, where: str, errors: Errors) -> None:
    """The pace of a whole answer without its words, and what it would be were every syllable counted: words differ in length."""
    pace = measure_speech(truth.samples, None).words_per_minute
    errors.add("pace from syllables, %", where, value(pace.value) / truth.words_per_minute - 1)
    counted = len(truth.syllables) / SYLLABLES_PER_WORD / truth.seconds * 60
    errors.add("pace from syllables, every one counted, %", where, counted / truth.words_per_minute - 1)


def _compare_pauses(measured: Speech, truth: MadeSpeech, where: str, errors: Errors) -> None:
    """A pause that was found counts as one if it lies over any silence: a short one may have grown in noise."""
    for name, least, longest in (("pauses over 0.5 s", 0.5, np.inf), ("pauses of 0.25 to 0.5 s", 0.25, 0.5)):
        true = [(start, end) for start, end in truth.pauses if least < end - start <= longest]
        apart = [
            min((max(abs(one.start - start), abs(one.end - end)) for one in measured.pauses), default=np.inf)
            for start, end in true
        ]
        for error in apart:
            if np.isfinite(error) and least >= 0.5:
                errors.add(f"{name}: the worse end, s", where, float(error))
        errors.match(f"{name}, both ends within 0.15 s", where, sum(error <= 0.15 for error in apart), len(true))
    over_silence = sum(
        any(one.start < end and one.end > start for start, end in truth.silences) for one in measured.pauses
    )
    errors.match("pauses given that lie over a silence", where, over_silence, len(measured.pauses))


def compare_pitch(measured: Speech, samples: Samples, where: str, errors: Errors) -> None:
    """Fundamental frequency against Praat's own, within the speech that was found."""
    times, hertz = praat(samples)
    within = np.zeros(len(times), dtype=bool)
    for span in measured.speech:
        within |= (times >= span.start) & (times < span.end)
    reference = hertz[within & (hertz > 0)]
    errors.add("median f0 against Praat, %", where, value(measured.median_f0_hz.value) / np.median(reference) - 1)
    # Praat's few frames of noise or of a harmonic, an octave and more away, would count for more than all the melody.
    spread = 12 * np.log2(reference[np.abs(np.log2(reference / np.median(reference))) <= 1]).std()
    found = value(measured.f0_standard_deviation_semitones.value)
    errors.add("f0 spread against Praat, %", where, found / spread - 1)


def compare_contours(errors: Errors) -> None:
    """Sounds whose fundamental frequency is known at every moment."""
    contours = {
        **{f"steady {hertz} Hz": np.full(2 * RATE, float(hertz)) for hertz in (70, 100, 180, 300, 450)},
        "glide 110 to 330 Hz": made.glide(110, 330, 2),
        "glide 240 to 90 Hz": made.glide(240, 90, 2),
        "vibrato of a semitone": made.vibrato(200, 1.0, 5, 2),
        "vibrato of 3 semitones": made.vibrato(140, 3.0, 3, 2),
    }
    for name, contour in contours.items():
        hertz = track_pitch(Sound(made.voiced(contour))).hertz[5:-5]
        truth = contour[:: RATE // 100][5:-5]
        voiced = hertz > 0
        for error in hertz[voiced] / truth[voiced] - 1:
            errors.add("f0 at every moment, %", name, float(error))
        errors.match("moments that have an f0", name, int(voiced.sum()), len(hertz))


def praat(samples: Samples) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times, and Hz there, of Praat's own implementation of the same method."""
    sound = parselmouth.Sound(samples.astype(np.float64), RATE)
    pitch = sound.to_pitch_ac(time_step=0.01, pitch_floor=LOWEST_HZ, pitch_ceiling=HIGHEST_HZ)
    return np.asarray(pitch.xs()), np.asarray(pitch.selected_array["frequency"])


def _voice_alone(samples: Samples, truth: MadeSpeech) -> Samples:
    keep = np.ones(len(samples), dtype=bool)
    for start, end in truth.silences:
        keep[round(start * RATE) : round(end * RATE)] = False
    return samples[keep]


def loudness_of(samples: Samples) -> float:
    """Integrated loudness in LUFS by FFmpeg's own implementation of EBU R 128."""
    raw = ["-f", "f32le", "-ar", str(RATE), "-ac", "1", "-i", "-"]
    command = ["ffmpeg", "-nostdin", "-hide_banner", *raw, "-af", "ebur128=framelog=verbose", "-f", "null", "-"]
    done = subprocess.run(command, input=samples.tobytes(), capture_output=True, check=True)
    found = re.findall(r"I:\s+(-?[\d.]+) LUFS", done.stderr.decode())
    return float(found[-1])


def value(figure: float | None) -> float:
    assert figure is not None, "made speech of many seconds has every figure"
    return figure
