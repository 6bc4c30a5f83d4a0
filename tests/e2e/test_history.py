"""The diary in a real browser while things happen to it: rows that change, lists that are on their way, a database that is away."""

import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect
from sqlalchemy import text

from intervi import events
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import transaction
from intervi.interviews.models import Interview
from tests.e2e import seed
from tests.e2e.conftest import Enter

pytestmark = pytest.mark.e2e


async def test_a_row_gets_ready_while_one_looks(enter: Enter) -> None:
    person = await enter()
    made = await seed.working_interview(Principal(person.user_id))
    page = person.page
    await page.goto("/history")
    row = page.locator("tbody tr")
    await expect(row).to_contain_text("Being analysed")
    await expect(row.get_by_role("checkbox")).to_have_count(0)
    async with transaction() as session:
        kept = await session.get_one(Interview, made.id)
        kept.report, kept.measured_score, kept.reported_at = _a_report(), 61.5, now()
        session.add(kept)
    await events.publish(person.user_id, "report", interview_id=made.id)
    await expect(row).to_contain_text("Report ready")
    await expect(row).to_contain_text("61.5")
    await expect(row.get_by_role("checkbox")).to_have_count(1)
    assert person.problems == []


def _a_report() -> dict[str, object]:
    none = {"value": {"reason": "no_words"}, "parts": []}
    names = ("content", "structure", "delivery", "presence", "overall")
    return {"version": 1, "scores": {name: {"name": name, **none} for name in names}, "answers": []}


async def test_a_list_on_its_way_says_so(enter: Enter) -> None:
    person = await enter()
    await seed.earlier_interviews(Principal(person.user_id), [30.0, 52.5])
    page = person.page
    await page.goto("/history")
    await expect(page.locator("tbody tr")).to_have_count(2)
    listed = page.locator(".sought-in")
    async with transaction() as session:
        await session.execute(text("LOCK TABLE interviews IN ACCESS EXCLUSIVE MODE"))
        await page.get_by_role("combobox", name=re.compile("^Score")).select_option("40 to 60")
        await expect(page).to_have_url(re.compile("score_from=40"))
        await expect(listed).to_have_attribute("aria-busy", "true")
        await expect(page.get_by_role("status").filter(has_text="Looking for them")).to_be_attached()
        # Without motion all looks at once as it will: nothing is dimmed below what can be read, and the line stands.
        await page.emulate_media(reduced_motion="reduce")
        await page.wait_for_function(
            "() => getComputedStyle(document.querySelector('.busy--on'), '::before').opacity === '1'"
        )
        await _assert_accessible(page)
    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(listed).to_have_attribute("aria-busy", "false")
    await expect(page.get_by_text("Looking for them")).to_have_count(0)
    assert person.problems == []


@pytest.mark.parametrize("address", ["/history", "/history/compare?a={0}&b={1}"])
async def test_what_cannot_be_read_is_said_and_tried_again(enter: Enter, address: str) -> None:
    person = await enter()
    made = [await seed.full_interview(Principal(person.user_id)) for _time in range(2)]
    page = person.page
    trouble = page.get_by_role("alert").filter(has_text="could not be read just now")
    async with transaction() as session:
        await session.execute(text("ALTER TABLE interviews RENAME TO interviews_away"))
    try:
        await page.goto(address.format(*(each.id for each in made)))
        await expect(trouble).to_be_visible()
        await _assert_accessible(page)
    finally:
        async with transaction() as session:
            await session.execute(text("ALTER TABLE interviews_away RENAME TO interviews"))
    await page.get_by_role("button", name="Try again").click()
    await expect(trouble).to_have_count(0)
    await expect(page.get_by_text(seed.QUESTION).first).to_be_visible()


@pytest.mark.parametrize("mode", ["light", "dark"])
async def test_hostile_words_are_compared_and_deleted_within_the_window(enter: Enter, mode: str) -> None:
    person = await enter(size=(390, 844))
    await seed.hostile_interviews(Principal(person.user_id))
    made = [await seed.full_interview(Principal(person.user_id)) for _time in range(2)]
    async with transaction() as session:
        for each, title in zip(made, seed.HOSTILE[2:4], strict=True):
            kept = await session.get_one(Interview, each.id)
            kept.job_title, kept.domain_slug, kept.domain_text = title[:300], None, title[:200]
            session.add(kept)
    page = person.page
    await page.emulate_media(color_scheme=mode, reduced_motion="reduce")
    await page.goto("/history")
    await page.get_by_role("button", name=re.compile("^Delete: ")).last.click()
    await expect(page.locator(".toast")).to_be_visible()
    for width in (390, 768, 1440):
        await page.set_viewport_size({"width": width, "height": 900})
        await _assert_accessible(page)
    await page.goto(f"/history/compare?a={made[0].id}&b={made[1].id}")
    await expect(page.get_by_role("heading", name=seed.QUESTION)).to_be_visible()
    for width in (390, 768, 1440):
        await page.set_viewport_size({"width": width, "height": 900})
        await _assert_accessible(page)
    assert person.problems == []


async def _assert_accessible(page: Page) -> None:
    found = await Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    beyond = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert beyond <= 0, f"{page.url} is {beyond} px wider than the window"
