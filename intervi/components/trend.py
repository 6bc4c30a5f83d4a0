"""Lines of scores of 0 to 100 over time, with the target range behind them. The parts can be shown or hidden, by the browser alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import reflex as rx

LEAST = 2
"""One score is no trend."""


@dataclass(frozen=True)
class Dot:
    """One score, and its place in percent from the left and from the top."""

    left: str
    top: str
    label: str


@dataclass(frozen=True)
class Line:
    """One of the lines. Its name is that of its hue (``tokens``): ``content``, ``structure``, ``delivery`` or ``presence``."""

    name: str
    title: str
    path: str
    last: str
    """The newest value, as it is shown beside the title."""


@dataclass(frozen=True)
class Target:
    """The range to aim for: its place and what it is called."""

    top: str = "0%"
    height: str = "0%"
    label: str = ""


def path(values: Sequence[float | None]) -> str:
    """The SVG path of a line in a square of 100 by 100; where a value is missing, the line is interrupted.

    >>> path([0, 50, None, 100])
    'M0.00 100.00h0L33.33 50.00M100.00 0.00h0'
    """
    commands = []
    follows = False
    for place, value in enumerate(values):
        if value is not None:
            at = f"{_left(place, len(values)):.2f} {100 - value:.2f}"
            # A dot where nothing follows: a line of no length is drawn by its round ends.
            commands.append(f"L{at}" if follows else f"M{at}h0")
        follows = value is not None
    return "".join(commands)


def dots(values: Sequence[float], labels: Sequence[str]) -> tuple[Dot, ...]:
    """The points of a line, each with what it is."""
    return tuple(
        Dot(f"{_left(place, len(values)):.2f}%", f"{100 - value:.2f}%", label)
        for place, (value, label) in enumerate(zip(values, labels, strict=True))
    )


def target(bounds: tuple[float, float], label: str) -> Target:
    """The band of a target range of scores."""
    low, high = bounds
    return Target(top=f"{100 - high:g}%", height=f"{high - low:g}%", label=label)


def _left(place: int, count: int) -> float:
    return 100 * place / (count - 1) if count > 1 else 50.0


def chart(line: rx.Var[str], marks: rx.Var, parts: rx.Var, aim: rx.Var, summary: rx.Var[str]) -> rx.Component:
    """The lines between 0 and 100. Only the lines are stretched to the width there is.

    Args:
        line: The path of the main line.
        marks: Its :class:`Dot`.
        parts: The other :class:`Line`; each is shown while its switch (:func:`switches`) in the same ``.trend`` is on.
        aim: The :class:`Target`.
        summary: What the picture says, in words.
    """
    return rx.el.div(
        rx.el.div(
            rx.el.span(aim.label, class_name="small"),
            class_name="trend-target",
            style={"top": aim.top, "height": aim.height},
        ),
        *(_grid_line(score) for score in (100, 75, 50, 25, 0)),
        rx.el.svg(
            rx.foreach(parts, _part),
            rx.el.path(d=line, class_name="trend-line", fill="none", vector_effect="non-scaling-stroke"),
            view_box="0 0 100 100",
            preserve_aspect_ratio="none",
            aria_hidden="true",
        ),
        rx.foreach(marks, _dot),
        class_name="trend-plot",
        role="img",
        aria_label=summary,
    )


def switches(parts: rx.Var, main: str, last: rx.Var[str]) -> rx.Component:
    """What the lines are: the main one, and a switch for each of the others."""
    return rx.el.div(
        rx.el.span(rx.el.span(main, class_name="key trend-key"), rx.el.strong(last), class_name="switch switch--fixed"),
        rx.foreach(parts, _switch),
        class_name="row trend-switches",
    )


def _grid_line(score: int) -> rx.Component:
    return rx.el.span(
        rx.el.span(str(score), class_name="small"), class_name="trend-grid", style={"top": f"{100 - score}%"}
    )


def _part(part: rx.Var) -> rx.Component:
    return rx.el.path(
        d=part.path,
        class_name=rx.Var.create("trend-part hue--") + part.name + " trend-part--" + part.name,
        fill="none",
        vector_effect="non-scaling-stroke",
    )


def _switch(part: rx.Var) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", class_name=rx.Var.create("unseen trend-switch--") + part.name),
        rx.el.span(part.title, class_name=rx.Var.create("key hue--") + part.name),
        rx.el.strong(part.last),
        class_name="switch",
    )


def _dot(dot: rx.Var) -> rx.Component:
    return rx.el.span(class_name="trend-dot", title=dot.label, style={"left": dot.left, "top": dot.top})
