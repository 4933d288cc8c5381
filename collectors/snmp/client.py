"""The seam between what is read and the SNMP engine that reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Protocol

from collectors.fault import Fault
from collectors.snmp.ber import Oid, Value
from collectors.snmp.column import Column
from collectors.snmp.pacing import SitePace

__all__ = ["Column", "Oid", "Session", "SnmpClient", "Unasked", "Value", "VlanSession"]


class Session(Protocol):
    """One agent's turn to be asked, for reading only, until its deadline."""

    @property
    def packets(self) -> int:
        """How many requests were sent to it in this turn."""

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value] | Fault:
        """The instances' values; one that the agent doesn't have is left out."""

    async def columns(self, oids: Sequence[Oid]) -> Mapping[Oid, Column]:
        """Whole columns, in that order; one that breaks off says why. After silence nothing more is asked for."""


class VlanSession(Session, Protocol):
    """A session that reaches the contexts in which Cisco's IOS keeps a BRIDGE-MIB for each VLAN."""

    def in_vlan(self, vlan: int) -> Session:
        """The same turn in a VLAN's context: `COMMUNITY@vlan` over v1 and v2c, the context `vlan-N` over v3.

        Its silence, or its refusal, says nothing of the other contexts; `packets` are its own.
        """


@dataclass(frozen=True, slots=True)
class Unasked:
    """A session that asks nothing, because of `fault`."""

    fault: Fault
    packets: int = 0

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value] | Fault:
        """The fault."""
        del oids
        return self.fault

    async def columns(self, oids: Sequence[Oid]) -> Mapping[Oid, Column]:
        """Columns without rows that say why."""
        return {oid: Column(fault=self.fault) for oid in oids}


class SnmpClient(Protocol):
    """Asks agents and only ever reads. An agent that doesn't answer properly is a Fault, never an exception."""

    def session(
        self, address: IPv4Address | IPv6Address, *, deadline_seconds: float, pace: SitePace | None = None
    ) -> Session:
        """Ask an agent, within the deadline; `pace` is its site's, that isn't to be flooded."""
