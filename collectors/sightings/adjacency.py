"""Whom a device hears on its ports, by LLDP and CDP."""

from collections.abc import Iterator

from collectors.fault import Fault
from collectors.snmp.reading import DeviceReading
from collectors.snmp.tables.cdp import CdpRemote
from collectors.snmp.tables.lldp_remotes import LldpRemote
from collectors.snmp.tables.value import Partial, seen
from ledger.adjacency import Heard, adjacency_text


def adjacency_of(reading: DeviceReading) -> str | Fault | None:
    """Everyone the device hears, as the value of ADJACENCY, or why that isn't known; None: it wasn't asked.

    A device that speaks CDP alone tells by it.
    """
    lldp, cdp = seen(reading.neighbours), seen(reading.cdp)
    if lldp is None and not cdp:
        return reading.neighbours if isinstance(reading.neighbours, Fault) else None
    chassis_id, remotes = ("", ()) if lldp is None else (lldp.chassis_id, lldp.heard)
    heard = [*(_by_lldp(reading, remote) for remote in remotes), *_by_cdp(reading, cdp or ())]
    is_whole = not any(isinstance(table, Partial) for table in (reading.neighbours, reading.cdp))
    return adjacency_text(chassis_id, heard, is_whole=is_whole)


def _by_lldp(reading: DeviceReading, remote: LldpRemote) -> Heard:
    return Heard(
        port=_port_of(reading, remote),
        port_id=remote.local_port_id,
        protocol="lldp",
        chassis_id=remote.chassis_id,
        system_name=remote.sys_name,
        far_port_id=remote.port_id,
        far_port_name=remote.port_name,
    )


def _by_cdp(reading: DeviceReading, remotes: tuple[CdpRemote, ...]) -> Iterator[Heard]:
    """CDP's device id is a name, sometimes with the serial number in brackets after it."""
    ports = seen(reading.interfaces)
    names = {} if ports is None else ports.name_of
    for remote in remotes:
        yield Heard(
            port=names.get(remote.local_port, str(remote.local_port)),
            port_id=names.get(remote.local_port, ""),
            protocol="cdp",
            chassis_id="",
            system_name=remote.sys_name or remote.device_id.partition("(")[0],
            far_port_id=remote.port_id,
            far_port_name="",
        )


def _port_of(reading: DeviceReading, remote: LldpRemote) -> str:
    """The ifName of the port where the neighbour is heard: by its id or description, else by its number."""
    announced = (remote.local_port_id, remote.local_port_name)
    ports = seen(reading.interfaces)
    if ports is not None:
        by_name = next((name for name in announced if ports.named(name) is not None), None)
        known = by_name or ports.name_of.get(remote.local_port)
        if known is not None:
            return known
    return next((name for name in reversed(announced) if name), str(remote.local_port))
