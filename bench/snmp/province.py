"""A made-up plan for the agent's devices: switches, each with a trunk whose nearer end it holds."""

from collections.abc import Sequence
from datetime import date
from ipaddress import IPv4Address

from ledger.plan import AssetKind, Device, Link, LinkEnd, LinkKind, Plan, Role

SEAT = "seat"
PLANNED = date(2026, 1, 1)
#: One of the agent's 52 ports, which is up.
PORT = "Gi1/0/1"


def province(addresses: Sequence[str]) -> Plan:
    """A switch an address; the collectors' seat is connected to each, and so each tells of one link."""
    switches = {address: _device(address, Role.ACCESS_SWITCH, AssetKind.SWITCH, address) for address in addresses}
    servers = {f"{address}-SV": _device(f"{address}-SV", Role.MAIL_SERVER, AssetKind.SERVER) for address in addresses}
    seat = _device(SEAT, Role.PROVINCE_SERVER, AssetKind.SERVER)
    links = {}
    for address in addresses:
        links[f"{address}-UP"] = _link(f"{address}-UP", (SEAT, f"p{address}"), (address, "Gi1/0/52"))
        links[f"{address}-LK"] = _link(f"{address}-LK", (address, PORT), (f"{address}-SV", "lan0"))
    return Plan(
        units={},
        sites={},
        vlans={},
        devices={SEAT: seat, **switches, **servers},
        links=links,
        workstations={},
        targets=(),
    )


def _device(name: str, role: Role, kind: AssetKind, address: str = "127.0.0.1") -> Device:
    return Device(
        id=name,
        unit="68",
        site=None,
        owner="ours",
        planned_from=PLANNED,
        device_kind=kind,
        role=role,
        platform="bench",
        address=IPv4Address(address),
    )


def _link(name: str, a: tuple[str, str], b: tuple[str, str]) -> Link:
    return Link(
        id=name,
        unit="68",
        site=None,
        owner="ours",
        planned_from=PLANNED,
        link_kind=LinkKind.SERVER,
        a=LinkEnd(*a, None),
        b=LinkEnd(*b, None),
        bandwidth_mbps=1000,
    )
