"""Who a device is by its ENTITY-MIB (RFC 6933), whatever column its vendor put it in.

Two columns tell the chassis from the rest of what a device is built of; of these only, every text is asked for.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collectors.fault import Fault
from collectors.snmp.client import Column, Oid, Session
from collectors.snmp.definition import EntityText, said
from collectors.snmp.tables.entity import (
    COLUMNS,
    ENT_PHYSICAL_CLASS,
    ENT_PHYSICAL_CONTAINED_IN,
    Entity,
    EntityClass,
    parse_entities,
)
from collectors.snmp.tables.value import BadValue, integer
from ledger.observation import Failure

#: The members of a stack that are looked at.
MOST_MEMBERS = 16
#: Classes that a device without a chassis row may be described by, the best first.
INSTEAD = (EntityClass.STACK, EntityClass.CONTAINER, EntityClass.MODULE, EntityClass.OTHER, EntityClass.UNKNOWN)
#: A part number tells a buyer something; a model has a letter, and mostly a digit.
PART_NUMBER = re.compile(r"[\d-]+")
MODEL = re.compile(r"(?<![\w.-])(?=[\w./+-]*[A-Z])(?=[\w./+-]*\d)[A-Z0-9][\w./+-]*[\w+]")
ROOT = 0


@dataclass(frozen=True, slots=True)
class EntityIdentity:
    """`rows` are the chassis, or the stack's members, the first one first; none: the agent has no ENTITY-MIB.

    `fault` says why there is no more of it.
    """

    rows: tuple[Entity, ...] = ()
    fault: Fault | None = None

    def text(self, wanted: EntityText, row: int = 0) -> str | None:
        """What a row says; a device of one chassis has one row. None: nothing, or only a placeholder."""
        return entity_text(self.rows[row], wanted) if row < len(self.rows) else None

    @property
    def place(self) -> str:
        """Where the texts come from, as the reason of an identity has it."""
        return f"ENTITY-MIB {self.rows[0].index}" if self.rows else "ENTITY-MIB"


async def read_entity_identity(session: Session) -> EntityIdentity:
    """Ask for classes and containment, then for the texts of the few rows that matter."""
    (classes,) = (await session.columns([ENT_PHYSICAL_CLASS])).values()
    if not classes:
        return EntityIdentity(fault=classes.fault)
    (holders,) = (await session.columns([ENT_PHYSICAL_CONTAINED_IN])).values()
    fault = classes.fault or holders.fault
    try:
        chosen = chassis_rows(_numbers(classes), _numbers(holders))[:MOST_MEMBERS]
        read: list[Entity] = []
        for row in chosen:
            found = await session.get([(*oid, *row) for oid in COLUMNS])
            if isinstance(found, Fault):
                return EntityIdentity(tuple(read), fault or found)
            cells = {oid: found.get((*oid, *row)) for oid in COLUMNS}
            read += parse_entities(
                {oid: Column() if cell is None else Column((row,), (cell,)) for oid, cell in cells.items()}
            )
    except BadValue as error:
        return EntityIdentity(fault=Fault(Failure.BAD_REPLY, str(error)))
    return EntityIdentity(tuple(read), fault)


def chassis_rows(classes: Mapping[Oid, int], holders: Mapping[Oid, int]) -> Sequence[Oid]:
    """The rows that stand for the whole device, by index.

    They are the chassis that nothing but a stack, or something that isn't there, contains; else any chassis. Without
    one it is what a stack contains that comes nearest, or what nothing contains.
    """
    by_number = {row[-1]: kind for row, kind in classes.items()}

    def is_outermost(row: Oid) -> bool:
        holder = holders.get(row, ROOT)
        return holder == ROOT or by_number.get(holder) in {None, EntityClass.STACK.value}

    chassis = sorted(row for row, kind in classes.items() if kind == EntityClass.CHASSIS.value)
    outermost = [row for row in chassis if is_outermost(row)]
    if chassis:
        return outermost or chassis[:1]
    order = {kind.value: place for place, kind in enumerate(INSTEAD)}
    held = [row for row in classes if is_outermost(row) and classes[row] in order]
    # A stack without a chassis describes its members by containers or modules of their own.
    members = [row for row in held if holders.get(row, ROOT) != ROOT]
    return sorted(members or held, key=lambda row: (order[classes[row]], row))[:1]


def entity_text(row: Entity, wanted: EntityText) -> str | None:
    """A text of a row that is more than a placeholder."""
    match wanted:
        case EntityText.MODEL:
            return _model(row)
        case EntityText.VERSION:
            return said(row.software_rev) or said(row.firmware_rev)
        case EntityText.SERIAL:
            return said(row.serial)
        case EntityText.VENDOR:
            return said(row.manufacturer)
        case _:
            return said(_PLAIN[wanted](row))


_PLAIN = {
    EntityText.MODEL_NAME: lambda row: row.model,
    EntityText.NAME: lambda row: row.name,
    EntityText.DESCR: lambda row: row.descr,
    EntityText.HARDWARE: lambda row: row.hardware_rev,
    EntityText.FIRMWARE: lambda row: row.firmware_rev,
    EntityText.SOFTWARE: lambda row: row.software_rev,
}


def _model(row: Entity) -> str | None:
    """entPhysicalModelName; where that is empty or a part number, what looks like a model in name and description."""
    named = said(row.model)
    if named is not None and not PART_NUMBER.fullmatch(named):
        return named
    for text in (row.name, row.descr):
        found = MODEL.search(text)
        if found is not None:
            return found.group()
    return named


def _numbers(column: Column) -> dict[Oid, int]:
    return {row: integer(cell) for row, cell in zip(column.rows, column.cells, strict=True)}
