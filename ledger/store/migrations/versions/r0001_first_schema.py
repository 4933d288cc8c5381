"""The first schema: intervals, latest states, heartbeats, runs and the sequence of changes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _interval() -> list[sa.Column[object]]:
    return [
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("failure", sa.String()),
        sa.Column("detail", sa.Text()),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
    ]


def upgrade() -> None:
    """Make every table, and begin to count changes at 0."""
    op.create_table(
        "observation",
        sa.Column("asset", sa.String(), primary_key=True),
        sa.Column("check", sa.String(), primary_key=True),
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("first_at", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        *_interval(),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "current_state",
        sa.Column("asset", sa.String(), primary_key=True),
        sa.Column("check", sa.String(), primary_key=True),
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("answer", sa.String(), primary_key=True),
        sa.Column("unit", sa.String(), primary_key=True),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        *_interval(),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "heartbeat",
        sa.Column("collector", sa.String(), primary_key=True),
        sa.Column("first_finished_at", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=False),
        sa.Column("cycle_seconds", sa.Float(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "run",
        sa.Column("run", sa.String(), primary_key=True),
        sa.Column("playbook", sa.String(), primary_key=True),
        sa.Column("asset", sa.String(), primary_key=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("check_mode", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text()),
        sa.Column("diff", sa.Text()),
        sa.Column("seq", sa.BigInteger(), nullable=False),
    )
    op.create_index("run_asset_at", "run", ["asset", "at"])
    change = op.create_table(
        "change",
        sa.Column("one", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("one = 1", name="change_has_one_row"),
    )
    op.bulk_insert(change, [{"one": 1, "seq": 0}])
