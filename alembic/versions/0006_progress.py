"""progress: the ledger, achievements, and the settings that go with them

Revision: 0006_progress
Revises: 0005_timeline
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006_progress"
down_revision = "0005_timeline"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("progress_enabled", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("users", sa.Column("weekly_goal_days", sa.Integer(), nullable=False, server_default="3"))
    op.alter_column("users", "progress_enabled", server_default=None)
    op.alter_column("users", "weekly_goal_days", server_default=None)
    op.create_table(
        "progress_ledger",
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("time_zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("domain_slug", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("difficulty", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("question_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_progress_ledger_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_progress_ledger")),
    )
    op.create_index("ix_progress_ledger_owner_day", "progress_ledger", ["user_id", "local_date"])
    op.create_table(
        "progress_achievements",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("unlocked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_progress_achievements_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "code", name=op.f("pk_progress_achievements")),
    )
    _enter_what_was_practised_before()


def _enter_what_was_practised_before() -> None:
    """Interviews completed so far, under today's zone of their owner: by the rules of ``intervi.progress`` at this revision."""
    op.execute(
        """
        WITH completed AS (
            SELECT i.id, i.user_id, i.ended_at, coalesce(i.domain_slug, '') AS domain_slug, i.difficulty, u.time_zone,
                   (i.ended_at AT TIME ZONE u.time_zone)::date AS local_date
            FROM interviews i JOIN users u ON u.id = i.user_id
            WHERE i.status = 'completed' AND i.ended_at IS NOT NULL AND NOT i.about_others
              AND (i.origin <> 'practice'
                   OR EXISTS (SELECT FROM exchanges e WHERE e.interview_id = i.id AND e.status = 'answered'))
        ), answered AS (
            SELECT e.id, e.interview_id, e.question_type,
                   row_number() OVER (PARTITION BY e.interview_id ORDER BY e.position) AS place
            FROM exchanges e WHERE e.status = 'answered'
        )
        INSERT INTO progress_ledger (source, user_id, interview_id, reason, points, local_date, time_zone, occurred_at,
                                     domain_slug, difficulty, question_type)
        SELECT 'interview:' || id, user_id, id, 'interview', 50, local_date, time_zone, ended_at, domain_slug, difficulty, ''
        FROM completed
        UNION ALL
        SELECT 'answer:' || a.id, c.user_id, c.id, 'answer', 10, c.local_date, c.time_zone, c.ended_at, c.domain_slug,
               c.difficulty, a.question_type
        FROM answered a JOIN completed c ON c.id = a.interview_id WHERE a.place <= 10
        """
    )


def downgrade() -> None:
    op.drop_table("progress_achievements")
    op.drop_index("ix_progress_ledger_owner_day", table_name="progress_ledger")
    op.drop_table("progress_ledger")
    op.drop_column("users", "weekly_goal_days")
    op.drop_column("users", "progress_enabled")
