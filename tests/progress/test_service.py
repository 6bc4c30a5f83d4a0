"""Awarding, on a real PostgreSQL: once for each interview, whatever completes it and whatever happens to it later."""

import asyncio
import secrets
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from intervi import events
from intervi.accounts import service as accounts
from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.errors import InvalidInput, WrongState
from intervi.interviews import answers, exchanges, lifecycle
from intervi.interviews import service as interviews
from intervi.interviews.models import Interview, Origin
from intervi.progress import calendar, repository, rules, service
from intervi.progress.models import LedgerEntry

pytestmark = pytest.mark.usefixtures("servers")


async def a_user(email: str = "ada@example.com", time_zone: str = "UTC") -> Principal:
    async with transaction() as session:
        user = User(email=email, email_key=email, password_hash="x", time_zone=time_zone)
        session.add(user)
    return Principal(user.id)


async def an_interview(
    principal: Principal, *, answered: int = 1, origin: Origin = Origin.PRACTICE, domain: str = "software-dev"
) -> Interview:
    """One that runs, with so many answers."""
    async with transaction() as session:
        made = await interviews.create(session, principal, origin=origin, domain=domain, difficulty="senior")
        await lifecycle.start(session, principal, made.id)
        for _ in range(answered):
            asked = await exchanges.append(session, principal, made.id, question="Why?")
            await answers.write(session, principal, asked.id, "Because.")
    return made


async def complete(principal: Principal, interview: Interview) -> None:
    async with transaction() as session:
        await lifecycle.complete(session, principal, interview.id)


async def standing(principal: Principal) -> service.Standing:
    async with transaction() as session:
        return await service.standing(session, principal)


async def codes(principal: Principal) -> list[str]:
    async with transaction() as session:
        return [each.code for each in await service.achievements(session, principal)]


async def entries(principal: Principal) -> list[LedgerEntry]:
    async with transaction() as session:
        return list(await session.exec(select(LedgerEntry).where(LedgerEntry.user_id == principal.user_id)))


class TestAward:
    async def test_an_interview_and_each_of_its_answers_count(self) -> None:
        principal = await a_user()
        await complete(principal, await an_interview(principal, answered=3))
        found = await standing(principal)
        assert found.experience_points == rules.INTERVIEW_POINTS + 3 * rules.ANSWER_POINTS
        assert (found.current_streak, found.best_streak, found.days_this_week) == (1, 1, 1)
        assert found.level.number == 1
        assert set(await codes(principal)) == {"FIRST_SESSION", "SENIOR"}

    async def test_only_so_many_answers_of_one_interview_bring_points(self) -> None:
        principal = await a_user()
        await complete(principal, await an_interview(principal, answered=rules.ANSWERS_WITH_POINTS + 2))
        assert (await standing(principal)).experience_points == rules.INTERVIEW_POINTS + 10 * rules.ANSWER_POINTS

    async def test_one_that_arrives_late_takes_no_place_that_is_taken(self) -> None:
        principal = await a_user()
        made = await an_interview(principal, answered=0)
        async with transaction() as session:
            late = await exchanges.append(session, principal, made.id, question="First?")
            for _place in range(rules.ANSWERS_WITH_POINTS):
                asked = await exchanges.append(session, principal, made.id, question="Why?")
                await answers.write(session, principal, asked.id, "Because.")
        await complete(principal, made)
        before = (await standing(principal)).experience_points
        async with transaction() as session:
            await answers.mark_answered(session, principal, late.id)
        assert (await standing(principal)).experience_points == before

    @pytest.mark.parametrize("origin", [o for o in Origin if o not in (Origin.HIRING, Origin.PRACTICE)])
    async def test_an_interview_of_a_contract_counts_without_answers_of_ours(self, origin: Origin) -> None:
        principal = await a_user()
        await complete(principal, await an_interview(principal, answered=0, origin=origin))
        assert (await standing(principal)).experience_points == rules.INTERVIEW_POINTS

    async def test_practice_without_an_answer_counts_for_nothing_until_one_arrives(self) -> None:
        principal = await a_user()
        made = await an_interview(principal, answered=0)
        async with transaction() as session:
            asked = await exchanges.append(session, principal, made.id, question="Why?")
        await complete(principal, made)
        assert await entries(principal) == []
        async with transaction() as session:
            await answers.mark_answered(session, principal, asked.id)
        assert (await standing(principal)).experience_points == rules.INTERVIEW_POINTS + rules.ANSWER_POINTS

    async def test_interviews_about_others_never_count(self) -> None:
        principal = await a_user()
        await complete(principal, await an_interview(principal, origin=Origin.HIRING))
        assert await entries(principal) == []
        assert await codes(principal) == []

    async def test_cancelled_is_not_practised(self) -> None:
        principal = await a_user()
        made = await an_interview(principal)
        async with transaction() as session:
            await lifecycle.cancel(session, principal, made.id)
        assert await entries(principal) == []

    async def test_20_parallel_completions_award_once(self) -> None:
        principal = await a_user()
        made = await an_interview(principal, answered=2)
        outcomes = await asyncio.gather(*(complete(principal, made) for _ in range(20)), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes if outcome] == [WrongState] * 19
        assert len(await entries(principal)) == 3
        assert (await standing(principal)).experience_points == rules.INTERVIEW_POINTS + 2 * rules.ANSWER_POINTS

    async def test_told_again_it_awards_nothing(self) -> None:
        principal = await a_user()
        made = await an_interview(principal)
        await complete(principal, made)
        before = await entries(principal)
        for _ in range(3):
            async with transaction() as session:
                await service.award(session, principal, await interviews.get(session, principal, made.id))
        assert await entries(principal) == before

    async def test_5_interviews_completed_at_once_unlock_what_takes_5(self) -> None:
        principal = await a_user()
        made = [await an_interview(principal) for _ in range(5)]
        await asyncio.gather(*(complete(principal, each) for each in made))
        assert "FIVE_SESSIONS" in await codes(principal)

    async def test_what_was_earned_outlives_the_interview(self) -> None:
        principal = await a_user()
        made = await an_interview(principal)
        await complete(principal, made)
        before = await standing(principal)
        async with transaction() as session:
            await interviews.delete(session, principal, made.id)
        assert await standing(principal) == before
        assert "FIRST_SESSION" in await codes(principal)

    async def test_the_account_takes_everything_with_it(self) -> None:
        principal, other = await a_user(), await a_user("eve@example.com")
        for who in (principal, other):
            await complete(who, await an_interview(who))
        async with transaction() as session:
            await accounts.delete(session, principal)
        assert await entries(principal) == []
        assert len(await entries(other)) == 2

    async def test_nobody_sees_anothers(self) -> None:
        principal, other = await a_user(), await a_user("eve@example.com")
        await complete(principal, await an_interview(principal))
        assert (await standing(other)).experience_points == 0
        assert await codes(other) == []
        async with transaction() as session:
            assert await service.ledger(session, other, limit=10) == []


