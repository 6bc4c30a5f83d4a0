"""The offline recogniser: pocketsphinx with the English model of its wheel. Rough: more than half of its words may be wrong."""

import re
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pocketsphinx import Decoder

from intervi.analysis.figures import Word

FRAMES_PER_SECOND = 100
_NO_WORD = re.compile(r"^[<\[+]|^\s*$")
_VARIANT = re.compile(r"\(\d+\)$")


def sphinx_words(audio: NDArray[np.float32]) -> list[Word]:
    """The words of one stretch of speech.

    Args:
        audio: shape (samples,), 16 kHz mono, English.

    Returns:
        In their order, times in seconds from the beginning of ``audio``.
    """
    decoder = _decoder()
    decoder.start_utt()
    decoder.process_raw((np.clip(audio, -1, 1) * 32767).astype("<i2").tobytes(), no_search=False, full_utt=True)
    decoder.end_utt()
    to_probability = decoder.get_logmath().exp
    return [
        Word(
            text=_VARIANT.sub("", segment.word),
            start=segment.start_frame / FRAMES_PER_SECOND,
            end=(segment.end_frame + 1) / FRAMES_PER_SECOND,
            probability=min(1.0, max(0.0, float(to_probability(segment.prob)))),
        )
        for segment in decoder.seg() or []
        if not _NO_WORD.match(segment.word)
    ]


@lru_cache(maxsize=1)
def _decoder() -> Any:
    return Decoder(samprate=16000, loglevel="FATAL")
