"""Who may see a recording, and how much may come."""

import pytest

from intervi.database import transaction
from intervi.errors import NotFound, TooLarge
from intervi.ids import new_id
from intervi.recordings import service
from intervi.recordings.models import Media
from intervi.settings import settings
from tests.api.recordings import A_RECORDING
from tests.recordings.recordings_made import a_question, a_segment, a_user, an_upload, send

pytestmark = pytest.mark.usefixtures("servers", "empty_store")


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
