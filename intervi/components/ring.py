"""A goal as a ring of as many arcs as it has steps, those that are done filled."""

from dataclasses import dataclass
from math import cos, pi, sin

import reflex as rx

_RADIUS = 42.0
_GAP = 0.16
"""Between two arcs, in radians; their round ends take half of it."""


@dataclass(frozen=True)
class Arc:
    """One step."""

    path: str
    is_done: bool


def arcs(done: int, goal: int) -> tuple[Arc, ...]:
    """The arcs of a ring around (50, 50), from the top on, clockwise."""
    step = 2 * pi / goal
    gap = _GAP if goal > 1 else 0.001
    return tuple(
        Arc(_arc(place * step + gap / 2, (place + 1) * step - gap / 2), is_done=place < done) for place in range(goal)
    )


def _arc(begin: float, end: float) -> str:
    is_large = int(end - begin > pi)
    return f"M{_at(begin)}A{_RADIUS:g} {_RADIUS:g} 0 {is_large} 1 {_at(end)}"


def _at(angle: float) -> str:
    return f"{50 + _RADIUS * sin(angle):.2f} {50 - _RADIUS * cos(angle):.2f}"


def ring(steps: rx.Var, figure: rx.Var[str], summary: rx.Var[str]) -> rx.Component:
    """The ring with a figure in it.

    Args:
        steps: Its :class:`Arc`.
        figure: What stands in it (``2/3``).
        summary: What the picture says, in words.
    """
    return rx.el.div(
        rx.el.svg(rx.foreach(steps, _step), view_box="0 0 100 100", aria_hidden="true"),
        rx.el.span(figure, class_name="ring-figure"),
        class_name="ring",
        role="img",
        aria_label=summary,
    )


def _step(step: rx.Var) -> rx.Component:
    return rx.el.path(
        d=step.path, fill="none", class_name=rx.cond(step.is_done, "ring-step ring-step--done", "ring-step")
    )
