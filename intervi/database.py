"""One PostgreSQL, reached the same way from a request, a page event and a worker.

``async with transaction() as session:`` commits when the block ends well and rolls back otherwise; services never commit. What must
happen only once the data is really there (waking a worker, telling a page) is queued with :func:`after_commit`.
"""

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.connections import Connections, Row
from intervi.settings import settings

_engine: AsyncEngine | None = None
_reading_engine: AsyncEngine | None = None
"""The same connections, to be used without BEGIN and COMMIT."""
_direct: Connections | None = None
_DRIVER_CONNECTION = "intervi.driver_connection"
_AFTER_COMMIT = "intervi.after_commit"
_BEGUN = "intervi.begun"
_PATIENCE_SECONDS = 10
"""How long anybody waits for a connection."""
_TRUSTED_SECONDS = 1.0
"""A connection that was used so lately is taken to live."""


def engine() -> AsyncEngine:
    """This process's engine, made on first use."""
    global _engine, _reading_engine
    if _engine is None:
        # No overflow: its connections are closed after each use, and making one costs more than ten requests.
        _engine = create_async_engine(
            settings().sqlalchemy_url,
            pool_size=16,
            max_overflow=0,
            pool_timeout=_PATIENCE_SECONDS,
        )
        _ping_when_idle(_engine.sync_engine)
        _reading_engine = _engine.execution_options(isolation_level="AUTOCOMMIT")
    return _engine


def direct() -> Connections:
    """This process's connections for statements that stand for themselves, made on first use."""
    global _direct
    if _direct is None:
        made = engine()
        arguments, options = made.dialect.create_connect_args(made.url)
        _direct = Connections(arguments, options, most=8, patience_seconds=_PATIENCE_SECONDS)
    return _direct


def _ping_when_idle(engine: Engine) -> None:
    """Asks a connection whether it lives, as ``pool_pre_ping`` does, but only after it lay idle: under load that is a trip less."""

    def note(_connection: Any, record: Any) -> None:
        record.info["idle_since"] = time.monotonic()

    def ping(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("idle_since", time.monotonic()) < _TRUSTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # the pool makes new ones

    event.listen(engine, "checkin", note)
    event.listen(engine, "checkout", ping)


async def dispose_engine() -> None:
    """Closes every connection; the next use makes a new engine (in another event loop, say)."""
    global _engine, _reading_engine, _direct
    if _direct is not None:
        await _direct.close()
        _direct = None
    if _engine is not None:
        await _engine.dispose()
        _engine = _reading_engine = None


def _forget_engine() -> None:
    # The parent's sockets must not be shared after a fork, nor closed on its behalf.
    global _engine, _reading_engine, _direct
    _engine = _reading_engine = _direct = None


os.register_at_fork(after_in_child=_forget_engine)


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    """A session that commits when its block ends well, rolls back otherwise, then runs what :func:`after_commit` queued."""
    async with _committing(AsyncSession(engine(), expire_on_commit=False)) as session:
        yield session


@asynccontextmanager
async def _committing(opened: AsyncSession) -> AsyncIterator[AsyncSession]:
    async with opened as session:
        yield session
        if not _has_only_read(session):
            await session.commit()
        queued: list[Callable[[], Awaitable[None]]] = session.info.pop(_AFTER_COMMIT, [])
    for action in queued:
        await action()


class _ReadingSession(Session):
    """Sends BEGIN only before its first write or lock. Until then each statement stands for itself, as it does at PostgreSQL's default
    isolation (read committed) anyway, and a request that only reads is two trips shorter."""


@event.listens_for(_ReadingSession, "do_orm_execute")
def _begin_unless_reading(state: ORMExecuteState) -> None:
    if not state.is_select or getattr(state.statement, "_for_update_arg", None) is not None:
        _begin(state.session)


@event.listens_for(_ReadingSession, "before_flush")
def _begin_to_write(session: Any, _context: Any, _instances: Any) -> None:
    _begin(session)


def _begin(session: Any) -> None:
    if not session.info.setdefault(_BEGUN, False):
        session.info[_BEGUN] = True
        session.connection().exec_driver_sql("BEGIN")


def _has_only_read(session: AsyncSession) -> bool:
    """Nothing is there to be committed, nor waits to be written."""
    inner = session.sync_session
    return isinstance(inner, _ReadingSession) and not has_begun(session) and not has_pending(session)


def has_pending(session: AsyncSession) -> bool:
    """Whether something waits in the session to be written."""
    inner = session.sync_session
    return bool(inner.new or inner.dirty or inner.deleted)


def has_begun(session: AsyncSession) -> bool:
    """Whether the session is in a transaction, so that what it asks for next has to be asked on the same connection."""
    inner = session.sync_session
    return bool(inner.info.get(_BEGUN, False)) if isinstance(inner, _ReadingSession) else inner.in_transaction()


async def driver_connection(session: AsyncSession) -> psycopg.AsyncConnection[Row]:
    """The driver's own connection of the session's transaction, which begins if it has not."""
    inner = session.sync_session
    of, known = session.info.get(_DRIVER_CONNECTION, (None, None))
    if known is None or of is not inner.get_transaction():
        raw = await (await session.connection()).get_raw_connection()
        known = raw.driver_connection
        session.info[_DRIVER_CONNECTION] = inner.get_transaction(), known
    if isinstance(inner, _ReadingSession):
        await session.run_sync(_begin)
    assert isinstance(known, psycopg.AsyncConnection)
    return known


@asynccontextmanager
async def reading() -> AsyncIterator[AsyncSession]:
    """As :func:`transaction`, for what is expected to read only; what it writes is one transaction all the same."""
    engine()
    async with _committing(
        AsyncSession(_reading_engine, sync_session_class=_ReadingSession, expire_on_commit=False)
    ) as session:
        yield session


def after_commit(session: AsyncSession, action: Callable[[], Awaitable[None]]) -> None:
    """Runs ``action`` once the transaction has committed; never if it rolls back."""
    session.info.setdefault(_AFTER_COMMIT, []).append(action)
