"""What a device measures of itself: entPhySensorTable of the ENTITY-SENSOR-MIB (RFC 3433), named by the ENTITY-MIB.

Every `health_…` module gives the same rows, of makers' own tables.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import log10

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.entity import ENTITY_NAMES, entity_name
from collectors.snmp.tables.value import Table, integer, integer_at, only, text_at

ENT_PHY_SENSOR: Oid = (1, 3, 6, 1, 2, 1, 99, 1, 1, 1)
#: entPhySensorType, Scale, Precision, Value and OperStatus: the same numbers in the CISCO-ENTITY-SENSOR-MIB.
PARTS = (1, 2, 3, 4, 5)
OK = 1  # of EntitySensorStatus
TRUTH_VALUE, IS_TRUE = 12, 1  # of EntitySensorDataType, and of TruthValue
#: The scale `units`; every step is a factor of a thousand. A number below it is smaller.
UNITS, STEPS = 9, range(1, 18)
#: At most so many decimal places (EntitySensorPrecision).
MOST_PRECISION = 9
#: What an optical receiver says at least: it counts in tenths of a microwatt (SFF-8472).
DARK_DBM = -40.0
#: What names a reading of light, where its unit doesn't.
LIGHT = re.compile(
    r"\b[rt]x\b.*power|(receive|transmit)d?\b.*power|laser|optical|\bdom\b|transceiver|xcvr", re.IGNORECASE
)


class Kind(StrEnum):
    """What is measured."""

    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    FAN = "fan"
    AIRFLOW = "airflow"
    SUPPLY = "supply"
    VOLTAGE = "voltage"
    CURRENT = "current"
    POWER = "power"
    FREQUENCY = "frequency"
    LOAD = "load"
    CPU = "cpu"
    MEMORY = "memory"
    OPTICAL_POWER = "optical_power"
    BATTERY = "battery"
    STATE = "state"
    OTHER = "other"


class Unit(StrEnum):
    """What a value counts; a ratio is 0 to 1, a state 1 where all is well and 0 where it isn't."""

    CELSIUS = "celsius"
    RATIO = "ratio"
    RPM = "rpm"
    CUBIC_METRES_PER_MINUTE = "cubic_metres_per_minute"
    VOLTS = "volts"
    AMPERES = "amperes"
    WATTS = "watts"
    HERTZ = "hertz"
    DBM = "dbm"
    SECONDS = "seconds"
    STATE = "state"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Sensor:
    """One reading, in the base unit; optical power is always in dBm."""

    name: str
    kind: Kind
    value: float
    unit: Unit


#: EntitySensorDataType; 14 is Cisco's.
TYPES: Mapping[int, tuple[Kind, Unit]] = {
    1: (Kind.OTHER, Unit.NONE),
    2: (Kind.OTHER, Unit.NONE),
    3: (Kind.VOLTAGE, Unit.VOLTS),
    4: (Kind.VOLTAGE, Unit.VOLTS),
    5: (Kind.CURRENT, Unit.AMPERES),
    6: (Kind.POWER, Unit.WATTS),
    7: (Kind.FREQUENCY, Unit.HERTZ),
    8: (Kind.TEMPERATURE, Unit.CELSIUS),
    9: (Kind.HUMIDITY, Unit.RATIO),
    10: (Kind.FAN, Unit.RPM),
    11: (Kind.AIRFLOW, Unit.CUBIC_METRES_PER_MINUTE),
    TRUTH_VALUE: (Kind.STATE, Unit.STATE),
    14: (Kind.OPTICAL_POWER, Unit.DBM),
}


@dataclass(frozen=True, slots=True)
class Gauge:
    """A column of readings: what they are, and what one of its counts is in the base unit.

    `none` are numbers that stand for "no reading"; `label` goes behind the row's name.
    """

    column: Oid
    kind: Kind
    unit: Unit
    scale: float = 1.0
    none: frozenset[int] = frozenset()
    label: str = ""


def read_gauges(
    columns: Mapping[Oid, Column], gauges: tuple[Gauge, ...], name: Callable[[Oid], str]
) -> tuple[Sensor, ...]:
    """Each gauge's readings, named by their row."""
    return tuple(
        Sensor(f"{name(row)} {gauge.label}".strip(), gauge.kind, scaled(integer(value), gauge.scale), gauge.unit)
        for gauge in gauges
        for row, value in columns[gauge.column].items()
        if value not in gauge.none
    )


def row_names(column: Column) -> Callable[[Oid], str]:
    """How rows are called by a column of texts; by their numbers where it has none."""

    def name(row: Oid) -> str:
        return text_at(column, row).strip() or ".".join(map(str, row))

    return name


def scaled(count: int, scale: float) -> float:
    """A count in the base unit, without the noise of binary fractions."""
    return round(count * scale, 9)


def dbm(watts: float) -> float:
    """Light in decibels over a milliwatt, to hundredths; DARK_DBM where there is less than can be told."""
    return max(DARK_DBM, round(10 * log10(watts * 1000), 2)) if watts > 0 else DARK_DBM


def state(name: str, kind: Kind, *, is_well: bool) -> Sensor:
    """What only says whether it is well."""
    return Sensor(name, kind, float(is_well), Unit.STATE)


def read_states(names: Column, states: Column, kind: Kind, normal: int, absent: Collection[int]) -> Iterator[Sensor]:
    """Whether each part is well, where it is there at all: what has a state of `absent` isn't unwell."""
    name = row_names(names)
    for row, value in states.items():
        if integer(value) not in absent:
            yield state(name(row), kind, is_well=value == normal)


def parse_entity_sensors(columns: Mapping[Oid, Column], entry: Oid = ENT_PHY_SENSOR) -> tuple[Sensor, ...]:
    """Join the columns by entPhysicalIndex; what can't be read now (OperStatus) or is of no known type is left out."""
    kinds, scales, precisions, values, statuses = (columns[*entry, part] for part in PARTS)
    found: list[Sensor] = []
    for row, value in values.items():
        number = integer(value)
        index = only(row, "entPhysicalIndex")
        known = TYPES.get(integer_at(kinds, row) or 0)
        exponent = _exponent(integer_at(scales, row), integer_at(precisions, row))
        if known is not None and integer_at(statuses, row) in {None, OK}:
            found.append(_sensor(entity_name(columns, index), *known, number, exponent))
    return tuple(found)


def _exponent(scale: int | None, precision: int | None) -> int:
    """The power of ten: a scale beyond its numbers is `units`, a negative precision tells of accuracy only."""
    steps = scale - UNITS if scale is not None and scale in STEPS else 0
    places = precision if precision is not None and 0 < precision <= MOST_PRECISION else 0
    return 3 * steps - places


def _sensor(name: str, kind: Kind, unit: Unit, number: int, exponent: int) -> Sensor:
    if unit is Unit.STATE:
        return state(name, kind, is_well=number == IS_TRUE)
    if unit is Unit.RATIO:
        exponent -= 2
    value = float(f"{number}e{exponent}")
    if unit is Unit.WATTS and LIGHT.search(name):
        return Sensor(name, Kind.OPTICAL_POWER, dbm(value), Unit.DBM)
    return Sensor(name, kind, value, unit)


def entity_sensor_table(name: str, entry: Oid) -> Table[tuple[Sensor, ...]]:
    """A table with the columns of entPhySensorTable at `entry`."""
    rows = tuple((*entry, part) for part in PARTS)

    def parse(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
        return parse_entity_sensors(columns, entry)

    return Table(name, (*rows, *ENTITY_NAMES), parse, rows=rows)


SENSORS = entity_sensor_table("sensors", ENT_PHY_SENSOR)
