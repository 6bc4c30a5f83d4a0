"""The two forms of the schedule: planning one's practice, and changing what is arranged."""

import reflex as rx

from intervi.components import elements as e
from intervi.pages import kinds
from intervi.pages.practice import words
from intervi.pages.schedule.state import ScheduleState
from intervi.pages.schedule.view import Appointment
from intervi.translation import _


def plan_form() -> rx.Component:
    """A practice interview at a time of one's own."""
    return rx.el.form(
        _when("plan"),
        _choice(_("Field"), "domain", {"": _("Whatever comes"), **words.domains()}),
        _choice(_("Questions"), "kind", kinds.choices()),
        _choice(_("Length"), "minutes", {str(minutes): text for minutes, text in words.lengths().items()}, "20"),
        # Empty again for the next one.
        rx.fragment(
            _meeting_url("plan", _("Optional: where you meet whoever practises with you.")),
            key=ScheduleState.planned.to_string(),
        ),
        _other("plan"),
        rx.el.div(e.button(_("Put it into the schedule"), type="submit"), class_name="row"),
        on_submit=ScheduleState.plan,
        class_name="form",
    )


def change_form(row: rx.Var[Appointment]) -> rx.Component:
    """Another time (until it has begun), another address, or none."""
    return rx.el.form(
        rx.cond(row.wall_day != "", _when("change", row.wall_day, row.wall_time)),
        _meeting_url("change", _("Where everybody joins. Leave it empty if there is none."), row.address),
        _other("change"),
        rx.el.div(e.button(_("Keep the change"), type="submit"), class_name="row"),
        on_submit=ScheduleState.change,
        class_name="form appointment-change",
    )


def _when(form: str, day: e.Text = "", at: e.Text = "") -> rx.Component:
    error = _said_to(form, ScheduleState.errors.day)
    hint = f"{form}-when-hint"

    def part(label: str, name: str, kind: str, value: e.Text) -> rx.Component:
        return _field(label, f"{form}-{name}", name, value, error, hint, type=kind, required=True)

    return rx.el.div(
        rx.el.div(
            part(_("Day"), "day", "date", day), part(_("Time"), "at", "time", at), class_name="columns columns--pair"
        ),
        rx.cond(error != "", rx.el.p(error, id=hint, role="alert", class_name="hint hint--error")),
        class_name="field",
    )


def _meeting_url(form: str, hint: str, value: e.Text = "") -> rx.Component:
    error = _said_to(form, ScheduleState.errors.meeting_url)
    name = f"{form}-meeting-url"
    # Not of the type "url": a browser would refuse in words of its own, and by other rules.
    field = _field(
        _("Address of the meeting"),
        name,
        "meeting_url",
        value,
        error,
        f"{name}-hint",
        input_mode="url",
        auto_complete="off",
        spell_check=False,
        placeholder="https://meet.example.com/room",
    )
    said = rx.cond(error != "", error, hint)
    style = rx.cond(error != "", "hint hint--error", "hint")
    return rx.el.div(field, rx.el.p(said, id=f"{name}-hint", aria_live="polite", class_name=style), class_name="field")


def _field(
    label: str, id_: str, name: str, value: e.Text, error: rx.Var[str], hint: str, **props: object
) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=id_, class_name="label"),
        rx.el.input(
            id=id_,
            name=name,
            default_value=value,
            aria_invalid=rx.cond(error != "", "true", "false"),
            aria_describedby=hint,
            class_name="input",
            **props,
        ),
        class_name="field",
    )


def _choice(label: str, name: str, choices: dict[str, str], chosen: str = "") -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="label"),
        rx.el.select(
            *(rx.el.option(text, value=value) for value, text in choices.items()),
            id=name,
            name=name,
            default_value=chosen or next(iter(choices)),
            class_name="input",
        ),
        class_name="field",
    )


def _said_to(form: str, error: rx.Var[str]) -> rx.Var[str]:
    """What is wrong, in the form that it was entered in."""
    return rx.cond(ScheduleState.errors.form == form, error, "")


def _other(form: str) -> rx.Component:
    text = _said_to(form, ScheduleState.errors.other)
    return rx.cond(text != "", rx.el.p(text, role="alert", class_name="notice notice--act"))
