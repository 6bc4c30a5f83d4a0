"""What the overview knows, and how it follows what happens."""

from contextlib import aclosing
from dataclasses import dataclass, field

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts import service as accounts
from intervi.accounts.principal import Principal
from intervi.analysis import answer_scores
from intervi.clock import now
from intervi.coaching.next_practice import suggest
from intervi.interviews import scores, summaries
from intervi.pages import diary, formatting, live, medals
from intervi.pages.dashboard import view
from intervi.pages.dashboard.view import Action, Appointment, DomainRow, LevelRow, Practice, TrendView
from intervi.pages.diary import Row
from intervi.pages.medals import Medal
from intervi.pages.session import Session
from intervi.progress import catalogue
from intervi.progress import service as progress
from intervi.questioning import service as questioning
from intervi.translation import N_, _, fill

RECENT = 5
TREND = 20
"""So many of the newest scores make the trend."""
MEDALS = 3


@dataclass(frozen=True)
class Overview:
    """All that is shown, as it was at one moment."""

    greeting: str = ""
    state: str = ""
    action: Action = field(default_factory=Action)
    appointment: Appointment = field(default_factory=Appointment)
    trend: TrendView = field(default_factory=TrendView)
    practice: Practice = field(default_factory=Practice)
    medals: tuple[Medal, ...] = ()
    domains: tuple[DomainRow, ...] = ()
    levels: tuple[LevelRow, ...] = ()
    rows: tuple[Row, ...] = ()


class DashboardState(Session):
    """The overview as it is now."""

    is_loaded: bool = False
    is_failed: bool = False
    shown: Overview = Overview()
    news: str = ""
    """What was earned while the page is open."""
    _watch: str = ""

    @rx.event
    async def open(self):
        """Shows the overview, and follows it from then on."""
        self.news = ""
        return await self._show() or DashboardState.follow

    @rx.event(background=True)
    async def follow(self):
        """Keeps all of it true while the page is open."""
        async with aclosing(live.followed(self)) as heard:
            async for event in heard:
                if new := catalogue.achievement(event.get("code", "")):
                    self.news = fill(N_("New achievement: {title}"), {"title": _(new.title)})
                is_due = event is live.TICK and any(row.kind == "working" for row in self.shown.rows)
                if (event is not live.TICK or is_due) and (leave := await self._show()) is not None:
                    yield leave
                    return

    async def _show(self):
        return await self._read_anew(read)


async def read(session: AsyncSession, principal: Principal) -> Overview:
    """Everything the overview shows of a principal."""
    user = await accounts.user_of(session, principal)
    today = {"time_zone": user.time_zone, "today": now()}
    newest = await summaries.newest(session, principal, limit=RECENT, own_only=True)
    earned = await progress.achievements(session, principal)
    return Overview(
        greeting=fill(N_("Hello, {name}"), {"name": formatting.isolated(user.first_name)})
        if user.first_name
        else _("Hello"),
        state=view.state_of(newest),
        action=view.action(suggest(await answer_scores.by_kind(session, principal))),
        appointment=view.appointment(await scores.upcoming(session, principal, limit=1), **today),
        trend=view.trend_view(await scores.recent(session, principal, limit=TREND), **today),
        practice=view.practice(await progress.standing(session, principal)),
        medals=tuple(medals.earned(each, **today) for each in earned[:MEDALS]),
        domains=tuple(view.domain_rows(await scores.by_domain(session, principal))),
        levels=tuple(view.level_rows(await questioning.levels(session, principal))),
        rows=tuple(diary.rows(newest, **today)),
    )
