"""The local directory as a store of recordings."""

import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intervi.clock import now
from intervi.errors import Conflict, NotFound
from intervi.recordings import storage as module
from intervi.recordings.storage import LocalStorage, StorageFull, key_beside, new_key, storage

A32 = "a" * 32


@pytest.fixture
def store(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "media")


def keep(store: LocalStorage, data: bytes) -> str:
    key = new_key()
    with store.writer(key) as writer:
        writer.write(data)
    store.seal(key)
    return key


def files(store: LocalStorage) -> list[Path]:
    return [path for path in store._directory.rglob("*") if path.is_file()]


class TestWriting:
    def test_goes_on_where_it_stopped(self, store: LocalStorage) -> None:
        key = new_key()
        with store.writer(key) as writer:
            writer.write(b"abc")
        assert store.size(key) == 3
        with store.writer(key) as writer:
            assert writer.size == 3
            writer.write(b"def")
        store.seal(key)
        assert store.read(key, 0, 100) == b"abcdef"

    def test_two_writers_at_once_are_refused(self, store: LocalStorage) -> None:
        key = new_key()
        with store.writer(key) as writer:
            writer.write(b"mine")
            with pytest.raises(Conflict), store.writer(key) as other:
                other.write(b"theirs")
        assert store.read(key, 0, 100) == b"mine"

    def test_a_writer_whose_process_was_killed_holds_nothing(self, store: LocalStorage) -> None:
        key = new_key()
        program = (
            "import os, sys, signal; from pathlib import Path; from intervi.recordings.storage import LocalStorage\n"
            "manager = LocalStorage(Path(sys.argv[1])).writer(sys.argv[2]); writer = manager.__enter__()\n"
            "writer.write(b'kept'); os.kill(os.getpid(), signal.SIGKILL)"
        )
        ended = subprocess.run([sys.executable, "-c", program, str(store._directory), key])
        assert ended.returncode == -9
        with store.writer(key) as writer:
            assert writer.size == 4

    def test_what_grows_is_not_served_and_what_is_sealed_is(self, store: LocalStorage) -> None:
        key = new_key()
        with store.writer(key) as writer:
            writer.write(b"abc")
        with pytest.raises(NotFound):
            store.location(key)
        store.seal(key)
        store.seal(key)
        location = store.location(key)
        assert isinstance(location, Path)
        assert location.read_bytes() == b"abc"

    def test_what_is_still_written_is_not_sealed(self, store: LocalStorage) -> None:
        key = new_key()
        with store.writer(key) as writer:
            writer.write(b"abc")
            with pytest.raises(Conflict):
                store.seal(key)
            writer.write(b"def")
        store.seal(key)
        assert store.read(key, 0, 10) == b"abcdef"

    def test_nothing_cannot_be_sealed(self, store: LocalStorage) -> None:
        with pytest.raises(NotFound):
            store.seal(new_key())

    def test_only_we_may_enter(self, store: LocalStorage) -> None:
        keep(store, b"abc")
        assert all(path.stat().st_mode & 0o077 == 0 for path in store._directory.glob("??/*"))


class TestReading:
    def test_ranges(self, store: LocalStorage) -> None:
        key = keep(store, b"0123456789")
        assert store.read(key, 3, 4) == b"3456"
        assert store.read(key, 8, 100) == b"89"
        with store.as_file(key) as path:
            assert path.read_bytes() == b"0123456789"

    def test_what_is_not_there(self, store: LocalStorage) -> None:
        key = new_key()
        assert store.size(key) == 0
        for look in (lambda: store.read(key, 0, 1), lambda: store.location(key)):
            with pytest.raises(NotFound):
                look()
        with pytest.raises(NotFound), store.as_file(key):
            pass


class TestDeleting:
    def test_takes_what_was_made_from_it_along(self, store: LocalStorage, tmp_path: Path) -> None:
        (tmp_path / "made").write_bytes(b"sound")
        key, other = keep(store, b"abc"), keep(store, b"other")
        beside = store.put_file(tmp_path / "made", beside=key)
        beside_that = store.put_file(tmp_path / "made", beside=beside)
        assert beside.startswith(key)
        assert store.read(beside, 0, 10) == store.read(beside_that, 0, 10) == b"sound"
        store.delete(key)
        assert [path.name for path in files(store)] == [other]
        store.delete(key)

    def test_takes_what_still_grows(self, store: LocalStorage) -> None:
        key = new_key()
        with store.writer(key) as writer:
            writer.write(b"abc")
        store.delete(key)
        assert files(store) == []


