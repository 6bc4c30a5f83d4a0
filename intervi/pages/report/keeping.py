"""What its owner can do with a report: take it away, show it to others, and write beside it."""

import reflex as rx

from intervi.components import elements as e
from intervi.pages.report.state import LinkView, ReportState
from intervi.pages.report.view import ReportView
from intervi.translation import _, ngettext

DAYS = {"1": ngettext("{count} day", "{count} days", 1).format(count=1), "7": _("a week"), "30": _("30 days")}
USUAL_DAYS = "7"


def actions(view: rx.Var[ReportView]) -> rx.Component:
    """Print, download, share."""
    return rx.el.div(
        rx.el.div(
            e.text_button(_("Print"), on_click=rx.call_function("(() => window.print())")),
            _download(_("PDF"), "/api/reports/" + view.id + "/pdf"),
            _download(_("JSON"), "/api/reports/" + view.id + "/json"),
            class_name="row actions-row",
        ),
        rx.el.details(
            rx.el.summary(rx.el.span(_("Show it to somebody"), class_name="label")),
            _sharing(view),
            class_name="sharing",
        ),
        class_name="actions",
    )


def _download(text: str, address: rx.Var[str]) -> rx.Component:
    # The router of the pages knows nothing of this address.
    return rx.el.a(text, href=address, download=True, class_name="link", custom_attrs={"reloadDocument": True})


def _sharing(view: rx.Var[ReportView]) -> rx.Component:
    return rx.el.div(
        e.small(
            _(
                "Whoever has the link can read this report without an account, until it ends or you take it back. "
                "Your notes never go along."
            )
        ),
        rx.el.form(
            rx.el.fieldset(
                rx.el.legend(_("The link is good for"), class_name="small"),
                *(_days(value, text) for value, text in DAYS.items()),
                class_name="row",
            ),
            rx.cond(
                view.recordings.length() > 0,
                rx.el.label(
                    rx.el.input(type="checkbox", name="recordings"),
                    _("They may see and hear the recordings, too"),
                    class_name="check",
                ),
            ),
            rx.el.div(e.button(_("Make a link"), type="submit"), class_name="row"),
            on_submit=ReportState.share,
            class_name="said",
        ),
        rx.cond(
            ReportState.links.length() > 0,
            rx.el.ul(rx.foreach(ReportState.links, _link), class_name="links", aria_label=_("Links that open it")),
        ),
        class_name="said",
    )


def _days(value: str, text: str) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name="days", value=value, default_checked=value == USUAL_DAYS),
        text,
        class_name="check",
    )


def _link(link: rx.Var[LinkView]) -> rx.Component:
    return rx.el.li(
        rx.el.input(
            value=link.address,
            read_only=True,
            aria_label=_("Address of the link"),
            class_name="input input--slim",
        ),
        rx.el.div(
            rx.el.span(link.until, " · ", link.facts, class_name="quiet small"),
            rx.el.span(
                e.text_button(_("Copy"), on_click=rx.set_clipboard(link.address)),
                e.text_button(_("Take back"), on_click=ReportState.revoke(link.id)),
                class_name="row",
            ),
            class_name="row row--between",
        ),
        class_name="link-row",
    )


def notes(view: rx.Var[ReportView]) -> rx.Component:
    """The owner's own, beside the report."""
    return rx.el.section(
        rx.el.label(_("Your notes"), html_for="notes", class_name="heading"),
        e.small(_("Only you see them. They are kept when you leave the field.")),
        rx.el.textarea(
            id="notes",
            key=view.id,
            default_value=ReportState.note,
            on_blur=ReportState.keep_note,
            placeholder=_("What you want to remember the next time"),
            rows="5",
            max_length=20_000,
            class_name="input",
        ),
        rx.el.p(ReportState.note_state, class_name="quiet small", role="status"),
        class_name="answer notes",
    )
