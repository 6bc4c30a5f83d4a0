"""Directories for what a stage makes on its way. Each is locked while its worker lives, so that one left by a dead worker can be told."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intervi.settings import settings

_YOUNG_SECONDS = 60.0
"""Between being made and being locked a directory is not yet told from an abandoned one."""


def _parent() -> Path:
    return settings().home / "work"


@contextmanager
def work_directory() -> Iterator[Path]:
    """A directory of the caller's own, gone when the block ends."""
    _parent().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_parent()) as name:
        descriptor = os.open(name, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(descriptor)


def abandoned(*, idle_seconds: float = _YOUNG_SECONDS) -> list[Path]:
    """Directories whose worker is dead and which have not changed for so long."""
    before = time.time() - idle_seconds
    return [path for path in sorted(_parent().glob("*")) if _is_abandoned(path, before)]


def remove_abandoned() -> int:
    """Removes what dead workers left, and returns how many directories there were."""
    found = abandoned()
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
    return len(found)


def _is_abandoned(path: Path, before: float) -> bool:
    try:
        if path.stat().st_mtime > before:
            return False
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
