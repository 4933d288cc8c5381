"""A computer's storage, processors and devices: HOST-RESOURCES-MIB (RFC 2790)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.tables.sensors import Gauge, Kind, Sensor, Unit, read_gauges
from collectors.snmp.tables.value import Table, every_row, integer, integer_at, only, text_at

HOST: Oid = (1, 3, 6, 1, 2, 1, 25)
HR_STORAGE_TYPE: Oid = (*HOST, 2, 3, 1, 2)
HR_STORAGE_DESCR: Oid = (*HOST, 2, 3, 1, 3)
HR_STORAGE_ALLOCATION_UNITS: Oid = (*HOST, 2, 3, 1, 4)
HR_STORAGE_SIZE: Oid = (*HOST, 2, 3, 1, 5)
HR_STORAGE_USED: Oid = (*HOST, 2, 3, 1, 6)
HR_STORAGE_TYPES: Oid = (*HOST, 2, 1)
HR_DEVICE_TYPE: Oid = (*HOST, 3, 2, 1, 2)
HR_DEVICE_DESCR: Oid = (*HOST, 3, 2, 1, 3)
HR_DEVICE_STATUS: Oid = (*HOST, 3, 2, 1, 5)
HR_DEVICE_TYPES: Oid = (*HOST, 3, 1)
HR_PROCESSOR_LOAD: Oid = (*HOST, 3, 3, 1, 2)
#: A size is an Integer32: net-snmp and others let one above 2^31 - 1 units run over into the negative.
BEYOND_INTEGER32 = 1 << 32


class StorageKind(StrEnum):
    """hrStorageTypes; OTHER also where the agent names a type of its own, or none."""

    OTHER = "other"
    RAM = "ram"
    VIRTUAL_MEMORY = "virtual_memory"
    FIXED_DISK = "fixed_disk"
    REMOVABLE_DISK = "removable_disk"
    FLOPPY_DISK = "floppy_disk"
    COMPACT_DISC = "compact_disc"
    RAM_DISK = "ram_disk"
    FLASH_MEMORY = "flash_memory"
    NETWORK_DISK = "network_disk"


class DeviceKind(StrEnum):
    """hrDeviceTypes; OTHER also where the agent names a type of its own, or none."""

    OTHER = "other"
    UNKNOWN = "unknown"
    PROCESSOR = "processor"
    NETWORK = "network"
    PRINTER = "printer"
    DISK_STORAGE = "disk_storage"
    VIDEO = "video"
    AUDIO = "audio"
    COPROCESSOR = "coprocessor"
    KEYBOARD = "keyboard"
    MODEM = "modem"
    PARALLEL_PORT = "parallel_port"
    POINTING = "pointing"
    SERIAL_PORT = "serial_port"
    TAPE = "tape"
    CLOCK = "clock"
    VOLATILE_MEMORY = "volatile_memory"
    NON_VOLATILE_MEMORY = "non_volatile_memory"


class DeviceStatus(StrEnum):
    """hrDeviceStatus; unknown also where the agent doesn't say."""

    UNKNOWN = "unknown"
    RUNNING = "running"
    WARNING = "warning"
    TESTING = "testing"
    DOWN = "down"


STORAGE_KINDS = dict(enumerate(StorageKind, start=1))
DEVICE_KINDS = dict(zip((1, 2, 3, 4, 5, 6, *range(10, 22)), DeviceKind, strict=True))
DEVICE_STATUSES = dict(enumerate(DeviceStatus, start=1))


@dataclass(frozen=True, slots=True)
class Storage:
    """A disk or memory; both sizes in bytes."""

    index: int
    kind: StorageKind
    name: str
    size_bytes: int
    used_bytes: int


@dataclass(frozen=True, slots=True)
class HostDevice:
    """A device of the computer, as its description names it."""

    index: int
    kind: DeviceKind
    descr: str
    status: DeviceStatus


def parse_storage(columns: Mapping[Oid, Column]) -> tuple[Storage, ...]:
    """Join the columns by hrStorageIndex; a row of no size, as of an empty drive, is left out."""
    found: list[Storage] = []
    for row, value in columns[HR_STORAGE_SIZE].items():
        size, unit = _count(integer(value)), integer_at(columns[HR_STORAGE_ALLOCATION_UNITS], row) or 1
        kind = STORAGE_KINDS.get(_last(columns[HR_STORAGE_TYPE], row, HR_STORAGE_TYPES), StorageKind.OTHER)
        used = _count(integer_at(columns[HR_STORAGE_USED], row) or 0)
        index = only(row, "hrStorageIndex")
        if size:
            name = text_at(columns[HR_STORAGE_DESCR], row)
            found.append(Storage(index, kind, name, size * unit, used * unit))
    return tuple(found)


def parse_processors(columns: Mapping[Oid, Column]) -> tuple[Sensor, ...]:
    """The busy part of the last minute of each processor, by hrDeviceIndex."""
    gauge = Gauge(HR_PROCESSOR_LOAD, Kind.CPU, Unit.RATIO, 0.01)
    return read_gauges(columns, (gauge,), lambda row: f"CPU {only(row, 'hrDeviceIndex')}")


def parse_devices(columns: Mapping[Oid, Column]) -> tuple[HostDevice, ...]:
    """Join the columns by hrDeviceIndex."""
    return tuple(
        HostDevice(
            only(row, "hrDeviceIndex"),
            DEVICE_KINDS.get(_last(columns[HR_DEVICE_TYPE], row, HR_DEVICE_TYPES), DeviceKind.OTHER),
            text_at(columns[HR_DEVICE_DESCR], row),
            DEVICE_STATUSES.get(integer_at(columns[HR_DEVICE_STATUS], row) or 0, DeviceStatus.UNKNOWN),
        )
        for row in every_row(columns, (HR_DEVICE_TYPE, HR_DEVICE_DESCR))
    )


def _count(number: int) -> int:
    return number + BEYOND_INTEGER32 if number < 0 else number


def _last(types: Column, row: Oid, registered: Oid) -> int:
    """A type's number among those registered; 0 where it is none of them."""
    value: Value = types.get(row, ())
    is_one = isinstance(value, tuple) and len(value) == len(registered) + 1 and value[:-1] == registered
    return value[-1] if is_one and isinstance(value, tuple) else 0


STORAGE_COLUMNS = (
    HR_STORAGE_TYPE,
    HR_STORAGE_DESCR,
    HR_STORAGE_ALLOCATION_UNITS,
    HR_STORAGE_SIZE,
    HR_STORAGE_USED,
)
DEVICE_COLUMNS = (HR_DEVICE_TYPE, HR_DEVICE_DESCR, HR_DEVICE_STATUS)
STORAGE = Table("storage", STORAGE_COLUMNS, parse_storage, rows=STORAGE_COLUMNS)
PROCESSORS = Table("processors", (HR_PROCESSOR_LOAD,), parse_processors, rows=(HR_PROCESSOR_LOAD,))
DEVICES = Table("devices", DEVICE_COLUMNS, parse_devices, rows=DEVICE_COLUMNS)
