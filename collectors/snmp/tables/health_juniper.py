"""Juniper's own readings: jnxOperatingTable of the JUNIPER-MIB, jnxDomCurrentTable of the JUNIPER-DOM-MIB.

Names and numbers are those of Juniper's published MIBs; recordings of MX960 have both tables.
"""

import re
from collections.abc import Mapping

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.interfaces import IF_NAME
from collectors.snmp.tables.sensors import Gauge, Kind, Sensor, Unit, read_gauges, row_names, state
from collectors.snmp.tables.value import Table, integer, integer_at

JNX_OPERATING: Oid = (1, 3, 6, 1, 4, 1, 2636, 3, 1, 13, 1)
JNX_OPERATING_DESCR: Oid = (*JNX_OPERATING, 5)
JNX_OPERATING_STATE: Oid = (*JNX_OPERATING, 6)
JNX_OPERATING_TEMP: Oid = (*JNX_OPERATING, 7)
JNX_OPERATING_CPU: Oid = (*JNX_OPERATING, 8)
JNX_OPERATING_BUFFER: Oid = (*JNX_OPERATING, 11)
JNX_OPERATING_MEMORY: Oid = (*JNX_OPERATING, 15)
JNX_DOM_CURRENT: Oid = (1, 3, 6, 1, 4, 1, 2636, 3, 60, 1, 1, 1, 1)
JNX_DOM_RX_POWER: Oid = (*JNX_DOM_CURRENT, 5)
JNX_DOM_TX_BIAS_CURRENT: Oid = (*JNX_DOM_CURRENT, 6)
JNX_DOM_TX_POWER: Oid = (*JNX_DOM_CURRENT, 7)
JNX_DOM_TEMPERATURE: Oid = (*JNX_DOM_CURRENT, 8)
UNKNOWN, RESET, DOWN = 1, 4, 6  # of jnxOperatingState; the others run, or stand by
NONE = frozenset({0})
MOST_RECEIVED = 1000  # 10 dBm
#: What a part is, by its description.
FAN = re.compile(r"\bfan\b", re.IGNORECASE)
SUPPLY = re.compile(r"\b(PEM|PSM|PSU|power supply|PDM)\b", re.IGNORECASE)


def parse_operating(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """Read by (container, three levels of place): a part without memory of its own has no CPU to tell of."""
    name = row_names(columns[JNX_OPERATING_DESCR])
    temperature = Gauge(JNX_OPERATING_TEMP, Kind.TEMPERATURE, Unit.CELSIUS, 1.0, NONE)
    found = list(read_gauges(columns, (temperature,), name))
    with_cpu = {row for row, megabytes in columns[JNX_OPERATING_MEMORY].items() if integer(megabytes) > 0}
    for oid, kind in ((JNX_OPERATING_CPU, Kind.CPU), (JNX_OPERATING_BUFFER, Kind.MEMORY)):
        gauges = read_gauges(columns, (Gauge(oid, kind, Unit.RATIO, 0.01),), name)
        found += [gauge for row, gauge in zip(columns[oid], gauges, strict=True) if row in with_cpu]
    for row in columns[JNX_OPERATING_DESCR]:
        part, status = _part(name(row)), integer_at(columns[JNX_OPERATING_STATE], row)
        if part is not None and status not in {None, UNKNOWN}:
            found.append(state(name(row), part, is_well=status not in {RESET, DOWN}))
    return tuple(found)


def parse_optics(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """Each module by its ifIndex: light in hundredths of a dBm, current in microamperes; 0 is no reading.

    Where a receiver gets more light than any stands, the device counts in something else (recorded: Junos 12.3), and
    its receivers are left out.
    """
    received = [integer(value) for value in columns[JNX_DOM_RX_POWER].values()]
    gauges: tuple[Gauge, ...] = (
        Gauge(JNX_DOM_TX_POWER, Kind.OPTICAL_POWER, Unit.DBM, 0.01, NONE, "tx power"),
        Gauge(JNX_DOM_TX_BIAS_CURRENT, Kind.CURRENT, Unit.AMPERES, 0.000_001, NONE, "bias current"),
        Gauge(JNX_DOM_TEMPERATURE, Kind.TEMPERATURE, Unit.CELSIUS, 1.0, NONE, "temperature"),
    )
    if max(received, default=0) <= MOST_RECEIVED:
        gauges = (Gauge(JNX_DOM_RX_POWER, Kind.OPTICAL_POWER, Unit.DBM, 0.01, NONE, "rx power"), *gauges)
    return read_gauges(columns, gauges, row_names(columns[IF_NAME]))


def _part(name: str) -> Kind | None:
    if SUPPLY.search(name):
        return Kind.SUPPLY
    return Kind.FAN if FAN.search(name) else None


OPERATING_COLUMNS = (
    JNX_OPERATING_DESCR,
    JNX_OPERATING_STATE,
    JNX_OPERATING_TEMP,
    JNX_OPERATING_CPU,
    JNX_OPERATING_BUFFER,
    JNX_OPERATING_MEMORY,
)
OPTIC_COLUMNS = (JNX_DOM_RX_POWER, JNX_DOM_TX_POWER, JNX_DOM_TX_BIAS_CURRENT, JNX_DOM_TEMPERATURE)
OPERATING = Table("juniper_operating", OPERATING_COLUMNS, parse_operating, rows=OPERATING_COLUMNS)
OPTICS = Table("juniper_optics", (*OPTIC_COLUMNS, IF_NAME), parse_optics, rows=OPTIC_COLUMNS)
TABLES = (OPERATING, OPTICS)