class TestKeys:
    @pytest.mark.parametrize(
        "key", ["", "..", "../../etc/passwd", A32[1:], A32.upper(), f"{A32}\n", f"{A32}/b", f"{A32}-../x"]
    )
    def test_what_is_no_key_is_refused(self, store: LocalStorage, key: str) -> None:
        with pytest.raises(ValueError, match="no storage key"):
            store.read(key, 0, 1)

    def test_are_random_and_listed_with_their_time(self, store: LocalStorage, tmp_path: Path) -> None:
        (tmp_path / "made").write_bytes(b"sound")
        keys = {keep(store, b"x") for _ in range(20)}
        assert len(keys) == 20
        store.put_file(tmp_path / "made", beside=min(keys))
        growing = new_key()
        with store.writer(growing) as writer:
            writer.write(b"x")
        listed = dict(store.list_keys())
        assert set(listed) == keys | {growing}
        assert all(abs(changed - now()) < timedelta(minutes=1) for changed in listed.values())
        assert key_beside(growing) != key_beside(growing)


@pytest.fixture
def files_of_at_most_100_kb() -> Iterator[None]:
    """As on a disk that is full after so much: the system refuses the write in the middle."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


class TestFullDisk:
    @pytest.mark.usefixtures("files_of_at_most_100_kb")
    def test_a_recording_keeps_what_there_was_room_for(self, store: LocalStorage) -> None:
        key = new_key()
        with store.writer(key) as writer, pytest.raises(StorageFull):
            writer.write(bytes(150_000))
        assert writer.size == store.size(key) == 100_000

    @pytest.mark.usefixtures("files_of_at_most_100_kb")
    def test_a_file_that_does_not_fit_leaves_nothing(self, store: LocalStorage, tmp_path: Path) -> None:
        made = tmp_path / "made"
        with made.open("wb") as file:
            for _ in range(2):
                file.write(bytes(50_000))
        key = keep(store, b"abc")
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        with pytest.raises(StorageFull):
            store.put_file(made, beside=key)
        assert [path.name for path in files(store)] == [key]

    @pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="only root may mount a small disk")
    def test_a_disk_that_really_is_full(self, tmp_path: Path) -> None:
        program = (
            "import subprocess, sys; from pathlib import Path; from intervi.recordings.storage import *\n"
            "subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'none', sys.argv[1]], check=True)\n"
            "store = LocalStorage(Path(sys.argv[1])); key = new_key()\n"
            "try:\n"
            "    with store.writer(key) as writer: writer.write(bytes(2_000_000))\n"
            "except StorageFull: print('full', 0 < store.size(key) < 2_000_000, store.has_room_for(1))\n"
        )
        ended = subprocess.run(
            ["unshare", "-m", sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True
        )
        if "unshare" in ended.stderr or "mount" in ended.stderr:
            pytest.skip("no mounting in here")
        assert ended.stdout == "full True False\n", ended.stderr

    def test_room_is_asked_of_the_disk(self, store: LocalStorage, tmp_path: Path) -> None:
        free = shutil.disk_usage(tmp_path).free
        assert store.has_room_for(0)
        assert not store.has_room_for(free * 2)

    def test_other_failures_are_not_called_full(self) -> None:
        error = OSError(errno.EIO, "broken")
        assert module._plain(error) is error


class TestSettings:
    def test_the_default_is_below_home(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        assert isinstance(module._storage_at("", tmp_path), LocalStorage)
        assert storage() is storage()

    @pytest.mark.parametrize("url", ["/srv/media", "file:///srv/media"])
    def test_a_directory(self, url: str, tmp_path: Path) -> None:
        found = module._storage_at(url, tmp_path)
        assert isinstance(found, LocalStorage)
        assert found._directory == Path("/srv/media")

    def test_another_kind_is_refused_by_name(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="INTERVI_MEDIA_URL"):
            module._storage_at("gopher://bucket/x", tmp_path)
