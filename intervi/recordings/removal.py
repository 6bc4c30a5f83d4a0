"""Removing recordings: their rows now, their bytes once that has committed."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import service as accounts
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import after_commit
from intervi.interviews import service as interviews
from intervi.recordings import repository
from intervi.recordings.models import Media, MediaState
from intervi.recordings.storage import storage
from intervi.scheduling import invitations

_KEYS_AT_ONCE = 1000


async def delete_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> None:
    """Removes an interview with its questions, answers, analyses and media; the bytes once that has committed.

    Raises:
        NotFound: if it is nobody's or somebody else's.
    """
    await invitations.withdraw(session, principal, interview_id)
    media = await repository.of_interview(session, principal, interview_id, list(MediaState))
    await interviews.delete(session, principal, interview_id)
    _remove_after_commit(session, [one.storage_key for one in media])


async def delete_due_interviews(session: AsyncSession) -> int:
    """Deletes anybody's interviews whose deletion can no longer be taken back. For a worker; returns how many."""
    due = await interviews.due_for_deletion(session)
    for interview in due:
        await delete_interview(session, Principal(interview.user_id), interview.id)
    return len(due)


async def delete_account(session: AsyncSession, principal: Principal) -> None:
    """Removes an account with all that belongs to it; the bytes of its recordings once that has committed.

    Raises:
        NotAuthenticated: if it was deleted before.
    """
    # In the order in which those take them who move an interview, or both would wait for one another.
    await interviews.hold_own(session, principal)
    # The account's row is held from here on, so that no further recording can come to it.
    await accounts.hold(session, principal)
    media = await repository.of_user(session, principal)
    await accounts.delete(session, principal)
    _remove_after_commit(session, [one.storage_key for one in media])


async def delete_bytes(session: AsyncSession, media: Sequence[Media]) -> None:
    """Deletes what was recorded, and all that was made from it, once that has committed. The rows stay and say when."""
    for one in media:
        one.state, one.deleted_at = MediaState.DELETED, now()
        one.playback_key, one.size_bytes = None, 0
        session.add(one)
    await session.flush()
    _remove_after_commit(session, [one.storage_key for one in media])


async def orphans(session: AsyncSession, *, idle_seconds: float) -> list[str]:
    """The keys in storage that belong to no recording and have not changed for so long."""
    before = now() - timedelta(seconds=idle_seconds)
    old = await asyncio.to_thread(lambda: [key for key, changed in storage().list_keys() if changed < before])
    found: list[str] = []
    for start in range(0, len(old), _KEYS_AT_ONCE):
        keys = old[start : start + _KEYS_AT_ONCE]
        found += set(keys) - await repository.known_keys(session, keys)
    return sorted(found)


async def forget(session: AsyncSession, media: Sequence[Media]) -> None:
    """Removes rows now, and their bytes once that has committed."""
    for one in media:
        await session.delete(one)
    _remove_after_commit(session, [one.storage_key for one in media])


def _remove_after_commit(session: AsyncSession, keys: Sequence[str]) -> None:
    async def remove() -> None:
        for key in keys:
            await asyncio.to_thread(storage().delete, key)

    after_commit(session, remove)
