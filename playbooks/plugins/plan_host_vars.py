"""What a play needs to know of each planned host: plain variables worked out from the plan, and from nothing else."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from ipaddress import IPv4Address
from typing import Any

from plan_online_vars import PlannedOnline, address6_of

from ledger.plan import Device, Link, LinkKind, Plan, Role, Vlan, Workstation

Host = Device | Workstation
Variables = dict[str, Any]

#: The group of a PC; a device's group is its role.
WORKSTATION = "workstation"
GROUPS = (*(role.value for role in Role), WORKSTATION)
#: Planned PCs get addresses .101 … .250 of their VLAN's /24, in register order; .10 … .99 go to whoever else asks.
FIRST_RESERVED, LAST_RESERVED = 101, 250
FIRST_FREE, LAST_FREE = 10, 99


def group_of(host: Host) -> str:
    """The one group of a host: its role, or `workstation`."""
    return host.role.value if isinstance(host, Device) else WORKSTATION


@dataclass(frozen=True)
class PlannedHosts:
    """The hosts of `plan` that may be written to on `today`, and their variables; every value is JSON."""

    plan: Plan
    today: date

    @cached_property
    def hosts(self) -> tuple[Host, ...]:
        """Every device and PC that is ours, not retired, not exempt, and (a PC) has a socket; in register order."""
        candidates: list[Host] = [*self.plan.devices.values(), *self.plan.workstations.values()]
        return tuple(host for host in candidates if self._may_be_written(host))

    @cached_property
    def online(self) -> PlannedOnline:
        """The mail and the services among it."""
        return PlannedOnline(self.plan, self.today)

    @cached_property
    def reserved(self) -> dict[str, IPv4Address]:
        """The DHCP reservations, `dict[workstation id, address]`: by register order, so that appending moves none."""
        taken: dict[tuple[str, int], int] = defaultdict(lambda: FIRST_RESERVED)
        found: dict[str, IPv4Address] = {}
        for pc in self.plan.workstations.values():
            if pc.site is None or pc.vlan is None or pc.mac is None:
                continue
            number = taken[pc.site, pc.vlan]
            taken[pc.site, pc.vlan] += 1
            if number <= LAST_RESERVED and self._may_be_written(pc):
                found[pc.id] = self.plan.vlans[pc.vlan].network(self.plan.sites[pc.site])[number]
        return found

    def province_variables(self) -> Variables:
        """What every host may know: where the province's server is (None where the plan has none), and its mail."""
        try:
            server = self.plan.one_device(Role.PROVINCE_SERVER)
        except KeyError:
            return self.online.province_variables() | {"plan_server": None, "plan_server_address": None}
        where = {"plan_server": server.id, "plan_server_address": str(server.address)}
        return self.online.province_variables() | where

    def variables(self, host: Host) -> Variables:
        """The variables of one host."""
        common = {"plan_id": host.id, "plan_kind": group_of(host), "plan_unit": host.unit, "plan_site": host.site}
        if isinstance(host, Workstation):
            return common | self._workstation(host) | self.online.of_workstation(host)
        common |= {"plan_address": str(host.address), "plan_platform": host.platform}
        match host.role:
            case Role.POP:
                return common | self._router(host) | {"plan_announced": self._attached(host), "plan_svis": []}
            case Role.CPE:
                return common | self._router(host) | self._cpe(host)
            case Role.ACCESS_SWITCH:
                return common | self._switch(host)
            case Role.PROVINCE_SERVER:
                return common | self._server(host)
            case Role.MAIL_SERVER | Role.MAIL_RELAY | Role.WEB_SERVER:
                return common | self._attached_server(host) | self.online.of_server(host)

    def _may_be_written(self, host: Host) -> bool:
        if not host.is_ours or (host.retired_on is not None and host.retired_on <= self.today):
            return False
        if host.exemption is not None and self.today <= host.exemption.until:
            return False
        return not isinstance(host, Workstation) or host.vlan is not None

    @cached_property
    def _pcs_by_socket(self) -> dict[tuple[str | None, str | None], Workstation]:
        pcs = self.plan.workstations.values()
        return {(pc.switch, pc.port): pc for pc in pcs if self._may_be_written(pc)}

    @cached_property
    def _pcs_by_vlan(self) -> dict[tuple[str | None, int | None], list[Workstation]]:
        found: dict[tuple[str | None, int | None], list[Workstation]] = defaultdict(list)
        for pc_id in self.reserved:
            pc = self.plan.workstations[pc_id]
            found[pc.site, pc.vlan].append(pc)
        return found

    def _neighbours(self, device: Device) -> Iterator[tuple[Link, Device]]:
        for link in self.plan.links_of(device.id):
            if link.retired_on is None or link.retired_on > self.today:
                yield link, self.plan.devices[link.far_end(device.id).device]

    def _interfaces(self, device: Device) -> list[Variables]:
        """The device's routed ports."""
        found: list[Variables] = []
        for link, far in self._neighbours(device):
            end = link.end_at(device.id)
            if end.address is not None:
                address6 = str(end.address6) if end.address6 is not None else None
                found.append({"name": end.port, "address": str(end.address), "address6": address6, "link": link.id})
                found[-1]["far_device"] = far.id
        return found

    def _router(self, device: Device) -> Variables:
        peers: list[Variables] = []
        for link, far in self._neighbours(device):
            address = link.far_end(device.id).address
            if link.link_kind is LinkKind.UPLINK and far.asn is not None and address is not None:
                peer: Variables = {"device": far.id, "asn": far.asn, "address": str(address.ip), "link": link.id}
                peers.append(peer | {"prefixes": self._owned(far)})
        return {"plan_asn": device.asn, "plan_interfaces": self._interfaces(device), "plan_peers": peers}

    def _owned(self, device: Device) -> list[str]:
        """What a unit's router may announce: its own address and its site's prefix."""
        own = [f"{device.address}/32"]
        return [*own, str(self.plan.sites[device.site].prefix)] if device.site is not None else own

    def _attached(self, device: Device) -> list[str]:
        """What the PoP announces: its own address and the networks that it is attached to."""
        ends = [link.end_at(device.id).address for link, _ in self._neighbours(device)]
        return [f"{device.address}/32", *(str(address.network) for address in ends if address is not None)]

    def _trunks(self, device: Device) -> list[Variables]:
        return [
            {"name": link.end_at(device.id).port, "link": link.id, "far_device": far.id}
            for link, far in self._neighbours(device)
            if link.link_kind is LinkKind.TRUNK
        ]

    def _cpe(self, device: Device) -> Variables:
        site, trunks = device.site, self._trunks(device)
        svis = [self._svi(site, vlan) for vlan in self.plan.vlans.values()] if trunks and site is not None else []
        return {"plan_announced": self._owned(device), "plan_trunks": trunks, "plan_svis": svis}

    def _svi(self, site: str, vlan: Vlan) -> Variables:
        network = vlan.network(self.plan.sites[site])
        pcs = self._pcs_by_vlan[site, vlan.id]
        return {
            "vlan": vlan.id,
            "name": vlan.name,
            "interface": f"vlan{vlan.id}",
            "address": str(vlan.gateway(self.plan.sites[site])),
            "network": str(network),
            "dhcp": vlan.dhcp,
            "tslcd": vlan.tslcd,
            "management": any(d.address in network for d in self.plan.devices_at(site, Role.ACCESS_SWITCH)),
            "first_free": str(network[FIRST_FREE]),
            "last_free": str(network[LAST_FREE]),
            "reserved": [{"name": pc.id.lower(), "mac": pc.mac, "address": str(self.reserved[pc.id])} for pc in pcs],
        }

    def _switch(self, device: Device) -> Variables:
        ports: list[Variables] = []
        for name in (f"p{number}" for number in range(1, device.ports + 1)):
            pc, server_vlan = self._pcs_by_socket.get((device.id, name)), self._server_vlan(device, name)
            vlan = server_vlan if pc is None else pc.vlan
            ports.append({"name": name, "vlan": vlan, "workstation": pc.id if pc else None})
        return {
            "plan_ports": ports,
            "plan_trunks": self._trunks(device),
            "plan_vlans": [{"vlan": vlan.id, "name": vlan.name} for vlan in self.plan.vlans.values()],
            "plan_management": self._management(device),
        }

    def _management(self, device: Device) -> Variables | None:
        """Where a switch is managed: the VLAN whose subnet holds its address."""
        site = self.plan.sites[device.site] if device.site is not None else None
        for vlan in self.plan.vlans.values():
            if site is not None and device.address in vlan.network(site):
                address, gateway = f"{device.address}/{vlan.network(site).prefixlen}", str(vlan.gateway(site).ip)
                return {"vlan": vlan.id, "address": address, "gateway": gateway}
        return None

    def _server(self, device: Device) -> Variables:
        addresses = {d.id: d.address for d in self.plan.devices.values() if d.retired_on is None} | self.reserved
        records: list[Variables] = []
        for name, address in addresses.items():
            named = self.plan.devices.get(name)
            address6 = address6_of(self.plan, named) if named is not None and named.asn is None else None
            records.append({"name": name.lower(), "address": str(address), "address6": address6})
        services = {"plan_service_records": self.online.service_records()}
        return self._attached_server(device) | {"plan_records": records} | services

    def _server_vlan(self, switch: Device, port: str) -> int | None:
        """The VLAN of the server that is planned on a switch's port: the one whose subnet holds its address."""
        for link, far in self._neighbours(switch):
            if link.link_kind is LinkKind.SERVER and link.end_at(switch.id).port == port:
                vlan = self.plan.vlan_at(switch.site, far.address)
                return vlan.id if vlan else None
        return None

    def _attached_server(self, device: Device) -> Variables:
        """A server on a routed link of the PoP, or on a switch's port: its gateway is the other end, or the VLAN's."""
        far_ends = [link.far_end(device.id) for link, _ in self._neighbours(device)]
        gateway = next((str(end.address.ip) for end in far_ends if end.address is not None), None)
        gateway6 = next((str(end.address6.ip) for end in far_ends if end.address6 is not None), None)
        vlan = self.plan.vlan_at(device.site, device.address)
        if gateway is None and vlan is not None and device.site is not None:
            gateway = str(vlan.gateway(self.plan.sites[device.site]).ip)
        return {"plan_interfaces": self._interfaces(device), "plan_gateway": gateway, "plan_gateway6": gateway6}

    def _workstation(self, pc: Workstation) -> Variables:
        gateway = None
        if pc.site is not None and pc.vlan is not None:
            gateway = str(self.plan.vlans[pc.vlan].gateway(self.plan.sites[pc.site]).ip)
        address = self.reserved.get(pc.id)
        return {
            "plan_address": str(address) if address is not None else None,
            "plan_mac": pc.mac,
            "plan_vlan": pc.vlan,
            "plan_gateway": gateway,
            "plan_switch": pc.switch,
            "plan_port": pc.port,
        }
