"""Practising in the browser: set-up, device check, room, in all the ways it can go, and go wrong."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import transaction
from intervi.interviews import service as interviews
from intervi.interviews.models import SessionType
from intervi.recordings.models import MediaState
from tests.e2e import devices
from tests.e2e.conftest import Enter
from tests.e2e.room import (
    analysed,
    exchanges,
    in_phase,
    in_room,
    question,
    record,
    until_media,
    until_recorded,
    until_stored,
)
from tests.media_made.speech import make_speech

pytestmark = pytest.mark.e2e


async def choose(page: Page, *names: str) -> None:
    """Answers the set-up's questions, one after the other."""
    for name in names:
        await page.get_by_role("button", name=name, exact=False).first.click()


# --- the set-up -----------------------------------------------------------------------------------------------------


async def test_a_newcomer_is_led_to_the_first_question(enter: Enter, sound: Path, picture: Path) -> None:
    person = await enter(sound=sound, picture=picture)
    page = person.page
    await page.goto("/practice")
    await expect(page.get_by_text("What are you practising for?")).to_be_visible()
    await expect(page.get_by_role("button", name="Same as last time")).to_have_count(0)
    await choose(
        page, "Product Design", "Behavioural", "Senior", "Human resources", "Continue", "10 minutes", "On camera"
    )
    await expect(page.get_by_text("We hear you.")).to_be_visible()
    await page.get_by_role("button", name="Start the interview").click()
    await expect(question(page)).to_be_visible()
    async with transaction() as session:
        (made,) = await interviews.list_newest(session, Principal(person.user_id), limit=5)
    assert (made.domain_slug, made.question_kind, made.difficulty, made.persona) == (
        "design",
        "behavioral",
        "senior",
        "HR",
    )
    assert (made.duration_minutes, made.session_type, made.status) == (10, "video", "active")

    await page.goto("/practice")
    await page.get_by_role("button", name="Same as last time").click()
    await page.get_by_role("button", name="Start the interview").click()
    await expect(question(page)).to_be_visible()
    async with transaction() as session:
        again, _first = await interviews.list_newest(session, Principal(person.user_id), limit=5)
    assert (again.domain_slug, again.question_kind, again.duration_minutes) == ("design", "behavioral", 10)
    assert person.problems == []


async def test_a_pasted_job_needs_a_title(enter: Enter) -> None:
    person = await enter()
    page = person.page
    await page.goto("/practice")
    await choose(page, "Paste a job description", "Continue")
    await expect(page.get_by_role("alert")).to_contain_text("what the job is called")
    await page.get_by_label("Job title").fill("Night shift lead at a data centre")
    await choose(page, "Continue")
    await expect(page.get_by_text("How should it be?")).to_be_visible()  # this step has a "Continue" of its own
    await choose(page, "Continue", "10 minutes", "In writing", "Start the interview")
    await expect(question(page)).to_be_visible()
    async with transaction() as session:
        (made,) = await interviews.list_newest(session, Principal(person.user_id), limit=5)
    assert (made.job_title, made.domain_slug) == ("Night shift lead at a data centre", None)


async def test_a_silent_microphone_is_not_said_to_be_heard(enter: Enter, tmp_path: Path, picture: Path) -> None:
    person = await enter(sound=devices.write_sound(tmp_path / "silence.wav", make_speech([4.0])), picture=picture)
    await person.page.goto("/practice")
    await choose(person.page, "Sales", "Continue", "10 minutes", "On camera")
    await expect(person.page.get_by_text("Say a few words")).to_be_visible()
    await asyncio.sleep(3)
    await expect(person.page.get_by_text("We hear you.")).to_have_count(0)


async def test_whoever_is_not_signed_in_is_asked_to(enter: Enter) -> None:
    person = await enter()
    await person.context.clear_cookies()
    await person.page.goto("/practice")
    await person.page.wait_for_url(lambda address: "/sign-in?next=/practice" in address)


# --- help when a device cannot be used ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made_devices", "help_text"),
    [
        ({"allowed": False}, "does not let us use your camera"),
        ({"exist": False}, "We find no microphone"),
    ],
    ids=["refused", "none there"],
)
async def test_help_leads_on_in_writing(enter: Enter, made_devices: dict[str, bool], help_text: str) -> None:
    person = await enter(**made_devices)
    page = person.page
    await page.goto("/practice")
    await choose(page, "Sales", "Continue", "10 minutes", "On camera")
    await expect(page.get_by_role("alert")).to_contain_text(help_text)
    await expect(page.get_by_role("button", name="Start the interview")).to_be_disabled()
    await choose(page, "Answer in writing", "Start the interview")
    await expect(page.get_by_role("textbox", name="Your answer")).to_be_visible()


