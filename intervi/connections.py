"""Connections of the database driver itself, for statements that stand for themselves.

SQLAlchemy takes three times as long around a small statement as the driver takes for it. What nearly every request asks goes this way
(:mod:`intervi.statements`), each statement prepared once per connection and outside of any transaction.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg.pq import TransactionStatus

Row = tuple[Any, ...]


class Found(NamedTuple):
    """What a statement gave."""

    rows: list[Row]
    types: tuple[int, ...]
    """Of each column, PostgreSQL's number (OID) of its type."""


class Connections:
    """A few connections in autocommit, the one used last first; a statement waits for one when all are in use.

    ``psycopg_pool`` connects in the background: with PostgreSQL away, each caller would wait for a connection until its patience ends,
    where here it is told at once.
    """

    def __init__(
        self, arguments: Sequence[Any], options: Mapping[str, Any], *, most: int, patience_seconds: float
    ) -> None:
        """
        Args:
            arguments, options: As psycopg takes them to connect.
            most: How many may be open at once.
            patience_seconds: How long a statement waits for one.
        """
        self._arguments, self._options = arguments, options
        self._idle: list[psycopg.AsyncConnection[Row]] = []
        self._places = asyncio.Semaphore(most)
        self._patience_seconds = patience_seconds

    async def read(self, sql: str, values: Mapping[str, Any]) -> Found:
        """What a statement gives that changes nothing: if its connection has died while it lay idle, it is sent once more.

        Raises:
            psycopg.Error: PostgreSQL refuses it, or cannot be reached.
            TimeoutError: all connections stay in use.
        """
        if self._places.locked():
            async with asyncio.timeout(self._patience_seconds):
                await self._places.acquire()
        else:
            await self._places.acquire()
        try:
            while self._idle:
                connection = self._idle.pop()
                try:
                    return await self._read(connection, sql, values)
                except psycopg.OperationalError:
                    if not connection.closed:
                        raise
            return await self._read(await self._connect(), sql, values)
        finally:
            self._places.release()

    async def _connect(self) -> psycopg.AsyncConnection[Row]:
        made = await psycopg.AsyncConnection.connect(*self._arguments, **self._options, autocommit=True)
        # Each statement is planned once for all values: whoever asks, an owner's rows are found by the same index. Left to itself,
        # PostgreSQL may plan anew for each value, which takes longer than what it plans.
        await made.execute("SET plan_cache_mode = force_generic_plan")
        return made

    async def _read(self, connection: psycopg.AsyncConnection[Row], sql: str, values: Mapping[str, Any]) -> Found:
        try:
            return await run(connection, sql, values)
        finally:
            # Whoever was cancelled may have left an answer behind.
            if not connection.closed and connection.info.transaction_status == TransactionStatus.IDLE:
                self._idle.append(connection)
            else:
                await connection.close()

    async def close(self) -> None:
        """Closes what is idle; what is in use is closed by nobody, and must not be there any more."""
        while self._idle:
            await self._idle.pop().close()


async def run(connection: psycopg.AsyncConnection[Row], sql: str, values: Mapping[str, Any]) -> Found:
    """What a statement gives, which the connection keeps prepared; nothing of one that gives nothing."""
    cursor = await connection.execute(sql, values, prepare=True)
    result = cursor.pgresult
    if result is None or not result.nfields:
        return Found([], ())
    return Found(await cursor.fetchall(), tuple(map(result.ftype, range(result.nfields))))
