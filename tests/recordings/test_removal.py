"""Rows and bytes that go."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.interviews import lifecycle
from intervi.interviews import service as interviews
from intervi.interviews.models import Origin
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

    async def test_an_account_goes_while_an_interview_of_it_begins(self) -> None:
        """Each holds what the other wants next, unless both begin with the interview."""
        principal = await a_user()
        async with transaction() as session:
            interview = await interviews.create(session, principal, origin=Origin.PRACTICE)
        async with transaction() as session:
            await interviews.hold(session, principal, interview.id)
            deleting = asyncio.create_task(_delete_account(principal))
            async with transaction() as watching:
                while not await watching.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                    assert not deleting.done()
                    await asyncio.sleep(0.01)
            # Looks at all that run, and holds the account for it.
            await lifecycle.start(session, principal, interview.id)
        await deleting
        async with transaction() as session:
            assert await session.get(User, principal.user_id) is None

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


async def _delete_account(principal: Principal) -> None:
    async with transaction() as session:
        await removal.delete_account(session, principal)
