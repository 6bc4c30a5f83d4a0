"""What the schedule knows, and what one does on it."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

import reflex as rx

from intervi.accounts import addresses
from intervi.accounts import service as accounts
from intervi.clock import now
from intervi.errors import InterviError, NotAuthenticated
from intervi.ids import parse_id
from intervi.pages.schedule import view
from intervi.pages.schedule.view import Appointment
from intervi.pages.session import Session
from intervi.scheduling import invited, own, service
from intervi.translation import N_, _, fill

NEWS = "schedule-news"
"""The id of what is said about the last thing that was done: where the keyboard goes on from when its button has gone."""


@dataclass(frozen=True)
class Errors:
    """What is wrong with what was entered, by its field."""

    form: str = ""
    """``plan`` or ``change``; empty: nothing is wrong."""
    day: str = ""
    meeting_url: str = ""
    other: str = ""
    """With none of these in particular."""

    @classmethod
    def of(cls, form: str, refusal: InterviError) -> "Errors":
        """What a service has refused."""
        texts = {field: " ".join(found) for field, found in refusal.details.items()}
        by_field = {field: texts.pop(field) for field in ("day", "meeting_url") if field in texts}
        return cls(
            form, **by_field, other="" if by_field and not texts else " ".join(texts.values()) or refusal.message
        )


class ScheduleState(Session):
    """What is coming."""

    is_loaded: bool = False
    appointments: tuple[Appointment, ...] = ()
    time_zone: str = ""
    cancelled: str = ""
    """The id of what was just cancelled, as long as it can be taken back …"""
    news: str = ""
    """… and what is said about it, or about what was just planned."""
    refusal: str = ""
    errors: Errors = Errors()
    """What is wrong with what was entered: in the plan, or in the appointment that is being changed."""
    changing: str = ""
    """The id of that appointment."""
    planned: int = 0
    """So many were planned: the address of one is not that of the next."""
    invited_as: str = ""
    """By which address others invite, and what is still to be done for it."""

    @rx.event
    async def open(self):
        """Shows what is coming. Whoever follows the link of an invitation has proved their address by it."""
        self._forget()
        self.changing = ""
        if proof := self.router.url.query_parameters.get("invitation", ""):
            try:
                async with self.signed_in() as (session, principal):
                    await addresses.prove(session, principal, proof)
            except NotAuthenticated:
                return self.to_sign_in()
            except InterviError as refusal:
                self.refusal = refusal.message
        return await self._show()

    @rx.event
    async def plan(self, form: dict[str, Any]):
        """Arranges a practice interview."""
        self._forget()
        when = _when(form)
        if when is None:
            self.errors = Errors("plan", day=_("Choose a day and a time."))
            return None
        minutes = str(form.get("minutes"))
        try:
            async with self.signed_in() as (session, principal):
                await own.plan(
                    session,
                    principal,
                    *when,
                    domain=str(form.get("domain") or "") or None,
                    question_kind=str(form.get("kind") or "mixed"),
                    duration_minutes=int(minutes) if minutes.isdecimal() and len(minutes) < 4 else 0,
                    meeting_url=_address(form),
                )
        except NotAuthenticated:
            return self.to_sign_in()
        except InterviError as refusal:
            self.errors = Errors.of("plan", refusal)
            return None
        self.news = _("It is in your schedule.")
        self.planned += 1
        return await self._show()

    @rx.event
    def toggle_change(self, interview_id: str):
        """Opens what can be changed of an appointment, or leaves it as it is."""
        self._forget()
        self.changing = "" if self.changing == interview_id else interview_id

    @rx.event
    async def change(self, form: dict[str, Any]):
        """Keeps another time or another address of the appointment that is open for it."""
        self._forget()
        known = parse_id(self.changing)
        if known is None:
            return None
        when = _when(form)
        if when is None and "day" in form:
            self.errors = Errors("change", day=_("Choose a day and a time."))
            return None
        try:
            async with self.signed_in() as (session, principal):
                await own.change(session, principal, known, when=when, meeting_url=_address(form))
        except NotAuthenticated:
            return self.to_sign_in()
        except InterviError as refusal:
            self.errors = Errors.of("change", refusal)
            return None
        self.changing, self.news = "", _("The change is in your schedule.")
        return await self._show() or rx.set_focus(NEWS)

    @rx.event
    async def cancel(self, interview_id: str):
        """Cancels at once; for a while it can be taken back."""
        known = next((each for each in self.appointments if each.id == interview_id), None)
        leave = await self._do(service.cancel, interview_id)
        if not self.refusal and known is not None:
            self.cancelled = interview_id
            self.news = fill(N_("Cancelled: {title}, {day}."), {"title": known.title, "day": known.day})
        return leave or rx.set_focus(NEWS)

    @rx.event
    async def undo(self):
        """Takes the cancellation back."""
        leave = await self._do(own.take_back_cancellation, self.cancelled)
        self.news = "" if self.refusal else _("It is scheduled as before.")
        return leave

    @rx.event
    async def decline(self, interview_id: str):
        """Does not come to what somebody else has arranged; that can be taken back until it begins."""
        return await self._do(invited.decline, interview_id)

    @rx.event
    async def come_after_all(self, interview_id: str):
        """Takes that back."""
        return await self._do(invited.come_after_all, interview_id)

    async def _do(self, action: Any, interview_id: str):
        self._forget()
        self.changing = ""
        known = parse_id(interview_id)
        if known is None:
            return None
        try:
            async with self.signed_in() as (session, principal):
                await action(session, principal, known)
        except NotAuthenticated:
            return self.to_sign_in()
        except InterviError as refusal:
            self.refusal = refusal.message
        return await self._show()

    def _forget(self) -> None:
        """What was said about the last thing that was done is old now."""
        self.cancelled = self.news = self.refusal = ""
        self.errors = Errors()

    async def _show(self):
        try:
            async with self.signed_in() as (session, principal):
                user = await accounts.user_of(session, principal)
                theirs = await own.upcoming(session, principal)
                others = await invited.upcoming(session, principal)
                declined = await invited.declined_by(session, principal, theirs)
        except NotAuthenticated:
            return self.to_sign_in()
        self.appointments = view.appointments(theirs, others, declined, user.time_zone, now())
        self.invited_as = view.invited_as(user.email, needs_proof=invited.needs_proof(user))
        self.time_zone = fill(N_("Times are those of {zone}."), {"zone": user.time_zone.replace("_", " ")})
        self.is_loaded = True
        return None


def _when(form: dict[str, Any]) -> tuple[date, time] | None:
    """The day and the time of a form, by the reader's clock; ``None``: they are not both there."""
    try:
        return date.fromisoformat(str(form.get("day"))), time.fromisoformat(str(form.get("at")))
    except ValueError:
        return None


def _address(form: dict[str, Any]) -> str:
    return str(form.get("meeting_url") or "").strip()
