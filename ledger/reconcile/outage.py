"""Which planned element is the root of an outage, and what lies behind it."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from ledger.plan import Plan, Role


@dataclass(frozen=True, slots=True)
class Outage:
    """`root` is the element nearest the collectors that doesn't answer; `since` is when it stopped to."""

    root: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What each element of the network does, by id; what is in neither of the first two is not known to be down.

    `silent`: in service and not answering, since when. `answering`: devices that answer. `in_service`: what was ever
    proven; nothing else blocks a path or is a root. `gone`: retired, no part of the network.
    """

    silent: Mapping[str, datetime] = field(default_factory=dict)
    answering: AbstractSet[str] = frozenset()
    in_service: AbstractSet[str] = frozenset()
    gone: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Path:
    """A way between two devices; `link` None: one that no register has, but the two hear each other."""

    link: str | None
    ends: tuple[str, str]

    def beyond(self, device: str) -> str:
        """The device at the other end."""
        a, b = self.ends
        return b if device == a else a


def find_outages(plan: Plan, pulse: Pulse, beside: Collection[tuple[str, str]] = ()) -> dict[str, Outage]:
    """The outage that each device, link or workstation is part of, `dict[element id, …]`; a root maps to itself.

    `beside` are devices that hear each other though no register has a link of the two: such a way is none of the plan's
    elements, but what lies behind it isn't its own root.

    Breadth first from the collectors' seat (the province's server). A device that answers is reached whatever the
    paths look like. A link's own "down" makes the link the root; where it says nothing, the device behind it is.
    """
    seat = next((d.id for d in plan.devices.values() if d.role is Role.PROVINCE_SERVER), None)
    if seat is None:
        return {}
    paths = _paths_by_device(plan, pulse, beside)
    reached, roots = _explore(seat, paths, pulse)
    return _spread(roots, reached, paths, _sockets(plan))


def _paths_by_device(plan: Plan, pulse: Pulse, beside: Iterable[tuple[str, str]]) -> dict[str, list[_Path]]:
    found: dict[str, list[_Path]] = defaultdict(list)
    planned = (_Path(link.id, (link.a.device, link.b.device)) for link in plan.links.values())
    for path in (*planned, *(_Path(None, ends) for ends in sorted(beside))):
        if not {path.link, *path.ends} & pulse.gone:
            for device in path.ends:
                found[device].append(path)
    return found


def _sockets(plan: Plan) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for workstation in plan.workstations.values():
        if workstation.switch is not None:
            found[workstation.switch].append(workstation.id)
    return found


def _explore(seat: str, paths: Mapping[str, list[_Path]], pulse: Pulse) -> tuple[set[str], dict[str, Outage]]:
    """What can be reached, and the silent elements right beside it."""
    reached = {seat, *pulse.answering}
    roots: dict[str, Outage] = {}
    queue = deque(reached)
    while queue:
        device = queue.popleft()
        for path in paths.get(device, ()):
            far = path.beyond(device)
            if path.link is not None and path.link in pulse.silent:
                roots[path.link] = Outage(path.link, pulse.silent[path.link])
            elif far in reached:
                continue
            elif far not in pulse.silent:
                reached.add(far)
                queue.append(far)
            elif _carries(path, paths[far], pulse):
                roots[far] = Outage(far, pulse.silent[far])
    return reached, roots


def _carries(path: _Path, others: Iterable[_Path], pulse: Pulse) -> bool:
    """Whether silence beyond the path is the device's own: a link never proven tells nothing beside one that was."""
    if path.link is None or path.link in pulse.in_service:
        return True
    return not any(other.link is None or other.link in pulse.in_service for other in others)


def _spread(
    roots: Mapping[str, Outage],
    reached: AbstractSet[str],
    paths: Mapping[str, list[_Path]],
    sockets: Mapping[str, list[str]],
) -> dict[str, Outage]:
    """Walk away from the roots; where two are equally near, it was the later that cut the last path."""
    ends_of = {path.link: path.ends for near in paths.values() for path in near}
    found = dict(sorted(roots.items(), key=lambda item: (item[1].since, item[0]), reverse=True))
    queue = deque(found)
    while queue:
        element = queue.popleft()
        if element in ends_of:
            beside = sorted(set(ends_of[element]) - reached)
        else:
            ways = [path for path in paths.get(element, ()) if not set(path.ends) & reached]
            beside = [path.link or path.beyond(element) for path in ways]
            beside += sockets.get(element, ())
        for other in beside:
            if other not in found:
                found[other] = found[element]
                queue.append(other)
    return found
