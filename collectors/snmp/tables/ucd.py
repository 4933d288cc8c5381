"""net-snmp's own readings: memory, load, CPU and disks of the UCD-SNMP-MIB."""

from collections.abc import Mapping
from dataclasses import dataclass

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.value import Table, integer_at, only, text_at

UCD: Oid = (1, 3, 6, 1, 4, 1, 2021)
MEM_TOTAL_SWAP: Oid = (*UCD, 4, 3)
MEM_AVAIL_SWAP: Oid = (*UCD, 4, 4)
MEM_TOTAL_REAL: Oid = (*UCD, 4, 5)
MEM_AVAIL_REAL: Oid = (*UCD, 4, 6)
MEM_BUFFER: Oid = (*UCD, 4, 14)
MEM_CACHED: Oid = (*UCD, 4, 15)
DSK_PATH: Oid = (*UCD, 9, 1, 2)
DSK_DEVICE: Oid = (*UCD, 9, 1, 3)
DSK_TOTAL: Oid = (*UCD, 9, 1, 6)
DSK_AVAIL: Oid = (*UCD, 9, 1, 7)
DSK_PERCENT: Oid = (*UCD, 9, 1, 9)
DSK_TOTAL_LOW: Oid = (*UCD, 9, 1, 11)
DSK_TOTAL_HIGH: Oid = (*UCD, 9, 1, 12)
DSK_AVAIL_LOW: Oid = (*UCD, 9, 1, 13)
DSK_AVAIL_HIGH: Oid = (*UCD, 9, 1, 14)
LA_LOAD_INT: Oid = (*UCD, 10, 1, 5)
SS_CPU_IDLE: Oid = (*UCD, 11, 11)
SCALAR: Oid = (0,)
KIBIBYTE = 1024
#: laIndex: the averages of one, five and fifteen minutes.
LOADS: tuple[Oid, Oid, Oid] = ((1,), (2,), (3,))


@dataclass(frozen=True, slots=True)
class Memory:
    """All in bytes; what is free for programs is what is available, buffers and caches together."""

    total: int
    available: int
    buffers: int
    cached: int
    swap_total: int
    swap_available: int


@dataclass(frozen=True, slots=True)
class Load:
    """Mean lengths of the run queue over 1, 5 and 15 minutes; `cpu_busy` 0 to 1, None where the agent can't tell."""

    one: float
    five: float
    fifteen: float
    cpu_busy: float | None


@dataclass(frozen=True, slots=True)
class Disk:
    """A watched file system; sizes in bytes, `used_ratio` 0 to 1 as the agent counts it, reserved blocks included."""

    path: str
    device: str
    total_bytes: int
    available_bytes: int
    used_ratio: float


def parse_memory(columns: Mapping[Oid, Column]) -> tuple[Memory, ...]:
    """The scalars, counted in kibibytes; none where the agent doesn't tell how much there is."""
    if integer_at(columns[MEM_TOTAL_REAL], SCALAR) is None:
        return ()
    total, available, buffers, cached, swap_total, swap_available = (
        KIBIBYTE * (integer_at(columns[oid], SCALAR) or 0) for oid in MEMORY_COLUMNS
    )
    return (Memory(total, available, buffers, cached, swap_total, swap_available),)


def parse_load(columns: Mapping[Oid, Column]) -> tuple[Load, ...]:
    """The three averages, counted in hundredths; none where one of them is missing."""
    counts = [integer_at(columns[LA_LOAD_INT], row) for row in LOADS]
    if None in counts:
        return ()
    one, five, fifteen = ((count or 0) / 100 for count in counts)
    idle = integer_at(columns[SS_CPU_IDLE], SCALAR)
    return (Load(one, five, fifteen, None if idle is None else (100 - idle) / 100),)


def parse_disks(columns: Mapping[Oid, Column]) -> tuple[Disk, ...]:
    """Join the columns by dskIndex, counted in kibibytes: in 64 bits where the agent has them, else up to 2 TiB."""
    found: list[Disk] = []
    for row in columns[DSK_TOTAL]:
        only(row, "dskIndex")
        total = _kibibytes(columns, row, (DSK_TOTAL, DSK_TOTAL_LOW, DSK_TOTAL_HIGH))
        available = _kibibytes(columns, row, (DSK_AVAIL, DSK_AVAIL_LOW, DSK_AVAIL_HIGH))
        path, device = text_at(columns[DSK_PATH], row), text_at(columns[DSK_DEVICE], row)
        used = (integer_at(columns[DSK_PERCENT], row) or 0) / 100
        found.append(Disk(path, device, KIBIBYTE * total, KIBIBYTE * available, used))
    return tuple(found)


def _kibibytes(columns: Mapping[Oid, Column], row: Oid, oids: tuple[Oid, Oid, Oid]) -> int:
    narrow, low, high = (integer_at(columns[oid], row) for oid in oids)
    if low is None or high is None:
        return (narrow or 0) % (1 << 32)
    return (high << 32) + low % (1 << 32)


MEMORY_COLUMNS = (MEM_TOTAL_REAL, MEM_AVAIL_REAL, MEM_BUFFER, MEM_CACHED, MEM_TOTAL_SWAP, MEM_AVAIL_SWAP)
DISK_COLUMNS = (DSK_PATH, DSK_DEVICE, DSK_TOTAL, DSK_AVAIL, DSK_PERCENT)
WIDE_COLUMNS = (DSK_TOTAL_LOW, DSK_TOTAL_HIGH, DSK_AVAIL_LOW, DSK_AVAIL_HIGH)
MEMORY = Table("memory", MEMORY_COLUMNS, parse_memory)
LOAD = Table("load", (LA_LOAD_INT, SS_CPU_IDLE), parse_load)
DISKS = Table("disks", (*DISK_COLUMNS, *WIDE_COLUMNS), parse_disks, rows=(*DISK_COLUMNS, *WIDE_COLUMNS))
