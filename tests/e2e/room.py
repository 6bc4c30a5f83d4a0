"""Being in the practice room: what a candidate does there, and what the server has of it."""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

import av
from playwright.async_api import Locator, Page, expect
from sqlmodel import select

from intervi.accounts.principal import Principal
from intervi.analysis.models import Analysis
from intervi.database import transaction
from intervi.interviews import service as interviews
from intervi.interviews.models import Exchange, Interview, Origin, SessionType
from intervi.recordings.models import Media, MediaState
from intervi.recordings.storage import storage
from intervi.recordings.uploads import received_bytes
from tests.e2e.conftest import Person
from tests.media_made.speech import make_speech

SPEECH = make_speech([0.3, "I led the team that moved our billing to a new database", 0.8, "and nobody noticed", 0.3])
PATIENCE_SECONDS = 60
_SHOWN_SECONDS = "document.querySelector('.rec-time').textContent.split(':').reduce((sum, part) => sum * 60 + +part, 0)"


async def in_room(person: Person, *, way: SessionType = SessionType.VIDEO, minutes: int = 5) -> Page:
    """The room of a new interview (5 minutes are two questions), its first question shown."""
    principal = Principal(person.user_id)
    async with transaction() as session:
        interview = await interviews.create(
            session,
            principal,
            origin=Origin.PRACTICE,
            session_type=way,
            domain="software-dev",
            duration_minutes=minutes,
        )
    await person.page.goto(f"/practice/{interview.id}")
    await expect(question(person.page)).to_be_visible()
    return person.page


def question(page: Page) -> Locator:
    return page.locator(".rec-question").get_by_role("heading", level=1)


async def in_phase(page: Page, phase: str) -> None:
    await expect(page.locator(f"[data-phase='{phase}']")).to_be_visible()


async def record(page: Page, seconds: int) -> None:
    """Begins to record, by keyboard, and speaks until the room shows so many seconds more."""
    await expect(
        page.get_by_role("button", name="Record your answer").or_(page.get_by_role("button", name="Add to"))
    ).to_be_enabled()
    before = await shown_seconds(page)
    await page.keyboard.press("Space")
    await in_phase(page, "recording")
    await until_recorded(page, before + seconds)


async def until_recorded(page: Page, seconds: float) -> None:
    """Speaks on until the room shows so many seconds in all."""
    patience = (seconds + PATIENCE_SECONDS) * 1000
    await page.wait_for_function(f"() => {_SHOWN_SECONDS} >= {seconds}", timeout=patience)


async def shown_seconds(page: Page) -> int:
    """The whole seconds of the answer's newest take, as the room shows them."""
    return int(await page.evaluate(_SHOWN_SECONDS))


async def exchanges(person: Person) -> list[Exchange]:
    async with transaction() as session:
        found = await session.exec(
            select(Exchange).join(Interview).where(Interview.user_id == person.user_id).order_by(Exchange.position)
        )
        return list(found)


async def media(person: Person) -> list[Media]:
    """What is stored of the person's recordings, in order."""
    async with transaction() as session:
        found = await session.exec(select(Media).where(Media.user_id == person.user_id).order_by(Media.created_at))
        return list(found)


async def until_media(person: Person, is_so: Callable[[Sequence[Media]], bool]) -> list[Media]:
    """The person's recordings as soon as they are as wanted."""
    for _ in range(PATIENCE_SECONDS * 10):
        found = await media(person)
        if is_so(found):
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"the recordings are {[(one.state, one.offset_seconds, one.size_bytes) for one in found]}")


async def until_stored(person: Person, count: int) -> list[Media]:
    """Waits until so many recordings are there, all of them whole."""
    return await until_media(person, lambda found: [one.state for one in found] == [MediaState.STORED] * count)


async def until_arriving(person: Person) -> tuple[Media, int]:
    """The one recording that is on its way, as soon as some of it has arrived; and how many bytes have."""
    for _ in range(PATIENCE_SECONDS * 10):
        found = await media(person)
        if found and (size := await received_bytes(found[0])) > 0:
            (only,) = found
            assert only.state == MediaState.UPLOADING
            return only, size
        await asyncio.sleep(0.1)
    raise AssertionError("nothing arrives")


async def analysed(person: Person) -> set[UUID]:
    """The answers whose analysis has begun."""
    async with transaction() as session:
        return {
            one.exchange_id for one in await session.exec(select(Analysis).where(Analysis.user_id == person.user_id))
        }


def decoded_seconds(recording: Media) -> float:
    """How long a recording sounds, decoded from its first to its last frame."""
    with storage().as_file(recording.storage_key) as path, av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    return float(frames[-1].time - frames[0].time) + frames[-1].samples / frames[-1].sample_rate
