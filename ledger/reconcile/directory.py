"""Who a neighbour is, by what it says of itself: chassis ids, names and port ids, looked up once an evaluation."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ledger.adjacency import Adjacency, Heard
from ledger.plan import Plan
from ledger.topology import Match

K = TypeVar("K")
V = TypeVar("V")

#: What says nothing to compare a port's name with: a MAC, or another number.
OPAQUE = re.compile(r"(?:[0-9a-f]{2}[:-]){5,}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}|[0-9]*", re.IGNORECASE)
#: GigabitEthernet1/0/1 as a word and a place.
PORT_NAME = re.compile(r"([A-Za-z][A-Za-z-]*?) ?([0-9][0-9/.:]*)")
#: Words that mean one kind of port: Cisco's, Huawei's and H3C's short and long forms, as they write them.
WORDS = (
    ("eth", "ethernet"),
    ("fa", "fastethernet"),
    ("ge", "gi", "gig", "gigabitethernet"),
    ("te", "ten", "xge", "tengige", "tengigabitethernet", "ten-gigabitethernet", "xgigabitethernet"),
    ("twe", "twentyfivegige", "twentyfivegigabitethernet"),
    ("fo", "fge", "fortygige", "fortygigabitethernet"),
    ("hu", "hundredgige", "hundredgigabitethernet"),
    ("po", "port-channel"),
    ("bagg", "bridge-aggregation"),
    ("vl", "vlan"),
)
KIND_OF_WORD = {word: words[0] for words in WORDS for word in words}


@dataclass(frozen=True, slots=True)
class Identified:
    """A neighbour that is a device of the plan; `port` None where what it says of its port can't be compared."""

    device: str
    port: str | None
    by_chassis: bool

    def match(self) -> Match:
        """The rule, as far as one side tells."""
        if self.port is None:
            return Match.CHASSIS if self.by_chassis else Match.NAME
        return Match.CHASSIS_AND_PORT if self.by_chassis else Match.NAME_AND_PORT


class Directory:
    """`adjacencies` is what each device says of itself and hears, `dict[device id, …]`."""

    def __init__(self, plan: Plan, adjacencies: Mapping[str, Adjacency]) -> None:
        self._by_name = {device.lower(): device for device in plan.devices}
        self._chassis = {device: adjacency.chassis_id.lower() for device, adjacency in adjacencies.items()}
        self._by_chassis = _alone(
            (adjacency.chassis_id.lower(), device) for device, adjacency in adjacencies.items() if adjacency.chassis_id
        )
        self._ports = _alone(
            ((device, heard.port_id.lower()), heard.port)
            for device, adjacency in adjacencies.items()
            for heard in adjacency.heard
            if heard.port_id
        )
        self._planned: dict[str, dict[str, str]] = defaultdict(dict)
        for link in plan.links.values():
            for end in (link.a, link.b):
                self._planned[end.device][end.port.lower()] = end.port
        self._workstations = {pc.mac.lower(): pc.id for pc in plan.workstations.values() if pc.mac}

    def who(self, heard: Heard) -> Identified | None:
        """The device of the plan; None: a stranger. What a chassis id says goes before what a name says.

        Who has a planned device's name and another chassis id than it gives itself is a stranger.
        """
        chassis, name = heard.chassis_id.lower(), heard.system_name.lower()
        by_chassis = self._by_chassis.get(chassis) if chassis else None
        device = by_chassis
        for candidate in (name, name.split(".", maxsplit=1)[0], chassis):
            device = device or self._by_name.get(candidate)
        if device is None:
            return None
        if by_chassis is None and chassis and self._chassis.get(device) not in (None, "", chassis):
            return None
        return Identified(device, self._port(device, heard), by_chassis is not None)

    def workstation(self, heard: Heard) -> str | None:
        """The planned PC that it is, by its MAC; None: it is none."""
        return self._workstations.get(heard.chassis_id.lower()) or self._workstations.get(heard.far_port_id.lower())

    def _port(self, device: str, heard: Heard) -> str | None:
        """The far port: as the far device itself names what it announces, else as the plan does, else as it is told."""
        own = self._ports.get((device, heard.far_port_id.lower()))
        if own is not None:
            return own
        planned = self._planned[device]
        for name in filter(None, (heard.far_port_name, heard.far_port_id)):
            known = planned.get(name.lower()) or next(
                (port for port in planned.values() if is_same_port(port, name)), None
            )
            if known is not None:
                return known
        if heard.far_port_id and not OPAQUE.fullmatch(heard.far_port_id):
            return heard.far_port_id
        return heard.far_port_name if PORT_NAME.fullmatch(heard.far_port_name) else None


def is_same_port(one: str, other: str) -> bool:
    """Whether two names are one port's: letter case apart, and Gi1/0/1 or GE1/0/1 for GigabitEthernet1/0/1."""
    if one == other or one.lower() == other.lower():
        return True
    here, there = PORT_NAME.fullmatch(one), PORT_NAME.fullmatch(other)
    if here is None or there is None or here[2] != there[2]:
        return False
    kind = KIND_OF_WORD.get(here[1].lower())
    return kind is not None and kind == KIND_OF_WORD.get(there[1].lower())


def _alone(pairs: Iterable[tuple[K, V]]) -> dict[K, V]:
    """What a key means where all agree; an id that two devices give says nothing."""
    found: dict[K, V] = {}
    doubtful: set[K] = set()
    for key, value in pairs:
        if found.setdefault(key, value) != value:
            doubtful.add(key)
    return {key: value for key, value in found.items() if key not in doubtful}
