"""What the page knows of the person's own settings, and how it changes them: each at once, with a word beside it."""

from collections.abc import Mapping
from typing import Any

import reflex as rx

from intervi.accounts import profile
from intervi.accounts import service as accounts
from intervi.analysis import expressions
from intervi.errors import InvalidInput, NotAuthenticated
from intervi.pages.session import Session
from intervi.pages.settings import view
from intervi.pages.settings.view import Shown
from intervi.progress import service as progress
from intervi.translation import _


class SettingsState(Session):
    """Everything that is kept in the account itself."""

    is_loaded: bool = False
    shown: Shown = Shown()
    said: str = ""
    """What came of the last change …"""
    said_in: str = ""
    """… and the section that it belongs to."""
    is_refused: bool = False

    @rx.event
    async def open(self):
        """Reads the settings."""
        self.said = ""
        return await self._change("", {})

    @rx.event
    async def save_names(self, form: dict[str, Any]):
        """First and last name."""
        names = {name: str(form.get(name, "")) for name in ("first_name", "last_name")}
        return await self._change("profile", names)

    @rx.event
    async def choose_time_zone(self, time_zone: str):
        """Where one lives, by the clock."""
        return await self._change("profile", {"time_zone": time_zone})

    @rx.event
    async def choose_language(self, language: str):
        """What the pages speak."""
        return await self._change("profile", {"language": language})

    @rx.event
    async def choose_goal(self, days: str):
        """Days of practice a week."""
        return await self._change("practice", {"weekly_goal_days": int(days) if days.isdecimal() else 0})

    @rx.event
    async def switch_progress(self, is_on: bool):
        """Points, streaks and achievements, or none of it."""
        return await self._change("practice", {"progress_enabled": is_on})

    @rx.event
    async def switch_nudges(self, is_on: bool):
        """Whether anything is said while one speaks."""
        return await self._change("practice", {"live_nudges": is_on})

    @rx.event
    async def switch_expressions(self, is_on: bool):
        """Whether the face's expression may be estimated."""
        return await self._change("recordings", {"expressions": is_on})

    @rx.event
    async def choose_retention(self, days: str):
        """How long recordings are kept."""
        return await self._change("recordings", {"retention_days": int(days) if days.isdecimal() else None})

    async def _change(self, section: str, changes: Mapping[str, Any]):
        try:
            async with self.signed_in() as (session, principal):
                for name, value in changes.items():
                    match name:
                        case "weekly_goal_days":
                            await progress.set_weekly_goal(session, principal, value)
                        case "progress_enabled":
                            await progress.switch(session, principal, is_on=value)
                        case "expressions":
                            await expressions.switch(session, principal, is_on=value)
                        case _:
                            await profile.change(session, principal, {name: value})
                user = await accounts.user_of(session, principal)
        except NotAuthenticated:
            return self.to_sign_in()
        except InvalidInput as refusal:
            self._say(section, " ".join(text for texts in refusal.details.values() for text in texts), is_refused=True)
            return None
        self.shown, self.is_loaded = view.shown(user), True
        if changes:
            self.speak(user.language)
            self._say(section, _("Saved."))
        return None

    def _say(self, section: str, text: str, *, is_refused: bool = False) -> None:
        self.said, self.said_in, self.is_refused = text, section, is_refused
