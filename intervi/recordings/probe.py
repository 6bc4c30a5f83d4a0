"""Whether a file can be decoded and what is in it, asked of a child process with limits.

The web process loads no decoder: a hostile file can at worst end the child (``python -m workers.probe``), which limits its own memory and
processor time; here it has a limit by the clock.
"""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from pydantic import BaseModel

from intervi.errors import BadMedia, Unavailable
from intervi.settings import REPOSITORY_ROOT
from intervi.translation import _

PROBE_SECONDS = 60
_REFUSED = 2


class Probe(BaseModel):
    """What was found in a file."""

    has_audio: bool
    has_video: bool
    duration_seconds: float | None = None
    """As its header tells; a browser's recorder writes none."""
    format: str


async def probe(path: Path) -> Probe:
    """Decodes the beginning of a file, given by its absolute path, in a child process.

    Raises:
        BadMedia: if it cannot be decoded, or not within the limits.
        Unavailable: if no child could be started.
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
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            output, messages = await child.communicate()
    except TimeoutError:
        raise BadMedia(_("This file takes too long to decode.")) from None
    finally:
        await _end(child)
    if child.returncode == 0:
        return Probe.model_validate_json(output)
    reason = messages.decode(errors="replace").strip() if child.returncode == _REFUSED else ""
    raise BadMedia(reason or _("This file cannot be decoded as a recording."))


async def _end(child: asyncio.subprocess.Process) -> None:
    """Kills a child that still runs: the caller went away, or lost patience."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()
