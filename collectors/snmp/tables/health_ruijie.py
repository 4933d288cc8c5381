"""Ruijie's own readings: CPU, memory, temperature, supplies and fans.

Numbers are those of the RUIJIE-PROCESS-MIB, RUIJIE-MEMORY-MIB and RUIJIE-SYSTEM-MIB; recordings of S5750, N18010 and
M18000 agree with them, column by column.
"""

from collections.abc import Mapping

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.sensors import Gauge, Kind, Sensor, Unit, read_gauges, read_states, row_names
from collectors.snmp.tables.value import Table

RUIJIE_MGMT: Oid = (1, 3, 6, 1, 4, 1, 4881, 1, 1, 10, 2)
RUIJIE_CPU_UTILIZATION_5MIN: Oid = (*RUIJIE_MGMT, 36, 1, 1, 3)
RUIJIE_NODE_CPU_NAME: Oid = (*RUIJIE_MGMT, 36, 1, 2, 1, 2)
RUIJIE_NODE_CPU_UTILIZATION_5MIN: Oid = (*RUIJIE_MGMT, 36, 1, 2, 1, 5)
RUIJIE_NODE_MEMORY_NAME: Oid = (*RUIJIE_MGMT, 35, 1, 2, 1, 2)
RUIJIE_NODE_MEMORY_UTILIZATION: Oid = (*RUIJIE_MGMT, 35, 1, 2, 1, 3)
RUIJIE_SUPPLY_STATE: Oid = (*RUIJIE_MGMT, 1, 1, 18, 1, 2)
RUIJIE_SUPPLY_NAME: Oid = (*RUIJIE_MGMT, 1, 1, 18, 1, 3)
RUIJIE_FAN_STATE: Oid = (*RUIJIE_MGMT, 1, 1, 21, 1, 2)
RUIJIE_FAN_NAME: Oid = (*RUIJIE_MGMT, 1, 1, 21, 1, 3)
RUIJIE_TEMPERATURE_NAME: Oid = (*RUIJIE_MGMT, 1, 1, 23, 1, 2)
RUIJIE_TEMPERATURE_CURRENT: Oid = (*RUIJIE_MGMT, 1, 1, 23, 1, 3)
NONE = frozenset({0})
NOT_THERE, NORMAL, UNKNOWN = 1, 4, 6  # of ruijieSystemElectricalSourceIsNormal and ruijieSystemFanIsNormal
#: What a slot without a sensor is called: its name, and this.
INVALID = ":invalid"


def parse_nodes(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """CPU over five minutes and memory of each board; the box's own CPU where it tells of no boards."""
    has_nodes = bool(columns[RUIJIE_NODE_CPU_UTILIZATION_5MIN])
    cpu = RUIJIE_NODE_CPU_UTILIZATION_5MIN if has_nodes else RUIJIE_CPU_UTILIZATION_5MIN
    cpu_name = row_names(columns[RUIJIE_NODE_CPU_NAME]) if has_nodes else _box
    memory = Gauge(RUIJIE_NODE_MEMORY_UTILIZATION, Kind.MEMORY, Unit.RATIO, 0.01, NONE)
    return (
        *read_gauges(columns, (Gauge(cpu, Kind.CPU, Unit.RATIO, 0.01),), cpu_name),
        *read_gauges(columns, (memory,), row_names(columns[RUIJIE_NODE_MEMORY_NAME])),
    )


def parse_environment(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """Temperatures, and whether supplies and fans work; what isn't there isn't unwell."""
    temperature = Gauge(RUIJIE_TEMPERATURE_CURRENT, Kind.TEMPERATURE, Unit.CELSIUS, 1.0, NONE)
    temperatures = read_gauges(columns, (temperature,), row_names(columns[RUIJIE_TEMPERATURE_NAME]))
    return (
        *(sensor for sensor in temperatures if not sensor.name.endswith(INVALID)),
        *read_states(
            columns[RUIJIE_SUPPLY_NAME], columns[RUIJIE_SUPPLY_STATE], Kind.SUPPLY, NORMAL, (NOT_THERE, UNKNOWN)
        ),
        *read_states(columns[RUIJIE_FAN_NAME], columns[RUIJIE_FAN_STATE], Kind.FAN, NORMAL, (NOT_THERE, UNKNOWN)),
    )


def _box(_row: Oid) -> str:
    return "CPU"


NODES = Table(
    "ruijie_nodes",
    (
        RUIJIE_NODE_CPU_NAME,
        RUIJIE_NODE_CPU_UTILIZATION_5MIN,
        RUIJIE_CPU_UTILIZATION_5MIN,
        RUIJIE_NODE_MEMORY_NAME,
        RUIJIE_NODE_MEMORY_UTILIZATION,
    ),
    parse_nodes,
)
ENVIRONMENT = Table(
    "ruijie_environment",
    (
        RUIJIE_TEMPERATURE_NAME,
        RUIJIE_TEMPERATURE_CURRENT,
        RUIJIE_SUPPLY_NAME,
        RUIJIE_SUPPLY_STATE,
        RUIJIE_FAN_NAME,
        RUIJIE_FAN_STATE,
    ),
    parse_environment,
)
TABLES = (NODES, ENVIRONMENT)
