"""What an idle worker does: closes uploads that nobody goes on with, and removes bytes that belong to no recording."""

import logging
import time

from intervi.analysis import service as analysis
from intervi.database import transaction
from intervi.recordings import service as recordings

log = logging.getLogger(__name__)

ORPHANS_EVERY_SECONDS = 3600.0

_orphans_sought_at = float("-inf")


async def tidy() -> None:
    """Settles stale uploads now; looks through storage for orphans once an hour, since that reads all of it."""
    async with transaction() as session:
        for exchange_id in await recordings.settle_stale_uploads(session):
            log.info("upload settled for exchange %s", exchange_id)
            await analysis.start_if_complete(session, exchange_id)
    if _is_time_for_orphans():
        async with transaction() as session:
            if removed := await recordings.sweep_orphans(session):
                log.info("%d orphans removed from storage", removed)


def _is_time_for_orphans() -> bool:
    global _orphans_sought_at
    moment = time.monotonic()
    if moment - _orphans_sought_at < ORPHANS_EVERY_SECONDS:
        return False
    _orphans_sought_at = moment
    return True
