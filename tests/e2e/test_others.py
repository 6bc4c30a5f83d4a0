"""The page of an interview of others in a real browser: sending in its recording, with who agreed to it."""

from uuid import UUID

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from intervi.accounts.principal import Principal
from intervi.database import transaction
from intervi.interviews import service as interviews
from intervi.interviews import timeline
from intervi.interviews.models import EventKind, Origin
from intervi.scheduling import arranging
from intervi.scheduling.parties import Parties
from tests.api.recordings import A_RECORDING
from tests.e2e.conftest import Enter

pytestmark = pytest.mark.e2e

RECORDING = {"name": "talk.wav", "mimeType": "audio/wav", "buffer": A_RECORDING}


async def arranged(principal: Principal) -> UUID:
    async with transaction() as session:
        return (await arranging.arrange(session, principal, Parties(candidate="candidate456"))).id


async def test_a_recording_is_sent_in_with_who_agreed(enter: Enter) -> None:
    person = await enter()
    principal = Principal(person.user_id)
    interview_id = await arranged(principal)
    page = person.page
    await page.goto(f"/history/{interview_id}")
    await expect(page.get_by_text("The recording is deleted after 180 days.")).to_be_visible()
    await page.get_by_role("button", name="Send it in").click()
    await expect(page.get_by_text("Choose a file.")).to_be_visible()
    await page.get_by_label("Recording", exact=True).set_input_files(RECORDING)
    await expect(page.get_by_label("sound alone")).to_be_checked()
    await page.get_by_label("Who agreed to being recorded").fill("Mr Okafor, by e-mail")
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    await page.get_by_role("button", name="Send it in").click()
    await expect(page.get_by_text("The recording has arrived.")).to_be_visible()
    async with transaction() as session:
        told = await timeline.of_interview(session, principal, interview_id)
    assert [event.detail for event in told if event.kind == EventKind.CONSENT] == ["Mr Okafor, by e-mail"]
    assert EventKind.UPLOAD in [event.kind for event in told]
    assert person.problems == []


async def test_what_is_no_recording_is_refused_with_the_reason(enter: Enter) -> None:
    person = await enter()
    page = person.page
    await page.goto(f"/history/{await arranged(Principal(person.user_id))}")
    await page.get_by_label("Recording", exact=True).set_input_files(
        {"name": "talk.wav", "mimeType": "audio/wav", "buffer": b"this is no recording"}
    )
    await page.get_by_role("button", name="Send it in").click()
    await expect(page.get_by_role("alert").filter(has_text="recording")).to_be_visible()
    await expect(page.get_by_role("button", name="Send it in")).to_be_enabled()


async def test_ones_own_practice_takes_none(enter: Enter) -> None:
    person = await enter()
    async with transaction() as session:
        own = await interviews.create(session, Principal(person.user_id), origin=Origin.PRACTICE)
    await person.page.goto(f"/history/{own.id}")
    await expect(person.page.get_by_role("heading", level=1)).to_be_visible()
    await expect(person.page.get_by_role("button", name="Send it in")).to_have_count(0)
