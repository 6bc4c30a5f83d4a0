"""Real servers for every test: PostgreSQL and Redis from their wheels, migrated by Alembic, private to this test run."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
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
from intervi.supervision import embedded


def _start(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)


def _wait_for(path: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if path.exists():
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"{process.args[0]} did not start:\n{log.read_text()}")


def pytest_unconfigure() -> None:
    """Whichever tests ran, nothing of them stays."""
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def servers() -> Iterator[Path]:
    """PostgreSQL and Redis of this test run, with an empty, migrated database; its home directory."""
    run = settings().run_directory
    postgres_log, redis_log = HOME / "postgres.log", HOME / "redis.log"
    postgres = _start(
        [*embedded.prepare_postgres(HOME / "postgres", run / "postgres"), "-c", "fsync=off"],
        postgres_log,
    )
    redis = _start(embedded.prepare_redis(HOME / "redis", run / "redis"), redis_log)
    try:
        _wait_for(run / "postgres" / ".s.PGSQL.5432", postgres, postgres_log)
        _wait_for(run / "redis" / "redis.sock", redis, redis_log)
        from alembic import command
        from alembic.config import Config

        command.upgrade(Config(str(REPOSITORY_ROOT / "alembic.ini")), "head")
        yield HOME
    finally:
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for our open connections.
        postgres.send_signal(signal.SIGINT)
        redis.terminate()
        for process in (postgres, redis):
            process.wait(timeout=20)


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
