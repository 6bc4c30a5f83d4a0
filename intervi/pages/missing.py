"""What is shown where there is no page."""

import reflex as rx

from intervi.components import elements as e
from intervi.components.frame import page as frame
from intervi.translation import _


def page() -> rx.Component:
    """The 404 page."""
    return frame(
        rx.el.div(
            e.title(_("There is nothing here")),
            rx.el.p(_("The address may be wrong, or what it showed was deleted."), class_name="lead quiet"),
            rx.el.div(e.link_button(_("To the overview"), "/dashboard"), class_name="row"),
            class_name="doorway stack",
        ),
    )