class TestLocalDate:
    @pytest.mark.parametrize(("time_zone", "day"), [("Pacific/Kiritimati", 2), ("UTC", 1), ("Etc/GMT+12", 1)])
    async def test_is_that_of_the_owners_zone_at_completion(self, time_zone: str, day: int) -> None:
        principal = await a_user(time_zone=time_zone)
        made = await an_interview(principal)
        made.ended_at = datetime(2025, 1, 1, 12, 30, tzinfo=UTC)
        async with transaction() as session:
            await service.award(session, principal, made)
        assert {entry.local_date for entry in await entries(principal)} == {date(2025, 1, day)}
        assert {entry.time_zone for entry in await entries(principal)} == {time_zone}

    async def test_stays_when_the_owner_moves_and_an_answer_arrives_late(self) -> None:
        principal = await a_user(time_zone="Pacific/Kiritimati")
        made = await an_interview(principal)
        async with transaction() as session:
            late = await exchanges.append(session, principal, made.id, question="And then?")
        await complete(principal, made)
        async with transaction() as session:
            (await session.get_one(User, principal.user_id)).time_zone = "Etc/GMT+12"
        async with transaction() as session:
            await answers.mark_answered(session, principal, late.id)
        found = await entries(principal)
        assert len(found) == 3
        assert len({(entry.local_date, entry.time_zone) for entry in found}) == 1

    async def test_today_is_the_last_day_of_practice_where_a_move_has_put_the_calendar_back(self) -> None:
        principal = await a_user(time_zone="Pacific/Kiritimati")
        await complete(principal, await an_interview(principal))
        async with transaction() as session:
            (await session.get_one(User, principal.user_id)).time_zone = "Etc/GMT+12"
        found = await standing(principal)
        assert (found.current_streak, found.today) == (1, next(iter(found.days)))


reports = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns"]),
    ),
    min_size=1,
    max_size=10,
)
moments = st.lists(
    st.datetimes(datetime(2025, 3, 25), datetime(2025, 4, 5), timezones=st.just(UTC)), min_size=4, max_size=4
)


class TestEventsInAnyOrder:
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(reports, moments)
    async def test_each_counts_once_under_the_date_it_was_first_reported_with(
        self, told: list[tuple[int, str]], ends: list[datetime]
    ) -> None:
        """An owner who moves between zones, and completions that are told late, twice and in any order."""
        principal = await a_user(f"{secrets.token_hex(8)}@example.com")
        made = [await an_interview(principal) for _ in ends]
        expected: dict[UUID, date] = {}
        for place, zone in told:
            made[place].ended_at = ends[place]
            async with transaction() as session:
                (await session.get_one(User, principal.user_id)).time_zone = zone
                await service.award(session, principal, made[place])
            expected.setdefault(made[place].id, ends[place].astimezone(ZoneInfo(zone)).date())
        kept = await entries(principal)
        assert {(entry.interview_id, entry.local_date) for entry in kept} == set(expected.items())
        assert sum(entry.points for entry in kept) == len(expected) * (rules.INTERVIEW_POINTS + rules.ANSWER_POINTS)
        found = await standing(principal)
        assert set(found.days) == set(expected.values())
        assert found.best_streak == calendar.streak(set(expected.values()), found.today).best


