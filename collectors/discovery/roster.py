"""What the plan has at which address and with which MAC, for those who look around in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_network

from collectors.discovery.ranges import Address, Network, Ranges
from collectors.schedule import is_in_use, is_retired
from ledger.plan import Device, Plan, Role, Site, Workstation


@dataclass(frozen=True, slots=True)
class Roster:
    """The plan on one day. `devices` has every planned address of a device: its own, its links', its VLANs' gateways.

    `workstations` is `dict[MAC, workstation]`, `edges` the network and broadcast addresses of planned subnets, and
    `lans` the subnets in which PCs get an address that the plan doesn't know.
    """

    plan: Plan
    today: date
    devices: Mapping[Address, Device]
    workstations: Mapping[str, Workstation]
    edges: frozenset[Address]
    lans: Ranges

    def site_at(self, address: Address) -> Site | None:
        """The site whose prefix holds the address; None where none does, or several do."""
        found = [site for site in self.plan.sites.values() if address in site.prefix]
        return found[0] if len(found) == 1 else None

    def is_in_use(self, device: Device) -> bool:
        """Whether the device is in its planned time, neither retired nor exempt."""
        return is_in_use(device, self.today)

    def is_retired(self, device: Device) -> bool:
        """Whether the device has left the plan."""
        return is_retired(device, self.today)


def roster_of(plan: Plan, today: date) -> Roster:
    """Look the plan over; where a device follows another one, the address is that of the one in use."""
    devices: dict[Address, Device] = {}
    for device in sorted(plan.devices.values(), key=lambda each: not is_in_use(each, today)):
        for address in _addresses(plan, device):
            devices.setdefault(address, device)
    networks = [network for network, _device in _networks(plan)]
    return Roster(
        plan,
        today,
        devices,
        {pc.mac.lower(): pc for pc in plan.workstations.values() if pc.mac and not is_retired(pc, today)},
        frozenset(edge for network in networks for edge in _edges(network)),
        Ranges.of(vlan.network(site) for site in _sites_with_lan(plan) for vlan in plan.vlans.values()),
    )


def planned_ranges(plan: Plan) -> Ranges:
    """Where the plan has anything: its sites' prefixes, its links' networks, its devices' own addresses."""
    return Ranges.of(
        [
            *(site.prefix for site in plan.sites.values()),
            *(network for network, _device in _networks(plan)),
            *(ip_network(device.address) for device in plan.devices.values()),
        ]
    )


def _addresses(plan: Plan, device: Device) -> Iterator[Address]:
    yield device.address
    for link in plan.links_of(device.id):
        end = link.end_at(device.id)
        if end.address is not None:
            yield end.address.ip
        if end.address6 is not None:
            yield end.address6.ip
    site = plan.sites.get(device.site or "")
    if site is not None and device.role is Role.CPE and site in _sites_with_lan(plan):
        yield from (vlan.gateway(site).ip for vlan in plan.vlans.values())


def _sites_with_lan(plan: Plan) -> list[Site]:
    return [site for site in plan.sites.values() if plan.devices_at(site.id, Role.ACCESS_SWITCH)]


def _networks(plan: Plan) -> Iterator[tuple[Network, str]]:
    """Every planned subnet, and what it is for."""
    for site in _sites_with_lan(plan):
        for vlan in plan.vlans.values():
            yield vlan.network(site), site.id
    for link in plan.links.values():
        for end in (link.a, link.b):
            if end.address is not None:
                yield end.address.network, link.id
            if end.address6 is not None:
                yield end.address6.network, link.id


def _edges(network: Network) -> Iterator[Address]:
    if network.prefixlen < network.max_prefixlen - 1:
        yield network.network_address
        if network.version == 4:
            yield network.broadcast_address
