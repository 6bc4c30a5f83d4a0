"""What the overview says and draws, from the figures of the domain. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlencode

from intervi.coaching.next_practice import Suggestion
from intervi.coaching.targets import SCORE_TARGET
from intervi.components import practice_calendar, ring, trend
from intervi.components.practice_calendar import Week
from intervi.components.ring import Arc
from intervi.components.trend import Dot, Line, Target
from intervi.interviews.models import Status
from intervi.interviews.scores import DomainProgress, Scored, Upcoming, domain_title
from intervi.interviews.summaries import InterviewSummary
from intervi.pages import formatting, kinds
from intervi.progress.service import Standing
from intervi.questions.levels import TREND_DAYS, SkillLevel
from intervi.translation import N_, _, fill, ngettext

LEVELS = 6
"""So many kinds of questions are shown with a level."""
QUICK_MINUTES = 10
"""How long what is suggested takes."""


@dataclass(frozen=True)
class Action:
    """The one thing to do today, and why."""

    label: str = ""
    address: str = ""
    reason: str = ""


@dataclass(frozen=True)
class TrendRow:
    """One interview of the trend in figures, for those who would rather read them."""

    address: str
    date: str
    overall: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class TrendView:
    """The course of the scores; no dots if there are too few."""

    line: str = ""
    dots: tuple[Dot, ...] = ()
    last: str = ""
    parts: tuple[Line, ...] = ()
    target: Target = field(default_factory=Target)
    summary: str = ""
    rows: tuple[TrendRow, ...] = ()


@dataclass(frozen=True)
class Practice:
    """Goal, streak, calendar, level."""

    is_on: bool = False
    ring: tuple[Arc, ...] = ()
    ring_figure: str = ""
    goal: str = ""
    streak: str = ""
    streak_note: str = ""
    weeks: tuple[Week, ...] = ()
    calendar_summary: str = ""
    level: str = ""
    points: str = ""
    points_to_go: str = ""
    level_share: str = "0%"


@dataclass(frozen=True)
class DomainRow:
    """Where somebody stands in a domain."""

    title: str
    level: str
    share: str
    interviews: str
    change: str


@dataclass(frozen=True)
class LevelRow:
    """How well somebody is expected to answer one kind of question, and how sure that is."""

    title: str
    expected: str
    mark: str
    start: str
    width: str
    sure: str
    change: str
    """Against a month ago; empty where there was no level yet."""


@dataclass(frozen=True)
class Appointment:
    """The next interview that is scheduled."""

    text: str = ""
    address: str = ""


def state_of(newest: Sequence[InterviewSummary]) -> str:
    """One sentence on where somebody stands, from their newest interviews."""
    # An appointment that was cancelled is no interview that was held.
    held = [each for each in newest if each.answers or each.status not in (Status.SCHEDULED, Status.CANCELLED)]
    if not held:
        if any(each.status == Status.SCHEDULED for each in newest):
            return _("Your interview has not begun yet.")
        return _("You have not practised yet. Your first interview takes about ten minutes.")
    last = held[0]
    if last.report_ready and last.score is not None:
        return fill(
            N_("The report of your last interview is ready: {score} of 100."), {"score": formatting.points(last.score)}
        )
    if last.report_ready:
        return _("The report of your last interview is ready.")
    if last.status in (Status.ACTIVE, Status.PAUSED):
        return _("Your last interview is not finished.")
    if last.status == Status.COMPLETED and last.answers:
        return _("Your last interview is being analysed.")
    return _("Your last interview has no answers to report on.")


def action(suggestion: Suggestion) -> Action:
    """What to practise, in words, and the set-up with it chosen."""
    kind, slug = suggestion.question_type, suggestion.domain_slug
    wishes = {"kind": kind or "mixed", "minutes": str(QUICK_MINUTES)} | ({"domain": slug} if slug else {})
    address = f"/practice?{urlencode(wishes)}"
    places: dict[str, str | float | int] = {
        "kind": kinds.within_a_sentence().get(kind, ""),
        "domain": domain_title(slug, ""),
        "minutes": QUICK_MINUTES,
    }
    if suggestion.mean is not None and suggestion.others is not None:
        places |= {
            "mean": formatting.points(suggestion.mean),
            "others": formatting.points(suggestion.others),
            "count": suggestion.answers,
        }
    match suggestion.because:
        case "weakest_type":
            return Action(
                fill(N_("Practise {kind}: {minutes} minutes"), places),
                address,
                fill(
                    N_(
                        "Your weakest: your last {count} answers to such questions average {mean}, all others {others}."
                    ),
                    places,
                ),
            )
        case "weakest_domain":
            return Action(
                fill(N_("Practise {domain}: {minutes} minutes"), places),
                address,
                fill(N_("Your weakest: your last {count} answers in it average {mean}, all others {others}."), places),
            )
        case "new_type":
            return Action(
                fill(N_("Try {kind}: {minutes} minutes"), places), address, _("You have not answered any of these yet.")
            )
        case _:
            return Action(
                fill(N_("Practise a mix of everything: {minutes} minutes"), places),
                address,
                _("No kind of question stands out as weaker than the others."),
            )


def trend_view(scores: Sequence[Scored], *, time_zone: str, today: datetime) -> TrendView:
    """The lines of scores, oldest first."""
    if len(scores) < trend.LEAST:
        return TrendView()
    overall = [each.overall for each in scores]
    dates = [formatting.day(each.created_at, time_zone, today=today) for each in scores]
    labels = [f"{day}: {formatting.points(score)}" for day, score in zip(dates, overall, strict=True)]
    titles = part_titles()
    parts = {name: [getattr(each, name) for each in scores] for name in titles}
    ends = {
        "first": formatting.points(overall[0]),
        "last": formatting.points(overall[-1]),
        "count": len(overall),
        "low": f"{SCORE_TARGET[0]:g}",
    }
    return TrendView(
        line=trend.path(overall),
        dots=trend.dots(overall, labels),
        last=formatting.points(overall[-1]),
        parts=tuple(
            Line(name, titles[name], trend.path(values), _last(values))
            for name, values in parts.items()
            if any(value is not None for value in values)
        ),
        target=trend.target(SCORE_TARGET, fill(N_("Target: {low} and more"), ends)),
        summary=fill(N_("From {first} to {last} over {count} interviews"), ends),
        rows=tuple(
            TrendRow(
                f"/history/{each.interview_id}",
                day,
                formatting.points(each.overall),
                tuple(_figure(getattr(each, name)) for name in titles),
            )
            for each, day in reversed(list(zip(scores, dates, strict=True)))
        ),
    )


def part_titles() -> dict[str, str]:
    """The four parts, in the order of :attr:`TrendRow.parts`."""
    return {
        "content": _("Content"),
        "structure": _("Structure"),
        "delivery": _("Delivery"),
        "presence": _("Presence"),
    }


def _last(values: Sequence[float | None]) -> str:
    return next((formatting.points(value) for value in reversed(values) if value is not None), "")


def _figure(value: float | None) -> str:
    return _("not measured") if value is None else formatting.points(value)


def practice(standing: Standing) -> Practice:
    """Goal, streak, calendar and level, unless they are switched off."""
    if not standing.is_on:
        return Practice()
    done, wanted, level = standing.days_this_week, standing.weekly_goal, standing.level
    interviews = {day: max(1, total.interviews) for day, total in standing.days.items()}
    shown = practice_calendar.weeks(
        interviews, standing.frozen, standing.today, label=_day_label, month=formatting.month
    )
    return Practice(
        is_on=True,
        ring=ring.arcs(done, wanted),
        ring_figure=f"{done}/{wanted}",
        goal=_goal(done, wanted),
        streak=ngettext("A streak of {count} day", "A streak of {count} days", standing.current_streak).format(
            count=standing.current_streak
        )
        if standing.current_streak
        else _("No streak yet"),
        streak_note=_streak_note(standing),
        weeks=shown,
        calendar_summary=_calendar_summary(shown),
        level=fill(N_("Level {level}"), {"level": level.number}),
        points=_points(standing.experience_points),
        points_to_go=fill(
            N_("{points} to level {level}"),
            {"points": _points(level.next_at - standing.experience_points), "level": level.number + 1},
        ),
        level_share=f"{100 * (standing.experience_points - level.begins_at) / (level.next_at - level.begins_at):.0f}%",
    )


def _points(count: int) -> str:
    return ngettext("{count} point", "{count} points", count).format(count=formatting.number(count))


def _goal(done: int, wanted: int) -> str:
    if done >= wanted:
        return ngettext(
            "Your goal of {count} day this week is reached.", "Your goal of {count} days this week is reached.", wanted
        ).format(count=wanted)
    left = wanted - done
    return ngettext(
        "{count} more day of practice reaches this week's goal.",
        "{count} more days of practice reach this week's goal.",
        left,
    ).format(count=left)


def _streak_note(standing: Standing) -> str:
    freezes = ngettext("{count} freeze at hand", "{count} freezes at hand", standing.freezes_left).format(
        count=standing.freezes_left
    )
    best = fill(N_("best {count}"), {"count": standing.best_streak})
    return " · ".join([best, freezes])


def _day_label(day: date, interviews: int, is_frozen: bool) -> str:
    if interviews:
        said = ngettext("{count} interview", "{count} interviews", interviews).format(count=interviews)
    else:
        said = _("covered by a freeze") if is_frozen else _("no practice")
    return f"{formatting.date_of(day)}: {said}"


def _calendar_summary(weeks: Sequence[Week]) -> str:
    marks = [day.kind for week in weeks for day in week.days]
    return fill(
        N_("The last 26 weeks: {days} days of practice, {frozen} covered by freezes"),
        {"days": sum(mark.startswith("practised") for mark in marks), "frozen": marks.count("frozen")},
    )


def domain_rows(found: Sequence[DomainProgress]) -> list[DomainRow]:
    """Domains as bars."""
    return [
        DomainRow(
            title=each.title or _("No field"),
            level=formatting.points(each.level),
            share=f"{each.level:.1f}%",
            interviews=ngettext("{count} interview", "{count} interviews", each.interviews).format(
                count=each.interviews
            ),
            change="" if each.change is None else formatting.change(each.change),
        )
        for each in found
    ]


def level_rows(found: Sequence[SkillLevel]) -> list[LevelRow]:
    """What is to be expected on the next question of each kind: the best known ones, the highest first."""
    known = sorted(found, key=lambda each: each.level.standard_deviation)[:LEVELS]
    return [_level_row(each) for each in found if each in known]


def _level_row(found: SkillLevel) -> LevelRow:
    skill, level = found.skill, found.level
    low, high = (100 * end for end in level.expected_score_interval())
    expected = 100 * level.expected_score()
    sure = ngettext(
        "likely {low} to {high}, from {count} answer", "likely {low} to {high}, from {count} answers", level.answers
    )
    return LevelRow(
        title=" · ".join([domain_title(skill.domain, skill.domain), kinds.titles().get(skill.type, skill.type)]),
        expected=f"{expected:.0f}",
        mark=f"{expected:.1f}%",
        start=f"{low:.1f}%",
        width=f"{high - low:.1f}%",
        sure=sure.format(low=f"{low:.0f}", high=f"{high:.0f}", count=level.answers),
        change=_since_a_month(found),
    )


def _since_a_month(found: SkillLevel) -> str:
    if found.trend is None or found.change is None:
        return ""
    if found.trend == 0:
        return fill(N_("no clear change in {days} days"), {"days": TREND_DAYS})
    change = formatting.change(100 * found.change)
    return fill(N_("{change} than {days} days ago"), {"change": change, "days": TREND_DAYS})


def appointment(found: Sequence[Upcoming], *, time_zone: str, today: datetime) -> Appointment:
    """The next scheduled interview; empty if there is none."""
    if not found:
        return Appointment()
    soonest = found[0]
    what = soonest.job_title or domain_title(soonest.domain_slug, soonest.domain_text)
    when = formatting.moment(soonest.scheduled_at, time_zone, today=today)
    return Appointment(
        text=" · ".join(part for part in (when, formatting.isolated(what)) if part),
        address=f"/practice/{soonest.interview_id}",
    )
