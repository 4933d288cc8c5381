"""Huawei's own readings: hwEntityStateTable, hwFanStatusTable and hwOpticalModuleInfoTable.

Names and numbers are those of Huawei's HUAWEI-ENTITY-EXTENT-MIB; recordings of S5720, S12704 and NE routers have them.
"""

from collections.abc import Mapping

from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.tables.entity import ENTITY_NAMES, entity_name
from collectors.snmp.tables.sensors import Gauge, Kind, Sensor, Unit, dbm, read_gauges, scaled, state
from collectors.snmp.tables.value import BadValue, Table, integer, integer_at, only

HUAWEI_ENTITY: Oid = (1, 3, 6, 1, 4, 1, 2011, 5, 25, 31, 1, 1)
HW_ENTITY_CPU_USAGE: Oid = (*HUAWEI_ENTITY, 1, 1, 5)
HW_ENTITY_MEM_USAGE: Oid = (*HUAWEI_ENTITY, 1, 1, 7)
HW_ENTITY_TEMPERATURE: Oid = (*HUAWEI_ENTITY, 1, 1, 11)
HW_ENTITY_FAN_PRESENT: Oid = (*HUAWEI_ENTITY, 10, 1, 6)
HW_ENTITY_FAN_STATE: Oid = (*HUAWEI_ENTITY, 10, 1, 7)
HW_ENTITY_OPTICAL_TEMPERATURE: Oid = (*HUAWEI_ENTITY, 3, 1, 5)
HW_ENTITY_OPTICAL_VOLTAGE: Oid = (*HUAWEI_ENTITY, 3, 1, 6)
HW_ENTITY_OPTICAL_RX_POWER: Oid = (*HUAWEI_ENTITY, 3, 1, 8)
HW_ENTITY_OPTICAL_TX_POWER: Oid = (*HUAWEI_ENTITY, 3, 1, 9)
#: What stands for "no reading": 0 on boards that have no such part, the rest by the maker's taste.
NONE = frozenset({-1, 0, 255, 65535, 2147483647})
#: The same of light, where 0 may be a dark fibre.
NO_LIGHT = frozenset({-255, -1, 2147483647})
NORMAL, PRESENT = 1, 1  # of hwEntityFanState and hwEntityFanPresent
#: Light below is never a count of microwatts, and -1 is none.
HUNDREDTHS_BELOW = -1


def parse_boards(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """CPU, memory and temperature by entPhysicalIndex; a board that says 0 of one has none to tell of."""
    gauges = (
        Gauge(HW_ENTITY_CPU_USAGE, Kind.CPU, Unit.RATIO, 0.01, NONE),
        Gauge(HW_ENTITY_MEM_USAGE, Kind.MEMORY, Unit.RATIO, 0.01, NONE),
        Gauge(HW_ENTITY_TEMPERATURE, Kind.TEMPERATURE, Unit.CELSIUS, 1.0, NONE),
    )
    return read_gauges(columns, gauges, lambda row: entity_name(columns, only(row, "entPhysicalIndex")))


def parse_fans(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """Fans by (slot, number); one that isn't there isn't unwell."""
    found: list[Sensor] = []
    for row, value in columns[HW_ENTITY_FAN_STATE].items():
        if len(row) != 2:
            raise BadValue("hwEntityFanState's index is not a slot and a number")
        is_well = integer(value) == NORMAL
        if integer_at(columns[HW_ENTITY_FAN_PRESENT], row) in {None, PRESENT}:
            found.append(state(f"fan {row[0]}/{row[1]}", Kind.FAN, is_well=is_well))
    return tuple(found)


def parse_optics(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """Light, temperature and voltage by entPhysicalIndex; the laser's current is left out, its unit differs.

    Older devices count light in microwatts, newer ones in hundredths of a dBm: where one of a device's values is
    negative, all are hundredths. A port without a module, or one that can't tell, has no voltage.
    """
    found: list[Sensor] = []
    is_hundredths = any(
        integer(value) < HUNDREDTHS_BELOW
        for oid in (HW_ENTITY_OPTICAL_RX_POWER, HW_ENTITY_OPTICAL_TX_POWER)
        for value in columns[oid].values()
    )
    for row, voltage in columns[HW_ENTITY_OPTICAL_VOLTAGE].items():
        if integer(voltage) not in NONE:
            found += _module(columns, row, is_hundredths=is_hundredths)
    return tuple(found)


def _module(columns: Mapping[Oid, Column], row: Oid, *, is_hundredths: bool) -> list[Sensor]:
    name = entity_name(columns, only(row, "entPhysicalIndex"))
    found = [
        Sensor(f"{name} {label}", kind, scaled(number, scale), unit)
        for oid, label, kind, scale, unit in (
            (HW_ENTITY_OPTICAL_TEMPERATURE, "temperature", Kind.TEMPERATURE, 1.0, Unit.CELSIUS),
            (HW_ENTITY_OPTICAL_VOLTAGE, "voltage", Kind.VOLTAGE, 0.001, Unit.VOLTS),
        )
        if (number := integer_at(columns[oid], row)) is not None and number not in NO_LIGHT
    ]
    for oid, label in ((HW_ENTITY_OPTICAL_RX_POWER, "rx power"), (HW_ENTITY_OPTICAL_TX_POWER, "tx power")):
        light = columns[oid].get(row, -1)
        if light not in NO_LIGHT:
            found.append(
                Sensor(f"{name} {label}", Kind.OPTICAL_POWER, _dbm(light, is_hundredths=is_hundredths), Unit.DBM)
            )
    return found


def _dbm(light: Value, *, is_hundredths: bool) -> float:
    number = integer(light)
    return scaled(number, 0.01) if is_hundredths else dbm(number / 1_000_000)


BOARD_COLUMNS = (HW_ENTITY_CPU_USAGE, HW_ENTITY_MEM_USAGE, HW_ENTITY_TEMPERATURE)
OPTIC_COLUMNS = (
    HW_ENTITY_OPTICAL_TEMPERATURE,
    HW_ENTITY_OPTICAL_VOLTAGE,
    HW_ENTITY_OPTICAL_RX_POWER,
    HW_ENTITY_OPTICAL_TX_POWER,
)
FAN_COLUMNS = (HW_ENTITY_FAN_PRESENT, HW_ENTITY_FAN_STATE)
BOARDS = Table("huawei_boards", (*BOARD_COLUMNS, *ENTITY_NAMES), parse_boards, rows=BOARD_COLUMNS)
FANS = Table("huawei_fans", FAN_COLUMNS, parse_fans, rows=FAN_COLUMNS)
OPTICS = Table("huawei_optics", (*OPTIC_COLUMNS, *ENTITY_NAMES), parse_optics, rows=OPTIC_COLUMNS)
TABLES = (BOARDS, FANS, OPTICS)
