"""Reads and writes kept figures: what changed from one day to the next, and what is known better since.

Of a figure every row holds from its day on until the next one. Among rows of one day the latest keeping counts, and as
known at an earlier time, the latest keeping until then. Nothing is ever deleted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Float,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    literal,
    select,
)

from ledger.kept import GONE, FigureKey, Keeping, Numbers
from ledger.store.bulk import Bulk, plain_rows
from ledger.store.schema import Instant, metadata

#: When figures were kept, and of which days.
keeping = Table(
    "keeping",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("known_at", Instant, nullable=False),
    Column("plan_version", String, nullable=False),
    Column("rule_version", String, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("map", Integer, nullable=False),
)
#: What figures there are.
figure_key = Table(
    "figure_key",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("unit", String, nullable=False),
    Column("indicator", String, nullable=False),
    Column("level", String, nullable=False),
    Column("field", String, nullable=False),
    Column("evidence", String, nullable=False),
    UniqueConstraint("unit", "indicator", "level", "field", "evidence", name="figure_key_once"),
)
#: What seldom changes of a figure, each text once.
figure_rest = Table(
    "figure_rest",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("rest", Text, nullable=False, unique=True),
)
#: The days on which a figure changed. `place`: days since 1970 times 2^24, and the keeping that said so.
figure_day = Table(
    "figure_day",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("numerator", BigInteger),
    Column("denominator", BigInteger),
    Column("due", BigInteger),
    Column("value", Float),
    Column("reasons", String, nullable=False),
    Column("rest", Integer, nullable=False),
    sqlite_with_rowid=False,
)
KEEPINGS = 1 << 24
EPOCH_DAY = date(1970, 1, 1)
#: The number of GONE's text among the others; it is always the first.
GONE_REST = 1
ADD_DAYS = Bulk.insertion(figure_day, layout=[column.name for column in figure_day.c])


def read_keepings(connection: Connection) -> tuple[Keeping, ...]:
    """Every keeping, in the order of their numbers."""
    query = select(keeping, figure_rest.c.rest).join(figure_rest, figure_rest.c.id == keeping.c.map)
    return tuple(_keeping(row) for row in connection.execute(query.order_by(keeping.c.number)))


def last_number(connection: Connection, known_at: datetime | None) -> int:
    """The latest keeping, now or as known at an instant; 0: there was none."""
    query = select(func.max(keeping.c.number))
    if known_at is not None:
        query = query.where(keeping.c.known_at <= known_at)
    return connection.execute(query).scalar() or 0


class Keys:
    """What figures there are, by number from 1; read once, as none is ever changed. Safe to share between threads."""

    def __init__(self) -> None:
        self._known: list[FigureKey] = []
        self._lock = Lock()

    def all(self, connection: Connection) -> list[FigureKey]:
        """Those that the connection sees, and perhaps later ones."""
        with self._lock:
            columns = (figure_key.c.unit, figure_key.c.indicator, figure_key.c.level, figure_key.c.field)
            query = select(*columns, figure_key.c.evidence).where(figure_key.c.id > len(self._known))
            rows = plain_rows(connection, query.order_by(figure_key.c.id))
            self._known += map(FigureKey._make, rows)
            return self._known


def read_kept(connection: Connection, day: date, known: int, keys: Keys) -> dict[FigureKey, Numbers]:
    """The figures of a day by what the keepings up to `known` say, in the order in which they came to be."""
    rests: dict[int, str] = dict(connection.execute(select(figure_rest.c.id, figure_rest.c.rest)).all())
    key, state = figure_key, figure_day
    query = (
        select(
            *(key.c.id, state.c.numerator, state.c.denominator, state.c.due, state.c.value, state.c.reasons),
            state.c.rest,
        )
        .select_from(key)
        .join(state, (state.c.key == key.c.id) & (state.c.place == _place_of_day(day, known)))
        .order_by(key.c.id)  # which also has the database go through the keys, and look each one's day up
    )
    named = keys.all(connection)
    return {
        named[row[0] - 1]: Numbers(row[1], row[2], row[3], row[4], row[5], rests[row[6]])
        for row in plain_rows(connection, query)
        if row[6] != GONE_REST
    }


def read_changes(
    connection: Connection, first: date, last: date, *, indicator: str | None, evidence: str, known: int
) -> Iterator[tuple[FigureKey, date, Numbers]]:
    """By key and day: each whole figure's state on `first`, and on each later day the one that it changed to."""
    rests: dict[int, str] = dict(connection.execute(select(figure_rest.c.id, figure_rest.c.rest)).all())
    key, state = figure_key, figure_day
    wanted = [key.c.evidence == evidence, key.c.level == "", key.c.field == ""]
    if indicator is not None:
        wanted.append(key.c.indicator == indicator)
    places = (state.c.place >= _place_of_day(first, known, lowest=True), state.c.place < _first_place(last) + KEEPINGS)
    query = (
        select(
            *(key.c.unit, key.c.indicator, key.c.level, key.c.field, key.c.evidence, state.c.place),
            *(state.c.numerator, state.c.denominator, state.c.due, state.c.value, state.c.reasons, state.c.rest),
        )
        .select_from(key)
        .join(state, state.c.key == key.c.id)
        .where(*wanted, *places, state.c.place % KEEPINGS <= known)
        .order_by(key.c.id, state.c.place)
    )
    held: tuple[FigureKey, date, Numbers] | None = None
    for row in connection.execute(query):
        item = (
            FigureKey(*row[:5]),
            max(first, _day(row[5])),
            Numbers(row[6], row[7], row[8], row[9], row[10], rests[row[11]]),
        )
        if held is not None and held[:2] != item[:2]:  # of one day's rows the latest keeping counts
            yield held
        held = item
    if held is not None:
        yield held


