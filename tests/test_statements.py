"""Statements that go past the session: they see what it did, wait for its locks, and come back from a dead connection."""

import asyncio

import psycopg
import pytest
from sqlalchemy import bindparam
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import col, select

from intervi.accounts.models import User
from intervi.database import direct, dispose_engine, reading, transaction
from intervi.settings import settings
from intervi.statements import EntityStatement, Statement, attach, insert_with_values, values_of
from tests.statements_seen import statements_seen

pytestmark = pytest.mark.usefixtures("servers")

BY_EMAIL = select(User).where(col(User.email) == bindparam("mail"))
NAMES = Statement(select(col(User.first_name)).where(col(User.email) == bindparam("mail")))
USER = EntityStatement(User, BY_EMAIL)
USER_LOCKED = EntityStatement(User, BY_EMAIL.with_for_update())
ADDED = Statement(insert_with_values(User).returning(col(User.id)))


def a_user(email: str = "a@example.com") -> User:
    return User(email=email, email_key=email, password_hash="x", first_name="Ada")


@pytest.mark.parametrize("opened", [reading, transaction])
async def test_sees_what_its_session_did(opened: type) -> None:
    async with opened() as session:
        session.add(a_user())
        assert await NAMES.rows(session, mail="a@example.com") == [("Ada",)]
        user = await USER.first(session, mail="a@example.com")
        assert user is not None
        user.first_name = "Eve"
        assert await NAMES.row(session, mail="a@example.com") == ("Eve",)
        async with reading() as other:
            assert await NAMES.rows(other, mail="a@example.com") == []


async def test_a_record_is_one_of_the_session() -> None:
    async with transaction() as session:
        session.add(a_user())
    async with reading() as session:
        user = await USER.first(session, mail="a@example.com")
        assert user is not None
        assert await session.get(User, user.id) is user
        assert await USER.all(session, mail="a@example.com") == [user]
        user.last_name = "Lovelace"
    async with reading() as session:
        assert (await session.exec(select(User.last_name))).one() == "Lovelace"


async def test_a_lock_reads_anew_and_holds_until_the_end() -> None:
    async with transaction() as session:
        session.add(a_user())
    async with reading() as session:
        before = await USER.first(session, mail="a@example.com")
        async with transaction() as other:
            (await other.exec(select(User))).one().first_name = "Eve"
        held = await USER_LOCKED.first(session, mail="a@example.com")
        assert held is before
        assert held is not None
        assert held.first_name == "Eve"
        with pytest.raises(DBAPIError):
            async with transaction() as other:
                await other.exec(select(User).with_for_update(nowait=True))


async def test_what_was_expired_is_read_anew() -> None:
    async with transaction() as session:
        session.add(a_user())
        await session.flush()
        first = await USER.first(session, mail="a@example.com")
        await session.commit()
        session.expire_all()
        again = await USER.first(session, mail="a@example.com")
        assert again is first
        assert again is not None
        assert again.first_name == "Ada"


async def test_what_was_inserted_is_a_record_and_goes_with_its_transaction() -> None:
    with pytest.raises(RuntimeError):
        async with transaction() as session:
            user = a_user()
            await ADDED.rows(session, **values_of(user))
            attach(session, user)
            user.last_name = "Lovelace"
            await session.flush()
            raise RuntimeError
    async with reading() as session:
        assert await NAMES.rows(session, mail="a@example.com") == []


async def test_a_refusal_is_sqlalchemys() -> None:
    async with transaction() as session:
        session.add(a_user())
    with pytest.raises(IntegrityError):
        async with transaction() as session:
            await ADDED.rows(session, **values_of(a_user()))


async def test_connections_that_died_while_idle_are_made_anew() -> None:
    await dispose_engine()
    async with reading() as session:
        await asyncio.gather(*(NAMES.rows(session, mail="nobody") for _ in range(3)))
    with psycopg.connect(settings().sqlalchemy_url.replace("+psycopg", ""), autocommit=True) as other:
        others = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        other.execute(f"SELECT pg_terminate_backend(pid) FROM ({others}) AS found")
        while other.execute(others).fetchone():
            pass
    async with reading() as session:
        assert await NAMES.rows(session, mail="nobody") == []


async def test_who_gives_up_waiting_leaves_no_answer_behind_for_others() -> None:
    await dispose_engine()
    slow = Statement(select(col(User.first_name)).where(col(User.email) == bindparam("mail")))
    async with transaction() as session:
        session.add(a_user())
    async with transaction() as holder, reading() as session:
        connection = (await (await holder.connection()).get_raw_connection()).driver_connection
        assert connection is not None
        await connection.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        waiting = asyncio.create_task(slow.rows(session, mail="a@example.com"))
        async with asyncio.timeout(20):
            while not await _waits(connection):
                await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    async with reading() as session:
        assert await slow.rows(session, mail="a@example.com") == [("Ada",)]


async def _waits(connection: psycopg.AsyncConnection[object]) -> bool:
    found = await connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
    return bool(await found.fetchall())


async def test_all_at_once_wait_for_their_turn() -> None:
    async with transaction() as session:
        session.add(a_user())
    with statements_seen() as statements:
        async with reading() as session:
            found = await asyncio.gather(*(NAMES.rows(session, mail="a@example.com") for _ in range(100)))
    assert found == [[("Ada",)]] * 100
    assert len(statements) == 100


async def test_a_statement_is_planned_once_for_all_values() -> None:
    for number in range(10):
        await NAMES.read(mail=f"{number}@example.com")
    planned = await direct().read("SELECT sum(generic_plans) >= 10, sum(custom_plans) FROM pg_prepared_statements", {})
    assert planned.rows == [(True, 0)]
