"""Signing in and registering: ``/sign-in`` and ``/register``. The forms themselves talk to the candidate contract."""

import reflex as rx

from intervi.components import elements as e
from intervi.components.account import register_form, sign_in_form
from intervi.components.frame import page as frame
from intervi.pages.session import HOME, Session, safe_next
from intervi.translation import _


class DoorState(Session):
    """Where signing in leads."""

    next: str = HOME

    @rx.event
    async def open(self):
        """Takes the address to go on to, if it is ours; whoever is signed in already goes there at once."""
        self.next = safe_next(self.router.url.query_parameters.get("next", HOME))
        return rx.redirect(self.next, replace=True) if await self.is_signed_in() else None

    @rx.var
    def onward(self) -> str:
        """The ``next`` of a link to the other of the two pages; none if it is the usual one."""
        return "" if self.next == HOME else self.router.url.query


def sign_in() -> rx.Component:
    """E-mail and password."""
    return _door(
        _("Welcome back"),
        sign_in_form(DoorState.next),
        e.quiet(_("New here?"), " ", _other("/register", _("Create an account"))),
        here="/sign-in",
    )


def register() -> rx.Component:
    """A new account."""
    return _door(
        _("Create an account"),
        register_form(DoorState.next),
        e.quiet(_("You have one?"), " ", _other("/sign-in", _("Sign in"))),
        here="/register",
    )


def _door(text: str, *content: rx.Component, here: str) -> rx.Component:
    return frame(rx.el.div(e.title(text), *content, class_name="doorway"), here=here, signed_in=False)


def _other(address: str, text: str) -> rx.Component:
    return rx.el.a(text, href=rx.cond(DoorState.onward != "", f"{address}?" + DoorState.onward, address))
