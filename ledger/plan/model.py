"""What should exist: the plan (To-Be) of one province, as immutable values."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from itertools import chain

from ledger.plan.asset import Device, Link, Mailbox, MailDomain, PlannedAsset, Role, Service, Workstation
from ledger.plan.indicator import Indicator
from ledger.plan.profile import ProfileNote
from ledger.plan.task import Milestone, Task
from ledger.plan.unit import Level, Unit, UnitHistory


@dataclass(frozen=True, slots=True)
class Site:
    """Premises of a unit; `prefix` holds every VLAN's subnet there."""

    id: str
    unit: str
    kind: str
    name_vi: str
    name_en: str
    prefix: IPv4Network


@dataclass(frozen=True, slots=True)
class Vlan:
    """A VLAN of the province's LAN profile: the `subnet`-th /24 of each office's prefix (0-based)."""

    id: int
    name: str
    name_vi: str
    name_en: str
    subnet: int
    dhcp: bool
    tslcd: bool

    def network(self, site: Site) -> IPv4Network:
        """The VLAN's /24 at `site`; its first address is the gateway."""
        return list(site.prefix.subnets(new_prefix=24))[self.subnet]

    def gateway(self, site: Site) -> IPv4Interface:
        """The address of the site's router in this VLAN."""
        network = self.network(site)
        return IPv4Interface(f"{network[1]}/{network.prefixlen}")


@dataclass(frozen=True, slots=True)
class Target:
    """A goal for an indicator: for one unit, for each unit of a level, or (both set) for a level within a unit.

    `value` is in the indicator's unit. `due` is the last day on which it may be met, None: it has none. `field`: of
    that part of the indicator alone. From `valid_from` (None: ever since) the rows of that day, its `version`, take the
    place of the earlier ones of the same unit and level.
    """

    indicator: str
    value: float
    due: date | None
    unit: str | None = None
    level: Level | None = None
    legal_basis: str | None = None
    field: str | None = None
    version: str | None = None
    valid_from: date | None = None


