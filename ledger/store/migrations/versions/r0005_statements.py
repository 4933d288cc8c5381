"""What is declared: files that were taken in, and the values in them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "import",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("mapping_sha256", sa.String(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("values", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.BigInteger()),
        sa.Column("undone_by", sa.Text()),
    )
    op.create_table(
        "statement",
        sa.Column("import", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("level", sa.String()),
        sa.Column("field", sa.String()),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("value", sa.String()),
        sa.Column("value_unit", sa.String(), nullable=False),
        sa.Column("qualifier", sa.String()),
        sa.Column("numerator", sa.BigInteger()),
        sa.Column("denominator", sa.BigInteger()),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("sheet", sa.Text()),
        sa.Column("row", sa.Integer()),
        sa.Column("column", sa.String()),
    )
    op.create_index("statement_of", "statement", ["unit", "indicator"])
