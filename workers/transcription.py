"""The transcribe stage: words with their times, by Whisper."""

from collections.abc import Iterator, Sequence
from statistics import fmean

import numpy as np
from faster_whisper.vad import VadOptions, get_speech_timestamps
from numpy.typing import NDArray

from intervi.analysis.figures import Reason, Span, Transcript, Word
from workers.sound_track import Samples
from workers.whisper import RATE, whisper

Audio = NDArray[np.float32]

BLOCK_SECONDS = 300
"""Longer sound is worked off in blocks, so that memory does not grow with its length."""
SEARCH_SECONDS = 20
"""A block ends at the quietest place of its last so many seconds."""
QUIET_SECONDS = 0.3
LONGEST_UTTERANCE_SECONDS = 30
LEAST_CERTAINTY = 0.7
"""Below it a third of the words and more are wrong (docs/measurements.md): too unsure to score content by."""
PAD_SECONDS = 0.2
VAD = VadOptions(
    min_silence_duration_ms=500,
    speech_pad_ms=round(PAD_SECONDS * 1000),
    max_speech_duration_s=LONGEST_UTTERANCE_SECONDS,
)


def transcribe(audio: Samples, language: str = "en") -> Transcript:
    """Recognises one answer's sound.

    Args:
        audio: shape (samples,), 16 kHz mono; all of the answer on one timeline.
        language: ISO 639-1 code of what is spoken.

    Returns:
        Words with times; with ``reason`` where there is no sound, no voice or no word. ``rough`` where the recogniser was unsure of
        them; ``engine_note`` says why it was not the model of the settings, if so.
    """
    if not len(audio):
        return Transcript(engine="none", language=language, reason=Reason.NO_SOUND)
    blocks = list(blocks_of(audio))
    voiced = [(block, spans) for block in blocks if (spans := voiced_spans(_cut(audio, block)))]
    if not voiced:
        return Transcript(engine="none", language=language, reason=Reason.NO_VOICE)
    model, note = whisper()
    words = [
        word
        for block, spans in voiced
        for word in _shifted(_in_voice(model.words(_cut(audio, block), language), spans), block.start)
    ]
    return Transcript(
        engine=f"faster-whisper {model.name}",
        engine_note=note,
        rough=bool(words) and certainty(words) < LEAST_CERTAINTY,
        language=language,
        text=" ".join(word.text for word in words),
        words=words,
        reason=None if words else Reason.NO_WORDS,
    )


def certainty(words: Sequence[Word]) -> float:
    """The recogniser's mean probability of a word, 0 to 1."""
    return fmean(word.probability for word in words)


def voiced_spans(audio: Audio) -> list[Span]:
    """Where somebody speaks (silero VAD, padded by 0.2 s), none longer than ``LONGEST_UTTERANCE_SECONDS``."""
    return [Span(start=each["start"] / RATE, end=each["end"] / RATE) for each in get_speech_timestamps(audio, VAD)]


def _in_voice(words: list[Word], spans: list[Span]) -> list[Word]:
    """The words without the silence beside them: Whisper lets the first one after a pause begin in it, by 0.4 s and more."""
    return [_clipped(word, max(spans, key=lambda span: _common_seconds(word, span))) for word in words]


def _common_seconds(word: Word, span: Span) -> float:
    return min(word.end, span.end - PAD_SECONDS) - max(word.start, span.start + PAD_SECONDS)


def _clipped(word: Word, span: Span) -> Word:
    if _common_seconds(word, span) <= 0:  # said where the detector hears no voice: Whisper may know better
        return word
    start, end = max(word.start, span.start + PAD_SECONDS), min(word.end, span.end - PAD_SECONDS)
    return word.model_copy(update={"start": start, "end": end})


def _shifted(words: list[Word], seconds: float) -> list[Word]:
    return [
        word.model_copy(update={"start": round(word.start + seconds, 3), "end": round(word.end + seconds, 3)})
        for word in words
    ]


def _cut(audio: Samples, span: Span) -> Audio:
    return audio[round(span.start * RATE) : round(span.end * RATE)]


def blocks_of(audio: Samples) -> Iterator[Span]:
    """The sound in blocks of ``BLOCK_SECONDS`` at most, cut where it is quietest, so that no word is."""
    start = 0
    while len(audio) - start > BLOCK_SECONDS * RATE:
        latest = start + BLOCK_SECONDS * RATE
        end = latest - SEARCH_SECONDS * RATE + _quietest(audio[latest - SEARCH_SECONDS * RATE : latest])
        yield Span(start=start / RATE, end=end / RATE)
        start = end
    yield Span(start=start / RATE, end=len(audio) / RATE)


def _quietest(audio: Audio) -> int:
    """The middle of the ``QUIET_SECONDS`` with the least energy, in samples."""
    size = round(QUIET_SECONDS * RATE)
    frames = audio[: len(audio) // size * size].reshape(-1, size)
    return int(np.argmin(np.square(frames).mean(axis=1))) * size + size // 2
