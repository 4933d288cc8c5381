"""Looks closer at the units' terminals once an hour, in their turn, and says what SNMP shows of Annex I."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collectors.fault import Fault
from collectors.guard import guarded
from collectors.round import Round
from collectors.schedule import is_in_use, local_day
from collectors.snmp.client import Session
from collectors.snmp.slow import SlowTables
from collectors.snmp.table_reader import TableReader
from collectors.snmp.tables.sockets import FAMILIES, SOCKETS
from collectors.snmp.tables.value import Partial, seen, whole
from collectors.snmp.tables.vlans import VLANS
from ledger.observation import Check, Observation
from ledger.plan import Device, Plan
from ledger.terminal import Shown, Terminal, TerminalLevel, level_of, owes_annex, value_of

COLLECTOR = "terminal"
#: Sockets come and go with a screwdriver.
EVERY = timedelta(hours=1)


@dataclass(slots=True, kw_only=True)
class TerminalRound:
    """Is let look by the poller, and says in the round what it saw; `faults` are of the latest look at each device."""

    plan: Plan
    clock: Callable[[], datetime]
    _looked_at: dict[str, datetime] = field(default_factory=dict)
    _faults: dict[str, Fault] = field(default_factory=dict)
    _seen: list[Observation] = field(default_factory=list)

    async def look(self, session: Session, device: Device) -> None:
        """Ask a terminal that answered what it has, unless that was within the hour."""
        now = self.clock()
        last = self._looked_at.get(device.id)
        if not owes_annex(device) or (last is not None and timedelta() <= now - last < EVERY):
            return
        self._looked_at[device.id] = now
        level = level_of(self.plan.units[device.unit])
        found = await guarded(read_terminal(session, level, self.clock), collector=COLLECTOR, device=device.id)
        self._faults.pop(device.id, None)
        if isinstance(found, Fault):
            self._faults[device.id] = found
        self._seen.append(terminal_observation(device, found, self.clock()))

    async def ask(self) -> tuple[Round[str], list[Observation]]:
        """What the looks of this cycle showed."""
        now = self.clock()
        today = local_day(now)
        devices = self.plan.devices.values()
        terminals = [d.id for d in devices if owes_annex(d) and d.is_ours and is_in_use(d, today)]
        found = Round(
            collector=COLLECTOR, started_at=now, finished_at=now, answers=tuple(terminals), faults=dict(self._faults)
        )
        said, self._seen = self._seen, []
        return found, said


def open_terminals(plan: Plan, clock: Callable[[], datetime]) -> TerminalRound | None:
    """The collector; None where the plan has no terminal."""
    return TerminalRound(plan=plan, clock=clock) if any(map(owes_annex, plan.devices.values())) else None


async def read_terminal(session: Session, level: TerminalLevel, clock: Callable[[], datetime]) -> Terminal | Fault:
    """Ask for ports, VLANs and addresses; without the ports nothing can be said."""
    agent = TableReader(session, SlowTables(), clock)
    sockets = await agent.table(SOCKETS)
    if isinstance(sockets, Fault | Partial):
        return sockets if isinstance(sockets, Fault) else sockets.fault
    vlans = seen(await agent.table(VLANS))
    families = whole(await agent.table(FAMILIES))
    vlan = Shown.YES if sockets.has_vlan or vlans else Shown.UNKNOWN
    return Terminal(level=level, sockets=sockets.count, vlan=vlan, ipv6=_ipv6(families or frozenset()))


def terminal_observation(device: Device, found: Terminal | Fault, at: datetime) -> Observation:
    """What was seen of a terminal, or why not."""
    fault = found if isinstance(found, Fault) else None
    return Observation(
        asset=device.id,
        check=Check.TERMINAL,
        ok=isinstance(found, Terminal) and found.is_compliant,
        at=at,
        source=COLLECTOR,
        value=value_of(found) if isinstance(found, Terminal) else None,
        failure=fault.failure if fault else None,
        detail=fault.text if fault else None,
    )


def _ipv6(families: frozenset[int]) -> Shown:
    """An agent that lists its IPv4 addresses there and no IPv6 one has none, not even a link-local one."""
    if 6 in families:
        return Shown.YES
    return Shown.NO if families else Shown.UNKNOWN
