"""Planned links beside what devices hear on their ports: each right, missing, on a wrong port; the rest unexpected."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ledger.adjacency import Adjacency, Heard, parsed_adjacency
from ledger.language import N_
from ledger.observation import Check
from ledger.plan import Link, LinkEnd, Plan
from ledger.reconcile.directory import Directory, Identified, is_same_port
from ledger.reconcile.scene import Scene
from ledger.remark import Remark
from ledger.seen import State
from ledger.topology import Cabling, Match, PortRef, TopologyRow


@dataclass(frozen=True, slots=True)
class Entry:
    """What `device` hears on one of its ports; `who` None: a stranger. `at` is when it last said so."""

    device: str
    heard: Heard
    who: Identified | None
    at: datetime

    @property
    def near(self) -> PortRef:
        """The port where it is heard."""
        return PortRef(self.device, self.heard.port)

    @property
    def far(self) -> PortRef:
        """The port that is heard."""
        if self.who is not None:
            return PortRef(self.who.device, self.who.port)
        told = self.heard.system_name or self.heard.chassis_id or "?"
        return PortRef(told, self.heard.far_port_name or self.heard.far_port_id or None)


@dataclass(frozen=True, slots=True)
class View:
    """What one end says of a link: `entry` None: it hears nothing of the other, `instead` who is on its port."""

    verdict: Cabling
    entry: Entry | None = None
    instead: Entry | None = None


class Cables:
    """What every device hears now, or heard before it fell silent, with each neighbour looked up."""

    def __init__(self, plan: Plan, scene: Scene) -> None:
        self._plan = plan
        self._today = scene.today
        states = {device: _latest(device, scene) for device in plan.devices}
        found = {device: _read(state) for device, state in states.items() if state is not None}
        self._known = {device: adjacency for device, adjacency in found.items() if adjacency is not None}
        #: Devices that answer for what they hear today.
        self.telling = {d for d in self._known if (state := states[d]) is not None and _tells_now(state, scene)}
        directory = Directory(plan, self._known)
        self._entries: dict[str, list[Entry]] = defaultdict(list)
        self._by_port: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for device, adjacency in self._known.items():
            state = states[device]
            at = scene.as_of if state is None else min(state.last_at, scene.as_of)
            self._entries[device] = [
                Entry(device, heard, directory.who(heard), at)
                for heard in adjacency.heard
                if directory.workstation(heard) is None
            ]
            for entry in self._entries[device]:
                self._by_port[device, entry.heard.port].append(entry)

    def rows(self) -> Iterator[TopologyRow]:
        """Every planned link that isn't retired, in register order, then what no register has."""
        used: set[int] = set()
        for link in self._plan.links.values():
            if link.retired_on is None or link.retired_on > self._today:
                yield self._row(link, used)
        yield from self._unexpected(used)

    def beside_the_plan(self) -> frozenset[tuple[str, str]]:
        """Pairs of planned devices that hear each other, or lately did, where the plan has no link between them.

        What one that fell silent heard counts only where the other one doesn't tell.
        """
        planned = {frozenset((link.a.device, link.b.device)) for link in self._plan.links.values()}
        found = {
            frozenset((device, entry.who.device))
            for device, entries in self._entries.items()
            for entry in entries
            if entry.who is not None
            and entry.who.device != device
            and (device in self.telling or entry.who.device not in self.telling)
        }
        return frozenset((a, b) for a, b in map(sorted, found - planned))

    def _row(self, link: Link, used: set[int]) -> TopologyRow:
        ends = ((link.a, link.b), (link.b, link.a))
        views = [view for own, far in ends if (view := self._view(link, own, far)) is not None]
        used.update(id(view.entry) for view in views if view.entry is not None)
        for verdict in (Cabling.RIGHT, Cabling.WRONG_PORT):
            told = [view.entry for view in views if view.verdict is verdict and view.entry is not None]
            if told:
                return _told(link, verdict, told)
        return self._not_seen(link, views)

    def _not_seen(self, link: Link, views: list[View]) -> TopologyRow:
        instead = next((view.instead for view in views if view.instead is not None), None)
        deaf = sorted({link.a.device, link.b.device} & self._plan.devices.keys())
        if link.planned_from > self._today:
            verdict, detail = Cabling.PLANNED_LATER, None
        elif not views:
            verdict = Cabling.UNKNOWN
            detail = Remark(N_("neither {a} nor {b} tells what it hears"), a=deaf[0], b=deaf[-1])
        else:
            verdict = Cabling.MISSING
            detail = None if instead is None else _instead(instead)
        return TopologyRow(
            verdict=verdict,
            link=link.id,
            unit=link.unit,
            planned=_planned(link),
            seen=None,
            match=None,
            protocol=None,
            heard_by=(),
            heard_at=None,
            detail=detail,
        )

    def _view(self, link: Link, own: LinkEnd, far: LinkEnd) -> View | None:
        """What the end says; None: it says nothing now. On another link's port of the same two, they hear that one."""
        if own.device not in self.telling:
            return None
        entries = self._entries[own.device]
        here = self._heard_on(own)
        wanted = [entry for entry in here if entry.who is not None and entry.who.device == far.device]
        for entry in wanted:
            if entry.who is not None and (entry.who.port is None or is_same_port(entry.who.port, far.port)):
                return View(Cabling.RIGHT, entry)
        if wanted:
            return View(Cabling.WRONG_PORT, wanted[0])
        others = self._ports_of_others(link, own.device)
        for entry in entries:
            is_far = entry.who is not None and entry.who.device == far.device
            if is_far and not any(is_same_port(entry.heard.port, port) for port in others):
                return View(Cabling.WRONG_PORT, entry)
        if not self._known[own.device].is_whole:
            return None  # it may stand where the table broke off
        return View(Cabling.MISSING, None, next(iter(here), None))

    def _heard_on(self, end: LinkEnd) -> list[Entry]:
        """By the port's own name; one that the plan shortens is looked for."""
        found = self._by_port.get((end.device, end.port))
        if found is None:
            found = [entry for entry in self._entries[end.device] if is_same_port(entry.heard.port, end.port)]
        return found

    def _ports_of_others(self, link: Link, device: str) -> list[str]:
        others = (other for other in self._plan.links_of(device) if other.id != link.id)
        pair = {link.a.device, link.b.device}
        return [other.end_at(device).port for other in others if {other.a.device, other.b.device} == pair]

    def _unexpected(self, used: set[int]) -> Iterator[TopologyRow]:
        """Each cable once, whichever of its ends tell of it."""
        left = [e for device in self._plan.devices if device in self.telling for e in self._entries[device]]
        left = [entry for entry in left if id(entry) not in used]
        taken: set[int] = set()
        for entry in left:
            if id(entry) in taken:
                continue
            other = next((e for e in left if id(e) not in taken and e is not entry and _is_other_end(entry, e)), None)
            told = [entry] if other is None else [entry, other]
            taken.update(map(id, told))
            yield TopologyRow(
                verdict=Cabling.UNEXPECTED,
                link=None,
                unit=self._plan.devices[entry.device].unit,
                planned=None,
                seen=_seen(told),
                match=_match(told),
                protocol=entry.heard.protocol,
                heard_by=tuple(e.device for e in told),
                heard_at=max(e.at for e in told),
                detail=None,
            )


