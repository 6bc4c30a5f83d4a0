"""Migrations run against the database of the settings, and know every table of every domain package."""

from alembic import context
from sqlalchemy import create_engine, pool, text
from sqlmodel import SQLModel

from intervi.settings import settings
from intervi.tables import every_table

every_table()

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
