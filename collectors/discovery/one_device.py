"""Which addresses are one device's, and by which rule that is known."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from collectors.discovery.acquaintance import Acquaintance
from collectors.discovery.approach import Approach
from collectors.discovery.exploration import Sighting
from collectors.discovery.ranges import Address
from collectors.discovery.roster import Roster


class Rule(StrEnum):
    """Why two addresses are one device's; the first that applies is the one that is named."""

    PLAN = "plan"  # the plan has both for one device
    ENGINE = "engine"  # the same SNMP engine id and sysName: engine ids alone are cloned by some makers
    SERIAL = "serial"  # the same vendor and serial number
    CHASSIS = "chassis"  # the same sysName and LLDP chassis id
    ADDRESSES = "addresses"  # one says that it has the other, which says nothing itself


@dataclass(slots=True)
class Group:
    """One device: what is known of each of its addresses, and the rules that joined them."""

    sightings: list[Sighting] = field(default_factory=list)
    rules: set[Rule] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Clash:
    """Two that a rule calls one, and the plan doesn't: planned devices by their ids, others by their addresses."""

    rule: Rule
    ends: tuple[str, str]


class Groups:
    """Joins sightings. What is planned is joined to nothing else but by a planned device's own word.

    A stranger could otherwise pass for a planned device by its engine id, or by saying that it has its address.
    """

    def __init__(self, sightings: Iterable[Sighting], roster: Roster) -> None:
        self._roster = roster
        self._sightings = {sighting.address: sighting for sighting in sightings}
        self._group_of = {address: Group([sighting]) for address, sighting in self._sightings.items()}
        self.clashes: list[Clash] = []
        for rule, key in KEYS:
            alike: dict[Hashable, list[Address]] = defaultdict(list)
            for address, sighting in self._sightings.items():
                if (found := key(sighting, roster)) is not None:
                    alike[found].append(address)
            for first, *others in alike.values():
                for other in others:
                    self._join(rule, first, other)
        self._join_own_addresses()

    def __iter__(self) -> Iterator[Group]:
        """Each device once."""
        return iter({id(group): group for group in self._group_of.values()}.values())

    def _join_own_addresses(self) -> None:
        for address, sighting in self._sightings.items():
            if isinstance(sighting.told, Acquaintance):
                for other in sorted(sighting.told.addresses & self._sightings.keys(), key=int):
                    if not isinstance(self._sightings[other].told, Acquaintance):
                        self._join(Rule.ADDRESSES, address, other)

    def _join(self, rule: Rule, first: Address, other: Address) -> None:
        into, gone = self._group_of[first], self._group_of[other]
        if into is gone:
            return
        one, two = self._planned(into), self._planned(gone)
        is_ours = self._sightings[first].asked_with is Approach.PROVINCE
        is_its_own = rule is Rule.ADDRESSES and is_ours and two is None
        if one != two and not is_its_own:
            low, high = sorted((one or str(first), two or str(other)))
            if (clash := Clash(rule, (low, high))) not in self.clashes:
                self.clashes.append(clash)
            return
        into.sightings += gone.sightings
        into.rules |= gone.rules | {rule}
        for sighting in gone.sightings:
            self._group_of[sighting.address] = into

    def _planned(self, group: Group) -> str | None:
        found = (self._roster.devices.get(sighting.address) for sighting in group.sightings)
        return next((device.id for device in found if device is not None), None)


def _planned_key(sighting: Sighting, roster: Roster) -> Hashable | None:
    device = roster.devices.get(sighting.address)
    return None if device is None else device.id


def _engine_key(sighting: Sighting, _roster: Roster) -> Hashable | None:
    told = sighting.told
    if not isinstance(told, Acquaintance) or not told.engine_id or not told.identity.name:
        return None
    return told.engine_id, told.identity.name


def _serial_key(sighting: Sighting, _roster: Roster) -> Hashable | None:
    told = sighting.told
    if not isinstance(told, Acquaintance) or not told.identity.vendor or not told.identity.serial:
        return None
    return told.identity.vendor, told.identity.serial


def _chassis_key(sighting: Sighting, _roster: Roster) -> Hashable | None:
    told = sighting.told
    if not isinstance(told, Acquaintance) or not told.chassis_id or not told.identity.name:
        return None
    return told.identity.name, told.chassis_id


KEYS: Sequence[tuple[Rule, Callable[[Sighting, Roster], Hashable | None]]] = (
    (Rule.PLAN, _planned_key),
    (Rule.ENGINE, _engine_key),
    (Rule.SERIAL, _serial_key),
    (Rule.CHASSIS, _chassis_key),
)
