"""interviews: deletion that can be taken back; search in questions, answers and transcripts

Revision: 0013_diary
Revises: 0012_invitations
"""

import sqlalchemy as sa
from alembic import op

revision = "0013_diary"
down_revision = "0012_invitations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("interviews", sa.Column("deletes_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_interviews_deletes_at", "interviews", ["deletes_at"], postgresql_where=sa.text("deletes_at IS NOT NULL")
    )
    op.create_index(
        "ix_exchanges_words",
        "exchanges",
        [
            sa.text(
                "to_tsvector('english', question || ' ' || coalesce(answer_text, '') || ' ' || coalesce(corrected_transcript, ''))"
            )
        ],
        postgresql_using="gin",
    )
    op.create_index(
        "ix_analysis_stages_words",
        "analysis_stages",
        [sa.text("to_tsvector('english', coalesce(result ->> 'text', ''))")],
        postgresql_using="gin",
        postgresql_where=sa.text("stage = 'transcribe'"),
    )


def downgrade() -> None:
    op.drop_index("ix_analysis_stages_words", "analysis_stages")
    op.drop_index("ix_exchanges_words", "exchanges")
    op.drop_index("ix_interviews_deletes_at", "interviews")
    op.drop_column("interviews", "deletes_at")
