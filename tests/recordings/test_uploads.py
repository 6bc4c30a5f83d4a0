"""Recordings that come in parts."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from intervi.clock import now
from intervi.database import transaction
from intervi.errors import BadMedia, Conflict, InvalidInput, NotFound, TooLarge, WrongState
from intervi.interviews import answers, exchanges, lifecycle
from intervi.interviews.models import AnswerStatus, Exchange, Interview
from intervi.recordings import removal, service, uploads
from intervi.recordings.models import Media, MediaState
from intervi.recordings.storage import storage
from tests.api.recordings import A_RECORDING
from tests.recordings.recordings_made import (
    a_question,
    a_segment,
    a_user,
    an_upload,
    finish,
    send,
    some,
    states,
    stored_keys,
)

pytestmark = pytest.mark.usefixtures("servers", "empty_store")


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
        assert await uploads.received_bytes(media) == 4

    async def test_what_came_before_a_break_is_kept(self) -> None:
        principal = await a_user()
        media = await an_upload(principal, await a_question(principal))

        async def breaks() -> AsyncIterator[bytes]:
            yield b"RIFF"
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            await uploads.receive_part(media, breaks(), at=0, limit_bytes=100)
        assert await uploads.received_bytes(media) == 4

    async def test_no_more_than_declared_or_allowed(self) -> None:
        principal = await a_user()
        media = await an_upload(principal, await a_question(principal))
        with pytest.raises(TooLarge):
            await uploads.receive_part(media, some(b"x" * 10, b"x"), at=0, limit_bytes=10)
        assert await uploads.received_bytes(media) == 10
        async with transaction() as session:
            media = await uploads.note_received(session, principal, media.id, declared_bytes=12)
        with pytest.raises(TooLarge):
            await uploads.receive_part(media, some(b"xxx"), at=10, limit_bytes=100)

    @pytest.mark.parametrize("declared", [3, 2**40])
    async def test_a_length_that_cannot_be(self, declared: int) -> None:
        principal = await a_user()
        media = await an_upload(principal, await a_question(principal))
        await send(principal, media, b"RIFF")
        with pytest.raises((InvalidInput, TooLarge)):
            async with transaction() as session:
                await uploads.note_received(session, principal, media.id, declared_bytes=declared)

    async def test_a_length_is_declared_once(self) -> None:
        principal = await a_user()
        media = await an_upload(principal, await a_question(principal))
        async with transaction() as session:
            await uploads.note_received(session, principal, media.id, declared_bytes=10)
            await uploads.note_received(session, principal, media.id, declared_bytes=10)
            with pytest.raises(InvalidInput):
                await uploads.note_received(session, principal, media.id, declared_bytes=11)

    @pytest.mark.parametrize("data", [b"", b"<html>", b"RIFF"])
    async def test_no_recording_is_refused_and_can_be_removed(self, data: bytes) -> None:
        principal = await a_user()
        media = await an_upload(principal, await a_question(principal))
        await send(principal, media, data)
        with pytest.raises(BadMedia):
            await finish(principal, media)
        async with transaction() as session:
            await uploads.abort(session, principal, media.id)
        assert stored_keys() == set()

    async def test_finishing_twice_is_once(self) -> None:
        principal = await a_user()
        media = await a_segment(principal, await a_question(principal))
        async with transaction() as session:
            again = await uploads.finish(session, principal, media.id)
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
            uploads.note_received,
            uploads.finish,
            uploads.abort,
        ):
            with pytest.raises(NotFound):
                async with transaction() as session:
                    await call(session, stranger, media.id)
        for call in (service.media_of_interview, uploads.complete_interview, removal.delete_interview):
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
            await lifecycle.complete(session, principal, done.interview_id)
            await lifecycle.cancel(session, principal, cancelled.interview_id)
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
            await uploads.abort(session, principal, new.id)
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
        asked = [await a_question(principal) for _ in range(3)]
        cut, empty, fresh = [await an_upload(principal, exchange) for exchange in asked]
        await send(principal, cut, A_RECORDING[:8000])
        for media in (cut, empty):
            await self._make_stale(media)
        async with transaction() as session:
            concerned = await uploads.settle_stale(session)
        assert set(concerned) == {cut.exchange_id, empty.exchange_id}
        assert await states(principal, asked[0]) == {cut.storage_key: MediaState.STORED}
        assert await states(principal, asked[1]) == {}
        assert await states(principal, asked[2]) == {fresh.storage_key: MediaState.UPLOADING}
        async with transaction() as session:
            assert await uploads.settle_stale(session) == []

    async def test_a_sender_who_comes_back_with_all_of_it_replaces_the_part(self) -> None:
        principal = await a_user()
        exchange = await a_question(principal)
        cut = await an_upload(principal, exchange)
        await send(principal, cut, A_RECORDING[:8000])
        await self._make_stale(cut)
        async with transaction() as session:
            await uploads.settle_stale(session)
        other = await a_segment(principal, exchange, offset=30.0)
        whole = await a_segment(principal, exchange)
        assert set(await states(principal, exchange)) == {other.storage_key, whole.storage_key}

    async def test_cut_short_is_also_what_had_said_its_length(self) -> None:
        """Its last bytes were on their way when its sender was cut off."""
        principal = await a_user()
        exchange = await a_question(principal)
        cut = await an_upload(principal, exchange)
        await send(principal, cut, A_RECORDING[:8000])
        async with transaction() as session:
            await uploads.note_received(session, principal, cut.id, declared_bytes=len(A_RECORDING))
        await self._make_stale(cut)
        async with transaction() as session:
            await uploads.settle_stale(session)
            assert uploads.is_cut_short(await session.get_one(Media, cut.id))
        whole = await a_segment(principal, exchange)
        assert not uploads.is_cut_short(whole)
        assert set(await states(principal, exchange)) == {whole.storage_key}

    async def test_what_is_being_sent_is_not_stale_however_long_it_takes(self) -> None:
        principal = await a_user()
        exchange = await a_question(principal)
        media = await an_upload(principal, exchange)
        await self._make_stale(media)
        with storage().writer(media.storage_key) as writer:
            writer.write(A_RECORDING[:8000])
            async with transaction() as session:
                await uploads.settle_stale(session)
            assert await states(principal, exchange) == {media.storage_key: MediaState.UPLOADING}
            writer.write(A_RECORDING[8000:])
        assert (await finish(principal, media)).size_bytes == len(A_RECORDING)

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
            await uploads.settle_stale(session)
        assert await states(principal, exchange) == {old.storage_key: MediaState.STORED}


class TestCompleting:
    async def test_what_was_recorded_but_not_finished_is_an_answer(self) -> None:
        principal = await a_user()
        recorded = await a_question(principal)
        await a_segment(principal, recorded)
        async with transaction() as session:
            unanswered = await exchanges.append(session, principal, recorded.interview_id, question="And?")
        async with transaction() as session:
            interview, finished = await uploads.complete_interview(session, principal, recorded.interview_id)
        assert [exchange.id for exchange in finished] == [recorded.id]
        async with transaction() as session:
            assert (await session.get_one(Exchange, unanswered.id)).status == AnswerStatus.SKIPPED
            assert (await session.get_one(Exchange, recorded.id)).status == AnswerStatus.ANSWERED
            assert (await session.get_one(Interview, interview.id)).ended_at

    async def test_what_is_sent_after_the_end_is_an_answer_too(self) -> None:
        """It was recorded without a network, and the interview was ended elsewhere."""
        principal = await a_user()
        exchange = await a_question(principal)
        async with transaction() as session:
            _interview, finished = await uploads.complete_interview(session, principal, exchange.interview_id)
        assert finished == []
        late = await an_upload(principal, exchange)
        await send(principal, late, A_RECORDING)
        assert await status_of(exchange) == AnswerStatus.SKIPPED, "nothing may come of it yet"
        await finish(principal, late)
        assert await status_of(exchange) == AnswerStatus.ANSWERED

    async def test_what_was_skipped_stays_so_although_its_recording_arrives_after_the_end(self) -> None:
        principal = await a_user()
        exchange = await a_question(principal)
        media = await an_upload(principal, exchange)
        await send(principal, media, A_RECORDING)
        async with transaction() as session:
            await answers.skip(session, principal, exchange.id)
            await uploads.complete_interview(session, principal, exchange.interview_id)
        await finish(principal, media)
        assert await status_of(exchange) == AnswerStatus.SKIPPED


async def status_of(exchange: Exchange) -> str:
    async with transaction() as session:
        return (await session.get_one(Exchange, exchange.id)).status
