"""Cisco's own readings: CPU, memory, environment and sensors.

Names and numbers are those of Cisco's published CISCO-PROCESS-MIB, CISCO-MEMORY-POOL-MIB, CISCO-ENHANCED-MEMPOOL-MIB,
CISCO-ENVMON-MIB and CISCO-ENTITY-SENSOR-MIB; recordings of Catalyst and Nexus switches have all but the voltages.
"""

from collections.abc import Mapping

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.entity import ENTITY_NAMES, entity_name
from collectors.snmp.tables.sensors import (
    Gauge,
    Kind,
    Sensor,
    Unit,
    entity_sensor_table,
    read_gauges,
    read_states,
    row_names,
)
from collectors.snmp.tables.value import BadValue, Table, integer, integer_at, only, text_at

CISCO: Oid = (1, 3, 6, 1, 4, 1, 9, 9)
CPM_CPU_TOTAL_PHYSICAL_INDEX: Oid = (*CISCO, 109, 1, 1, 1, 1, 2)
CPM_CPU_TOTAL_5MIN: Oid = (*CISCO, 109, 1, 1, 1, 1, 5)
CPM_CPU_TOTAL_5MIN_REV: Oid = (*CISCO, 109, 1, 1, 1, 1, 8)
MEMORY_POOL_NAME: Oid = (*CISCO, 48, 1, 1, 1, 2)
MEMORY_POOL_USED: Oid = (*CISCO, 48, 1, 1, 1, 5)
MEMORY_POOL_FREE: Oid = (*CISCO, 48, 1, 1, 1, 6)
CEMP_MEM_POOL_NAME: Oid = (*CISCO, 221, 1, 1, 1, 1, 3)
CEMP_MEM_POOL_USED: Oid = (*CISCO, 221, 1, 1, 1, 1, 7)
CEMP_MEM_POOL_FREE: Oid = (*CISCO, 221, 1, 1, 1, 1, 8)
CEMP_MEM_POOL_HC_USED: Oid = (*CISCO, 221, 1, 1, 1, 1, 18)
CEMP_MEM_POOL_HC_FREE: Oid = (*CISCO, 221, 1, 1, 1, 1, 20)
ENV_VOLTAGE_DESCR: Oid = (*CISCO, 13, 1, 2, 1, 2)
ENV_VOLTAGE_VALUE: Oid = (*CISCO, 13, 1, 2, 1, 3)
ENV_TEMPERATURE_DESCR: Oid = (*CISCO, 13, 1, 3, 1, 2)
ENV_TEMPERATURE_VALUE: Oid = (*CISCO, 13, 1, 3, 1, 3)
ENV_FAN_DESCR: Oid = (*CISCO, 13, 1, 4, 1, 2)
ENV_FAN_STATE: Oid = (*CISCO, 13, 1, 4, 1, 3)
ENV_SUPPLY_DESCR: Oid = (*CISCO, 13, 1, 5, 1, 2)
ENV_SUPPLY_STATE: Oid = (*CISCO, 13, 1, 5, 1, 3)
ENT_SENSOR: Oid = (*CISCO, 91, 1, 1, 1, 1)
NORMAL, NOT_PRESENT = 1, 5  # of CiscoEnvMonState


