"""How scores went over time, as the database tells it."""

from datetime import timedelta

import pytest

from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import transaction
from intervi.interviews import scores
from intervi.interviews.models import Interview, Origin, Status
from tests.interviews.test_service import a_user, an_interview

pytestmark = pytest.mark.usefixtures("servers")


async def scored(principal: Principal, score: float | None, **fields: object) -> Interview:
    interview = await an_interview(principal, Status.COMPLETED, **fields)
    async with transaction() as session:
        kept = await session.get_one(Interview, interview.id)
        kept.measured_score = score
    return interview


class TestRecent:
    async def test_the_newest_oldest_first_the_reported_score_before_the_measured_one(self) -> None:
        principal = await a_user()
        made = [await scored(principal, score) for score in (10, 20, None, 30, 40)]
        async with transaction() as session:
            kept = await session.get_one(Interview, made[3].id)
            kept.reported_score = 35
            kept.report = {"scores": {"content": {"value": {"value": 61.5}}, "presence": {"value": {"value": None}}}}
        async with transaction() as session:
            found = await scores.recent(session, principal, limit=3)
        assert [each.overall for each in found] == [20, 35, 40]
        assert (found[1].content, found[1].structure, found[1].presence) == (61.5, None, None)

    async def test_leaves_out_what_is_not_over_about_others_or_anothers(self) -> None:
        principal = await a_user()
        await scored(principal, 50, origin=Origin.HIRING)
        await scored(await a_user("eve@example.com"), 50)
        running = await scored(principal, 50)
        async with transaction() as session:
            (await session.get_one(Interview, running.id)).status = Status.ACTIVE
        async with transaction() as session:
            assert await scores.recent(session, principal, limit=9) == []
            assert await scores.by_domain(session, principal) == []


class TestByDomain:
    async def test_level_of_the_newest_scores_and_the_last_change(self) -> None:
        principal = await a_user()
        for score in (0, 40, 50, 60, 70, 80):
            await scored(principal, score, domain="sales")
        await scored(principal, 33, domain="Falconry")
        async with transaction() as session:
            found = await scores.by_domain(session, principal)
        assert found == [
            scores.DomainProgress("Falconry", 1, 33, None),
            scores.DomainProgress("Sales", 6, 60, 10),
        ]


class TestUpcoming:
    async def test_the_soonest_first_and_nothing_that_is_past(self) -> None:
        principal = await a_user()
        for hours in (-1, 5, 2):
            await an_interview(principal, scheduled_at=now() + timedelta(hours=hours), job_title=f"in {hours}")
        await an_interview(principal, scheduled_at=now() + timedelta(hours=1), origin=Origin.HIRING)
        await an_interview(principal, Status.CANCELLED, scheduled_at=now() + timedelta(hours=1))
        await an_interview(await a_user("eve@example.com"), scheduled_at=now() + timedelta(hours=1))
        async with transaction() as session:
            found = await scores.upcoming(session, principal, limit=5)
        assert [each.job_title for each in found] == ["in 2", "in 5"]
