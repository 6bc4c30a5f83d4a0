"""What the report page knows and does. Every handler asks who looks, and the services whose record it is."""

from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import reflex as rx

from intervi.accounts import service as accounts
from intervi.analysis import service as analysis
from intervi.clock import now
from intervi.components.words import Localized
from intervi.database import transaction
from intervi.errors import InterviError, NotAuthenticated, NotFound
from intervi.ids import parse_id
from intervi.interviews import exchanges
from intervi.interviews import service as interviews
from intervi.observations import service as observations
from intervi.pages import formatting, live
from intervi.pages.report.view import ReportView, report_view
from intervi.pages.session import Session
from intervi.recordings import service as recordings
from intervi.reports import service as reports
from intervi.reports.models import ReportShare
from intervi.translation import N_, _, fill

_NOWHERE = "/404"


@dataclass(frozen=True)
class LinkView:
    """A link to the report that still opens it."""

    id: str
    address: str
    until: str
    facts: str


class ReportState(Session):
    """One interview's report as it is now."""

    view: ReportView = ReportView()
    editing: str = ""
    """The answer whose transcript is being corrected."""
    notice: str = ""
    """What went wrong, in words for the candidate."""
    note: str = ""
    """The owner's own note, as it is kept."""
    note_state: str = ""
    """Whether what is written is kept, in words."""
    links: list[LinkView] = rx.field(default_factory=list)
    _watch: str = ""
    """The newest follower: an older one ends when it sees that it is no longer this."""

    @rx.event
    async def open(self):
        """Shows the interview of the address, and follows it from then on."""
        if self.view.id != self._wanted:
            self.view = ReportView()
        self.editing, self.notice, self.note_state = "", "", ""
        return await self._show() or ReportState.follow

    @rx.event
    async def renew(self):
        """Looks again: the links to the recordings have expired."""
        return await self._show()

    @rx.event(background=True)
    async def follow(self):
        """Keeps the page true while it is open."""
        async with aclosing(live.followed(self)) as heard:
            async for event in heard:
                is_news = event.get("interview_id") == self._wanted
                is_due = event is live.TICK and self.view.state == "working"
                if (is_news or is_due) and (leave := await self._show()) is not None:
                    yield leave
                    return

    @rx.event
    async def retry(self, analysis_id: str):
        """Tries again what has failed."""
        return await self._do(lambda session, principal: analysis.retry(session, principal, _known(analysis_id)))

    @rx.event
    def edit(self, exchange_id: str):
        """Opens the editor of a transcript."""
        self.editing, self.notice = exchange_id, ""

    @rx.event
    def leave_editor(self):
        """Closes it; nothing was changed."""
        self.editing = ""

    @rx.event
    async def correct(self, form: dict[str, Any]):
        """Takes the candidate's own wording."""
        exchange_id, text = str(form.get("exchange_id", "")), str(form.get("text", ""))
        leave = await self._do(
            lambda session, principal: analysis.correct_transcript(session, principal, _known(exchange_id), text)
        )
        if not self.notice:
            self.editing = ""
        return leave

    @rx.event
    async def keep_note(self, text: str):
        """Keeps the owner's note as soon as they leave it."""
        if text.strip() == self.note:
            return None
        leave = await self._do(
            lambda session, principal: reports.keep_note(session, principal, _known(str(self.interview_id)), text)
        )
        self.note_state = self.notice or _("Kept.")
        return leave

    @rx.event
    async def share(self, form: dict[str, Any]):
        """Makes a link to this report."""
        days = str(form.get("days", ""))
        return await self._do(
            lambda session, principal: reports.share(
                session,
                principal,
                _known(str(self.interview_id)),
                days=int(days) if days.isdecimal() else 0,
                with_recordings=bool(form.get("recordings")),
            )
        )

    @rx.event
    async def revoke(self, link_id: str):
        """Takes a link back."""
        return await self._do(lambda session, principal: reports.revoke(session, principal, _known(link_id)))

    @property
    def _wanted(self) -> str:
        """The interview of the address, spelled as our events spell it; empty if it is no id."""
        known = parse_id(str(self.interview_id))
        return str(known) if known else ""

    async def _do(self, act):
        """Does something for whoever is signed in, then shows how things are."""
        self.notice = ""
        try:
            async with self.signed_in() as (session, principal):
                await act(session, principal)
        except NotAuthenticated:
            return self.to_sign_in()
        except InterviError as error:
            self.notice = error.message
            return None
        return await self._show()

    async def _show(self):
        """Reads the interview anew; where to go instead, if there is nothing to show to whoever asks."""
        try:
            async with self.signed_in() as (session, principal):
                wanted = _known(str(self.interview_id))
                user = await accounts.user_of(session, principal)
                self.view = report_view(
                    await interviews.get(session, principal, wanted),
                    await exchanges.of_interview(session, principal, wanted),
                    await recordings.media_of_interview(session, principal, wanted),
                    await analysis.of_interview(session, principal, wanted),
                    observations=await observations.of_interview(session, principal, wanted),
                    time_zone=user.time_zone,
                    today=now(),
                )
                self.note = await reports.note_of(session, principal, wanted)
                self.links = [_link(each, user.time_zone) for each in await reports.shares(session, principal, wanted)]
        except NotAuthenticated:
            return self.to_sign_in()
        except NotFound:
            return rx.redirect(_NOWHERE)
        return None


def _link(share: ReportShare, time_zone: str) -> LinkView:
    return LinkView(
        id=str(share.id),
        address=reports.address_of(share),
        until=fill(N_("until {day}"), {"day": formatting.moment(share.expires_at, time_zone, today=now())}),
        facts=_("with the recordings") if share.with_recordings else _("without the recordings"),
    )


class SharedState(Localized):
    """A report as somebody reads it who was given a link."""

    view: ReportView = ReportView()
    is_open: bool = True
    """Whether the link opens anything."""

    @rx.event
    async def open(self):
        """Shows what the link opens."""
        self.view, self.is_open = ReportView(), True
        await self._show()

    @rx.event
    async def renew(self):
        """Looks again: the links to the recordings have expired."""
        await self._show()

    async def _show(self):
        self.speak_to_anybody()
        try:
            async with transaction() as session:
                opened = await reports.shared(session, str(self.share_token))
                owner, wanted = opened.owner, opened.interview_id
                user = await accounts.user_of(session, owner)
                media = await recordings.media_of_interview(session, owner, wanted) if opened.with_recordings else []
                self.view = report_view(
                    await interviews.get(session, owner, wanted),
                    await exchanges.of_interview(session, owner, wanted),
                    media,
                    await analysis.of_interview(session, owner, wanted),
                    observations=await observations.of_interview(session, owner, wanted) if media else (),
                    viewer=opened.reader,
                    time_zone=user.time_zone,
                    today=now(),
                )
        except InterviError:
            self.view, self.is_open = ReportView(), False


def _known(text: str):
    """An id from the browser. A malformed one is answered like an unknown one."""
    known = parse_id(text)
    if known is None:
        raise NotFound("")
    return known
