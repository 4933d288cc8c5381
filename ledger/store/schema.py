"""The store's tables, portable between SQLite and PostgreSQL; instants are microseconds UTC since 1970."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_micros(value: datetime) -> int:
    """An aware datetime as microseconds since 1970; ValueError for a naive one."""
    if value.tzinfo is None:
        raise ValueError(f"naive datetime {value!r}; the store takes aware ones")
    return (value - EPOCH) // MICROSECOND


def from_micros(value: int) -> datetime:
    """Microseconds since 1970 as an aware UTC datetime."""
    return EPOCH + timedelta(microseconds=value)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as an integer so that both databases compare it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To the database."""
        del dialect
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        del dialect
        return None if value is None else from_micros(value)


class Place(TypeDecorator[str]):
    """A unit's id, or None; stored as an empty text because a primary key holds no NULL."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str:
        """To the database."""
        del dialect
        return value or ""

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """From the database."""
        del dialect
        return value or None


metadata = MetaData()


def _interval() -> list[Column[object]]:
    return [
        Column("ok", Boolean(create_constraint=False), nullable=False),
        Column("value", Text),
        Column("failure", String),
        Column("detail", Text),
        Column("last_at", Instant, nullable=False),
        Column("since", Instant, nullable=False),
        Column("seq", BigInteger, nullable=False),
    ]


#: Every interval ever; the history.
observation = Table(
    "observation",
    metadata,
    Column("asset", String, primary_key=True),
    Column("check", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("first_at", Instant, primary_key=True),
    Column("answer", String, nullable=False),
    Column("unit", Place, nullable=False),
    *_interval(),
    sqlite_with_rowid=False,
)

#: The latest interval per asset, check, source, sort of answer and unit: what an evaluation of now reads.
current_state = Table(
    "current_state",
    metadata,
    Column("asset", String, primary_key=True),
    Column("check", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("answer", String, primary_key=True),
    Column("unit", Place, primary_key=True),
    Column("first_at", Instant, nullable=False),
    *_interval(),
    sqlite_with_rowid=False,
)

#: Unbroken runs of a collector's cycles; a gap of more than three cycles begins a new row.
heartbeat = Table(
    "heartbeat",
    metadata,
    Column("collector", String, primary_key=True),
    Column("first_finished_at", Instant, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    Column("cycle_seconds", Float, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
)

#: One host's part in one provisioning run.
run = Table(
    "run",
    metadata,
    Column("run", String, primary_key=True),
    Column("playbook", String, primary_key=True),
    Column("asset", String, primary_key=True),
    Column("outcome", String, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("check_mode", Boolean(create_constraint=False), nullable=False),
    Column("at", Instant, nullable=False),
    Column("message", Text),
    Column("diff", Text),
    Column("seq", BigInteger, nullable=False),
    Index("run_asset_at", "asset", "at"),
)

#: One row: the sequence number of the latest write.
change = Table(
    "change",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    CheckConstraint("one = 1", name="change_has_one_row"),
)
