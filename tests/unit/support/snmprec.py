"""Tables out of recordings of real devices (the PyPI package snmpsim-data, BSD), and out of rows that a test writes.

One pass reads all columns that are wanted; `collectors.snmp.recording` says what a line means.
"""

import bz2
from collections.abc import Iterable, Iterator, Mapping, Sized
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.recording import decoded
from collectors.snmp.tables import (
    addresses,
    arp,
    bgp,
    bridge,
    cdp,
    entity,
    health_cisco,
    health_fortinet,
    health_h3c,
    health_huawei,
    health_juniper,
    health_mikrotik,
    health_ruijie,
    host_resources,
    interfaces,
    lldp_remotes,
    neighbourhood,
    neighbours_ip,
    printer,
    sensors,
    ucd,
    ups,
    vlan_ports,
    vlans,
)
from collectors.snmp.tables.value import Table

T = TypeVar("T")
#: What describes a device; an agent without the MIB gives none of it.
DESCRIBING: tuple[Table[Sized], ...] = (
    addresses.ADDRESSES,
    neighbours_ip.IP_NEIGHBOURS,
    lldp_remotes.LLDP_REMOTES,
    cdp.CDP,
    vlan_ports.VLAN_PORTS,
    entity.ENTITIES,
    sensors.SENSORS,
    *health_cisco.TABLES,
    *health_fortinet.TABLES,
    *health_h3c.TABLES,
    *health_huawei.TABLES,
    *health_juniper.TABLES,
    *health_mikrotik.TABLES,
    *health_ruijie.TABLES,
    host_resources.STORAGE,
    host_resources.PROCESSORS,
    host_resources.DEVICES,
    ups.SUPPLY,
    printer.PRINTERS,
    printer.SUPPLIES,
    printer.ALERTS,
    ucd.MEMORY,
    ucd.LOAD,
    ucd.DISKS,
)
#: What proves something of a device; some refuse an agent without the MIB.
PROVING: tuple[Table[Sized], ...] = (
    arp.ARP,
    bgp.PEERS,
    bridge.FORWARDING,
    interfaces.INTERFACES,
    neighbourhood.neighbourhood_table(lldp_remotes.V1),
    neighbourhood.neighbourhood_table(lldp_remotes.V2),
    vlans.VLANS,
)


def recordings(*, most_octets: int | None = None) -> dict[str, Path]:
    """Every recording by its file's name, or those whose file, most of them compressed, isn't larger."""
    data = Path(str(files("snmpsim_data"))) / "data"
    found = {path.name.partition(".snmprec")[0]: path for path in sorted(data.rglob("*.snmprec*"))}
    return {name: path for name, path in found.items() if most_octets is None or path.stat().st_size <= most_octets}


class Recorded:
    """The columns among `wanted` that a device had when it was recorded; each in order, as over SNMP."""

    def __init__(self, path: Path, wanted: Iterable[Oid]) -> None:
        self._cells: dict[Oid, dict[Oid, Value]] = {oid: {} for oid in wanted}
        lengths = sorted({len(oid) for oid in self._cells})
        for oid, value in _lines(path, tuple({_first(oid) for oid in self._cells})):
            for length in lengths:
                cells = self._cells.get(oid[:length])
                if cells is not None and len(oid) > length:
                    cells.setdefault(oid[length:], value)

    def column(self, oid: Oid) -> Column:
        """One column, empty where the device hasn't got it."""
        cells = sorted(self._cells[oid].items())
        return Column(tuple(row for row, _cell in cells), tuple(cell for _row, cell in cells))

    def read(self, table: Table[T]) -> T:
        """A table, or its fallbacks where it is empty, as the reading does it; raises BadValue."""
        found = table.parse({oid: self.column(oid) for oid in table.columns})
        return found if found or table.fallback is None else self.read(table.fallback)


def from_rows(table: Table[T], rows: Mapping[Oid, Mapping[Oid, Value]]) -> T:
    """A table of rows as a test writes them: `{column: {index: value}}`."""
    given = {oid: rows.get(oid, {}) for oid in table.columns}
    return table.parse({oid: Column(tuple(cells), tuple(cells.values())) for oid, cells in given.items()})


def columns_of(table: Table[object] | None) -> Iterator[Oid]:
    """The columns of a table and its fallbacks."""
    while table is not None:
        yield from table.columns
        table = table.fallback


def _first(oid: Oid) -> bytes:
    """How lines of an OID's MIB begin: enough to leave most others out before they are taken apart."""
    return ".".join(map(str, oid[:9])).encode()


def _lines(path: Path, beginnings: tuple[bytes, ...]) -> Iterator[tuple[Oid, Value]]:
    with bz2.open(path) if path.suffix == ".bz2" else path.open("rb") as lines:
        for line in lines:
            if line.startswith(beginnings):
                name, tag, written = line.rstrip(b"\r\n").split(b"|", 2)
                kind = tag.removesuffix(b"x")
                if kind.isdigit():  # another is made up by the simulator
                    is_hex = kind != tag
                    value = decoded(int(kind), bytes.fromhex(written.decode()) if is_hex else written, is_hex)
                    if value is not None:
                        yield tuple(map(int, name.split(b"."))), value
