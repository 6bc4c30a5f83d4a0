"""Staged, leased analysis: claims in fair turns, one result per stage, retries of what failed alone."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select, text

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.analysis import queue, repository, service
from intervi.analysis.figures import Decoded, Transcript
from intervi.analysis.models import AFTER, Analysis, AnalysisStage, Stage, WorkStatus, successors
from intervi.analysis.service import Claim
from intervi.clock import now
from intervi.database import transaction
from intervi.errors import Conflict, InvalidInput, NotFound
from intervi.interviews import answers, exchanges, timeline
from intervi.interviews import service as interviews
from intervi.interviews.models import EventKind, Interview, Origin
from intervi.recordings import removal
from intervi.settings import settings

pytestmark = pytest.mark.usefixtures("servers")

WORDS = Transcript(engine="typed", text="I measured first.")


async def a_principal(name: str = "ada") -> Principal:
    async with transaction() as session:
        user = User(email=f"{name}@example.com", email_key=f"{name}@example.com", password_hash="x")
        session.add(user)
    return Principal(user.id)


async def an_answer(principal: Principal, text: str = "I measured first.") -> UUID:
    """An interview with one question answered in writing, its analysis begun; the question's id."""
    async with transaction() as session:
        interview = await interviews.create(session, principal, origin=Origin.PRACTICE, domain="software-dev")
        exchange = await exchanges.next_question(session, principal, interview.id)
        await answers.write(session, principal, exchange.id, text)
        assert await service.start_if_complete(session, exchange.id) is not None
        return exchange.id


async def claimed(kind: str) -> Claim:
    claim = await service.claim_next(kind)
    assert claim is not None
    return claim


async def finish_decode() -> None:
    claim = await claimed(queue.MEDIA)
    assert claim.stage is Stage.DECODE
    assert await service.finish(claim, Decoded(), {}, {})


async def state_of(principal: Principal, exchange_id: UUID) -> service.AnalysisState:
    async with transaction() as session:
        state = await service.of_exchange(session, principal, exchange_id)
    assert state is not None
    return state


def test_every_stage_rests_on_decode_and_nothing_rests_on_itself() -> None:
    assert successors(Stage.DECODE) == frozenset(Stage) - {Stage.DECODE}
    assert all(stage not in successors(stage) for stage in Stage)
    assert set(AFTER) == set(Stage)


class TestBeginning:
    async def test_the_same_answer_is_analysed_once_however_often_it_is_asked_for(self) -> None:
        principal = await a_principal()
        exchange_id = await an_answer(principal)

        async def begin() -> None:
            async with transaction() as session:
                await service.start(session, exchange_id)

        await asyncio.gather(*(begin() for _ in range(10)))
        async with transaction() as session:
            assert len((await session.exec(select(Analysis))).all()) == 1
            assert len((await session.exec(select(AnalysisStage))).all()) == len(Stage)

    async def test_only_decode_can_begin(self) -> None:
        state = await state_of(principal := await a_principal(), await an_answer(principal))
        waiting = {stage for stage, row in state.stages.items() if row.status == WorkStatus.WAITING}
        assert waiting == {Stage.DECODE}

    async def test_another_input_is_analysed_anew(self) -> None:
        principal = await a_principal()
        exchange_id = await an_answer(principal)
        await finish_decode()
        async with transaction() as session:
            await answers.write(session, principal, exchange_id, "I measured twice.")
            await service.start(session, exchange_id)
        assert (await state_of(principal, exchange_id)).stages[Stage.DECODE].status == WorkStatus.WAITING

    async def test_workers_are_woken(self) -> None:
        await an_answer(await a_principal())
        assert {job.args[0] for kind in queue.STAGES_OF for job in queue.queue(kind).jobs} == set(queue.STAGES_OF)


