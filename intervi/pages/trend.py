"""The line of past scores: where its points lie, and how it is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import reflex as rx

from intervi.pages import formatting
from intervi.translation import N_, _, fill

WIDTH, HEIGHT, EDGE = 720, 180, 14
LEAST = 2
"""One score is no trend."""


@dataclass(frozen=True)
class Dot:
    """One interview's score."""

    x: str
    y: str
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
    step = (WIDTH - 2 * EDGE) / (len(scores) - 1)
    dots = tuple(
        Dot(f"{EDGE + place * step:.1f}", f"{_height(score):.1f}", formatting.points(score))
        for place, score in enumerate(scores)
    )
    places = {"first": dots[0].label, "last": dots[-1].label, "count": len(dots)}
    summary = fill(N_("From {first} to {last} over {count} interviews"), places)
    return Trend("M" + "L".join(f"{dot.x} {dot.y}" for dot in dots), dots, summary)


def _height(score: float) -> float:
    return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * score / 100


def chart(shown: rx.Var[Trend]) -> rx.Component:
    """The line with a dot for each interview, between 0 and 100."""
    return rx.el.figure(
        rx.el.figcaption(
            rx.el.h2(_("Your scores"), class_name="heading"), rx.el.p(shown.summary, class_name="small quiet")
        ),
        rx.el.svg(
            *(_grid_line(score) for score in (0, 50, 100)),
            rx.el.path(d=shown.line, fill="none", stroke="var(--pine)", stroke_width="2", stroke_linejoin="round"),
            rx.foreach(shown.dots, _dot),
            view_box=f"0 0 {WIDTH + 32} {HEIGHT}",
            role="img",
            aria_label=shown.summary,
        ),
        class_name="trend stack",
    )


def _grid_line(score: int) -> rx.Component:
    y = _height(score)
    return rx.el.g(
        rx.el.line(x1=str(EDGE), x2=str(WIDTH - EDGE), y1=str(y), y2=str(y), stroke="var(--line)"),
        rx.el.text(str(score), x=str(WIDTH), y=str(y + 4), fill="var(--ink-2)", font_size="12"),
    )


def _dot(dot: rx.Var[Dot]) -> rx.Component:
    return rx.el.circle(
        rx.el.title(dot.label), cx=dot.x, cy=dot.y, r="4.5", fill="var(--paper)", stroke="var(--pine)", stroke_width="2"
    )
