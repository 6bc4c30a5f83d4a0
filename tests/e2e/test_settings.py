"""Settings, schedule and what is around every page, in a real browser."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import transaction
from intervi.interviews import service as interviews
from intervi.interviews.models import Origin
from intervi.scheduling import arranging
from intervi.scheduling.parties import Parties
from tests.e2e import seed
from tests.e2e.conftest import PASSWORD, Enter, Person

pytestmark = pytest.mark.e2e


async def settings_of(person: Person) -> User | None:
    async with transaction() as session:
        return await session.get(User, person.user_id)


async def an_appointment(person: Person, title: str = "Nurse") -> None:
    async with transaction() as session:
        await interviews.create(
            session,
            Principal(person.user_id),
            origin=Origin.CANDIDATE,
            job_title=title,
            scheduled_at=now() + timedelta(days=2),
        )


class TestSettings:
    async def test_each_change_is_kept_at_once_and_said(self, enter: Enter) -> None:
        person = await enter()
        page = person.page
        await page.goto("/settings")
        await page.get_by_label("First name").fill("Mara")
        await page.get_by_role("button", name="Save the name").click()
        await expect(page.locator("#profile").get_by_role("status")).to_have_text("Saved.")
        await page.get_by_label("Time zone").select_option("Asia/Tokyo")
        await expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
        await page.get_by_role("switch", name="Hints while you speak").click()
        await expect(page.locator("#practice").get_by_role("status")).to_have_text("Saved.")
        await page.get_by_label("Keep recordings").select_option("30")
        await page.get_by_role("switch", name="Estimate my face’s expression").click()
        await expect(page.get_by_role("switch", name="Estimate my face’s expression")).not_to_be_checked()
        await page.reload()
        await expect(page.get_by_label("First name")).to_have_value("Mara")
        user = await settings_of(person)
        assert user
        assert (user.time_zone, user.live_nudges, user.expressions, user.retention_days) == (
            "Asia/Tokyo",
            False,
            False,
            30,
        )
        assert person.problems == []

    async def test_german_from_the_next_moment_on_and_back(self, enter: Enter) -> None:
        person = await enter()
        page = person.page
        await page.goto("/settings")
        await page.get_by_label("Language").select_option("de")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Einstellungen")
        await expect(page.locator("html")).to_have_attribute("lang", "de")
        await expect(page).to_have_title("Einstellungen · Intervi")
        await page.goto("/dashboard")
        await expect(page.get_by_role("link", name="Übersicht")).to_be_visible()
        # What is said by handlers that do not ask who is there.
        await page.goto("/practice")
        for choice in ("Product Design", "Weiter", "10 Minuten"):
            await page.get_by_role("button", name=choice).click()
        await expect(page.get_by_role("heading", name="Wie möchtest du antworten?")).to_be_visible()
        await expect(page.locator("main")).to_contain_text("10 Minuten")
        await expect(page.locator("main")).not_to_contain_text("10 minutes")
        await page.goto("/settings")
        await page.get_by_label("Sprache").select_option("en")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
        assert person.problems == []

    async def test_a_key_is_shown_once_and_revoked(self, enter: Enter) -> None:
        page = (await enter()).page
        await page.goto("/settings")
        await page.get_by_text("Make a key").click()
        await page.get_by_label("Name", exact=True).fill("robot")
        await page.get_by_role("button", name="Make the key").click()
        await expect(page.locator("#new-key")).to_have_value(re.compile("^ivk_"))
        await page.reload()
        await expect(page.locator("#keys")).to_contain_text("robot")
        await expect(page.locator("#new-key")).to_have_count(0)
        await page.get_by_role("button", name="Revoke").click()
        await expect(page.locator("#keys")).not_to_contain_text("robot")

    async def test_everything_to_take_away_and_then_the_end(self, enter: Enter) -> None:
        person = await enter()
        page = person.page
        await seed.full_interview(Principal(person.user_id))
        await page.goto("/settings")
        async with page.expect_download() as download:
            await page.get_by_role("link", name="Export everything").click()
        path = await (await download.value).path()
        names = zipfile.ZipFile(io.BytesIO(path.read_bytes())).namelist()
        assert sum(name.startswith("media/") for name in names) == 2
        await page.get_by_text("Delete the account", exact=True).click()
        delete = page.get_by_role("button", name="Delete the account and everything in it")
        await page.locator("#password").fill("not it")
        await delete.click()
        await expect(page.get_by_text("This is not your password.")).to_be_visible()
        await page.locator("#password").fill(PASSWORD)
        await delete.click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Practise the interview before the interview.")
        assert await settings_of(person) is None

    async def test_signed_out_everywhere(self, enter: Enter) -> None:
        page = (await enter()).page
        await page.goto("/settings")
        await page.get_by_role("button", name="Sign out everywhere", exact=True).click()
        await page.wait_for_url("**/sign-in*")
        await page.goto("/settings")
        await page.wait_for_url("**/sign-in?next=/settings")


class TestSchedule:
    async def test_plan_cancel_and_undo(self, enter: Enter) -> None:
        person = await enter()
        page = person.page
        await page.goto("/schedule")
        await expect(page.get_by_text("Nothing is scheduled")).to_be_visible()
        await page.get_by_label("Day").fill(f"{now() + timedelta(days=3):%Y-%m-%d}")
        await page.get_by_label("Time", exact=True).fill("18:30")
        await page.get_by_role("button", name="Put it into the schedule").click()
        row = page.locator(".appointments > li")
        await expect(row).to_contain_text("6:30")
        async with page.expect_download() as download:
            await row.get_by_role("link", name="Add to calendar").click()
        assert b"BEGIN:VEVENT" in (await (await download.value).path()).read_bytes()
        await row.get_by_role("button", name="Cancel it").click()
        await expect(row).to_have_count(0)
        await page.get_by_role("button", name="Undo").click()
        await expect(row).to_have_count(1)
        await row.get_by_role("link", name="Join").click()
        await page.wait_for_url("**/practice/*")
        assert person.problems == []

    async def test_the_address_of_a_meeting_is_given_changed_and_taken_away(self, enter: Enter) -> None:
        person = await enter()
        page = person.page
        await page.goto("/schedule")
        day = f"{now() + timedelta(days=3):%Y-%m-%d}"
        address, row = page.get_by_label("Address of the meeting"), page.locator(".appointments > li")
        await page.get_by_label("Day").fill(day)
        await page.get_by_label("Time", exact=True).fill("18:30")
        await address.fill("meet.example.com/room")
        await address.press("Enter")
        await expect(address).to_have_accessible_description(re.compile("^Give the meeting"))
        await expect(address).to_have_attribute("aria-invalid", "true")
        await expect(page.get_by_label("Day")).to_have_value(day)
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        await address.fill(" https://Meet.example.com/room ")
        await address.press("Enter")
        await expect(row).to_contain_text("at meet.example.com")
        await expect(address).to_have_value("")
        await expect(address).to_have_attribute("aria-invalid", "false")
        join = row.get_by_role("link", name="Join", exact=True)
        await expect(join).to_have_attribute("href", "https://meet.example.com/room")
        await expect(row.get_by_role("link", name="Your practice room")).to_be_visible()

        await row.get_by_role("button", name="Change it").click()
        address = row.get_by_label("Address of the meeting")
        await expect(address).to_have_value("https://meet.example.com/room")
        await expect(row.get_by_label("Day")).to_have_value(day)
        await address.fill("https://bank.example@evil.example/")
        await row.get_by_role("button", name="Keep the change").click()
        await expect(address).to_have_accessible_description("Give an address without a user name.")
        await address.fill("https://other.example.com/")
        await row.get_by_label("Time", exact=True).fill("19:45")
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            found = await Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
        await row.get_by_role("button", name="Keep the change").click()
        await expect(row).to_contain_text("at other.example.com")
        await expect(row).to_contain_text("7:45")
        await expect(page.locator("#schedule-news")).to_be_focused()
        await expect(row.get_by_label("Day")).to_have_count(0)

        await row.get_by_role("button", name="Change it").click()
        await expect(address).to_have_value("https://other.example.com/")
        await row.get_by_label("Day").fill("2020-01-01")
        await row.get_by_role("button", name="Keep the change").click()
        await expect(row.get_by_role("alert")).to_have_text("This is in the past. Choose a time to come.")
        await row.get_by_role("button", name="Leave it as it is").click()
        await row.get_by_role("button", name="Change it").click()
        await expect(row.get_by_label("Day")).to_have_value(day)
        await address.fill("")
        await row.get_by_role("button", name="Keep the change").click()
        await expect(row).not_to_contain_text("example.com")
        await expect(join).to_have_attribute("href", re.compile("^/practice/"))
        await page.set_viewport_size({"width": 360, "height": 740})
        await row.get_by_role("button", name="Change it").click()
        await expect(address).to_be_visible()
        assert await _overflow(page) <= 0
        assert person.problems == []

    async def test_an_invitation_is_declined_and_its_owner_sees_it(self, enter: Enter) -> None:
        owner, invited = await enter(), await enter()
        parties = Parties(candidate=invited.email, interviewers=("Ada", "W" * 60))
        async with transaction() as session:
            arranged = await arranging.arrange(
                session, Principal(owner.user_id), parties, scheduled_at=now() + timedelta(days=2)
            )
        await invited.page.goto("/schedule")
        row = invited.page.locator(".appointments > li")
        await expect(row).to_contain_text("arranged by")
        await expect(row).not_to_contain_text("Ada")
        await expect(row.get_by_role("link", name="Join", exact=True)).to_have_count(0)
        async with invited.page.expect_download() as download:
            await row.get_by_role("link", name="Add to calendar").click()
        assert b"ORGANIZER" in (await (await download.value).path()).read_bytes()
        await row.get_by_role("button", name="Decline").click()
        await expect(row).to_contain_text("You do not come.")
        found = await Axe().run(invited.page)
        assert found.violations_count == 0, found.generate_report()
        await owner.page.goto("/schedule")
        theirs = owner.page.locator(".appointments > li")
        await expect(theirs).to_contain_text(f"Does not come: {invited.email}")
        await owner.page.set_viewport_size({"width": 390, "height": 844})
        assert await owner.page.evaluate("document.documentElement.scrollWidth") <= 390, (
            "names without a space are broken"
        )
        await row.get_by_role("button", name="I come after all").click()
        await expect(row.get_by_role("button", name="Decline")).to_be_visible()
        await owner.page.reload()
        await expect(theirs).to_contain_text("Ada")
        await expect(theirs).not_to_contain_text("Does not come")
        changes = arranging.Changes(meeting_url="https://meet.example.com/room")
        async with transaction() as session:
            await arranging.rearrange(session, Principal(owner.user_id), arranged.id, changes)
        for person, shown in ((owner, theirs), (invited, row)):
            await person.page.reload()
            join = shown.get_by_role("link", name="Join", exact=True)
            await expect(join).to_have_attribute("href", "https://meet.example.com/room")
            await expect(join).to_have_attribute("target", "_blank")
            await expect(shown).to_contain_text("at meet.example.com")
        assert owner.problems == invited.problems == []


class TestAround:
    async def test_keys_lead_about_but_not_while_one_types(self, enter: Enter) -> None:
        page = (await enter()).page
        await page.goto("/settings")
        await page.get_by_label("First name").press_sequentially("gd?")
        await expect(page.get_by_label("First name")).to_have_value("gd?")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await page.get_by_role("heading", level=1).click()
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await page.keyboard.press("g")
        await page.keyboard.press("c")
        await page.wait_for_url("**/schedule")

    async def test_a_phone_has_a_bar(self, enter: Enter) -> None:
        page = (await enter(size=(390, 844))).page
        await page.goto("/dashboard")
        bar = page.get_by_role("navigation", name="Main")
        await expect(bar.get_by_role("link", name="Overview")).to_be_visible()
        await bar.get_by_text("More").click()
        await bar.get_by_role("link", name="Settings").click()
        await page.wait_for_url("**/settings")
        assert await _overflow(page) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_barriers(enter: Enter, scheme: str) -> None:
    person = await enter()
    await an_appointment(person)
    await person.page.emulate_media(color_scheme=scheme)
    for address in ("/settings", "/schedule", "/nothing/here"):
        await person.page.goto(address)
        await expect(person.page.get_by_role("heading", level=1)).to_be_visible()
        await expect(person.page.locator(".skeleton")).to_have_count(0)
        for details in await person.page.locator("main details").all():
            await details.locator("summary").click()
        found = await Axe().run(person.page)
        assert found.violations_count == 0, found.generate_report()


async def _overflow(page: Page) -> int:
    return int(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
