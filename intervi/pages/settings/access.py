"""Who and what has access: the devices that are signed in, and API keys."""

from datetime import timedelta
from typing import Any

import reflex as rx

from intervi.accounts import api_keys, devices
from intervi.accounts import service as accounts
from intervi.clock import now
from intervi.errors import Conflict, InvalidInput, NotAuthenticated, NotFound
from intervi.ids import parse_id
from intervi.pages.session import SIGN_IN, Session
from intervi.pages.settings import view
from intervi.pages.settings.view import DeviceRow, KeyRow

EXPIRIES = ("30", "90", "365", "")
"""Days that a key may live; the last: until it is revoked."""


class DevicesState(Session):
    """Where the person is signed in."""

    rows: list[DeviceRow] = rx.field(default_factory=list)

    @rx.event
    async def open(self):
        """Reads the devices."""
        return await self._show()

    @rx.event
    async def sign_out(self, device_id: str):
        """Ends one login; one that has ended already is gone from the list."""
        try:
            async with self.signed_in() as (session, principal):
                if login_id := parse_id(device_id):
                    await devices.sign_out(session, principal, login_id)
        except NotFound:
            pass
        except NotAuthenticated:
            return self.to_sign_in()
        return await self._show()

    @rx.event
    async def sign_out_elsewhere(self):
        """Ends every other login."""
        try:
            async with self.signed_in() as (session, principal):
                await devices.sign_out_elsewhere(session, principal)
        except NotAuthenticated:
            return self.to_sign_in()
        return await self._show()

    @rx.event
    async def sign_out_everywhere(self):
        """Ends every login, this one too."""
        try:
            async with self.signed_in() as (session, principal):
                await devices.sign_out_everywhere(session, principal)
        except NotAuthenticated:
            pass
        return rx.redirect(SIGN_IN)

    async def _show(self):
        try:
            async with self.signed_in() as (session, principal):
                user = await accounts.user_of(session, principal)
                self.rows = view.device_rows(await devices.of_user(session, principal), user.time_zone)
        except NotAuthenticated:
            return self.to_sign_in()
        return None


class KeysState(Session):
    """The person's API keys."""

    rows: list[KeyRow] = rx.field(default_factory=list)
    secret: str = ""
    """Of a key that was just made: shown until one has read it, and kept nowhere."""
    refusal: str = ""

    @rx.event
    async def open(self):
        """Reads the keys."""
        self.secret = self.refusal = ""
        return await self._show()

    @rx.event
    async def make(self, form: dict[str, Any]):
        """Makes a key, and shows it once."""
        days = str(form.get("days", ""))
        self.refusal = self.secret = ""
        try:
            async with self.signed_in() as (session, principal):
                made = await api_keys.create(
                    session,
                    principal,
                    name=str(form.get("key_name", "")),
                    scopes=[scope for scope in api_keys.Scope if form.get(scope.value)],
                    expires_at=now() + timedelta(days=int(days)) if days in EXPIRIES and days else None,
                )
        except NotAuthenticated:
            return self.to_sign_in()
        except InvalidInput as refusal:
            self.refusal = " ".join(text for texts in refusal.details.values() for text in texts)
            return None
        except Conflict as refusal:
            self.refusal = refusal.message
            return None
        self.secret = made.secret
        return await self._show()

    @rx.event
    def forget(self):
        """The key was read."""
        self.secret = ""

    @rx.event
    async def revoke(self, key_id: str):
        """Ends a key at once."""
        try:
            async with self.signed_in() as (session, principal):
                if known := parse_id(key_id):
                    await api_keys.revoke(session, principal, known)
        except NotFound:
            pass
        except NotAuthenticated:
            return self.to_sign_in()
        return await self._show()

    async def _show(self):
        try:
            async with self.signed_in() as (session, principal):
                user = await accounts.user_of(session, principal)
                self.rows = view.key_rows(await api_keys.of_user(session, principal), user.time_zone)
        except NotAuthenticated:
            return self.to_sign_in()
        return None
