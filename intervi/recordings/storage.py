"""Where the bytes are: an interface that an S3 store fits, and the local directory.

A key is random and says nothing of who or what. What is made from a recording (its sound, a seekable copy) is kept beside it, under a
key that begins with the recording's, so that deleting the recording leaves nothing of it.

Everything here blocks: the web process calls it through ``asyncio.to_thread``, a worker as it is.
"""

import errno
import fcntl
import os
import re
import secrets
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from intervi.errors import Conflict, NotFound, Unavailable
from intervi.settings import settings
from intervi.translation import _

_KEY = re.compile(r"[0-9a-f]{32}(-[0-9a-f]{8})?\Z")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_BLOCK = 1 << 20

RESERVE_BYTES = 64 * 1024**2
"""What stays free for the database and the logs, which live on the same disk by default."""


class StorageFull(Unavailable):
    """There is no room for these bytes; what could not be kept whole is not kept."""

    def __init__(self) -> None:
        super().__init__(_("There is no room left for recordings on this machine."), retry_after_seconds=60)


def is_full(error: OSError) -> bool:
    """Whether there was no room: on the disk, in a quota, or under a limit on the size of files."""
    return error.errno in _FULL


def new_key() -> str:
    """A fresh key: 128 random bits."""
    return secrets.token_hex(16)


def key_beside(key: str) -> str:
    """A fresh key for something made from the recording at ``key``; it is deleted with it."""
    return f"{_root(key)}-{secrets.token_hex(4)}"


def _root(key: str) -> str:
    return key.partition("-")[0]


class Writer(ABC):
    """Appends to one recording; nobody else can while it is open."""

    size: int
    """Bytes kept so far."""

    @abstractmethod
    def write(self, data: bytes | bytearray) -> None:
        """Appends.

        Raises:
            StorageFull: with ``size`` still true: of these bytes, as many are kept as there was room for.
        """


class Storage(ABC):
    """What Intervi asks of a store of recordings.

    A recording grows (``writer``), is then ``seal``-ed, and never changes again. Over S3 that is a multipart upload with the incomplete
    last part kept aside.
    """

    @abstractmethod
    def writer(self, key: str) -> AbstractContextManager[Writer]:
        """Opens an unsealed recording at its end, new or begun before.

        Raises:
            Conflict: if another writer has it open, or it is sealed.
        """

    @abstractmethod
    def seal(self, key: str) -> None:
        """The recording is whole: made durable, and visible as such all at once. Sealing twice does no harm.

        Raises:
            NotFound: if there is nothing at this key.
            Conflict: if a writer has it open.
        """

    @abstractmethod
    def is_written(self, key: str) -> bool:
        """Whether a writer has it open, in this process or another."""

    @abstractmethod
    def put_file(self, path: Path, *, beside: str) -> str:
        """Keeps a finished file made from the recording at ``beside``, and returns its key."""

    @abstractmethod
    def size(self, key: str) -> int:
        """Bytes kept so far; 0 for what was never begun."""

    @abstractmethod
    def read(self, key: str, start: int, length: int) -> bytes:
        """At most ``length`` bytes from ``start``; sealed or not.

        Raises:
            NotFound: if there is nothing at this key.
        """

    @abstractmethod
    def as_file(self, key: str) -> AbstractContextManager[Path]:
        """A local file with the bytes, sealed or not, for as long as the block runs; not to be changed.

        Raises:
            NotFound: if there is nothing at this key.
        """

    @abstractmethod
    def location(self, key: str) -> Path | str:
        """Where a browser's request is answered from: a file here, or the store's own expiring address.

        Raises:
            NotFound: if there is nothing sealed at this key.
        """

    @abstractmethod
    def delete(self, key: str) -> None:
        """Removes the recording and all that was made from it. Removing what is not there does no harm."""

    @abstractmethod
    def list_keys(self) -> Iterator[tuple[str, datetime]]:
        """Every key of a recording, sealed or not, with the time of its last change; nothing that stands beside one."""

    @abstractmethod
    def list_made(self, key: str | None = None) -> Iterator[tuple[str, datetime]]:
        """Every key of something made from a recording (from the one at ``key``), whole or not, with the time of its last change."""

    @abstractmethod
    def delete_made(self, key: str) -> None:
        """Removes one thing made from a recording, and nothing else. Removing what is not there does no harm."""

    @abstractmethod
    def has_room_for(self, count: int) -> bool:
        """Whether so many bytes more can be kept."""


