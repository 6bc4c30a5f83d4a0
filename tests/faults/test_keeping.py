"""Recordings whose time is over while they are analysed: the analysis comes to its end, then they go, and what was found stays."""

import asyncio
from collections.abc import Callable

from intervi.analysis import recording_links
from intervi.database import transaction
from intervi.interviews.models import Interview
from intervi.recordings import service as recordings
from tests.faults.answers import Answer, a_user, recorded, reported, state_of, whole
from tests.faults.installation import Installation, until

DAYS = 30


async def test_the_time_of_a_recording_is_over_while_it_is_analysed(
    installation: Installation, video: bytes, noted: Callable[[str, str], None]
) -> None:
    ada = await a_user("ada")
    earlier = await recorded(ada, video)
    installation.workers()
    await reported(earlier)
    installation.kill_workers()

    now = await recorded(ada, video)
    installation.rows(f"UPDATE media SET stored_at = stored_at - interval '{DAYS + 1} days'")
    looking = installation.worker("media", "vision-before", INTERVI_RETENTION_DAYS=str(DAYS))
    looking.wait_at_a_point()
    installation.workers(INTERVI_RETENTION_DAYS=str(DAYS))
    await gone(installation, earlier)
    async with transaction() as session:
        (kept,) = await recordings.media_of_interview(session, ada, now.interview_id)
    assert kept.deleted_at is None, "it is still looked at"

    looking.go_on()
    await reported(now)
    await gone(installation, now)
    await asyncio.to_thread(until, lambda: installation.files() == [], f"files are left: {installation.files()}")
    assert await asyncio.to_thread(installation.checked) == []
    for answer in (earlier, now):
        state = await state_of(answer)
        assert {row.attempt for row in state.stages.values()} == {1}
        assert state.speech is not None
        assert state.vision is not None
        assert state.decoded is not None
        assert state.decoded.audio_key is None
        async with transaction() as session:
            links = await recording_links.of_interview(session, ada, answer.interview_id)
            assert links is None or (links.video, links.audio) == (None, None)
            assert (await session.get_one(Interview, answer.interview_id)).report is not None
    found = await whole(installation, earlier, now)
    noted(f"recording kept for {DAYS} days, over while it is analysed", f"analysed to its end, then deleted: {found}")


async def gone(installation: Installation, answer: Answer) -> None:
    """Its recordings are deleted, and said to be."""
    query = "SELECT state, deleted_at IS NOT NULL, size_bytes FROM media WHERE exchange_id = %s"
    await asyncio.to_thread(
        until,
        lambda: installation.rows(query, answer.exchange_id) == [("deleted", True, 0)],
        "the recording is still there",
    )
