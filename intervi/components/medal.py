"""Medals, drawn as simple lines in one style; an earned one is inked in."""

import reflex as rx

DRAWINGS = {
    "steps": "M15.5 26.5h5.5v-4.5h5.5v-4.5h5.5",
    "repeat": "M18 20.5a6 6 0 0 1 10.6-4.3M30 19.5a6 6 0 0 1-10.6 4.3M28.8 12.6v3.8h-3.8M19.2 27.4v-3.8h3.8",
    "voice": "M16 14.5h16v9.5h-8.5l-4 3.5v-3.5h-3.5z",
    "flame": "M24.5 12c.6 4 5 5.6 5 10.2a5.5 5.5 0 0 1-11 0c0-2.2 1-3.7 2.1-4.8c.4 1.5 1.3 2.1 2.1 2.1c.8-2.4-.2-5 1.8-7.5z",
    "calendar": "M16.5 14.5h15v12.5h-15zM16.5 18.5h15M20.5 12.5v4M27.5 12.5v4",
    "return": "M30.5 25.5c0-4.7-2.8-7.5-7-7.5h-6M21 14l-4 4 4 4",
    "compass": "M29 15l-3 7-7 3 3-7zM24 20h.01",
    "summit": "M14.5 26.5l6.5-10.5 3.5 5.5 2-3 5.5 8z",
    "star": "M24 12.5l2.3 4.8 5.2.7-3.8 3.7.9 5.3-4.6-2.6-4.6 2.6.9-5.3-3.8-3.7 5.2-.7z",
}
"""By the names that ``progress/data/achievements.yaml`` uses, inside a circle around (24, 20)."""

_RIBBONS = "M17.5 34.8L14.5 46l4.8-1.8 3 3.6 1.7-8.5M30.5 34.8L33.5 46l-4.8-1.8-3 3.6-1.7-8.5"


def medal(icon: rx.Var[str], earned: rx.Var[bool]) -> rx.Component:
    """The medal of an achievement. It says nothing by itself: a title stands beside it."""
    return rx.el.svg(
        rx.el.path(d=_RIBBONS, class_name="medal-ribbons"),
        rx.el.circle(cx="24", cy="20", r="16", class_name="medal-disc"),
        rx.el.path(d=rx.match(icon, *DRAWINGS.items(), ""), class_name="medal-drawing"),
        view_box="0 0 48 50",
        class_name=rx.cond(earned, "medal medal--earned", "medal"),
        aria_hidden="true",
    )


def snowflake() -> rx.Component:
    """The sign of a freeze."""
    return rx.el.svg(
        rx.el.path(d="M6 1v10M1.7 3.5l8.6 5M10.3 3.5l-8.6 5"),
        view_box="0 0 12 12",
        class_name="snowflake",
        aria_hidden="true",
    )
