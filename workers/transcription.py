"""The transcribe stage: words with their times, by Whisper, or roughly by pocketsphinx where no weights can be had."""

from collections.abc import Iterator

import numpy as np
from faster_whisper.vad import VadOptions, get_speech_timestamps
from numpy.typing import NDArray

from intervi.analysis.figures import Reason, Span, Transcript, Word
from workers.sound_track import Samples
from workers.sphinx import sphinx_words
from workers.whisper import RATE, NoWhisper, whisper

Audio = NDArray[np.float32]

BLOCK_SECONDS = 300
"""Longer sound is worked off in blocks, so that memory does not grow with its length."""
SEARCH_SECONDS = 20
"""A block ends at the quietest place of its last so many seconds."""
QUIET_SECONDS = 0.3
LONGEST_UTTERANCE_SECONDS = 30
VAD = VadOptions(min_silence_duration_ms=500, speech_pad_ms=200, max_speech_duration_s=LONGEST_UTTERANCE_SECONDS)


def transcribe(audio: Samples, language: str = "en") -> Transcript:
    """Recognises one answer's sound.

    Args:
        audio: shape (samples,), 16 kHz mono; all of the answer on one timeline.
        language: ISO 639-1 code of what is spoken.

    Returns:
        Words with times; with ``reason`` where there is no sound, no voice or no word. ``rough`` where only pocketsphinx could be had;
        ``engine_note`` then says why.
    """
    if not len(audio):
        return Transcript(engine="none", language=language, reason=Reason.NO_SOUND)
    blocks = list(blocks_of(audio))
    voiced = [(block, spans) for block in blocks if (spans := voiced_spans(_cut(audio, block)))]
    if not voiced:
        return Transcript(engine="none", language=language, reason=Reason.NO_VOICE)
    try:
        model = whisper()
    except NoWhisper as why:
        return _rough(audio, language, str(why), voiced)
    words = [word for block, _ in voiced for word in _shifted(model.words(_cut(audio, block), language), block.start)]
    return _transcript(f"faster-whisper {model.name}", language, words)


def voiced_spans(audio: Audio) -> list[Span]:
    """Where somebody speaks (silero VAD, padded by 0.2 s), none longer than ``LONGEST_UTTERANCE_SECONDS``."""
    return [Span(start=each["start"] / RATE, end=each["end"] / RATE) for each in get_speech_timestamps(audio, VAD)]


def _rough(audio: Samples, language: str, why: str, voiced: list[tuple[Span, list[Span]]]) -> Transcript:
    if not language.startswith("en"):
        note = f"{why}; the offline recogniser knows English only"
        return Transcript(engine="none", engine_note=note, language=language, reason=Reason.NO_WORDS)
    words: list[Word] = []
    for block, spans in voiced:
        sound = _cut(audio, block)
        for span in spans:
            words += _shifted(sphinx_words(_cut(sound, span)), block.start + span.start)
    return _transcript("pocketsphinx", language, words).model_copy(update={"rough": True, "engine_note": why})


def _transcript(engine: str, language: str, words: list[Word]) -> Transcript:
    return Transcript(
        engine=engine,
        language=language,
        text=" ".join(word.text for word in words),
        words=words,
        reason=None if words else Reason.NO_WORDS,
    )


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
