"""The secret address of one's calendar, for the schedule and the settings: shown when asked for, and made anew when it got about."""

import reflex as rx

from intervi.components import elements as e
from intervi.errors import NotAuthenticated
from intervi.pages.session import Session
from intervi.scheduling import calendar
from intervi.translation import _


class CalendarAddress(Session):
    """The address, once one has asked for it."""

    address: str = ""

    @rx.event
    def hide(self):
        """Whoever looks over one's shoulder sees nothing of it."""
        self.address = ""

    @rx.event
    async def show(self):
        """Shows the address."""
        return await self._read()

    @rx.event
    async def renew(self):
        """Ends every address given out so far, and shows a new one."""
        return await self._read(anew=True)

    async def _read(self, *, anew: bool = False):
        try:
            async with self.signed_in() as (session, principal):
                if anew:
                    await calendar.revoke_key(session, principal)
                self.address = await calendar.feed_address(session, principal)
        except NotAuthenticated:
            return self.to_sign_in()
        return None


def calendar_address() -> rx.Component:
    """The address with what can be done about it."""
    return rx.cond(
        CalendarAddress.address != "",
        rx.el.div(
            rx.el.label(_("Your calendar’s address"), html_for="calendar-address", class_name="label"),
            rx.el.input(
                id="calendar-address", value=CalendarAddress.address, read_only=True, class_name="input secret"
            ),
            rx.el.div(
                e.button(_("Copy"), on_click=rx.set_clipboard(CalendarAddress.address)),
                e.text_button(
                    _("Make a new one; the old one shows nothing from then on"), on_click=CalendarAddress.renew
                ),
                e.text_button(_("Hide"), on_click=CalendarAddress.hide),
                class_name="row",
            ),
            class_name="stack",
        ),
        rx.el.div(e.button(_("Show the address"), on_click=CalendarAddress.show), class_name="row"),
    )
