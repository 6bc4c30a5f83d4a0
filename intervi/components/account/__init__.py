"""Signing in, registering and signing out: calls of the candidate contract, which sets the HttpOnly cookies that no script can."""

import reflex as rx

from intervi.translation import _

_LIBRARY = rx.asset("account.jsx", shared=True).importable_path


class AccountForm(rx.Component):
    """The form of the sign-in and of the registration page. The server says what is wrong, field by field."""

    library = _LIBRARY
    tag = "AccountForm"

    action: rx.Var[str]
    """The route it calls."""
    method: rx.Var[str] = rx.Var.create("POST")
    fields: rx.Var[list[dict]]
    """``{name, label, type, autocomplete, hint, optional}`` each."""
    submit: rx.Var[str]
    """What the button says."""
    next: rx.Var[str]
    """Where it leads; the server has made sure that it is a page of ours."""
    done: rx.Var[str] = rx.Var.create("")
    """What it says when the server has done it; if it is given, it leads nowhere."""
    words: rx.Var[dict]


class SignOut(rx.Component):
    """A button in the navigation."""

    library = _LIBRARY
    tag = "SignOut"

    label: rx.Var[str]
    failed: rx.Var[str]
    """What it says when the server did not end the login."""


def _words() -> dict[str, str]:
    return {
        "show": _("Show"),
        "hide": _("Hide"),
        "showPassword": _("Show the password"),
        "optional": _("optional"),
        "unreachable": _("The server cannot be reached. Please try again in a moment."),
    }


def sign_in_form(next_path: rx.Var[str]) -> rx.Component:
    """E-mail and password."""
    return AccountForm.create(
        action="/api/auth/login",
        fields=[
            _field("email", _("E-mail"), "email", "username"),
            _field("password", _("Password"), "password", "current-password"),
        ],
        submit=_("Sign in"),
        next=next_path,
        words=_words(),
    )


def register_form(next_path: rx.Var[str]) -> rx.Component:
    """What an account needs."""
    return AccountForm.create(
        action="/api/auth/register",
        fields=[
            _field("firstName", _("First name"), "text", "given-name", optional=True),
            _field("email", _("E-mail"), "email", "username"),
            _field(
                "password",
                _("Password"),
                "password",
                "new-password",
                hint=_("At least 8 characters. A few uncommon words make a good one."),
            ),
        ],
        submit=_("Create the account"),
        next=next_path,
        words=_words(),
    )


def password_form() -> rx.Component:
    """Another password for the one there is."""
    return AccountForm.create(
        action="/api/account/password",
        fields=[
            _field("currentPassword", _("Your password now"), "password", "current-password"),
            _field(
                "newPassword",
                _("Your new password"),
                "password",
                "new-password",
                hint=_("At least 8 characters. A few uncommon words make a good one."),
            ),
        ],
        submit=_("Change the password"),
        done=_("Your password is changed. Every other device is signed out."),
        next="",
        words=_words(),
    )


def delete_account_form() -> rx.Component:
    """The end of an account."""
    return AccountForm.create(
        action="/api/account",
        method="DELETE",
        fields=[_field("password", _("Your password"), "password", "current-password")],
        submit=_("Delete the account and everything in it"),
        next="/",
        words=_words(),
    )


def sign_out_button() -> rx.Component:
    """Ends the login and leads to the front page."""
    return SignOut.create(label=_("Sign out"), failed=_("Not signed out. Try again"))


def _field(name: str, label: str, kind: str, autocomplete: str, *, hint: str = "", optional: bool = False) -> dict:
    return {
        "name": name, "label": label, "type": kind, "autocomplete": autocomplete, "hint": hint, "optional": optional,
    }  # fmt: skip
