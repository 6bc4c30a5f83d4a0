"""Stages by lease: claims in fair turns, one result per stage, what happens when an attempt fails or the interview goes."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select, text

from intervi.analysis import claims, queue, repository
from intervi.analysis.figures import Decoded
from intervi.analysis.models import Analysis, AnalysisStage, Stage, WorkStatus
from intervi.clock import now
from intervi.database import transaction
from intervi.interviews import exchanges, timeline
from intervi.interviews import service as interviews
from intervi.interviews.models import EventKind
from intervi.recordings import removal
from intervi.settings import settings
from intervi.translation import current_locale
from tests.analysis.answers import a_principal, an_answer, claimed, finish_decode, state_of

pytestmark = pytest.mark.usefixtures("servers")


class TestClaims:
    async def test_a_stage_is_given_to_one_worker_only(self) -> None:
        await an_answer(await a_principal())
        all_claims = await asyncio.gather(*(claims.claim_next(queue.MEDIA) for _ in range(8)))
        assert len([claim for claim in all_claims if claim]) == 1

    async def test_a_worker_gets_stages_of_its_kind_only(self) -> None:
        await an_answer(await a_principal())
        assert await claims.claim_next(queue.SPEECH_TO_TEXT) is None
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
        assert not await claims.finish(late, Decoded(duration_seconds=1), {}, {})
        assert not await claims.renew(late)
        assert await claims.finish(second, Decoded(duration_seconds=2), {}, {})
        assert (await state_of(principal, exchange_id)).decoded == Decoded(duration_seconds=2)

    @pytest.mark.parametrize("attempts", [1, 3])
    async def test_a_stage_whose_worker_dies_each_time_is_given_up(
        self, attempts: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings(), "max_attempts", attempts)
        principal = await a_principal()
        exchange_id = await an_answer(principal)
        for _ in range(attempts):
            await claimed(queue.MEDIA)
            await expire_leases()
        assert await claims.claim_next(queue.MEDIA) is None
        state = await state_of(principal, exchange_id)
        assert (state.analysis.status, state.stages[Stage.DECODE].attempt) == (WorkStatus.FAILED, attempts)
        english = f"The analysis broke off at this step at every attempt, {attempts} in all."
        assert state.why_failed == state.why(Stage.DECODE) == english
        spoken = current_locale.set("de")
        try:
            german = state.why_failed
        finally:
            current_locale.reset(spoken)
        assert german == f"Die Auswertung brach bei diesem Schritt bei jedem Versuch ab (insgesamt {attempts})."

    async def test_a_deleted_interview_takes_its_work_with_it(self) -> None:
        principal = await a_principal()
        await an_answer(principal)
        claim = await claimed(queue.MEDIA)
        async with transaction() as session:
            await interviews.delete(session, principal, claim.interview.id)
        assert not await claims.finish(claim, Decoded(), {}, {})
        assert await claims.claim_next(queue.MEDIA) is None


class TestFailing:
    async def test_a_failed_attempt_is_put_off_and_tried_again(self) -> None:
        principal = await a_principal()
        exchange_id = await an_answer(principal)
        assert not await claims.fail(await claimed(queue.MEDIA), "A hiccup.", for_good=False)
        assert await claims.claim_next(queue.MEDIA) is None
        row = (await state_of(principal, exchange_id)).stages[Stage.DECODE]
        assert (row.status, row.error) == (WorkStatus.WAITING, "A hiccup.")
        assert row.not_before is not None
        assert row.not_before > now()

    async def test_a_report_is_made_without_a_stage_that_can_be_done_without(self) -> None:
        principal = await a_principal()
        exchange_id = await an_answer(principal)
        await finish_decode()
        claim = await claimed(queue.SPEECH_TO_TEXT)
        assert await claims.fail(claim, "No recogniser.", for_good=True)
        stages = (await state_of(principal, exchange_id)).stages
        assert stages[Stage.LANGUAGE].status == stages[Stage.SPEECH].status == WorkStatus.WAITING


async def test_stages_of_many_analyses_are_each_done_once_by_many_workers() -> None:
    """Eight workers, claims and results only: no stage is lost, none is done twice."""
    principal = await a_principal()
    for _ in range(4):
        await an_answer(principal)
    done: Counter[tuple[UUID, Stage]] = Counter()

    async def worker(kind: str) -> None:
        while (claim := await claims.claim_next(kind)) is not None or not await nothing_open():
            if claim is None:
                await asyncio.sleep(0.01)
            elif await claims.finish(claim, Decoded(), {}, {}):
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
