"""Whole visits: the first one on a phone over a slow network, a second week, two tabs side by side, and readers of another language."""

import asyncio
import re

import pytest
from playwright.async_api import Page, expect

from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import transaction
from intervi.interviews.models import SessionType
from intervi.progress import service as progress
from intervi.redis_client import redis
from tests.e2e import seed
from tests.e2e.conftest import PASSWORD, Enter, Person

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

ANALYSIS_MS = 240_000
PHONE = (390, 844)
SLOW_BYTES_PER_SECOND, SLOW_LATENCY_MS = 50_000, 400
"""About a bad mobile connection: DevTools' "slow 3G" is this slow."""


async def slow_down(page: Page) -> None:
    devtools = await page.context.new_cdp_session(page)
    pace = {"downloadThroughput": SLOW_BYTES_PER_SECOND, "uploadThroughput": SLOW_BYTES_PER_SECOND}
    await devtools.send("Network.emulateNetworkConditions", {"offline": False, "latency": SLOW_LATENCY_MS, **pace})


async def fits(page: Page) -> None:
    beyond = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert beyond <= 0, f"{page.url} is {beyond} px wider than the window"


async def hold_an_interview(page: Page, *choices: str) -> None:
    """In writing, from the set-up, with what is left to choose there, to the report: the first question is answered, then it ends."""
    for name in choices:
        await page.get_by_role("button", name=name).first.click()
    await page.get_by_role("button", name="Start the interview").click()
    await page.get_by_role("textbox", name="Your answer").fill(seed.WRITTEN)
    await fits(page)
    await page.get_by_role("button", name="End", exact=True).click()
    await page.get_by_role("button", name="End now").click()
    await page.wait_for_url("**/history/*")
    await expect(page.locator(".score-number")).to_be_visible(timeout=ANALYSIS_MS)


async def test_a_first_visit_to_the_first_report_on_a_phone_over_a_slow_network(enter: Enter, workers: None) -> None:
    person = await enter(size=PHONE)
    page = person.page
    await person.context.clear_cookies()
    await slow_down(page)
    await page.goto("/")
    await fits(page)
    await page.get_by_role("main").get_by_role("link", name="Create an account").click()
    for name, value in {"firstName": "Noor", "email": "noor@example.com", "password": PASSWORD}.items():
        await page.locator(f"#{name}").fill(value)
    await page.get_by_role("button", name="Create the account").click()
    await expect(page.get_by_role("heading", name="Hello, Noor")).to_be_visible()
    await fits(page)
    await page.get_by_role("link", name="Practise your first interview").click()
    await hold_an_interview(page, "Sales", "Behavioural", "Continue", "10 minutes", "In writing")
    await expect(page.get_by_role("heading", name="To work on")).to_be_visible()
    await fits(page)
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Overview").click()
    await expect(page.get_by_text("The report of your last interview is ready")).to_be_visible()
    await expect(page.locator(".ring-figure")).to_have_text("1/3")
    await fits(page)
    assert person.problems == []


async def test_a_second_week(enter: Enter, workers: None) -> None:
    person = await enter()
    page, principal = person.page, Principal(person.user_id)
    weekday = now().weekday()
    for days_ago in (weekday + 7, weekday + 5, weekday + 3):
        async with transaction() as session:
            made = await seed.interview(session, principal, days_ago=days_ago, score=50.0)
            await seed.exchange(session, made, 1, seed.QUESTION, text=seed.WRITTEN)
            made.session_type, made.reported_at = SessionType.TEXT, made.ended_at
            await session.flush()
            await progress.award(session, principal, made)
    await page.goto("/dashboard")
    await expect(page.get_by_text("3 more days of practice reach this week's goal.")).to_be_visible()
    await expect(page.locator(".calendar .calendar-day--practised-1")).to_have_count(3)
    await page.locator(".greeting-action a").click()
    # What the overview suggests is chosen already, and one answers as last time.
    await hold_an_interview(page)
    await page.get_by_role("link", name="Overview").click()
    await expect(page.get_by_text("2 more days of practice reach this week's goal.")).to_be_visible()
    await expect(page.get_by_text(re.compile(r"^From 50\.0 to [\d.]+ over 4 interviews$"))).to_be_visible()
    await expect(page.get_by_role("heading", name="Recent interviews")).to_be_visible()
    await page.get_by_role("link", name="Achievements", exact=True).click()
    await expect(page.locator(".ledger tbody tr")).to_have_count(4)
    assert person.problems == []


async def test_two_tabs_tell_the_same(enter: Enter) -> None:
    person = await enter()
    await seed.earlier_interviews(Principal(person.user_id), [30.0, 52.5])
    one, other = person.page, await person.context.new_page()
    for page in (one, other):
        await page.goto("/history")
        await expect(page.locator("tbody tr")).to_have_count(2)
    await _until_heard_by(person, 2)
    await one.get_by_role("button", name=re.compile("^Delete: ")).first.click()
    for page in (one, other):
        await expect(page.locator("tbody tr")).to_have_count(1)
    await one.get_by_role("button", name="Undo").click()
    for page in (one, other):
        await expect(page.locator("tbody tr")).to_have_count(2)
    await one.get_by_role("button", name="Sign out").click()
    await expect(one.get_by_role("heading", level=1)).to_have_text("Practise the interview before the interview.")
    await other.reload()
    await other.wait_for_url(re.compile(r"/sign-in/?\?next=/history$"))
    assert person.problems == []


async def _until_heard_by(person: Person, pages: int) -> None:
    while dict(await redis().pubsub_numsub(f"intervi:user:{person.user_id}")).popitem()[1] < pages:
        await asyncio.sleep(0.05)


async def test_who_reads_german_sees_no_frame_in_english(enter: Enter, site: str) -> None:
    person = await enter()
    await person.context.clear_cookies()
    await person.context.add_cookies([{"name": "language", "value": "de", "url": site}])
    # What the page shows in each frame. On a busy machine the words may come later than it is willing to wait for them, so it waits on.
    await person.page.add_init_script(
        """const later = window.setTimeout;
        window.setTimeout = (act, ms, ...rest) => (ms === 3000 ? 0 : later(act, ms, ...rest));
        window.seen = [];
        (function look() {
            const title = document.querySelector("h1");
            if (title?.checkVisibility({ visibilityProperty: true })) window.seen.push(title.textContent);
            requestAnimationFrame(look);
        })();"""
    )
    await person.page.goto("/")
    title = person.page.get_by_role("heading", level=1)
    await expect(title).to_be_visible()
    assert set(await person.page.evaluate("window.seen")) == {await title.inner_text()}
    await expect(person.page.locator("html")).to_have_attribute("lang", "de")
    await expect(person.page.get_by_text("Die Fragen sind auf Englisch")).to_be_visible()
    assert person.problems == []


async def test_english_readers_are_told_nothing_of_it(enter: Enter) -> None:
    person = await enter()
    await person.page.goto("/practice")
    await expect(person.page.get_by_text("What are you practising for?")).to_be_visible()
    await expect(person.page.get_by_text("The questions are in English")).to_have_count(0)
