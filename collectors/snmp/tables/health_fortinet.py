"""FortiGate's own readings: fgSysCpuUsage, fgSysMemUsage and fgHwSensorTable.

Names and numbers are those of Fortinet's published FORTINET-FORTIGATE-MIB; a FortiGate's recording has them.
"""

import re
from collections.abc import Mapping

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.sensors import Gauge, Kind, Sensor, Unit, read_gauges, row_names, state
from collectors.snmp.tables.value import Table, text

FG_SYSTEM: Oid = (1, 3, 6, 1, 4, 1, 12356, 101, 4)
FG_SYS_CPU_USAGE: Oid = (*FG_SYSTEM, 1, 3)
FG_SYS_MEM_USAGE: Oid = (*FG_SYSTEM, 1, 4)
FG_HW_SENSOR_ENT_NAME: Oid = (*FG_SYSTEM, 3, 2, 1, 2)
FG_HW_SENSOR_ENT_VALUE: Oid = (*FG_SYSTEM, 3, 2, 1, 3)
#: The table doesn't say what is measured, so the name has to; what it doesn't tell is left out.
NAMES: tuple[tuple[re.Pattern[str], Kind, Unit], ...] = (
    (re.compile(r"status", re.IGNORECASE), Kind.SUPPLY, Unit.STATE),
    (re.compile(r"fan", re.IGNORECASE), Kind.FAN, Unit.RPM),
    (re.compile(r"temp|\bcore\b|\bT[DS]\d|^DTS\b|LM75|ADT7", re.IGNORECASE), Kind.TEMPERATURE, Unit.CELSIUS),
    (re.compile(r"\dV|V\d|VCC|VDD|VIN|VOUT|VTT|VREF"), Kind.VOLTAGE, Unit.VOLTS),
)


def parse_system(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """The box's CPU and memory."""
    cpu = Gauge(FG_SYS_CPU_USAGE, Kind.CPU, Unit.RATIO, 0.01)
    memory = Gauge(FG_SYS_MEM_USAGE, Kind.MEMORY, Unit.RATIO, 0.01)
    return (*read_gauges(columns, (cpu,), lambda _row: "CPU"), *read_gauges(columns, (memory,), lambda _row: "memory"))


def parse_sensors(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """Read by fgHwSensorEntIndex; a value is a number written out, a supply's status 0 where it is well."""
    name = row_names(columns[FG_HW_SENSOR_ENT_NAME])
    found: list[Sensor] = []
    for row, value in columns[FG_HW_SENSOR_ENT_VALUE].items():
        number = _number(text(value))
        known = next(((kind, unit) for pattern, kind, unit in NAMES if pattern.search(name(row))), None)
        if number is None or known is None:
            continue
        kind, unit = known
        if unit is Unit.STATE:
            found.append(state(name(row), kind, is_well=number == 0))
        else:
            found.append(Sensor(name(row), kind, number, unit))
    return tuple(found)


def _number(written: str) -> float | None:
    """A reading; None where there is none, as of a module that isn't there."""
    return float(written) if re.fullmatch(r"\s*-?\d+(\.\d+)?\s*", written) else None


SYSTEM = Table("fortinet_system", (FG_SYS_CPU_USAGE, FG_SYS_MEM_USAGE), parse_system)
SENSOR_COLUMNS = (FG_HW_SENSOR_ENT_NAME, FG_HW_SENSOR_ENT_VALUE)
SENSORS = Table("fortinet_sensors", SENSOR_COLUMNS, parse_sensors, rows=SENSOR_COLUMNS)
TABLES = (SYSTEM, SENSORS)
