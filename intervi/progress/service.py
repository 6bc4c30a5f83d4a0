"""Awarding what was practised, and telling where somebody stands.

Every interview of one's own that is completed is awarded once, whatever completed it: :func:`award` listens to the interviews. Reading
awards nothing. Somebody who has switched progress off is told nothing; the ledger is kept, so that switching it on again loses nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from intervi import events
from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import after_commit
from intervi.errors import InvalidInput, NotFound
from intervi.interviews import lifecycle
from intervi.interviews.models import Exchange, Interview, Origin
from intervi.progress import calendar, catalogue, repository, rules
from intervi.progress.catalogue import Achievement
from intervi.progress.metrics import metrics
from intervi.progress.models import LedgerEntry, Reason
from intervi.progress.repository import DayTotal, Held, InterviewTotal
from intervi.translation import _


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands today, on their own calendar. All zero while they have progress switched off."""

    is_on: bool
    today: date
    weekly_goal: int
    current_streak: int = 0
    """Days."""
    best_streak: int = 0
    freezes_left: int = calendar.FREEZES
    experience_points: int = 0
    level: rules.Level = rules.FIRST_LEVEL
    days_this_week: int = 0
    """Days of practice since Monday."""
    days: Mapping[date, DayTotal] = field(default_factory=dict)
    """Every day of practice."""

    @property
    def frozen(self) -> frozenset[date]:
        """Missed days that a freeze covers."""
        return calendar.frozen_days(self.days, self.today)


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An achievement somebody has."""

    code: str
    title: str
    unlocked_at: datetime
    achievement: Achievement


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody is with an achievement."""

    achievement: Achievement
    value: float
    """What its metric says now, at most the threshold."""
    unlocked_at: datetime | None


# --- awarding -------------------------------------------------------------------------------------------------------


@lifecycle.on_completion
async def award(session: AsyncSession, principal: Principal, interview: Interview) -> None:
    """Enters a completed interview and its answers into the ledger, once, and unlocks what is due by it.

    The local date is that of the completion in the owner's zone; an answer that arrives later is entered under the same date. Interviews
    about others count for nothing, nor does one practised here without a single answer.
    """
    if interview.about_others or interview.ended_at is None:
        return
    owner = await repository.owner_locked(session, principal)
    if owner is None:
        return
    answers = await repository.answers(session, interview, rules.ANSWERS_WITH_POINTS)
    if interview.origin == Origin.PRACTICE and not answers:
        return
    before = await repository.of_interview(session, principal, interview.id)
    local_date, time_zone = (
        (before[0].local_date, before[0].time_zone)
        if before
        else (local_day(interview.ended_at, owner.time_zone), owner.time_zone)
    )
    places = rules.ANSWERS_WITH_POINTS - sum(entry.reason == Reason.ANSWER for entry in before)
    known = {entry.source for entry in before}
    held, *given = (_entry(interview, local_date, time_zone, answer) for answer in (None, *answers))
    new = [entry for entry in given if entry.source not in known][:places]
    if held.source not in known:
        new.append(held)
    if new and await repository.enter(session, new):
        await unlock_due(session, principal)


async def unlock_due(session: AsyncSession, principal: Principal) -> None:
    """Unlocks every achievement whose rule is met, and announces the new ones once that is committed."""
    owner = await repository.owner_locked(session, principal)
    if owner is None:
        return
    values = await _metrics(session, principal, await _held(session, principal))
    due = [each.code for each in catalogue.achievements() if values[each.metric] >= each.threshold]
    new = await repository.unlock(session, principal, due, now()) if due else []
    if not new or not owner.progress_enabled:
        return

    async def announce() -> None:
        for code in new:
            await events.publish(principal.user_id, "achievement", code=code)

    after_commit(session, announce)


