"""The product as it is served, a browser with made devices, and a signed-in person in front of it."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import BrowserContext, Error, Page, Playwright, async_playwright, expect

from intervi.settings import REPOSITORY_ROOT
from tests.e2e import devices
from tests.worker_processes import a_worker

START_SECONDS = 120
PASSWORD = "seven quiet owls 42"
PATIENCE_MS = 60_000
"""So long a page may take to come to what is expected of it: a loaded machine is slow, and waiting costs nothing where all is well."""

expect.set_options(timeout=PATIENCE_MS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _process(log: Path, *command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=REPOSITORY_ROOT,
            env=os.environ | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def built() -> None:
    """The front end, built once and again only when it has changed."""
    subprocess.run([sys.executable, "-m", "intervi.supervision.frontend"], cwd=REPOSITORY_ROOT, check=True)


@contextlib.contextmanager
def serving(port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The web process on a port, from the moment it answers."""
    with _process(log, "-m", "intervi.supervision.web", PORT=str(port)) as process:
        for _ in range(START_SECONDS * 10):
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://localhost:{port}/api/health", timeout=5),
            ):
                break
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        else:
            pytest.fail(f"the site did not answer within {START_SECONDS} s:\n{log.read_text()}")
        yield process


@pytest.fixture(scope="session")
def site(servers: Path, built: None) -> Iterator[str]:
    """The address of the product, served for this test run."""
    port = free_port()
    with serving(port, servers / "web.log"):
        yield f"http://localhost:{port}"


@pytest.fixture
def workers(servers: Path) -> Iterator[None]:
    """One worker of each kind, for this test alone: other tests look at analyses that stand still."""
    with contextlib.ExitStack() as running:
        for kind in ("media", "speech-to-text"):
            # A busy machine may be slow, but none of these workers is meant to look dead.
            running.enter_context(a_worker(kind, servers, INTERVI_LEASE_SECONDS="60"))
        yield


@pytest.fixture(scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few words for the microphone."""
    from tests.e2e.room import SPEECH

    return devices.write_sound(tmp_path_factory.mktemp("sound") / "speech.wav", SPEECH)


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Something that moves, for the camera."""
    return devices.write_picture(tmp_path_factory.mktemp("picture") / "bar.mjpeg", devices.moving_bar())


@dataclass
class Person:
    """Somebody signed in, in a browser of their own."""

    user_id: UUID
    email: str
    context: BrowserContext
    page: Page
    problems: list[str] = field(default_factory=list)
    """What the pages' scripts complained about: it should stay empty."""


Enter = Callable[..., Awaitable[Person]]


@pytest.fixture
async def enter(site: str, playwright: Playwright) -> AsyncIterator[Enter]:
    """``await enter(…)`` gives a person who has just signed up. Arguments: as :func:`devices.flags`,
    the window's ``size``, the address (``at``) if it is not the test run's own, and the ``profile``'s directory if it is to be kept."""
    async with contextlib.AsyncExitStack() as browsers:

        async def sign_up(
            *, size: tuple[int, int] = (1280, 800), at: str = site, profile: Path | None = None, **made_devices: object
        ) -> Person:
            context = await browsers.enter_async_context(
                a_browser(playwright, at, size=size, profile=profile, **made_devices)
            )
            return await _sign_up(context)

        yield sign_up


@contextlib.asynccontextmanager
async def a_browser(
    playwright: Playwright,
    at: str,
    *,
    size: tuple[int, int] = (1280, 800),
    profile: Path | None = None,
    **made_devices: object,
) -> AsyncIterator[BrowserContext]:
    """A Chromium of its own, with what it kept in its profile, if it has one."""
    page = {"base_url": at, "viewport": {"width": size[0], "height": size[1]}}
    start = {"executable_path": _chromium(), "args": devices.flags(**made_devices)}
    if profile:
        context = await playwright.chromium.launch_persistent_context(profile, **start, **page)
    else:
        context = await (await playwright.chromium.launch(**start)).new_context(**page)
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield context
    finally:
        with contextlib.suppress(Error):  # it was killed
            await (context.browser.close() if context.browser else context.close())


async def _sign_up(context: BrowserContext) -> Person:
    email = f"{secrets.token_hex(8)}@example.com"
    answer = await context.request.post("/api/auth/register", data={"email": email, "password": PASSWORD})
    assert answer.status == 201, await answer.text()
    from intervi.ids import parse_id

    user_id = parse_id((await answer.json())["userId"])
    assert user_id
    person = Person(user_id, email, context, await context.new_page())
    person.page.on("pageerror", lambda error: person.problems.append(str(error)))
    return person


def _chromium() -> str | None:
    """The system's Chromium if there is one; ``None``: the one that Playwright installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
