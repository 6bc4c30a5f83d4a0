"""Notes, and links to a report."""

from datetime import timedelta
from uuid import UUID

import pytest

from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import transaction
from intervi.errors import Conflict, InvalidInput, NotFound
from intervi.ids import new_id
from intervi.reports import service
from intervi.reports.models import ReportShare
from tests.e2e import seed
from tests.reports_made import a_report

pytestmark = pytest.mark.usefixtures("servers")
STRANGER = Principal(new_id())


async def _share(owner: Principal, made: UUID, *, days: int = 7, with_recordings: bool = False) -> ReportShare:
    async with transaction() as session:
        return await service.share(session, owner, made, days=days, with_recordings=with_recordings)


async def _opens(share: ReportShare) -> bool:
    token = service.address_of(share).rpartition("/")[2]
    async with transaction() as session:
        try:
            await service.shared(session, token)
        except NotFound:
            return False
    return True


class TestNotes:
    async def test_are_kept_and_removed(self, someone: Principal) -> None:
        made = await a_report(someone)
        for text, kept in ((" First \x00thought. ", "First thought."), ("Another.", "Another."), ("  ", "")):
            async with transaction() as session:
                await service.keep_note(session, someone, made, text)
            async with transaction() as session:
                assert await service.note_of(session, someone, made) == kept

    async def test_are_the_owners_alone(self, someone: Principal) -> None:
        made = await a_report(someone)
        async with transaction() as session:
            await service.keep_note(session, someone, made, "Mine.")
        async with transaction() as session:
            assert await service.note_of(session, STRANGER, made) == ""
            with pytest.raises(NotFound):
                await service.keep_note(session, STRANGER, made, "Theirs.")

    async def test_have_an_end(self, someone: Principal) -> None:
        made = await a_report(someone)
        async with transaction() as session:
            with pytest.raises(InvalidInput):
                await service.keep_note(session, someone, made, "x" * (service.MAX_NOTE_CHARACTERS + 1))


class TestLinks:
    async def test_open_what_they_were_made_for(self, someone: Principal) -> None:
        made = await a_report(someone)
        token = service.address_of(await _share(someone, made, with_recordings=True)).rpartition("/")[2]
        async with transaction() as session:
            opened = await service.shared(session, token)
        assert (opened.owner.user_id, opened.interview_id, opened.with_recordings) == (someone.user_id, made, True)
        assert opened.reader.startswith("whoever has the link made on ")

    @pytest.mark.parametrize(
        "spoil", [lambda t: t[:-9] + ("A" if t[-9] != "A" else "B") + t[-8:], lambda t: t.split(".")[0], str.upper]
    )
    async def test_nobody_can_make_one_up(self, someone: Principal, spoil: object) -> None:
        token = service.address_of(await _share(someone, await a_report(someone))).rpartition("/")[2]
        async with transaction() as session:
            with pytest.raises(NotFound):
                await service.shared(session, spoil(token))

    async def test_end_by_themselves(self, someone: Principal) -> None:
        share = await _share(someone, await a_report(someone), days=1)
        assert await _opens(share)
        async with transaction() as session:
            (await session.get_one(ReportShare, share.id)).expires_at = now() - timedelta(seconds=1)
        assert not await _opens(share)

    async def test_are_taken_back_by_their_owner_alone(self, someone: Principal) -> None:
        made = await a_report(someone)
        share, other = await _share(someone, made), await _share(someone, made)
        async with transaction() as session:
            with pytest.raises(NotFound):
                await service.revoke(session, STRANGER, share.id)
        assert await _opens(share)
        async with transaction() as session:
            await service.revoke(session, someone, share.id)
        assert (await _opens(share), await _opens(other)) == (False, True)
        async with transaction() as session:
            assert [each.id for each in await service.shares(session, someone, made)] == [other.id]
            assert await service.shares(session, STRANGER, made) == []

    async def test_are_made_by_the_owner_of_a_report(self, someone: Principal) -> None:
        working = await seed.working_interview(someone)
        async with transaction() as session:
            with pytest.raises(Conflict):
                await service.share(session, someone, working.id, days=7, with_recordings=False)
        made = await a_report(someone)
        async with transaction() as session:
            with pytest.raises(NotFound):
                await service.share(session, STRANGER, made, days=7, with_recordings=False)
        async with transaction() as session:
            with pytest.raises(InvalidInput):
                await service.share(session, someone, made, days=10_000, with_recordings=False)
