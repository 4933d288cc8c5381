"""What a device is built of: entPhysicalTable of the ENTITY-MIB (RFC 6933, RFC 4133)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.value import Table, every_row, integer_at, object_id, only, text_at

ENT_PHYSICAL: Oid = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1)
ENT_PHYSICAL_DESCR: Oid = (*ENT_PHYSICAL, 2)
ENT_PHYSICAL_VENDOR_TYPE: Oid = (*ENT_PHYSICAL, 3)
ENT_PHYSICAL_CONTAINED_IN: Oid = (*ENT_PHYSICAL, 4)
ENT_PHYSICAL_CLASS: Oid = (*ENT_PHYSICAL, 5)
ENT_PHYSICAL_PARENT_REL_POS: Oid = (*ENT_PHYSICAL, 6)
ENT_PHYSICAL_NAME: Oid = (*ENT_PHYSICAL, 7)
ENT_PHYSICAL_HARDWARE_REV: Oid = (*ENT_PHYSICAL, 8)
ENT_PHYSICAL_FIRMWARE_REV: Oid = (*ENT_PHYSICAL, 9)
ENT_PHYSICAL_SOFTWARE_REV: Oid = (*ENT_PHYSICAL, 10)
ENT_PHYSICAL_SERIAL_NUM: Oid = (*ENT_PHYSICAL, 11)
ENT_PHYSICAL_MFG_NAME: Oid = (*ENT_PHYSICAL, 12)
ENT_PHYSICAL_MODEL_NAME: Oid = (*ENT_PHYSICAL, 13)
ENT_PHYSICAL_IS_FRU: Oid = (*ENT_PHYSICAL, 16)
COLUMNS = (
    ENT_PHYSICAL_CLASS,
    ENT_PHYSICAL_CONTAINED_IN,
    ENT_PHYSICAL_PARENT_REL_POS,
    ENT_PHYSICAL_DESCR,
    ENT_PHYSICAL_NAME,
    ENT_PHYSICAL_VENDOR_TYPE,
    ENT_PHYSICAL_HARDWARE_REV,
    ENT_PHYSICAL_FIRMWARE_REV,
    ENT_PHYSICAL_SOFTWARE_REV,
    ENT_PHYSICAL_SERIAL_NUM,
    ENT_PHYSICAL_MFG_NAME,
    ENT_PHYSICAL_MODEL_NAME,
    ENT_PHYSICAL_IS_FRU,
)
#: What names a row that another table is about.
ENTITY_NAMES = (ENT_PHYSICAL_NAME, ENT_PHYSICAL_DESCR)
IS_TRUE = 1  # of TruthValue (RFC 2579)


class EntityClass(Enum):
    """PhysicalClass; an agent's own number is UNKNOWN."""

    OTHER = 1
    UNKNOWN = 2
    CHASSIS = 3
    BACKPLANE = 4
    CONTAINER = 5
    POWER_SUPPLY = 6
    FAN = 7
    SENSOR = 8
    MODULE = 9
    PORT = 10
    STACK = 11
    CPU = 12
    ENERGY_OBJECT = 13
    BATTERY = 14
    STORAGE_DRIVE = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One physical thing. `contained_in` is the index of what holds it, 0 where nothing does; empty is not told.

    `position` among its siblings is -1 or None where it has none, `is_fru` None where the agent doesn't say whether it
    can be replaced in the field. `vendor_type` is dotted.
    """

    index: int
    contained_in: int
    entity_class: EntityClass
    position: int | None
    descr: str
    name: str
    vendor_type: str
    hardware_rev: str
    firmware_rev: str
    software_rev: str
    serial: str
    manufacturer: str
    model: str
    is_fru: bool | None


def parse_entities(columns: Mapping[Oid, Column]) -> tuple[Entity, ...]:
    """Join the columns by entPhysicalIndex; spaces around a text are the agent's padding."""
    return tuple(_entity(columns, row) for row in every_row(columns, COLUMNS))


def entity_name(columns: Mapping[Oid, Column], index: int) -> str:
    """What an entity is called: its name, else its description, else its number."""
    row = (index,)
    names = (text_at(columns[oid], row).strip() for oid in ENTITY_NAMES)
    return next((name for name in names if name), f"entity {index}")


def _entity(columns: Mapping[Oid, Column], row: Oid) -> Entity:
    def said(oid: Oid) -> str:
        return text_at(columns[oid], row).strip()

    number = integer_at(columns[ENT_PHYSICAL_CLASS], row)
    vendor_type = columns[ENT_PHYSICAL_VENDOR_TYPE].get(row)
    is_fru = integer_at(columns[ENT_PHYSICAL_IS_FRU], row)
    return Entity(
        index=only(row, "entPhysicalIndex"),
        contained_in=integer_at(columns[ENT_PHYSICAL_CONTAINED_IN], row) or 0,
        entity_class=EntityClass(number) if number in range(1, 16) else EntityClass.UNKNOWN,
        position=integer_at(columns[ENT_PHYSICAL_PARENT_REL_POS], row),
        descr=said(ENT_PHYSICAL_DESCR),
        name=said(ENT_PHYSICAL_NAME),
        vendor_type="" if vendor_type is None else object_id(vendor_type),
        hardware_rev=said(ENT_PHYSICAL_HARDWARE_REV),
        firmware_rev=said(ENT_PHYSICAL_FIRMWARE_REV),
        software_rev=said(ENT_PHYSICAL_SOFTWARE_REV),
        serial=said(ENT_PHYSICAL_SERIAL_NUM),
        manufacturer=said(ENT_PHYSICAL_MFG_NAME),
        model=said(ENT_PHYSICAL_MODEL_NAME),
        is_fru=None if is_fru is None else is_fru == IS_TRUE,
    )


ENTITIES = Table("entities", COLUMNS, parse_entities, rows=COLUMNS)
