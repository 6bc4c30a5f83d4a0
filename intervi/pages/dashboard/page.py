"""The overview as it is drawn: the day's action, the course of the scores, goal and streak, domains, recent interviews."""

import reflex as rx

from intervi.components import elements as e
from intervi.components import trend
from intervi.components.frame import page as frame
from intervi.components.practice_calendar import calendar, key
from intervi.components.ring import ring
from intervi.pages import diary, medals
from intervi.pages.dashboard.state import DashboardState
from intervi.pages.dashboard.view import DomainRow, LevelRow, TrendRow, part_titles
from intervi.translation import _

_SHOWN = DashboardState.shown
_PRACTICE = DashboardState.shown.practice
_TREND = DashboardState.shown.trend


def page() -> rx.Component:
    """The overview."""
    return frame(
        rx.cond(
            DashboardState.is_failed,
            e.failed(_("Your overview could not be read just now. Nothing of it is gone."), DashboardState.open),
            rx.cond(DashboardState.is_loaded, _overview(), _skeleton()),
        ),
        here="/dashboard",
    )


def _skeleton() -> rx.Component:
    """The overview's own shape, so that nothing jumps when it comes."""
    return rx.el.div(
        rx.el.span(_("Loading your overview"), class_name="unseen"),
        rx.el.div(
            e.skeleton("42px", "280px"), e.skeleton("24px", "60%"), e.skeleton("44px", "300px"), class_name="stack"
        ),
        rx.el.div(e.skeleton("420px"), e.skeleton("420px"), class_name="overview-columns"),
        class_name="dashboard",
        role="status",
    )


def _overview() -> rx.Component:
    is_new = _SHOWN.rows.length() == 0
    return rx.el.div(
        rx.el.div(
            e.title(_SHOWN.greeting),
            rx.el.p(_SHOWN.state, class_name="lead quiet", role="status"),
            rx.el.p(DashboardState.news, class_name="news", role="status"),
            rx.cond(is_new, _first_action(), _action()),
            _appointment(),
            class_name="greeting",
        ),
        rx.cond(is_new, _first_steps(), _whole()),
        class_name="dashboard",
    )


def _action() -> rx.Component:
    return rx.el.div(
        e.primary_link(_SHOWN.action.label, _SHOWN.action.address),
        e.small(_SHOWN.action.reason),
        class_name="greeting-action",
    )


def _first_action() -> rx.Component:
    return rx.el.div(e.primary_link(_("Practise your first interview"), "/practice"), class_name="greeting-action")


def _appointment() -> rx.Component:
    return rx.cond(
        _SHOWN.appointment.text != "",
        rx.el.p(
            rx.el.span(_("Scheduled:"), class_name="quiet"),
            " ",
            rx.el.a(_SHOWN.appointment.text, href=_SHOWN.appointment.address),
            class_name="appointment",
        ),
    )


def _whole() -> rx.Component:
    # So that the two columns end at about the same height.
    fields_aside = _PRACTICE.is_on & (_SHOWN.levels.length() > 0)
    return rx.fragment(
        rx.el.div(
            rx.el.div(
                _course(),
                _levels(),
                rx.cond(fields_aside, rx.fragment(), _domains()),
                class_name="stack overview-main",
            ),
            rx.cond(
                _PRACTICE.is_on,
                rx.el.aside(
                    _week(),
                    _level(),
                    rx.cond(fields_aside, _domains()),
                    class_name="stack overview-side",
                    aria_label=_("Your practice"),
                ),
            ),
            class_name=rx.cond(_PRACTICE.is_on, "overview-columns", "overview-columns overview-columns--one"),
        ),
        rx.el.section(
            rx.el.div(
                e.heading(_("Recent interviews")),
                rx.el.a(_("All of them"), href="/history"),
                class_name="row row--between",
            ),
            diary.diary(_SHOWN.rows),
            class_name="stack",
        ),
    )


def _course() -> rx.Component:
    return e.card(
        e.heading(_("Your scores")),
        rx.cond(
            _TREND.dots.length() > 0,
            rx.el.div(
                e.small(_TREND.summary),
                trend.switches(_TREND.parts, _("Overall"), _TREND.last),
                trend.chart(_TREND.line, _TREND.dots, _TREND.parts, _TREND.target, _TREND.summary),
                rx.el.details(rx.el.summary(_("In figures")), _figures()),
                class_name="trend stack",
            ),
            e.quiet(
                _("With your second report, a line begins here: how your scores change from interview to interview.")
            ),
        ),
    )


