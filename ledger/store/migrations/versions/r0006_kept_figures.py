"""Figures that are kept for each day, and those that are published with their evidence."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "keeping",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("plan_version", sa.String(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("map", sa.Integer(), nullable=False),
    )
    op.create_table(
        "figure_key",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("unit", "indicator", "level", "field", "evidence")),
        sa.UniqueConstraint("unit", "indicator", "level", "field", "evidence", name="figure_key_once"),
    )
    op.create_table(
        "figure_rest",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("rest", sa.Text(), nullable=False, unique=True),
    )
    op.create_table(
        "figure_day",
        sa.Column("key", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("place", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("numerator", sa.BigInteger()),
        sa.Column("denominator", sa.BigInteger()),
        sa.Column("due", sa.BigInteger()),
        sa.Column("value", sa.Float()),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("rest", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "publication",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
    )
    op.create_table(
        "publication_part",
        sa.Column("publication", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("part", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
