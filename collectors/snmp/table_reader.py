"""Tables from columns: whole, or the rows that all columns have where one breaks off."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from collectors.fault import Fault
from collectors.snmp.client import Column, Oid, Session
from collectors.snmp.slow import MARKERS, SLOW, SlowTables
from collectors.snmp.tables.system import SYSTEM, System, parse_system
from collectors.snmp.tables.value import BadValue, Partial, Table
from ledger.observation import Failure

T = TypeVar("T")


class TableReader:
    """Reads one device's tables in its turn: what is slow and known isn't asked for, and no column twice."""

    def __init__(self, session: Session, slow: SlowTables, clock: Callable[[], datetime]) -> None:
        self._session = session
        self._slow = slow
        self._clock = clock
        self._read: dict[Oid, Column] = {}

    async def system(self) -> System | Fault:
        """Who answers; notes what its markers say."""
        values = await self._session.get((*SYSTEM, *MARKERS))
        if isinstance(values, Fault):
            return values
        self._slow.look(values, self._clock())
        try:
            return parse_system(values)
        except BadValue as error:
            return Fault(Failure.BAD_REPLY, f"system: {error}")

    async def table(self, table: Table[T]) -> T | Partial[T] | Fault:
        """The table; the rows that all its columns have where one breaks off."""
        columns = await self._columns(table)
        fault = next((column.fault for column in columns.values() if column.fault is not None), None)
        if fault is not None:
            columns = _common(table, columns)
        try:
            found = table.parse(columns)
        except BadValue as error:
            return _named(table, fault or Fault(Failure.BAD_REPLY, str(error)))
        if fault is not None:
            return Partial(found, _named(table, fault)) if found else _named(table, fault)
        return found if found or table.fallback is None else await self.table(table.fallback)

    async def _columns(self, table: Table[T]) -> dict[Oid, Column]:
        slow = self._slow
        known = slow.known(table.columns)
        await self._ask(oid for oid in table.columns if oid not in known)
        fast = next((oid for oid in table.columns if oid not in SLOW), None)
        if fast is not None and known and not slow.fits(fast, self._read[fast].rows):
            known = {}
            await self._ask(table.columns)
        found = {oid: known[oid] if oid in known else self._read[oid] for oid in table.columns}
        if fast is not None and not known.keys() >= SLOW & found.keys():
            slow.keep(found, fast, self._read[fast].rows)
        return found

    async def _ask(self, oids: Iterable[Oid]) -> None:
        """Read what wasn't read in this turn already: another table may have the same column."""
        self._read |= await self._session.columns([oid for oid in oids if oid not in self._read])


def _common(table: Table[T], columns: Mapping[Oid, Column]) -> dict[Oid, Column]:
    """The columns that are whole, and of those that share an index the rows that all of them have."""
    found = {oid: Column() if column.fault is not None else column for oid, column in columns.items()}
    joined = [oid for oid in table.rows if columns[oid].rows or columns[oid].fault is not None]
    shared = (
        [row for row in columns[joined[0]].rows if all(row in columns[oid].by_row for oid in joined)] if joined else []
    )
    for oid in joined:
        found[oid] = Column(tuple(shared), tuple(columns[oid][row] for row in shared))
    return found


def _named(table: Table[T], fault: Fault) -> Fault:
    return replace(fault, detail=f"table {table.name}: {fault.detail}")
