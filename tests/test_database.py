"""Transactions: all or nothing, and what follows a commit follows only a commit."""

import pytest
from alembic import command
from alembic.config import Config
from sqlmodel import select

from intervi.accounts.models import User
from intervi.database import after_commit, transaction
from intervi.settings import REPOSITORY_ROOT

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


def test_the_migrations_make_the_tables_that_the_models_describe(servers: object) -> None:
    command.check(Config(str(REPOSITORY_ROOT / "alembic.ini")))
