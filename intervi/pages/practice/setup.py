"""The set-up of an interview, ``/practice``: a short conversation, one question after the other."""

from collections.abc import Mapping

import reflex as rx

from intervi.components.recorder import device_check
from intervi.interviews.models import SessionType
from intervi.pages.practice import words
from intervi.pages.practice.setup_state import HOW, LONG, WAY, WHAT, SetupState
from intervi.translation import _

_BUTTON = {
    "min_height": "44px",
    "padding": "8px 20px",
    "border": "1px solid var(--line)",
    "border_radius": "999px",
    "background": "var(--card)",
    "color": "var(--ink)",
    "font": "inherit",
    "cursor": "pointer",
    "transition": "border-color 150ms ease-out",
    "_hover": {"border_color": "var(--ink-2)"},
    "_focus_visible": {"outline": "2px solid var(--pine)", "outline_offset": "2px"},
}
_CHOSEN = {"border_color": "var(--pine)", "box_shadow": "inset 0 0 0 1px var(--pine)"}
_PRIMARY = _BUTTON | {
    "background": "var(--pine)",
    "border_color": "var(--pine)",
    "color": "var(--on-pine)",
    "font_weight": "550",
    "_disabled": {"opacity": "0.5", "cursor": "default"},
}
_QUIET = {"color": "var(--ink-2)", "font_size": "13px", "line_height": "20px"}
_FIELD = {
    "width": "100%",
    "padding": "10px 14px",
    "border": "1px solid var(--line)",
    "border_radius": "10px",
    "background": "var(--card)",
    "color": "var(--ink)",
    "font": "inherit",
}


def page() -> rx.Component:
    """The conversation: what was said so far in one line each, and the question that is open."""
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
        style={"display": "grid", "gap": "8px", "max_width": "720px", "margin": "0 auto", "padding": "32px 0 64px"},
    )


def _opening() -> rx.Component:
    return rx.cond(
        SetupState.before_text != "",
        rx.el.div(
            rx.el.button(_("Same as last time"), type="button", style=_BUTTON, on_click=SetupState.as_last_time),
            rx.el.span(SetupState.before_text, style=_QUIET),
            style={
                "display": "flex",
                "flex_wrap": "wrap",
                "align_items": "center",
                "gap": "12px",
                "margin_bottom": "24px",
            },
        ),
    )


def _said(label: str, text: rx.Var[str], step: int) -> rx.Component:
    """What was answered to a question before the open one, and the way back to it."""
    return rx.cond(
        SetupState.step > step,
        rx.el.div(
            rx.el.span(label, style=_QUIET | {"min_width": "112px"}),
            rx.el.span(text, style={"flex": "1"}),
            rx.el.button(
                _("Change"),
                rx.el.span(label, style={"position": "absolute", "clip_path": "inset(50%)"}),
                type="button",
                on_click=SetupState.go_to(step),
                style={
                    "border": "0",
                    "background": "none",
                    "padding": "4px 0",
                    "color": "var(--pine)",
                    "font": "inherit",
                    "text_decoration": "underline",
                    "text_underline_offset": "3px",
                    "cursor": "pointer",
                },
            ),
            style={
                "display": "flex",
                "flex_wrap": "wrap",
                "align_items": "baseline",
                "gap": "4px 16px",
                "padding": "8px 0",
                "border_bottom": "1px solid var(--line)",
            },
        ),
    )


def _question(text: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.h1(
            text,
            style={
                "font_family": "var(--serif)",
                "font_size": "clamp(28px, 4vw, 36px)",
                "font_weight": "400",
                "line_height": "1.25",
                "margin": "0 0 8px",
            },
        ),
        *content,
        style={"display": "grid", "gap": "16px", "padding_top": "32px"},
    )


def _chips(
    label: str, options: Mapping[str | int, str], chosen: rx.Var, choose: rx.EventHandler, notes: Mapping | None = None
) -> rx.Component:
    """Options of which one holds, as a radio group of buttons."""
    return rx.el.div(
        *[
            rx.el.button(
                rx.el.span(text),
                rx.el.span(notes[value], style=_QUIET | {"display": "block"}) if notes else None,
                type="button",
                aria_pressed=chosen == value,
                on_click=choose(value),
                style=_BUTTON,
                class_name=rx.cond(chosen == value, "chosen", ""),
            )
            for value, text in options.items()
        ],
        role="group",
        aria_label=label,
        style={"display": "flex", "flex_wrap": "wrap", "gap": "8px", "& .chosen": _CHOSEN},
    )


def _continue(step: int) -> rx.Component:
    return rx.el.div(
        rx.el.button(_("Continue"), type="button", style=_PRIMARY, on_click=SetupState.go_to(step)),
        style={"padding_top": "16px"},
    )


def _what() -> rx.Component:
    return _question(
        _("What are you practising for?"),
        _chips(_("Field"), words.domains(), SetupState.domain, SetupState.choose_domain),
        rx.cond(SetupState.pasting, _job(), _paste_instead()),
    )


def _paste_instead() -> rx.Component:
    return rx.el.div(
        rx.el.button(_("Paste a job description instead"), type="button", style=_BUTTON, on_click=SetupState.paste)
    )


def _job() -> rx.Component:
    return rx.el.form(
        rx.el.label(_("Job title"), html_for="job-title"),
        rx.el.input(
            id="job-title",
            name="title",
            default_value=SetupState.job_title,
            max_length=300,
            style=_FIELD,
            auto_focus=True,
        ),
        rx.el.label(_("Job description, if you have one"), html_for="job-description"),
        rx.el.textarea(
            id="job-description",
            name="description",
            default_value=SetupState.job_description,
            max_length=20_000,
            rows="8",
            style=_FIELD,
        ),
        _error(),
        rx.el.div(rx.el.button(_("Continue"), type="submit", style=_PRIMARY)),
        on_submit=SetupState.take_job,
        style={"display": "grid", "gap": "8px"},
    )


def _how() -> rx.Component:
    return _question(
        _("How should it be?"),
        rx.el.p(_("Questions"), style=_QUIET),
        _chips(_("Questions"), words.kinds(), SetupState.kind, SetupState.choose_kind),
        rx.el.p(_("Level"), style=_QUIET),
        _chips(_("Level"), words.difficulties(), SetupState.difficulty, SetupState.choose_difficulty),
        rx.el.p(_("Who asks"), style=_QUIET),
        _chips(_("Who asks"), words.personas(), SetupState.persona, SetupState.choose_persona),
        _continue(LONG),
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
        rx.cond(in_writing, _("Everything is ready."), _("Can we see and hear you?")),
        rx.cond(
            in_writing,
            rx.el.p(_("You write your answers, and need neither camera nor microphone.")),
            device_check(way=SetupState.way, on_ready=SetupState.devices_ready, on_way=SetupState.choose_way),
        ),
        _error(),
        rx.el.div(
            rx.el.button(
                _("Start the interview"),
                type="button",
                style=_PRIMARY,
                disabled=~SetupState.ready,
                on_click=SetupState.start,
            ),
            style={"padding_top": "8px"},
        ),
    )


def _error() -> rx.Component:
    return rx.cond(SetupState.error != "", rx.el.p(SetupState.error, role="alert", style={"color": "var(--act)"}))
