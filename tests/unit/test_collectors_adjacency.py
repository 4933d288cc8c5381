"""Whom a device hears: from its LLDP and CDP tables to the one text that the ledger keeps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from collectors.fault import Fault
from collectors.sightings.adjacency import adjacency_of
from collectors.snmp.reading import DeviceReading
from collectors.snmp.tables.cdp import CdpRemote
from collectors.snmp.tables.interfaces import Interfaces
from collectors.snmp.tables.lldp_remotes import ChassisIdKind, LldpRemote, PortIdKind
from collectors.snmp.tables.neighbourhood import Neighbourhood
from collectors.snmp.tables.system import System
from collectors.snmp.tables.value import Partial
from ledger.adjacency import Adjacency, Heard, parsed_adjacency
from ledger.observation import Failure

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
POP = DeviceReading(device="68-POP-RT-001", at=NOW, system=System("pop", timedelta(hours=1), "1.3.6.1.4.1.8072.3.2.10"))
SILENT = Fault(Failure.NO_ANSWER, "silent")


def ports(*names: str) -> Interfaces:
    ones = [1] * len(names)
    return Interfaces(tuple((index,) for index in range(1, len(names) + 1)), names, ones, ones)


def remote(port: int, port_id: str, port_name: str, **said: str) -> LldpRemote:
    """A neighbour on a port that announces itself by `port_id` and `port_name`."""
    return LldpRemote(
        local_port=port,
        local_port_id=port_id,
        local_port_name=port_name,
        chassis_id_kind=ChassisIdKind.MAC_ADDRESS,
        chassis_id=said.get("chassis", ""),
        port_id_kind=PortIdKind.MAC_ADDRESS,
        port_id=said.get("far_id", ""),
        port_name=said.get("far_name", ""),
        sys_name=said.get("name", ""),
        sys_descr="",
        management_address=None,
    )


def told(reading: DeviceReading) -> Adjacency | Fault | None:
    """What it says of its neighbours."""
    found = adjacency_of(reading)
    return parsed_adjacency(found) if isinstance(found, str) else found


def known(reading: DeviceReading) -> Adjacency:
    found = told(reading)
    assert isinstance(found, Adjacency)
    return found


def test_whom_a_device_hears_is_told_by_its_ports_own_names() -> None:
    heard = (
        remote(7, "02:68:00:00:00:01", "up1", chassis="02:68:00:00:00:09", far_id="x", far_name="wan0", name="b"),
        remote(1, "", "", name="by number"),
        remote(9, "", "a port without a name", name="by what it announces"),
        remote(8, "", "", name="by nothing"),
    )
    reading = replace(POP, interfaces=ports("srv0", "up1"), neighbours=Neighbourhood("02:68:00:00:00:05", heard))
    found = known(reading)
    assert (found.chassis_id, found.is_whole) == ("02:68:00:00:00:05", True)
    assert {(each.system_name, each.port) for each in found.heard} == {
        ("b", "up1"),
        ("by number", "srv0"),
        ("by what it announces", "a port without a name"),
        ("by nothing", "8"),
    }
    (first,) = [each for each in found.heard if each.system_name == "b"]
    assert first == Heard(
        port="up1",
        port_id="02:68:00:00:00:01",
        protocol="lldp",
        chassis_id="02:68:00:00:00:09",
        system_name="b",
        far_port_id="x",
        far_port_name="wan0",
    )


def test_the_order_of_the_agents_rows_changes_nothing() -> None:
    heard = (remote(1, "", "srv0", name="a"), remote(2, "", "up1", name="b"))
    readings = [replace(POP, neighbours=Neighbourhood("", order)) for order in (heard, heard[::-1])]
    values = {str(adjacency_of(reading)) for reading in readings}
    assert len(values) == 1


def test_a_table_that_broke_off_tells_so_and_one_that_could_not_be_read_why() -> None:
    partial = Partial(Neighbourhood("", (remote(1, "", "srv0", name="a"),)), SILENT)
    reading = replace(POP, neighbours=partial)
    assert not known(reading).is_whole
    fault = Fault(Failure.BAD_REPLY, "the agent has no LLDP-MIB")
    assert told(replace(POP, neighbours=fault)) == fault
    assert told(POP) is None


def test_what_cisco_alone_tells_counts_too() -> None:
    cdp = CdpRemote(
        local_port=2,
        device_id="68-22945-SW-001.lan(FDO1234)",
        port_id="GigabitEthernet1/0/1",
        sys_name="",
        platform="cisco WS-C2960",
        version="",
        native_vlan=None,
        management_address=None,
    )
    fault = Fault(Failure.BAD_REPLY, "the agent has no LLDP-MIB")
    reading = replace(POP, interfaces=ports("wan0", "lan0"), neighbours=fault, cdp=(cdp,))
    assert [(h.port, h.protocol, h.system_name, h.far_port_id) for h in known(reading).heard] == [
        ("lan0", "cdp", "68-22945-SW-001.lan", "GigabitEthernet1/0/1")
    ]
    assert told(replace(reading, cdp=())) == fault
