"""Whether a file can be decoded and what is in it, asked of a child process with limits.

The web process loads no decoder: a hostile file can at worst end the child (``workers.probe``), which has a limit on time and memory.
"""

import asyncio
import contextlib
import os
import resource
import signal
import sys
from pathlib import Path

from pydantic import BaseModel, ValidationError

from intervi.errors import BadMedia, Unavailable
from intervi.settings import REPOSITORY_ROOT, settings
from intervi.translation import _

PROBE_SECONDS = 60
_REFUSED = 2


class Probe(BaseModel):
    """What was found in a file."""

    has_audio: bool
    has_video: bool
    duration_seconds: float | None = None
    format: str


async def probe(path: Path) -> Probe:
    """Opens and decodes the beginning of a file in a child process.

    Raises:
        BadMedia: if it cannot be decoded, or not within the limits.
        Unavailable: if no child could be run.
    """
    try:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "workers.probe",
            str(path),
            cwd=REPOSITORY_ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise Unavailable(_("This recording cannot be checked just now. Please try again.")) from error
    _limit(child.pid)
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            output, _messages = await child.communicate()
    except TimeoutError:
        raise BadMedia(_("This file takes too long to decode.")) from None
    finally:
        await _end(child)
    try:
        return Probe.model_validate_json(output)
    except ValidationError:
        raise BadMedia(_("This file cannot be decoded as a recording.")) from None


def _limit(pid: int) -> None:
    """Limits the memory of a child that has just been started (where the system can: Linux)."""
    if hasattr(resource, "prlimit"):
        memory = settings().decode_memory_bytes
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_AS, (memory, memory))


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()
