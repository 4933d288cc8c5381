"""Whom each device hears takes the place of whether a link's planned neighbour is heard."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

GONE = "neighbour"


def upgrade() -> None:
    """Forget answers to a check that is no more: the new one tells all that they did, from the next cycle on."""
    for name in ("observation", "current_state"):
        table = sa.table(name, sa.column("check", sa.String()))
        op.execute(table.delete().where(table.c.check == GONE))
