"""``/design``: the design system at a glance, every component in its states. For whoever develops, so its texts are not translated.

In production there is nothing behind this address.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import reflex as rx

from intervi.analysis.figures import Figure, Reason, Score, ScorePart
from intervi.components import elements as e
from intervi.components import practice_calendar, trend
from intervi.components.frame import page as frame
from intervi.components.medal import DRAWINGS, medal
from intervi.components.practice_calendar import calendar, key
from intervi.components.ring import arcs, ring
from intervi.components.tokens import LIGHT, SHARED
from intervi.pages import diary
from intervi.pages.diary import Row
from intervi.pages.report.ledger import sum_of
from intervi.reports.shown import ScoreView, score_view
from intervi.settings import settings

_TODAY = date(2026, 3, 4)


class DesignState(rx.State):
    """Whether the page is there."""

    is_open: bool = False

    @rx.event
    def open(self):
        """Shows it, unless this is a production."""
        self.is_open = settings().environment != "production"
        return None if self.is_open else rx.redirect("/404", replace=True)


def page() -> rx.Component:
    """The design system."""
    sections = {
        "Type": _type(),
        "Colour": _colours(),
        "Actions": _actions(),
        "States": _states(),
        "Fields": _fields(),
        "Figures": _figures(),
        "A score and its parts": _scores(),
        "Scores over time": _trends(),
        "Goals": _rings(),
        "Days": _calendars(),
        "Medals": _medals(),
        "Rows": _rows(),
        "A table with filters": _filtered(),
        "Toast and dialog": _above(),
        "Nothing, waiting, trouble": _waiting(),
    }
    return frame(
        rx.cond(
            DesignState.is_open,
            rx.el.div(
                e.title("Design system"),
                *(rx.el.section(e.heading(name), content, class_name="stack") for name, content in sections.items()),
                class_name="stack stack--wide",
            ),
            e.loading("One moment."),
        )
    )


def _row(*content: rx.Component) -> rx.Component:
    return rx.el.div(*content, class_name="row")


def _type() -> rx.Component:
    sizes = [name for name in SHARED if name.startswith("text-")]
    return rx.el.div(
        *(
            rx.el.p(
                f"{name.removeprefix('text-')} ",
                "Tell me about a time",
                style={"font": f"400 var(--{name})/1.2 var(--serif)"},
            )
            for name in sizes
        ),
        rx.el.p("The question in the room", class_name="question"),
        rx.el.p("The one sentence under a title", class_name="lead quiet"),
        e.quiet("Secondary text"),
        e.small("Small secondary text"),
        class_name="stack",
    )


def _colours() -> rx.Component:
    return rx.el.ul(
        *(
            rx.el.li(
                rx.el.span(
                    style={
                        "background": f"var(--{name})",
                        "height": "40px",
                        "border": "1px solid var(--line)",
                        "border_radius": "8px",
                    }
                ),
                e.small(name),
                class_name="stack stack--tight",
            )
            for name in LIGHT
        ),
        style={"display": "grid", "grid_template_columns": "repeat(auto-fill, minmax(88px, 1fr))", "gap": "16px"},
    )


def _actions() -> rx.Component:
    return _row(
        e.primary_link("The page's one action", "#"),
        e.link_button("To another page", "#"),
        e.button("On this page"),
        e.button("Not now", disabled=True),
        e.text_button("Reads like a link"),
    )


def _states() -> rx.Component:
    kinds = {"plain": "Not begun", "working": "Being analysed", "ready": "Report ready", "failed": "Failed"}
    return _row(
        *(e.chip(text, kind) for kind, text in kinds.items()),
        rx.el.span("within the range", class_name="judged judged--good"),
        rx.el.span("below the range", class_name="judged judged--watch"),
        rx.el.span("above the range", class_name="judged judged--act"),
        rx.el.span("rough", class_name="tag tag--watch"),
    )


def _fields() -> rx.Component:
    def field(name: str, label: str, hint: str, **props: object) -> rx.Component:
        is_wrong = "aria_invalid" in props
        return rx.el.div(
            rx.el.label(label, html_for=name, class_name="label"),
            rx.el.input(id=name, class_name="input", aria_describedby=f"{name}-hint", **props),
            rx.el.span(hint, id=f"{name}-hint", class_name="hint hint--error" if is_wrong else "hint"),
            class_name="field",
        )

    return rx.el.div(
        field("design-plain", "First name", "How we greet you"),
        field("design-wrong", "E-mail", "This is not an e-mail address.", aria_invalid="true", default_value="mara@"),
        class_name="columns",
    )


def _figures() -> rx.Component:
    bars = {"0%": "0.0", "42%": "42.0", "100%": "100.0"}
    return rx.el.div(
        *(
            rx.el.div(e.bar(share, label), e.small(label), class_name="stack stack--tight")
            for share, label in bars.items()
        ),
        class_name="columns",
    )


def _scores() -> rx.Component:
    whole = Score(
        name="overall",
        value=Figure(value=71.5),
        parts=[
            ScorePart(name="content", value=Figure(value=64.0), weight=0.5, points=32.0),
            ScorePart(name="structure", value=Figure(value=80.0), weight=0.25, points=20.0),
            ScorePart(name="delivery", value=Figure(value=75.0), weight=0.15, points=11.3),
            ScorePart(name="presence", value=Figure(value=82.0), weight=0.1, points=8.2),
        ],
    )
    without_picture = whole.model_copy(
        update={
            "value": Figure(value=63.3),
            "parts": [
                *whole.parts[:3],
                ScorePart(name="presence", value=Figure(reason=Reason.IN_WRITING), weight=0.1, points=0),
            ],
        }
    )
    return rx.el.div(*(_score(score_view(each)) for each in (whole, without_picture)), class_name="columns")


def _score(view: ScoreView) -> rx.Component:
    return e.card(
        rx.el.div(
            rx.el.span(view.value, class_name="score-number"),
            rx.el.span("of 100", class_name="quiet"),
            class_name="row",
        ),
        sum_of(rx.Var.create(view)),
    )


def _trends() -> rx.Component:
    return rx.el.div(
        _trend([48, 55, 51, 62, 66, 64, 71], [40.0, 52.0, 50.0, 60.0, 64.0, 66.0, 70.0]),
        _trend([12, 96], [None, 80.0]),
        _trend([30, 34, 60], [None, 40.0, None]),
        class_name="columns",
    )


def _trend(overall: Sequence[float], content: Sequence[float | None]) -> rx.Component:
    last = f"{overall[-1]:.1f}"
    parts = rx.Var.create((trend.Line("content", "Content", trend.path(content), ""),))
    return e.card(
        rx.el.div(
            trend.switches(parts, "Overall", rx.Var.create(last)),
            trend.chart(
                rx.Var.create(trend.path(overall)),
                rx.Var.create(trend.dots(overall, [f"{score:.1f}" for score in overall])),
                parts,
                rx.Var.create(trend.target((65, 100), "Target: 65 and more")),
                rx.Var.create(f"{overall[0]:.1f} – {last}"),
            ),
            class_name="trend stack",
        )
    )


def _rings() -> rx.Component:
    states = ((0, 3), (1, 3), (3, 3), (5, 3), (0, 1), (1, 1), (4, 7))
    return _row(
        *(
            ring(rx.Var.create(arcs(done, goal)), rx.Var.create(f"{done}/{goal}"), rx.Var.create(f"{done}/{goal}"))
            for done, goal in states
        )
    )


def _calendars() -> rx.Component:
    practised = {_TODAY - timedelta(days=back): 1 + back % 3 for back in range(0, 180) if back % 5 not in (1, 3)}
    frozen = [_TODAY - timedelta(days=back) for back in range(0, 90) if back % 5 == 1]
    return rx.el.div(_calendar({}, []), _calendar(practised, frozen), class_name="columns")


def _calendar(practised: dict[date, int], frozen: list[date]) -> rx.Component:
    shown = practice_calendar.weeks(
        practised, frozen, _TODAY, label=lambda day, _count, _frozen: f"{day}", month=lambda day: f"{day:%b}"
    )
    return e.card(
        calendar(rx.Var.create(shown), rx.Var.create("The last 26 weeks")),
        key({"practised-2": "Practised", "frozen": "Covered by a freeze"}),
    )


def _medals() -> rx.Component:
    return _row(
        *(medal(rx.Var.create(icon), rx.Var.create(is_earned)) for icon in DRAWINGS for is_earned in (True, False))
    )


def _rows() -> rx.Component:
    rows = (
        Row("a", "#", "Wed, Mar 4", "How do you keep a promise that got too big?", "Sales", "Report ready", "ready", "71.2", "4.0 higher"),
        Row("b", "#", "Tue, Mar 3", "What did you change afterwards?", "Sales · 1 answer", "Being analysed", "working", "", ""),
        Row("c", "#", "Mon, Mar 2", "No question yet", "0 answers", "Not begun", "plain", "", ""),
    )  # fmt: skip
    return diary.diary(rx.Var.create(rows))


def _filtered() -> rx.Component:
    """The filters, one of them on; the list while another one is looked for."""
    domains = [rx.el.option(text, value=value) for value, text in {"": "any", "sales": "Sales"}.items()]
    heads = ("Date", "Question", "Score")
    cells = (
        ("Wed, Mar 4", "How do you keep a promise that got too big?", "71.2"),
        ("Tue, Mar 3", "And afterwards?", ""),
    )
    return rx.el.div(
        rx.el.div(
            e.choice("Domain", rx.Var.create("sales"), *domains, read_only=True),
            e.choice("Kind", rx.Var.create(""), *domains, read_only=True),
            class_name="filters",
        ),
        rx.el.div(e.small("2 interviews found"), e.filter_on("Sales", "#"), class_name="row"),
        e.busy(rx.Var.create(True), "Looking for them"),
        rx.el.table(
            rx.el.thead(rx.el.tr(*(rx.el.th(head, scope="col", class_name="words") for head in heads))),
            rx.el.tbody(*(rx.el.tr(*(rx.el.td(cell, class_name="words") for cell in row)) for row in cells)),
            class_name="ledger",
        ),
        class_name="stack",
    )


def _above() -> rx.Component:
    """What lies over the page, shown in its place instead; ``?`` opens a real dialog."""
    return rx.el.div(
        rx.el.div(rx.el.span("Deleted."), e.text_button("Undo"), class_name="toast"),
        rx.el.dialog(
            rx.el.div(
                e.heading("Keys"),
                rx.el.p(rx.el.kbd("?"), " shows the keys on every page."),
                e.button("Close"),
                class_name="stack",
            ),
            open=True,
            aria_label="A dialog",
            class_name="dialog",
            style={"position": "static", "margin": "0"},
        ),
        class_name="row",
    )


def _waiting() -> rx.Component:
    return rx.el.div(
        e.empty(
            "No points yet",
            "Every interview you hold to its end is entered here.",
            e.link_button("Practise", "#"),
        ),
        e.loading("One moment."),
        e.failed("This could not be read just now. Nothing of it is gone.", DesignState.open),
        rx.el.div("Something you should know.", class_name="notice"),
        class_name="columns",
    )
