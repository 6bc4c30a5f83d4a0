"""What the page of achievements says, from the figures of the domain. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from intervi.interviews.scores import domain_title
from intervi.pages import formatting, medals
from intervi.pages.medals import Medal
from intervi.progress import calendar, rules
from intervi.progress.repository import InterviewTotal
from intervi.progress.service import Progress, Standing
from intervi.translation import N_, _, fill, ngettext

NEXT = 3


@dataclass(frozen=True)
class LedgerRow:
    """What one interview brought."""

    date: str
    what: str
    why: str
    points: str


@dataclass(frozen=True)
class Shown:
    """All of the page."""

    is_on: bool = False
    state: str = ""
    next: tuple[Medal, ...] = ()
    medals: tuple[Medal, ...] = ()
    """The earned ones first."""
    ledger: tuple[LedgerRow, ...] = ()
    has_more: bool = False
    points: str = ""
    rules: tuple[tuple[str, str], ...] = ()


def shown(
    standing: Standing,
    found: Sequence[Progress],
    ledger: Sequence[InterviewTotal],
    *,
    rows: int,
    time_zone: str,
    today: datetime,
) -> Shown:
    """The page; empty while progress is switched off.

    Args:
        ledger: Its newest interviews, one more than ``rows`` if there are older ones.
    """
    if not standing.is_on:
        return Shown()
    earned = sorted(
        (each for each in found if each.unlocked_at), key=lambda each: each.unlocked_at or today, reverse=True
    )
    still_open = [each for each in found if not each.unlocked_at]
    zone = {"time_zone": time_zone, "today": today}
    return Shown(
        is_on=True,
        state=fill(N_("You have {count} of {whole}."), {"count": len(earned), "whole": len(found)}),
        next=tuple(medals.in_progress(each, **zone) for each in medals.nearest(found, NEXT)),
        medals=tuple(medals.in_progress(each, **zone) for each in (*earned, *still_open)),
        ledger=tuple(_ledger_row(each) for each in ledger[:rows]),
        has_more=len(ledger) > rows,
        points=fill(
            N_("{points} in all, which is level {level}."),
            {"points": points(standing.experience_points), "level": standing.level.number},
        ),
        rules=tuple(_rules(standing).items()),
    )


def points(count: int) -> str:
    """``1,240 points``."""
    return ngettext("{count} point", "{count} points", count).format(count=formatting.number(count))


def _ledger_row(row: InterviewTotal) -> LedgerRow:
    held = row.points - row.answers * rules.ANSWER_POINTS
    answers = ngettext("{count} answer", "{count} answers", row.answers).format(count=row.answers)
    return LedgerRow(
        date=formatting.date_of(row.day),
        what=domain_title(row.domain_slug, "") or _("An interview"),
        why=" + ".join(
            [
                fill(N_("{points} for the interview"), {"points": held}),
                *([f"{row.answers * rules.ANSWER_POINTS} ({answers})"] if row.answers else []),
            ]
        ),
        points=formatting.number(row.points),
    )


def _rules(standing: Standing) -> dict[str, str]:
    """The rules in plain words, with the numbers that the code goes by."""
    numbers: dict[str, str | float | int] = {
        "interview": rules.INTERVIEW_POINTS,
        "answer": rules.ANSWER_POINTS,
        "most": rules.ANSWERS_WITH_POINTS,
        "step": rules.LEVEL_STEP,
        "freezes": calendar.FREEZES,
        "days": calendar.WINDOW.days,
        "goal": standing.weekly_goal,
    }
    return {
        _("Points"): fill(
            N_(
                "An interview held to its end brings {interview} points, and each answer in it {answer}, for up to {most} answers. "
                "An interview practised here without a single answer brings none. Points come once, and stay when you delete the interview."
            ),
            numbers,
        ),
        _("Levels"): fill(
            N_(
                "Level 2 begins at {step} points, level 3 another {double} later, level 4 another {triple} later, and so on."
            ),
            numbers | {"double": 2 * rules.LEVEL_STEP, "triple": 3 * rules.LEVEL_STEP},
        ),
        _("Weekly goal"): fill(N_("You aim for {goal} days of practice from Monday to Sunday."), numbers),
        _("Streak"): fill(
            N_(
                "Your streak is the number of days with practice in a run in which no {days} days in a row miss more than {freezes}. "
                "Today is not missed before it is over."
            ),
            numbers,
        ),
        _("Freezes"): fill(
            N_(
                "A missed day is covered by a freeze, by itself. You have {freezes}; each is back {days} days after the day it covered. "
                "They cost nothing, and the calendar shows them as snowflakes."
            ),
            numbers,
        ),
        _("Days"): _(
            "A day is the date where you are when you end an interview. It stays what it was when you travel or change your time zone."
        ),
        _("Achievements"): _(
            "Each asks for one thing that can be counted or was measured. Scores that another program reported do not count. "
            "What you have is never taken away."
        ),
    }
