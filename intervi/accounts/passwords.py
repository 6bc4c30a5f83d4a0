"""Passwords: how strong they must be, and how they are kept.

Kept as bcrypt over base64(SHA-256), the construction of passlib's ``bcrypt_sha256``: bcrypt alone cuts off after 72 bytes and at a NUL
byte, the digest in base64 has 44 bytes and none. Strength is judged by zxcvbn (Wheeler, "zxcvbn: Low-Budget Password Strength
Estimation", USENIX Security 2016).
"""

import base64
import hashlib
import os
import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeVar

import bcrypt
from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from zxcvbn import zxcvbn

from intervi.settings import settings
from intervi.translation import _

MIN_CHARACTERS = 8
MIN_STRENGTH = 2
"""Of 4: more than a million guesses (zxcvbn's "somewhat guessable"); guessing online is throttled besides."""
_JUDGED_CHARACTERS = 64
"""zxcvbn's time grows fast with the length (0.1 s at worst for so many); it refuses more than 72. What comes after only adds strength."""

Result = TypeVar("Result")

_limiter: RunVar[CapacityLimiter] = RunVar("intervi.passwords")


async def weaknesses(password: str, *, about_the_user: Sequence[str] = ()) -> list[str]:
    """What is wrong with a new password, in words for its owner; empty if it will do.

    Args:
        password: As typed.
        about_the_user: Words an attacker would try first: e-mail, names.
    """
    if len(password) < MIN_CHARACTERS:
        return [_("Use at least 8 characters.")]
    words = [word[:_JUDGED_CHARACTERS] for word in about_the_user if word]
    judged = await _in_thread(lambda: zxcvbn(password[:_JUDGED_CHARACTERS], user_inputs=words))
    if judged["score"] < MIN_STRENGTH:
        return [_("This password is easy to guess. Add another word or two; uncommon ones are better.")]
    return []


async def hash_password(password: str) -> str:
    """The hash to keep; takes a good quarter of a second of one core, off the event loop."""
    salt = bcrypt.gensalt(settings().bcrypt_rounds)
    return (await _in_thread(lambda: bcrypt.hashpw(_digest(password), salt))).decode()


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether the password fits. With no hash (there is no such user) it takes the same time, and says no."""
    kept = (password_hash or _dummy_hash()).encode()
    fits = await _in_thread(lambda: bcrypt.checkpw(_digest(password), kept))
    return fits and password_hash is not None


def _digest(password: str) -> bytes:
    # One spelling for letters that keyboards compose differently (RFC 8265, OpaqueString).
    text = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return base64.b64encode(hashlib.sha256(text).digest())


def _dummy_hash() -> str:
    """A well-formed hash of nothing known, as costly as a real one."""
    return f"$2b${settings().bcrypt_rounds:02d}$" + "." * 53


async def _in_thread(work: Callable[[], Result]) -> Result:
    """Off the event loop; more at a time than there are cores would only slow down everything else."""
    try:
        limiter = _limiter.get()
    except LookupError:
        limiter = CapacityLimiter(os.cpu_count() or 1)
        _limiter.set(limiter)
    return await to_thread.run_sync(work, limiter=limiter)