@pytest.mark.parametrize(
    ("script", "help_text"),
    [
        ("Object.defineProperty(window, 'isSecureContext', {value: false})", "only on a secure page"),
        ("delete window.MediaRecorder", "This browser cannot record"),
        (
            "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotReadableError'))",
            "Another program is using",
        ),
    ],
    ids=["no secure page", "no recorder", "held by another program"],
)
async def test_help_says_what_is_wrong(enter: Enter, script: str, help_text: str) -> None:
    person = await enter()
    await person.context.add_init_script(script)
    page = await in_room(person)
    await expect(page.get_by_role("alert")).to_contain_text(help_text)
    await expect(page.get_by_text("Press the button")).to_have_count(0)
    await page.get_by_role("button", name="Answer in writing").click()
    await expect(page.get_by_role("textbox", name="Your answer")).to_be_visible()


# --- the room -------------------------------------------------------------------------------------------------------


async def test_an_interview_by_keyboard_alone(enter: Enter, sound: Path, picture: Path) -> None:
    """One answer spoken, one written, then the report's page; every recording is there and its analysis has begun."""
    person = await enter(sound=sound, picture=picture)
    page = await in_room(person)
    first = await question(page).inner_text()
    await page.keyboard.press("?")
    await expect(page.get_by_text("record the answer again")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("m")
    await expect(page.get_by_role("button", name="Read questions aloud (M)")).to_be_visible()
    await record(page, 3)
    await page.keyboard.press("Space")
    await in_phase(page, "recorded")
    await page.keyboard.press("n")
    await expect(question(page)).not_to_have_text(first)

    await page.get_by_role("button", name="Write instead of speaking").press("Enter")
    await page.keyboard.type("No rain makes me nervous, since I never plan around it.")
    await expect(page.get_by_role("textbox", name="Your answer")).to_have_value(
        "No rain makes me nervous, since I never plan around it."
    )
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url("**/history/*")

    spoken, written = await exchanges(person)
    (recording,) = await until_stored(person, 1)
    assert (recording.exchange_id, recording.kind, recording.content_type) == (spoken.id, "video", "video/webm")
    assert written.answer_text == "No rain makes me nervous, since I never plan around it."
    assert await analysed(person) == {spoken.id, written.id}
    assert person.problems == []


async def test_recording_again_keeps_one_take_the_new_one(enter: Enter, sound: Path, picture: Path) -> None:
    person = await enter(sound=sound, picture=picture)
    page = await in_room(person)
    await record(page, 2)
    await page.keyboard.press("Space")
    (first,) = await until_stored(person, 1)
    await page.keyboard.press("r")
    await in_phase(page, "recording")
    found = await until_media(person, lambda found: len(found) == 2)
    assert [one.id for one in found if one.state != MediaState.UPLOADING] == [first.id], (
        "kept until the new one is there"
    )
    await until_recorded(page, 2)
    await page.keyboard.press("Space")
    await in_phase(page, "recorded")
    (kept,) = await until_stored(person, 1)
    assert kept.id != first.id
    assert kept.filename.startswith("take-2")


async def test_going_on_after_a_pause_makes_a_second_segment(enter: Enter, sound: Path) -> None:
    person = await enter(sound=sound)
    page = await in_room(person, way=SessionType.AUDIO)
    for _ in range(2):
        await record(page, 2)
        await page.keyboard.press("Space")
        await in_phase(page, "recorded")
    first, second = await until_stored(person, 2)
    assert (first.kind, first.offset_seconds) == ("audio", 0)
    assert second.offset_seconds >= 2
    assert first.exchange_id == second.exchange_id


async def test_an_unplugged_device_ends_the_recording_and_keeps_it(enter: Enter, sound: Path, picture: Path) -> None:
    person = await enter(sound=sound, picture=picture)
    page = await in_room(person)
    await record(page, 2)
    # Chromium's fake devices cannot be pulled out; this is the event it sends when a real one is.
    await page.evaluate(
        "document.querySelector('video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))"
    )
    await in_phase(page, "recorded")
    await expect(page.get_by_role("alert")).to_contain_text("went away")
    await expect(page.get_by_role("status").filter(has_text="What you said until then is kept")).to_be_visible()
    await until_stored(person, 1)
    await page.get_by_role("button", name="Go on with voice only").click()
    await record(page, 1)
    await page.keyboard.press("n")
    assert [one.kind for one in await until_stored(person, 2)] == ["video", "audio"]


async def test_keys_do_not_fire_while_typing_and_a_draft_outlives_a_reload(enter: Enter) -> None:
    person = await enter()
    page = await in_room(person, way=SessionType.TEXT)
    asked = await question(page).inner_text()
    await page.get_by_role("textbox", name="Your answer").press_sequentially("n r m ? none of these is a command")
    await expect(question(page)).to_have_text(asked)
    await page.reload()
    await expect(page.get_by_role("textbox", name="Your answer")).to_have_value("n r m ? none of these is a command")
    await page.get_by_role("textbox", name="Your answer").press("Escape")
    await page.keyboard.press("n")
    await expect(question(page)).not_to_have_text(asked)
    await expect(page.get_by_role("textbox", name="Your answer")).to_have_value("")
    first, _second = await exchanges(person)
    assert first.answer_text == "n r m ? none of these is a command"


async def test_skipping_every_question_leaves_nothing_to_report(enter: Enter) -> None:
    person = await enter()
    page = await in_room(person, way=SessionType.TEXT)
    first = await question(page).inner_text()
    await page.get_by_role("button", name="Skip").click()
    await expect(question(page)).not_to_have_text(first)
    await page.get_by_role("button", name="Skip").click()
    await expect(page.get_by_text("What are you practising for?")).to_be_visible()
    assert [one.status for one in await exchanges(person)] == ["skipped", "skipped"]


async def test_ending_early_counts_what_was_said(enter: Enter, sound: Path) -> None:
    person = await enter(sound=sound)
    page = await in_room(person, way=SessionType.AUDIO, minutes=40)
    await record(page, 2)
    await page.get_by_role("button", name="End", exact=True).click()
    await page.get_by_role("button", name="End now").click()
    await page.wait_for_url("**/history/*")
    (only,) = await exchanges(person)
    assert only.status == "answered"
    assert await analysed(person) == {only.id}


async def test_another_persons_room_is_not_there(enter: Enter) -> None:
    owner, stranger = await enter(), await enter()
    page = await in_room(owner, way=SessionType.TEXT)
    await stranger.page.goto(page.url)
    await stranger.page.wait_for_url("**/404")
    await expect(stranger.page.get_by_role("textbox", name="Your answer")).to_have_count(0)


# --- everywhere -----------------------------------------------------------------------------------------------------


async def assert_accessible(page: Page) -> None:
    """No violation that axe finds (WCAG 2.2 A and AA, and its best practices), and nothing beyond the window's edge."""
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [360, 1440])
async def test_accessible_and_within_the_window(enter: Enter, sound: Path, picture: Path, width: int) -> None:
    person = await enter(sound=sound, picture=picture, size=(width, 800))
    page = person.page
    await page.goto("/practice")
    for name in ("Sales", "Continue", "10 minutes", "On camera"):
        button = page.get_by_role("button", name=name).first
        await expect(button).to_be_visible()
        await assert_accessible(page)
        await button.click()
    await expect(page.get_by_text("We hear you.")).to_be_visible()
    await assert_accessible(page)
    await page.get_by_role("button", name="Start the interview").click()
    await in_phase(page, "question")
    await assert_accessible(page)
    await page.keyboard.press("?")
    await record(page, 1)
    await assert_accessible(page)
    await page.keyboard.press("Space")
    await in_phase(page, "recorded")
    await page.get_by_role("button", name="Play your answer back").click()
    await assert_accessible(page)
    await page.get_by_role("button", name="End", exact=True).click()
    await assert_accessible(page)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Write instead of speaking").click()
    await assert_accessible(page)


async def test_when_the_time_is_up_it_is_said_and_the_report_follows(enter: Enter) -> None:
    person = await enter()
    page = await in_room(person, way=SessionType.TEXT, minutes=10)
    async with transaction() as session:
        (held,) = await interviews.list_newest(session, Principal(person.user_id), limit=1)
        held.started_at = now() - timedelta(minutes=10)
        session.add(held)
    await page.get_by_role("textbox", name="Your answer").fill("I asked what they needed, and then I built that first.")
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_role("heading", name="Your time is up")).to_be_visible()
    await expect(page.get_by_text("No answer is lost")).to_be_visible()
    await page.get_by_role("button", name="Go to your report").click()
    await page.wait_for_url("**/history/*")
    (only,) = await exchanges(person)
    assert only.answer_text == "I asked what they needed, and then I built that first."
    assert person.problems == []
