"""From the chunks of one session to what is heard in them."""

import numpy as np
import soxr
from numpy.typing import NDArray

from intervi.live.nudges import Heard
from intervi.live.pace import PaceMeter
from intervi.live.voice import RATE, VoiceStream, detector

_LOUDEST = 8.0
"""What lies beyond is damage and no sound; ``workers.speech.sound`` limits it likewise."""


class Listener:
    """One session's sound, at the rate at which it comes."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._resampler = None if rate == RATE else soxr.ResampleStream(rate, RATE, 1, dtype="float32")
        self._voice = VoiceStream()
        self._pace = PaceMeter()

    async def hear(self, samples: NDArray[np.float32]) -> Heard:
        """Takes the next chunk.

        Args:
            samples: One channel, full scale 1, as many as there are.
        """
        volume = float(np.sqrt(np.dot(samples, samples) / len(samples)))
        narrow = np.clip(samples, -_LOUDEST, _LOUDEST)
        if self._resampler is not None:
            narrow = self._resampler.resample_chunk(narrow)
        speaking = await detector().listen(self._voice, narrow)
        self._pace.hear(narrow, speaking)
        return Heard(
            seconds=len(samples) / self._rate,
            volume=volume,
            is_speaking=self._voice.is_speaking,
            syllables_per_second=self._pace.syllables_per_second,
        )
