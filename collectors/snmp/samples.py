"""What a poll gives besides proofs: a device's samples, kept until its next poll."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import cast

from collectors.snmp.ber import Oid, Value
from collectors.snmp.counters import FASTEST_FOR_32_BITS, WrappingCounters
from collectors.snmp.reading import DeviceReading
from collectors.snmp.tables.interfaces import (
    IF_ALIAS,
    IF_DESCR,
    IF_HC_IN_OCTETS,
    IF_HC_OUT_OCTETS,
    IF_HIGH_SPEED,
    IF_IN_DISCARDS,
    IF_IN_ERRORS,
    IF_IN_OCTETS,
    IF_LAST_CHANGE,
    IF_OUT_DISCARDS,
    IF_OUT_ERRORS,
    IF_OUT_OCTETS,
    IF_SPEED,
    IF_TYPE,
    MEGABIT,
    SPEED_BEYOND,
    Interfaces,
)
from collectors.snmp.tables.system import System
from collectors.snmp.tables.value import seen, text
from collectors.snmp.traffic import Traffic
from ledger.plan import Device

Cells = Sequence[int | None]
#: Columns that are handed on as they are, by the key of their samples.
PLAIN: Mapping[str, Oid] = {
    "in_errors": IF_IN_ERRORS,
    "out_errors": IF_OUT_ERRORS,
    "in_discards": IF_IN_DISCARDS,
    "out_discards": IF_OUT_DISCARDS,
    "last_change_ticks": IF_LAST_CHANGE,
}
#: Octets: the 64-bit column, and the 32-bit one of an agent that has no other.
OCTETS: Mapping[str, tuple[Oid, Oid]] = {
    "in_octets": (IF_HC_IN_OCTETS, IF_IN_OCTETS),
    "out_octets": (IF_HC_OUT_OCTETS, IF_OUT_OCTETS),
}


@dataclass(frozen=True, slots=True)
class DeviceSamples:
    """One poll's samples: of the device, and one a row of `interfaces` where they are kept for its class."""

    device: str
    unit: str
    scalars: Mapping[str, float]
    interfaces: tuple[str, ...] = ()
    columns: Mapping[str, Cells] = field(default_factory=dict)
    descriptions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Poll:
    """How a reading came about; `shows_interfaces`: whether samples of its ports are kept, too."""

    started_at: datetime
    finished_at: datetime
    packets: int
    restarts: int
    shows_interfaces: bool = True


class Samples:
    """The latest poll of every device, in register order, and what the engine counts."""

    def __init__(self, devices: Iterable[str] = ()) -> None:
        self.traffic = Traffic()
        self._latest: dict[str, DeviceSamples | None] = dict.fromkeys(devices)
        self._wrapping: dict[tuple[str, str], WrappingCounters] = {}

    def devices(self) -> Sequence[DeviceSamples]:
        """All devices that were polled."""
        return [samples for samples in self._latest.values() if samples is not None]

    def note(self, device: Device, reading: DeviceReading, poll: Poll) -> None:
        """Take over a reading; of a device that didn't answer, only that it didn't."""
        interfaces = seen(reading.interfaces)
        if interfaces is None or not (interfaces.has_counters and poll.shows_interfaces):
            self._latest[device.id] = DeviceSamples(device.id, device.unit, _scalars(reading, poll))
            return
        self._latest[device.id] = DeviceSamples(
            device.id,
            device.unit,
            _scalars(reading, poll),
            unique(interfaces.names, interfaces.rows),
            self._columns(device.id, interfaces, poll),
            _descriptions(interfaces),
        )

    def _columns(self, device: str, interfaces: Interfaces, poll: Poll) -> dict[str, Cells]:
        columns = interfaces.columns
        speeds = speeds_of(interfaces)
        found = {"oper_status": _packed(interfaces.oper), "admin_status": _packed(interfaces.admin)}
        found |= {key: _packed(columns[oid]) for key, oid in PLAIN.items() if oid in columns}
        found["speed_bits_per_second"] = speeds
        width = 64
        for key, (wide, narrow) in OCTETS.items():
            if wide in columns:
                found[key] = _packed(columns[wide])
            elif narrow in columns:
                width = 32
                counters = self._wrapping.setdefault((device, key), WrappingCounters())
                epoch = (poll.restarts, interfaces.rows)
                found[key] = _packed(counters.counted_on(columns[narrow], speeds, poll.finished_at, epoch))
        found["counter_bits"] = _repeated(width, len(interfaces))
        return found


