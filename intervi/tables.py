"""What every table shares: column types that keep us honest."""

import importlib
from pathlib import Path
from typing import Any

from sqlalchemy import Column, DateTime, MetaData, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from intervi.clock import now

# Named constraints, so that migrations can speak of them. Set before the first table is defined.
SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
).naming_convention


def timestamp(*, nullable: bool = False, index: bool = False) -> Any:
    """A ``timestamptz`` column. Not nullable: set to now when the row is made."""
    if nullable:
        return Field(default=None, sa_type=DateTime(timezone=True), nullable=True, index=index)
    return Field(default_factory=now, sa_type=DateTime(timezone=True), nullable=False, index=index)


def json_object() -> Any:
    """A ``jsonb`` column that holds an object, ``{}`` by default. Replace it whole: changes inside are not tracked."""
    return Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))


def json_list() -> Any:
    """A ``jsonb`` column that holds a list, ``[]`` by default. Replace it whole: changes inside are not tracked."""
    return Field(default_factory=list, sa_column=Column(JSONB, nullable=False))


def json_or_null() -> Any:
    """A ``jsonb`` column, SQL NULL by default."""
    return Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True))


def every_table() -> list[Table]:
    """Every table of every domain package, those that others point to first."""
    for models in sorted(Path(__file__).parent.glob("*/models.py")):
        importlib.import_module(f"intervi.{models.parent.name}.models")
    return list(SQLModel.metadata.sorted_tables)
