"""What collectors remember from cycle to cycle and over a restart, so that silence is noticed at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Address

from collectors.fault import Fault
from collectors.leases import Lease, LeaseReading
from ledger.observation import Check, Observation
from ledger.plan import Plan
from ledger.seen import State


@dataclass(slots=True)
class Memory:
    """`tables`: each router's last lease table, where its PCs are still asked once it is silent.

    `visits`: the switches that heard a PC when they were last asked, `dict[workstation id, switch ids]`.
    """

    tables: dict[str, LeaseReading] = field(default_factory=dict)
    visits: dict[str, set[str]] = field(default_factory=dict)

    @property
    def lease_tables(self) -> Sequence[LeaseReading]:
        """The tables, one a router."""
        return tuple(self.tables.values())

    def note(self, seen: Iterable[Observation], tables: Iterable[LeaseReading]) -> None:
        """Remember a cycle."""
        for table in tables:
            if not isinstance(table.leases, Fault):
                self.tables[table.device] = table
        for item in seen:
            if item.check is Check.FDB and not item.asset.startswith("mac:"):
                self._visit(item.asset, item.source, heard=item.ok)

    def _visit(self, asset: str, switch: str, *, heard: bool) -> None:
        if heard:
            self.visits.setdefault(asset, set()).add(switch)
        elif asset in self.visits:
            self.visits[asset].discard(switch)


def remembered(states: Iterable[State], plan: Plan, lease_duration: timedelta) -> Memory:
    """What a collector that starts anew knows from the ledger of planned PCs."""
    memory = Memory()
    leases: dict[str, list[Lease]] = defaultdict(list)
    latest: dict[str, datetime] = {}
    for state in sorted(states, key=lambda state: state.last_at):
        pc = plan.workstations.get(state.asset)
        if pc is None or pc.mac is None:
            continue
        if state.check is Check.FDB:
            memory.note([_as_observation(state)], ())
        elif state.check is Check.LEASE and state.ok and state.value is not None:
            leases[state.source].append(Lease(pc.mac, IPv4Address(state.value), state.last_at + lease_duration))
            latest[state.source] = state.last_at
    memory.tables |= {
        router: LeaseReading(router, latest[router], tuple(found))
        for router, found in leases.items()
        if router in plan.devices  # one that was replaced meanwhile has no site any more
    }
    return memory


def _as_observation(state: State) -> Observation:
    return Observation(asset=state.asset, check=state.check, ok=state.ok, at=state.last_at, source=state.source)
