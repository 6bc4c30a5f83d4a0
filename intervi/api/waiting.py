"""How long a caller wants to wait for work that takes its time: ``Prefer: wait=N`` (RFC 7240)."""

from typing import Annotated

from fastapi import Header

from intervi.settings import settings

Prefer = Annotated[str, Header(description="`wait=N`: wait for the result N seconds at most (RFC 7240).")]
RETRY_AFTER_SECONDS = 5
"""After this long it is worth asking again."""


def wait_seconds(prefer: str) -> tuple[int, bool]:
    """How long to wait, and whether the caller said so: ``wait=N`` of a ``Prefer`` header, never longer than the setting."""
    longest = settings().analysis_wait_seconds
    for preference in prefer.replace(";", ",").split(","):
        name, _equals, value = preference.partition("=")
        value = value.strip().strip('"')
        if name.strip().lower() == "wait" and value.isascii() and value.isdecimal():
            return min(int(value), longest), True
    return longest, False
