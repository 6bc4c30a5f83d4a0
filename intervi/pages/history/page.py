"""How the history looks: filters as chips over a table that reads like a diary."""

from collections.abc import Mapping

import reflex as rx
from reflex_components_core.el.elements.inline import A

from intervi.components import elements as e
from intervi.components.frame import page as frame
from intervi.pages import kinds
from intervi.pages.history import view
from intervi.pages.history.state import HistoryState
from intervi.pages.history.view import Chip, Choice, Entry, Piece
from intervi.translation import _

_SHOWN = HistoryState.shown


def page() -> rx.Component:
    """The diary."""
    return frame(
        rx.el.div(
            rx.el.div(
                e.title(_("History")),
                # No link of the router: it answers with a file.
                rx.cond(
                    _SHOWN.lines.length() > 0,
                    A.create(_("Download as CSV"), href=_SHOWN.csv, download=True, class_name="small"),
                ),
                class_name="row row--between",
            ),
            rx.cond(
                HistoryState.is_failed,
                e.failed(_("Your interviews could not be read just now."), HistoryState.open),
                rx.cond(HistoryState.is_loaded, _list(), _loading()),
            ),
            _undo(),
            class_name="stack stack--wide",
        ),
        here="/history",
    )


def _list() -> rx.Component:
    return rx.cond(
        (_SHOWN.lines.length() > 0) | (_SHOWN.chips.length() > 0),
        rx.el.div(
            _filters(),
            rx.cond(
                HistoryState.notice != "",
                rx.el.p(HistoryState.notice, class_name="notice notice--act", role="alert"),
            ),
            _comparison(),
            e.busy(HistoryState.is_busy, _("Looking for them")),
            rx.el.div(
                rx.cond(_SHOWN.lines.length() > 0, rx.fragment(_table(), _pages()), _nothing_found()),
                aria_busy=HistoryState.is_busy,
                class_name="stack sought-in",
            ),
            class_name="stack",
        ),
        e.empty(
            _("Nothing is here yet"),
            _("Every interview you practise is kept here, with its recording and its report."),
            e.primary_link(_("Practise your first interview"), "/practice"),
        ),
    )


def _loading() -> rx.Component:
    return rx.el.div(
        rx.el.span(_("Loading your interviews"), class_name="unseen"),
        e.skeleton("44px"),
        *(e.skeleton("64px") for _row in range(6)),
        class_name="stack",
        role="status",
    )


# --- filters --------------------------------------------------------------------------------------------------------


def _filters() -> rx.Component:
    return rx.el.div(
        rx.el.form(
            rx.el.input(
                type="search",
                name="words",
                default_value=_SHOWN.words,
                key=_SHOWN.words,
                placeholder=_("Search in questions, answers and transcripts"),
                aria_label=_("Search in questions, answers and transcripts"),
                max_length=200,
                class_name="input",
            ),
            rx.el.button(_("Search"), type="submit", class_name="button"),
            on_submit=HistoryState.look_for,
            class_name="sought",
        ),
        rx.el.div(
            _select("domain", _("Field"), _SHOWN.domain, rx.foreach(_SHOWN.domains, _option)),
            _select("kind", _("Kind"), _SHOWN.kind, *_options(kinds.choices())),
            _select("difficulty", _("Difficulty"), _SHOWN.difficulty, *_options(kinds.levels())),
            _select(
                "status",
                _("Status"),
                _SHOWN.status,
                *_options({standing: _(label) for standing, label in view.STANDINGS.items()}),
            ),
            _filter(_("Score"), _SHOWN.band, rx.foreach(_SHOWN.bands, _option), on_change=HistoryState.choose_band),
            _day("since", _("From"), _SHOWN.since),
            _day("until", _("To"), _SHOWN.until),
            e.choice(
                _("Order"),
                _SHOWN.order,
                *_options({order: _(label) for order, label in view.ORDERS.items()}),
                on_change=lambda value: HistoryState.choose("order", value),
            ),
            class_name="filters",
        ),
        rx.el.div(
            rx.el.span(_SHOWN.found, class_name="small quiet", role="status"),
            rx.foreach(_SHOWN.chips, _chip),
            rx.cond(_SHOWN.chips.length() > 0, rx.el.a(_("Show all"), href=view.PATH, class_name="small")),
            class_name="row",
        ),
        class_name="stack",
        role="search",
    )


def _select(name: str, label: str, value: rx.Var[str], *options: rx.Component) -> rx.Component:
    return _filter(label, value, *options, on_change=lambda chosen: HistoryState.choose(name, chosen))


def _filter(label: str, value: rx.Var[str], *options: rx.Component, **props: object) -> rx.Component:
    return e.choice(label, value, rx.el.option(_("any"), value=""), *options, **props)


def _options(labels: Mapping[str, str]) -> list[rx.Component]:
    return [rx.el.option(label, value=value) for value, label in labels.items()]


