"""The settings as they are drawn: a section for each matter, and each change kept at once."""

import reflex as rx
from reflex_components_core.el.elements.inline import A

from intervi.accounts import profile
from intervi.accounts.api_keys import Scope
from intervi.components import elements as e
from intervi.components.account import delete_account_form, password_form, sign_out_button
from intervi.components.frame import page as frame
from intervi.pages.calendar_address import calendar_address
from intervi.pages.settings.access import EXPIRIES, DevicesState, KeysState
from intervi.pages.settings.state import SettingsState
from intervi.pages.settings.view import DeviceRow, KeyRow
from intervi.progress import rules
from intervi.translation import LANGUAGES, _

_SHOWN = SettingsState.shown


def page() -> rx.Component:
    """The page."""
    return frame(
        rx.el.div(
            e.title(_("Settings")),
            rx.cond(SettingsState.is_loaded, _whole(), e.loading(_("Loading your settings"))),
            class_name="stack stack--wide",
        ),
        here="/settings",
    )


def _whole() -> rx.Component:
    sections = {
        "profile": (_("You"), _profile()),
        "practice": (_("How you practise"), _practice()),
        "recordings": (_("Recordings and privacy"), _recordings()),
        "calendar": (_("Calendar"), _calendar()),
        "another-password": (_("Password"), _password()),
        "devices": (_("Where you are signed in"), _devices()),
        "keys": (_("API keys"), _keys()),
        "data": (_("Your data"), _data()),
    }
    return rx.el.div(
        rx.el.nav(
            *(A.create(title, href=f"#{name}") for name, (title, _content) in sections.items()),
            aria_label=_("Sections"),
            class_name="settings-index",
        ),
        rx.el.div(
            *(e.card(_section_head(name, title), content, id=name) for name, (title, content) in sections.items()),
            class_name="stack settings-sections",
        ),
        class_name="settings",
    )


_SAYING = {"profile", "practice", "recordings"}


def _section_head(section: str, title: str) -> rx.Component:
    """Its title, and beside it what came of the last change: nothing moves by that."""
    if section not in _SAYING:
        return e.heading(title)
    return rx.el.div(e.heading(title), _said(section), class_name="row row--between")


def _said(section: str) -> rx.Component:
    here = SettingsState.said_in == section
    return rx.el.p(
        rx.cond(here, SettingsState.said, ""),
        role="status",
        class_name=rx.cond(here & SettingsState.is_refused, "hint hint--error", "hint"),
    )


# --- you ------------------------------------------------------------------------------------------------------------


def _profile() -> rx.Component:
    return rx.el.div(
        rx.el.form(
            rx.el.div(
                _field(_("First name"), "first_name", "given-name", _SHOWN.first_name),
                _field(_("Last name"), "last_name", "family-name", _SHOWN.last_name),
                class_name="columns",
            ),
            rx.el.div(rx.el.button(_("Save the name"), type="submit", class_name="button"), class_name="row"),
            on_submit=SettingsState.save_names,
            class_name="form",
        ),
        rx.el.dl(rx.el.dt(_("E-mail"), class_name="label"), rx.el.dd(_SHOWN.email, class_name="settings-value")),
        rx.el.div(
            _select(
                _("Time zone"),
                "time-zone",
                [(zone, zone.replace("_", " ")) for zone in sorted(profile.time_zones())],
                _SHOWN.time_zone,
                SettingsState.choose_time_zone,
                hint=_SHOWN.here,
            ),
            _select(
                _("Language"),
                "language",
                [("", _("As my browser asks for")), *LANGUAGES.items()],
                _SHOWN.language,
                SettingsState.choose_language,
            ),
            class_name="columns",
        ),
        class_name="stack",
    )


def _field(label: str, name: str, autocomplete: str, value: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="label"),
        rx.el.input(
            id=name,
            name=name,
            default_value=value,
            max_length=profile.MAX_NAME_CHARACTERS,
            auto_complete=autocomplete,
            class_name="input",
        ),
        class_name="field",
    )


# --- how one practises ----------------------------------------------------------------------------------------------


