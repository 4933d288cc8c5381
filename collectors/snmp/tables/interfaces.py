"""Interfaces: ifTable and ifXTable of the IF-MIB (RFC 2863), column by column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import overload

from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.tables.value import BadValue, Table, integer, require, text

IF_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
IF_X_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
IF_TABLE_LAST_CHANGE: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 5, 0)
IF_DESCR: Oid = (*IF_ENTRY, 2)
IF_TYPE: Oid = (*IF_ENTRY, 3)
IF_SPEED: Oid = (*IF_ENTRY, 5)
IF_PHYS_ADDRESS: Oid = (*IF_ENTRY, 6)
IF_ADMIN_STATUS: Oid = (*IF_ENTRY, 7)
IF_OPER_STATUS: Oid = (*IF_ENTRY, 8)
IF_LAST_CHANGE: Oid = (*IF_ENTRY, 9)
IF_IN_OCTETS: Oid = (*IF_ENTRY, 10)
IF_IN_DISCARDS: Oid = (*IF_ENTRY, 13)
IF_IN_ERRORS: Oid = (*IF_ENTRY, 14)
IF_OUT_OCTETS: Oid = (*IF_ENTRY, 16)
IF_OUT_DISCARDS: Oid = (*IF_ENTRY, 19)
IF_OUT_ERRORS: Oid = (*IF_ENTRY, 20)
IF_NAME: Oid = (*IF_X_ENTRY, 1)
IF_HC_IN_OCTETS: Oid = (*IF_X_ENTRY, 6)
IF_HC_OUT_OCTETS: Oid = (*IF_X_ENTRY, 10)
IF_HIGH_SPEED: Oid = (*IF_X_ENTRY, 15)
IF_ALIAS: Oid = (*IF_X_ENTRY, 18)

#: What hardly ever changes, and what a coverage verdict needs of it; the rest describes.
NAMES = (IF_NAME, IF_DESCR, IF_ALIAS, IF_TYPE, IF_SPEED, IF_HIGH_SPEED)
#: What changes with every cycle: states first, they prove something.
STATES = (IF_OPER_STATUS, IF_ADMIN_STATUS, IF_LAST_CHANGE)
COUNTERS = (IF_IN_ERRORS, IF_OUT_ERRORS, IF_IN_DISCARDS, IF_OUT_DISCARDS)
OCTETS_64 = (IF_HC_IN_OCTETS, IF_HC_OUT_OCTETS)
OCTETS_32 = (IF_IN_OCTETS, IF_OUT_OCTETS)
UP = 1  # of ifAdminStatus and ifOperStatus alike
#: ifSpeed of an interface that is faster than it can say; ifHighSpeed counts millions of bits per second.
SPEED_BEYOND, MEGABIT = 0xFFFFFFFF, 1_000_000


@dataclass(frozen=True, slots=True)
class Interface:
    """One port; `index` is its ifIndex, `name` its ifName."""

    index: int
    name: str
    is_up: bool
    is_enabled: bool


@dataclass(frozen=True, slots=True, eq=False)
class Interfaces(Sequence[Interface]):
    """All ports of a device, in the agent's order; `columns` has the other columns, `dict[OID, values by position]`.

    A column that isn't there is the agent's lack; a value that isn't is None.
    """

    rows: tuple[Oid, ...]
    names: tuple[str, ...]
    oper: Sequence[Value | None]
    admin: Sequence[Value | None]
    columns: Mapping[Oid, Sequence[Value | None]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Interface: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Interface]: ...
    def __getitem__(self, place: int | slice) -> Interface | Sequence[Interface]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        return Interface(self.rows[place][0], self.names[place], self.oper[place] == UP, self.admin[place] == UP)

    def __iter__(self) -> Iterator[Interface]:
        return (self[place] for place in range(len(self)))

    @property
    def has_counters(self) -> bool:
        """Whether more was asked for than names and states."""
        return not self.columns.keys().isdisjoint((IF_LAST_CHANGE, *COUNTERS, *OCTETS_64, *OCTETS_32))

    def named(self, name: str) -> Interface | None:
        """The port of that name; None: there is none."""
        place = _places(self.names).get(name)
        return None if place is None else self[place]

    @property
    def name_of(self) -> Mapping[int, str]:
        """Names by ifIndex."""
        return {row[0]: name for row, name in zip(self.rows, self.names, strict=True)}


def parse_interfaces(columns: Mapping[Oid, Column]) -> Interfaces:
    """Join the columns by ifIndex; an interface without a name or a state yet (being created) is left out.

    An agent without the ifXTable names its interfaces by ifDescr.
    """
    named = columns[IF_NAME] if columns[IF_NAME].rows else columns.get(IF_DESCR, columns[IF_NAME])
    require(named, "ifTable")
    oper, admin = columns[IF_OPER_STATUS], columns[IF_ADMIN_STATUS]
    rows, names = _names(named.rows, named.cells)
    if not rows == oper.rows == admin.rows:
        kept = [place for place, row in enumerate(rows) if row in oper and row in admin]
        rows, names = tuple(rows[place] for place in kept), tuple(names[place] for place in kept)
    others = {oid: aligned(column, rows) for oid, column in columns.items() if oid != IF_NAME and column.rows}
    empty: tuple[Value, ...] = ()
    states = others.get(IF_OPER_STATUS, empty), others.get(IF_ADMIN_STATUS, empty)
    for state in states:
        _check(tuple(state))
    return Interfaces(rows, names, *states, others)


def aligned(column: Column, rows: tuple[Oid, ...]) -> Sequence[Value | None]:
    """A column's values by the places of `rows`; as they are where they stand so already."""
    if column.rows is rows or column.rows == rows:
        return column.cells
    return [column.by_row.get(row) for row in rows]


