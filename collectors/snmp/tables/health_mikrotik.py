"""RouterOS's own readings: mtxrGaugeTable, or the older mtxrHealth; mtxrOpticalTable.

Names and numbers are those of MikroTik's published MIKROTIK-MIB; from documentation alone, no recording has them. CPU
and memory are in the HOST-RESOURCES-MIB, which RouterOS has.
"""

from collections.abc import Mapping

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.sensors import Gauge, Kind, Sensor, Unit, read_gauges, row_names, scaled, state
from collectors.snmp.tables.value import Table, integer, integer_at

MTXR: Oid = (1, 3, 6, 1, 4, 1, 14988, 1, 1)
MTXR_HL_VOLTAGE: Oid = (*MTXR, 3, 8)
MTXR_HL_TEMPERATURE: Oid = (*MTXR, 3, 10)
MTXR_HL_PROCESSOR_TEMPERATURE: Oid = (*MTXR, 3, 11)
MTXR_HL_POWER: Oid = (*MTXR, 3, 12)
MTXR_HL_CURRENT: Oid = (*MTXR, 3, 13)
MTXR_HL_FAN_SPEED_1: Oid = (*MTXR, 3, 17)
MTXR_HL_FAN_SPEED_2: Oid = (*MTXR, 3, 18)
MTXR_GAUGE_NAME: Oid = (*MTXR, 3, 100, 1, 2)
MTXR_GAUGE_VALUE: Oid = (*MTXR, 3, 100, 1, 3)
MTXR_GAUGE_UNIT: Oid = (*MTXR, 3, 100, 1, 4)
MTXR_OPTICAL_NAME: Oid = (*MTXR, 19, 1, 1, 2)
MTXR_OPTICAL_TEMPERATURE: Oid = (*MTXR, 19, 1, 1, 6)
MTXR_OPTICAL_SUPPLY_VOLTAGE: Oid = (*MTXR, 19, 1, 1, 7)
MTXR_OPTICAL_TX_BIAS_CURRENT: Oid = (*MTXR, 19, 1, 1, 8)
MTXR_OPTICAL_TX_POWER: Oid = (*MTXR, 19, 1, 1, 9)
MTXR_OPTICAL_RX_POWER: Oid = (*MTXR, 19, 1, 1, 10)
#: mtxrGaugeUnit: what is measured, its unit, and what one count is in it; 6 is a state, 0 where all is well.
GAUGES: Mapping[int, tuple[Kind, Unit, float]] = {
    1: (Kind.TEMPERATURE, Unit.CELSIUS, 1.0),
    2: (Kind.FAN, Unit.RPM, 1.0),
    3: (Kind.VOLTAGE, Unit.VOLTS, 0.1),
    4: (Kind.CURRENT, Unit.AMPERES, 0.1),
    5: (Kind.POWER, Unit.WATTS, 0.1),
}
STATE = 6
NONE = frozenset({0})


def parse_gauges(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """Read by mtxrGaugeIndex (RouterOS 7); each row tells its unit."""
    name = row_names(columns[MTXR_GAUGE_NAME])
    found: list[Sensor] = []
    for row, value in columns[MTXR_GAUGE_VALUE].items():
        number, unit = integer(value), integer_at(columns[MTXR_GAUGE_UNIT], row) or 0
        if unit in GAUGES:
            kind, base, scale = GAUGES[unit]
            found.append(Sensor(name(row), kind, scaled(number, scale), base))
        elif unit == STATE:
            found.append(state(name(row), Kind.STATE, is_well=number == 0))
    return tuple(found)


def parse_health(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """The scalars of RouterOS 6: tenths of a volt, a degree and a watt, milliamperes; 0 is a box without."""
    gauges = (
        Gauge(MTXR_HL_VOLTAGE, Kind.VOLTAGE, Unit.VOLTS, 0.1, NONE, "voltage"),
        Gauge(MTXR_HL_TEMPERATURE, Kind.TEMPERATURE, Unit.CELSIUS, 0.1, NONE, "temperature"),
        Gauge(MTXR_HL_PROCESSOR_TEMPERATURE, Kind.TEMPERATURE, Unit.CELSIUS, 0.1, NONE, "processor temperature"),
        Gauge(MTXR_HL_POWER, Kind.POWER, Unit.WATTS, 0.1, NONE, "power"),
        Gauge(MTXR_HL_CURRENT, Kind.CURRENT, Unit.AMPERES, 0.001, NONE, "current"),
        Gauge(MTXR_HL_FAN_SPEED_1, Kind.FAN, Unit.RPM, 1.0, NONE, "fan 1"),
        Gauge(MTXR_HL_FAN_SPEED_2, Kind.FAN, Unit.RPM, 1.0, NONE, "fan 2"),
    )
    return read_gauges(columns, gauges, lambda _row: "")


def parse_optics(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """Read by mtxrOpticalIndex: light in thousandths of a dBm, millivolts, milliamperes; an empty cage is all 0."""
    name = row_names(columns[MTXR_OPTICAL_NAME])
    gauges = (
        Gauge(MTXR_OPTICAL_RX_POWER, Kind.OPTICAL_POWER, Unit.DBM, 0.001, label="rx power"),
        Gauge(MTXR_OPTICAL_TX_POWER, Kind.OPTICAL_POWER, Unit.DBM, 0.001, label="tx power"),
        Gauge(MTXR_OPTICAL_TEMPERATURE, Kind.TEMPERATURE, Unit.CELSIUS, label="temperature"),
        Gauge(MTXR_OPTICAL_SUPPLY_VOLTAGE, Kind.VOLTAGE, Unit.VOLTS, 0.001, label="voltage"),
        Gauge(MTXR_OPTICAL_TX_BIAS_CURRENT, Kind.CURRENT, Unit.AMPERES, 0.001, label="bias current"),
    )
    volts = columns[MTXR_OPTICAL_SUPPLY_VOLTAGE]
    told = {name(row) for row, millivolts in volts.items() if integer(millivolts) > 0}
    found = read_gauges(columns, gauges, name)
    rows = [row for gauge in gauges for row in columns[gauge.column]]
    return tuple(sensor for row, sensor in zip(rows, found, strict=True) if name(row) in told)


GAUGE_COLUMNS = (MTXR_GAUGE_NAME, MTXR_GAUGE_VALUE, MTXR_GAUGE_UNIT)
HEALTH_COLUMNS = (
    MTXR_HL_VOLTAGE,
    MTXR_HL_TEMPERATURE,
    MTXR_HL_PROCESSOR_TEMPERATURE,
    MTXR_HL_POWER,
    MTXR_HL_CURRENT,
    MTXR_HL_FAN_SPEED_1,
    MTXR_HL_FAN_SPEED_2,
)
OPTIC_COLUMNS = (
    MTXR_OPTICAL_NAME,
    MTXR_OPTICAL_RX_POWER,
    MTXR_OPTICAL_TX_POWER,
    MTXR_OPTICAL_TEMPERATURE,
    MTXR_OPTICAL_SUPPLY_VOLTAGE,
    MTXR_OPTICAL_TX_BIAS_CURRENT,
)
HEALTH = Table(
    "mikrotik_health",
    GAUGE_COLUMNS,
    parse_gauges,
    fallback=Table("mikrotik_health", HEALTH_COLUMNS, parse_health),
    rows=GAUGE_COLUMNS,
)
OPTICS = Table("mikrotik_optics", OPTIC_COLUMNS, parse_optics, rows=OPTIC_COLUMNS)
TABLES = (HEALTH, OPTICS)
