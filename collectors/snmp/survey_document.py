"""A survey as data: the object that `baophu probe --json` prints."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from collectors.hardware_address import mac_text
from collectors.snmp.ber import Value
from collectors.snmp.samples import speeds_of
from collectors.snmp.survey import Survey
from collectors.snmp.tables.interfaces import IF_ALIAS, IF_DESCR, IF_PHYS_ADDRESS, IF_TYPE, Interfaces
from collectors.snmp.tables.value import text

#: ifAdminStatus and ifOperStatus (RFC 2863).
STATES = {1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent", 7: "lowerLayerDown"}
#: Of IANAifType, those that a province's devices have; any other is its number.
KINDS = {
    1: "other",
    6: "ethernetCsmacd",
    22: "propPointToPointSerial",
    23: "ppp",
    24: "softwareLoopback",
    53: "propVirtual",
    62: "fastEther",
    71: "ieee80211",
    117: "gigabitEthernet",
    131: "tunnel",
    135: "l2vlan",
    136: "l3ipvlan",
    142: "ipForward",
    150: "mplsTunnel",
    161: "ieee8023adLag",
    166: "mpls",
    209: "bridge",
}
Document = dict[str, Any]


def survey_document(found: Survey, address: str, seconds: float) -> Document:
    """Everything that was read, as JSON's types; `seconds` is how long it took."""
    names = found.interfaces.name_of if found.interfaces is not None else {}
    return {
        "device": _device(found, address),
        "interfaces": list(_interfaces(found.interfaces)) if found.interfaces is not None else [],
        "neighbours": [*_lldp(found, names), *_cdp(found, names)],
        "vlans": [
            {"id": vlan.vlan, "name": vlan.name, "ports": None if vlan.ports is None else _named(vlan.ports, names)}
            for vlan in found.vlans
        ],
        "forwarding": [
            {"mac": entry.mac, "vlan": entry.vlan, "port": names.get(entry.if_index, str(entry.if_index))}
            for entry in found.forwarding
        ],
        "arp": [
            {"address": str(entry.address), "mac": entry.mac, "interface": names.get(entry.if_index)}
            for entry in found.arp
        ],
        "addresses": [
            {
                "address": str(entry.address),
                "prefix_length": entry.prefix_length,
                "interface": names.get(entry.if_index, str(entry.if_index)),
            }
            for entry in found.addresses
        ],
        "sensors": [
            {"name": each.name, "kind": str(each.kind), "value": each.value, "unit": str(each.unit)}
            for each in (*found.sensors, *(sensor for ups in found.ups for sensor in ups.sensors))
        ],
        "supplies": [{"name": each.name, "level": each.level} for each in found.supplies],
        "problems": [{"table": problem.table, "reason": problem.reason} for problem in found.problems],
        "packets": found.packets,
        "seconds": round(seconds, 3),
    }


def _device(found: Survey, address: str) -> Document:
    identity = found.identity
    return {
        "address": address,
        "sys_name": found.system.name,
        "sys_descr": identity.descr,
        "sys_object_id": found.system.object_id,
        "uptime_seconds": found.system.up_time.total_seconds(),
        "vendor": identity.vendor,
        "os": identity.os,
        "model": identity.model,
        "version": identity.version,
        "serial": identity.serial,
        "why": identity.why,
    }


def _interfaces(interfaces: Interfaces) -> Iterator[Document]:
    columns, speeds = interfaces.columns, speeds_of(interfaces)

    def cell(oid: tuple[int, ...], place: int) -> Value | None:
        column = columns.get(oid, ())
        return column[place] if place < len(column) else None

    for place, row in enumerate(interfaces.rows):
        kind = cell(IF_TYPE, place)
        yield {
            "index": row[0],
            "name": interfaces.names[place],
            "alias": _text(cell(IF_ALIAS, place)),
            "description": _text(cell(IF_DESCR, place)),
            "kind": KINDS.get(kind, str(kind)) if isinstance(kind, int) else None,
            "admin": _state(interfaces.admin[place]),
            "oper": _state(interfaces.oper[place]),
            "speed_bps": speeds[place],
            "mac": _mac(cell(IF_PHYS_ADDRESS, place)),
        }


def _lldp(found: Survey, names: Mapping[int, str]) -> Iterator[Document]:
    known = set(names.values())
    for remote in found.lldp:
        told = next((name for name in (remote.local_port_name, remote.local_port_id) if name in known), None)
        yield {
            "protocol": "lldp",
            "local_port": told or names.get(remote.local_port) or remote.local_port_id,
            "remote_chassis_id": remote.chassis_id,
            "remote_port_id": remote.port_id,
            "remote_sys_name": remote.sys_name,
            "remote_address": None if remote.management_address is None else str(remote.management_address),
        }


def _cdp(found: Survey, names: Mapping[int, str]) -> Iterator[Document]:
    for remote in found.cdp:
        yield {
            "protocol": "cdp",
            "local_port": names.get(remote.local_port, str(remote.local_port)),
            "remote_chassis_id": remote.device_id,
            "remote_port_id": remote.port_id,
            "remote_sys_name": remote.sys_name or remote.device_id,
            "remote_address": None if remote.management_address is None else str(remote.management_address),
        }


def _named(ports: Sequence[int], names: Mapping[int, str]) -> list[str]:
    return [names.get(port, str(port)) for port in ports]


def _text(value: Value | None) -> str:
    return text(value) if isinstance(value, bytes) else ""


def _state(value: Value | None) -> str:
    return STATES.get(value, "unknown") if isinstance(value, int) else "unknown"


def _mac(value: Value | None) -> str | None:
    return mac_text(value) if isinstance(value, bytes) and len(value) == 6 else None
