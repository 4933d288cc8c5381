"""The seam between what is read and the SNMP engine that reads it."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address
from typing import Protocol

from collectors.fault import Fault

#: An object identifier, or the part of one that is a row's index.
Oid = tuple[int, ...]
#: What an agent answered: INTEGER and counters, OCTET STRING and IpAddress, OBJECT IDENTIFIER.
Value = int | bytes | Oid
#: A column of a conceptual table, `dict[index, value]`, in the agent's order.
Column = Mapping[Oid, Value]


class SnmpClient(Protocol):
    """Asks agents and only ever reads. An agent that doesn't answer properly is a Fault, never an exception."""

    async def get(self, address: IPv4Address, oids: Sequence[Oid]) -> Mapping[Oid, Value] | Fault:
        """The instances' values; one that the agent doesn't have is left out."""

    async def walk(self, address: IPv4Address, column: Oid) -> Column | Fault:
        """A whole column; empty where the agent doesn't have it, never a part of one."""
