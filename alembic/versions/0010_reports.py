"""reports: notes beside them, and links to them

Revision: 0010_reports
Revises: 0009_assistance
"""

import sqlalchemy as sa
from alembic import op

revision = "0010_reports"
down_revision = "0009_assistance"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_notes",
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_report_notes_interview_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("interview_id", name=op.f("pk_report_notes")),
    )
    op.create_table(
        "report_shares",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("with_recordings", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_report_shares_interview_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_shares")),
    )
    op.create_index(op.f("ix_report_shares_interview_id"), "report_shares", ["interview_id"])


def downgrade() -> None:
    op.drop_table("report_shares")
    op.drop_table("report_notes")
