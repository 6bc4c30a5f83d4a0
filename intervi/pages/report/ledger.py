"""How a score adds up."""

from functools import partial

import reflex as rx

from intervi.reports.shown import PartView, ScoreView
from intervi.translation import _


def sum_of(score: rx.Var[ScoreView]) -> rx.Component:
    """The four parts as lengths of a bar that stands for 100, and the sum in figures below it."""
    return rx.el.div(
        rx.el.div(
            rx.foreach(
                score.parts,
                lambda part: rx.el.span(class_name=rx.Var.create("hue--") + part.name, style={"width": part.width}),
            ),
            class_name="sum",
            aria_hidden="true",
        ),
        rx.el.details(
            rx.el.summary(
                rx.el.span(_("How it adds up"), class_name="label"),
            ),
            ledger(score, with_keys=True),
            open=True,
        ),
        class_name="stack",
    )


def ledger(score: rx.Var[ScoreView], *, with_keys: bool = False) -> rx.Component:
    """A score as a sum: its parts with what was measured, their weights and their points."""
    return rx.el.table(
        rx.el.thead(
            rx.el.tr(
                rx.el.th(_("Part"), scope="col"),
                rx.el.th(_("Score"), scope="col"),
                rx.el.th(_("Weight"), scope="col"),
                rx.el.th(_("Points"), scope="col"),
            )
        ),
        rx.el.tbody(rx.foreach(score.parts, partial(_row, with_keys=with_keys))),
        rx.el.tfoot(
            rx.cond(
                score.share != "",
                rx.el.tr(rx.el.th(score.share, scope="row", col_span=4, class_name="ledger-share")),
            ),
            rx.el.tr(rx.el.th(_("Sum"), scope="row", col_span=3), rx.el.td(score.value)),
        ),
        class_name="ledger",
    )


def _row(part: rx.Var[PartView], *, with_keys: bool) -> rx.Component:
    key = rx.Var.create("key hue--") + part.name if with_keys else ""
    return rx.el.tr(
        rx.el.th(
            rx.el.span(part.label, class_name=key),
            rx.cond(part.why != "", rx.el.span(part.why, class_name="ledger-why")),
            scope="row",
        ),
        rx.cond(
            part.value != "",
            rx.fragment(rx.el.td(part.value), rx.el.td("× ", part.weight), rx.el.td(part.points)),
            rx.el.td(part.note, col_span=3, class_name="quiet"),
        ),
    )