def narrow_counters(interfaces: Interfaces) -> int:
    """How many ports are too fast for the 32-bit octet counters that are all their agent has (RFC 2863 §3.1.6)."""
    if IF_HC_IN_OCTETS in interfaces.columns or IF_IN_OCTETS not in interfaces.columns:
        return 0
    return sum(speed is not None and speed > FASTEST_FOR_32_BITS for speed in speeds_of(interfaces))


def speeds_of(interfaces: Interfaces) -> Cells:
    """Bits per second: ifSpeed, or ifHighSpeed where that can't say it; None: the agent doesn't know."""
    columns = interfaces.columns
    return _speeds(tuple(columns.get(IF_SPEED, ())), tuple(columns.get(IF_HIGH_SPEED, ())), len(interfaces))


@lru_cache(maxsize=1024)
def _speeds(low: tuple[Value | None, ...], high: tuple[Value | None, ...], count: int) -> Cells:
    found: list[int | None] = []
    for place in range(count):
        slow = low[place] if place < len(low) else None
        fast = high[place] if place < len(high) else None
        if isinstance(slow, int) and 0 < slow < SPEED_BEYOND:
            found.append(slow)
        else:
            found.append(fast * MEGABIT if isinstance(fast, int) and fast > 0 else None)
    return _packed(found)


@lru_cache(maxsize=1024)
def unique(names: tuple[str, ...], rows: tuple[Oid, ...]) -> tuple[str, ...]:
    """Names to tell ports by: where two have one, the later has its ifIndex beside it."""
    found: dict[str, None] = {}
    for name, row in zip(names, rows, strict=True):
        label = name
        while label in found:  # a port may be called what another was made to be
            label += f"#{row[0]}"
        found[label] = None
    return tuple(found)


@lru_cache(maxsize=64)
def _repeated(value: int, count: int) -> Cells:
    return array("Q", [value] * count)


def _packed(cells: Sequence[Value | None]) -> Cells:
    """Eight octets a value, where all of them are numbers; a text or a negative number is no counter's."""
    try:
        return array("Q", cast("Sequence[int]", cells))
    except (TypeError, OverflowError):
        return tuple(cell if isinstance(cell, int) and cell >= 0 else None for cell in cells)


def _descriptions(interfaces: Interfaces) -> Mapping[str, tuple[str, ...]]:
    columns = interfaces.columns
    return _texts(*(tuple(columns.get(oid, ())) for oid in (IF_ALIAS, IF_DESCR, IF_TYPE)))


@lru_cache(maxsize=1024)
def _texts(
    alias: tuple[Value | None, ...], description: tuple[Value | None, ...], kind: tuple[Value | None, ...]
) -> Mapping[str, tuple[str, ...]]:
    named = {"alias": alias, "description": description, "interface_type": kind}
    return {label: tuple(_text(cell) for cell in cells) for label, cells in named.items() if cells}


def _text(cell: Value | None) -> str:
    return text(cell) if isinstance(cell, bytes) else "" if cell is None else str(cell)


def _scalars(reading: DeviceReading, poll: Poll) -> dict[str, float]:
    is_up = isinstance(reading.system, System)
    scalars = {
        "up": float(is_up),
        "poll_duration_seconds": (poll.finished_at - poll.started_at).total_seconds(),
        "poll_timestamp_seconds": poll.finished_at.timestamp(),
        "packets": float(poll.packets),
    }
    if isinstance(reading.system, System):
        scalars["uptime_seconds"] = reading.system.up_time.total_seconds()
    return scalars