def local_day(moment: datetime, time_zone: str) -> date:
    """The date of a moment on the calendar of a zone (IANA name)."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def _entry(interview: Interview, local_date: date, time_zone: str, answer: Exchange | None = None) -> LedgerEntry:
    assert interview.ended_at is not None
    reason = Reason.ANSWER if answer else Reason.INTERVIEW
    return LedgerEntry(
        source=f"{reason}:{answer.id if answer else interview.id}",
        user_id=interview.user_id,
        interview_id=interview.id,
        reason=reason,
        points=rules.ANSWER_POINTS if answer else rules.INTERVIEW_POINTS,
        local_date=local_date,
        time_zone=time_zone,
        occurred_at=interview.ended_at,
        domain_slug=interview.domain_slug or "",
        difficulty=interview.difficulty,
        question_type=answer.question_type if answer else "",
    )


# --- reading --------------------------------------------------------------------------------------------------------


async def standing(session: AsyncSession, principal: Principal) -> Standing:
    """Where the principal stands: streaks, points, level, this week, and every day of practice.

    Raises:
        NotFound: if the account was deleted meanwhile.
    """
    return _standing(await _held(session, principal))


async def summary(session: AsyncSession, principal: Principal) -> tuple[Standing, list[Unlocked]]:
    """Where the principal stands, and their achievements, in one statement.

    Raises:
        NotFound: if the account was deleted meanwhile.
    """
    held = await _held(session, principal)
    return _standing(held), _achievements(held)


def _standing(held: Held) -> Standing:
    today = local_day(now(), held.time_zone)
    if not held.is_on:
        return Standing(is_on=False, today=today, weekly_goal=held.weekly_goal)
    days = {total.day: total for total in held.days}
    today = calendar.effective_today(days, today)
    streak, monday = calendar.streak(days, today), calendar.week_of(today)
    points = sum(total.points for total in held.days)
    return Standing(
        is_on=True,
        today=today,
        weekly_goal=held.weekly_goal,
        current_streak=streak.current,
        best_streak=streak.best,
        freezes_left=streak.freezes_left,
        experience_points=points,
        level=rules.level(points),
        days_this_week=sum(day >= monday for day in days),
        days=days,
    )


async def achievements(session: AsyncSession, principal: Principal) -> list[Unlocked]:
    """The principal's achievements, newest first; none while they have progress switched off.

    Raises:
        NotFound: if the account was deleted meanwhile.
    """
    return _achievements(await _held(session, principal))


def _achievements(held: Held) -> list[Unlocked]:
    if not held.is_on:
        return []
    return [
        Unlocked(code, _(found.title), unlocked_at, found)
        for code, unlocked_at in held.unlocked.items()
        if (found := catalogue.achievement(code))
    ]


async def achievement_progress(session: AsyncSession, principal: Principal) -> list[Progress]:
    """The whole catalogue with the principal's progress, in its order; empty while they have progress switched off.

    Raises:
        NotFound: if the account was deleted meanwhile.
    """
    held = await _held(session, principal)
    if not held.is_on:
        return []
    values = await _metrics(session, principal, held)
    return [
        Progress(
            each,
            each.threshold if each.code in held.unlocked else min(max(0.0, values[each.metric]), each.threshold),
            held.unlocked.get(each.code),
        )
        for each in catalogue.achievements()
    ]


async def ledger(
    session: AsyncSession, principal: Principal, *, limit: int, offset: int = 0
) -> Sequence[InterviewTotal]:
    """What each interview brought, newest first, deleted ones too; nothing while progress is switched off.

    Raises:
        NotFound: if the account was deleted meanwhile.
    """
    if not (await _held(session, principal)).is_on:
        return []
    return await repository.interviews(session, principal, limit=limit, offset=offset)


async def _metrics(session: AsyncSession, principal: Principal, held: Held) -> dict[str, float]:
    return metrics(await repository.counts(session, principal), [total.day for total in held.days])


# --- settings -------------------------------------------------------------------------------------------------------


async def switch(session: AsyncSession, principal: Principal, *, is_on: bool) -> None:
    """Shows points, streaks and achievements to the principal, or none of it anywhere.

    Raises:
        NotFound: if the account was deleted meanwhile.
    """
    owner = await _owner(session, principal)
    owner.progress_enabled = is_on
    session.add(owner)
    await session.flush()


async def set_weekly_goal(session: AsyncSession, principal: Principal, days: int) -> None:
    """How many days a week the principal aims for.

    Raises:
        InvalidInput: if it is not 1 to 7.
        NotFound: if the account was deleted meanwhile.
    """
    if days not in rules.WEEKLY_GOALS:
        text = _("Choose 1 to 7 days a week.")
        raise InvalidInput(text, details={"weekly_goal_days": [text]})
    owner = await _owner(session, principal)
    owner.weekly_goal_days = days
    session.add(owner)
    await session.flush()


async def _held(session: AsyncSession, principal: Principal) -> Held:
    held = await repository.held(session, principal)
    if held is None:
        raise NotFound(_("There is no such account."))
    return held


async def _owner(session: AsyncSession, principal: Principal) -> User:
    owner = await repository.owner(session, principal)
    if owner is None:
        raise NotFound(_("There is no such account."))
    return owner