@lru_cache(maxsize=1024)
def _check(states: tuple[Value | None, ...]) -> None:
    """Raise BadValue where a state is no number."""
    for state in states:
        integer(0 if state is None else state)


@lru_cache(maxsize=1024)
def _names(rows: tuple[Oid, ...], cells: tuple[Value, ...]) -> tuple[tuple[Oid, ...], tuple[str, ...]]:
    """Rows and their names, the same objects as long as they stay the same; raises BadValue."""
    if any(len(row) != 1 for row in rows):
        raise BadValue("ifName's index is no ifIndex")
    return rows, tuple(text(cell) for cell in cells)


@lru_cache(maxsize=1024)
def _places(names: tuple[str, ...]) -> dict[str, int]:
    """Where a name stands; the first where two ports have one name."""
    return {name: place for place, name in reversed(list(enumerate(names)))}


def interfaces_table(*columns: Oid) -> Table[Interfaces]:
    """The table of names and states, and of what else is asked for."""
    wanted = tuple(dict.fromkeys((IF_NAME, IF_DESCR, IF_OPER_STATUS, IF_ADMIN_STATUS, *columns)))
    return Table("interfaces", wanted, parse_interfaces, rows=tuple(oid for oid in wanted if oid != IF_DESCR))


#: What verdicts need, and everything that samples are made of.
INTERFACES = interfaces_table()
INTERFACES_WITH_COUNTERS = interfaces_table(*NAMES, *STATES, *COUNTERS, *OCTETS_64)
INTERFACES_WITH_NARROW_COUNTERS = interfaces_table(*NAMES, *STATES, *COUNTERS, *OCTETS_32)
#: What verdicts need, and how much each port carries.
INTERFACES_WITH_OCTETS = interfaces_table(IF_SPEED, IF_HIGH_SPEED, *OCTETS_64)
INTERFACES_WITH_NARROW_OCTETS = interfaces_table(IF_SPEED, IF_HIGH_SPEED, *OCTETS_32)