class LocalStorage(Storage):
    """A directory: ``ab/cd/abcd…``; ``.part`` while it grows."""

    def __init__(self, root: Path) -> None:
        self._directory = root.absolute()

    @contextmanager
    def writer(self, key: str) -> Iterator[Writer]:
        part = self._part(key)
        self._refuse_sealed(key)
        part.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with part.open("ab", buffering=0) as file:
            _take_lock(file)
            self._refuse_sealed(key)  # between being opened and being locked
            yield _LocalWriter(file)

    def seal(self, key: str) -> None:
        part, final = self._part(key), self._path(key)
        if final.exists():
            return
        if not part.exists():
            raise _nothing_there()
        with part.open("rb") as file:
            _take_lock(file)
            os.fsync(file.fileno())
            part.rename(final)
        _sync_directory(final.parent)

    def is_written(self, key: str) -> bool:
        try:
            with self._part(key).open("rb") as file:
                _take_lock(file)
        except FileNotFoundError:
            return False
        except Conflict:
            return True
        return False

    def put_file(self, path: Path, *, beside: str) -> str:
        key = key_beside(beside)
        part = self._part(key)
        part.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            shutil.copyfile(path, part)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise _plain(error) from error
        self.seal(key)
        return key

    def size(self, key: str) -> int:
        with suppress(NotFound):
            return self._existing(key).stat().st_size
        return 0

    def read(self, key: str, start: int, length: int) -> bytes:
        with self._existing(key).open("rb") as file:
            file.seek(start)
            return file.read(length)

    @contextmanager
    def as_file(self, key: str) -> Iterator[Path]:
        yield self._existing(key)

    def location(self, key: str) -> Path | str:
        path = self._path(key)
        if not path.is_file():
            raise _nothing_there()
        return path

    def delete(self, key: str) -> None:
        path = self._path(_root(key))
        for name in (path, *path.parent.glob(f"{path.name}-*"), *path.parent.glob(f"{path.name}.part")):
            name.unlink(missing_ok=True)

    def list_keys(self) -> Iterator[tuple[str, datetime]]:
        return ((key, changed) for key, changed in _keys(self._directory.glob("??/??/*")) if key == _root(key))

    def list_made(self, key: str | None = None) -> Iterator[tuple[str, datetime]]:
        if key is None:
            return _keys(self._directory.glob("??/??/*-*"))
        path = self._path(_root(key))
        return _keys(path.parent.glob(f"{path.name}-*"))

    def delete_made(self, key: str) -> None:
        if key == _root(key):
            raise ValueError(f"{key!r} is a recording itself")
        self._path(key).unlink(missing_ok=True)
        self._part(key).unlink(missing_ok=True)

    def has_room_for(self, count: int) -> bool:
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        return shutil.disk_usage(self._directory).free >= count + RESERVE_BYTES

    def _path(self, key: str) -> Path:
        if not _KEY.match(key):
            raise ValueError(f"{key!r} is no storage key")
        return self._directory / key[:2] / key[2:4] / key

    def _refuse_sealed(self, key: str) -> None:
        if self._path(key).exists():
            raise Conflict(_("This recording is complete; nothing can be added to it."))

    def _part(self, key: str) -> Path:
        path = self._path(key)
        return path.with_name(f"{path.name}.part")

    def _existing(self, key: str) -> Path:
        for path in (self._path(key), self._part(key)):
            if path.is_file():
                return path
        raise _nothing_there()


class _LocalWriter(Writer):
    def __init__(self, file: IO[bytes]) -> None:
        self._descriptor = file.fileno()
        self.size = os.fstat(self._descriptor).st_size

    def write(self, data: bytes | bytearray) -> None:
        rest = memoryview(data)
        while rest:
            try:
                written = os.write(self._descriptor, rest[:_BLOCK])
            except OSError as error:
                raise _plain(error) from error
            self.size += written
            rest = rest[written:]


def _take_lock(file: IO[bytes]) -> None:
    """Until the file is closed.

    Raises:
        Conflict: if somebody else has it.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict(_("This recording is being sent from somewhere else at this moment.")) from None


def _keys(paths: Iterable[Path]) -> Iterator[tuple[str, datetime]]:
    """The keys among these files, with the times of their last changes."""
    for path in paths:
        key = path.name.removesuffix(".part")
        if _KEY.match(key):
            with suppress(FileNotFoundError):
                yield key, datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _plain(error: OSError) -> Exception:
    return StorageFull() if is_full(error) else error


def _nothing_there() -> NotFound:
    return NotFound(_("This recording is not there any more."))


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def storage() -> Storage:
    """The store that the settings name.

    Raises:
        ValueError: if they name a kind of store that there is not.
    """
    return _storage_at(settings().media_url, settings().home)


@lru_cache(maxsize=4)
def _storage_at(url: str, home: Path) -> Storage:
    if not url:
        return LocalStorage(home / "media")
    parts = urlsplit(url)
    if parts.scheme not in ("", "file") or parts.netloc:
        raise ValueError(f"INTERVI_MEDIA_URL: {url!r} is neither a directory nor file:///…")
    return LocalStorage(Path(unquote(parts.path)))
