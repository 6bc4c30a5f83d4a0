"""The overview and the achievements in a real browser, for somebody who comes back."""

import asyncio
import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect
from sqlalchemy import text

from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.interviews import lifecycle
from intervi.interviews import service as interviews
from intervi.interviews.models import Origin
from intervi.redis_client import redis
from tests.e2e import seed
from tests.e2e.conftest import Enter, Person

pytestmark = pytest.mark.e2e


async def a_finished_interview(principal: Principal) -> None:
    """Completed as any contract would."""
    async with transaction() as session:
        made = await interviews.create(session, principal, origin=Origin.CANDIDATE)
        await lifecycle.start(session, principal, made.id)
        await lifecycle.complete(session, principal, made.id)


class TestAYearOfPractice:
    async def test_from_the_weakest_kind_to_practising_it_and_what_the_trend_shows(self, enter: Enter) -> None:
        person = await enter()
        await seed.year_of_practice(Principal(person.user_id))
        page = person.page
        await page.goto("/dashboard")
        await expect(
            page.get_by_text(re.compile(r"Your weakest: your last \d+ answers to such questions"))
        ).to_be_visible()
        await expect(page.get_by_role("img", name=re.compile("^The last 26 weeks: "))).to_be_visible()
        await expect(page.locator(".calendar-day")).to_have_count(26 * 7 + 2)  # and two of the key
        line = page.locator(".trend-part--presence")
        await expect(line).to_be_hidden()
        await page.get_by_role("checkbox", name="Presence").focus()
        await page.keyboard.press("Space")
        await expect(line).to_be_visible()
        await page.get_by_text("In figures").click()
        await expect(page.get_by_role("table").get_by_role("row")).to_have_count(21)
        await page.get_by_role("link", name="Practise situational questions: 10 minutes").click()
        await page.wait_for_url("**/practice?kind=situational&minutes=10")
        await expect(page.get_by_text("Situational, Mid-level")).to_be_visible()
        await expect(page.get_by_text("10 minutes", exact=True)).to_be_visible()
        assert person.problems == []

    async def test_the_ledger_says_why_and_goes_on(self, enter: Enter) -> None:
        person = await enter()
        await seed.year_of_practice(Principal(person.user_id))
        await person.page.goto("/achievements")
        rows = person.page.locator(".ledger tbody tr")
        await expect(rows).to_have_count(10)
        await expect(rows.first).to_contain_text("50 for the interview + 30 (3 answers)")
        await person.page.get_by_role("button", name="Show older ones").click()
        await expect(rows).to_have_count(20)


class TestWhileOneLooks:
    async def test_what_was_earned_appears(self, enter: Enter) -> None:
        person = await enter()
        page = person.page
        await page.goto("/dashboard")
        await expect(page.get_by_text("You have not practised yet")).to_be_visible()
        await _until_it_listens(person)
        await a_finished_interview(Principal(person.user_id))
        await expect(page.get_by_role("status").filter(has_text="New achievement: First Steps")).to_be_visible()
        await expect(page.get_by_text("A streak of 1 day")).to_be_visible()
        await expect(page.locator(".ring-figure")).to_have_text("1/3")

    async def test_off_is_off_everywhere_and_on_again_brings_it_back(self, enter: Enter) -> None:
        person = await enter()
        page = person.page
        await a_finished_interview(Principal(person.user_id))
        await page.goto("/achievements")
        await page.get_by_role("button", name="Switch all of it off").click()
        await expect(page.get_by_role("heading", name="All of it is switched off")).to_be_visible()
        await page.get_by_role("link", name="Overview").click()
        await expect(page.get_by_role("heading", name="Recent interviews")).to_be_visible()
        await expect(page.locator(".overview-side")).to_have_count(0)
        await page.get_by_role("link", name="Achievements").click()
        await page.get_by_role("button", name="Switch it on").click()
        await expect(page.get_by_text("You have 1 of")).to_be_visible()


class TestTrouble:
    @pytest.mark.parametrize("address", ["/dashboard", "/achievements"])
    async def test_what_cannot_be_read_is_said_and_tried_again(self, enter: Enter, address: str) -> None:
        page = (await enter()).page
        await _rename("progress_ledger", "progress_ledger_away")
        try:
            await page.goto(address)
            await expect(page.get_by_role("alert").filter(has_text="could not be read just now")).to_be_visible()
        finally:
            await _rename("progress_ledger_away", "progress_ledger")
        await page.get_by_role("button", name="Try again").click()
        await expect(page.get_by_role("heading", level=1)).to_be_visible()


async def _until_it_listens(person: Person) -> None:
    while not dict(await redis().pubsub_numsub(f"intervi:user:{person.user_id}")).popitem()[1]:
        await asyncio.sleep(0.05)


async def _rename(table: str, name: str) -> None:
    async with transaction() as session:
        await session.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


class TestEverywhere:
    @pytest.mark.parametrize("mode", ["light", "dark"])
    async def test_accessible_and_within_the_window_whatever_people_type(self, enter: Enter, mode: str) -> None:
        year, hostile = await enter(), await enter()
        await seed.year_of_practice(Principal(year.user_id))
        await seed.hostile_interviews(Principal(hostile.user_id))
        for person in (year, hostile):
            page = person.page
            await page.emulate_media(color_scheme=mode, reduced_motion="reduce")
            for address in ("/dashboard", "/achievements"):
                await page.goto(address)
                await expect(page.get_by_role("heading", level=1)).to_be_visible()
                await page.wait_for_load_state("networkidle")
                for width in (390, 768, 1440):
                    await page.set_viewport_size({"width": width, "height": 900})
                    await _check(page, f"{address} at {width}")
            assert person.problems == []


async def _check(page: Page, where: str) -> None:
    found = await Axe().run(page)
    assert found.violations_count == 0, f"{where}\n{found.generate_report()}"
    beyond = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert beyond <= 0, f"{where}: {beyond} px wider than the window"
