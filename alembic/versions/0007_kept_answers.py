"""kept answers

Revision: 0007_kept_answers
Revises: 0006_progress
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007_kept_answers"
down_revision = "0006_progress"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_answers",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("claim", sa.Uuid(), nullable=False),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_kept_answers_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_kept_answers")),
    )
    op.create_index(op.f("ix_kept_answers_user_id"), "kept_answers", ["user_id"])
    op.create_index(op.f("ix_kept_answers_expires_at"), "kept_answers", ["expires_at"])


def downgrade() -> None:
    op.drop_table("kept_answers")
