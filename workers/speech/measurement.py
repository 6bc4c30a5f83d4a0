"""From sound and words to the figures of ``intervi.analysis.figures.Speech``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intervi.analysis.disfluencies import is_hesitation
from intervi.analysis.figures import SYLLABLES_PER_WORD, Figure, Filler, Reason, Span, Speech, Transcript, Word
from workers.sound_track import Samples
from workers.speech.clarity import clarity
from workers.speech.fillers import all_fillers, fillers_heard
from workers.speech.gaps import noisy_room
from workers.speech.level import levels, loudness, mean_level, noise_frames, signal_to_noise
from workers.speech.pitch import Pitch, track_pitch
from workers.speech.sound import Contour, Sound, frames_within
from workers.speech.spectrum import Spectrum, measured_spectrum
from workers.speech.syllables import syllable_nuclei
from workers.speech.tract import tract_shapes
from workers.speech.voice_activity import pause_ratio, pauses_between, voice_probabilities, voice_spans

SHORTEST_SECONDS = 0.5
"""Below this nothing is measured."""
_LEAST_VOICE_SECONDS = 0.1
"""Less voice than in any word is none."""
_SHORTEST_RATE_SECONDS = 1.0
"""Voice needed before anything is given per minute or second."""
_VOICED_FOR_MEDIAN, _VOICED_FOR_SPREAD = 10, 50
"""Frames with a fundamental frequency that its median and its spread need: 0.1 s and 0.5 s."""

_SPOKEN_PARTS = re.compile(r"\d+|[^\W\d_]+|[%$€£]")
"""Of a number: groups of figures, units, signs."""
_OCTAVES_FROM_MEDIAN = 1.0
"""No speaker's voice goes further from its middle; a measurement that does has taken a harmonic or a noise for the voice."""


def no_speech(reason: Reason, seconds: float = 0.0) -> Speech:
    """A result in which every figure is missing, for this reason."""
    missing = Figure(reason=reason)
    return Speech(duration_seconds=seconds, **dict.fromkeys(_FIGURES, missing))


_FIGURES = [name for name, field in Speech.model_fields.items() if field.annotation is Figure]


def measure_speech(audio: Samples, transcript: Transcript | None) -> Speech:
    """Measures how an answer was said.

    Args:
        audio: 16 kHz, mono, full scale 1: shape (samples,). It is never copied whole; values that are no numbers count as silence.
        transcript: what was recognised. Without one, or with a rough one, pace is measured on syllables.

    Raises:
        ValueError: when ``audio`` is not one channel of floating point samples.
    """
    sound = Sound(audio)
    if sound.seconds < SHORTEST_SECONDS:
        return no_speech(Reason.TOO_SHORT if len(sound) else Reason.NO_SOUND, sound.seconds)
    if sound.is_silent():
        return no_speech(Reason.NO_SOUND, sound.seconds)
    with measured_spectrum(sound) as spectrum:
        voice = voice_spans(voice_probabilities(sound), spectrum, sound.seconds)
        if sum(span.seconds for span in voice) < _LEAST_VOICE_SECONDS:
            return no_speech(Reason.NO_VOICE, sound.seconds)
        return _measured(sound, spectrum, voice, transcript)


def _measured(sound: Sound, spectrum: Spectrum, voice: list[Span], transcript: Transcript | None) -> Speech:
    contour = levels(sound)
    within = frames_within([(span.start, span.end) for span in voice], sound.frames)
    noise = noise_frames(contour, voice)
    pitch = track_pitch(sound)
    nuclei = syllable_nuclei(spectrum.syllable_band, pitch.hertz > 0, within)
    words = _timed_words(transcript)
    fillers = all_fillers(_fillers_heard(sound, spectrum, pitch, contour, within), words)
    speaking = sum(span.seconds for span in voice)
    said = _words_said(transcript, nuclei, fillers)
    median, hertz, semitones = _fundamental_frequency(pitch, within)
    too_short = Figure(reason=Reason.TOO_SHORT)
    return Speech(
        duration_seconds=sound.seconds,
        speaking_seconds=_figure(speaking),
        speech=voice,
        pauses=pauses_between(voice),
        pause_ratio=_figure(pause_ratio(voice, sound.seconds)),
        response_delay_seconds=_figure(voice[0].start),
        words_per_minute=said.per_minute(sound.seconds) if speaking >= _SHORTEST_RATE_SECONDS else too_short,
        articulation_rate=(
            _figure(len(nuclei) / speaking, "syllables") if speaking >= _SHORTEST_RATE_SECONDS else too_short
        ),
        fillers=fillers,
        fillers_per_minute=(
            _figure(len(fillers) / sound.seconds * 60, _basis_of(words))
            if speaking >= _SHORTEST_RATE_SECONDS
            else too_short
        ),
        filler_word_ratio=said.filler_ratio(fillers),
        loudness_lufs=_figure(loudness(sound, within)),
        level_dbfs=_figure(mean_level(contour[within])),
        signal_to_noise_db=_figure(signal_to_noise(contour, within, noise)),
        median_f0_hz=median,
        f0_standard_deviation_hz=hertz,
        f0_standard_deviation_semitones=semitones,
        clarity=clarity(spectrum, within, noise, nuclei, words),
    )


