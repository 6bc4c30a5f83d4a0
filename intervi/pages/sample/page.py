"""The sample report: the report page itself, to be read only."""

import reflex as rx

from intervi.components import elements as e
from intervi.components.frame import page as frame
from intervi.components.words import Localized
from intervi.pages.report.page import report
from intervi.pages.report.view import ReportView
from intervi.pages.sample import kept
from intervi.translation import _


class SampleState(Localized):
    """The same for everybody; nobody's data."""

    view: ReportView = ReportView()

    @rx.event
    def open(self):
        """Shows it."""
        self.speak_to_anybody()
        self.view = kept.view()


def page() -> rx.Component:
    """A complete report, and whose it is: nobody's."""
    view = SampleState.view
    return frame(
        rx.el.div(
            rx.el.p(
                _(
                    "This is a sample. A made voice speaks and a drawn face looks, so it is nobody's data; "
                    "the words are those that were read out. "
                    "Everything else was measured and judged as your own answers would be."
                ),
                class_name="notice",
            ),
            rx.cond(
                view.state == "loading",
                e.loading(_("Loading the report")),
                report(view, owner=False, said=_(" · a sample"), renew=SampleState.open),
            ),
            rx.el.div(
                e.primary_link(_("Create an account"), "/register"),
                e.link_button(_("Back to the front page"), "/"),
                class_name="row",
            ),
            class_name="stack stack--wide",
        ),
        signed_in=False,
    )
