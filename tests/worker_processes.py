"""Real worker processes for tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intervi.settings import REPOSITORY_ROOT


@contextmanager
def a_worker(kind: str, home: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """One worker of a kind, killed in the end; it looks for work often, so that no test waits. Its log is in ``home``."""
    with (home / f"worker-{kind}.log").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "workers", kind],
            cwd=REPOSITORY_ROOT,
            env=os.environ | {"INTERVI_SWEEP_SECONDS": "0.5", "INTERVI_LEASE_SECONDS": "3"} | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def ffmpeg(*arguments: str | Path) -> None:
    """Runs ffmpeg; its complaints fail the test."""
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True)
