"""What the room shows while one speaks, by a made voice and a made face whose truth is known, and what the report keeps of it."""

import asyncio
import re
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest
from playwright.async_api import Page, expect
from sqlmodel import select

from intervi.database import transaction
from intervi.observations.models import Observation
from intervi.recordings.models import Media
from tests.e2e import devices
from tests.e2e.conftest import Enter
from tests.e2e.room import in_phase, in_room, record, until_stored
from tests.media_made.faces import Scene, render
from tests.media_made.speech import MadeSpeech, make_speech

pytestmark = pytest.mark.e2e

FRAMES_PER_SECOND = 30
TOWARDS_SECONDS, AWAY_SECONDS = 14, 9


@pytest.fixture(scope="module")
def murmur(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two minutes of speech at a tenth of the level at which one is understood well."""
    speech = make_speech(["We moved the whole thing step by step over a year and hardly anybody noticed", 0.4] * 24)
    quiet = speech.samples * (0.01 / np.sqrt(np.mean(speech.samples**2)))
    return devices.write_sound(tmp_path_factory.mktemp("murmur") / "murmur.wav", MadeSpeech(quiet.astype(np.float32)))


@pytest.fixture(scope="module")
def turning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A face that looks into the camera for most of the time, then away, over and over."""
    scenes = (render(scene) for scene in (Scene(1), Scene(1, yaw=30)))
    towards, away = (cv2.imencode(".jpg", cv2.cvtColor(each, cv2.COLOR_RGB2BGR))[1].tobytes() for each in scenes)
    path = tmp_path_factory.mktemp("turning") / "face.mjpeg"
    path.write_bytes(towards * TOWARDS_SECONDS * FRAMES_PER_SECOND + away * AWAY_SECONDS * FRAMES_PER_SECOND)
    return path


async def until_eyes(page: Page, condition: str) -> None:
    """Waits until the meter's share of eye contact is so."""
    script = f"() => {{ const text = document.querySelector('[data-meter=eyes]').dataset.share; return text !== '' && text {condition}; }}"
    await page.wait_for_function(script, timeout=120_000)


@pytest.mark.timeout(420)
async def test_murmuring_and_looking_away_are_told_and_kept(enter: Enter, murmur: Path, turning: Path) -> None:
    person = await enter(sound=murmur, picture=turning, graphics=True)
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    page = await in_room(person)
    await until_eyes(page, ">= 0.8")
    await page.keyboard.press("Space")
    await in_phase(page, "recording")
    await expect(page.locator(".rec-nudge")).to_have_text("Speak up a bit?")
    await until_eyes(page, "<= 0.3")
    await until_eyes(page, ">= 0.8")
    await page.keyboard.press("Space")
    await in_phase(page, "recorded")
    (recorded,) = await until_stored(person, 1)
    assert person.problems == []
    assert {urlsplit(address).hostname for address in asked if address.startswith("http")} == {"localhost"}

    kept = await _observed()
    assert "volume" in [kind for _at, kind in kept.nudges]
    assert {share >= 0.5 for _at, share in kept.eye_contact} == {True, False}
    async with transaction() as session:  # as decoding finds it: the timeline needs a length
        media = (await session.exec(select(Media).where(Media.id == recorded.id))).one()
        media.duration_seconds = kept.seconds
        session.add(media)
    await page.goto(f"/history/{recorded.interview_id}")
    await expect(page.locator(".lane--nudges > span").first).to_have_attribute("title", re.compile(r"Speak up a bit\?"))
    await expect(page.locator(".lane--live_contact > span").first).to_be_visible()


async def _observed() -> Observation:
    for _ in range(600):
        async with transaction() as session:
            found = (await session.exec(select(Observation))).all()
        if found and found[0].nudges:
            return found[0]
        await asyncio.sleep(0.1)
    pytest.fail("nothing was kept of what was seen live")


async def test_hints_can_be_switched_off_and_stay_off(enter: Enter, murmur: Path) -> None:
    person = await enter(sound=murmur)
    sockets: list[str] = []
    person.page.on("websocket", lambda socket: sockets.append(urlsplit(socket.url).path))
    page = await in_room(person)
    await expect(page.locator("[data-meter=pace]")).to_be_visible()
    await page.get_by_role("button", name="No hints while you speak").click()
    await expect(page.locator("[data-meter=pace]")).to_have_count(0)
    sockets.clear()
    await page.reload()
    await record(page, 2)
    await page.keyboard.press("Space")
    await in_phase(page, "recorded")
    assert not [path for path in sockets if path.startswith("/ws/analysis")]
    await page.keyboard.press("l")
    await expect(page.locator("[data-meter=pace]")).to_be_visible()
    assert person.problems == []


async def test_a_socket_that_is_refused_leaves_the_recording_alone(enter: Enter, murmur: Path) -> None:
    person = await enter(sound=murmur)
    await person.page.route_web_socket("**/ws/analysis/**", lambda socket: socket.close(code=1011))
    page = await in_room(person)
    await record(page, 3)
    await page.keyboard.press("Space")
    await in_phase(page, "recorded")
    await until_stored(person, 1)
    assert person.problems == []


A_SLOW_MACHINE = "postMessage({ready: true}); onmessage = () => postMessage({ms: 2501, face: null});"
"""What the landmarks' worker says on a machine that takes so many milliseconds for a picture; this one is too fast."""


async def test_a_machine_too_slow_for_landmarks_drops_them_and_records_on(enter: Enter, murmur: Path) -> None:
    person = await enter(sound=murmur)
    page = person.page
    await page.context.route(
        "**/landmarks/worker.js", lambda route: route.fulfill(body=A_SLOW_MACHINE, content_type="text/javascript")
    )
    async with page.expect_worker(lambda worker: "landmarks" in worker.url) as begun:
        await in_room(person)
    landmarks = await begun.value
    async with landmarks.expect_event("close", timeout=60_000):
        await record(page, 2)
    await in_phase(page, "recording")
    await page.keyboard.press("Space")
    await in_phase(page, "recorded")
    await until_stored(person, 1)
    assert person.problems == []
