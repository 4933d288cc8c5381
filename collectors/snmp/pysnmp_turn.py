"""One agent's turn to be asked through pysnmp."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Protocol, TypeVar

from collectors.fault import Fault
from collectors.snmp.client import Column, Oid, Unasked, Value
from collectors.snmp.conversation import NOT_ASKED
from ledger.observation import Failure

T = TypeVar("T")
IPV4 = 4
NO_VLANS_BY_PYSNMP = Fault(Failure.COLLECTOR_ERROR, "contexts of VLANs are not asked for over SNMPv3 with DES")
IPV6_ONLY_BY_ENGINE = Fault(Failure.COLLECTOR_ERROR, "SNMPv3 with DES is asked over IPv4 only")


class Asking(Protocol):
    """What the turn is asked with."""

    async def get(self, address: IPv4Address | IPv6Address, oids: Sequence[Oid]) -> Mapping[Oid, Value] | Fault:
        """The instances' values; one that the agent doesn't have is left out."""

    async def walk(self, address: IPv4Address | IPv6Address, column: Oid) -> Column:
        """A column; it says why where it breaks off."""


@dataclass(slots=True)
class PysnmpTurn:
    """A Session over pysnmp; `deadline` is the loop's time."""

    asking: Asking
    address: IPv4Address | IPv6Address
    deadline_seconds: float
    deadline: float
    is_silent: bool = False
    packets: int = 0  # pysnmp doesn't tell

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value] | Fault:
        """The instances' values; one that the agent doesn't have is left out."""
        if self.address.version != IPV4:
            return IPV6_ONLY_BY_ENGINE
        found = await self._in_time(self.asking.get(self.address, oids))
        self._note(found if isinstance(found, Fault) else None)
        return found

    async def columns(self, oids: Sequence[Oid]) -> Mapping[Oid, Column]:
        """Whole columns, in that order; one that breaks off says why."""
        if self.address.version != IPV4:
            return {oid: Column(fault=IPV6_ONLY_BY_ENGINE) for oid in oids}
        found: dict[Oid, Column] = {}
        for oid in oids:
            if self.is_silent:
                found[oid] = Column(fault=NOT_ASKED)
                continue
            column = await self._in_time(self.asking.walk(self.address, oid))
            found[oid] = Column(fault=column) if isinstance(column, Fault) else column
            self._note(found[oid].fault)
        return found

    def in_vlan(self, vlan: int) -> Unasked:
        """A VLAN's context, which this client doesn't reach: pysnmp is for few and unusual devices."""
        del vlan
        return Unasked(NO_VLANS_BY_PYSNMP)

    def _note(self, fault: Fault | None) -> None:
        self.is_silent = self.is_silent or (fault is not None and fault.failure is Failure.NO_ANSWER)

    async def _in_time(self, answer: Awaitable[T]) -> T | Fault:
        try:
            async with asyncio.timeout_at(self.deadline):
                return await answer
        except TimeoutError:
            return Fault(Failure.NO_ANSWER, f"not read within {self.deadline_seconds:g} s")
