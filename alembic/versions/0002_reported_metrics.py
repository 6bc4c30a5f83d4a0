"""what callers report: figures of an interview, and whether its score was computed from them

Revision: 0002_reported_metrics
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_reported_metrics"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reported_metrics",
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("posture_score", sa.Float(), nullable=True),
        sa.Column("eye_contact_score", sa.Float(), nullable=True),
        sa.Column("gesture_score", sa.Float(), nullable=True),
        sa.Column("speech_pace_wpm", sa.Float(), nullable=True),
        sa.Column("speech_clarity_score", sa.Float(), nullable=True),
        sa.Column("filler_word_frequency", sa.Float(), nullable=True),
        sa.Column("emotion_timeline", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("posture_score BETWEEN 0 AND 100", name=op.f("ck_reported_metrics_posture_range")),
        sa.CheckConstraint("eye_contact_score BETWEEN 0 AND 100", name=op.f("ck_reported_metrics_eye_contact_range")),
        sa.CheckConstraint("gesture_score BETWEEN 0 AND 100", name=op.f("ck_reported_metrics_gesture_range")),
        sa.CheckConstraint(
            "speech_clarity_score BETWEEN 0 AND 100", name=op.f("ck_reported_metrics_speech_clarity_range")
        ),
        sa.CheckConstraint("speech_pace_wpm >= 0", name=op.f("ck_reported_metrics_speech_pace_range")),
        sa.CheckConstraint("filler_word_frequency BETWEEN 0 AND 1", name=op.f("ck_reported_metrics_filler_word_range")),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_reported_metrics_interview_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("interview_id", name=op.f("pk_reported_metrics")),
    )
    op.add_column(
        "interviews", sa.Column("reported_score_computed", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.alter_column("interviews", "reported_score_computed", server_default=None)


def downgrade() -> None:
    op.drop_column("interviews", "reported_score_computed")
    op.drop_table("reported_metrics")