class TestClaims:
    async def test_a_stage_is_given_to_one_worker_only(self) -> None:
        await an_answer(await a_principal())
        claims = await asyncio.gather(*(service.claim_next(queue.MEDIA) for _ in range(8)))
        assert len([claim for claim in claims if claim]) == 1

    async def test_a_worker_gets_stages_of_its_kind_only(self) -> None:
        await an_answer(await a_principal())
        assert await service.claim_next(queue.SPEECH_TO_TEXT) is None
        await finish_decode()
        assert (await claimed(queue.SPEECH_TO_TEXT)).stage is Stage.TRANSCRIBE

    async def test_one_users_many_uploads_do_not_starve_anothers_one(self) -> None:
        busy, other = await a_principal("busy"), await a_principal("other")
        for _ in range(5):
            await an_answer(busy)
        await an_answer(other)
        first_two = {(await claimed(queue.MEDIA)).analysis.user_id for _ in range(2)}
        assert first_two == {busy.user_id, other.user_id}

    async def test_an_expired_lease_is_taken_up_and_the_late_result_is_refused(self) -> None:
        principal = await a_principal()
        exchange_id = await an_answer(principal)
        late = await claimed(queue.MEDIA)
        await expire_leases()
        second = await claimed(queue.MEDIA)
        assert (second.stage, second.attempt) == (Stage.DECODE, 2)
        assert not await service.finish(late, Decoded(duration_seconds=1), {}, {})
        assert not await service.renew(late)
        assert await service.finish(second, Decoded(duration_seconds=2), {}, {})
        assert (await state_of(principal, exchange_id)).decoded == Decoded(duration_seconds=2)

    async def test_a_stage_whose_worker_dies_each_time_is_given_up_after_three_tries(self) -> None:
        principal = await a_principal()
        exchange_id = await an_answer(principal)
        for _ in range(settings().max_attempts):
            await claimed(queue.MEDIA)
            await expire_leases()
        assert await service.claim_next(queue.MEDIA) is None
        state = await state_of(principal, exchange_id)
        assert (state.analysis.status, state.analysis.error) == (
            WorkStatus.FAILED,
            "The analysis broke off three times at this step.",
        )

    async def test_a_deleted_interview_takes_its_work_with_it(self) -> None:
        principal = await a_principal()
        await an_answer(principal)
        claim = await claimed(queue.MEDIA)
        async with transaction() as session:
            await interviews.delete(session, principal, claim.interview.id)
        assert not await service.finish(claim, Decoded(), {}, {})
        assert await service.claim_next(queue.MEDIA) is None


class TestFailing:
    async def test_a_failed_attempt_is_put_off_and_tried_again(self) -> None:
        principal = await a_principal()
        exchange_id = await an_answer(principal)
        assert not await service.fail(await claimed(queue.MEDIA), "A hiccup.", for_good=False)
        assert await service.claim_next(queue.MEDIA) is None
        row = (await state_of(principal, exchange_id)).stages[Stage.DECODE]
        assert (row.status, row.error) == (WorkStatus.WAITING, "A hiccup.")
        assert row.not_before is not None
        assert row.not_before > now()

    async def test_a_report_is_made_without_a_stage_that_can_be_done_without(self) -> None:
        principal = await a_principal()
        exchange_id = await an_answer(principal)
        await finish_decode()
        claim = await claimed(queue.SPEECH_TO_TEXT)
        assert await service.fail(claim, "No recogniser.", for_good=True)
        stages = (await state_of(principal, exchange_id)).stages
        assert stages[Stage.LANGUAGE].status == stages[Stage.SPEECH].status == WorkStatus.WAITING

    async def test_trying_again_opens_only_what_failed_and_what_rests_on_it(self) -> None:
        principal = await a_principal()
        exchange_id = await an_answer(principal)
        await finish_decode()
        await service.fail(await claimed(queue.SPEECH_TO_TEXT), "No recogniser.", for_good=True)
        state = await state_of(principal, exchange_id)
        async with transaction() as session:
            await service.retry(session, principal, state.analysis.id)
        stages = (await state_of(principal, exchange_id)).stages
        assert stages[Stage.DECODE].status == WorkStatus.DONE
        assert stages[Stage.TRANSCRIBE].status == WorkStatus.WAITING
        assert stages[Stage.SPEECH].status == WorkStatus.BLOCKED

    async def test_nothing_failed_is_nothing_to_try_again(self) -> None:
        principal = await a_principal()
        state = await state_of(principal, await an_answer(principal))
        with pytest.raises(Conflict):
            async with transaction() as session:
                await service.retry(session, principal, state.analysis.id)

    async def test_another_users_analysis_cannot_be_tried_again_or_seen(self) -> None:
        owner, other = await a_principal("owner"), await a_principal("other")
        exchange_id = await an_answer(owner)
        state = await state_of(owner, exchange_id)
        async with transaction() as session:
            assert await service.of_exchange(session, other, exchange_id) is None
            assert await service.of_interview(session, other, state.analysis.interview_id) == []
            with pytest.raises(NotFound):
                await service.retry(session, other, state.analysis.id)
            with pytest.raises(NotFound):
                await service.correct_transcript(session, other, exchange_id, "mine now")


