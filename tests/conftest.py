"""Real servers for every test: PostgreSQL and Redis from their wheels, migrated by Alembic, private to this test run."""

import asyncio
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt

# A short path: a unix socket's may have 107 characters at most. World-searchable, for PostgreSQL's user when we are root.
HOME = Path(tempfile.mkdtemp(prefix="intervi-test-"))
HOME.chmod(0o755)
os.environ |= {
    "INTERVI_HOME": str(HOME),
    "INTERVI_ENVIRONMENT": "test",
    "INTERVI_BCRYPT_ROUNDS": "4",
    "INTERVI_SECRET": "a secret of the tests, long enough for HS256",
    "REFLEX_TELEMETRY_ENABLED": "false",
    "INTERVI_RATE_LIMITS": "off",  # on where they are tested, see the fixture below
    "HF_HUB_OFFLINE": "1",  # tests fetch no weights
}
for name in ("DATABASE_URL", "REDIS_URL", "OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL", "INTERVI_PUBLIC_URL"):
    os.environ.pop(name, None)

from intervi.settings import REPOSITORY_ROOT, settings
from tests.servers import private_servers

_OF_MANY_PROCESSES = {"e2e": 2, "faults": 1, "live": 1, "supervision": 1, "workers": 1, "api": 1}
"""How often a test of these suites is tried again: browsers, killed processes and sockets on a machine that is busy with other things too.
What was tried again is named at the end of the run (``-r R``): it is there to be looked at."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        suite = item.path.relative_to(REPOSITORY_ROOT / "tests").parts[0]
        if attempts := _OF_MANY_PROCESSES.get(suite):
            item.add_marker(pytest.mark.flaky(reruns=attempts))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tests and minutes of each suite: where a run's time goes."""
    tests, seconds = defaultdict[str, int](int), defaultdict[str, float](float)
    for outcome in ("passed", "failed", "error", "skipped", "rerun", ""):
        for report in terminalreporter.getreports(outcome):
            if isinstance(report, pytest.TestReport):
                suite = report.nodeid.removeprefix("tests/").partition("::")[0].partition("/")[0]
                tests[suite] += report.when == "call"
                seconds[suite] += report.duration
    terminalreporter.section("suites")
    for suite, spent in sorted(seconds.items(), key=lambda each: -each[1]):
        terminalreporter.write_line(f"{suite:<24}{tests[suite]:>6} tests{spent / 60:>8.1f} minutes")


def pytest_unconfigure() -> None:
    """Whichever tests ran, nothing of them stays."""
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def servers() -> Iterator[Path]:
    """PostgreSQL and Redis of this test run, with an empty, migrated database; its home directory."""
    with private_servers("-c", "fsync=off") as home:
        yield home


@pytest.fixture(autouse=True)
async def _clean(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Every test that uses the servers begins with empty tables and an empty Redis."""
    if "servers" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("servers")
    from sqlalchemy import text
    from sqlalchemy.exc import OperationalError
    from sqlmodel import SQLModel

    from intervi.database import transaction
    from intervi.redis_client import redis

    names = ", ".join(f'"{table.name}"' for table in SQLModel.metadata.sorted_tables)
    # A worker of the module may be reading: PostgreSQL then ends one of the two as a deadlock.
    async for attempt in AsyncRetrying(retry=retry_if_exception_type(OperationalError), stop=stop_after_attempt(10)):
        with attempt:
            async with transaction() as session:
                await session.execute(text(f"TRUNCATE {names} CASCADE"))
    await redis().flushall()
    yield


@pytest.fixture
def rate_limits_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls and attempts to log in are counted in this test."""
    monkeypatch.setattr(settings(), "rate_limits", "on")


@pytest.fixture(scope="session", autouse=True)
async def _close_connections() -> AsyncIterator[None]:
    yield
    from intervi.database import dispose_engine
    from intervi.redis_client import close_redis

    await asyncio.gather(dispose_engine(), close_redis())
