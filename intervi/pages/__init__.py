"""The pages, one module or package each, its state beside it."""

from typing import Any

import reflex as rx

from intervi.components.frame import dress
from intervi.components.frame import page as frame
from intervi.components.words import in_browser
from intervi.pages import design, doors, landing, missing
from intervi.pages.achievements import page as achievements
from intervi.pages.achievements.state import AchievementsState
from intervi.pages.calendar_address import CalendarAddress
from intervi.pages.comparison import page as comparison
from intervi.pages.comparison.state import ComparisonState
from intervi.pages.dashboard import page as dashboard
from intervi.pages.dashboard.state import DashboardState
from intervi.pages.history import page as history
from intervi.pages.history.state import HistoryState
from intervi.pages.others import OthersState
from intervi.pages.practice import room, setup
from intervi.pages.practice.setup_state import SetupState
from intervi.pages.report import page as report
from intervi.pages.report.state import ReportState, SharedState
from intervi.pages.sample import page as sample
from intervi.pages.sample.page import SampleState
from intervi.pages.schedule import page as schedule
from intervi.pages.schedule.state import ScheduleState
from intervi.pages.settings import page as settings
from intervi.pages.settings.access import DevicesState, KeysState
from intervi.pages.settings.state import SettingsState
from intervi.translation import _, spoken_later


class App(rx.App):
    """An application whose pages are built without a language: see :mod:`intervi.components.words`."""

    def _compile(self, *arguments: Any, **options: Any) -> Any:
        with spoken_later(in_browser):
            return super()._compile(*arguments, **options)


def register(app: rx.App) -> None:
    """Adds every page to the application, and gives it our looks."""
    with spoken_later(in_browser):
        _register(app)


def _register(app: rx.App) -> None:
    dress(app)
    app.add_page(landing.page, route="/", title="Intervi", on_load=landing.LandingState.open)
    app.add_page(doors.sign_in, route="/sign-in", title=_titled(_("Sign in")), on_load=doors.DoorState.open)
    app.add_page(doors.register, route="/register", title=_titled(_("Create an account")), on_load=doors.DoorState.open)
    app.add_page(dashboard.page, route="/dashboard", title=_titled(_("Overview")), on_load=DashboardState.open)
    app.add_page(
        achievements.page, route="/achievements", title=_titled(_("Achievements")), on_load=AchievementsState.open
    )
    app.add_page(history.page, route="/history", title=_titled(_("History")), on_load=HistoryState.open)
    app.add_page(comparison.page, route="/history/compare", title=_titled(_("Compare")), on_load=ComparisonState.open)
    app.add_page(
        report.page,
        route="/history/[interview_id]",
        title=_titled(_("Report")),
        on_load=[ReportState.open, OthersState.open],
    )
    app.add_page(
        report.shared,
        route="/shared/[share_token]",
        title=_titled(_("A shared report")),
        on_load=SharedState.open,
        meta=[{"name": "robots", "content": "noindex"}],
    )
    app.add_page(sample.page, route="/sample", title=_titled(_("A sample report")), on_load=SampleState.open)
    app.add_page(_setup, route="/practice", title=_titled(_("Practise")), on_load=SetupState.open)
    app.add_page(
        room.page, route="/practice/[interview_id]", title=_titled(_("Practise")), on_load=room.RoomState.enter
    )
    app.add_page(design.page, route="/design", title=_titled("Design system"), on_load=design.DesignState.open)
    app.add_page(
        schedule.page,
        route="/schedule",
        title=_titled(_("Schedule")),
        on_load=[ScheduleState.open, CalendarAddress.hide],
    )
    app.add_page(
        settings.page,
        route="/settings",
        title=_titled(_("Settings")),
        on_load=[SettingsState.open, DevicesState.open, KeysState.open, CalendarAddress.hide],
    )
    app.add_page(missing.page, route="/404", title=_titled(_("Nothing here")))


def _setup() -> rx.Component:
    return frame(setup.page(), here="/practice")


def _titled(text: str) -> str:
    return f"{text} · Intervi"
