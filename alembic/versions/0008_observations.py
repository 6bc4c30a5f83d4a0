"""what was observed while a candidate spoke

Revision: 0008_observations
Revises: 0007_kept_answers
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_observations"
down_revision = "0007_kept_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "observations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("exchange_id", sa.Uuid(), nullable=True),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("offset_seconds", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("speaking_seconds", sa.Float(), nullable=False),
        sa.Column("nudges", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("eye_contact", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchanges.id"], name=op.f("fk_observations_exchange_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_observations_interview_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observations")),
    )
    op.create_index(op.f("ix_observations_exchange_id"), "observations", ["exchange_id"], unique=False)
    op.create_index(op.f("ix_observations_interview_id"), "observations", ["interview_id"], unique=False)


def downgrade() -> None:
    op.drop_table("observations")
