"""Rows and bytes that go."""

from pathlib import Path

import pytest

from intervi.database import transaction
from intervi.recordings import removal
from intervi.recordings.models import Media
from intervi.recordings.storage import new_key, storage
from tests.recordings.recordings_made import a_question, a_segment, a_user, an_upload, send, stored_keys

pytestmark = pytest.mark.usefixtures("servers", "empty_store")


class TestDeleting:
    async def test_takes_the_bytes_along_once_committed(self, tmp_path: Path) -> None:
        principal = await a_user()
        exchange = await a_question(principal)
        media, growing = await a_segment(principal, exchange), await an_upload(principal, exchange)
        await send(principal, growing, b"RIFF")
        (tmp_path / "sound").write_bytes(b"fLaC")
        beside = storage().put_file(tmp_path / "sound", beside=media.storage_key)
        other = await a_segment(principal, await a_question(principal))
        async with transaction() as session:
            await removal.delete_interview(session, principal, exchange.interview_id)
            assert stored_keys() == {media.storage_key, growing.storage_key, other.storage_key}
        assert stored_keys() == {other.storage_key}
        assert storage().size(beside) == 0
        async with transaction() as session:
            assert await session.get(Media, media.id) is None

    async def test_nothing_is_removed_if_it_does_not_commit(self) -> None:
        principal = await a_user()
        exchange = await a_question(principal)
        media = await a_segment(principal, exchange)
        with pytest.raises(RuntimeError):
            async with transaction() as session:
                await removal.delete_interview(session, principal, exchange.interview_id)
                raise RuntimeError
        assert stored_keys() == {media.storage_key}

    async def test_bytes_of_no_recording_are_found_when_they_are_old(self) -> None:
        principal = await a_user()
        media = await a_segment(principal, await a_question(principal))
        orphan = new_key()
        with storage().writer(orphan) as writer:
            writer.write(b"nobody's")
        async with transaction() as session:
            assert await removal.orphans(session, idle_seconds=3600) == []
            assert await removal.orphans(session, idle_seconds=-1) == [orphan]
        assert stored_keys() == {media.storage_key, orphan}
