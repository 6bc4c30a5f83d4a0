"""How the report looks: to its owner, and to somebody who was given a link to it."""

from functools import partial

import reflex as rx

from intervi.components import elements as e
from intervi.components.frame import page as frame
from intervi.components.playback import moment, player
from intervi.pages.others import recording_of_others
from intervi.pages.report import keeping
from intervi.pages.report.answer import answer_of
from intervi.pages.report.ledger import sum_of
from intervi.pages.report.state import ReportState, SharedState
from intervi.pages.report.view import ReportView, StatementView
from intervi.reports.shown import ScoreView
from intervi.translation import _


def page() -> rx.Component:
    """One interview: scores and advice first, then question by question."""
    return frame(
        rx.cond(ReportState.view.state == "loading", e.loading(_("Loading the report")), report(ReportState.view)),
        here="/history",
    )


def shared() -> rx.Component:
    """The same, to be read only, for whoever has the link."""
    view = SharedState.view
    read = report(view, owner=False, said=_(" · shared with you, to be read"), renew=SharedState.renew)
    nothing = e.empty(
        _("Nothing to see here"),
        _("This link does not open a report, or no longer does: it has ended, or was taken back by who made it."),
    )
    return frame(
        rx.cond(
            SharedState.is_open,
            rx.cond(
                view.state == "loading",
                e.loading(_("Loading the report")),
                read,
            ),
            nothing,
        ),
        signed_in=False,
    )


def report(
    view: rx.Var[ReportView],
    *,
    owner: bool = True,
    said: str = "",
    renew: rx.EventHandler | None = None,
) -> rx.Component:
    """The report itself.

    Args:
        owner: Whether it can be changed; else it is to be read only.
        said: What stands beside its date.
        renew: Has the links to the recordings made anew; ``None``: as the owner's page does.
    """
    return rx.el.div(
        rx.el.div(
            e.small(view.date, " · ", view.facts, said),
            e.title(view.title),
            rx.cond(
                ReportState.notice != "",
                rx.el.p(ReportState.notice, class_name="notice notice--act", role="alert"),
            )
            if owner
            else rx.fragment(),
            rx.cond(view.state == "ready", keeping.actions(view)) if owner else rx.fragment(),
            class_name="report-head stack stack--tight",
        ),
        rx.el.div(
            _first(view, owner=owner),
            recording_of_others(ReportState.renew) if owner else rx.fragment(),
            class_name="report-first stack stack--wide",
        ),
        rx.cond(
            view.recordings.length() > 0,
            rx.el.div(
                rx.el.h2(_("Recording"), class_name="unseen"),
                player(view.recordings, renew or ReportState.renew),
                class_name="report-player",
            ),
        ),
        rx.el.div(
            rx.foreach(view.answers, partial(answer_of, owner=owner)),
            keeping.notes(view) if owner else rx.fragment(),
            class_name="report-rest",
        ),
        class_name=rx.cond(view.recordings.length() > 0, "report", "report report--silent"),
    )


def _first(view: rx.Var[ReportView], *, owner: bool) -> rx.Component:
    """What the page leads with, by where the interview stands."""
    return rx.match(
        view.state,
        ("ready", _scores_and_tasks(view)),
        (
            "working",
            rx.el.div(
                e.heading(_("Your answers are being analysed")),
                e.quiet(_("You can leave this page at any time; it goes on. Every step keeps what it has found.")),
                class_name="stack stack--tight",
                role="status",
            ),
        ),
        (
            "running",
            rx.el.div(
                e.heading(_("This interview is not over")),
                e.quiet(_("The report follows when it is.")),
                rx.el.div(e.primary_link(_("Go on with it"), "/practice/" + view.id), class_name="row")
                if owner
                else rx.fragment(),
                class_name="stack",
            ),
        ),
        ("cancelled", e.quiet(_("This interview was cancelled."))),
        e.quiet(_("No question of this interview was answered, so there is nothing to report.")),
    )


def _scores_and_tasks(view: rx.Var[ReportView]) -> rx.Component:
    return rx.fragment(
        rx.foreach(view.overall, partial(_overall, view=view)),
        rx.cond(view.failed != "", rx.el.p(view.failed, class_name="notice")),
        rx.cond(
            view.work_on.length() > 0,
            rx.el.section(
                e.heading(_("To work on")),
                rx.el.ol(rx.foreach(view.work_on, _task), class_name="tasks"),
                class_name="stack",
            ),
        ),
    )


def _overall(score: rx.Var[ScoreView], *, view: rx.Var[ReportView]) -> rx.Component:
    return e.card(
        rx.el.div(
            rx.el.div(
                rx.el.span(_("Overall score"), class_name="label quiet"),
                rx.el.div(
                    rx.cond(
                        view.score != "",
                        rx.fragment(
                            rx.el.span(view.score, class_name="score-number"),
                            rx.el.span(_("of 100"), class_name="quiet"),
                        ),
                        rx.el.span(score.note, class_name="quiet"),
                    ),
                    class_name="row",
                    style={"align_items": "baseline"},
                ),
                class_name="stack stack--tight",
            ),
        ),
        rx.cond(view.score_note != "", e.small(view.score_note)),
        rx.cond(score.value != "", sum_of(score)),
    )


def _task(task: rx.Var[StatementView]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(task.text),
            rx.cond(task.number != "", e.small(_("Question"), " ", task.number)),
        ),
        rx.cond(task.play != "", moment(task.play, task.at)),
    )
