"""Reads a device's tables for people, and notes what of them could not be read."""

from dataclasses import dataclass, field
from typing import TypeVar

from collectors.fault import Fault
from collectors.snmp.table_reader import TableReader
from collectors.snmp.tables.value import Partial, Table

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """A table that wasn't read whole, and why."""

    table: str
    reason: str


@dataclass(frozen=True, slots=True)
class Surveyor:
    """Reads tables and notes what went wrong."""

    reader: TableReader
    problems: list[Problem] = field(default_factory=list)

    async def read(self, table: Table[T], otherwise: T, *, optional: str | None = None) -> T:
        """The table, or what was read of it, or `otherwise`; an agent without the MIB `optional` has none."""
        found = await self.reader.table(table)
        fault = found.fault if isinstance(found, Partial) else found if isinstance(found, Fault) else None
        if fault is not None and not (optional is not None and fault.detail.endswith(f"the agent has no {optional}")):
            self.problems.append(Problem(table.name, fault.text))
        if isinstance(found, Partial):
            return found.read
        return otherwise if isinstance(found, Fault) else found