def _figures() -> rx.Component:
    headings = [_("Interview"), _("Overall"), *part_titles().values()]
    return rx.el.div(
        rx.el.table(
            rx.el.thead(rx.el.tr(*(rx.el.th(heading, scope="col") for heading in headings))),
            rx.el.tbody(rx.foreach(_TREND.rows, _figures_row)),
            class_name="ledger",
        ),
        class_name="scrolls",
        tab_index=0,
        role="region",
        aria_label=_("Your scores in figures"),
    )


def _figures_row(row: rx.Var[TrendRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(rx.el.a(row.date, href=row.address), scope="row"),
        rx.el.td(row.overall),
        rx.foreach(row.parts, _figure),
    )


def _figure(figure: rx.Var[str]) -> rx.Component:
    return rx.el.td(figure)


def _domains() -> rx.Component:
    return rx.cond(
        _SHOWN.domains.length() > 0,
        e.card(
            e.heading(_("By field")),
            e.small(_("The mean of your last five scores there, and how the last one changed against the one before.")),
            rx.el.ul(rx.foreach(_SHOWN.domains, _domain), class_name="domains"),
        ),
    )


def _domain(row: rx.Var[DomainRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.title, class_name="domain-title"),
        rx.el.strong(row.level, class_name="domain-level"),
        e.bar(row.share, row.level),
        rx.el.span(row.interviews, class_name="small quiet"),
        rx.el.span(row.change, class_name="small quiet domain-change"),
    )


def _levels() -> rx.Component:
    return rx.cond(
        _SHOWN.levels.length() > 0,
        e.card(
            e.heading(_("What to expect next time")),
            e.small(
                _(
                    "The content score to expect on a mid-level question, by your answers so far: in 95 of 100 cases what is to be "
                    "expected lies in the range. A single answer may differ more. The next question is chosen by it."
                )
            ),
            rx.el.ul(rx.foreach(_SHOWN.levels, _level_of_kind), class_name="domains"),
        ),
    )


def _level_of_kind(row: rx.Var[LevelRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.title, class_name="domain-title"),
        rx.el.strong(row.expected, class_name="domain-level"),
        rx.el.div(
            rx.el.span(class_name="band-likely", style={"left": row.start, "width": row.width}),
            rx.el.span(class_name="band-mark", style={"left": row.mark}),
            class_name="band",
            aria_hidden="true",
        ),
        rx.el.span(row.sure, class_name="small quiet"),
        rx.el.span(row.change, class_name="small quiet domain-change"),
    )


def _week() -> rx.Component:
    return e.card(
        rx.el.div(
            ring(_PRACTICE.ring, _PRACTICE.ring_figure, _PRACTICE.goal),
            rx.el.div(
                e.heading(_("This week")),
                e.small(_PRACTICE.goal),
                class_name="stack stack--tight",
            ),
            class_name="goal",
        ),
        rx.el.div(
            rx.el.strong(_PRACTICE.streak, class_name="streak"),
            e.small(_PRACTICE.streak_note),
            class_name="stack stack--tight",
        ),
        calendar(_PRACTICE.weeks, _PRACTICE.calendar_summary),
        key({"practised-2": _("Practised"), "frozen": _("Covered by a freeze")}),
    )


def _level() -> rx.Component:
    return e.card(
        rx.el.div(
            e.heading(_PRACTICE.level),
            rx.el.span(_PRACTICE.points, class_name="quiet"),
            class_name="row row--between",
        ),
        e.bar(_PRACTICE.level_share, _PRACTICE.points_to_go),
        e.small(_PRACTICE.points_to_go),
        rx.cond(
            _SHOWN.medals.length() > 0,
            rx.el.ul(rx.foreach(_SHOWN.medals, medals.tile), class_name="medals-list"),
        ),
        rx.el.a(_("All achievements, and what points are for"), href="/achievements"),
    )


def _first_steps() -> rx.Component:
    steps = {
        _("Choose"): _("What the interview is for, how hard it may be, and how long you have."),
        _("Answer"): _("On camera, by voice alone, or in writing. Record an answer again as often as you like."),
        _("Read"): _("Minutes later: what was good, what was missing, and three things to work on."),
    }
    return rx.el.ol(
        *(rx.el.li(rx.el.h2(name, class_name="heading"), e.quiet(text)) for name, text in steps.items()),
        class_name="steps",
    )
