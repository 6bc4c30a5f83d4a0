"""The programs that tests need beside Python: finds them, installs them where that is allowed, else names them."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from intervi.supervision.console import CannotStart, say, step

_TOOLS: dict[str, Sequence[str]] = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "espeak-ng": ("espeak-ng",),
    "ffmpeg": ("ffmpeg",),
    "sox": ("sox",),
}
"""Debian's package, and the commands any of which will do."""

_RECORDINGS = ("asterisk-core-sounds-en-wav", Path("/usr/share/asterisk/sounds/en_US_f_Allison"))
"""Recorded speech whose words are known (18 MB): fetched where packages can be installed, and the tests on it left out elsewhere."""


def missing() -> list[str]:
    """The packages none of whose commands is there."""
    return [package for package, commands in _TOOLS.items() if not any(map(shutil.which, commands))]


def provide() -> None:
    """Installs what is missing.

    Raises:
        CannotStart: It may not; the names of what is missing.
    """
    wanted = missing()
    recordings = [] if _RECORDINGS[1].exists() else [_RECORDINGS[0]]
    apt = _apt() if wanted or recordings else []
    if apt:
        with step(f"Installing {', '.join(wanted + recordings)}"):
            _quietly([*apt, "update"])
            for packages in filter(None, (wanted, recordings)):
                _quietly([*apt, "install", "-y", "--no-install-recommends", *packages])
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
