"""Voice or no voice while it is spoken, for all live sessions in one batched call.

Silero Team (2021): Silero VAD, https://github.com/snakers4/silero-vad (MIT). The ``silero-vad`` wheel carries its graph with a true batch
dimension; the package itself is never imported, as it wants torch.
"""

import asyncio
import logging
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

RATE = 16_000
WINDOW = 512
"""Samples to one probability of voice (32 ms)."""
_CONTEXT = 64
_STATE = (2, 128)
_VOICE, _NO_VOICE = 0.5, 0.35
"""Voice begins at the first and ends below the second: silero's own defaults."""

NOISE_FLOOR = 3e-4
"""Root mean square (-70 dBFS), below a microphone's own noise: what is quieter for long enough needs no call."""
_STILL_WINDOWS = 94
"""So many windows below the floor (3 s) are still listened to. The network's memory drifts in silence for many seconds, so what is passed
over can move the next edges by a window; pauses within speech are all heard, and decided as a network that hears everything decides."""

ROUND_SECONDS = 0.010
"""How long windows of other sessions are waited for after the first. The longer, the larger the batch and the later the answer: see
docs/benchmarks.md. Windows that come while a batch is computed join the next one without waiting."""

Samples = NDArray[np.float32]


class VoiceStream:
    """What the network remembers of one session, and whether it hears a voice now."""

    __slots__ = ("_context", "_rest", "_still", "is_speaking", "probability", "state")

    def __init__(self) -> None:
        self.state = np.zeros(_STATE, np.float32)
        self.probability = 0.0
        self.is_speaking = False
        self._context = np.zeros(_CONTEXT, np.float32)
        self._rest = np.zeros(0, np.float32)
        self._still = 0

    def windows(self, samples: Samples) -> list["_Window"]:
        """The windows that these samples complete; what is left begins the next."""
        joined = np.concatenate((self._context, self._rest, samples))
        count = (len(joined) - _CONTEXT) // WINDOW
        found = []
        for start in range(0, count * WINDOW, WINDOW):
            row = joined[start : start + _CONTEXT + WINDOW]
            level = float(np.sqrt(np.dot(row[_CONTEXT:], row[_CONTEXT:]) / WINDOW))
            self._still = self._still + 1 if level < NOISE_FLOOR else 0
            found.append(_Window(row, is_heard=self._still <= _STILL_WINDOWS))
        end = count * WINDOW
        self._context, self._rest = joined[end : end + _CONTEXT].copy(), joined[end + _CONTEXT :].copy()
        return found

    def take(self, probability: float, state: NDArray[np.float32]) -> None:
        """What the network says of the next window."""
        self.probability, self.state = probability, state
        if probability >= _VOICE or probability < _NO_VOICE:
            self.is_speaking = probability >= _VOICE


@dataclass(slots=True)
class _Window:
    row: Samples
    """Context and window: 576 samples."""
    is_heard: bool
    """Whether the network is asked; else what it said last holds."""


@dataclass(slots=True)
class _Job:
    """The windows of one chunk of one session, worked off one after the other."""

    stream: VoiceStream
    windows: Sequence[_Window]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[list[bool]]
    speaking: list[bool] = field(default_factory=list)

    def advance(self) -> bool:
        """Passes over windows that nobody needs to hear; whether one is left that the network must."""
        while len(self.speaking) < len(self.windows):
            if self.windows[len(self.speaking)].is_heard:
                return True
            self.speaking.append(self.stream.is_speaking)
        return False

    @property
    def row(self) -> Samples:
        return self.windows[len(self.speaking)].row


class VoiceDetector:
    """One thread that asks the network about the windows of all sessions at once."""

    def __init__(self, round_seconds: float = ROUND_SECONDS) -> None:
        self._round_seconds = round_seconds
        self.network = _network()
        self._waiting: list[_Job] = []
        self._arrived = threading.Condition()
        self.calls = 0
        self.windows = 0
        """How often the network was asked, and about how many windows: what batching gains."""
        threading.Thread(target=self._run, name="voice", daemon=True).start()

    async def listen(self, stream: VoiceStream, samples: Samples) -> list[bool]:
        """Whether there is voice in each window that these samples complete.

        Args:
            stream: The session; one call at a time for each.
            samples: 16 kHz, one channel.
        """
        windows = stream.windows(samples)
        loop = asyncio.get_running_loop()
        job = _Job(stream, windows, loop, loop.create_future())
        if not job.advance():
            return job.speaking
        with self._arrived:
            self._waiting.append(job)
            self._arrived.notify()
        return await job.done

    def _run(self) -> None:
        active: list[_Job] = []
        while True:
            if not active:
                with self._arrived:
                    while not self._waiting:
                        self._arrived.wait()
                time.sleep(self._round_seconds)
            with self._arrived:
                active += self._waiting
                self._waiting = []
            try:
                active = self._round(active)
            except Exception as error:
                # One window that the network refuses must not leave everybody deaf for good.
                log.exception("voice activity of %d sessions failed", len(active))
                _tell(active, error)
                active = []

    def _round(self, active: list[_Job]) -> list[_Job]:
        """One window of each session; returns those that have more."""
        states = np.stack([job.stream.state for job in active], axis=1)
        probabilities, states = self.network.run(
            None, {"input": np.stack([job.row for job in active]), "state": states, "sr": _SAMPLE_RATE}
        )
        self.calls += 1
        self.windows += len(active)
        finished: list[_Job] = []
        left: list[_Job] = []
        for index, job in enumerate(active):
            job.stream.take(float(probabilities[index, 0]), states[:, index].copy())
            job.speaking.append(job.stream.is_speaking)
            (left if job.advance() else finished).append(job)
        _tell(finished)
        return left


_SAMPLE_RATE = np.array(RATE, np.int64)


def _tell(jobs: Sequence[_Job], error: Exception | None = None) -> None:
    """Wakes those who wait: each event loop once."""
    for loop in {job.loop for job in jobs}:
        loop.call_soon_threadsafe(_resolve, [job for job in jobs if job.loop is loop], error)


def _resolve(jobs: Sequence[_Job], error: Exception | None) -> None:
    for job in jobs:
        if job.done.done():  # its socket is gone
            continue
        if error:
            job.done.set_exception(error)
        else:
            job.done.set_result(job.speaking)


def _network() -> Any:
    # Imported on first use: a web process that serves no live session need not hold it.
    import onnxruntime

    spec = find_spec("silero_vad")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The wheel silero-vad is not installed.")
    graph = Path(spec.submodule_search_locations[0]) / "data" / "silero_vad_16k_op15.onnx"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


_detector: VoiceDetector | None = None


def detector() -> VoiceDetector:
    """This process's detector, made on first use."""
    global _detector
    if _detector is None:
        _detector = VoiceDetector()
    return _detector


def _forget() -> None:
    # Threads do not survive a fork.
    global _detector
    _detector = None


os.register_at_fork(after_in_child=_forget)