def _practice() -> rx.Component:
    return rx.el.div(
        _select(
            _("Weekly goal"),
            "weekly-goal",
            [(str(days), str(days)) for days in rules.WEEKLY_GOALS],
            _SHOWN.weekly_goal,
            SettingsState.choose_goal,
            hint=_("Days of practice from Monday to Sunday."),
        ),
        _switch(
            "progress",
            _("Points, streaks and achievements"),
            _("Switched off, none of it is shown anywhere. It is kept, so that you can switch it on again."),
            _SHOWN.progress_on,
            SettingsState.switch_progress,
        ),
        _switch(
            "nudges",
            _("Hints while you speak"),
            _("One short line at a time, such as “A little slower?”. It fades, and stops nothing."),
            _SHOWN.live_nudges,
            SettingsState.switch_nudges,
        ),
        class_name="stack",
    )


# --- recordings -----------------------------------------------------------------------------------------------------


def _recordings() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.label(_("Keep recordings"), html_for="retention", class_name="label"),
            rx.el.select(
                rx.foreach(_SHOWN.retention_choices, lambda choice: rx.el.option(choice[1], value=choice[0])),
                id="retention",
                value=_SHOWN.retention,
                on_change=SettingsState.choose_retention,
                class_name="input",
            ),
            rx.el.p(
                _("What was said and measured stays, with its reports."), " ", _SHOWN.retention_note, class_name="hint"
            ),
            class_name="field settings-field",
        ),
        _switch(
            "expressions",
            _("Estimate my face’s expression"),
            _(
                "An estimate, part of no score. Switched off, none is made, and those there were are removed from everything "
                "that was measured."
            ),
            _SHOWN.expressions,
            SettingsState.switch_expressions,
        ),
        class_name="stack",
    )


def _calendar() -> rx.Component:
    return rx.el.div(
        e.quiet(
            _(
                "Calendar programs read what you have scheduled from a secret address. Whoever knows it sees when and what, "
                "and nothing else."
            )
        ),
        calendar_address(),
        class_name="stack",
    )


# --- access ---------------------------------------------------------------------------------------------------------


def _password() -> rx.Component:
    return rx.el.div(
        e.quiet(_("Another password signs out every other device.")),
        password_form(),
        class_name="stack settings-field",
    )


def _devices() -> rx.Component:
    return rx.el.div(
        rx.el.ul(rx.foreach(DevicesState.rows, _device), class_name="settings-rows"),
        rx.el.div(
            rx.cond(
                DevicesState.rows.length() > 1,
                e.button(_("Sign out everywhere else"), on_click=DevicesState.sign_out_elsewhere),
            ),
            e.button(_("Sign out everywhere"), on_click=DevicesState.sign_out_everywhere),
            sign_out_button(),
            class_name="row",
        ),
        class_name="stack",
    )


def _device(row: rx.Var[DeviceRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.strong(row.name), e.small(row.facts)),
        rx.cond(
            row.is_here,
            rx.el.span(_("this device"), class_name="tag"),
            e.text_button(_("Sign out"), on_click=DevicesState.sign_out(row.id)),
        ),
    )


def _keys() -> rx.Component:
    return rx.el.div(
        e.quiet(
            _("A key lets a program of yours call the interfaces without your password."),
            " ",
            A.create(_("What they are"), href="/docs"),
        ),
        rx.cond(KeysState.secret != "", _secret()),
        rx.el.ul(rx.foreach(KeysState.rows, _key), class_name="settings-rows"),
        rx.el.details(rx.el.summary(_("Make a key")), _new_key()),
        class_name="stack",
    )


def _secret() -> rx.Component:
    return rx.el.div(
        rx.el.label(_("Your new key. It is shown this once: copy it now."), html_for="new-key", class_name="label"),
        rx.el.input(id="new-key", value=KeysState.secret, read_only=True, class_name="input secret"),
        rx.el.div(
            e.button(_("Copy"), on_click=rx.set_clipboard(KeysState.secret)),
            e.text_button(_("I have it"), on_click=KeysState.forget),
            class_name="row",
        ),
        class_name="notice stack",
        role="status",
    )