def parse_cpu(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """The busy part of the last five minutes, of each CPU; the older column where the newer is missing."""
    newer = columns[CPM_CPU_TOTAL_5MIN_REV]
    column = CPM_CPU_TOTAL_5MIN_REV if newer else CPM_CPU_TOTAL_5MIN

    def name(row: Oid) -> str:
        index = integer_at(columns[CPM_CPU_TOTAL_PHYSICAL_INDEX], row)
        return entity_name(columns, index) if index else f"CPU {only(row, 'cpmCPUTotalIndex')}"

    return read_gauges(columns, (Gauge(column, Kind.CPU, Unit.RATIO, 0.01),), name)


def parse_memory_pools(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """The used part of each pool, by its number."""
    used, free = columns[MEMORY_POOL_USED], columns[MEMORY_POOL_FREE]
    names = {row: text_at(columns[MEMORY_POOL_NAME], row) or f"pool {only(row, 'a pool')}" for row in used}
    return _ratios(names, used, free)


def parse_enhanced_memory_pools(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """The used part of each pool, by (entPhysicalIndex, pool); counted in 64 bits where the agent has them."""
    wide = columns[CEMP_MEM_POOL_HC_USED]
    used = wide or columns[CEMP_MEM_POOL_USED]
    free = columns[CEMP_MEM_POOL_HC_FREE] if wide else columns[CEMP_MEM_POOL_FREE]
    names: dict[Oid, str] = {}
    for row in used:
        if len(row) != 2:
            raise BadValue("cempMemPoolUsed's index is not an entity and a pool")
        names[row] = f"{entity_name(columns, row[0])} {text_at(columns[CEMP_MEM_POOL_NAME], row)}".strip()
    return _ratios(names, used, free)


def parse_environment(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """Temperatures, voltages, fans and supplies; what is not there (notPresent) isn't unwell."""
    temperature = Gauge(ENV_TEMPERATURE_VALUE, Kind.TEMPERATURE, Unit.CELSIUS)
    voltage = Gauge(ENV_VOLTAGE_VALUE, Kind.VOLTAGE, Unit.VOLTS, 0.001)
    return (
        *read_gauges(columns, (temperature,), row_names(columns[ENV_TEMPERATURE_DESCR])),
        *read_gauges(columns, (voltage,), row_names(columns[ENV_VOLTAGE_DESCR])),
        *read_states(columns[ENV_FAN_DESCR], columns[ENV_FAN_STATE], Kind.FAN, NORMAL, (NOT_PRESENT,)),
        *read_states(columns[ENV_SUPPLY_DESCR], columns[ENV_SUPPLY_STATE], Kind.SUPPLY, NORMAL, (NOT_PRESENT,)),
    )


def _ratios(names: Mapping[Oid, str], used: Column, free: Column) -> tuple[Sensor, ...]:
    found: list[Sensor] = []
    for row, value in used.items():
        taken, left = integer(value), integer_at(free, row)
        if left is not None and taken + left > 0:
            found.append(Sensor(names[row], Kind.MEMORY, round(taken / (taken + left), 4), Unit.RATIO))
    return tuple(found)


CPU_COLUMNS = (CPM_CPU_TOTAL_5MIN_REV, CPM_CPU_TOTAL_5MIN, CPM_CPU_TOTAL_PHYSICAL_INDEX)
CPU = Table("cisco_cpu", (*CPU_COLUMNS, *ENTITY_NAMES), parse_cpu)
MEMORY_COLUMNS = (MEMORY_POOL_NAME, MEMORY_POOL_USED, MEMORY_POOL_FREE)
ENHANCED_COLUMNS = (
    CEMP_MEM_POOL_NAME,
    CEMP_MEM_POOL_USED,
    CEMP_MEM_POOL_FREE,
    CEMP_MEM_POOL_HC_USED,
    CEMP_MEM_POOL_HC_FREE,
)
MEMORY = Table(
    "cisco_memory",
    (*ENHANCED_COLUMNS, *ENTITY_NAMES),
    parse_enhanced_memory_pools,
    fallback=Table("cisco_memory", MEMORY_COLUMNS, parse_memory_pools, rows=MEMORY_COLUMNS),
)
ENVIRONMENT = Table(
    "cisco_environment",
    (
        ENV_TEMPERATURE_DESCR,
        ENV_TEMPERATURE_VALUE,
        ENV_VOLTAGE_DESCR,
        ENV_VOLTAGE_VALUE,
        ENV_FAN_DESCR,
        ENV_FAN_STATE,
        ENV_SUPPLY_DESCR,
        ENV_SUPPLY_STATE,
    ),
    parse_environment,
)
SENSORS = entity_sensor_table("cisco_sensors", ENT_SENSOR)
TABLES = (CPU, MEMORY, ENVIRONMENT, SENSORS)
