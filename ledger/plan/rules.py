"""What must hold between registers, once every row could be read."""

from collections.abc import Mapping

from ledger.plan.asset import AssetKind, LinkEnd, LinkKind, Role
from ledger.plan.model import Plan
from ledger.plan.register import Register, Row

#: Roles that only a server can have.
SERVERS = frozenset({Role.PROVINCE_SERVER, Role.MAIL_SERVER, Role.MAIL_RELAY, Role.WEB_SERVER})


def check_plan(plan: Plan, registers: Mapping[str, Register]) -> None:
    """Note a Problem in the register that breaks a rule: trees without cycles, rows that agree with each other."""
    for row in registers["units.csv"]:
        _refuse_cycle(plan, row)
    for file in ("devices.csv", "workstations.csv"):
        for row in registers[file]:
            _check_unit_of_site(plan, row)
    for row in registers["devices.csv"]:
        _check_address(plan, row)
        _check_kind(plan, row)
    for row in registers["links.csv"]:
        _check_networks(plan, row)
        _check_server_link(plan, row)
    room = max((vlan.subnet for vlan in plan.vlans.values()), default=-1) + 1
    for row in registers["sites.csv"]:
        _check_room(plan, row, room)
    for row in registers["workstations.csv"]:
        _check_socket(plan, row)


def _refuse_cycle(plan: Plan, row: Row) -> None:
    seen: set[str] = set()
    current: str | None = row.cells["unit"]
    while current is not None and current in plan.units:
        if current in seen:
            row.report("cycle", "parent")
            return
        seen.add(current)
        current = plan.units[current].parent


def _check_unit_of_site(plan: Plan, row: Row) -> None:
    site = plan.sites.get(row.cells["site"])
    if site is not None and row.cells["unit"] in plan.units and site.unit != row.cells["unit"]:
        row.report("wrong_unit", "unit", value=site.id, wanted=site.unit)


def _check_address(plan: Plan, row: Row) -> None:
    """A switch is managed in a VLAN of its site; routers and servers have addresses of their own."""
    device = plan.devices[row.cells["device"]]
    site = plan.sites.get(device.site or "")
    if device.role == Role.ACCESS_SWITCH and site is not None and device.address not in site.prefix:
        row.report("outside_prefix", "address", wanted=str(site.prefix))


def _check_kind(plan: Plan, row: Row) -> None:
    device = plan.devices[row.cells["device"]]
    if device.role in SERVERS and device.device_kind is not AssetKind.SERVER:
        row.report("wrong_kind", "kind", wanted=device.role)


def _check_networks(plan: Plan, row: Row) -> None:
    """Two ends that both have an address, of either family, are in one network."""
    link = plan.links[row.cells["link"]]
    for a, b in ((link.a.address, link.b.address), (link.a.address6, link.b.address6)):
        if a is not None and b is not None and a.network != b.network:
            row.report("other_network", "b_address", value=str(b), wanted=str(a.network))


def _check_server_link(plan: Plan, row: Row) -> None:
    """A server on a switch: on one of its access ports, with an address in a VLAN of the site."""
    link = plan.links[row.cells["link"]]
    for side, end, far in (("a", link.a, link.b), ("b", link.b, link.a)):
        switch = plan.devices.get(end.device)
        if link.link_kind is LinkKind.SERVER and switch is not None and switch.role is Role.ACCESS_SWITCH:
            if end.address is not None:
                row.report("address_on_switch", f"{side}_address")
            _check_access_port(row, f"{side}_port", end, switch.ports)
            far_side = "b" if side == "a" else "a"
            if far.address is not None and plan.vlan_at(switch.site, far.address.ip) is None:
                row.report("not_on_vlan", f"{far_side}_address", wanted=str(switch.site))


def _check_access_port(row: Row, column: str, end: LinkEnd, ports: int) -> None:
    if end.port and end.port not in {f"p{n}" for n in range(1, ports + 1)}:
        row.report("no_such_port", column, wanted=f"p1…p{ports}")


def _check_room(plan: Plan, row: Row, room: int) -> None:
    site = plan.sites[row.cells["site"]]
    has_lan = any(plan.devices_at(site.id, Role.ACCESS_SWITCH))
    if has_lan and room > 2 ** max(24 - site.prefix.prefixlen, 0):
        row.report("too_small", "prefix", wanted=f"{room} × /24")


def _check_socket(plan: Plan, row: Row) -> None:
    switch = plan.devices.get(row.cells["switch"])
    port = row.cells["port"]
    if switch is not None and port and port not in {f"p{n}" for n in range(1, switch.ports + 1)}:
        row.report("no_such_port", "port", wanted=f"p1…p{switch.ports}")
