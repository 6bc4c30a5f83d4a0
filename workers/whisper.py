"""Whisper by faster-whisper: where its weights come from, and words with their times.

The model is ``settings().whisper_model``: a directory, or the name of a size, whose weights are taken from the hub's cache on this machine
and else fetched, once. A fetch runs in a child process, so that a firewall that drops packets costs a bounded time; what it got so far
is kept by the hub's client, and a later fetch goes on from there. The model stays loaded as long as the process lives.
"""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel, available_models, download_model
from huggingface_hub.constants import HF_HUB_OFFLINE
from numpy.typing import NDArray

from intervi.analysis.figures import Word
from intervi.settings import settings

log = logging.getLogger(__name__)

RATE = 16_000
FETCH_SECONDS = 240
"""A fetch that takes longer is cut off; below the lease of a stage."""
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


class NoWhisper(Exception):
    """There is no model to be had; its text says why, in words for people."""


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
        for word in segment.words or []:
            if text := "".join(sign for sign in word.word if sign.isprintable()).strip():
                yield Word(
                    text=text,
                    start=float(word.start),
                    end=float(max(word.start, word.end)),
                    probability=float(min(1.0, max(0.0, word.probability))),
                )


@dataclass(frozen=True)
class _Failure:
    why: NoWhisper
    until: float


_known: dict[tuple[str, str], Whisper | _Failure] = {}


def whisper() -> Whisper:
    """The model of the settings, loaded on first need.

    Raises:
        NoWhisper: it cannot be had now. The same is said at once for the next ``REMEMBER_FAILURE_SECONDS``.
    """
    wanted = (settings().whisper_model, settings().whisper_device)
    known = _known.get(wanted)
    if isinstance(known, Whisper):
        return known
    if known is not None and time.monotonic() < known.until:
        raise known.why
    try:
        loaded = _load(*wanted)
    except NoWhisper as why:
        log.warning("no Whisper: %s", why)
        _known[wanted] = _Failure(why, time.monotonic() + REMEMBER_FAILURE_SECONDS)
        raise
    _known[wanted] = loaded
    return loaded


def forget() -> None:
    """Unloads models and forgets failures."""
    _known.clear()


def _load(name: str, device: str) -> Whisper:
    directory = _directory(name)
    if device == "auto":
        device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
    try:
        model = _open(directory, device)
    except Exception as error:  # a damaged file raises nearly anything
        raise NoWhisper(f"the Whisper model {name} could not be loaded: {_first_line(error)}") from error
    shown = directory.name if _is_path(name) else name
    log.info("faster-whisper %s on %s", shown, model.model.device)
    return Whisper(
        shown, model, BatchedInferencePipeline(model), GPU_BATCH if model.model.device == "cuda" else CPU_BATCH
    )


def _open(directory: Path, device: str) -> Any:
    if device == "cuda":
        try:
            return WhisperModel(str(directory), device="cuda", compute_type="float16")
        except (RuntimeError, ValueError) as error:  # a driver without its libraries, a card without 16-bit arithmetic
            log.warning("Whisper does not run on the GPU and goes to the CPU: %s", _first_line(error))
    return WhisperModel(str(directory), device="cpu", compute_type="int8")


def _directory(name: str) -> Path:
    """Where the weights are, fetched if need be."""
    if _is_path(name):
        directory = Path(name).expanduser()
        if not (directory / "model.bin").is_file() or not (directory / "tokenizer.json").is_file():
            raise NoWhisper(f"there is no Whisper model (model.bin, tokenizer.json) in {directory}")
        return directory
    if name not in available_models():
        raise NoWhisper(f"{name} is neither a directory nor a size that faster-whisper knows")
    try:
        return Path(download_model(name, local_files_only=True))
    except Exception as error:  # the hub's client raises errors of many libraries
        log.info("Whisper %s is not on this machine (%s)", name, type(error).__name__)
    if HF_HUB_OFFLINE:
        raise NoWhisper(
            f"the weights of Whisper {name} are not on this machine, and HF_HUB_OFFLINE forbids to fetch them"
        )
    return _fetch(name)


def _is_path(name: str) -> bool:
    return os.sep in name or name.startswith((".", "~")) or Path(name).is_dir()


def _fetch(name: str) -> Path:
    command = [
        sys.executable,
        "-c",
        "import sys, faster_whisper; print(faster_whisper.download_model(sys.argv[1]))",
        name,
    ]
    environment = {"HF_HUB_ETAG_TIMEOUT": "5", "HF_HUB_DOWNLOAD_TIMEOUT": "10", **os.environ}
    log.info("fetching the weights of Whisper %s", name)
    try:
        done = subprocess.run(
            command, check=False, env=environment, capture_output=True, text=True, timeout=FETCH_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise NoWhisper(f"the weights of Whisper {name} could not be fetched within {FETCH_SECONDS} s") from error
    if done.returncode:
        log.warning("fetching Whisper %s failed: %s", name, done.stderr.strip()[-2000:])
        raise NoWhisper(f"the weights of Whisper {name} are not on this machine and could not be fetched")
    return Path(done.stdout.strip().splitlines()[-1])


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
