"""What RQ runs. A job carries no data but the kind of worker it wakes; what is to be done stands in the database.

One job is one stage at most, so that a worker that is told to stop ends after the stage in hand.
"""

import asyncio
import logging
import os
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from sqlalchemy import exc
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi import events, metrics
from intervi.accounts.principal import Principal
from intervi.analysis import claims, queue, repository
from intervi.analysis.claims import Claim
from intervi.analysis.figures import AnswerReport, InterviewReport, Scores
from intervi.analysis.models import Stage, WorkStatus
from intervi.clock import now
from intervi.coaching.feedback import work_on
from intervi.coaching.scoring import score_interview
from intervi.database import after_commit, transaction
from intervi.errors import InterviError, Unavailable
from intervi.interviews.models import Interview
from intervi.progress import service as progress
from intervi.recordings.storage import StorageFull, is_full
from intervi.settings import settings
from intervi.translation import _
from workers.decoding import DecoderDied
from workers.persistence import until_kept
from workers.stages import Outcome, run_stage
from workers.tidying import tidy

log = logging.getLogger(__name__)

# One loop and one thread for the life of the process: connections and models belong to them.
_loop = asyncio.Runner()
_measuring = ThreadPoolExecutor(max_workers=1, thread_name_prefix="measuring")

HUNG = 70
_LAST_WORD_SECONDS = 10.0
"""How long a worker that ends itself tries to say why. If it cannot, its lease runs out."""
NO_ROOM_SECONDS = 30.0
"""How long a stage is put off that finds the disk full."""
UNWRITABLE_SECONDS = 600.0
"""How long the report of an interview is put off that cannot be written: a result of its answers cannot be read any more, say."""
_unwritable: dict[UUID, float] = {}
"""Such interviews, and until when they are put off."""
_MAY_BE_THE_LAST = (Stage.DECODE, Stage.SCORES, Stage.REPORT)
"""An analysis is over with its report, or when one of these was given up."""


def work(kind: str) -> None:
    """Does the stage whose turn it is, if there is one; then wakes the next."""
    _loop.run(_work(kind))


async def _work(kind: str) -> None:
    claim = await claims.claim_next(kind)
    if claim is not None:
        await _carry_out(claim)
        await queue.wake(kind)
    if kind == queue.MEDIA and (claim is None or claim.stage in _MAY_BE_THE_LAST):
        # Not only when there is nothing else to do: a report does not wait for other people's analyses.
        while await write_next_report():
            pass
    if kind == queue.MEDIA and claim is None:
        await tidy()


async def _carry_out(claim: Claim) -> None:
    """Runs a stage in the measuring thread, while this one renews the lease."""
    name = f"{claim.stage} of {claim.analysis.id}, attempt {claim.attempt}"
    log.info("begins: %s", name)
    began = time.perf_counter()
    running = asyncio.get_running_loop().run_in_executor(_measuring, run_stage, claim)
    try:
        await _hold(claim, running)
        outcome = await running
    except Exception as error:
        ended = await _hand_back(claim, error, name)
    else:
        ended = await _keep(claim, outcome, name)
    metrics.count_job(claim.stage, ended, time.perf_counter() - began)


async def _keep(claim: Claim, outcome: Outcome, name: str) -> str:
    """Writes what was found; if the stage is no longer ours, nothing of it stays. How it ended."""
    if await until_kept(claims.finish, claim, outcome.result, outcome.summary, outcome.playback_keys):
        log.info("done: %s", name)
        return "done"
    await until_kept(claims.drop, claims.made_keys(outcome.result, outcome.playback_keys))
    log.info("done, but no longer ours: %s", name)
    return "lost"


async def _hand_back(claim: Claim, error: Exception, name: str) -> str:
    """What becomes of a stage that could not be done: given up, tried again, or put off. How it ended."""
    if isinstance(error, StorageFull) or (isinstance(error, OSError) and is_full(error)):
        await until_kept(claims.put_off, claim, StorageFull().message, NO_ROOM_SECONDS)
        log.warning("no room: %s", name)
        return "put off"
    if isinstance(error, InterviError):
        # What the media or the settings make impossible stays impossible; but this machine may have been at fault, too.
        for_good = not isinstance(error, DecoderDied | Unavailable)
        await until_kept(claims.fail, claim, error.message, for_good=for_good)
        ended = "refused" if for_good else "failed"
        log.info("%s: %s: %s", ended, name, error.message)
        return ended
    log.error("failed: %s", name, exc_info=error)
    await until_kept(claims.fail, claim, _("Something unexpected went wrong at this step."), for_good=False)
    return "failed"


async def _hold(claim: Claim, running: "asyncio.Future[Outcome]") -> None:
    """Renews the lease until the stage ends. A stage that hangs can only be ended with its process."""
    deadline = asyncio.get_running_loop().time() + settings().stage_timeout_seconds
    while not (await asyncio.wait({running}, timeout=settings().lease_seconds / 3))[0]:
        if asyncio.get_running_loop().time() > deadline:
            log.error("hangs: %s of %s; this worker ends itself", claim.stage, claim.analysis.id)
            try:
                async with asyncio.timeout(_LAST_WORD_SECONDS):
                    await claims.fail(claim, _("This step took too long."), for_good=False)
            finally:
                os._exit(HUNG)
        try:
            await claims.renew(claim)
        except Exception as error:
            # The database is away for a moment: the result is kept if nobody has taken the stage when it is back.
            log.warning("lease not renewed: %s", error)


async def write_next_report() -> bool:
    """Writes the report of one interview whose answers are all analysed; ``False`` if there is none.

    One that cannot be written is tried again later, and does not hold back others.
    """
    found: UUID | None = None
    put_off = {interview_id for interview_id, until in _unwritable.items() if until > time.monotonic()}
    try:
        async with transaction() as session:
            interview = await repository.ready_for_report(session, besides=put_off)
            if interview is not None:
                found = interview.id
                await _write_report(session, interview)
    except Exception as error:
        if found is None or isinstance(error, exc.OperationalError | exc.InterfaceError):
            raise
        log.exception("no report can be written of interview %s", found)
        _unwritable[found] = time.monotonic() + UNWRITABLE_SECONDS
    return found is not None


async def _write_report(session: AsyncSession, interview: Interview) -> None:
    answers = await repository.answers_of(session, interview.id)
    stages = await repository.stages(session, [analysis.id for _exchange, analysis in answers])
    results = {(row.analysis_id, row.stage): row.result for row in stages}
    done: list[tuple[UUID, Scores, AnswerReport]] = [
        (
            exchange.id,
            Scores.model_validate(results[analysis.id, "scores"]),
            AnswerReport.model_validate(results[analysis.id, "report"]),
        )
        for exchange, analysis in answers
        if analysis.status == WorkStatus.DONE
    ]
    report = InterviewReport(
        scores=score_interview([scores for _id, scores, _report in done]),
        answers=[exchange_id for exchange_id, _scores, _report in done],
        work_on=work_on([(exchange_id, report) for exchange_id, _scores, report in done]),
        failed=[exchange.id for exchange, analysis in answers if analysis.status == WorkStatus.FAILED],
    )
    interview.report = report.model_dump(mode="json")
    interview.measured_score = report.scores.overall.value.value
    interview.reported_at = now()
    session.add(interview)
    await session.flush()
    await progress.unlock_due(session, Principal(interview.user_id))

    async def announce() -> None:
        await events.publish(interview.user_id, "report", interview_id=interview.id)

    after_commit(session, announce)
