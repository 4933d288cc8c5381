"""Links' five-minute samples."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "load",
        sa.Column("link", sa.String(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("from_unit", sa.LargeBinary(), nullable=False),
        sa.Column("to_unit", sa.LargeBinary(), nullable=False),
    )
