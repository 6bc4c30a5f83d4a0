"""Recorded speech whose words are known: the English prompts of Asterisk, spoken by Allison Smith (CC BY-SA 3.0), 8 kHz.

Debian's package ``asterisk-core-sounds-en-wav``. No fillers are in it; pauses and fundamental frequency are held against Praat.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import parselmouth
import soundfile
import soxr

from intervi.analysis.figures import Transcript, Word
from tests.media_made.speech import RATE, Samples
from tests.truth.errors import Errors
from tests.truth.sound import compare_pitch, value
from workers.speech import measure_speech
from workers.speech.voice_activity import PAUSE_SECONDS

DIRECTORY = Path("/usr/share/asterisk/sounds/en_US_f_Allison")
WHERE = "recorded"
LEAST_SECONDS = 2.5
_SILENT_DB = -35.0
"""Below the loudest, for Praat. Its default of -25 takes the closures of consonants and the fading of a word for silence."""
WORDS = {
    "agent-alreadyon": "That agent is already logged on. Please enter your agent number followed by the pound key.",
    "demo-abouttotry": "I am about to attempt an Inter-Asterisk Exchange connection to a demonstration server located at Digium. In order "
    "for this to work you must already be connected to the Internet. Please wait a moment while I attempt to make the connection.",
    "demo-congrats": "Congratulations. You have successfully installed and executed the Asterisk open source PBX. You have also installed "
    "a set of sample sounds and configuration files that should help you to get started. Like a normal PBX you will navigate this "
    "demonstration by dialing digits. If you are using a console channel driver instead of a real phone you can use the dial, answer, and "
    "hang up commands to simulate the actions of a standard telephone.",
    "demo-echotest": "You are about to enter an echo test. In this mode everything you say will be repeated back to you just as soon as it "
    "is received. The purpose of this test is to give you an audible sense of the latency between you and the machine that is running "
    "the echo test application. You may end the test by hanging up or by pressing the pound key.",
    "demo-nogo": "I am afraid I was unable to create a connection to the Digium demonstration Asterisk server. You may find some helpful "
    "debugging information on the Asterisk console.",
    "privacy-unident": "The party you are trying to reach does not accept unidentified calls.",
    "queue-periodic-announce": "All of our representatives are currently busy. Please stay on the line and your call will be answered by "
    "the next available representative.",
    "queue-youarenext": "Your call is now first in line and will be answered by the next available representative.",
    "ss-noservice": "The number you have dialed is not in service. Please check the number and try again.",
    "tt-allbusy": "All representatives of the household are currently assisting other telemarketers. Please hold and your call will be "
    "answered in the order it was received.",
}
"""What is said in some of them."""


@dataclass(frozen=True)
class Prompt:
    """One recording."""

    name: str
    samples: Samples

    @property
    def words(self) -> list[str]:
        """What is said; empty where we have not written it down."""
        return re.findall(r"[\w'-]+", WORDS.get(self.name, ""))

    @property
    def transcript(self) -> Transcript | None:
        """The words, at times that are right on the average."""
        if not self.words:
            return None
        step = len(self.samples) / RATE / len(self.words)
        words = [Word(text=word, start=step * at, end=step * (at + 1)) for at, word in enumerate(self.words)]
        return Transcript(engine="truth", text=WORDS[self.name], words=words)


@cache
def prompt(name: str, directory: Path = DIRECTORY) -> Prompt:
    """A recording by its name."""
    samples, rate = soundfile.read(directory / f"{name}.wav", dtype="float32")
    return Prompt(name, soxr.resample(samples, rate, RATE))


def prompts(directory: Path = DIRECTORY) -> Iterator[Prompt]:
    """All of them that are long enough to be measured."""
    for path in sorted(directory.rglob("*.wav")):
        one = prompt(str(path.relative_to(directory).with_suffix("")), directory)
        # What is not speech: tones, and monkeys.
        if len(one.samples) >= LEAST_SECONDS * RATE and not re.search(r"tone|monkeys$|^silence", one.name):
            yield one


def compare(one: Prompt, errors: Errors) -> None:
    """Measures a recording and adds its errors."""
    measured = measure_speech(one.samples, None)
    if measured.f0_standard_deviation_semitones.value is None:
        return  # a single short word, or a sound that is none
    true = praat_pauses(one.samples)
    for start, end in true:
        if end - start > 0.5:
            apart = min(
                (max(abs(found.start - start), abs(found.end - end)) for found in measured.pauses), default=float("inf")
            )
            errors.match("Praat's pauses over 0.5 s, both ends within 0.15 s", WHERE, int(apart <= 0.15), 1)
    between = sum(pause.seconds for pause in measured.pauses) - sum(end - start for start, end in true)
    errors.add("share of pauses against Praat", WHERE, between / measured.duration_seconds)
    compare_pitch(measured, one.samples, WHERE, errors)
    errors.add("false fillers a minute", WHERE, value(measured.fillers_per_minute.value))
    if one.words:
        truth = len(one.words) / measured.duration_seconds * 60
        worded = measure_speech(one.samples, one.transcript).words_per_minute
        errors.add("pace from words, %", WHERE, value(worded.value) / truth - 1)
        errors.add("pace from syllables, %", WHERE, value(measured.words_per_minute.value) / truth - 1)


def praat_pauses(samples: Samples) -> list[tuple[float, float]]:
    """The silences between sound and sound by Praat's own detector."""
    sound = parselmouth.Sound(samples.astype("float64"), RATE)
    grid = parselmouth.praat.call(
        sound, "To TextGrid (silences)", 100, 0, _SILENT_DB, PAUSE_SECONDS, 0.1, "silent", "sounding"
    )
    count = parselmouth.praat.call(grid, "Get number of intervals", 1)
    found = []
    for index in range(2, count):
        if parselmouth.praat.call(grid, "Get label of interval", 1, index) == "silent":
            edges = (
                parselmouth.praat.call(grid, f"Get {edge} time of interval", 1, index) for edge in ("start", "end")
            )
            found.append((next(edges), next(edges)))
    return found
