"""Keyboard shortcuts of the pages, and the list of them that ``?`` shows. Never while somebody types; the room has keys of its own."""

import reflex as rx

from intervi.translation import _

_LIBRARY = rx.asset("shortcuts.jsx", shared=True).importable_path

PLACES = {
    "d": "/dashboard", "p": "/practice", "h": "/history", "a": "/achievements", "c": "/schedule", "s": "/settings",
}  # fmt: skip
"""The letter that leads there after ``g``."""


class Shortcuts(rx.Component):
    """Listens for keys."""

    library = _LIBRARY
    tag = "Shortcuts"

    places: rx.Var[dict[str, str]]
    keys: rx.Var[list[list[str]]]
    """``[keys, what they do]`` each."""
    heading: rx.Var[str]
    close: rx.Var[str]


def shortcuts() -> rx.Component:
    """The keys of every page for signed-in people."""
    return Shortcuts.create(
        places=PLACES,
        keys=[
            ["g d", _("Overview")],
            ["g p", _("Practise")],
            ["g h", _("History")],
            ["g a", _("Achievements")],
            ["g c", _("Schedule")],
            ["g s", _("Settings")],
            ["?", _("show or hide these keys")],
            ["Esc", _("close what is open")],
        ],
        heading=_("Keys"),
        close=_("Close"),
    )
