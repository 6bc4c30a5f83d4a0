"""Transactions: all or nothing, and what follows a commit follows only a commit."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import event, text, update
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi import database
from intervi.accounts.models import User
from intervi.database import after_commit, dispose_engine, engine, reading, transaction
from intervi.ids import new_id
from intervi.settings import REPOSITORY_ROOT, settings

pytestmark = pytest.mark.usefixtures("servers")


def a_user() -> User:
    return User(email="a@example.com", email_key="a@example.com", password_hash="x")


async def test_a_transaction_commits_and_then_runs_what_was_queued() -> None:
    done: list[str] = []

    async def note() -> None:
        async with transaction() as session:
            done.append((await session.exec(select(User.email))).one())

    async with transaction() as session:
        session.add(a_user())
        after_commit(session, note)
        assert done == []
    assert done == ["a@example.com"]


async def test_a_failed_transaction_leaves_nothing_and_runs_nothing() -> None:
    done: list[str] = []

    async def note() -> None:
        done.append("ran")

    with pytest.raises(RuntimeError):
        async with transaction() as session:
            session.add(a_user())
            await session.flush()
            after_commit(session, note)
            raise RuntimeError
    async with transaction() as session:
        assert (await session.exec(select(User))).all() == []
    assert done == []


class TestReading:
    """A session that is expected to read only."""

    @pytest.fixture
    def trips(self) -> Iterator[list[str]]:
        """What PostgreSQL is told about transactions, and each statement."""
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement.split()[0])

        event.listen(engine().sync_engine, "before_cursor_execute", note)
        yield seen
        event.remove(engine().sync_engine, "before_cursor_execute", note)

    async def _is_in_a_transaction(self, session: AsyncSession) -> bool:
        connection = await session.connection()
        raw = await connection.get_raw_connection()
        return raw.driver_connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE

    async def test_reading_opens_no_transaction(self, trips: list[str]) -> None:
        async with reading() as session:
            await session.exec(select(User))
            await session.get(User, new_id())
            assert not await self._is_in_a_transaction(session)
        assert trips == ["SELECT", "SELECT"]

    @pytest.mark.parametrize("how", ["flush", "update", "lock", "get"])
    async def test_writing_and_locking_do(self, how: str) -> None:
        async with reading() as session:
            await session.exec(select(User))
            if how == "flush":
                session.add(a_user())
                await session.flush()
            elif how == "update":
                await session.execute(update(User).values(first_name="x"))
            elif how == "lock":
                await session.exec(select(User).with_for_update())
            else:
                await session.get(User, new_id(), with_for_update=True)
            assert await self._is_in_a_transaction(session)

    async def test_what_it_writes_is_all_or_nothing(self) -> None:
        with pytest.raises(RuntimeError):
            async with reading() as session:
                session.add(a_user())
                await session.flush()
                raise RuntimeError
        async with reading() as session:
            assert (await session.exec(select(User))).all() == []
            session.add(a_user())
        async with reading() as session:
            assert len((await session.exec(select(User))).all()) == 1

    async def test_a_connection_is_as_it_was_afterwards(self) -> None:
        await dispose_engine()
        async with reading() as session:
            await session.exec(select(User))
        async with transaction() as session:
            await session.exec(select(User))
            assert await self._is_in_a_transaction(session)


async def test_connections_that_died_while_idle_are_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_TRUSTED_SECONDS", 0.0)
    async with transaction() as session:
        mine = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    await dispose_engine()
    async with transaction() as first:
        victim = (await first.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    with psycopg.connect(settings().sqlalchemy_url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [victim])
        while other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [victim]).fetchone():
            pass
    async with transaction() as session:
        assert (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one() not in (mine, victim)


def test_the_migrations_make_the_tables_that_the_models_describe(servers: object) -> None:
    command.check(Config(str(REPOSITORY_ROOT / "alembic.ini")))
