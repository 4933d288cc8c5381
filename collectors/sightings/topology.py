"""What sightings need to know of the plan, looked up once a cycle."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Address

from collectors.schedule import is_retired
from ledger.plan import Link, LinkEnd, Plan, Role, Vlan, Workstation


@dataclass(frozen=True, slots=True)
class Topology:
    """The plan as it is seen from the collectors' seat, the province's server.

    `workstations` is `dict[MAC, workstation]`; `link_ports` holds every (device, port) that a planned link uses, so
    that what is heard there is heard through another device; `near_ends` gives each link's end nearer the seat,
    `dict[link id, end]`, without links that the seat has no planned way to.
    """

    plan: Plan
    workstations: Mapping[str, Workstation]
    link_ports: frozenset[tuple[str, str]]
    near_ends: Mapping[str, LinkEnd]
    _vlans: Mapping[int, tuple[str, Vlan]]

    def asset_of(self, mac: str) -> str:
        """The planned workstation's id, or `mac:…` for what isn't planned."""
        pc = self.workstations.get(mac)
        return pc.id if pc else f"mac:{mac}"

    def vlan_at(self, site: str | None, address: IPv4Address) -> Vlan | None:
        """The VLAN whose planned subnet at `site` holds `address`; None where none does."""
        found = self._vlans.get(_subnet(address))
        return found[1] if found and found[0] == site else None


def topology_of(plan: Plan, today: date) -> Topology:
    """Look the plan over; what has been retired by `today` (a day in Vietnam) no longer counts."""
    links = [link for link in plan.links.values() if not is_retired(link, today)]
    return Topology(
        plan=plan,
        workstations={pc.mac.lower(): pc for pc in plan.workstations.values() if pc.mac and not is_retired(pc, today)},
        link_ports=frozenset((end.device, end.port) for link in links for end in (link.a, link.b)),
        near_ends=_near_ends(plan, links),
        _vlans=_vlans(plan),
    )


def _near_ends(plan: Plan, links: list[Link]) -> dict[str, LinkEnd]:
    """Each link's end that is reached first, breadth first from the seat."""
    touching: dict[str, list[Link]] = {device: [] for device in plan.devices}
    for link in links:
        touching[link.a.device].append(link)
        touching[link.b.device].append(link)
    seat = [device.id for device in plan.devices.values() if device.role is Role.PROVINCE_SERVER][:1]
    reached, waiting = set(seat), deque(seat)
    found: dict[str, LinkEnd] = {}
    while waiting:
        device = waiting.popleft()
        for link in touching[device]:
            found.setdefault(link.id, link.end_at(device))
            far = link.far_end(device).device
            if far not in reached:
                reached.add(far)
                waiting.append(far)
    return found


def _vlans(plan: Plan) -> dict[int, tuple[str, Vlan]]:
    """`dict[a /24's first three octets, (site id, VLAN)]` of every site that has a switch."""
    sites = {device.site for device in plan.devices.values() if device.role is Role.ACCESS_SWITCH}
    return {
        _subnet(vlan.network(site).network_address): (site.id, vlan)
        for site in plan.sites.values()
        if site.id in sites
        for vlan in plan.vlans.values()
    }


def _subnet(address: IPv4Address) -> int:
    return int(address) >> 8
