"""How one gets about: a row of links at the top where there is room, and a bar at the bottom of a phone."""

import reflex as rx

from intervi.components.account import sign_out_button
from intervi.translation import _

_DRAWINGS = {
    "/dashboard": "M4 11.5 12 5l8 6.5V19a1 1 0 0 1-1 1h-4v-5h-6v5H5a1 1 0 0 1-1-1z",
    "/practice": "M12 4a3 3 0 0 1 3 3v4a3 3 0 0 1-6 0V7a3 3 0 0 1 3-3zM6 11a6 6 0 0 0 12 0M12 17v3",
    "/history": "M6 4h12v16H6zM9 8h6M9 12h6M9 16h3",
    "/schedule": "M5 6h14v14H5zM5 10h14M9 4v4M15 4v4",
}
"""Of the bar, on a square of 24: lines and no surfaces."""
_MORE = "M5 12h.01M12 12h.01M19 12h.01"


def entries() -> dict[str, str]:
    """Address → name of every page in the navigation."""
    return {
        "/dashboard": _("Overview"),
        "/practice": _("Practise"),
        "/history": _("History"),
        "/achievements": _("Achievements"),
        "/schedule": _("Schedule"),
        "/settings": _("Settings"),
    }


def top(here: str) -> rx.Component:
    """The row at the top; left out where the bar is."""
    links = [link(text, address, here) for address, text in entries().items()]
    return rx.el.nav(*links, sign_out_button(), aria_label=_("Main"), class_name="top-nav")


def bar(here: str) -> rx.Component:
    """The bar at the bottom of a phone: four places, and the others behind one more."""
    shown = [_place(text, address, here) for address, text in entries().items() if address in _DRAWINGS]
    others = [link(text, address, here) for address, text in entries().items() if address not in _DRAWINGS]
    more = rx.el.details(
        rx.el.summary(_drawing(_MORE), rx.el.span(_("More")), class_name="bottom-link"),
        rx.el.div(*others, sign_out_button(), class_name="bottom-more"),
    )
    return rx.el.nav(*shown, more, aria_label=_("Main"), class_name="bottom-nav")


def link(text: str, address: str, here: str) -> rx.Component:
    """One link of the row."""
    return rx.el.a(text, href=address, class_name="top-link", **_current(address, here))


def _place(text: str, address: str, here: str) -> rx.Component:
    return rx.el.a(
        _drawing(_DRAWINGS[address]),
        rx.el.span(text),
        href=address,
        class_name="bottom-link",
        **_current(address, here),
    )


def _current(address: str, here: str) -> dict[str, str]:
    return {"aria_current": "page"} if address == here else {}


def _drawing(path: str) -> rx.Component:
    return rx.el.svg(rx.el.path(d=path), view_box="0 0 24 24", aria_hidden="true")
