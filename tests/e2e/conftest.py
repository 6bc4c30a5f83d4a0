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
from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright

from intervi.settings import REPOSITORY_ROOT
from tests.e2e import devices
from tests.worker_processes import a_worker

START_SECONDS = 60
PASSWORD = "seven quiet owls 42"


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


@dataclass
class Person:
    """Somebody signed in, in a browser of their own."""

    user_id: UUID
    context: BrowserContext
    page: Page
    problems: list[str] = field(default_factory=list)
    """What the pages' scripts complained about: it should stay empty."""


Enter = Callable[..., Awaitable[Person]]


@pytest.fixture
async def enter(site: str, playwright: Playwright) -> AsyncIterator[Enter]:
    """``await enter(…)`` gives a person who has just signed up. Arguments: as :func:`devices.flags`,
    the window's ``size``, and the address (``at``) if it is not the test run's own."""
    browsers: list[Browser] = []

    async def sign_up(*, size: tuple[int, int] = (1280, 800), at: str = site, **made_devices: object) -> Person:
        browser = await playwright.chromium.launch(executable_path=_chromium(), args=devices.flags(**made_devices))
        browsers.append(browser)
        context = await browser.new_context(base_url=at, viewport={"width": size[0], "height": size[1]})
        answer = await context.request.post(
            "/api/auth/register",
            data={"email": f"{secrets.token_hex(8)}@example.com", "password": PASSWORD},
        )
        assert answer.status == 201, await answer.text()
        from intervi.ids import parse_id

        user_id = parse_id((await answer.json())["userId"])
        assert user_id
        person = Person(user_id, context, await context.new_page())
        person.page.on("pageerror", lambda error: person.problems.append(str(error)))
        return person

    yield sign_up
    for browser in browsers:
        await browser.close()


def _chromium() -> str | None:
    """The system's Chromium if there is one; ``None``: the one that Playwright installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