class TestCorrecting:
    async def test_a_correction_opens_the_stages_that_judge_words(self) -> None:
        principal = await a_principal()
        exchange_id = await an_answer(principal)
        await finish_decode()
        await service.finish(await claimed(queue.SPEECH_TO_TEXT), WORDS, {}, {})
        async with transaction() as session:
            await service.correct_transcript(session, principal, exchange_id, " I measured first, then cut. ")
        state = await state_of(principal, exchange_id)
        assert state.transcript == WORDS
        assert state.stages[Stage.LANGUAGE].status == WorkStatus.WAITING
        async with transaction() as session:
            exchange = await exchanges.get(session, principal, exchange_id)
        assert exchange.corrected_transcript == "I measured first, then cut."

    @pytest.mark.parametrize("text", ["", "  \n", "word " * 20_000])
    async def test_an_empty_or_endless_correction_is_refused(self, text: str) -> None:
        principal = await a_principal()
        exchange_id = await an_answer(principal)
        with pytest.raises(InvalidInput):
            async with transaction() as session:
                await service.correct_transcript(session, principal, exchange_id, text)


class TestWaiting:
    async def test_waiting_ends_as_soon_as_the_stage_is_done(self) -> None:
        principal = await a_principal()
        exchange_id = await an_answer(principal)
        waiting = asyncio.create_task(service.wait_for(principal, exchange_id, Stage.DECODE, 30))
        await finish_decode()
        state = await waiting
        assert state is not None
        assert state.decoded == Decoded()

    async def test_waiting_ends_with_its_time(self) -> None:
        principal = await a_principal()
        state = await service.wait_for(principal, await an_answer(principal), Stage.DECODE, 0.05)
        assert state is not None
        assert state.decoded is None


async def test_stages_of_many_analyses_are_each_done_once_by_many_workers() -> None:
    """Eight workers, claims and results only: no stage is lost, none is done twice."""
    principal = await a_principal()
    for _ in range(4):
        await an_answer(principal)
    done: Counter[tuple[UUID, Stage]] = Counter()

    async def worker(kind: str) -> None:
        while (claim := await service.claim_next(kind)) is not None or not await nothing_open():
            if claim is None:
                await asyncio.sleep(0.01)
            elif await service.finish(claim, Decoded(), {}, {}):
                done[claim.analysis.id, claim.stage] += 1

    await asyncio.gather(*(worker(kind) for kind in queue.STAGES_OF for _ in range(4)))
    assert set(done.values()) == {1}
    assert len(done) == 4 * len(Stage)


async def nothing_open() -> bool:
    async with transaction() as session:
        return not (await session.exec(select(Analysis.id).where(Analysis.status != WorkStatus.DONE))).all()


async def expire_leases() -> None:
    async with transaction() as session:
        for row in (await session.exec(select(AnalysisStage))).all():
            if row.lease_expires_at is not None:
                row.lease_expires_at = now() - timedelta(seconds=1)
                session.add(row)


async def test_finishing_an_interview_wakes_a_worker_for_its_report() -> None:
    principal = await a_principal()
    await an_answer(principal)
    async with transaction() as session:
        interview = (await session.exec(select(Interview))).one()
        queue.queue(queue.MEDIA).empty()
        await service.finish_interview(session, principal, interview.id)
    assert len(queue.queue(queue.MEDIA).jobs) == 1


async def test_a_result_and_a_deletion_at_the_same_moment_do_not_wait_for_each_other() -> None:
    ada = await a_principal()
    exchange_id = await an_answer(ada)
    async with transaction() as session:
        interview_id = (await exchanges.get(session, ada, exchange_id)).interview_id
        analysis_id = (await session.exec(select(Analysis.id).where(Analysis.exchange_id == exchange_id))).one()

    async def delete() -> None:
        async with transaction() as session:
            await removal.delete_interview(session, ada, interview_id)

    async with transaction() as session:
        assert await repository.lock(session, analysis_id) is not None
        deletion = asyncio.create_task(delete())
        await somebody_waits_for_a_lock()
        timeline.note(session, interview_id, EventKind.RESULT, after=exchange_id, detail=WorkStatus.DONE)
    await deletion
    async with transaction() as session:
        assert (await session.exec(select(Analysis.id))).all() == []


async def somebody_waits_for_a_lock() -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    for _ in range(200):
        async with transaction() as session:
            if (await session.execute(text(waiting))).scalar_one():
                return
        await asyncio.sleep(0.05)
    pytest.fail("nobody waits for a lock")
