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

    def hears(self, device: str) -> bool:
        """Whether it is this device of the plan."""
        return self.who is not None and self.who.device == device

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


class Cables:
    """What every device hears now, or heard before it fell silent, with each neighbour looked up."""

    def __init__(self, plan: Plan, scene: Scene) -> None:
        self._plan = plan
        self._today = scene.today
        states = {device: _latest(device, scene) for device in plan.devices}
        self._known = {device: known for device, state in states.items() if state and (known := _read(state))}
        #: Devices that answer for what they hear today.
        self.telling = {d for d in self._known if (state := states[d]) is not None and _tells_now(state, scene)}
        directory = Directory(plan, self._known)
        self._entries: dict[str, list[Entry]] = defaultdict(list)
        self._by_port: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for device, adjacency in self._known.items():
            state = states[device]
            at = scene.as_of if state is None else min(state.last_at, scene.as_of)
            self._entries[device] = _once(device, adjacency, directory, at)
            for entry in self._entries[device]:
                self._by_port[device, entry.heard.port].append(entry)

    def rows(self) -> Iterator[TopologyRow]:
        """Every planned link that isn't retired, in register order, then what no register has.

        What is certain takes its cables first: one cable is never two links.
        """
        links = [link for link in self._plan.links.values() if not self._is_retired(link)]
        found: dict[str, TopologyRow] = {}
        used: set[int] = set()
        for verdict, look in (
            (Cabling.RIGHT, self._right),
            (Cabling.WRONG_PORT, self._wrong),
            (Cabling.RIGHT, self._right_as_far_as_told),
        ):
            for link in links:
                told = [] if link.id in found else look(link, used)
                if told:
                    used.update(id(entry) for entry in told)
                    found[link.id] = _told(link, verdict, told)
        yield from (found.get(link.id) or self._not_seen(link) for link in links)
        yield from self._unexpected(used)

    def beside_the_plan(self) -> frozenset[tuple[str, str]]:
        """Pairs of planned devices that hear each other, or lately did, where the plan has no link between them.

        What one that fell silent heard counts only where the other one doesn't tell.
        """
        links = (link for link in self._plan.links.values() if not self._is_retired(link))
        planned = {frozenset((link.a.device, link.b.device)) for link in links}
        found = {
            frozenset((device, entry.who.device))
            for device, entries in self._entries.items()
            for entry in entries
            if entry.who is not None
            and entry.who.device != device
            and (device in self.telling or entry.who.device not in self.telling)
        }
        return frozenset((a, b) for a, b in map(sorted, found - planned))

    def _is_retired(self, link: Link) -> bool:
        return link.retired_on is not None and link.retired_on <= self._today

    def _right(self, link: Link, used: set[int]) -> list[Entry]:
        """Both ends hear each other on the planned ports, or one does and names the other's."""
        told = self._on_planned_ports(link, used)
        return told if len(told) > 1 or any(e.who is not None and e.who.port is not None for e in told) else []

    def _right_as_far_as_told(self, link: Link, used: set[int]) -> list[Entry]:
        """One end hears the other on its planned port; what it hears of the other port can't be compared."""
        return self._on_planned_ports(link, used)

    def _on_planned_ports(self, link: Link, used: set[int]) -> list[Entry]:
        """What the ends that tell hear of each other on their planned ports, where no other port is named."""
        found = []
        for own, far in ((link.a, link.b), (link.b, link.a)):
            here = [entry for entry in self._heard_on(own) if entry.hears(far.device) and id(entry) not in used]
            right = (
                e for e in here if e.who is not None and (e.who.port is None or is_same_port(e.who.port, far.port))
            )
            found += [entry for entry in (next(right, None),) if entry is not None]
        return found

    def _wrong(self, link: Link, used: set[int]) -> list[Entry]:
        """The two hear each other, on a port that is none of their other planned links; as both of them tell it."""
        for own, far in ((link.a, link.b), (link.b, link.a)):
            others = self._ports_of_others(link, own.device)
            for entry in self._telling(own.device):
                is_free = id(entry) not in used and entry.hears(far.device)
                if (
                    is_free
                    and not any(is_same_port(entry.heard.port, port) for port in others)
                    and _is_off(entry, own, far)
                ):
                    return self._both_ends(entry, used)
        return []

    def _both_ends(self, entry: Entry, used: set[int]) -> list[Entry]:
        """The entry, and what its other end tells of the same cable."""
        far = entry.who.device if entry.who is not None else None
        others = self._telling(far) if far is not None else []
        other = next((e for e in others if e is not entry and id(e) not in used and _is_other_end(entry, e)), None)
        return [entry] if other is None else [entry, other]

    def _not_seen(self, link: Link) -> TopologyRow:
        asked = [end for end in (link.a, link.b) if end.device in self.telling and self._known[end.device].is_whole]
        if link.planned_from > self._today:
            verdict, detail = Cabling.PLANNED_LATER, None
        elif not asked:  # where a table broke off, the other one may stand in what is missing
            ends = sorted({link.a.device, link.b.device})
            verdict = Cabling.UNKNOWN
            detail = Remark(N_("neither {a} nor {b} tells what it hears"), a=ends[0], b=ends[-1])
        else:
            verdict = Cabling.MISSING
            detail = next((_instead(entry) for end in asked for entry in self._heard_on(end)), None)
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

    def _telling(self, device: str) -> list[Entry]:
        """What the device hears now; nothing where it doesn't tell."""
        return self._entries[device] if device in self.telling else []

    def _heard_on(self, end: LinkEnd) -> list[Entry]:
        """By the port's own name; one that the plan shortens is looked for."""
        if end.device not in self.telling:
            return []
        found = self._by_port.get((end.device, end.port))
        if found is None:
            found = [entry for entry in self._entries[end.device] if is_same_port(entry.heard.port, end.port)]
        return found

    def _ports_of_others(self, link: Link, device: str) -> list[str]:
        others = (other for other in self._plan.links_of(device) if other.id != link.id)
        pair = {link.a.device, link.b.device}
        return [other.end_at(device).port for other in others if {other.a.device, other.b.device} == pair]

    def _unexpected(self, used: set[int]) -> Iterator[TopologyRow]:
        """Each cable once, whichever of its ends tell of it; what is a link's other end isn't told again."""
        left = [entry for device in self._plan.devices for entry in self._telling(device)]
        between: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in left:
            if entry.who is not None:
                between[entry.device, entry.who.device].append(entry)
        taken = set(used)
        for entry in left:
            if id(entry) in taken:
                continue
            back = between[entry.who.device, entry.device] if entry.who is not None else []
            other = next((e for e in back if e is not entry and _is_other_end(entry, e)), None)
            if other is not None and id(other) in used:
                continue
            told = [entry] if other is None or id(other) in taken else [entry, other]
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


