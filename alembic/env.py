"""Migrations run against the database of the settings, and know every table of every domain package."""

import importlib
import pkgutil

from alembic import context
from sqlalchemy import create_engine, pool, text
from sqlmodel import SQLModel

import intervi
from intervi.settings import settings

for module in pkgutil.iter_modules(intervi.__path__):
    if importlib.util.find_spec(f"intervi.{module.name}").submodule_search_locations and importlib.util.find_spec(
        f"intervi.{module.name}.models"
    ):
        importlib.import_module(f"intervi.{module.name}.models")

# Two migrations started at once (two machines, say) run one after the other.
MIGRATION_LOCK = 7_283_114


def run_migrations() -> None:
    """Applies what is missing, in one transaction."""
    engine = create_engine(settings().sqlalchemy_url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=SQLModel.metadata, compare_type=True)
        with context.begin_transaction():
            connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
            context.run_migrations()


run_migrations()
