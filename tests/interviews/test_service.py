"""Making, finding and deleting interviews."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.errors import InvalidInput, NotFound
from intervi.ids import new_id
from intervi.interviews import answers, exchanges, lifecycle, service
from intervi.interviews.models import Exchange, Origin, Status
from tests.interviews.interviews_made import a_user, an_interview, reread

pytestmark = pytest.mark.usefixtures("servers")


class TestCreate:
    async def test_knows_a_domain_by_its_title(self) -> None:
        interview = await an_interview(await a_user(), domain="software engineering")
        assert (interview.domain_slug, interview.domain_text) == ("software-dev", "")
        assert service.domain_title(interview) == "Software Engineering"

    async def test_keeps_a_domain_that_is_none_of_ours(self) -> None:
        interview = await an_interview(await a_user(), domain=" Falconry ")
        assert (interview.domain_slug, interview.domain_text) == (None, "Falconry")
        assert service.domain_title(interview) == "Falconry"

    async def test_keeps_the_owners_time_zone(self) -> None:
        assert (await an_interview(await a_user(time_zone="Asia/Kolkata"))).time_zone == "Asia/Kolkata"

    async def test_through_hiring_it_is_about_others(self) -> None:
        principal = await a_user()
        assert (await an_interview(principal, origin=Origin.HIRING)).about_others
        assert not (await an_interview(principal, origin=Origin.COACH)).about_others

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("session_type", "telepathy"),
            ("question_kind", "riddle"),
            ("difficulty", "medium"),
            ("persona", "Robot"),
            ("duration_minutes", 4),
            ("duration_minutes", 181),
            ("scheduled_at", datetime(2026, 1, 1)),
            ("job_title", "x" * 301),
            ("job_title", "nul\x00"),
            ("domain", "\ud800"),
        ],
    )
    async def test_refuses_naming_the_field(self, field: str, value: object) -> None:
        principal = await a_user()
        with pytest.raises(InvalidInput) as refused:
            await an_interview(principal, **{field: value})
        assert list(refused.value.details) == [field]


class TestWhose:
    async def test_anothers_interview_does_not_exist(self) -> None:
        interview, stranger = await an_interview(await a_user()), await a_user("eve@example.com")
        calls: list[Callable[[AsyncSession, Principal, UUID], Awaitable[object]]] = [
            service.get,
            lifecycle.start,
            lifecycle.pause,
            lifecycle.resume,
            lifecycle.complete,
            lifecycle.cancel,
            service.delete,
            exchanges.next_question,
            exchanges.of_interview,
            exchanges.append,
        ]
        for call in calls:
            with pytest.raises(NotFound):
                async with transaction() as session:
                    await call(session, stranger, interview.id)
        assert (await reread(interview)).status == Status.SCHEDULED

    async def test_anothers_question_does_not_exist(self) -> None:
        owner, stranger = await a_user(), await a_user("eve@example.com")
        interview = await an_interview(owner)
        async with transaction() as session:
            asked = await exchanges.next_question(session, owner, interview.id)
        for call in (exchanges.get, answers.mark_answered, answers.skip):
            with pytest.raises(NotFound):
                async with transaction() as session:
                    await call(session, stranger, asked.id)
        with pytest.raises(NotFound):
            async with transaction() as session:
                await answers.write(session, stranger, asked.id, "Mine")

    async def test_lists_show_only_ones_own_newest_first(self) -> None:
        owner, stranger = await a_user(), await a_user("eve@example.com")
        await an_interview(stranger)
        first = await an_interview(owner)
        await asyncio.sleep(0.002)  # ids are in order from one millisecond to the next
        second = await an_interview(owner, status=Status.COMPLETED)
        async with transaction() as session:
            assert [i.id for i in await service.list_newest(session, owner, limit=10)] == [second.id, first.id]
            assert [i.id for i in await service.list_newest(session, owner, limit=1, offset=1)] == [first.id]
            done = await service.list_newest(session, owner, limit=10, statuses=[Status.COMPLETED])
            assert [i.id for i in done] == [second.id]
            assert await service.count(session, owner) == 2
            assert await service.count(session, owner, statuses=[Status.COMPLETED]) == 1


class TestDelete:
    async def test_takes_its_questions_along(self) -> None:
        principal = await a_user()
        interview = await an_interview(principal)
        async with transaction() as session:
            asked = await exchanges.next_question(session, principal, interview.id)
        async with transaction() as session:
            await service.delete(session, principal, interview.id)
        async with transaction() as session:
            assert await session.get(Exchange, asked.id) is None
            with pytest.raises(NotFound):
                await service.get(session, principal, interview.id)
        with pytest.raises(NotFound):
            async with transaction() as session:
                await service.delete(session, principal, new_id())
