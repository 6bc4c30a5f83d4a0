"""The achievements as they are drawn: the next three, the catalogue, the ledger, the rules, and the switch."""

import reflex as rx

from intervi.components import elements as e
from intervi.components.frame import page as frame
from intervi.pages import medals
from intervi.pages.achievements.state import AchievementsState
from intervi.pages.achievements.view import LedgerRow
from intervi.translation import _

_SHOWN = AchievementsState.shown


def page() -> rx.Component:
    """The page."""
    return frame(
        rx.cond(
            AchievementsState.is_failed,
            e.failed(
                _("Your achievements could not be read just now. Nothing of them is gone."), AchievementsState.open
            ),
            rx.cond(AchievementsState.is_loaded, rx.cond(_SHOWN.is_on, _whole(), _off()), _skeleton()),
        ),
        here="/achievements",
    )


def _skeleton() -> rx.Component:
    return rx.el.div(
        rx.el.span(_("Loading your achievements"), class_name="unseen"),
        rx.el.div(e.skeleton("42px", "280px"), e.skeleton("24px", "40%"), class_name="stack"),
        rx.el.div(*(e.skeleton("112px") for _place in range(6)), class_name="medals"),
        class_name="stack stack--wide",
        role="status",
    )


def _whole() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            e.title(_("Achievements")),
            rx.el.p(_SHOWN.state, class_name="lead quiet", role="status"),
            class_name="stack stack--tight",
        ),
        rx.cond(
            _SHOWN.next.length() > 0,
            e.card(e.heading(_("Next")), rx.el.ul(rx.foreach(_SHOWN.next, medals.goal), class_name="medals")),
        ),
        rx.el.section(
            e.heading(_("All of them")),
            rx.el.ul(rx.foreach(_SHOWN.medals, medals.tile), class_name="medals"),
            class_name="stack",
        ),
        rx.el.section(e.heading(_("Your points")), _ledger(), class_name="stack"),
        rx.el.section(
            e.heading(_("The rules")),
            rx.el.dl(rx.foreach(_SHOWN.rules, _rule), class_name="rules"),
            class_name="stack",
        ),
        _switch_off(),
        class_name="stack achievements",
    )


def _ledger() -> rx.Component:
    return rx.cond(
        _SHOWN.ledger.length() > 0,
        rx.el.div(
            e.quiet(_SHOWN.points),
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        *(
                            rx.el.th(heading, scope="col", class_name=kind)
                            for heading, kind in (
                                (_("Day"), ""),
                                (_("Interview"), "words"),
                                (_("Why"), "words"),
                                (_("Points"), ""),
                            )
                        )
                    )
                ),
                rx.el.tbody(rx.foreach(_SHOWN.ledger, _ledger_row)),
                class_name="ledger",
            ),
            rx.cond(
                _SHOWN.has_more,
                rx.el.div(e.button(_("Show older ones"), on_click=AchievementsState.more), class_name="row"),
            ),
            class_name="stack",
        ),
        e.empty(
            _("No points yet"),
            _("Every interview you hold to its end is entered here, with what it brought and why."),
            e.link_button(_("Practise"), "/practice"),
        ),
    )


def _ledger_row(row: rx.Var[LedgerRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.date, scope="row"),
        rx.el.td(row.what, class_name="words"),
        rx.el.td(row.why, class_name="words quiet"),
        rx.el.td(row.points),
    )


def _rule(rule: rx.Var[tuple[str, str]]) -> rx.Component:
    return rx.el.div(rx.el.dt(rule[0]), rx.el.dd(rule[1], class_name="quiet"))


def _switch_off() -> rx.Component:
    return rx.el.section(
        e.heading(_("Rather without?")),
        e.quiet(
            _(
                "You can practise without points, streaks and achievements. None of it is shown then, anywhere. "
                "It is kept, so that you can switch it on again."
            )
        ),
        rx.el.div(e.button(_("Switch all of it off"), on_click=AchievementsState.switch(False)), class_name="row"),
        class_name="stack",
    )


def _off() -> rx.Component:
    return rx.el.div(
        e.title(_("Achievements")),
        e.empty(
            _("All of it is switched off"),
            _(
                "No points, streaks or achievements are shown, here or anywhere. Your interviews and reports are as they were."
            ),
            e.button(_("Switch it on"), on_click=AchievementsState.switch(True)),
        ),
        class_name="stack stack--wide",
    )
