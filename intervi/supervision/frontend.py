"""Builds the front end, and only when something it is made from has changed."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from intervi.frontend import STATIC_DIRECTORY, WEB_DIRECTORY
from intervi.settings import REPOSITORY_ROOT
from intervi.supervision import environment

KEY_FILE = WEB_DIRECTORY / "built-from"
"""Holds the hashes of what the front end in :data:`STATIC_DIRECTORY` was built from."""

_SOURCES = ("intervi", "assets", "rxconfig.py", "requirements.txt")
_LOCKS = ("reflex.lock",)
"""npm's lock, which a build itself brings up to date when a page asks for a new package."""

_MADE = {"__pycache__", "external"}
"""Folders that importing and compiling fill."""


def _hash_of(names: Iterable[str]) -> str:
    """A SHA-256 over the names and contents of all files at or below these."""
    digest = hashlib.sha256()
    for file in sorted(_files(names)):
        digest.update(f"{file.relative_to(REPOSITORY_ROOT)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files(names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        source = REPOSITORY_ROOT / name
        for file in source.rglob("*") if source.is_dir() else [source]:
            if file.is_file() and not _MADE.intersection(file.relative_to(REPOSITORY_ROOT).parts):
                yield file


def is_current() -> bool:
    """Whether what lies there was built from what lies here now."""
    return (
        KEY_FILE.is_file()
        and (STATIC_DIRECTORY / "index.html").is_file()
        and KEY_FILE.read_text() == _key(hash_of_sources())
    )


def hash_of_sources() -> str:
    """Of all that is ours and may show in the pages."""
    return _hash_of(_SOURCES)


def note_built(sources: str) -> None:
    """Remembers which sources were built; npm's lock counts as the build left it."""
    KEY_FILE.write_text(_key(sources))


def _key(sources: str) -> str:
    return f"{sources} {_hash_of(_LOCKS)}\n"


def build() -> None:
    """Compiles the pages and builds the front end, in this process; prints its progress."""
    os.chdir(REPOSITORY_ROOT)
    environment.prepare(serving=False)
    sources = hash_of_sources()  # before: what changes while we build is built next time
    KEY_FILE.unlink(missing_ok=True)

    from reflex.utils import export, prerequisites

    if prerequisites.needs_reinit():
        prerequisites.initialize_reflex_user_directory()
        prerequisites.initialize_frontend_dependencies()
    export.export(zipping=False, backend=False)
    note_built(sources)


def main() -> None:
    """Builds if needed."""
    if is_current():
        print("The front end is up to date.")
    else:
        build()


if __name__ == "__main__":
    main()
