"""Builds the front end, and only when something it is made from has changed."""

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from intervi.frontend import STATIC_DIRECTORY, WEB_DIRECTORY
from intervi.settings import REPOSITORY_ROOT
from intervi.supervision import environment

KEY_FILE = WEB_DIRECTORY / "built-from"
"""Holds the key of the inputs that the front end in :data:`STATIC_DIRECTORY` was built from."""

_SOURCES = ("intervi", "assets", "rxconfig.py", "requirements.txt", "reflex.lock")


def _input_files() -> Iterator[Path]:
    for name in _SOURCES:
        source = REPOSITORY_ROOT / name
        yield from sorted(source.rglob("*")) if source.is_dir() else [source]


def input_key() -> str:
    """A SHA-256 over all that can show in the pages: our sources, the assets, the pinned packages."""
    digest = hashlib.sha256(sys.version.encode())
    for file in _input_files():
        if file.is_file() and "__pycache__" not in file.parts and "external" not in file.parts:
            digest.update(f"{file.relative_to(REPOSITORY_ROOT)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def is_current() -> bool:
    """Whether what lies there was built from what lies here now."""
    return (
        KEY_FILE.is_file()
        and (STATIC_DIRECTORY / "index.html").is_file()
        and KEY_FILE.read_text().strip() == input_key()
    )


def build() -> None:
    """Compiles the pages and builds the front end, in this process; prints its progress."""
    os.chdir(REPOSITORY_ROOT)
    environment.prepare(serving=False)
    key = input_key()
    KEY_FILE.unlink(missing_ok=True)

    from reflex.utils import export, prerequisites

    if prerequisites.needs_reinit():
        prerequisites.initialize_reflex_user_directory()
        prerequisites.initialize_frontend_dependencies()
    export.export(zipping=False, backend=False)
    KEY_FILE.write_text(key)


def main() -> None:
    """Builds if needed."""
    if is_current():
        print("The front end is up to date.")
    else:
        build()


if __name__ == "__main__":
    main()
