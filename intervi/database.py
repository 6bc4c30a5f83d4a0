"""One PostgreSQL, reached the same way from a request, a page event and a worker.

``async with transaction() as session:`` commits when the block ends well and rolls back otherwise; services never commit. What must
happen only once the data is really there (waking a worker, telling a page) is queued with :func:`after_commit`.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.settings import settings

_engine: AsyncEngine | None = None
_AFTER_COMMIT = "intervi.after_commit"


def engine() -> AsyncEngine:
    """This process's engine, made on first use."""
    global _engine
    if _engine is None:
        _engine = create_async_engine(
            settings().sqlalchemy_url, pool_size=8, max_overflow=8, pool_pre_ping=True, pool_timeout=10
        )
    return _engine


async def dispose_engine() -> None:
    """Closes every connection; the next use makes a new engine (in another event loop, say)."""
    global _engine
    if _engine is not None:
        await _engine.dispose()
        _engine = None


def _forget_engine() -> None:
    # The parent's sockets must not be shared after a fork, nor closed on its behalf.
    global _engine
    _engine = None


os.register_at_fork(after_in_child=_forget_engine)


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    """A session that commits when its block ends well, rolls back otherwise, then runs what :func:`after_commit` queued."""
    async with AsyncSession(engine(), expire_on_commit=False) as session:
        yield session
        await session.commit()
        queued: list[Callable[[], Awaitable[None]]] = session.info.pop(_AFTER_COMMIT, [])
    for action in queued:
        await action()


def after_commit(session: AsyncSession, action: Callable[[], Awaitable[None]]) -> None:
    """Runs ``action`` once the transaction has committed; never if it rolls back."""
    session.info.setdefault(_AFTER_COMMIT, []).append(action)
