"""Reads and writes links' five-minute samples: a row a link and day, each direction's 288 values in one cell.

A year of a link is 365 rows of some 2.4 kB; one of 288 rows a day would be thirty times as much.
"""

import sys
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import (
    Column,
    Connection,
    Date,
    LargeBinary,
    String,
    Table,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
)
from sqlalchemy import update as change

from ledger.load import DayLoad, DayValues, LoadSample, unmeasured
from ledger.store.schema import metadata

#: Values are 32-bit floats in bits per second, the lowest byte first; NaN: not measured.
load = Table(
    "load",
    metadata,
    Column("link", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("from_unit", LargeBinary, nullable=False),
    Column("to_unit", LargeBinary, nullable=False),
)
Key = tuple[str, date]
#: SQLite takes a limited number of parameters in one statement.
CHUNK = 200
ADD = insert(load)
REPLACE = (
    change(load)
    .where(load.c.link == bindparam("of_link"), load.c.day == bindparam("of_day"))
    .values(from_unit=bindparam("from_bytes"), to_unit=bindparam("to_bytes"))
)


def write_load(connection: Connection, samples: Sequence[LoadSample]) -> None:
    """Put samples into their days; what wasn't measured leaves the place as it is."""
    by_day: dict[Key, list[LoadSample]] = defaultdict(list)
    for sample in samples:
        by_day[sample.link, sample.day].append(sample)
    known = {(day.link, day.day): day for day in _days(connection, list(by_day))}
    new: list[DayLoad] = []
    old: list[DayLoad] = []
    for key, found in by_day.items():
        day = known.get(key) or DayLoad(*key, unmeasured(), unmeasured())
        for sample in found:
            _place(day, sample)
        (old if key in known else new).append(day)
    if new:
        connection.execute(ADD, [_row(day) for day in new])
    if old:
        connection.execute(
            REPLACE,
            [
                {"of_link": d.link, "of_day": d.day, "from_bytes": _packed(d.from_unit), "to_bytes": _packed(d.to_unit)}
                for d in old
            ],
        )


def read_load(connection: Connection, first: date, last: date) -> Iterator[DayLoad]:
    """The days from `first` to `last` of every link that has any, by link and day."""
    query = select(load).where(load.c.day >= first, load.c.day <= last).order_by(load.c.link, load.c.day)
    for link, day, from_unit, to_unit in connection.execute(query):
        yield DayLoad(link, day, _unpacked(from_unit), _unpacked(to_unit))


def delete_load(connection: Connection, before: date) -> int:
    """Delete the days before `before`; how many rows there were."""
    return connection.execute(delete(load).where(load.c.day < before)).rowcount


def _days(connection: Connection, keys: Sequence[Key]) -> Iterator[DayLoad]:
    for start in range(0, len(keys), CHUNK):
        wanted = (and_(load.c.link == link, load.c.day == day) for link, day in keys[start : start + CHUNK])
        for link, day, from_unit, to_unit in connection.execute(select(load).where(or_(*wanted))):
            yield DayLoad(link, day, _unpacked(from_unit), _unpacked(to_unit))


def _place(day: DayLoad, sample: LoadSample) -> None:
    if sample.from_unit is not None:
        day.from_unit[sample.place] = sample.from_unit
    if sample.to_unit is not None:
        day.to_unit[sample.place] = sample.to_unit


def _row(day: DayLoad) -> dict[str, object]:
    return {"link": day.link, "day": day.day, "from_unit": _packed(day.from_unit), "to_unit": _packed(day.to_unit)}


def _packed(values: DayValues) -> bytes:
    return _little_endian(values).tobytes()


def _unpacked(stored: bytes) -> DayValues:
    values: DayValues = array("f")
    values.frombytes(stored)
    return _little_endian(values)


def _little_endian(values: DayValues) -> DayValues:
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values
