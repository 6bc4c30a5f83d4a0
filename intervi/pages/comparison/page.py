"""How a comparison looks: the earlier interview on the left, the later one on the right, and what changed."""

import reflex as rx

from intervi.components import elements as e
from intervi.components.frame import page as frame
from intervi.pages.comparison.state import ComparisonState
from intervi.pages.comparison.view import LineView, QuestionView, SideView
from intervi.translation import _

_SHOWN = ComparisonState.shown


def page() -> rx.Component:
    """Two interviews side by side."""
    return frame(
        rx.el.div(
            rx.el.div(
                e.small(rx.el.a(_("Back to the history"), href="/history")),
                e.title(_("What changed")),
                class_name="stack stack--tight",
            ),
            rx.cond(
                ComparisonState.is_failed,
                e.failed(_("These interviews could not be read just now."), ComparisonState.open),
                rx.cond(
                    ComparisonState.refused != "",
                    rx.el.p(ComparisonState.refused, class_name="notice", role="alert"),
                    rx.cond(ComparisonState.is_loaded, _compared(), e.loading(_("Comparing the two"))),
                ),
            ),
            class_name="stack stack--wide",
        ),
        here="/history",
    )


def _compared() -> rx.Component:
    return rx.fragment(
        rx.el.p(_SHOWN.sentence, class_name="lead"),
        _section(_("Scores"), _table(_SHOWN.scores)),
        rx.cond(
            _SHOWN.figures.length() > 0,
            _section(
                _("Figures"),
                e.small(_("Each is the mean over the answers on which it was measured.")),
                _table(_SHOWN.figures),
            ),
        ),
        _section(
            _("Question by question"),
            rx.cond(
                _SHOWN.questions.length() > 0,
                rx.fragment(rx.foreach(_SHOWN.questions, _question)),
                e.quiet(_("No question was answered in both.")),
            ),
        ),
    )


def _section(heading: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(e.heading(heading), *content, class_name="stack")


def _table(lines: rx.Var[list[LineView]]) -> rx.Component:
    return rx.el.table(
        rx.el.thead(
            rx.el.tr(
                rx.el.th(rx.el.span(_("Measured"), class_name="unseen"), scope="col"),
                rx.el.th(_head(_SHOWN.before), scope="col"),
                rx.el.th(_head(_SHOWN.after), scope="col"),
                rx.el.th(_("Difference"), scope="col"),
            )
        ),
        rx.el.tbody(rx.foreach(lines, _line)),
        class_name="compared",
    )


def _head(side: rx.Var[SideView]) -> rx.Component:
    return rx.fragment(
        rx.el.a(side.date, href=side.address), rx.el.span(side.title, class_name="small quiet compared-title")
    )


def _line(line: rx.Var[LineView]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(rx.el.span(line.label, class_name=_key(line)), scope="row"),
        _value(line.before, line.before_width),
        _value(line.after, line.after_width),
        rx.el.td(
            rx.cond(
                line.kind != "",
                rx.el.span(line.change, class_name=rx.Var.create("judged judged--") + line.kind),
                rx.el.span(line.change, class_name="quiet"),
            ),
            class_name="compared-change",
        ),
    )


def _key(line: rx.Var[LineView]) -> rx.Var[str]:
    return rx.match(
        line.name,
        *((name, f"key hue--{name}") for name in ("content", "structure", "delivery", "presence")),
        "",
    )


def _value(text: rx.Var[str], width: rx.Var[str]) -> rx.Component:
    """A figure over its bar; of what was not measured the reason, and no bar."""
    return rx.el.td(
        rx.cond(
            width != "",
            rx.fragment(
                rx.el.span(text),
                rx.el.div(rx.el.span(style={"width": width}), class_name="bar", aria_hidden="true"),
            ),
            rx.el.span(text, class_name="small quiet"),
        )
    )


def _question(question: rx.Var[QuestionView]) -> rx.Component:
    return rx.el.article(
        rx.el.h3(question.question, class_name="compared-question"),
        rx.el.div(
            rx.el.a(_("The earlier answer"), href=question.before_address),
            rx.el.a(_("The later answer"), href=question.after_address),
            class_name="row small",
        ),
        _table(question.lines),
        class_name="card stack",
    )
