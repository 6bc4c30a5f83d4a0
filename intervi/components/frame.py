"""What stands around every page: skip link, navigation, the main part, the foot, and the word that the connection is lost."""

import logging

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary
from reflex_components_core.core.banner import has_too_many_connection_errors
from reflex_components_core.el.elements.inline import A

from intervi.components import navigation
from intervi.components.recorder import sender
from intervi.components.shortcuts import shortcuts
from intervi.components.words import Localized, Speaking, before_the_first_frame, said, words
from intervi.privacy import what_leaves
from intervi.translation import N_, _, current_locale, spoken

_STYLES = (
    *("base", "frame", "elements", "history", "progress", "overview", "landing", "score", "report", "player"),
    *("report_actions", "settings", "schedule", "widths", "preferences", "print"),
)
"""In the order of the cascade: what holds for narrow windows, without motion and on paper comes last."""
STYLESHEETS = ["/tokens.css", *(f"/styles/{name}.css" for name in _STYLES)]
DESCRIPTION = "Practise job interviews on camera and read minutes later what you said and how. Open software, on your own machine."

log = logging.getLogger(__name__)


class Trouble(rx.State):
    """Whether something went wrong on the server that nobody foresaw."""

    is_there: bool = False

    @rx.event
    def tell(self):
        """Says so on the page."""
        self.is_there = True

    @rx.event
    def dismiss(self):
        """It was read."""
        self.is_there = False


class Privacy(Localized):
    """What leaves this machine: asked of the settings when a page is served, not when it was built."""

    @rx.var
    def sentence(self) -> str:
        """In words."""
        current_locale.set(spoken(self.locale))
        return what_leaves()


def on_unforeseen(error: Exception):
    """Logs what a handler did not foresee, and has the page say so. Reflex' own way is a string for the browser to evaluate."""
    log.error("an event handler failed", exc_info=error)
    return Trouble.tell


def dress(app: rx.App) -> None:
    """Gives an application our stylesheets, and our own words where Reflex would show its own (and load much to do so)."""
    app.stylesheets = [*app.stylesheets, *STYLESHEETS]
    app.html_lang = "en"
    app.toaster = None
    app.backend_exception_handler = on_unforeseen
    app.add_middleware(Speaking(), 0)
    app.app_wraps = {
        **{key: wrap for key, wrap in app.app_wraps.items() if key[1] not in {"Overlay", "ErrorBoundary"}},
        (60, "Words"): lambda _stateful: words(),
        (55, "ErrorBoundary"): lambda _stateful: _error_boundary(),
        (5, "Overlay"): lambda stateful: _offline() if stateful else None,
    }
    app.head_components = [
        *app.head_components,
        # For search engines, which run no script and see the language that the page is built in: ``html_lang``.
        rx.el.meta(name="description", content=DESCRIPTION),
        rx.el.link(rel="icon", href="/icon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/icon-180.png"),
        rx.el.link(rel="manifest", href="/manifest.webmanifest"),
        before_the_first_frame(),
        # The two faces every page shows: asked for at once, not when the stylesheet has been read.
        *(
            rx.el.link(
                rel="preload",
                href=f"/fonts/{face}.woff2",
                type="font/woff2",
                cross_origin="",
                custom_attrs={"as": "font"},
            )
            for face in ("newsreader-latin-wght-normal", "instrument-sans-latin-wght-normal")
        ),
    ]


def page(*content: rx.Component, here: str = "", signed_in: bool = True) -> rx.Component:
    """A page in its frame.

    Args:
        content: Its main part.
        here: The address of the navigation's entry that this page belongs to.
        signed_in: Whether it is for signed-in people; else the navigation offers to sign in.
    """
    return rx.el.div(
        # Not a link of the router, which would open the page anew.
        A.create(_("Skip to the content"), href="#content", class_name="skip"),
        rx.el.header(
            rx.el.div(
                rx.el.a("Intervi", href="/dashboard" if signed_in else "/", class_name="brand"),
                navigation.top(here) if signed_in else rx.el.nav(*_doors(here), aria_label=_("Main")),
                _theme_switch(),
                class_name="within top",
            ),
        ),
        _trouble(),
        rx.el.main(rx.el.div(*content, class_name="within"), id="content", tab_index=-1),
        rx.el.footer(
            rx.el.div(Privacy.sentence, class_name="within"),
            class_name="foot",
        ),
        *([navigation.bar(here), shortcuts(), sender()] if signed_in else []),
        class_name="page page--with-bar" if signed_in else "page",
    )


def _doors(here: str) -> list[rx.Component]:
    links = {"/sign-in": _("Sign in"), "/register": _("Create an account")}
    return [navigation.link(text, address, here) for address, text in links.items()]


def _theme_switch() -> rx.Component:
    return rx.el.button(
        rx.el.svg(
            rx.el.circle(cx="12", cy="12", r="8.5", fill="none", stroke="currentColor", stroke_width="1.6"),
            rx.el.path(d="M12 3.5a8.5 8.5 0 0 1 0 17z", fill="currentColor"),
            view_box="0 0 24 24",
            aria_hidden="true",
        ),
        rx.el.span(_("Switch between light and dark"), class_name="unseen"),
        type="button",
        class_name="top-link theme",
        on_click=rx.toggle_color_mode,
    )


def _trouble() -> rx.Component:
    return rx.cond(
        Trouble.is_there,
        rx.el.div(
            rx.el.div(
                _("Something went wrong on the server. Nothing you recorded is gone; load the page again in a moment."),
                " ",
                rx.el.button(_("Dismiss"), type="button", class_name="link", on_click=Trouble.dismiss),
                class_name="notice notice--act",
                role="alert",
            ),
            class_name="within",
        ),
    )


def _offline() -> rx.Component:
    # The application is put into what is returned here: a fragment, so that only the word itself is a live region.
    return rx.fragment(
        rx.el.div(
            rx.cond(
                has_too_many_connection_errors,
                rx.el.div(
                    said(N_("The connection is lost. Trying again; nothing you recorded is gone.")),
                    class_name="offline",
                ),
            ),
            role="status",
        )
    )


def _error_boundary() -> rx.Component:
    return ErrorBoundary.create(
        fallback_render=rx.el.div(
            rx.el.h1(_("Something on this page broke."), class_name="title"),
            rx.el.p(
                _("Nothing you recorded is gone. Load the page again, or go back to the overview."), class_name="lead"
            ),
            rx.el.div(rx.el.a(_("To the overview"), href="/dashboard", class_name="button"), class_name="row"),
            class_name="within stack stack--wide",
            style={"padding_block": "96px"},
            role="alert",
        )
    )
