"""scheduling: people with an account see what their address is invited to, once they have shown that it is theirs, and can decline

Revision: 0014_invited
Revises: 0013_diary
"""

import sqlalchemy as sa
from alembic import op

revision = "0014_invited"
down_revision = "0013_diary"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("address_proved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("bookings", sa.Column("address_key", sa.String(), nullable=True))
    op.execute(
        r"UPDATE bookings SET address_key = lower(btrim(person)) WHERE btrim(person) ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'"
    )
    op.create_index(
        "ix_bookings_invited",
        "bookings",
        ["address_key", "starts_at"],
        postgresql_where=sa.text("address_key IS NOT NULL"),
    )
    op.create_table(
        "declined_invitations",
        sa.Column("interview_id", sa.Uuid(), sa.ForeignKey("interviews.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_declined_invitations_user_id", "declined_invitations", ["user_id"])


def downgrade() -> None:
    op.drop_table("declined_invitations")
    op.drop_index("ix_bookings_invited", "bookings")
    op.drop_column("bookings", "address_key")
    op.drop_column("users", "address_proved_at")
