"""The one way out for discovery: nothing is sent to an address outside the ranges, whoever names it."""

from collections.abc import Mapping
from typing import Protocol

from collectors.discovery.approach import Approach, approach
from collectors.discovery.ranges import Address, Ranges, may_be_asked
from collectors.discovery.roster import Roster
from collectors.snmp.client import Session, SnmpClient

#: A device may take so long to tell who and whom it knows, in seconds.
DEADLINE_SECONDS = 30.0


class Echoes(Protocol):
    """Asks addresses of both families whether they answer."""

    async def answers(self, address: Address) -> bool:
        """Whether an echo came back in time."""


class Fence:
    """Echoes and SNMP sessions, for addresses within the ranges alone, with the credentials that `approach` allows.

    `clients` has a client for each credential that there is.
    """

    def __init__(self, ranges: Ranges, roster: Roster, echoes: Echoes, clients: Mapping[Approach, SnmpClient]) -> None:
        self._ranges = ranges
        self._roster = roster
        self._echoes = echoes
        self._clients = clients

    def allows(self, address: Address) -> bool:
        """Whether the address may be asked: in the ranges, and one host's."""
        return address in self._ranges and may_be_asked(address) and address not in self._roster.edges

    async def echo(self, address: Address) -> bool:
        """Whether the address answers an echo; raises ValueError outside the ranges, and sends nothing."""
        self._refuse_outside(address)
        return await self._echoes.answers(address)

    def session(self, address: Address) -> tuple[Approach, Session] | None:
        """A session with the address, and with whose credentials; None where it gets an echo only.

        Raises ValueError outside the ranges, and sends nothing.
        """
        self._refuse_outside(address)
        chosen = self.approach(address)
        client = self._clients.get(chosen)
        return None if client is None else (chosen, client.session(address, deadline_seconds=DEADLINE_SECONDS))

    def approach(self, address: Address) -> Approach:
        """With what the address is asked, if it may be."""
        planned, has_discovery = self._roster.devices.get(address), Approach.DISCOVERY in self._clients
        return approach(planned, self._roster.today, has_discovery=has_discovery)

    def _refuse_outside(self, address: Address) -> None:
        if not self.allows(address):
            raise ValueError(f"discovery: {address} is outside the ranges")
