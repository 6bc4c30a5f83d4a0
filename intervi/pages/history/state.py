"""What the history knows and does. What is looked for stands in the address, and nowhere else."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import service as accounts
from intervi.accounts.principal import Principal
from intervi.analysis import search as words
from intervi.clock import now
from intervi.errors import NotAuthenticated, NotFound
from intervi.ids import parse_id
from intervi.interviews import history
from intervi.interviews import service as interviews
from intervi.interviews.history import Search
from intervi.pages import live
from intervi.pages.history import view
from intervi.pages.history.view import Shown
from intervi.pages.session import Session
from intervi.translation import _

ROWS = 20
_CHOOSABLE = frozenset({"domain", "kind", "difficulty", "status", "since", "until", "order"})


class HistoryState(Session):
    """One page of the diary."""

    is_loaded: bool = False
    is_failed: bool = False
    is_busy: bool = False
    """Another list is on its way; the one that is shown is not what the address asks for."""
    shown: Shown = Shown()
    ticked: list[str] = rx.field(default_factory=list)
    """Those to be compared: two at most, the one ticked last at the end."""
    deleted: str = ""
    """What was deleted last and can be taken back."""
    notice: str = ""
    _watch: str = ""

    @rx.event
    async def open(self):
        """Reads what the address asks for, and follows it from then on."""
        self.notice = ""
        # Told at once, or whoever goes back or on a page sees nothing happen until the list has been read.
        self.is_busy = self.is_loaded
        yield
        try:
            leave = await self._show()
        finally:
            self.is_busy = False
        yield leave or HistoryState.follow

    # --- looking for something: each leads to an address ---

    @rx.event
    def look_for(self, form: dict[str, Any]):
        """Words in questions and answers."""
        return self._to(self._search_with("words", str(form.get("words", ""))))

    @rx.event
    def choose(self, name: str, value: str):
        """One filter, or the order."""
        return self._to(self._search_with(name, value)) if name in _CHOOSABLE else None

    @rx.event
    def choose_band(self, band: str):
        """A band of scores."""
        return self._to(view.in_band(self._search, band))

    # --- doing something to what was found ---

    @rx.event
    def tick(self, interview_id: str):
        """Takes one into the comparison, or out of it; a third takes the place of the first."""
        others = [each for each in self.ticked if each != interview_id]
        self.ticked = others if interview_id in self.ticked else [*others, interview_id][-2:]

    @rx.event
    def untick(self):
        """Compares none."""
        self.ticked = []

    @rx.event
    async def delete(self, interview_id: str):
        """Deletes an interview; for some seconds that can be taken back."""
        known = parse_id(interview_id)
        leave = await self._do(interviews.delete_soon, known)
        if leave is None and not self.notice:
            self.deleted = str(known)
            self.ticked = [each for each in self.ticked if each != interview_id]
            return HistoryState.let_go
        return leave

    @rx.event
    async def undelete(self):
        """Takes the last deletion back."""
        known, self.deleted = parse_id(self.deleted), ""
        return await self._do(interviews.undelete, known)

    @rx.event(background=True)
    async def let_go(self):
        """Takes the offer away when it ends. The deletion itself does not wait for this page."""
        async with self:
            offered = self.deleted
        await asyncio.sleep(interviews.UNDO_SECONDS)
        async with self:
            if self.deleted == offered:
                self.deleted = ""

    # --- being true while it is open ---

    @rx.event(background=True)
    async def follow(self):
        """Keeps the list true while the page is open."""
        async with aclosing(live.followed(self)) as heard:
            async for event in heard:
                is_due = any(entry.row.kind == "working" for entry in self.shown.lines)
                if (event is not live.TICK or is_due) and (leave := await self._show()) is not None:
                    yield leave
                    return

    @property
    def _search(self) -> Search:
        return Search.of_address(self.router.url.query_parameters)

    def _search_with(self, name: str, value: str) -> Search:
        return Search.of_address({**self.router.url.query_parameters, name: value})

    def _to(self, wanted: Search):
        """To the first page of it, unless that is where one is: the way back has each step once."""
        if wanted == self._search:
            return None
        self.is_busy = True
        return rx.redirect(replace(wanted, page=1).address(view.PATH))

    async def _do(self, act, interview_id: UUID | None):
        """Does something to one interview for whoever is signed in, then shows how things are."""
        self.notice = ""
        try:
            async with self.signed_in() as (session, principal):
                if interview_id is None:
                    raise NotFound("")
                await act(session, principal, interview_id)
        except NotAuthenticated:
            return self.to_sign_in()
        except NotFound:
            self.notice = _("This interview is not there any more.")
        return await self._show()

    async def _show(self):
        return await self._read_anew(lambda session, principal: read(session, principal, self._search))


async def read(session: AsyncSession, principal: Principal, search: Search) -> Shown:
    """The page that a principal is shown of what they look for; the last one, if the address asks for one beyond it."""
    user = await accounts.user_of(session, principal)
    among = words.interviews_with(principal, search.words) if search.words else None
    which = search.filter(time_zone=user.time_zone, among=among)
    found = await history.page(session, principal, number=search.page, size=ROWS, which=which, order=search.order)
    if found.total and not found.interviews:
        found = await history.page(session, principal, number=found.pages, size=ROWS, which=which, order=search.order)
    ids = [each.id for each in found.interviews]
    return view.shown(
        search,
        found,
        await words.passages(session, principal, ids, search.words) if search.words else {},
        await history.domains(session, principal),
        time_zone=user.time_zone,
        today=now(),
    )
