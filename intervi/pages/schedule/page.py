"""The schedule as it is drawn."""

import reflex as rx
from reflex_components_core.el.elements.inline import A

from intervi.components import elements as e
from intervi.components.frame import page as frame
from intervi.pages.calendar_address import calendar_address
from intervi.pages.schedule.forms import change_form, plan_form
from intervi.pages.schedule.state import NEWS, ScheduleState
from intervi.pages.schedule.view import Appointment
from intervi.translation import _


def page() -> rx.Component:
    """The page."""
    return frame(
        rx.el.div(
            e.title(_("Schedule")),
            rx.cond(ScheduleState.is_loaded, _whole(), e.loading(_("Loading your schedule"))),
            class_name="stack stack--wide",
        ),
        here="/schedule",
    )


def _whole() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            _news(),
            rx.cond(
                ScheduleState.appointments.length() > 0,
                rx.el.div(
                    rx.el.ul(rx.foreach(ScheduleState.appointments, _appointment), class_name="appointments"),
                    e.small(ScheduleState.time_zone, " ", rx.el.a(_("Change the time zone"), href="/settings")),
                    class_name="stack",
                ),
                e.empty(
                    _("Nothing is scheduled"),
                    _(
                        "Choose a day and a time for your next practice, and put it into your calendar: what has a time gets done. "
                        "Interviews that you arrange through an interface appear here, too."
                    ),
                ),
            ),
            e.small(ScheduleState.invited_as),
            class_name="stack",
        ),
        rx.el.div(
            e.card(e.heading(_("Plan your practice")), plan_form()),
            e.card(
                e.heading(_("In your own calendar")),
                e.quiet(
                    _(
                        "Subscribe to this address in your calendar program, and what is scheduled here appears there. "
                        "It is secret: whoever knows it sees your appointments."
                    )
                ),
                calendar_address(),
            ),
            class_name="stack",
        ),
        class_name="overview-columns",
    )


def _news() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.cond(
                ScheduleState.news != "",
                rx.el.div(
                    ScheduleState.news,
                    " ",
                    rx.cond(ScheduleState.cancelled != "", e.text_button(_("Undo"), on_click=ScheduleState.undo)),
                    class_name="notice",
                ),
            ),
            id=NEWS,
            tab_index=-1,
            role="status",
            class_name="schedule-news",
        ),
        rx.cond(
            ScheduleState.refusal != "", rx.el.p(ScheduleState.refusal, class_name="notice notice--act", role="alert")
        ),
    )


def _appointment(row: rx.Var[Appointment]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(row.day), rx.el.span(row.clock, class_name="appointment-clock"), class_name="appointment-when"
        ),
        rx.el.div(
            rx.el.h2(row.title, class_name="appointment-title"),
            e.small(row.facts),
            rx.cond(row.news != "", rx.el.p(row.news, class_name="notice")),
            rx.cond(row.is_invited, _reply(row), _manage(row)),
            class_name="stack stack--tight",
        ),
    )


def _manage(row: rx.Var[Appointment]) -> rx.Component:
    """What one does with an interview of one's own."""
    is_open = ScheduleState.changing == row.id
    return rx.fragment(
        rx.el.div(
            _join(row),
            rx.cond(row.room != "", rx.el.a(_("Your practice room"), href=row.room, class_name="link")),
            _add_to_calendar(row),
            e.text_button(
                rx.cond(is_open, _("Leave it as it is"), _("Change it")), on_click=ScheduleState.toggle_change(row.id)
            ),
            e.text_button(_("Cancel it"), on_click=ScheduleState.cancel(row.id)),
            class_name="row",
        ),
        rx.cond(is_open, change_form(row)),
    )


def _reply(row: rx.Var[Appointment]) -> rx.Component:
    """What one does with an invitation: where its organizer did not say where one meets, one can ask."""
    return rx.fragment(
        rx.cond(
            row.has_declined, rx.el.p(_("You do not come. Whoever arranged it can see that."), class_name="notice")
        ),
        rx.el.div(
            rx.cond(
                row.is_elsewhere,
                rx.cond(~row.has_declined, _join(row)),
                A.create(_("Ask how to join"), href=row.organizer, class_name="button"),
            ),
            rx.cond(
                row.has_declined,
                e.text_button(_("I come after all"), on_click=ScheduleState.come_after_all(row.id)),
                rx.fragment(
                    _add_to_calendar(row),
                    rx.cond(~row.has_begun, e.text_button(_("Decline"), on_click=ScheduleState.decline(row.id))),
                ),
            ),
            class_name="row",
        ),
    )


def _join(row: rx.Var[Appointment]) -> rx.Component:
    style = rx.cond(row.is_soon, "button button--primary", "button")
    # Whoever runs the meeting's address need not learn which page led there, nor get hold of it.
    elsewhere = A.create(_("Join"), href=row.join, target="_blank", rel="noopener noreferrer", class_name=style)
    here = rx.el.a(_("Join"), href=row.join, class_name=style)
    return rx.cond(row.join != "", rx.cond(row.is_elsewhere, elsewhere, here))


def _add_to_calendar(row: rx.Var[Appointment]) -> rx.Component:
    # Not a link of the router: it is a file.
    return A.create(_("Add to calendar"), href=row.event, download=True, class_name="link")
