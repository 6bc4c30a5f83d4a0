"""One installation for all faults, and the table of what was injected and what was found."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from intervi.analysis import queue
from intervi.database import dispose_engine
from intervi.redis_client import close_redis
from tests.faults.answers import webm
from tests.faults.installation import Installation, an_installation

_NOTED: list[tuple[str, str]] = []


@pytest.fixture(scope="package")
def _installation() -> Iterator[Installation]:
    with an_installation() as installation:
        yield installation


@pytest.fixture
async def installation(_installation: Installation) -> AsyncIterator[Installation]:
    """The installation, empty, with its servers running and no worker."""
    await _forget_connections()
    _installation.clear()
    yield _installation
    _installation.kill_workers()
    await _forget_connections()


async def _forget_connections() -> None:
    await dispose_engine()
    await close_redis()
    queue._forget()


@pytest.fixture(scope="package")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small recording with a picture and a tone."""
    return webm(tmp_path_factory.mktemp("media") / "answer.webm")


@pytest.fixture
def noted() -> Callable[[str, str], None]:
    """Notes what was injected and what was found, for the table at the end."""

    def note(injected: str, found: str) -> None:
        print(f"injected: {injected}\nfound:    {found}")
        _NOTED.append((injected, found))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _NOTED:
        terminalreporter.section("faults: what was injected, and what was found afterwards")
        width = max(len(injected) for injected, _found in _NOTED)
        for injected, found in _NOTED:
            terminalreporter.line(f"{injected:<{width}}  {found}")
