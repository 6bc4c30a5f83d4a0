"""The main job, end to end: sign up, practise, be measured, read the report. What is said and seen is made, so the truth is known."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import parselmouth
import pytest
from playwright.async_api import Locator, Page, expect

from intervi.accounts.principal import Principal
from intervi.analysis import service as analysis
from intervi.analysis.figures import Span, Speech
from intervi.database import transaction
from intervi.interviews import exchanges
from intervi.interviews import service as interviews
from tests.e2e import devices
from tests.e2e.conftest import Enter, Person
from tests.e2e.room import shown_seconds, until_recorded
from tests.media_made.faces import Scene, make_face_video
from tests.media_made.speech import BRITISH_MAN, RATE, MadeSpeech, make_speech

pytestmark = [pytest.mark.e2e, pytest.mark.media, pytest.mark.timeout(600)]

LEAD_SECONDS = 12.0
"""Silence before the speech: time to press the button after the microphone was opened."""
SAID = make_speech(
    [
        "In my last role our billing service failed every Monday morning.",
        0.9,
        "I was asked to find the reason, so I traced every request for a week.",
        0.7,
        "I found a nightly report that locked the table, and I moved it to a replica.",
        1.2,
        "Errors fell by ninety percent.",
    ],
    BRITISH_MAN,
)
"""By the voice of espeak-ng that the recogniser makes out best: the pace that is shown is counted by its words."""
AWAY_SHARE = 0.4
LOOKS = (Scene(3.0), Scene(2.0, yaw=30.0))
WRITTEN = "I would ask the two people what they need, write both down, and let the team choose by the date we promised."
ANALYSIS_SECONDS = 240


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lead = MadeSpeech(np.zeros(round(LEAD_SECONDS * RATE), np.float32))
    return devices.write_sound(tmp_path_factory.mktemp("sound") / "answer.wav", lead + SAID)


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_face_video(tmp_path_factory.mktemp("picture") / "face.mjpeg", LOOKS, rate=30)


async def test_from_signing_up_to_a_true_report(enter: Enter, workers: None, sound: Path, picture: Path) -> None:
    person = await enter(sound=sound, picture=picture)
    page = person.page
    await set_up(page)
    lengths = []
    await at_question(page, 1)
    for number in (1, 2):
        # Opens the microphone anew, which plays the made answer from its beginning.
        await page.reload()
        lengths.append(await speak(page))
        await page.keyboard.press("n")
        await at_question(page, number + 1)
    await write(page)
    await at_question(page, 4)
    await page.get_by_role("button", name="End", exact=True).click()
    await page.get_by_role("button", name="End now").click()
    await page.wait_for_url("**/history/*")

    for number, length in enumerate(lengths, start=1):
        await check_answer(page, number, await speech_of(person, number), length)
    await expect(page.locator("#q3")).to_contain_text(WRITTEN)
    await expect(page.locator("#q4")).to_contain_text("Skipped")
    await check_sum(page)
    assert person.problems == []


# --- the steps ------------------------------------------------------------------------------------------------------


async def set_up(page: Page) -> None:
    await page.goto("/practice")
    for name in ("Software Engineering", "Behavioural", "Continue", "10 minutes", "On camera"):
        await page.get_by_role("button", name=name).first.click()
    await expect(page.get_by_text("We hear you.")).to_be_visible()
    await page.get_by_role("button", name="Start the interview").click()


async def speak(page: Page) -> float:
    """Records the whole made answer; the seconds it took, to half a second."""
    await expect(page.get_by_role("button", name="Record your answer")).to_be_enabled()
    await page.keyboard.press("Space")
    await expect(page.locator("[data-phase='recording']")).to_be_visible()
    await until_recorded(page, LEAD_SECONDS + SAID.seconds + 1.0)
    await page.keyboard.press("Space")
    await expect(page.locator("[data-phase='recorded']")).to_be_visible()
    return await shown_seconds(page) + 0.5


async def write(page: Page) -> None:
    await page.get_by_role("button", name="Write instead of speaking").click()
    await page.get_by_role("textbox", name="Your answer").fill(WRITTEN)
    await page.keyboard.press("Control+Enter")


async def at_question(page: Page, number: int) -> None:
    await expect(page.get_by_role("img", name=f"Question {number} of 4")).to_be_visible()


# --- the truth ------------------------------------------------------------------------------------------------------


async def speech_of(person: Person, number: int) -> Speech:
    """What was measured of the voice; the page has no more than this."""
    principal = Principal(person.user_id)
    async with transaction() as session:
        (interview,) = await interviews.list_newest(session, principal, limit=1)
        exchange = (await exchanges.of_interview(session, principal, interview.id))[number - 1]
    for _ in range(ANALYSIS_SECONDS):
        async with transaction() as session:
            state = await analysis.of_exchange(session, principal, exchange.id)
        if state is not None and state.report is not None and state.speech is not None:
            return state.speech
        await asyncio.sleep(1)
    stages = {stage: (row.status, row.error) for stage, row in state.stages.items()} if state else "no analysis"
    pytest.fail(f"answer {number} was not analysed within {ANALYSIS_SECONDS} s: {stages}")


async def check_answer(page: Page, number: int, speech: Speech, length: float) -> None:
    """The figures the page shows for an answer, against what was really said and seen."""
    assert speech.duration_seconds == pytest.approx(length, abs=1.5)
    assert_pauses(speech.pauses, [Span(start=start, end=end) for start, end in SAID.pauses if end - start > 0.5])
    assert speech.median_f0_hz.value == pytest.approx(true_median_f0(), rel=0.05)

    seconds = speech.duration_seconds
    sounding = SAID.seconds - sum(end - start for start, end in SAID.pauses)
    assert await shown(page, number, "Share of pauses") / 100 == pytest.approx(1 - sounding / seconds, abs=0.05)
    assert await shown(page, number, "Pace") == pytest.approx(len(SAID.words) / seconds * 60, rel=0.10)
    assert 1 - await shown(page, number, "Eye contact") / 100 == pytest.approx(AWAY_SHARE, abs=0.15)


def assert_pauses(found: Sequence[Span], truth: Sequence[Span]) -> None:
    """Every true pause was found, at its place (from the first pause on, since the recording begins when it likes) and of its length."""
    long = [pause for pause in found if pause.seconds > 0.45]
    assert len(long) == len(truth), f"found {long}"
    shift = long[0].start - truth[0].start
    for one, true in zip(long, truth, strict=True):
        assert one.start - shift == pytest.approx(true.start, abs=0.15)
        assert one.seconds == pytest.approx(true.seconds, abs=0.15)


def true_median_f0() -> float:
    """Praat's, of the samples themselves."""
    pitch = parselmouth.Sound(SAID.samples.astype(np.float64), RATE).to_pitch_ac(pitch_floor=65, pitch_ceiling=400)
    heard = pitch.selected_array["frequency"]
    return float(np.median(heard[heard > 0]))


async def shown(page: Page, number: int, label: str) -> float:
    """The number that an answer's figure shows."""
    figure: Locator = page.locator(f"#q{number} .figure", has=page.get_by_text(label, exact=True))
    text = await figure.locator(".figure-value").inner_text()
    found = re.match(r"[\d.]+", text)
    assert found, f"{label}: {text}"
    return float(found.group())


async def check_sum(page: Page) -> None:
    """The parts of the overall score add up to it, as the page shows them."""
    card = page.locator(".report-first .card")
    await expect(card).to_be_visible(timeout=ANALYSIS_SECONDS * 1000)
    total = float(await card.locator("tfoot td").inner_text())
    points = await card.locator("tbody tr td:nth-child(4)").all_inner_texts()
    assert sum(map(float, points)) == pytest.approx(total, abs=0.11)
    assert float(await card.locator(".score-number").inner_text()) == pytest.approx(total)
