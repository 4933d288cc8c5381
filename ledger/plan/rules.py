"""What must hold between registers, once every row could be read."""

from collections.abc import Collection, Mapping

from ledger.plan.asset import Device, LinkKind, Role
from ledger.plan.model import Plan
from ledger.plan.platform import LINUX, LONGEST_PORT
from ledger.plan.register import Register, Row
from ledger.plan.registers import NO_NETWORK


def check_plan(plan: Plan, registers: Mapping[str, Register]) -> None:
    """Note a Problem in the register that breaks a rule: trees without cycles, rows that agree with each other."""
    _check_root(registers["units.csv"])
    for row in registers["units.csv"]:
        _refuse_cycle(plan, row)
    misread = _check_roles(registers["devices.csv"])
    for file in ("devices.csv", "workstations.csv"):
        for row in registers[file]:
            _check_unit_of_site(plan, row)
    for row in registers["devices.csv"]:
        _check_address(plan, row)
    for row in registers["links.csv"]:
        _check_networks(plan, row)
        _check_ends(plan, row, misread)
        _check_server_link(plan, row)
    room = max((vlan.subnet for vlan in plan.vlans.values()), default=-1) + 1
    for row in registers["sites.csv"]:
        _check_room(plan, row, room)
    for row in registers["workstations.csv"]:
        _check_socket(plan, row, misread)


def _check_root(units: Register) -> None:
    """One unit has no parent; a tree without any is all cycles."""
    if not units.rows:
        units.report("no_unit")
    roots = [row for row in units if not row.cells["parent"]]
    for row in roots[1:]:
        row.report("second_root", "parent", value=row.cells["unit"], where=roots[0].place)


def _check_roles(devices: Register) -> frozenset[str]:
    """There is a province server; gives the devices whose role can't be read, and may be any."""
    misread = frozenset(row.cells["device"] for row in devices if row.cells["role"] not in set(Role))
    if not misread and all(row.cells["role"] != Role.PROVINCE_SERVER for row in devices):
        devices.report("no_device", wanted=Role.PROVINCE_SERVER)
    return misread


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


def _check_networks(plan: Plan, row: Row) -> None:
    """Two ends that both have an address, of either family, are in one network."""
    link = plan.links[row.cells["link"]]
    for a, b in ((link.a.address, link.b.address), (link.a.address6, link.b.address6)):
        if a is not None and b is not None and a.network != b.network:
            row.report("other_network", "b_address", value=str(b), wanted=str(a.network))


def _check_ends(plan: Plan, row: Row, misread: Collection[str]) -> None:
    """Two devices; on Linux with ports that it can name; with addresses where the link is routed."""
    link, kind = plan.links[row.cells["link"]], row.cells["kind"]
    if link.a.device and link.a.device == link.b.device:
        row.report("same_device", "b_device")
    for side, end in (("a", link.a), ("b", link.b)):
        device = plan.devices.get(end.device)
        if device is None or device.id in misread:
            continue
        if device.platform in LINUX:
            _check_linux_port(row, f"{side}_port")
        is_routed = kind == LinkKind.UPLINK or (kind == LinkKind.SERVER and device.role is not Role.ACCESS_SWITCH)
        if is_routed and not row.cells[f"{side}_address"]:
            row.report("unaddressed", f"{side}_address", wanted=kind)


def _check_server_link(plan: Plan, row: Row) -> None:
    """A server on a switch: on one of its access ports, with an address in a VLAN of the site."""
    link = plan.links[row.cells["link"]]
    for side, end, far in (("a", link.a, link.b), ("b", link.b, link.a)):
        switch = plan.devices.get(end.device)
        if link.link_kind is LinkKind.SERVER and switch is not None and switch.role is Role.ACCESS_SWITCH:
            if end.address is not None:
                row.report("address_on_switch", f"{side}_address")
            _check_access_port(row, f"{side}_port", switch)
            far_side = "b" if side == "a" else "a"
            site = plan.sites.get(switch.site or "")
            has_room = site is None or site.prefix != NO_NETWORK
            if has_room and far.address is not None and plan.vlan_at(switch.site, far.address.ip) is None:
                row.report("not_on_vlan", f"{far_side}_address", wanted=str(switch.site))


def _check_linux_port(row: Row, column: str) -> None:
    name = row.cells[column]
    if set("/:") & set(name):
        row.report("linux_port", column)
    elif len(name) > LONGEST_PORT:
        row.report("long_port", column, wanted=str(LONGEST_PORT))


def _check_access_port(row: Row, column: str, switch: Device) -> None:
    """Our own switches' access ports are p1 … pN; other makers' are called as they call them."""
    if switch.platform in LINUX and row.cells[column] not in {"", *(f"p{n}" for n in range(1, switch.ports + 1))}:
        row.report("no_such_port", column, wanted=f"p1…p{switch.ports}")


def _check_room(plan: Plan, row: Row, room: int) -> None:
    site = plan.sites[row.cells["site"]]
    has_lan = any(plan.devices_at(site.id, Role.ACCESS_SWITCH))
    if has_lan and room > 2 ** max(24 - site.prefix.prefixlen, 0):
        row.report("too_small", "prefix", wanted=f"{room} × /24")


def _check_socket(plan: Plan, row: Row, misread: Collection[str]) -> None:
    switch, pc = plan.devices.get(row.cells["switch"]), plan.workstations[row.cells["workstation"]]
    if switch is None or switch.id in misread:
        return
    if switch.role is not Role.ACCESS_SWITCH:
        row.report("wrong_role", "switch", wanted=Role.ACCESS_SWITCH)
        return
    if switch.site != pc.site and {switch.site, pc.site} <= set(plan.sites):
        row.report("wrong_site", "switch", wanted=str(switch.site))
    _check_access_port(row, "port", switch)
