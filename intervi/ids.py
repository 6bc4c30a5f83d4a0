"""Record ids: 96 bits, time-ordered, with three spellings.

An id is 48 bits of Unix milliseconds followed by 48 random bits. It is kept as a ``uuid.UUID`` (RFC 9562 version 8) that
carries exactly those 96 bits, and prints as

* 24 hexadecimal digits (candidate, conversation),
* that UUID (assistant, coach, and our own addresses),
* a prefix and 24 digits, such as ``interview-…`` (hiring).

Layout inside the UUID: the first 48 bits in ``custom_a``, the next 12 in ``custom_b``, the last 36 at the end of ``custom_c``,
whose upper 26 bits are zero. So the three spellings map one to one, and UUID order is time order.
"""

import re
import secrets
import time
from uuid import UUID

_HEX24 = re.compile(r"(?:[a-z]{1,16}-)?([0-9a-f]{24})\Z")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_LOW_36 = (1 << 36) - 1


def new_id() -> UUID:
    """A fresh id; ids made in later milliseconds sort after earlier ones."""
    milliseconds = time.time_ns() // 1_000_000
    return _from_bits((milliseconds & (1 << 48) - 1) << 48 | secrets.randbits(48))


def parse_id(text: str) -> UUID | None:
    """Any spelling of an id, in either case, or ``None`` for what is no id at all."""
    text = text.lower()
    if match := _HEX24.match(text):
        return _from_bits(int(match.group(1), 16))
    if _UUID.match(text):
        candidate = UUID(text)
        return candidate if _from_bits(_to_bits(candidate)) == candidate else None
    return None


def hex24(value: UUID) -> str:
    """The id as 24 lower-case hexadecimal digits."""
    return f"{_to_bits(value):024x}"


def prefixed(prefix: str, value: UUID) -> str:
    """The id as hiring prints it: ``prefixed("interview", id)`` → ``interview-…``."""
    return f"{prefix}-{hex24(value)}"


def _from_bits(bits: int) -> UUID:
    high, middle, low = bits >> 48, bits >> 36 & 0xFFF, bits & _LOW_36
    return UUID(int=high << 80 | 0x8 << 76 | middle << 64 | 0b10 << 62 | low)


def _to_bits(value: UUID) -> int:
    number = value.int
    return (number >> 80) << 48 | (number >> 64 & 0xFFF) << 36 | number & _LOW_36
