"""Which planned element is the root of an outage, and what lies behind it."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from ledger.plan import Link, Plan, Role


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


def find_outages(plan: Plan, pulse: Pulse) -> dict[str, Outage]:
    """The outage that each device, link or workstation is part of, `dict[element id, …]`; a root maps to itself.

    Breadth first from the collectors' seat (the province's server). A device that answers is reached whatever the
    paths look like. A link's own "down" makes the link the root; where it says nothing, the device behind it is.
    """
    seat = next((d.id for d in plan.devices.values() if d.role is Role.PROVINCE_SERVER), None)
    if seat is None:
        return {}
    links = _links_by_device(plan, pulse)
    reached, roots = _explore(seat, links, pulse)
    return _spread(roots, reached, links, _sockets(plan))


def _links_by_device(plan: Plan, pulse: Pulse) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = defaultdict(list)
    for link in plan.links.values():
        if not {link.id, link.a.device, link.b.device} & pulse.gone:
            found[link.a.device].append(link)
            found[link.b.device].append(link)
    return found


def _sockets(plan: Plan) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for workstation in plan.workstations.values():
        if workstation.switch is not None:
            found[workstation.switch].append(workstation.id)
    return found


def _explore(seat: str, links: Mapping[str, list[Link]], pulse: Pulse) -> tuple[set[str], dict[str, Outage]]:
    """What can be reached, and the silent elements right beside it."""
    reached = {seat, *pulse.answering}
    roots: dict[str, Outage] = {}
    queue = deque(reached)
    while queue:
        device = queue.popleft()
        for link in links.get(device, ()):
            far = link.far_end(device).device
            if link.id in pulse.silent:
                roots[link.id] = Outage(link.id, pulse.silent[link.id])
            elif far in reached:
                continue
            elif far not in pulse.silent:
                reached.add(far)
                queue.append(far)
            elif _carries(link, links[far], pulse):
                roots[far] = Outage(far, pulse.silent[far])
    return reached, roots


def _carries(link: Link, others: Iterable[Link], pulse: Pulse) -> bool:
    """Whether silence beyond the link is the device's own: a link never proven tells nothing beside one that was."""
    return link.id in pulse.in_service or not any(other.id in pulse.in_service for other in others)


def _spread(
    roots: Mapping[str, Outage],
    reached: AbstractSet[str],
    links: Mapping[str, list[Link]],
    sockets: Mapping[str, list[str]],
) -> dict[str, Outage]:
    """Walk away from the roots; where two are equally near, it was the later that cut the last path."""
    by_id = {link.id: link for near in links.values() for link in near}
    found = dict(sorted(roots.items(), key=lambda item: (item[1].since, item[0]), reverse=True))
    queue = deque(found)
    while queue:
        element = queue.popleft()
        if element in by_id:
            ends = {by_id[element].a.device, by_id[element].b.device}
            beside = sorted(ends - reached)
        else:
            beside = [link.id for link in links.get(element, ()) if not {link.a.device, link.b.device} & reached]
            beside += sockets.get(element, ())
        for other in beside:
            if other not in found:
                found[other] = found[element]
                queue.append(other)
    return found
