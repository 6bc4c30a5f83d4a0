"""What one can do with a report, in a real browser: filter its marks, write beside it, take it away, show it to somebody."""

import json
import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from intervi.accounts.principal import Principal
from intervi.interviews.models import Interview
from tests.e2e import seed
from tests.e2e.conftest import Enter, Person
from tests.reports_made import HOSTILE, a_report

pytestmark = pytest.mark.e2e


async def _opened(enter: Enter, **how: object) -> tuple[Person, Interview]:
    person = await enter(**how)
    made = await seed.full_interview(Principal(person.user_id))
    await person.page.goto(f"/history/{made.id}")
    await expect(person.page.get_by_role("heading", name=seed.QUESTION)).to_be_visible()
    return person, made


async def _assert_accessible(page: Page, what: str) -> None:
    found = await Axe().run(page)
    assert found.violations_count == 0, f"{what}\n{found.generate_report()}"


async def test_marks_are_filtered_and_stepped_through(enter: Enter) -> None:
    person, _made = await _opened(enter)
    page = person.page
    fillers = page.get_by_role("button", name=re.compile("^Fillers"))
    bars = page.locator(".lane--fillers > span:not(.lane-now)")
    await expect(bars.first).to_be_visible()
    await expect(page.locator(".transcript-pause").first).to_be_visible()
    await fillers.click()
    await page.get_by_role("button", name=re.compile("^Pauses")).click()
    await expect(fillers).to_have_attribute("aria-pressed", "false")
    await expect(bars.first).to_be_hidden()
    await expect(page.locator(".transcript .transcript-pause").first).to_be_hidden()
    later = page.get_by_role("button", name=re.compile("^Next mark"))
    await expect(later).to_contain_text("Looking away at 0:06")
    await later.click()
    await expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    assert person.problems == []


async def test_notes_are_kept(enter: Enter) -> None:
    person, _made = await _opened(enter)
    page = person.page
    await page.get_by_label("Your notes").fill("Begin with the figure.")
    await page.get_by_label("Your notes").blur()
    await expect(page.get_by_text("Kept.", exact=True)).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Your notes")).to_have_value("Begin with the figure.")


async def test_it_can_be_taken_away(enter: Enter) -> None:
    person, made = await _opened(enter)
    page = person.page
    async with page.expect_download() as pdf:
        await page.get_by_role("link", name="PDF").click()
    assert (await (await pdf.value).path()).read_bytes().startswith(b"%PDF")
    async with page.expect_download() as data:
        await page.get_by_role("link", name="JSON").click()
    document = json.loads((await (await data.value).path()).read_bytes())
    assert (document["version"], document["answers"][0]["question"]) == (1, seed.QUESTION)
    assert page.url.endswith(str(made.id))


@pytest.mark.parametrize("with_recordings", [False, True])
async def test_it_is_shown_to_somebody_for_a_while(enter: Enter, with_recordings: bool) -> None:
    person, _made = await _opened(enter)
    page = person.page
    await page.get_by_label("Your notes").fill("A secret of mine.")
    await page.get_by_label("Your notes").blur()
    await expect(page.get_by_text("Kept.", exact=True)).to_be_visible()
    await page.get_by_text("Show it to somebody").click()
    await page.get_by_label("30 days").check()
    for choice in await page.locator(".sharing form label").all():
        box = await choice.bounding_box()
        assert box
        assert box["height"] < 2 * box["width"], "its words stand beside one another"
    if with_recordings:
        await page.get_by_label("They may see and hear the recordings, too").check()
    await page.get_by_role("button", name="Make a link").click()
    address = page.get_by_label("Address of the link")
    await expect(address).to_have_value(re.compile("/shared/"))
    await _assert_accessible(page, "the report, sharing open")
    path = urlsplit(await address.input_value()).path

    guest = await enter(size=(390, 844))
    await guest.context.clear_cookies()
    await guest.page.goto(path)
    await expect(guest.page.get_by_role("heading", name=seed.QUESTION)).to_be_visible()
    await expect(guest.page.locator("video")).to_have_count(1 if with_recordings else 0)
    await expect(guest.page.locator("[data-play]")).to_have_count(0) if not with_recordings else None
    content = await guest.page.content()
    for hidden in ("A secret of mine.", "Correct the words", "Show it to somebody", "/api/reports/"):
        assert hidden not in content
    for mode in ("light", "dark"):
        await guest.page.emulate_media(color_scheme=mode)
        await _assert_accessible(guest.page, f"a shared report, {mode}")

    await page.get_by_role("button", name="Take back").click()
    await expect(address).to_have_count(0)
    await guest.page.reload()
    await expect(guest.page.get_by_text("This link does not open a report")).to_be_visible()
    assert guest.problems == person.problems == []


async def test_what_people_write_breaks_nothing(enter: Enter) -> None:
    person = await enter(size=(390, 844))
    made = await a_report(
        Principal(person.user_id),
        *(f"I fixed it. {text} It worked for three customers." for text in HOSTILE),
        job_title="W" * 300,
    )
    page = person.page
    await page.goto(f"/history/{made}")
    await expect(page.get_by_text("<script>alert(1)</script>").first).to_be_visible()
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    assert person.problems == []
