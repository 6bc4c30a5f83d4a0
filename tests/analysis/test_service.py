"""Analyses for those who ask: begun once, tried again where they failed, waited for."""

import asyncio

import pytest
from sqlmodel import select

from intervi.analysis import claims, queue, service
from intervi.analysis.figures import Decoded, Transcript
from intervi.analysis.models import AFTER, Analysis, AnalysisStage, Stage, WorkStatus, successors
from intervi.database import transaction
from intervi.errors import Conflict, InvalidInput, NotFound
from intervi.interviews import answers, exchanges
from intervi.interviews.models import Interview
from tests.analysis.answers import a_principal, an_answer, claimed, finish_decode, state_of

pytestmark = pytest.mark.usefixtures("servers")

WORDS = Transcript(engine="typed", text="I measured first.")


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


class TestTryingAgain:
    async def test_trying_again_opens_only_what_failed_and_what_rests_on_it(self) -> None:
        principal = await a_principal()
        exchange_id = await an_answer(principal)
        await finish_decode()
        await claims.fail(await claimed(queue.SPEECH_TO_TEXT), "No recogniser.", for_good=True)
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
        await claims.finish(await claimed(queue.SPEECH_TO_TEXT), WORDS, {}, {})
        async with transaction() as session:
            await service.correct_transcript(session, principal, exchange_id, " I measured first, then cut. ")
        state = await state_of(principal, exchange_id)
        assert state.transcript == WORDS
        assert state.stages[Stage.LANGUAGE].status == WorkStatus.WAITING
        async with transaction() as session:
            exchange = await exchanges.get(session, principal, exchange_id)
        assert exchange.corrected_transcript == "I measured first, then cut."

    async def test_a_correction_of_what_could_not_be_decoded_waits_until_that_is_tried_again(self) -> None:
        principal = await a_principal()
        exchange_id = await an_answer(principal)
        await claims.fail(await claimed(queue.MEDIA), "Damaged.", for_good=True)
        async with transaction() as session:
            await service.correct_transcript(session, principal, exchange_id, "I measured first.")
        state = await state_of(principal, exchange_id)
        assert (state.analysis.status, state.why_failed) == (WorkStatus.FAILED, "Damaged.")
        async with transaction() as session:
            await service.retry(session, principal, state.analysis.id)
        await finish_decode()
        assert (await state_of(principal, exchange_id)).analysis.status == WorkStatus.RUNNING

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


async def test_finishing_an_interview_wakes_a_worker_for_its_report() -> None:
    principal = await a_principal()
    await an_answer(principal)
    async with transaction() as session:
        interview = (await session.exec(select(Interview))).one()
        queue.queue(queue.MEDIA).empty()
        await service.finish_interview(session, principal, interview.id)
    assert len(queue.queue(queue.MEDIA).jobs) == 1