class TestAchievements:
    async def test_new_ones_are_announced_once_they_are_committed(self) -> None:
        principal = await a_user()
        made = await an_interview(principal)
        heard = events.subscribe(principal.user_id)
        first = asyncio.ensure_future(anext(heard))
        while not await _is_listened_to(principal):
            await asyncio.sleep(0.01)
        await complete(principal, made)
        await events.publish(principal.user_id, "end")
        told = [await asyncio.wait_for(first, 30)]
        while told[-1]["kind"] != "end":
            told.append(await asyncio.wait_for(anext(heard), 30))
        await heard.aclose()
        codes = [event["code"] for event in told if event["kind"] == "achievement"]
        assert sorted(codes) == ["FIRST_SESSION", "SENIOR"]

    async def test_a_measured_score_unlocks_and_a_claimed_one_does_not(self) -> None:
        principal = await a_user()
        first, second = await an_interview(principal), await an_interview(principal)
        for made in (first, second):
            await complete(principal, made)
        async with transaction() as session:
            (await session.get_one(Interview, first.id)).reported_score = 99
            (await session.get_one(Interview, first.id)).measured_score = 52
            (await session.get_one(Interview, second.id)).measured_score = 63
            await service.unlock_due(session, principal)
        assert {"SCORE_60", "TEN_BETTER"} <= set(await codes(principal))
        assert not {"SCORE_75", "SCORE_90"} & set(await codes(principal))

    async def test_progress_goes_as_far_as_the_threshold_and_never_back(self) -> None:
        principal = await a_user()
        made = await an_interview(principal, answered=4)
        await complete(principal, made)
        async with transaction() as session:
            found = {each.achievement.code: each for each in await service.achievement_progress(session, principal)}
        assert next(iter(found)) == "FIRST_SESSION"
        assert found["FIRST_SESSION"].value == 1
        assert found["FIRST_SESSION"].unlocked_at is not None
        assert (found["TEN_ANSWERS"].value, found["TEN_ANSWERS"].unlocked_at) == (4, None)

    async def test_an_achievement_that_left_the_catalogue_is_not_shown(self) -> None:
        principal = await a_user()
        async with transaction() as session:
            await repository.unlock(session, principal, ["NO_LONGER_THERE"], datetime.now(UTC))
        assert await codes(principal) == []


class TestLedger:
    async def test_tells_what_each_interview_brought_newest_first(self) -> None:
        principal = await a_user()
        first, second = await an_interview(principal, answered=2), await an_interview(principal, domain="falconry")
        await complete(principal, first)
        await complete(principal, second)
        async with transaction() as session:
            rows = await service.ledger(session, principal, limit=10)
        assert [(row.interview_id, row.answers, row.points, row.domain_slug) for row in rows] == [
            (second.id, 1, 60, ""),
            (first.id, 2, 70, "software-dev"),
        ]


class TestSwitchedOff:
    async def test_tells_nothing_and_loses_nothing(self) -> None:
        principal = await a_user()
        async with transaction() as session:
            await service.switch(session, principal, is_on=False)
        await complete(principal, await an_interview(principal))
        found = await standing(principal)
        assert (found.is_on, found.experience_points, found.current_streak, dict(found.days)) == (False, 0, 0, {})
        assert await codes(principal) == []
        async with transaction() as session:
            assert await service.achievement_progress(session, principal) == []
            assert await service.ledger(session, principal, limit=10) == []
            await service.switch(session, principal, is_on=True)
        assert (await standing(principal)).experience_points == 60
        assert "FIRST_SESSION" in await codes(principal)


class TestWeeklyGoal:
    async def test_is_kept(self) -> None:
        principal = await a_user()
        assert (await standing(principal)).weekly_goal == 3
        async with transaction() as session:
            await service.set_weekly_goal(session, principal, 5)
        assert (await standing(principal)).weekly_goal == 5

    @pytest.mark.parametrize("days", [0, 8, -1])
    async def test_refuses_what_no_week_has(self, days: int) -> None:
        principal = await a_user()
        with pytest.raises(InvalidInput):
            async with transaction() as session:
                await service.set_weekly_goal(session, principal, days)

    async def test_counts_the_days_since_monday(self) -> None:
        principal = await a_user()
        made = await an_interview(principal)
        today = (await standing(principal)).today
        for back in (0, 1, 7, 8, 9):
            made.ended_at = datetime.combine(today - timedelta(days=back), datetime.min.time(), UTC)
            async with transaction() as session:
                copy = await an_interview(principal)
                copy.ended_at = made.ended_at
                await service.award(session, principal, copy)
        found = await standing(principal)
        assert found.days_this_week == (2 if today.weekday() else 1)


async def _is_listened_to(principal: Principal) -> bool:
    from intervi.redis_client import redis

    channel, listeners = (await redis().pubsub_numsub(f"intervi:user:{principal.user_id}"))[0]
    assert channel
    return bool(listeners)
