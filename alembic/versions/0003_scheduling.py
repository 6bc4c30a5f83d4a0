"""scheduling: working hours, bookings that exclude one another, the calendar's address

Revision: 0003_scheduling
Revises: 0002_reported_metrics
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003_scheduling"
down_revision = "0002_reported_metrics"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('CREATE TYPE textrange AS RANGE (subtype = text, collation = "C")')
    op.add_column("interviews", sa.Column("schedule_sequence", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("interviews", "schedule_sequence", server_default=None)
    op.create_table(
        "working_hours",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("time_zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("ends_minute", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= starts_minute AND starts_minute < ends_minute AND ends_minute <= 1440",
            name=op.f("ck_working_hours_order"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_working_hours_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "person", name=op.f("pk_working_hours")),
    )
    op.create_table(
        "bookings",
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_exclusive", sa.Boolean(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_bookings_order")),
        postgresql.ExcludeConstraint(
            (sa.text("textrange(user_id::text || '/' || person, user_id::text || '/' || person, '[]')"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("is_exclusive"),
            name="ex_bookings_nobody_twice",
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_bookings_interview_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_bookings_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("interview_id", "person", name=op.f("pk_bookings")),
    )
    op.create_index("ix_bookings_busy", "bookings", ["user_id", "person", "starts_at"], unique=False)
    op.create_table(
        "calendar_feeds",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_feeds")),
    )


def downgrade() -> None:
    op.drop_table("calendar_feeds")
    op.drop_table("bookings")
    op.drop_table("working_hours")
    op.drop_column("interviews", "schedule_sequence")
    op.execute("DROP TYPE textrange")