def _once(device: str, adjacency: Adjacency, directory: Directory, at: datetime) -> list[Entry]:
    """What the device hears, each neighbour on a port once though it speaks both LLDP and CDP; planned PCs left out.

    LLDP is taken, but where CDP alone tells the neighbour's port.
    """
    found: dict[tuple[str, str], Entry] = {}
    for heard in sorted(adjacency.heard, key=lambda heard: heard.protocol != "lldp"):
        if directory.workstation(heard) is not None:
            continue
        entry = Entry(device, heard, directory.who(heard), at)
        name = heard.system_name or heard.chassis_id or heard.far_port_id
        key = (heard.port, entry.who.device if entry.who is not None else f"?{name.lower()}")
        known = found.get(key)
        tells_more = known is not None and known.who is not None and known.who.port is None and entry.who is not None
        if known is None or (tells_more and entry.who is not None and entry.who.port is not None):
            found[key] = entry
    return list(found.values())


def _is_off(entry: Entry, own: LinkEnd, far: LinkEnd) -> bool:
    """Whether a cable isn't where the plan has it: here, or as far as it tells, there."""
    is_here = is_same_port(entry.heard.port, own.port)
    return not is_here or (
        entry.who is not None and entry.who.port is not None and not is_same_port(entry.who.port, far.port)
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
    except ValueError:
        return None
