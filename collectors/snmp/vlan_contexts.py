"""Forwarding tables of Cisco's IOS, whose BRIDGE-MIB is there once a VLAN, each in a context of its own.

Cisco's "community string indexing" (v1, v2c) and the contexts `vlan-N` (v3), which a switch must be told to give
(`snmp-server group GROUP v3 priv context vlan- match prefix`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from collectors.fault import Fault
from collectors.snmp.client import VlanSession
from collectors.snmp.slow import SlowTables
from collectors.snmp.table_reader import TableReader
from collectors.snmp.tables.bridge import ForwardingEntry, forwarding_in
from collectors.snmp.tables.value import Partial
from ledger.observation import Failure

#: Systems whose BRIDGE-MIB is so.
PER_VLAN = frozenset({"IOS", "IOS-XE"})
#: FDDI's and Token Ring's VLANs, which every Cisco switch has and no port is in.
RESERVED = range(1002, 1006)
#: A switch has up to 4,094 VLANs; so many are asked for, one after the other.
MOST_VLANS = 256
#: A community that the switch doesn't know looks like silence: after so many silent VLANs the next one won't answer.
MOST_SILENT = 3
#: A switch with more entries than that has more than any forwards.
MOST_ENTRIES = 100_000
NOT_REACHED = "not asked, the VLANs before it didn't answer"
TOO_MANY_VLANS = f"not asked, more than {MOST_VLANS} VLANs"
TOO_MANY_ENTRIES = f"not asked, more than {MOST_ENTRIES} entries before it"


@dataclass(slots=True)
class VlanTables:
    """What the VLANs' tables have together; `reasons` maps why some weren't read whole to those."""

    entries: list[ForwardingEntry] = field(default_factory=list)
    reasons: dict[str, list[int]] = field(default_factory=dict)
    packets: int = 0

    @property
    def problems(self) -> tuple[str, ...]:
        """The reasons with their VLANs: `VLAN 10, 20-22: …`."""
        return tuple(f"VLAN {spans(vlans)}: {reason}" for reason, vlans in self.reasons.items())

    def note(self, reason: str, vlans: Iterable[int]) -> None:
        """Add VLANs to those that weren't read whole for this reason."""
        if missing := list(vlans):
            self.reasons.setdefault(reason, []).extend(missing)


async def read_vlan_tables(session: VlanSession, vlans: Iterable[int], clock: Callable[[], datetime]) -> VlanTables:
    """The forwarding tables of these VLANs, one after the other; one that is refused stops no other."""
    wanted = sorted(set(vlans) - set(RESERVED))
    found = VlanTables()
    found.note(TOO_MANY_VLANS, wanted[MOST_VLANS:])
    wanted = wanted[:MOST_VLANS]
    silent = 0
    for place, vlan in enumerate(wanted):
        fault = await _read(session, vlan, found, clock)
        silent = silent + 1 if fault is not None and fault.failure is Failure.NO_ANSWER else 0
        if silent == MOST_SILENT or len(found.entries) > MOST_ENTRIES:
            found.note(NOT_REACHED if silent else TOO_MANY_ENTRIES, wanted[place + 1 :])
            break
    return found


async def _read(session: VlanSession, vlan: int, found: VlanTables, clock: Callable[[], datetime]) -> Fault | None:
    turn = session.in_vlan(vlan)
    table = await TableReader(turn, SlowTables(), clock).table(forwarding_in(vlan))
    found.packets += turn.packets
    fault = table.fault if isinstance(table, Partial) else table if isinstance(table, Fault) else None
    if fault is not None:
        found.note(fault.text, [vlan])
    if not isinstance(table, Fault):
        found.entries += table.read if isinstance(table, Partial) else table
    return fault


def spans(vlans: Sequence[int]) -> str:
    """Numbers in order as people write them: `1, 10, 20-22`."""
    parts: list[list[int]] = []
    for vlan in vlans:
        if parts and vlan == parts[-1][-1] + 1:
            parts[-1][1:] = [vlan]
        else:
            parts.append([vlan])
    return ", ".join("-".join(map(str, part)) for part in parts)
