"""What the page of an interview of others has besides the report: sending in its recording, and how long that is kept."""

import reflex as rx

from intervi.accounts import service as accounts
from intervi.analysis import upkeep
from intervi.components import elements as e
from intervi.components.interview_upload import interview_upload
from intervi.errors import NotAuthenticated, NotFound
from intervi.ids import parse_id
from intervi.interviews import service as interviews
from intervi.interviews.models import Status
from intervi.pages.session import Session
from intervi.translation import _, fill


class OthersState(Session):
    """Whether the interview of the address takes a recording, and how long that is kept."""

    offered: str = ""
    """The interview's id; empty: it takes none, or is one's own practice."""
    kept: str = ""

    @rx.event
    async def open(self):
        """Looks the interview of the address up."""
        self.offered = self.kept = ""
        wanted = parse_id(str(self.interview_id))
        if wanted is None:
            return
        try:
            async with self.signed_in() as (session, principal):
                interview = await interviews.get(session, principal, wanted)
                user = await accounts.user_of(session, principal)
        except (NotAuthenticated, NotFound):
            return  # the report's own handler leads elsewhere
        if interview.about_others and interview.status != Status.CANCELLED:
            self.offered = str(interview.id)
            self.kept = kept_sentence(upkeep.days_kept(user, about_others=True))


def kept_sentence(days: int | None) -> str:
    """How long a recording is kept.

    >>> kept_sentence(180)
    'The recording is deleted after 180 days. Its transcript, its figures and the report stay until you delete the interview.'
    """
    if days is None:
        return _("The recording is kept until you delete it or the interview.")
    return fill(
        "The recording is deleted after {days} days. Its transcript, its figures and the report stay until you delete the interview.",
        {"days": days},
    )


def recording_of_others(on_sent: rx.EventHandler) -> rx.Component:
    """The form with what to know before sending; nothing on the page of one's own practice."""
    return rx.cond(
        OthersState.offered != "",
        e.card(
            e.heading(_("The recording of this interview")),
            e.quiet(
                _(
                    "Send in a recording only if everybody on it has agreed to that. An earlier one is replaced. "
                    "Who looks at it is kept in the timeline."
                )
            ),
            interview_upload(OthersState.offered, on_sent),
            e.small(OthersState.kept),
        ),
    )
