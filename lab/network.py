"""The lab's networks: one namespace a host, a management bridge, and a patch panel that every cable runs through.

A port of a host is one end of a veth; the other end, its jack, lies in the panel's namespace. Two jacks are patched by
redirecting what enters one out of the other, so a cable carries every frame, LLDP and BPDUs included. Cutting a cable
takes both jacks down: both ports lose carrier and stay administratively up, as with a real cable.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.place import CTL, PANEL, Place
from lab.system import batch, run, succeeds
from lab.topology import Host, port_mac

MANAGEMENT_PORT = "mgmt0"
BRIDGE = "mgmt"
#: The controller's address on the management network.
CTL_ADDRESS = "10.255.0.1/16"
NAMESPACES = Path("/run/netns")
REDIRECT = "parent ffff: protocol all prio 1 u32 match u8 0 0 action mirred egress redirect dev"


class Network:
    """The namespaces and cables of one lab."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def build(self) -> None:
        """Make the controller's and the panel's namespaces."""
        for name in (CTL, PANEL):
            self._add(name)
        self._shell(PANEL, "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1")
        lines = [
            f"link add name {BRIDGE} type bridge",
            f"addr add {CTL_ADDRESS} dev {BRIDGE}",
            f"link set {BRIDGE} up",
        ]
        batch(self._ip(CTL), lines)

    def add_host(self, host: Host, *, isolated: bool) -> None:
        """Make a host's namespace with its ports, unpatched; an isolated one reaches `ctl` alone by mgmt0."""
        self._add(host.hostname)
        target = self._place.namespace(host.hostname)
        peer, mac = f"m{host.number}", port_mac(host.id, MANAGEMENT_PORT)
        batch(
            self._ip(CTL),
            [
                f"link add name {peer} type veth peer name {MANAGEMENT_PORT} address {mac} netns {target}",
                f"link set {peer} master {BRIDGE} up",
            ],
        )
        if isolated:
            run(["bridge", "-n", self._place.namespace(CTL), "link", "set", "dev", peer, "isolated", "on"])
        jacks = [
            f"link add name j{p.jack} type veth peer name {p.name} address {p.mac} netns {target}" for p in host.ports
        ]
        batch(self._ip(PANEL), jacks)
        batch(["tc", "-n", self._place.namespace(PANEL)], [f"qdisc add dev j{p.jack} ingress" for p in host.ports])
        management = [f"addr add {host.address}/16 dev {MANAGEMENT_PORT}", f"link set {MANAGEMENT_PORT} up"]
        batch(self._ip(host.hostname), [*management, *(f"link set {port.name} up" for port in host.ports)])
        # Open vSwitch's userspace datapath reads packets raw: checksums must be finished before they leave a port.
        offload = "".join(f"ethtool -K {port.name} tx off >/dev/null; " for port in host.ports)
        self._shell(host.hostname, f"sysctl -qw net.ipv4.ip_forward=0; {offload}")

    def remove_host(self, host: Host) -> None:
        """Take a host's ports and namespace away, whatever of them is there."""
        for name, device in ((CTL, f"m{host.number}"), *((PANEL, f"j{port.jack}") for port in host.ports)):
            if (NAMESPACES / self._place.namespace(name)).exists():
                succeeds([*self._ip(name), "link", "del", device])
        if (NAMESPACES / self._place.namespace(host.hostname)).exists():
            run(["ip", "netns", "del", self._place.namespace(host.hostname)])

    def patch(self, patches: Mapping[int, int]) -> None:
        """Make the panel as `patches` says: what it doesn't name loses carrier; what is right already isn't touched.

        A jack whose port isn't there is passed over, and the one it would be patched to gets no carrier.
        """
        there = self._jacks()
        wanted = {jack: f"{there[patches[jack]].index}" if patches.get(jack) in there else "" for jack in there}
        wrong = [jack for jack, far in wanted.items() if there[jack].patched_to != far]
        live = [jack for jack in wrong if wanted[jack]]
        tc = ["tc", "-n", self._place.namespace(PANEL)]
        batch(self._ip(PANEL), [f'link set j{jack} down alias ""' for jack in wrong])
        batch(tc, [f"filter del dev j{jack} parent ffff:" for jack in wrong])
        batch(tc, [f"filter add dev j{jack} {REDIRECT} j{patches[jack]}" for jack in live])
        batch(self._ip(PANEL), [f"link set j{jack} up alias {wanted[jack]}" for jack in live])

    def namespaces(self) -> list[str]:
        """The lab's namespaces that exist, by their full names."""
        if not NAMESPACES.is_dir():
            return []
        return sorted(path.name for path in NAMESPACES.iterdir() if path.name.startswith(f"{self._place.tag}."))

    def remove(self) -> None:
        """Remove every namespace of the lab, and with them every cable."""
        for namespace in self.namespaces():
            run(["ip", "netns", "del", namespace])

    def _add(self, name: str) -> None:
        run(["ip", "netns", "add", self._place.namespace(name)])
        run([*self._ip(name), "link", "set", "lo", "up"])

    def _ip(self, name: str) -> list[str]:
        return ["ip", "-n", self._place.namespace(name)]

    def _shell(self, name: str, script: str) -> None:
        run(["ip", "netns", "exec", self._place.namespace(name), "sh", "-ec", script])

    def _jacks(self) -> dict[int, "Jack"]:
        listed = json.loads(run([*self._ip(PANEL), "-json", "link", "show", "type", "veth"]) or "[]")
        return {
            int(link["ifname"][1:]): Jack(link["ifindex"], link.get("ifalias", ""))
            for link in listed
            if link["ifname"].startswith("j")
        }


@dataclass(frozen=True, slots=True)
class Jack:
    """A jack as it is: its interface index, and the index of the one that it is patched to ("" for none).

    The kernel keeps the latter as the interface's alias, so that it can't differ from what is there; an index and not
    a name, for a port that went and came back is another interface.
    """

    index: int
    patched_to: str
