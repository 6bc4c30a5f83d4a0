"""scheduling: what an invitation told of where an interview is held

Revision: 0015_meeting_url
Revises: 0014_invited
"""

import sqlalchemy as sa
from alembic import op

revision = "0015_meeting_url"
down_revision = "0014_invited"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("invitations", sa.Column("meeting_url", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("invitations", "meeting_url")
