"""Recordings that are there, who may see them, and how much more may come.

Every recording, however it comes, is taken, kept, counted and removed by this package. Two ways in, one way to be kept:

* **resumable** (the practice room, :mod:`.uploads`): ``begin`` → ``receive_part`` as often as needed → ``finish``. The length need not be
  known beforehand; what has arrived survives a lost connection, page or process.
* **in one go** (coach, hiring, :mod:`.receiving`): ``async with received(…)`` streams to storage and looks at the content, then ``store``.

Bytes are never held in memory whole, and are removed (:mod:`.removal`) only once the transaction that forgets them has committed.
"""

import asyncio
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import service as accounts
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.errors import NotFound, TooLarge
from intervi.interviews import service as interviews
from intervi.interviews import timeline
from intervi.interviews.models import EventKind
from intervi.recordings import links, repository
from intervi.recordings.models import Media, MediaState
from intervi.recordings.storage import StorageFull, storage
from intervi.settings import settings
from intervi.translation import _, fill


async def get(session: AsyncSession, principal: Principal, media_id: UUID) -> Media:
    """One recording.

    Raises:
        NotFound: if there is none, or it is somebody else's.
    """
    return found(await repository.get(session, principal, media_id))


async def get_stored(session: AsyncSession, principal: Principal, media_id: UUID) -> Media:
    """One recording that is complete and counts.

    Raises:
        NotFound: if there is none, it is somebody else's, or it is still coming or was discarded.
    """
    media = await get(session, principal, media_id)
    return found(media if media.state == MediaState.STORED else None)


async def media_of_interview(session: AsyncSession, principal: Principal, interview_id: UUID) -> list[Media]:
    """The recordings of an interview that are complete, oldest first.

    Raises:
        NotFound: if the interview is nobody's or somebody else's.
    """
    await interviews.get(session, principal, interview_id)
    return await repository.of_interview(session, principal, interview_id, [MediaState.STORED])


async def kept(session: AsyncSession, principal: Principal) -> list[Media]:
    """Every recording of the principal's that is whole and still there, those recorded again too."""
    media = await repository.of_user(session, principal)
    return [one for one in media if one.state in (MediaState.STORED, MediaState.DISCARDED)]


async def by_link(session: AsyncSession, token: str, *, from_beginning: bool = False) -> Media:
    """The recording that a signed link opens.

    Args:
        from_beginning: It is looked at now, and from there: who looks at a recording of others is kept in its timeline, once an hour.

    Raises:
        NotFound: if the link is forged or expired, or the recording is gone.
    """
    link = links.link_of(token)
    media = found(await repository.by_signed_id(session, link.media_id))
    if from_beginning:
        await _note_view(session, media, link.viewer)
    return media


async def _note_view(session: AsyncSession, media: Media, viewer: str) -> None:
    owner = Principal(media.user_id)
    interview = await interviews.get(session, owner, media.interview_id)
    if interview.about_others:
        who = viewer or (await accounts.user_of(session, owner)).email
        once = f"{media.id} {who} {now():%Y-%m-%dT%H}"
        await timeline.note_once(session, interview.id, EventKind.VIEWED, once=once, after=media.id, detail=who)


async def allowance(session: AsyncSession, principal: Principal, declared_bytes: int | None = None) -> int:
    """How many bytes the principal may send in one recording now.

    Raises:
        TooLarge: if the declared size is more than that, or nothing is left of the quota.
        StorageFull: if the disk has no room for it.
    """
    longest = settings().max_upload_bytes
    if declared_bytes is not None and declared_bytes > longest:
        raise too_large(longest)
    left = settings().quota_bytes_per_user - await repository.bytes_used(session, principal)
    if left <= 0 or (declared_bytes is not None and declared_bytes > left):
        raise quota_full()
    if not await asyncio.to_thread(storage().has_room_for, declared_bytes or 0):
        raise StorageFull
    return min(longest, left)


def quota_full() -> TooLarge:
    """The refusal of a recording that the principal has no space left for."""
    return TooLarge(_("Your recordings fill the space you have here. Please delete old interviews first."))


def too_large(limit: int) -> TooLarge:
    """The refusal of a recording with more bytes than ``limit``."""
    return TooLarge(
        fill(
            "This recording is too large: {megabytes} MB is the most that can be sent.",
            {"megabytes": max(1, limit // 1024**2)},
        )
    )


def found(media: Media | None) -> Media:
    """The recording that was looked for.

    Raises:
        NotFound: if there is none.
    """
    if media is None:
        raise NotFound(_("There is no such recording."))
    return media
