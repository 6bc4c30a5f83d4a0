"""The line of past scores: where its points lie, and how it is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import reflex as rx

from intervi.pages import formatting
from intervi.translation import N_, _, fill

LEAST = 2
"""One score is no trend."""


@dataclass(frozen=True)
class Dot:
    """One interview's score, and its place in percent from the left and from the top."""

    left: str
    top: str
    label: str


@dataclass(frozen=True)
class Trend:
    """Scores over time; no dots if there are too few."""

    line: str = ""
    dots: tuple[Dot, ...] = ()
    summary: str = ""


def trend(scores: Sequence[float]) -> Trend:
    """The line of scores of 0 to 100, oldest first."""
    if len(scores) < LEAST:
        return Trend()
    places = [(100 * place / (len(scores) - 1), 100 - score) for place, score in enumerate(scores)]
    dots = tuple(
        Dot(f"{left:.2f}%", f"{top:.2f}%", formatting.points(score))
        for (left, top), score in zip(places, scores, strict=True)
    )
    ends = {"first": dots[0].label, "last": dots[-1].label, "count": len(dots)}
    return Trend(
        line="M" + "L".join(f"{left:.2f} {top:.2f}" for left, top in places),
        dots=dots,
        summary=fill(N_("From {first} to {last} over {count} interviews"), ends),
    )


def chart(shown: rx.Var[Trend]) -> rx.Component:
    """The line with a dot for each interview, between 0 and 100. Only the line is stretched to the width there is."""
    return rx.el.figure(
        rx.el.figcaption(
            rx.el.h2(_("Your scores"), class_name="heading"), rx.el.p(shown.summary, class_name="small quiet")
        ),
        rx.el.div(
            *(_grid_line(score) for score in (100, 50, 0)),
            rx.el.svg(
                rx.el.path(d=shown.line, fill="none", stroke="var(--pine)", vector_effect="non-scaling-stroke"),
                view_box="0 0 100 100",
                preserve_aspect_ratio="none",
                aria_hidden="true",
            ),
            rx.foreach(shown.dots, _dot),
            class_name="trend-plot",
            role="img",
            aria_label=shown.summary,
        ),
        class_name="stack",
    )


def _grid_line(score: int) -> rx.Component:
    return rx.el.span(
        rx.el.span(str(score), class_name="small"), class_name="trend-grid", style={"top": f"{100 - score}%"}
    )


def _dot(dot: rx.Var[Dot]) -> rx.Component:
    return rx.el.span(class_name="trend-dot", title=dot.label, style={"left": dot.left, "top": dot.top})