def _key(row: rx.Var[KeyRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.strong(row.name), " ", rx.el.span(row.hint, class_name="quiet secret"), e.small(row.facts)),
        e.text_button(_("Revoke"), on_click=KeysState.revoke(row.id)),
    )


def _new_key() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            _field(_("Name"), "key_name", "off", rx.Var.create("")),
            rx.el.div(
                rx.el.label(_("It ends"), html_for="days", class_name="label"),
                rx.el.select(
                    *(rx.el.option(text, value=days) for days, text in _expiries().items()),
                    id="days",
                    name="days",
                    default_value=EXPIRIES[1],
                    class_name="input",
                ),
                class_name="field",
            ),
            class_name="columns",
        ),
        rx.el.fieldset(
            rx.el.legend(_("What it may do"), class_name="label"),
            *(
                rx.el.label(
                    rx.el.input(type="checkbox", name=scope.value, default_checked=True),
                    rx.el.span(_scope(scope)),
                    class_name="check",
                )
                for scope in Scope
            ),
            class_name="checks",
        ),
        rx.el.p(KeysState.refusal, role="alert", class_name="hint hint--error"),
        rx.el.div(rx.el.button(_("Make the key"), type="submit", class_name="button"), class_name="row"),
        on_submit=KeysState.make,
        class_name="form",
    )


def _expiries() -> dict[str, str]:
    return dict(zip(EXPIRIES, (_("in 30 days"), _("in 90 days"), _("in a year"), _("when I revoke it")), strict=True))


def _scope(scope: Scope) -> str:
    return {
        Scope.INTERVIEWS_READ: _("read interviews"),
        Scope.INTERVIEWS_WRITE: _("change interviews"),
        Scope.TRANSCRIPTION_READ: _("read transcripts"),
        Scope.TRANSCRIPTION_WRITE: _("send recordings, change transcripts"),
        Scope.ANALYSIS_READ: _("read analyses"),
        Scope.ANALYSIS_WRITE: _("have interviews analysed"),
        Scope.SCHEDULING_READ: _("read the schedule"),
        Scope.SCHEDULING_WRITE: _("change the schedule"),
    }[scope]


# --- everything -----------------------------------------------------------------------------------------------------


def _data() -> rx.Component:
    return rx.el.div(
        e.quiet(
            _("Everything that is kept of you as one ZIP file: each row of the database as JSON, and every recording.")
        ),
        # Not a link of the router: it is a file.
        rx.el.div(
            A.create(_("Export everything"), href="/api/account/export", download=True, class_name="button"),
            class_name="row",
        ),
        rx.el.details(
            rx.el.summary(_("Delete the account")),
            rx.el.div(
                rx.el.p(
                    _(
                        "Interviews, recordings, reports, points, keys and settings are gone at once, and nobody can bring them back. "
                        "Export them first if you may want them."
                    )
                ),
                delete_account_form(),
                class_name="stack settings-field",
            ),
        ),
        class_name="stack",
    )


# --- parts ----------------------------------------------------------------------------------------------------------


def _select(
    label: str,
    name: str,
    choices: list[tuple[str, str]],
    value: rx.Var[str],
    on_change: rx.EventHandler,
    *,
    hint: str | rx.Var[str] = "",
) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="label"),
        rx.el.select(
            *(rx.el.option(text, value=key) for key, text in choices),
            id=name,
            value=value,
            on_change=on_change,
            class_name="input",
            aria_describedby=f"{name}-hint",
        ),
        rx.el.p(hint, id=f"{name}-hint", class_name="hint"),
        class_name="field settings-field",
    )


def _switch(name: str, label: str, hint: str, is_on: rx.Var[bool], on_change: rx.EventHandler) -> rx.Component:
    return rx.el.div(
        rx.el.input(
            type="checkbox",
            role="switch",
            id=name,
            checked=is_on,
            on_change=on_change,
            aria_describedby=f"{name}-hint",
            class_name="toggle",
        ),
        rx.el.div(
            rx.el.label(label, html_for=name),
            rx.el.p(hint, id=f"{name}-hint", class_name="quiet small"),
        ),
        class_name="settings-switch",
    )
