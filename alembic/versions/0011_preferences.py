"""preferences: language, live nudges, expressions, retention

Revision: 0011_preferences
Revises: 0010_reports
"""

import sqlalchemy as sa
from alembic import op

revision = "0011_preferences"
down_revision = "0010_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("language", sa.String(), nullable=False, server_default=""),
        sa.Column("live_nudges", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("expressions", sa.Boolean(), nullable=False, server_default=sa.true()),
    ):
        op.add_column("users", column)
        # The default is only for the rows there are; a new one says what it holds.
        op.alter_column("users", column.name, server_default=None)
    op.add_column("users", sa.Column("retention_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    for name in ("retention_days", "expressions", "live_nudges", "language"):
        op.drop_column("users", name)