def write_kept(
    connection: Connection, made: Keeping, days: Sequence[tuple[date, Mapping[FigureKey, Numbers]]]
) -> Keeping:
    """Keep the figures of days that follow one another; only what differs from what was known makes a row.

    After the last of them whatever was known before counts again.
    """
    before = last_number(connection, None)
    number = before + 1
    keys = Keys()  # of this transaction, which may not be kept
    ids, rests = _Numbered(connection, figure_key), _Numbered(connection, figure_rest)
    rests.of((GONE.rest,))
    last = days[-1][0]
    ending: date | None = connection.execute(select(func.max(keeping.c.last))).scalar()
    after = last + timedelta(days=1)
    until = [(after, read_kept(connection, after, before, keys))] if ending is not None and ending > last else []
    rows = 0
    for day, figures in [*days, *until]:
        told = read_kept(connection, day, number, keys)
        changed = {key: numbers for key, numbers in figures.items() if told.get(key) != numbers}
        changed.update({key: GONE for key in told if key not in figures})
        place = _first_place(day) + number
        found = [(ids.of(key), place, *numbers[:5], rests.of((numbers.rest,))) for key, numbers in changed.items()]
        if found:
            ADD_DAYS.run(connection, found)
        rows += len(found)
    values = {name: getattr(made, name) for name in ("known_at", "plan_version", "rule_version")}
    values |= {"number": number, "first": days[0][0], "last": last, "changed": rows, "map": rests.of((made.map,))}
    connection.execute(insert(keeping).values(values))
    return replace(made, number=number, first=days[0][0], last=last, changed=rows)


class _Numbered:
    """Rows of a table that are written once and known by a number."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self._connection = connection
        self._table = table
        self._names = [column.name for column in table.c if column.name != "id"]
        rows = connection.execute(select(table.c.id, *(table.c[name] for name in self._names)))
        self._known: dict[tuple[str, ...], int] = {tuple(row[1:]): row[0] for row in rows}

    def of(self, row: tuple[str, ...]) -> int:
        """The number of `row`, which is written where it is new."""
        key = tuple(row)
        if key not in self._known:
            number = len(self._known) + 1
            values = {"id": number, **dict(zip(self._names, key, strict=True))}
            self._connection.execute(insert(self._table).values(values))
            self._known[key] = number
        return self._known[key]


def _place_of_day(day: date, known: int, *, lowest: bool = False) -> Any:
    """Of each key, where its state on `day` stands; `lowest`: 0 where it had none."""
    inner = figure_day.alias("latest")
    found = (
        select(inner.c.place)
        .where(inner.c.key == figure_key.c.id, inner.c.place < _first_place(day) + KEEPINGS)
        .where(inner.c.place % KEEPINGS <= known)
        .order_by(inner.c.place.desc())
        .limit(1)
        .correlate(figure_key)
        .scalar_subquery()
    )
    return func.coalesce(found, literal(0)) if lowest else found


def _first_place(day: date) -> int:
    return (day - EPOCH_DAY).days * KEEPINGS


def _day(place: int) -> date:
    return EPOCH_DAY + timedelta(days=place // KEEPINGS)


def _keeping(row: Row[Any]) -> Keeping:
    return Keeping(
        number=row.number,
        first=row.first,
        last=row.last,
        known_at=row.known_at,
        plan_version=row.plan_version,
        rule_version=row.rule_version,
        changed=row.changed,
        map=row.rest,
    )
