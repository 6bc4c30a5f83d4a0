"""The programs that tests need beside Python: finds them, installs them where that is allowed, else names them."""

import os
import shutil
import subprocess
from collections.abc import Sequence

from intervi.supervision.console import CannotStart, say, step

_TOOLS: dict[str, Sequence[str]] = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "espeak-ng": ("espeak-ng",),
    "ffmpeg": ("ffmpeg",),
    "sox": ("sox",),
}
"""Debian's package, and the commands any of which will do."""


def missing() -> list[str]:
    """The packages none of whose commands is there."""
    return [package for package, commands in _TOOLS.items() if not any(map(shutil.which, commands))]


def provide() -> None:
    """Installs what is missing.

    Raises:
        CannotStart: It may not; the names of what is missing.
    """
    wanted = missing()
    if not wanted:
        return
    apt = _apt()
    if apt:
        with step(f"Installing {', '.join(wanted)}"):
            _quietly([*apt, "update"])
            _quietly([*apt, "install", "-y", "--no-install-recommends", *wanted])
    if left := missing():
        raise CannotStart(
            f"The tests need {', '.join(left)}: install them, for example with `sudo apt install {' '.join(left)}`."
        )


def _apt() -> list[str]:
    """``apt-get`` as one who may use it without being asked; empty if there is no such way."""
    if not shutil.which("apt-get"):
        return []
    if os.geteuid() == 0:
        return ["apt-get"]
    if shutil.which("sudo") and not subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode:
        return ["sudo", "-n", "apt-get"]
    return []


def _quietly(command: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def main() -> None:
    """Provides them, or says in one line what is missing."""
    try:
        provide()
    except CannotStart as problem:
        say(str(problem))
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
