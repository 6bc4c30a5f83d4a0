"""``/dashboard``: where one stands, and the next thing to do."""

import secrets
from collections.abc import Sequence

import reflex as rx

from intervi.accounts import service as accounts
from intervi.components import elements as e
from intervi.components.frame import page as frame
from intervi.database import transaction
from intervi.errors import NotAuthenticated
from intervi.interviews import service as interviews
from intervi.interviews.models import Status
from intervi.interviews.service import InterviewSummary
from intervi.pages import diary, formatting, live
from intervi.pages.diary import Row
from intervi.pages.session import Session
from intervi.pages.trend import Trend, chart, trend
from intervi.translation import N_, _, fill

RECENT = 5
TREND = 20
"""So many of the newest scores make the trend."""


class DashboardState(Session):
    """The overview as it is now."""

    is_loaded: bool = False
    greeting: str = ""
    state: str = ""
    rows: list[Row] = rx.field(default_factory=list)
    trend: Trend = Trend()
    _watch: str = ""

    @rx.event
    async def open(self):
        """Shows the overview, and follows it from then on."""
        return await self._show() or DashboardState.follow

    @rx.event(background=True)
    async def follow(self):
        """Keeps the status chips true while the page is open."""
        async with self:
            self._watch = watch = secrets.token_hex(4)
            here, token = self.router.url.path, self.router.session.client_token
        async with transaction() as session:
            principal = await self.principal(session)
        if principal is None:
            return
        async for event in live.changes(principal.user_id, lambda: live.is_connected(token)):
            async with self:
                if self._watch != watch or self.router.url.path != here:
                    return
                is_due = event is live.TICK and any(row.kind == "working" for row in self.rows)
                if (event is not live.TICK or is_due) and (leave := await self._show()) is not None:
                    yield leave
                    return

    async def _show(self):
        """Reads everything anew; where to go instead, if nobody is signed in."""
        try:
            async with self.signed_in() as (session, principal):
                user = await accounts.user_of(session, principal)
                newest = await interviews.summaries(session, principal, limit=TREND)
                self.rows = await diary.read(session, principal, limit=RECENT)
        except NotAuthenticated:
            return self.to_sign_in()
        scores = [each.score for each in reversed(newest) if each.score is not None]
        self.greeting = fill(N_("Hello, {name}"), {"name": user.first_name}) if user.first_name else _("Hello")
        self.state = state_of(newest)
        self.trend = trend(scores)
        self.is_loaded = True
        return None


def state_of(newest: Sequence[InterviewSummary]) -> str:
    """One sentence on where somebody stands, from their newest interviews."""
    if not newest:
        return _("You have not practised yet. Your first interview takes about ten minutes.")
    last = newest[0]
    if last.report_ready and last.score is not None:
        return fill(
            N_("The report of your last interview is ready: {score} of 100."), {"score": formatting.points(last.score)}
        )
    if last.report_ready:
        return _("The report of your last interview is ready.")
    if last.status in (Status.SCHEDULED, Status.ACTIVE, Status.PAUSED):
        return _("Your last interview is not finished.")
    if last.status == Status.COMPLETED and last.answers:
        return _("Your last interview is being analysed.")
    return _("Your last interview has no answers to report on.")


def page() -> rx.Component:
    """The overview."""
    return frame(
        rx.cond(DashboardState.is_loaded, _overview(), e.loading(_("Loading your overview"))), here="/dashboard"
    )


def _overview() -> rx.Component:
    is_new = DashboardState.rows.length() == 0
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                e.title(DashboardState.greeting),
                rx.el.p(DashboardState.state, class_name="lead quiet", role="status"),
                class_name="stack stack--tight",
            ),
            e.primary_link(rx.cond(is_new, _("Practise your first interview"), _("Practise")), "/practice"),
            class_name="greeting",
        ),
        rx.cond(
            is_new,
            _first_steps(),
            rx.fragment(
                rx.cond(DashboardState.trend.dots.length() > 0, chart(DashboardState.trend)),
                rx.el.section(
                    rx.el.div(
                        e.heading(_("Recent interviews")),
                        rx.el.a(_("All of them"), href="/history"),
                        class_name="row row--between",
                    ),
                    diary.diary(DashboardState.rows),
                    class_name="stack",
                ),
            ),
        ),
        class_name="dashboard",
    )


def _first_steps() -> rx.Component:
    steps = {
        _("Choose"): _("What the interview is for, how hard it may be, and how long you have."),
        _("Answer"): _("On camera, by voice alone, or in writing. Record an answer again as often as you like."),
        _("Read"): _("Minutes later: what was good, what was missing, and three things to work on."),
    }
    return rx.el.ol(
        *(rx.el.li(rx.el.h2(name, class_name="heading"), e.quiet(text)) for name, text in steps.items()),
        class_name="steps",
    )