def _fillers_heard(
    sound: Sound, spectrum: Spectrum, pitch: Pitch, contour: Contour, within: NDArray[np.bool_]
) -> list[Filler]:
    room = noisy_room(within, spectrum)
    with tract_shapes(sound, room.frames if room else None) as shapes:
        return fillers_heard(shapes, pitch, contour, within, room.standing_out if room else None)


def _figure(value: float | None, basis: str = "") -> Figure:
    """A figure, or that the sound was too short for it."""
    return Figure(reason=Reason.TOO_SHORT) if value is None else Figure(value=float(value), basis=basis)


@dataclass(frozen=True)
class _WordsSaid:
    """How many words were said, hesitations not counted, and what that was counted on."""

    count: float
    basis: str

    def per_minute(self, seconds: float) -> Figure:
        return Figure(value=self.count / seconds * 60, basis=self.basis)

    def filler_ratio(self, fillers: Sequence[Filler]) -> Figure:
        if self.count <= 0:
            return Figure(reason=Reason.NO_WORDS)
        return Figure(value=len(fillers) / self.count, basis=self.basis)


def _words_said(transcript: Transcript | None, nuclei: NDArray[np.float64], fillers: Sequence[Filler]) -> _WordsSaid:
    texts = _recognised_texts(transcript)
    if texts:
        return _WordsSaid(sum(_spoken_words(text) for text in texts if not is_hesitation(text)), "words")
    hesitating = sum(any(filler.start <= at <= filler.end for filler in fillers) for at in nuclei)
    return _WordsSaid((len(nuclei) - hesitating) / SYLLABLES_PER_WORD, "syllables")


def _spoken_words(text: str) -> int:
    """How many words a written one stands for: one; in figures, "90%" is two and "$12.50" three."""
    return len(_SPOKEN_PARTS.findall(text)) if any(sign.isdigit() for sign in text) else 1


def _recognised_texts(transcript: Transcript | None) -> list[str]:
    """The words that were spoken, where that is known well enough. A text typed instead of speaking is no speech."""
    if transcript is None or not transcript.usable or transcript.engine == "typed":
        return []
    texts = [word.text for word in transcript.words] or transcript.text.split()
    return [text for text in texts if any(character.isalnum() for character in text)]


def _timed_words(transcript: Transcript | None) -> list[Word]:
    return list(transcript.words) if transcript is not None and transcript.usable else []


def _basis_of(words: Sequence[Word]) -> str:
    return "transcript" if words else "acoustic"


def _fundamental_frequency(pitch: Pitch, within: NDArray[np.bool_]) -> tuple[Figure, Figure, Figure]:
    """Median in Hz, standard deviation in Hz and in semitones, over the voiced frames of speech."""
    hertz = pitch.hertz[within & (pitch.hertz > 0)].astype(np.float64)
    median = float(np.median(hertz)) if len(hertz) >= _VOICED_FOR_MEDIAN else None
    if median is None or len(hertz) < _VOICED_FOR_SPREAD:
        return _figure(median), _figure(None), _figure(None)
    near = hertz[np.abs(np.log2(hertz / median)) <= _OCTAVES_FROM_MEDIAN]
    return _figure(median), _figure(near.std()), _figure(12 * np.log2(near).std())
