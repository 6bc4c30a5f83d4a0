"""What an idle worker does for recordings."""

from datetime import timedelta

import pytest
from sqlmodel import select

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.analysis.models import Analysis
from intervi.clock import now
from intervi.database import transaction
from intervi.interviews import answers, exchanges
from intervi.interviews import service as interviews
from intervi.interviews.models import Origin
from intervi.recordings import uploads
from intervi.recordings.models import Media, MediaKind, MediaState
from intervi.recordings.storage import storage
from tests.api.recordings import A_RECORDING
from workers import tidying

pytestmark = pytest.mark.usefixtures("servers")


async def test_an_answer_does_not_wait_for_bytes_that_will_not_come() -> None:
    async with transaction() as session:
        user = User(email="ada@example.com", email_key="ada@example.com", password_hash="x")
        session.add(user)
    principal = Principal(user.id)
    async with transaction() as session:
        interview = await interviews.create(session, principal, origin=Origin.PRACTICE)
        exchange = await exchanges.next_question(session, principal, interview.id)
        media = await uploads.begin(session, principal, exchange_id=exchange.id, kind=MediaKind.AUDIO, filename="a.wav")
        await answers.mark_answered(session, principal, exchange.id)
        with storage().writer(media.storage_key) as writer:
            writer.write(A_RECORDING[:9000])

    await tidying.tidy()
    assert await _analyses() == [], "bytes may still be coming"

    async with transaction() as session:
        (await session.get_one(Media, media.id)).received_at = now() - timedelta(hours=1)
    await tidying.tidy()
    assert [analysis.exchange_id for analysis in await _analyses()] == [exchange.id]
    async with transaction() as session:
        settled = await session.get_one(Media, media.id)
    assert (settled.state, settled.size_bytes) == (MediaState.STORED, 9000)


async def _analyses() -> list[Analysis]:
    async with transaction() as session:
        return list(await session.exec(select(Analysis)))


async def test_orphans_are_sought_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "_orphans_sought_at", float("-inf"))
    assert tidying._is_time_for_orphans()
    assert not tidying._is_time_for_orphans()
    monkeypatch.setattr(tidying, "ORPHANS_EVERY_SECONDS", 0.0)
    assert tidying._is_time_for_orphans()
