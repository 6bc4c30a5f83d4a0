"""The set-up of an interview, ``/practice``: a short conversation, one question after the other."""

from collections.abc import Callable, Mapping

import reflex as rx

from intervi.components import elements as e
from intervi.components.recorder import device_check
from intervi.components.words import unless_english
from intervi.interviews.models import SessionType
from intervi.pages import kinds
from intervi.pages.practice import words
from intervi.pages.practice.setup_state import HOW, LONG, WAY, WHAT, SetupState
from intervi.translation import _

_CHIPS = {
    "gap": "8px",
    "& .button": {"border_color": "var(--line)", "background": "var(--card)", "flex_direction": "column", "gap": "0"},
    "& .button[aria-pressed='true']": {
        "border_color": "var(--pine)",
        "background": "var(--pine-soft)",
        "box_shadow": "inset 0 0 0 1px var(--pine)",
    },
}
_SAID = {
    "display": "grid",
    "grid_template_columns": "120px minmax(0, 1fr) auto",
    "gap": "4px 16px",
    "align_items": "baseline",
    "padding": "8px 0",
    "border_bottom": "1px solid var(--line)",
    # A narrow window needs the room for what comes next; the answers speak for themselves.
    "@media (max-width: 640px)": {
        "grid_template_columns": "minmax(0, 1fr) auto",
        "padding": "4px 0",
        "& > .small": {"display": "none"},
    },
}


def page() -> rx.Component:
    """The conversation, once the page knows what was chosen last time: a click before that would be forgotten."""
    return rx.cond(rx.State.is_hydrated, _conversation(), e.loading(_("One moment.")))


def _conversation() -> rx.Component:
    """What was said so far in one line each, and the question that is open."""
    return rx.el.div(
        rx.cond(SetupState.step == WHAT, _opening()),
        _said(_("What for"), SetupState.what_text, WHAT),
        _said(_("How"), SetupState.how_text, HOW),
        _said(_("How long"), SetupState.long_text, LONG),
        _said(_("How you answer"), SetupState.way_text, WAY),
        rx.match(
            SetupState.step,
            (WHAT, _what()),
            (HOW, _how()),
            (LONG, _long()),
            (WAY, _way()),
            _check(),
        ),
        unless_english(e.small(words.english_questions(), style={"padding_top": "32px"})),
        style={"max_width": "720px", "margin": "0 auto"},
    )


def _opening() -> rx.Component:
    return rx.cond(
        SetupState.before_text != "",
        rx.el.div(
            e.button(_("Same as last time"), on_click=SetupState.as_last_time),
            e.small(SetupState.before_text),
            class_name="row",
        ),
    )


def _said(label: str, text: rx.Var[str], step: int) -> rx.Component:
    """What was answered to a question before the open one, and the way back to it."""
    return rx.cond(
        SetupState.step > step,
        rx.el.div(
            e.small(label),
            rx.el.span(text),
            e.text_button(
                rx.fragment(_("Change"), rx.el.span(label, class_name="unseen")), on_click=SetupState.go_to(step)
            ),
            style=_SAID,
        ),
    )


def _question(text: str | rx.Var[str], *content: rx.Component) -> rx.Component:
    return rx.el.section(e.title(text), *content, class_name="stack", style={"padding_top": "32px"})


def _chips(
    label: str,
    options: Mapping[str, str] | Mapping[int, str],
    chosen: rx.Var[str] | rx.Var[int],
    choose: Callable[..., rx.event.EventSpec],
    notes: Mapping[str, str] | Mapping[int, str] | None = None,
) -> rx.Component:
    """Options of which one holds, each with a note below it if there are notes."""
    return rx.el.div(
        *[
            rx.el.button(
                text,
                *([rx.el.span(notes[value], class_name="quiet small")] if notes else []),
                type="button",
                class_name="button",
                aria_pressed=chosen == value,
                on_click=choose(value),
            )
            for value, text in options.items()
        ],
        role="group",
        aria_label=label,
        class_name="row",
        style=_CHIPS,
    )


def _primary(text: str, **props: object) -> rx.Component:
    return rx.el.div(
        rx.el.button(text, type=props.pop("type", "button"), class_name="button button--primary", **props),
        style={"padding_top": "16px"},
    )


def _what() -> rx.Component:
    return _question(
        _("What are you practising for?"),
        _chips(_("Field"), words.domains(), SetupState.domain, SetupState.choose_domain),
        rx.cond(SetupState.pasting, _job(), _paste_instead()),
    )


def _paste_instead() -> rx.Component:
    return rx.el.div(e.text_button(_("Paste a job description instead"), on_click=SetupState.paste))


def _job() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label(_("Job title"), html_for="job-title", class_name="label"),
            rx.el.input(
                id="job-title",
                name="title",
                default_value=SetupState.job_title,
                max_length=300,
                class_name="input",
                auto_focus=True,
            ),
            class_name="field",
        ),
        rx.el.div(
            rx.el.label(_("Job description, if you have one"), html_for="job-description", class_name="label"),
            rx.el.textarea(
                id="job-description",
                name="description",
                default_value=SetupState.job_description,
                max_length=20_000,
                rows="7",
                class_name="input",
            ),
            class_name="field",
        ),
        _error(),
        _primary(_("Continue"), type="submit"),
        on_submit=SetupState.take_job,
        class_name="form",
    )


def _how() -> rx.Component:
    return _question(
        _("How should it be?"),
        e.small(_("Questions")),
        _chips(_("Questions"), kinds.choices(), SetupState.kind, SetupState.choose_kind),
        e.small(_("Level")),
        _chips(_("Level"), kinds.levels(), SetupState.difficulty, SetupState.choose_difficulty),
        e.small(_("Who asks")),
        _chips(_("Who asks"), words.personas(), SetupState.persona, SetupState.choose_persona),
        _primary(_("Continue"), on_click=SetupState.go_to(LONG)),
    )


def _long() -> rx.Component:
    return _question(
        _("How long do you have?"),
        _chips(_("Length"), words.lengths(), SetupState.minutes, SetupState.choose_minutes, words.length_notes()),
    )


def _way() -> rx.Component:
    return _question(
        _("How do you want to answer?"),
        _chips(_("Way of answering"), words.ways(), SetupState.way, SetupState.choose_way, words.way_notes()),
    )


def _check() -> rx.Component:
    in_writing = SetupState.way == SessionType.TEXT
    return _question(
        rx.match(
            SetupState.way,
            (SessionType.TEXT, _("Everything is ready.")),
            (SessionType.AUDIO, _("Can we hear you?")),
            _("Can we see and hear you?"),
        ),
        rx.cond(
            in_writing,
            rx.el.p(_("You write your answers, and need neither camera nor microphone.")),
            device_check(way=SetupState.way, on_ready=SetupState.devices_ready, on_way=SetupState.choose_way),
        ),
        _error(),
        _primary(_("Start the interview"), disabled=~SetupState.ready, on_click=SetupState.start),
    )


def _error() -> rx.Component:
    return rx.cond(SetupState.error != "", rx.el.p(SetupState.error, role="alert", class_name="hint hint--error"))
