"""One PostgreSQL, reached the same way from a request, a page event and a worker.

``async with transaction() as session:`` commits when the block ends well and rolls back otherwise; services never commit. What must
happen only once the data is really there (waking a worker, telling a page) is queued with :func:`after_commit`.
"""

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.settings import settings

_engine: AsyncEngine | None = None
_reading_engine: AsyncEngine | None = None
"""The same connections, to be used without BEGIN and COMMIT."""
_AFTER_COMMIT = "intervi.after_commit"
_BEGUN = "intervi.begun"
_TRUSTED_SECONDS = 1.0
"""A connection that was used so lately is taken to live."""


def engine() -> AsyncEngine:
    """This process's engine, made on first use."""
    global _engine, _reading_engine
    if _engine is None:
        # No overflow: its connections are closed after each use, and making one costs more than ten requests.
        _engine = create_async_engine(settings().sqlalchemy_url, pool_size=16, max_overflow=0, pool_timeout=10)
        _ping_when_idle(_engine.sync_engine)
        _reading_engine = _engine.execution_options(isolation_level="AUTOCOMMIT")
    return _engine


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
    global _engine, _reading_engine
    if _engine is not None:
        await _engine.dispose()
        _engine = _reading_engine = None


def _forget_engine() -> None:
    # The parent's sockets must not be shared after a fork, nor closed on its behalf.
    global _engine, _reading_engine
    _engine = _reading_engine = None


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
    is_idle = isinstance(inner, _ReadingSession) and not inner.info.get(_BEGUN, False)
    return is_idle and not (inner.new or inner.dirty or inner.deleted)


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
