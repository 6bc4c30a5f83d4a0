"""What an idle worker does: sends invitations, closes uploads that nobody goes on with, deletes what is due for it, and mends what is
amiss. Each by itself: what fails is logged, and holds back nothing else."""

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from intervi.analysis import service as analysis
from intervi.analysis import upkeep, workspace
from intervi.database import transaction
from intervi.recordings import removal, uploads
from intervi.retries import service as retries
from intervi.scheduling import invitations
from workers.mail import send_due

log = logging.getLogger(__name__)

ORPHANS_EVERY_SECONDS = 3600.0
_AMISS_SECONDS = 24 * 3600.0
"""What has been amiss for so long is not under way."""

_orphans_sought_at = float("-inf")


async def tidy() -> None:
    """Sends invitations, settles stale uploads and deletes what is due now; looks for what is amiss once an hour, since that reads all
    there is."""
    async with _by_itself("sending invitations"):
        await send_due()
    async with _by_itself("settling uploads"), transaction() as session:
        for exchange_id in await uploads.settle_stale(session):
            log.info("upload settled for exchange %s", exchange_id)
            await analysis.start_if_complete(session, exchange_id)
    async with _by_itself("deleting interviews"), transaction() as session:
        if deleted := await removal.delete_due_interviews(session):
            log.info("%d interviews deleted by their owners", deleted)
    async with _by_itself("deleting recordings"):
        await _delete_expired()
    async with _by_itself("forgetting what is over"), transaction() as session:
        await retries.forget_expired(session)
        await invitations.forget_old(session)
    if _is_time_for_orphans():
        workspace.remove_abandoned()
        await _mend()


@asynccontextmanager
async def _by_itself(what: str) -> AsyncIterator[None]:
    try:
        yield
    except Exception:
        log.exception("%s failed", what)


async def _delete_expired() -> None:
    async with transaction() as session:
        due = await upkeep.expired_answers(session)
    for exchange_id in due:
        async with _by_itself(f"deleting the recordings of {exchange_id}"), transaction() as session:
            if deleted := await upkeep.delete_recordings(session, exchange_id):
                log.info("%d recordings deleted: they were kept as long as recordings are", deleted)


async def _mend() -> None:
    async with transaction() as session:
        found = await upkeep.findings(session, grace_seconds=_AMISS_SECONDS)
    for finding in found:
        log.warning("%s", finding.text)
        if finding.repair is not None:
            async with _by_itself("mending it"), transaction() as session:
                await finding.repair(session)


def _is_time_for_orphans() -> bool:
    global _orphans_sought_at
    moment = time.monotonic()
    if moment - _orphans_sought_at < ORPHANS_EVERY_SECONDS:
        return False
    _orphans_sought_at = moment
    return True