def _option(choice: rx.Var[Choice]) -> rx.Component:
    return rx.el.option(choice.label, value=choice.value)


def _day(name: str, label: str, value: rx.Var[str]) -> rx.Component:
    return rx.el.label(
        rx.el.span(label),
        # Not controlled: what is half typed stays until it is a date.
        rx.el.input(
            type="date",
            default_value=value,
            key=value,
            on_blur=lambda chosen: HistoryState.choose(name, chosen),
        ),
        class_name="filter",
        data_on=value != "",
    )


def _chip(chip: rx.Var[Chip]) -> rx.Component:
    return e.filter_on(chip.label, chip.without)


# --- the table ------------------------------------------------------------------------------------------------------


def _table() -> rx.Component:
    return rx.el.table(
        rx.el.thead(
            rx.el.tr(
                rx.el.th(rx.el.span(_("Compare"), class_name="unseen"), scope="col"),
                rx.el.th(_("Date"), scope="col"),
                rx.el.th(_("Question"), scope="col"),
                rx.el.th(_("Length"), scope="col"),
                rx.el.th(_("Status"), scope="col"),
                rx.el.th(_("Score"), scope="col"),
                rx.el.th(rx.el.span(_("Delete"), class_name="unseen"), scope="col"),
            )
        ),
        rx.el.tbody(rx.foreach(_SHOWN.lines, _entry)),
        class_name="diary-table",
    )


def _entry(entry: rx.Var[Entry]) -> rx.Component:
    row = entry.row
    return rx.el.tr(
        rx.el.td(
            rx.cond(
                entry.can_be_compared,
                rx.el.input(
                    type="checkbox",
                    checked=HistoryState.ticked.contains(row.id),
                    on_change=HistoryState.tick(row.id),
                    aria_label=_("Compare: ") + row.question,
                    class_name="tick",
                ),
            )
        ),
        rx.el.td(row.date, class_name="small quiet"),
        rx.el.th(
            rx.el.a(row.question, href=row.address, class_name="diary-question"),
            rx.el.span(row.facts, class_name="small quiet diary-facts"),
            rx.cond(
                entry.passage.length() > 0,
                rx.el.span(rx.foreach(entry.passage, _piece), class_name="small diary-passage"),
            ),
            scope="row",
        ),
        rx.el.td(entry.held, class_name="small quiet"),
        rx.el.td(e.chip(row.status, row.kind)),
        rx.el.td(row.score, rx.el.span(row.change, class_name="small quiet"), class_name="diary-score"),
        rx.el.td(
            rx.el.button(
                rx.el.svg(
                    rx.el.path(d="M4 6.5h16M9.5 6V4h5v2M6.5 6.5l1 13.5h9l1-13.5M10.5 10.5v6M13.5 10.5v6"),
                    view_box="0 0 24 24",
                    aria_hidden="true",
                ),
                rx.el.span(_("Delete: ") + row.question, class_name="unseen"),
                type="button",
                class_name="bin",
                title=_("Delete"),
                on_click=HistoryState.delete(row.id),
            )
        ),
        key=row.id,
    )


def _piece(piece: rx.Var[Piece]) -> rx.Component:
    return rx.cond(piece.is_found, rx.el.mark(piece.text), rx.el.span(piece.text))


def _pages() -> rx.Component:
    return rx.cond(
        _SHOWN.place != "",
        rx.el.nav(
            rx.cond(_SHOWN.newer != "", rx.el.a(_("Previous page"), href=_SHOWN.newer), rx.el.span()),
            rx.el.span(_SHOWN.place, class_name="small quiet"),
            rx.cond(_SHOWN.older != "", rx.el.a(_("Next page"), href=_SHOWN.older), rx.el.span()),
            class_name="row row--between",
            aria_label=_("Pages"),
        ),
    )


def _nothing_found() -> rx.Component:
    return e.empty(
        _("Nothing was found"),
        _("No interview is like that. Take a filter away, or look for other words."),
        e.link_button(_("Show all"), view.PATH),
    )


# --- what floats at the foot ----------------------------------------------------------------------------------------


def _comparison() -> rx.Component:
    """Says how two are compared, and leads there when two are ticked."""
    ticked = HistoryState.ticked
    return rx.cond(
        ticked.length() > 0,
        rx.el.div(
            rx.cond(
                ticked.length() == 2,
                e.primary_link(
                    _("Compare the two"), rx.Var.create("/history/compare?a=") + ticked[0] + "&b=" + ticked[1]
                ),
                rx.el.span(_("Tick a second interview to compare the two."), class_name="small"),
            ),
            e.text_button(_("Untick"), on_click=HistoryState.untick),
            class_name="chosen row",
        ),
    )


def _undo() -> rx.Component:
    return e.toast(_("Deleted."), HistoryState.deleted != "", e.text_button(_("Undo"), on_click=HistoryState.undelete))
