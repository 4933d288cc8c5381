"""H3C's and HPE Comware's own readings: hh3cEntityExtStateTable and hh3cTransceiverInfoTable.

Names and numbers are those of the HH3C-ENTITY-EXT-MIB and HH3C-TRANSCEIVER-INFO-MIB, and of the same table in the
older H3C-ENTITY-EXT-MIB, which still stands below Huawei's number; recordings of Comware 5 and 7 have them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.entity import ENT_PHYSICAL_CLASS, ENTITY_NAMES, EntityClass, entity_name
from collectors.snmp.tables.interfaces import IF_NAME
from collectors.snmp.tables.sensors import Gauge, Kind, Sensor, Unit, read_gauges, row_names, state
from collectors.snmp.tables.value import Table, integer, integer_at, only

HH3C: Oid = (1, 3, 6, 1, 4, 1, 25506, 2)
H3C_OLD: Oid = (1, 3, 6, 1, 4, 1, 2011, 10, 2)
#: hh3cEntityExtCpuUsage, MemUsage, Temperature and ErrorStatus, below hh3cEntityExtStateEntry.
STATE_ENTRY: Oid = (6, 1, 1, 1, 1)
CPU_USAGE, MEM_USAGE, TEMPERATURE, ERROR_STATUS = 6, 8, 12, 19
TRANSCEIVER: Oid = (*HH3C, 70, 1, 1, 1)
TRANSCEIVER_TX_POWER: Oid = (*TRANSCEIVER, 9)
TRANSCEIVER_RX_POWER: Oid = (*TRANSCEIVER, 12)
TRANSCEIVER_TEMPERATURE: Oid = (*TRANSCEIVER, 15)
TRANSCEIVER_VOLTAGE: Oid = (*TRANSCEIVER, 16)
TRANSCEIVER_BIAS_CURRENT: Oid = (*TRANSCEIVER, 17)
#: "No reading", and what entities without such a part say.
NONE = frozenset({0, 65535, 2147483647})
NO_LIGHT = frozenset({65535, 2147483647})
NOT_SUPPORTED, NORMAL, ENTITY_ABSENT = 1, 2, 4  # of hh3cEntityExtErrorStatus
PARTS: Mapping[int, Kind] = {EntityClass.FAN.value: Kind.FAN, EntityClass.POWER_SUPPLY.value: Kind.SUPPLY}


@dataclass(frozen=True, slots=True)
class _Entities:
    """hh3cEntityExtStateTable below `mib`, by entPhysicalIndex."""

    mib: Oid

    def column(self, number: int) -> Oid:
        return (*self.mib, *STATE_ENTRY, number)

    @property
    def columns(self) -> tuple[Oid, ...]:
        return tuple(self.column(number) for number in (CPU_USAGE, MEM_USAGE, TEMPERATURE, ERROR_STATUS))

    def parse(self, columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
        """CPU, memory and temperature of boards, and whether fans and supplies are well."""
        gauges = (
            Gauge(self.column(CPU_USAGE), Kind.CPU, Unit.RATIO, 0.01, NONE),
            Gauge(self.column(MEM_USAGE), Kind.MEMORY, Unit.RATIO, 0.01, NONE),
            Gauge(self.column(TEMPERATURE), Kind.TEMPERATURE, Unit.CELSIUS, 1.0, NONE),
        )
        found = list(read_gauges(columns, gauges, lambda row: _name(columns, row)))
        for row, value in columns[self.column(ERROR_STATUS)].items():
            status = integer(value)
            kind = PARTS.get(integer_at(columns[ENT_PHYSICAL_CLASS], row) or 0)
            if kind is not None and status not in {NOT_SUPPORTED, ENTITY_ABSENT}:
                found.append(state(_name(columns, row), kind, is_well=status == NORMAL))
        return tuple(found)


def parse_transceivers(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """Each module by its ifIndex: light in hundredths of a dBm, voltage and current in hundredths of V and mA."""
    gauges = (
        Gauge(TRANSCEIVER_RX_POWER, Kind.OPTICAL_POWER, Unit.DBM, 0.01, NO_LIGHT, "rx power"),
        Gauge(TRANSCEIVER_TX_POWER, Kind.OPTICAL_POWER, Unit.DBM, 0.01, NO_LIGHT, "tx power"),
        Gauge(TRANSCEIVER_TEMPERATURE, Kind.TEMPERATURE, Unit.CELSIUS, 1.0, NONE, "temperature"),
        Gauge(TRANSCEIVER_VOLTAGE, Kind.VOLTAGE, Unit.VOLTS, 0.01, NONE, "voltage"),
        Gauge(TRANSCEIVER_BIAS_CURRENT, Kind.CURRENT, Unit.AMPERES, 0.000_01, NONE, "bias current"),
    )
    return read_gauges(columns, gauges, row_names(columns[IF_NAME]))


def _name(columns: Mapping[Oid, Column], row: Oid) -> str:
    return entity_name(columns, only(row, "entPhysicalIndex"))


def _table(entities: _Entities, fallback: Table[tuple[Sensor, ...]] | None = None) -> Table[tuple[Sensor, ...]]:
    columns = (*entities.columns, ENT_PHYSICAL_CLASS, *ENTITY_NAMES)
    return Table("h3c_entities", columns, entities.parse, fallback=fallback, rows=entities.columns)


TRANSCEIVER_COLUMNS = (
    TRANSCEIVER_RX_POWER,
    TRANSCEIVER_TX_POWER,
    TRANSCEIVER_TEMPERATURE,
    TRANSCEIVER_VOLTAGE,
    TRANSCEIVER_BIAS_CURRENT,
)
ENTITIES = _table(_Entities(HH3C), _table(_Entities(H3C_OLD)))
TRANSCEIVERS = Table("h3c_transceivers", (*TRANSCEIVER_COLUMNS, IF_NAME), parse_transceivers, rows=TRANSCEIVER_COLUMNS)
TABLES = (ENTITIES, TRANSCEIVERS)
