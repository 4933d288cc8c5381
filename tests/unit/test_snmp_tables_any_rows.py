"""Whatever an agent sends, a table is read or refused."""

from contextlib import suppress
from random import Random

import pytest
from snmprec import DESCRIBING, PROVING, from_rows

from collectors.snmp.client import Oid, Value
from collectors.snmp.tables.value import BadValue, Table

#: What an ifIndex, a scalar, a VLAN, a neighbour, an address and a MAC look like as an index.
LIKELY: tuple[Oid, ...] = (
    (0,),
    (1,),
    (1, 1),
    (0, 10),
    (0, 3, 1),
    (0, 3, 1, 1),
    (10, 68, 16, 1),
    (1, 4, 10, 68, 16, 1),
    (3, 1, 4, 10, 68, 16, 1),
    (0, 3, 1, 1, 4, 10, 68, 16, 1),
    (10, 2, 104, 0, 16, 0, 1),
    (4, 20, *range(20)),
)
NUMBERS = (0, 1, 2, 3, 4, 5, 9, -1, 255, 65535, 0x7FFFFFFF, -(1 << 31), 0xFFFFFFFF, (1 << 64) - 1)
EVERY = {f"{table.name} {number}": table for number, table in enumerate(DESCRIBING + PROVING)}
FALLBACKS = {f"{name}, older": table.fallback for name, table in EVERY.items() if table.fallback is not None}
ROUNDS = 100


def an_index(chance: Random) -> Oid:
    if chance.random() < 0.8:
        return chance.choice(LIKELY)
    return tuple(chance.choice((0, 1, 4, 16, 255, 256, 0xFFFFFFFF)) for _part in range(chance.randrange(24)))


def a_value(chance: Random, likely: str) -> Value:
    match likely if chance.random() < 0.9 else chance.choice(("number", "octets", "oid")):
        case "number":
            return chance.choice(NUMBERS)
        case "octets":
            return chance.randbytes(chance.choice((0, 1, 4, 6, 16, 20)))
        case _:
            return an_index(chance)


def some_rows(chance: Random, table: Table[object]) -> dict[Oid, dict[Oid, Value]]:
    """Columns that share rows, each of its own likely type, and now and then one that doesn't."""
    indexes = [an_index(chance) for _row in range(chance.randrange(4))]
    rows: dict[Oid, dict[Oid, Value]] = {}
    for column in table.columns:
        likely = chance.choice(("number", "number", "octets", "oid"))
        own = indexes if chance.random() < 0.8 else [*indexes, an_index(chance)]
        rows[column] = {index: a_value(chance, likely) for index in own}
    return rows


def test_an_agent_without_the_mib_has_nothing_to_describe() -> None:
    assert [table.name for table in DESCRIBING if from_rows(table, {})] == []


def test_columns_that_share_an_index_are_the_tables_own() -> None:
    for table in (*EVERY.values(), *FALLBACKS.values()):
        assert set(table.rows) <= set(table.columns), table.name
        assert len(set(table.columns)) == len(table.columns), table.name


@pytest.mark.parametrize("name", [*EVERY, *FALLBACKS])
def test_any_rows_are_read_or_refused(name: str) -> None:
    table: Table[object] = (EVERY | FALLBACKS)[name]
    chance = Random(name)  # noqa: S311 - inputs, the same in every run
    for _round in range(ROUNDS):
        with suppress(BadValue):
            from_rows(table, some_rows(chance, table))
