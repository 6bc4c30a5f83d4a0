"""The media service, on real storage and a real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import transaction
from intervi.errors import BadMedia, Conflict, InvalidInput, NotFound, TooLarge, WrongState
from intervi.ids import new_id
from intervi.interviews import service as interviews
from intervi.interviews.models import AnswerStatus, Exchange, Interview, Origin
from intervi.recordings import service
from intervi.recordings.models import Media, MediaKind, MediaState
from intervi.recordings.storage import storage
from intervi.settings import settings
from tests.api.recordings import A_RECORDING

pytestmark = pytest.mark.usefixtures("servers", "empty_store")


@pytest.fixture
def empty_store() -> None:
    for key, _changed in list(storage().list_keys()):
        storage().delete(key)


async def a_user(email: str = "ada@example.com") -> Principal:
    async with transaction() as session:
        user = User(email=email, email_key=email, password_hash="x")
        session.add(user)
    return Principal(user.id)


async def a_question(principal: Principal) -> Exchange:
    async with transaction() as session:
        interview = await interviews.create(session, principal, origin=Origin.PRACTICE)
        return await interviews.next_question(session, principal, interview.id)


async def some(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def an_upload(principal: Principal, exchange: Exchange, *, offset: float = 0.0, anew: bool = False) -> Media:
    async with transaction() as session:
        return await service.begin_upload(
            session,
            principal,
            exchange_id=exchange.id,
            kind=MediaKind.AUDIO,
            filename="a.wav",
            offset_seconds=offset,
            anew=anew,
        )


async def send(principal: Principal, media: Media, data: bytes, *, at: int = 0) -> int:
    size = await service.receive_part(media, some(data), at=at, limit_bytes=10**9)
    async with transaction() as session:
        await service.note_received(session, principal, media.id)
    return size


async def finish(principal: Principal, media: Media) -> Media:
    async with transaction() as session:
        await service.note_received(session, principal, media.id, declared_bytes=await service.received_bytes(media))
        return await service.finish_upload(session, principal, media.id)


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


class TestResumable:
    async def test_a_recording_that_comes_in_parts(self) -> None:
        principal = await a_user()
        exchange = await a_question(principal)
        media = await an_upload(principal, exchange)
        assert await send(principal, media, A_RECORDING[:1000]) == 1000
        assert await send(principal, media, A_RECORDING[1000:], at=1000) == len(A_RECORDING)
        done = await finish(principal, media)
        assert (done.state, done.size_bytes, done.content_type) == (MediaState.STORED, len(A_RECORDING), "audio/wav")
        assert storage().read(done.storage_key, 0, 10**6) == A_RECORDING
        async with transaction() as session:
            assert [m.id for m in await service.media_of_interview(session, principal, exchange.interview_id)] == [
                media.id
            ]

    async def test_goes_on_only_where_it_stopped(self) -> None:
        principal = await a_user()
        media = await an_upload(principal, await a_question(principal))
        await send(principal, media, b"RIFF")
        for wrong in (0, 3, 5):
            with pytest.raises(Conflict, match="byte 4"):
                await send(principal, media, b"more", at=wrong)
        assert await service.received_bytes(media) == 4

    async def test_what_came_before_a_break_is_kept(self) -> None:
        principal = await a_user()
        media = await an_upload(principal, await a_question(principal))

        async def breaks() -> AsyncIterator[bytes]:
            yield b"RIFF"
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            await service.receive_part(media, breaks(), at=0, limit_bytes=100)
        assert await service.received_bytes(media) == 4

    async def test_no_more_than_declared_or_allowed(self) -> None:
        principal = await a_user()
        media = await an_upload(principal, await a_question(principal))
        with pytest.raises(TooLarge):
            await service.receive_part(media, some(b"x" * 10, b"x"), at=0, limit_bytes=10)
        assert await service.received_bytes(media) == 10
        async with transaction() as session:
            media = await service.note_received(session, principal, media.id, declared_bytes=12)
        with pytest.raises(TooLarge):
            await service.receive_part(media, some(b"xxx"), at=10, limit_bytes=100)

    @pytest.mark.parametrize("declared", [3, 2**40])
    async def test_a_length_that_cannot_be(self, declared: int) -> None:
        principal = await a_user()
        media = await an_upload(principal, await a_question(principal))
        await send(principal, media, b"RIFF")
        with pytest.raises((InvalidInput, TooLarge)):
            async with transaction() as session:
                await service.note_received(session, principal, media.id, declared_bytes=declared)

    async def test_a_length_is_declared_once(self) -> None:
        principal = await a_user()
        media = await an_upload(principal, await a_question(principal))
        async with transaction() as session:
            await service.note_received(session, principal, media.id, declared_bytes=10)
            await service.note_received(session, principal, media.id, declared_bytes=10)
            with pytest.raises(InvalidInput):
                await service.note_received(session, principal, media.id, declared_bytes=11)

    @pytest.mark.parametrize("data", [b"", b"<html>", b"RIFF"])
    async def test_no_recording_is_refused_and_can_be_removed(self, data: bytes) -> None:
        principal = await a_user()
        media = await an_upload(principal, await a_question(principal))
        await send(principal, media, data)
        with pytest.raises(BadMedia):
            await finish(principal, media)
        async with transaction() as session:
            await service.abort_upload(session, principal, media.id)
        assert stored_keys() == set()

    async def test_finishing_twice_is_once(self) -> None:
        principal = await a_user()
        media = await a_segment(principal, await a_question(principal))
        async with transaction() as session:
            again = await service.finish_upload(session, principal, media.id)
        assert again.stored_at == media.stored_at

    async def test_nothing_of_anothers(self) -> None:
        owner, stranger = await a_user(), await a_user("eve@example.com")
        exchange = await a_question(owner)
        media = await an_upload(owner, exchange)
        with pytest.raises(NotFound):
            await an_upload(stranger, exchange)
        for call in (
            service.get,
            service.get_stored,
            service.note_received,
            service.finish_upload,
            service.abort_upload,
        ):
            with pytest.raises(NotFound):
                async with transaction() as session:
                    await call(session, stranger, media.id)
        for call in (service.media_of_interview, service.complete_interview, service.delete_interview):
            with pytest.raises(NotFound):
                async with transaction() as session:
                    await call(session, stranger, exchange.interview_id)
        assert await states(owner, exchange) == {media.storage_key: MediaState.UPLOADING}

    @pytest.mark.parametrize("offset", [-0.1, float("nan"), float("inf"), 1e9])
    async def test_an_offset_outside_of_any_answer(self, offset: float) -> None:
        principal = await a_user()
        exchange = await a_question(principal)
        with pytest.raises(InvalidInput):
            await an_upload(principal, exchange, offset=offset)

    async def test_completed_takes_late_recordings_and_cancelled_none(self) -> None:
        principal = await a_user()
        done, cancelled = await a_question(principal), await a_question(principal)
        async with transaction() as session:
            await interviews.complete(session, principal, done.interview_id)
            await interviews.cancel(session, principal, cancelled.interview_id)
        assert (await a_segment(principal, done)).state == MediaState.STORED
        with pytest.raises(WrongState):
            await an_upload(principal, cancelled)


class TestRecordedAgain:
    async def test_the_old_one_stays_until_the_new_one_is_stored(self) -> None:
        principal = await a_user()
        exchange = await a_question(principal)
        old = await a_segment(principal, exchange)
        new = await an_upload(principal, exchange, anew=True)
        await send(principal, new, A_RECORDING)
        assert await states(principal, exchange) == {
            old.storage_key: MediaState.DISCARDED,
            new.storage_key: MediaState.UPLOADING,
        }
        assert old.storage_key in stored_keys()
        await finish(principal, new)
        assert await states(principal, exchange) == {new.storage_key: MediaState.STORED}
        assert stored_keys() == {new.storage_key}

    async def test_if_nothing_comes_of_it_the_old_one_counts_again(self) -> None:
        principal = await a_user()
        exchange = await a_question(principal)
        old = await a_segment(principal, exchange)
        new = await an_upload(principal, exchange, anew=True)
        async with transaction() as session:
            await service.abort_upload(session, principal, new.id)
        assert await states(principal, exchange) == {old.storage_key: MediaState.STORED}

    async def test_segments_of_one_answer_stand_side_by_side_in_order(self) -> None:
        principal = await a_user()
        exchange = await a_question(principal)
        second = await a_segment(principal, exchange, offset=12.5)
        first = await a_segment(principal, exchange)
        async with transaction() as session:
            ordered = await service.repository.of_exchange(session, principal, exchange.id, [MediaState.STORED])
        assert [media.id for media in ordered] == [first.id, second.id]


class TestStaleUploads:
    async def _make_stale(self, media: Media) -> None:
        async with transaction() as session:
            (await session.get_one(Media, media.id)).received_at = now() - timedelta(hours=1)

    async def test_what_arrived_is_kept_and_what_never_began_is_removed(self) -> None:
        principal = await a_user()
        exchanges = [await a_question(principal) for _ in range(3)]
        cut, empty, fresh = [await an_upload(principal, exchange) for exchange in exchanges]
        await send(principal, cut, A_RECORDING[:8000])
        for media in (cut, empty):
            await self._make_stale(media)
        async with transaction() as session:
            concerned = await service.settle_stale_uploads(session)
        assert set(concerned) == {cut.exchange_id, empty.exchange_id}
        assert await states(principal, exchanges[0]) == {cut.storage_key: MediaState.STORED}
        assert await states(principal, exchanges[1]) == {}
        assert await states(principal, exchanges[2]) == {fresh.storage_key: MediaState.UPLOADING}
        async with transaction() as session:
            assert await service.settle_stale_uploads(session) == []

    async def test_a_sender_who_comes_back_with_all_of_it_replaces_the_part(self) -> None:
        principal = await a_user()
        exchange = await a_question(principal)
        cut = await an_upload(principal, exchange)
        await send(principal, cut, A_RECORDING[:8000])
        await self._make_stale(cut)
        async with transaction() as session:
            await service.settle_stale_uploads(session)
        other = await a_segment(principal, exchange, offset=30.0)
        whole = await a_segment(principal, exchange)
        assert set(await states(principal, exchange)) == {other.storage_key, whole.storage_key}

    async def test_a_sender_who_had_to_begin_anew_leaves_nothing_behind(self) -> None:
        """Where an upload goes on was never heard of, or is not known any more: nothing waits for the one that was given up."""
        principal = await a_user()
        exchange = await a_question(principal)
        given_up = await an_upload(principal, exchange)
        await send(principal, given_up, A_RECORDING[:8000])
        whole = await an_upload(principal, exchange)
        elsewhere = await an_upload(principal, exchange)
        await send(principal, elsewhere, A_RECORDING[:8000])
        await send(principal, whole, A_RECORDING)
        await finish(principal, whole)
        assert await states(principal, exchange) == {
            whole.storage_key: MediaState.STORED,
            elsewhere.storage_key: MediaState.UPLOADING,
        }, "another tab's, which goes on meanwhile, stays"

    async def test_a_new_take_that_broke_off_at_once_brings_the_old_one_back(self) -> None:
        principal = await a_user()
        exchange = await a_question(principal)
        old = await a_segment(principal, exchange)
        await self._make_stale(await an_upload(principal, exchange, anew=True))
        async with transaction() as session:
            await service.settle_stale_uploads(session)
        assert await states(principal, exchange) == {old.storage_key: MediaState.STORED}


class TestCompleting:
    async def test_what_was_recorded_but_not_finished_is_an_answer(self) -> None:
        principal = await a_user()
        recorded = await a_question(principal)
        await a_segment(principal, recorded)
        async with transaction() as session:
            unanswered = await interviews.append(session, principal, recorded.interview_id, question="And?")
        async with transaction() as session:
            interview, finished = await service.complete_interview(session, principal, recorded.interview_id)
        assert [exchange.id for exchange in finished] == [recorded.id]
        async with transaction() as session:
            assert (await session.get_one(Exchange, unanswered.id)).status == AnswerStatus.SKIPPED
            assert (await session.get_one(Exchange, recorded.id)).status == AnswerStatus.ANSWERED
            assert (await session.get_one(Interview, interview.id)).ended_at


class TestLimits:
    async def test_the_quota_counts_everything_sent_so_far(self, monkeypatch: pytest.MonkeyPatch) -> None:
        principal, other = await a_user(), await a_user("eve@example.com")
        media = await an_upload(principal, await a_question(principal))
        await send(principal, media, A_RECORDING)
        monkeypatch.setattr(settings(), "quota_bytes_per_user", len(A_RECORDING) + 100)
        async with transaction() as session:
            assert await service.allowance(session, principal) == 100
            assert await service.allowance(session, principal, 100) == 100
            assert await service.allowance(session, other) == len(A_RECORDING) + 100
            with pytest.raises(TooLarge):
                await service.allowance(session, principal, 101)
        monkeypatch.setattr(settings(), "quota_bytes_per_user", len(A_RECORDING))
        async with transaction() as session:
            with pytest.raises(TooLarge):
                await service.allowance(session, principal)

    async def test_a_declared_size_over_the_limit(self) -> None:
        principal = await a_user()
        async with transaction() as session:
            with pytest.raises(TooLarge, match="2048 MB"):
                await service.allowance(session, principal, settings().max_upload_bytes + 1)


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
            await service.delete_interview(session, principal, exchange.interview_id)
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
                await service.delete_interview(session, principal, exchange.interview_id)
                raise RuntimeError
        assert stored_keys() == {media.storage_key}

    async def test_bytes_of_no_recording_are_found_when_they_are_old(self) -> None:
        principal = await a_user()
        media = await a_segment(principal, await a_question(principal))
        orphan = service.new_key()
        with storage().writer(orphan) as writer:
            writer.write(b"nobody's")
        async with transaction() as session:
            assert await service.orphans(session, idle_seconds=3600) == []
            assert await service.orphans(session, idle_seconds=-1) == [orphan]
        assert stored_keys() == {media.storage_key, orphan}


class TestLinks:
    async def test_a_link_opens_its_recording_until_it_expires(self, monkeypatch: pytest.MonkeyPatch) -> None:
        principal = await a_user()
        media = await a_segment(principal, await a_question(principal))
        token = service.links.signed_path(media).removeprefix("/media/")
        async with transaction() as session:
            assert (await service.by_link(session, token)).id == media.id
            for forged in ("", token[:-1], token[1:], token.swapcase(), "null"):
                with pytest.raises(NotFound):
                    await service.by_link(session, forged)
            monkeypatch.setattr(settings(), "signed_link_seconds", -1)
            with pytest.raises(NotFound):
                await service.by_link(session, token)

    async def test_a_link_to_what_is_gone(self) -> None:
        media = Media(
            id=new_id(),
            user_id=new_id(),
            interview_id=new_id(),
            exchange_id=new_id(),
            kind="audio",
            filename="a",
            storage_key="k",
        )
        async with transaction() as session:
            with pytest.raises(NotFound):
                await service.by_link(session, service.links.signed_path(media).removeprefix("/media/"))