def _told(link: Link, verdict: Cabling, told: list[Entry]) -> TopologyRow:
    entry = told[0]
    seen = _seen(told)
    as_planned = tuple(sorted(_planned(link))) == tuple(sorted(seen))
    return TopologyRow(
        verdict=verdict,
        link=link.id,
        unit=link.unit,
        planned=_planned(link),
        seen=_planned(link) if as_planned else seen if seen[0].device == link.a.device else (seen[1], seen[0]),
        match=_match(told),
        protocol=entry.heard.protocol,
        heard_by=tuple(e.device for e in told),
        heard_at=max(e.at for e in told),
        detail=Remark(N_("plug it as planned, or correct the plan")) if verdict is Cabling.WRONG_PORT else None,
    )


def _instead(entry: Entry) -> Remark:
    return Remark(
        N_("{device} hears {other} on port {port} instead"),
        device=entry.device,
        other=entry.far.device,
        port=entry.heard.port,
    )


def _planned(link: Link) -> tuple[PortRef, PortRef]:
    return PortRef(link.a.device, link.a.port), PortRef(link.b.device, link.b.port)


def _seen(told: list[Entry]) -> tuple[PortRef, PortRef]:
    """The two ports, each as its own device names it where that tells."""
    return (told[0].near, told[1].near) if len(told) > 1 else (told[0].near, told[0].far)


def _match(entries: list[Entry]) -> Match:
    if len(entries) > 1:
        return Match.BOTH_WAYS
    return Match.STRANGER if entries[0].who is None else entries[0].who.match()


def _is_other_end(one: Entry, other: Entry) -> bool:
    """Whether two devices tell of the same cable; a port that isn't told contradicts nothing."""
    if one.who is None or other.who is None or (one.who.device, other.who.device) != (other.device, one.device):
        return False
    pairs = ((one.who.port, other.heard.port), (other.who.port, one.heard.port))
    return all(told is None or is_same_port(told, port) for told, port in pairs)


def _latest(device: str, scene: Scene) -> State | None:
    """What it last told of its neighbours, within max age."""
    return next((s for s in scene.states_of(device).yes(Check.ADJACENCY) if s.value and scene.is_fresh(s)), None)


def _tells_now(state: State, scene: Scene) -> bool:
    latest = scene.states_of(state.asset).latest(Check.ADJACENCY)
    return latest is state and scene.mute_since(state) is None and scene.is_current(state)


def _read(state: State) -> Adjacency | None:
    """What it told; None for the text of a later version."""
    try:
        return parsed_adjacency(state.value or "")
    except (KeyError, TypeError, ValueError):
        return None
