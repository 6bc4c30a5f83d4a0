"""assistance

Revision: 0009_assistance
Revises: 0008_observations
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_assistance"
down_revision = "0008_observations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assistance",
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("requires_star", sa.Boolean(), nullable=True),
        sa.Column("responses", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_assistance_rating_range")),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchanges.id"], name=op.f("fk_assistance_exchange_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("exchange_id", name=op.f("pk_assistance")),
    )
    op.create_table(
        "recorded_metrics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("transcription_latency_ms", sa.Float(), nullable=True),
        sa.Column("response_generation_ms", sa.Float(), nullable=True),
        sa.Column("total_latency_ms", sa.Float(), nullable=True),
        sa.Column("transcription_accuracy", sa.Float(), nullable=True),
        sa.Column("user_satisfaction", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("response_generation_ms >= 0", name=op.f("ck_recorded_metrics_response_generation_range")),
        sa.CheckConstraint("total_latency_ms >= 0", name=op.f("ck_recorded_metrics_total_latency_range")),
        sa.CheckConstraint(
            "transcription_accuracy BETWEEN 0 AND 1", name=op.f("ck_recorded_metrics_transcription_accuracy_range")
        ),
        sa.CheckConstraint(
            "transcription_latency_ms >= 0", name=op.f("ck_recorded_metrics_transcription_latency_range")
        ),
        sa.CheckConstraint(
            "user_satisfaction BETWEEN 1 AND 5", name=op.f("ck_recorded_metrics_user_satisfaction_range")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_recorded_metrics_interview_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recorded_metrics")),
    )
    op.create_index(op.f("ix_recorded_metrics_interview_id"), "recorded_metrics", ["interview_id"])


def downgrade() -> None:
    op.drop_table("recorded_metrics")
    op.drop_table("assistance")
