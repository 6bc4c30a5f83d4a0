"""Every row of the database that belongs to a person, found by the tables' own foreign keys: a new table is in it by itself."""

import json
from collections.abc import AsyncIterator
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.models import User
from intervi.accounts.principal import Principal
from intervi.tables import every_table

LEFT_OUT_TABLES = frozenset({"refresh_tokens", "kept_answers"})
"""Hold nothing but what would let somebody in, and answers that were given before."""
LEFT_OUT_COLUMNS = frozenset({"password_hash", "session_key", "key_hash", "lease_token", "message"})
"""Likewise: hashes of secrets, who holds a piece of work, and an invitation's text, whose link proves that its reader has that address."""

_USERS = User.__tablename__


def tables() -> list[Table]:
    """Every table with rows of people's, the people first."""
    return [table for table in every_table() if table.name not in LEFT_OUT_TABLES and _belongs(table)]


async def rows_of(session: AsyncSession, principal: Principal, table: Table) -> AsyncIterator[str]:
    """The principal's rows of a table, each as one JSON object (times in ISO 8601, ids as UUIDs)."""
    shown = [column for column in table.columns if column.name not in LEFT_OUT_COLUMNS]
    query = select(*shown).where(_is_owned(table, principal)).order_by(*table.primary_key.columns)
    async for row in await session.stream(query):
        yield json.dumps(dict(row._mapping), default=_plain, ensure_ascii=False)


def _belongs(table: Table) -> bool:
    return table.name == _USERS or _owner(table) is not None


def _owner(table: Table) -> tuple[ColumnElement[object], Table] | None:
    """The column by which a row belongs to a person, or to a row that does, and the table that it points to."""
    found = {key.column.table: key.parent for key in table.foreign_keys if key.column.table is not table}
    for target, column in sorted(found.items(), key=lambda pair: pair[0].name != _USERS):
        if _belongs(target):
            return column, target
    return None


def _is_owned(table: Table, principal: Principal) -> ColumnElement[bool]:
    owner = _owner(table)
    if owner is None:
        return table.c.id == principal.user_id
    column, target = owner
    if target.name == _USERS:
        return column == principal.user_id
    referred = next(key.column for key in table.foreign_keys if key.parent is column and key.column.table is target)
    return column.in_(select(referred).where(_is_owned(target, principal)))


def _plain(value: object) -> object:
    match value:
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
    raise TypeError(f"{type(value)} has no JSON form")
