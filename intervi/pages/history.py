"""``/history``: every interview, newest first."""

import reflex as rx

from intervi.components import elements as e
from intervi.components.frame import page as frame
from intervi.errors import NotAuthenticated
from intervi.interviews import service as interviews
from intervi.pages import diary
from intervi.pages.diary import Row
from intervi.pages.session import Session
from intervi.translation import N_, _, fill

ROWS = 20


class HistoryState(Session):
    """One page of the diary."""

    is_loaded: bool = False
    rows: list[Row] = rx.field(default_factory=list)
    place: str = ""
    newer: str = ""
    older: str = ""
    """The addresses of the pages beside this one; empty where there is none."""

    @rx.event
    async def open(self):
        """Reads the page that the address asks for."""
        page = _page_number(self.router.url.query_parameters.get("page", ""))
        try:
            async with self.signed_in() as (session, principal):
                total = await interviews.count(session, principal)
                pages = max(1, -(-total // ROWS))
                page = min(page, pages)
                self.rows = await diary.read(session, principal, limit=ROWS, offset=(page - 1) * ROWS)
        except NotAuthenticated:
            return self.to_sign_in()
        self.newer = f"/history?page={page - 1}" if page > 1 else ""
        self.older = f"/history?page={page + 1}" if page < pages else ""
        self.place = fill(N_("Page {page} of {pages}"), {"page": page, "pages": pages}) if pages > 1 else ""
        self.is_loaded = True
        return None


def _page_number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def page() -> rx.Component:
    """The diary."""
    return frame(
        rx.el.div(
            e.title(_("History")),
            rx.cond(
                HistoryState.is_loaded,
                rx.cond(
                    HistoryState.rows.length() > 0,
                    rx.fragment(diary.diary(HistoryState.rows), _pages()),
                    _empty(),
                ),
                e.loading(_("Loading your interviews")),
            ),
            class_name="stack stack--wide",
        ),
        here="/history",
    )


def _pages() -> rx.Component:
    return rx.cond(
        HistoryState.place != "",
        rx.el.nav(
            rx.cond(HistoryState.newer != "", rx.el.a(_("Newer"), href=HistoryState.newer), rx.el.span()),
            rx.el.span(HistoryState.place, class_name="small quiet"),
            rx.cond(HistoryState.older != "", rx.el.a(_("Older"), href=HistoryState.older), rx.el.span()),
            class_name="row row--between",
            aria_label=_("Pages"),
        ),
    )


def _empty() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            _("Every interview you practise is kept here, with its recording and its report."), class_name="lead quiet"
        ),
        rx.el.div(e.primary_link(_("Practise your first interview"), "/practice"), class_name="row"),
        class_name="stack",
    )
