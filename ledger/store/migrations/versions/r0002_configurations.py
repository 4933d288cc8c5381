"""Versions of devices' configurations."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "configuration",
        sa.Column("device", sa.String(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_after", sa.BigInteger()),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("secrets_changed", sa.Boolean(), nullable=False),
        sa.Column("secrets_key", sa.String()),
        sa.Column("secrets_digest", sa.String()),
        sa.Column("message", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
    )
