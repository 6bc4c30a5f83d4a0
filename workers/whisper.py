"""Whisper by faster-whisper: words with their times.

The model is ``settings().whisper_model``; where that cannot be had, the one that is part of the installation speaks, and says so. A model
stays loaded as long as the process lives.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from numpy.typing import NDArray

from intervi.analysis.figures import Word
from intervi.settings import settings
from workers.whisper_weights import BUNDLED, Files, NoWhisper, bundled, directory_of, is_path

log = logging.getLogger(__name__)

RATE = 16_000
REMEMBER_FAILURE_SECONDS = 600
"""How long a model that could not be had is not asked for again."""
CPU_BATCH, GPU_BATCH = 8, 16
BEAM = 5
PROMPT = "Umm, let me think, uh, like, hmm... Okay, so, here's what I'm, uh, you know, thinking."
"""Whisper writes in the manner of its prompt: one with hesitations makes it keep those of the speaker."""

NO_SPEECH_PROBABILITY = 0.6
LOW_LOG_PROBABILITY = -1.0
LOOPING_RATIO = 2.4
"""Whisper's own thresholds (Radford et al. 2022): unsure silence is no speech; text that compresses better than this runs in a loop."""


@dataclass(frozen=True)
class Whisper:
    """A loaded model."""

    name: str
    model: Any
    pipeline: Any
    batch: int

    def words(self, audio: NDArray[np.float32], language: str) -> list[Word]:
        """The words of a stretch of sound of some minutes at most.

        Args:
            audio: shape (samples,), 16 kHz mono.
            language: ISO 639-1; one that the model does not know is told by the sound. A model of English alone hears English
                whatever is said here.

        Returns:
            In their order, times in seconds from the beginning of ``audio``. Silence (silero VAD) is not listened to.
        """
        known = language if language in self.model.supported_languages else None
        segments, _ = self.pipeline.transcribe(
            audio,
            language=known,
            beam_size=BEAM,
            batch_size=self.batch,
            word_timestamps=True,
            vad_filter=True,
            initial_prompt=PROMPT if language == "en" else None,
        )
        return [word for segment in segments for word in self._words_of(audio, segment, known)]

    def _words_of(self, audio: NDArray[np.float32], segment: Any, language: str | None) -> Iterator[Word]:
        start, end = int(segment.start * RATE), int(segment.end * RATE)
        if segment.compression_ratio <= LOOPING_RATIO or end <= start:
            yield from spoken_words([segment])
            return
        # One by one, Whisper decodes a looping stretch anew at higher temperatures; in batches it does not.
        again, _ = self.model.transcribe(
            audio[start:end], language=language, word_timestamps=True, condition_on_previous_text=False
        )
        for word in spoken_words(again):
            yield word.model_copy(update={"start": word.start + segment.start, "end": word.end + segment.start})


def spoken_words(segments: Iterable[Any]) -> Iterator[Word]:
    """The words of the segments, without those that Whisper itself takes for silence."""
    for segment in segments:
        if segment.no_speech_prob > NO_SPEECH_PROBABILITY and segment.avg_logprob < LOW_LOG_PROBABILITY:
            continue
        for pieces in _whole_words(segment.words or []):
            if text := "".join(sign for piece in pieces for sign in piece.word if sign.isprintable()).strip():
                start, end = float(pieces[0].start), float(pieces[-1].end)
                probability = fmean(piece.probability for piece in pieces)
                yield Word(
                    text=text, start=start, end=max(start, end), probability=float(min(1.0, max(0.0, probability)))
                )


def _whole_words(pieces: Iterable[Any]) -> Iterator[list[Any]]:
    """Whisper gives "0", ".1" and "%" as three words; only the first of them begins with a space."""
    word: list[Any] = []
    for piece in pieces:
        if word and piece.word.startswith(" "):
            yield word
            word = []
        word.append(piece)
    if word:
        yield word


@dataclass(frozen=True)
class _Failure:
    why: NoWhisper
    until: float


_known: dict[tuple[str, str], Whisper | _Failure] = {}


def whisper() -> tuple[Whisper, str]:
    """The model that speaks, loaded on first need, and why it is not the one of the settings, if so.

    A model that could not be had is not asked for again for ``REMEMBER_FAILURE_SECONDS``.
    """
    name, device = settings().whisper_model, settings().whisper_device
    try:
        return _model(name, device), ""
    except NoWhisper as why:
        return _model(BUNDLED, device), str(why)


def forget() -> None:
    """Unloads models and forgets failures."""
    _known.clear()


def _model(name: str, device: str) -> Whisper:
    known = _known.get((name, device))
    if isinstance(known, Whisper):
        return known
    if known is not None and time.monotonic() < known.until:
        raise known.why
    try:
        loaded = _load(name, device)
    except NoWhisper as why:
        log.warning("no Whisper %s: %s", name, why)
        _known[name, device] = _Failure(why, time.monotonic() + REMEMBER_FAILURE_SECONDS)
        raise
    _known[name, device] = loaded
    return loaded


def _load(name: str, device: str) -> Whisper:
    source = bundled() if name == BUNDLED else directory_of(name)
    if device == "auto":
        device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
    try:
        model = _open(source, device)
    except Exception as error:  # a damaged file raises nearly anything
        raise NoWhisper(f"the Whisper model {name} could not be loaded: {_first_line(error)}") from error
    shown = Path(name).name if is_path(name) else name
    log.info("faster-whisper %s on %s", shown, model.model.device)
    return Whisper(
        shown, model, BatchedInferencePipeline(model), GPU_BATCH if model.model.device == "cuda" else CPU_BATCH
    )


def _open(source: Path | Files, device: str) -> Any:
    if device == "cuda":
        try:
            return _whisper_model(source, device="cuda", compute_type="float16")
        except (RuntimeError, ValueError) as error:  # a driver without its libraries, a card without 16-bit arithmetic
            log.warning("Whisper does not run on the GPU and goes to the CPU: %s", _first_line(error))
    return _whisper_model(source, device="cpu", compute_type="int8")


def _whisper_model(source: Path | Files, **how: str) -> WhisperModel:
    if isinstance(source, Path):
        return WhisperModel(str(source), **how)
    return WhisperModel(BUNDLED, files=dict(source), **how)  # it takes files out of what it is given


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
