"""What is plugged in where, given what was cut, pulled out, moved and switched off: pure, so that every fault ends."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lab.errors import LabCallError, LabError
from lab.topology import Cable, Socket, Topology
from ledger.language import N_
from ledger.plan import Role


@dataclass(frozen=True, slots=True)
class Faults:
    """What differs from the plan: link ids, workstation ids, the sockets of moved workstations, host ids."""

    cut: frozenset[str] = frozenset()
    unplugged: frozenset[str] = frozenset()
    moved: Mapping[str, Socket] | None = None
    off: frozenset[str] = frozenset()

    @property
    def moves(self) -> Mapping[str, Socket]:
        """The sockets that moved workstations are plugged into now, by workstation."""
        return self.moved or {}


def patches(topology: Topology, faults: Faults) -> dict[int, int]:
    """The jack that each jack is patched to, both ways; a jack that isn't here has no carrier."""
    found: dict[int, int] = {}
    for cable in topology.cables.values():
        if cable.id in faults.cut or cable.id in faults.unplugged:
            continue
        ends = _ends(cable, faults)
        jacks = [topology.jack(end) for end in ends if end.host not in faults.off]
        if len(jacks) == 2 and jacks[0] is not None and jacks[1] is not None:
            found[jacks[0]] = jacks[1]
            found[jacks[1]] = jacks[0]
    return found


def _ends(cable: Cable, faults: Faults) -> tuple[Socket, Socket]:
    moved_to = faults.moves.get(cable.id)
    return (cable.a if moved_to is None else moved_to, cable.b)


def moved(topology: Topology, faults: Faults, workstation: str, unit: str) -> Faults:
    """Faults once `workstation` is carried to `unit` and plugged in there; home again where it is planned there.

    Raises LabError where no switch of that unit has a port left.
    """
    home = topology.cables[workstation].a
    others = {pc: socket for pc, socket in faults.moves.items() if pc != workstation}
    kept = replace(faults, moved=others, unplugged=faults.unplugged - {workstation})
    if home.host in topology.hosts and topology.hosts[home.host].unit == unit:
        return kept
    return replace(kept, moved={**others, workstation: free_socket(topology, kept, unit)})


def free_socket(topology: Topology, faults: Faults, unit: str) -> Socket:
    """The first access port of a switch at `unit` that no workstation is planned on or was moved to; else LabError."""
    switches = [h for h in topology.hosts.values() if h.unit == unit and h.role == Role.ACCESS_SWITCH]
    if not switches:
        raise LabCallError(N_("lab: no switch of unit '{unit}' is in the lab; choose a unit that has one"), unit=unit)
    taken = {end for cable in topology.cables.values() for end in (cable.a, cable.b)} | set(faults.moves.values())
    for switch in switches:
        for port in switch.ports:
            socket = Socket(switch.id, port.name)
            if socket not in taken:
                return socket
    raise LabError(
        N_("lab: every port of {switches} is taken; raise its `ports` in devices.csv"),
        switches=", ".join(s.id for s in switches),
    )


def known_cable(topology: Topology, cable: str, *, workstation: bool) -> str:
    """`cable` where it is a link's id, or a workstation's where that is meant; else LabError."""
    found = [c.id for c in topology.cables.values() if c.is_workstation == workstation]
    if cable not in found:
        kind = "workstation" if workstation else "link"
        raise LabCallError(
            N_("lab: '{cable}' is no {kind} of this lab; it has: {known}"),
            cable=cable,
            kind=kind,
            known=", ".join(found),
        )
    return cable
