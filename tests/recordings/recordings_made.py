"""Recordings for these tests, and where they stand."""

from collections.abc import AsyncIterator

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.interviews import exchanges
from intervi.interviews import service as interviews
from intervi.interviews.models import Exchange, Origin
from intervi.recordings import service, uploads
from intervi.recordings.models import Media, MediaKind, MediaState
from intervi.recordings.storage import storage
from tests.api.recordings import A_RECORDING


async def a_user(email: str = "ada@example.com") -> Principal:
    async with transaction() as session:
        user = User(email=email, email_key=email, password_hash="x")
        session.add(user)
    return Principal(user.id)


async def a_question(principal: Principal) -> Exchange:
    async with transaction() as session:
        interview = await interviews.create(session, principal, origin=Origin.PRACTICE)
        return await exchanges.next_question(session, principal, interview.id)


async def some(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def an_upload(principal: Principal, exchange: Exchange, *, offset: float = 0.0, anew: bool = False) -> Media:
    async with transaction() as session:
        return await uploads.begin(
            session,
            principal,
            exchange_id=exchange.id,
            kind=MediaKind.AUDIO,
            filename="a.wav",
            offset_seconds=offset,
            anew=anew,
        )


async def send(principal: Principal, media: Media, data: bytes, *, at: int = 0) -> int:
    size = await uploads.receive_part(media, some(data), at=at, limit_bytes=10**9)
    async with transaction() as session:
        await uploads.note_received(session, principal, media.id)
    return size


async def finish(principal: Principal, media: Media) -> Media:
    async with transaction() as session:
        await uploads.note_received(session, principal, media.id, declared_bytes=await uploads.received_bytes(media))
        return await uploads.finish(session, principal, media.id)


async def a_segment(principal: Principal, exchange: Exchange, *, offset: float = 0.0, anew: bool = False) -> Media:
    media = await an_upload(principal, exchange, offset=offset, anew=anew)
    await send(principal, media, A_RECORDING)
    return await finish(principal, media)


async def states(principal: Principal, exchange: Exchange) -> dict[str, MediaState]:
    """State of each recording of an answer, by storage key."""
    async with transaction() as session:
        rows = await service.repository.of_exchange(session, principal, exchange.id, list(MediaState))
        return {media.storage_key: MediaState(media.state) for media in rows}


def stored_keys() -> set[str]:
    return {key for key, _changed in storage().list_keys()}
