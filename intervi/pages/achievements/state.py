"""What the page of achievements knows, and how it follows what happens."""

from contextlib import aclosing

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import service as accounts
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.pages import live
from intervi.pages.achievements import view
from intervi.pages.achievements.view import Shown
from intervi.pages.session import Session
from intervi.progress import service as progress

ROWS = 10
"""Interviews of the ledger at a time."""


class AchievementsState(Session):
    """Everything earned so far."""

    is_loaded: bool = False
    is_failed: bool = False
    shown: Shown = Shown()
    _rows: int = ROWS
    _watch: str = ""

    @rx.event
    async def open(self):
        """Shows the page, and follows it from then on."""
        self._rows = ROWS
        return await self._show() or AchievementsState.follow

    @rx.event
    async def more(self):
        """Shows older interviews of the ledger too."""
        self._rows += ROWS
        return await self._show()

    @rx.event
    async def switch(self, is_on: bool):
        """Shows points, streaks and achievements everywhere, or nowhere."""
        return await self._show(is_on=is_on)

    @rx.event(background=True)
    async def follow(self):
        """Shows new achievements as they come."""
        async with aclosing(live.followed(self)) as heard:
            async for event in heard:
                if event.get("kind") == "achievement" and (leave := await self._show()) is not None:
                    yield leave
                    return

    async def _show(self, *, is_on: bool | None = None):
        """Switches if asked to, and reads everything anew; where to go instead, if nobody is signed in."""

        async def switched(session: AsyncSession, principal: Principal) -> Shown:
            if is_on is not None:
                await progress.switch(session, principal, is_on=is_on)
            return await read(session, principal, self._rows)

        return await self._read_anew(switched)


async def read(session: AsyncSession, principal: Principal, rows: int) -> Shown:
    """Everything the page shows of a principal, with so many interviews of the ledger."""
    user = await accounts.user_of(session, principal)
    return view.shown(
        await progress.standing(session, principal),
        await progress.achievement_progress(session, principal),
        # One more than is shown tells whether there are older ones.
        await progress.ledger(session, principal, limit=rows + 1),
        rows=rows,
        time_zone=user.time_zone,
        today=now(),
    )