@dataclass(frozen=True)
class Plan:
    """One province's registers, checked: every reference resolves, every address and MAC is unique.

    `version` is a hash of the files that it was read from. `profile` is set where the province is made up.
    """

    units: Mapping[str, Unit]
    sites: Mapping[str, Site]
    vlans: Mapping[int, Vlan]
    devices: Mapping[str, Device]
    links: Mapping[str, Link]
    workstations: Mapping[str, Workstation]
    targets: tuple[Target, ...]
    domains: Mapping[str, MailDomain] = field(default_factory=dict)
    mailboxes: Mapping[str, Mailbox] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    history: UnitHistory = field(default_factory=UnitHistory)
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    milestones: tuple[Milestone, ...] = ()
    tasks: tuple[Task, ...] = ()
    profile: ProfileNote | None = None
    version: str = field(default="")

    def assets(self) -> Iterator[PlannedAsset]:
        """Every registered asset: devices, links, PCs, mail domains, mailboxes, services, each in register order."""
        registers: tuple[Mapping[str, PlannedAsset], ...]
        registers = (self.devices, self.links, self.workstations, self.domains, self.mailboxes, self.services)
        return chain.from_iterable(register.values() for register in registers)

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Direct children of each unit, `dict[unit id, unit ids]`; leaves map to an empty tuple."""
        found: dict[str, list[str]] = {unit: [] for unit in self.units}
        for unit in self.units.values():
            if unit.parent is not None:
                found[unit.parent].append(unit.id)
        return {unit: tuple(children) for unit, children in found.items()}

    def subtree(self, unit: str) -> tuple[str, ...]:
        """`unit` and every unit below it, parents first."""
        found = [unit]
        for current in found:
            found.extend(self.children[current])
        return tuple(found)

    def on(self, day: date) -> "Plan":
        """The plan with the units of a day's map, where that was another one than the present."""
        if not any(span.valid_until is not None and span.holds(day) for span in self.history.spans):
            return self
        return self.with_units(self.history.at(day))

    def day_of(self, units: Collection[str], today: date) -> date:
        """The last day until today whose map has these units, or is most like it."""
        days = {today, *(each.on - timedelta(days=1) for each in self.history.successions if each.on <= today)}
        wanted = set(units)
        return min(sorted(days, reverse=True), key=lambda day: len(self.history.at(day).keys() ^ wanted))

    def with_units(self, units: Mapping[str, Unit]) -> "Plan":
        """The plan with other units; a unit whose parent isn't among them stands at the top."""
        return replace(self, units={unit.id: _rooted(unit, units) for unit in units.values()})

    def named(self, unit: str) -> Unit | None:
        """A unit of the present, else what it was last; None: there never was one."""
        if unit in self.units:
            return self.units[unit]
        former = [span for span in self.history.spans if span.unit.id == unit]
        return max(former, key=lambda span: span.valid_until or date.max).unit if former else None

    def ancestors(self, unit: str) -> tuple[str, ...]:
        """`unit`, its parent, … up to the root."""
        found = [unit]
        while (parent := self.units[found[-1]].parent) is not None:
            found.append(parent)
        return tuple(found)

    @cached_property
    def levels(self) -> Mapping[str, tuple[Level, ...]]:
        """The levels of each unit and of those below it, `dict[unit id, levels]`, the unit's own first."""
        found = {unit.id: {unit.level: None} for unit in self.units.values()}
        for unit in self.bottom_up:
            if unit.parent is not None:
                found[unit.parent].update(found[unit.id])
        return {unit: tuple(levels) for unit, levels in found.items()}

    @cached_property
    def level_sizes(self) -> Mapping[str, Counter[Level]]:
        """How many units of each level there are at and below each unit, `dict[unit id, counts]`."""
        found = {unit.id: Counter({unit.level: 1}) for unit in self.units.values()}
        for unit in self.bottom_up:
            if unit.parent is not None:
                found[unit.parent].update(found[unit.id])
        return found

    @cached_property
    def bottom_up(self) -> tuple[Unit, ...]:
        """Every unit after all that are below it."""
        roots = [unit.id for unit in self.units.values() if unit.parent is None]
        return tuple(self.units[unit] for root in roots for unit in reversed(self.subtree(root)))

    def links_of(self, device: str) -> tuple[Link, ...]:
        """The links that touch `device`, in register order."""
        return self._links_by_device.get(device, ())

    @cached_property
    def _links_by_device(self) -> Mapping[str, tuple[Link, ...]]:
        found: dict[str, list[Link]] = {}
        for link in self.links.values():
            for device in dict.fromkeys((link.a.device, link.b.device)):
                found.setdefault(device, []).append(link)
        return {device: tuple(links) for device, links in found.items()}

    def devices_at(self, site: str, role: Role) -> tuple[Device, ...]:
        """The site's devices with `role`, in register order."""
        return tuple(d for d in self.devices.values() if d.site == site and d.role == role)

    def vlan_at(self, site: str | None, address: IPv4Address) -> Vlan | None:
        """The VLAN whose subnet at `site` holds `address`; None where none does."""
        premises = self.sites.get(site or "")
        if premises is None or address not in premises.prefix:
            return None
        subnet = (int(address) - int(premises.prefix.network_address)) >> 8
        return next((vlan for vlan in self.vlans.values() if vlan.subnet == subnet), None)

    def one_device(self, role: Role) -> Device:
        """The only device with `role` (the province's server, the PoP); KeyError where there is none."""
        for device in self.devices.values():
            if device.role == role:
                return device
        raise KeyError(role)


def _rooted(unit: Unit, units: Mapping[str, Unit]) -> Unit:
    return unit if unit.parent is None or unit.parent in units else replace(unit, parent=None)
