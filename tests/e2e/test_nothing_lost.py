"""What a candidate records survives a reload, a closed tab, a crashed browser, a lost or slow network, a killed web process and an
ended login. At most the last two seconds of an answer are lost; on return the room goes on where it was."""

import asyncio
import os
import signal
import subprocess
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, Playwright, expect
from sqlmodel import col, delete

from intervi.accounts.models import Login
from intervi.database import transaction
from intervi.recordings.models import MediaState
from tests.e2e.conftest import PASSWORD, Enter, Person, a_browser, free_port, serving
from tests.e2e.room import (
    analysed,
    decoded_seconds,
    exchanges,
    in_phase,
    in_room,
    media,
    question,
    record,
    shown_seconds,
    until_arriving,
    until_recorded,
    until_stored,
)

pytestmark = pytest.mark.e2e

MOST_LOST_SECONDS = 2.0
LOST = "Connection lost. Your answer is kept here"
GOING_UP = "What you recorded is going up"


def leave_without_asking(page: Page) -> None:
    """Answers "leave this page?" with yes."""
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))


async def throttle(page: Page, bytes_per_second: int) -> None:
    """A network that takes no more than so much."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": bytes_per_second},
    )


async def is_at(page: Page, asked: str) -> None:
    """The room is where it was left: at the same question, with what was recorded of its answer."""
    await in_phase(page, "recorded")
    await expect(question(page)).to_have_text(asked)


async def goes_on(person: Person, page: Page) -> None:
    """A second segment of the same answer, then the next question."""
    asked = await question(page).inner_text()
    await record(page, 2)
    await page.keyboard.press("n")
    await expect(question(page)).not_to_have_text(asked)
    first, second = await until_stored(person, 2)
    assert first.exchange_id == second.exchange_id
    assert first.offset_seconds == 0
    assert abs(second.offset_seconds - decoded_seconds(first)) < MOST_LOST_SECONDS, (
        "it begins where the first one ended"
    )


def kill_with_children(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL for a process and those it started."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for pid in [process.pid, *map(int, children)]:
        os.kill(pid, signal.SIGKILL)


def kill_browser(profile: Path) -> None:
    """SIGKILL for every process of the browser that has this profile open."""
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            command = (directory / "cmdline").read_bytes()
        except OSError:
            continue  # it has ended meanwhile
        if f"--user-data-dir={profile}".encode() in command:
            os.kill(int(directory.name), signal.SIGKILL)


async def sign_in(context: BrowserContext, person: Person) -> None:
    answer = await context.request.post("/api/auth/login", data={"email": person.email, "password": PASSWORD})
    assert answer.status == 200, await answer.text()


# --- the page, the tab, the browser ---------------------------------------------------------------------------------


async def test_a_reload(enter: Enter, sound: Path, picture: Path) -> None:
    person = await enter(sound=sound, picture=picture)
    page = await in_room(person)
    asked = await question(page).inner_text()
    leave_without_asking(page)
    await record(page, 4)
    await page.reload()
    await is_at(page, asked)
    (cut,) = await until_stored(person, 1)
    assert decoded_seconds(cut) > 4 - MOST_LOST_SECONDS
    await goes_on(person, page)


async def test_a_closed_tab_sends_from_whatever_page_is_opened_next(enter: Enter, sound: Path, picture: Path) -> None:
    person = await enter(sound=sound, picture=picture)
    page = await in_room(person)
    room, asked = page.url, await question(page).inner_text()
    await record(page, 4)
    await page.close()
    page = await person.context.new_page()
    await page.goto("/dashboard")
    (cut,) = await until_stored(person, 1)
    assert decoded_seconds(cut) > 4 - MOST_LOST_SECONDS
    await page.goto(room)
    await is_at(page, asked)
    await goes_on(person, page)


async def test_a_crashed_browser(
    enter: Enter, site: str, playwright: Playwright, tmp_path: Path, sound: Path, picture: Path
) -> None:
    profile = tmp_path / "profile"
    person = await enter(sound=sound, picture=picture, profile=profile)
    page = await in_room(person)
    room, asked = page.url, await question(page).inner_text()
    await record(page, 5)
    cut, _size = await until_arriving(person)
    kill_browser(profile)
    (profile / "SingletonLock").unlink(missing_ok=True)
    async with a_browser(playwright, site, profile=profile, sound=sound, picture=picture) as context:
        await sign_in(context, person)
        page = await context.new_page()
        await page.goto(room)
        await is_at(page, asked)
        (whole,) = await until_stored(person, 1)
        assert whole.id == cut.id, "the same upload goes on"
        assert decoded_seconds(whole) > 5 - MOST_LOST_SECONDS
        await goes_on(person, page)


# --- the network and the server -------------------------------------------------------------------------------------


async def test_a_lost_network(enter: Enter, sound: Path, picture: Path) -> None:
    person = await enter(sound=sound, picture=picture)
    page = await in_room(person)
    await record(page, 2)
    waiting, before = await until_arriving(person)
    await person.context.set_offline(True)
    await expect(page.get_by_text(LOST)).to_be_visible()
    await until_recorded(page, await shown_seconds(page) + 2)
    await page.keyboard.press("Space")
    await in_phase(page, "recorded")
    spoken = await shown_seconds(page)
    assert [one.state for one in await media(person)] == [MediaState.UPLOADING]
    await person.context.set_offline(False)
    (whole,) = await until_stored(person, 1)
    assert whole.id == waiting.id, "the same upload goes on"
    assert whole.size_bytes > before
    assert decoded_seconds(whole) > spoken - MOST_LOST_SECONDS
    await expect(page.get_by_text(LOST)).to_have_count(0)


async def test_a_killed_web_process(enter: Enter, servers: Path, sound: Path, picture: Path) -> None:
    """It dies while somebody speaks, and another one takes its place: the answer is whole, and the interview goes on."""
    port, log = free_port(), servers / "killed-web.log"
    with serving(port, log) as process:
        person = await enter(at=f"http://localhost:{port}", sound=sound, picture=picture)
        page = await in_room(person)
        asked = await question(page).inner_text()
        await record(page, 2)
        _arriving, before = await until_arriving(person)
        kill_with_children(process)
    await expect(page.get_by_text(LOST)).to_be_visible()
    spoken = await shown_seconds(page)
    await page.keyboard.press("n")
    await in_phase(page, "moving")
    with serving(port, log):
        (whole,) = await until_stored(person, 1)
        assert whole.size_bytes > before
        assert decoded_seconds(whole) > spoken - MOST_LOST_SECONDS
        await expect(question(page)).not_to_have_text(asked)
    first, second = await exchanges(person)
    assert (first.status, second.status) == ("answered", "asked"), "told again and again, and taken once"


async def test_the_room_stays_until_the_last_second_has_arrived(enter: Enter, sound: Path, picture: Path) -> None:
    person = await enter(sound=sound, picture=picture)
    page = await in_room(person, minutes=40)
    await throttle(page, 20_000)
    await record(page, 4)
    await page.get_by_role("button", name="End", exact=True).click()
    await page.get_by_role("button", name="End now").click()
    await expect(page.get_by_text("Your last answers are going up")).to_be_visible()
    await page.wait_for_url("**/history/*")
    (whole,) = await media(person)
    assert whole.state == MediaState.STORED
    assert decoded_seconds(whole) > 4 - MOST_LOST_SECONDS
    assert await analysed(person) == {whole.exchange_id}


async def test_who_does_not_wait_for_it_loses_nothing(enter: Enter, sound: Path, picture: Path) -> None:
    """The interview is over and its recording half sent when another page is opened: it goes up from there, and is analysed."""
    person = await enter(sound=sound, picture=picture)
    page = await in_room(person, minutes=40)
    leave_without_asking(page)
    await throttle(page, 10_000)
    await record(page, 5)
    await page.get_by_role("button", name="End", exact=True).click()
    await page.get_by_role("button", name="End now").click()
    await expect(page.get_by_text("Your last answers are going up")).to_be_visible()
    await page.goto("/history")
    await expect(page.get_by_text(GOING_UP)).to_be_visible()
    assert [one.state for one in await media(person)] == [MediaState.UPLOADING]
    await throttle(page, -1)
    (whole,) = await until_stored(person, 1)
    assert decoded_seconds(whole) > 5 - MOST_LOST_SECONDS
    await expect(page.get_by_text(GOING_UP)).to_have_count(0)
    assert await analysed(person) == {whole.exchange_id}


# --- what the server will not take ----------------------------------------------------------------------------------


async def test_what_is_refused_is_said_and_can_be_kept_or_let_go(enter: Enter) -> None:
    person = await enter()
    page = person.page
    await page.goto("/dashboard")
    await expect(page.get_by_text("You have not practised yet")).to_be_visible()
    await page.evaluate(_LEAVE_FOR_NOBODY, [None, None])
    await page.reload()
    refused = page.get_by_role("alert").filter(has_text="This recording could not be stored.")
    await expect(refused).to_be_visible()
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    async with page.expect_download() as download:
        await refused.get_by_role("button", name="Save it on this computer").click()
    kept = await download.value
    assert kept.suggested_filename == "take-1-at-0s.webm"
    assert (await kept.path()).read_bytes() == b"what was said"
    await page.goto("/history")
    await refused.get_by_role("button", name="Discard it").click()
    await expect(refused).to_have_count(0)
    await page.wait_for_function(_NOTHING_LEFT)
    await page.reload()
    await expect(page.get_by_text("Every interview you practise")).to_be_visible()
    await expect(refused).to_have_count(0)
    assert person.problems == []


async def test_what_is_refused_is_let_go_in_the_room(enter: Enter) -> None:
    person = await enter()
    page = await in_room(person)
    leave_without_asking(page)
    await page.evaluate(_LEAVE_FOR_NOBODY, [page.url.rpartition("/")[2], None])
    await page.reload()
    refused = page.get_by_role("alert").filter(has_text="This recording could not be stored.")
    await refused.get_by_role("button", name="Discard it").click()
    await expect(refused).to_have_count(0)
    await page.wait_for_function(_NOTHING_LEFT)
    await expect(page.get_by_role("button", name="Record your answer")).to_be_enabled()


async def test_what_somebody_else_recorded_in_this_browser_stays_theirs(enter: Enter) -> None:
    """Whoever is signed in now is neither shown it nor asked about it."""
    person = await enter()
    page = person.page
    await page.goto("/dashboard")
    await page.evaluate(_LEAVE_FOR_NOBODY, [None, "01a214b8-8573-8381-8000-000b5b57c46a"])
    async with page.expect_response("**/api/uploads") as refused:
        await page.reload()
    assert (await refused.value).status == 403
    await expect(page.get_by_text("You have not practised yet")).to_be_visible()
    await expect(page.get_by_text(GOING_UP)).to_have_count(0)
    await expect(page.get_by_role("alert")).to_have_count(0)
    assert not await page.evaluate(_NOTHING_LEFT), "it waits for whose it is"


_LEAVE_FOR_NOBODY = """([interviewId, owner]) => new Promise((done, failed) => {
    const asked = indexedDB.open("intervi-recordings", 1);
    asked.onerror = failed;
    asked.onupgradeneeded = () => {
        asked.result.createObjectStore("segments", { keyPath: "id" }).createIndex("interviewId", "interviewId");
        asked.result.createObjectStore("pieces", { keyPath: ["segmentId", "number"] }).createIndex("segmentId", "segmentId");
    };
    asked.onsuccess = () => {
        const writing = asked.result.transaction(["segments", "pieces"], "readwrite");
        const id = crypto.randomUUID();
        writing.objectStore("segments").put({
            id, interviewId: interviewId ?? crypto.randomUUID(), owner, exchangeId: crypto.randomUUID(), take: 1, kind: "audio",
            type: "audio/webm;codecs=opus", offsetSeconds: 0, seconds: 1, ended: true, stored: false, uploadUrl: null,
        });
        const bytes = new TextEncoder().encode("what was said").buffer;
        writing.objectStore("pieces").put({ segmentId: id, number: 0, bytes });
        writing.oncomplete = () => { asked.result.close(); done(); };
    };
})"""
"""A recording that answers no question of ours, as if that had been deleted meanwhile, of this interview or of none; kept as ``store.js``
does."""
_NOTHING_LEFT = """() => new Promise((done) => {
    const asked = indexedDB.open("intervi-recordings");
    asked.onsuccess = () => {
        const counted = asked.result.transaction("segments").objectStore("segments").count();
        counted.onsuccess = () => { asked.result.close(); done(counted.result === 0); };
    };
})"""


# --- the login ------------------------------------------------------------------------------------------------------


async def test_a_login_that_ends_in_the_middle_of_an_answer(enter: Enter, sound: Path, picture: Path) -> None:
    person = await enter(sound=sound, picture=picture)
    page = await in_room(person)
    asked = await question(page).inner_text()
    await record(page, 2)
    begun, _size = await until_arriving(person)
    async with transaction() as session:
        await session.exec(delete(Login).where(col(Login.user_id) == person.user_id))
    await expect(page.get_by_text("You are signed out.")).to_be_visible()
    await until_recorded(page, 5)
    await page.keyboard.press("Space")
    await in_phase(page, "recorded")
    await page.get_by_role("link", name="Sign in again").click()
    await page.get_by_label("E-mail").fill(person.email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await is_at(page, asked)
    (whole,) = await until_stored(person, 1)
    assert whole.id == begun.id, "the same upload goes on"
    assert decoded_seconds(whole) > 5 - MOST_LOST_SECONDS
    await goes_on(person, page)
