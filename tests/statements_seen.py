"""Which statements are sent to PostgreSQL, by SQLAlchemy or past it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from intervi import connections
from intervi.connections import Found, Row
from intervi.database import engine


@contextmanager
def statements_seen() -> Iterator[list[str]]:
    """Each statement, in the order in which they are sent."""
    seen: list[str] = []
    send = connections.run

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    async def note_and_send(connection: psycopg.AsyncConnection[Row], sql: str, values: Mapping[str, Any]) -> Found:
        seen.append(sql)
        return await send(connection, sql, values)

    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(connections, "run", note_and_send)
        event.listen(engine().sync_engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine().sync_engine, "before_cursor_execute", note)
