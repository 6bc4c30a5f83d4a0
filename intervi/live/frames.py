"""What comes in over the analysis socket: chunks of sound, and what a client says about itself. Pure."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from intervi.errors import InvalidInput
from intervi.ids import parse_id
from intervi.translation import _

DEFAULT_RATE = 48_000
RATES = range(8_000, 192_001)
MAX_CHUNK_BYTES = 4 * 1024 * 1024
"""22 s at 48 kHz. Who sends more at once does not send it live."""
MAX_TEXT_CHARACTERS = 4_000
_LOUDEST = 1_000.0
"""Full scale is 1; what lies this far beyond are other numbers read as Float32."""


@dataclass(frozen=True, slots=True)
class Config:
    """How the client sends, and whether it wants more than the documented figures."""

    sample_rate: int
    details: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """What a browser has seen of the face in the last second."""

    eye_contact: float | None
    """Share of the time with eyes on the camera; ``None``: no face."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The recording of an answer begins here; what was recorded of it earlier is ``offset_seconds`` long."""

    exchange_id: UUID
    offset_seconds: float
    take: int


@dataclass(frozen=True, slots=True)
class AnswerEnd:
    """The recording ends."""


@dataclass(frozen=True, slots=True)
class Pong:
    """The client is alive."""


Said = Config | Figures | Answer | AnswerEnd | Pong


def samples_of(frame: bytes) -> NDArray[np.float32]:
    """The samples of a chunk: Float32, little-endian, one channel.

    Raises:
        InvalidInput: it is no such chunk.
    """
    if not frame:
        raise InvalidInput(_("This chunk is empty."))
    if len(frame) > MAX_CHUNK_BYTES:
        raise InvalidInput(_("This chunk is too large: send at most 4 MiB at once."))
    if len(frame) % 4:
        raise InvalidInput(_("A chunk must be whole Float32 samples, 4 bytes each."))
    samples = np.frombuffer(frame, "<f4")
    # One pass: the greatest of samples with a NaN is NaN, which is not below anything.
    if not np.abs(samples).max() <= _LOUDEST:
        if not np.isfinite(samples).all():
            raise InvalidInput(_("A sample is not a number, or is infinite."))
        raise InvalidInput(_("These are no Float32 samples of full scale 1."))
    return samples


def said(text: str) -> Said:
    """A message in JSON.

    Raises:
        InvalidInput: it is none that is known here.
    """
    if len(text) > MAX_TEXT_CHARACTERS:
        raise InvalidInput(_("This message is too long."))
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(_("Send sound as binary Float32 chunks; a text message must be JSON.")) from error
    kind = message.get("type") if isinstance(message, dict) else None
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise InvalidInput(_("The type of this message is not known."))
    return reader(message)


def _config(message: dict[str, Any]) -> Config:
    rate = message.get("sampleRate", message.get("sample_rate", DEFAULT_RATE))
    if not _is_number(rate) or rate != int(rate) or int(rate) not in RATES:
        raise InvalidInput(_("The sample rate must be a whole number from 8000 to 192000."))
    return Config(int(rate), details=message.get("details") is True)


def _figures(message: dict[str, Any]) -> Figures:
    share = message.get("eye_contact")
    if share is not None and not (_is_number(share) and 0 <= share <= 1):
        raise InvalidInput(_("Eye contact must be a share from 0 to 1, or null."))
    return Figures(None if share is None else float(share))


def _answer(message: dict[str, Any]) -> Answer:
    exchange_id = parse_id(str(message.get("exchange_id", "")))
    offset, take = message.get("offset_seconds", 0), message.get("take", 1)
    if exchange_id is None or not (_is_number(offset) and 0 <= offset < 86_400):
        raise InvalidInput(_("Say which answer begins, and at which second of it."))
    if not isinstance(take, int) or isinstance(take, bool) or not 1 <= take < 10_000:
        raise InvalidInput(_("The take must be a whole number from 1."))
    return Answer(exchange_id, float(offset), take)


_READERS: dict[str, Callable[[dict[str, Any]], Said]] = {
    "config": _config,
    "figures": _figures,
    "answer": _answer,
    "answer_end": lambda message: AnswerEnd(),
    "pong": lambda message: Pong(),
}


def _is_number(value: object) -> bool:
    # No NaN, no infinity, and no whole number too long for a float.
    return isinstance(value, int | float) and not isinstance(value, bool) and -1e15 < value < 1e15
