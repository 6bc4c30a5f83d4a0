"""Statements that nearly every request sends: written with SQLAlchemy, compiled once, run by the driver itself.

A session takes 150 to 190 µs of processor time for a statement that the driver runs in 40, so the few statements on which the speed of
the service hangs are sent past it. They see what the session has done: what waits in it is flushed first, and in a transaction they use
the transaction's connection.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property, partial
from typing import Any, Generic, TypeVar, cast

import psycopg
from sqlalchemy import Dialect, Insert, Select, bindparam, insert, inspect
from sqlalchemy.dialects.postgresql.psycopg import dialect as psycopg_dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi import connections, database
from intervi.connections import Found, Row

Entity = TypeVar("Entity", bound=SQLModel)

_DIALECT: Dialect = psycopg_dialect()  # type: ignore[no-untyped-call]


class Statement:
    """One statement, whose values are ``bindparam`` of their names."""

    def __init__(self, statement: Select[*tuple[Any, ...]] | Insert) -> None:
        self._statement = statement
        # Whatever locks must stay in its transaction, as must what writes.
        self._stands_alone = isinstance(statement, Select) and statement._for_update_arg is None

    async def rows(self, session: AsyncSession, **values: Any) -> list[Row]:
        """What it gives.

        Raises:
            sqlalchemy.exc.DBAPIError: PostgreSQL refuses it, or cannot be reached.
        """
        if database.has_pending(session):
            await session.flush()
        if self._stands_alone and not database.has_begun(session):
            return await self.read(**values)
        connection = await database.driver_connection(session)
        return await self._found(partial(connections.run, connection), values)

    async def read(self, **values: Any) -> list[Row]:
        """What a statement that changes nothing gives, asked in nobody's session: of what is committed.

        Raises:
            sqlalchemy.exc.DBAPIError: as :meth:`rows`.
        """
        return await self._found(database.direct().read, values)

    async def _found(
        self, run: Callable[[str, Mapping[str, Any]], Awaitable[Found]], values: Mapping[str, Any]
    ) -> list[Row]:
        compiled = self._compiled
        bound = compiled.bind(values)
        try:
            return compiled.read(await run(compiled.sql, bound))
        except psycopg.Error as error:
            raise DBAPIError.instance(compiled.sql, bound, error, psycopg.Error, dialect=_DIALECT) from error

    async def row(self, session: AsyncSession, **values: Any) -> Row | None:
        """The first row, or ``None``."""
        found = await self.rows(session, **values)
        return found[0] if found else None

    @cached_property
    def _compiled(self) -> "_Compiled":
        return _Compiled(self._statement)


class EntityStatement(Generic[Entity]):
    """A statement that selects whole records, and nothing else."""

    def __init__(self, entity: type[Entity], statement: Select[*tuple[Any, ...]]) -> None:
        self._entity = entity
        self._statement = Statement(statement)
        self._reads_anew = statement._for_update_arg is not None

    async def all(self, session: AsyncSession, **values: Any) -> list[Entity]:
        """The records, each a part of the session like any other. One that it has already is read anew if it is locked, or was expired."""
        return [self._record(session, row) for row in await self._statement.rows(session, **values)]

    async def first(self, session: AsyncSession, **values: Any) -> Entity | None:
        """The first record, or ``None``."""
        row = await self._statement.row(session, **values)
        return None if row is None else self._record(session, row)

    def _record(self, session: AsyncSession, row: Row) -> Entity:
        mapper, names = self._mapped
        values = dict(zip(names, row, strict=True))
        key = mapper.identity_key_from_primary_key([values[column.key] for column in mapper.primary_key])
        known: Entity | None = session.sync_session.identity_map.get(key)
        if known is None:
            record = cast(Entity, mapper.class_manager.new_instance())
            record.__dict__.update(values)
            attach(session, record)
            return record
        if self._reads_anew or inspect(known).expired_attributes:
            for name, value in values.items():
                set_committed_value(known, name, value)
        return known

    @cached_property
    def _mapped(self) -> tuple[Any, list[str]]:
        mapper = inspect(self._entity)
        return mapper, [column.key for column in mapper.columns]


def attach(session: AsyncSession, record: SQLModel) -> None:
    """Makes a record that is in the database as it is a part of the session."""
    make_transient_to_detached(record)
    session.add(record)


def insert_with_values(entity: type[SQLModel], prefix: str = "", **computed: Any) -> Insert:
    """Adds one record, whose values are those of :func:`values_of`.

    Args:
        computed: What the database computes in the place of a value.
    """
    names = [column.key for column in inspect(entity).columns]
    return insert(entity).values({name: computed.get(name, bindparam(prefix + name)) for name in names})


def values_of(record: SQLModel, prefix: str = "") -> dict[str, Any]:
    """The values of a record's columns, by their names with a prefix."""
    return {prefix + column.key: getattr(record, column.key) for column in inspect(type(record)).columns}


class _Compiled:
    """A statement in the driver's own words, with what its values have to be put through."""

    def __init__(self, statement: Select[*tuple[Any, ...]] | Insert) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        self.sql = str(compiled)
        self._fixed = dict(compiled.params)
        self._to_database: dict[str, Callable[[Any], Any]] = {
            name: process for name, process in compiled._bind_processors.items() if callable(process)
        }
        self._from_database: list[tuple[int, Callable[[Any], Any]]] | None = None
        self._columns = [column[3].dialect_impl(_DIALECT) for column in compiled._result_columns]

    def bind(self, values: Mapping[str, Any]) -> dict[str, Any]:
        bound = {**self._fixed, **values}
        for name, process in self._to_database.items():
            bound[name] = process(bound[name])
        return bound

    def read(self, found: Found) -> list[Row]:
        if not found.rows:
            return []
        if self._from_database is None:
            processes = [
                kind.result_processor(_DIALECT, number) for kind, number in zip(self._columns, found.types, strict=True)
            ]
            self._from_database = [(place, process) for place, process in enumerate(processes) if process is not None]
        if not self._from_database:
            return found.rows
        changed = [list(row) for row in found.rows]
        for row in changed:
            for place, process in self._from_database:
                row[place] = process(row[place])
        return [tuple(row) for row in changed]
