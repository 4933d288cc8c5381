"""The SnmpClient over our own engine: SNMPv3 authPriv, v2c or v1, as the credentials say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from types import TracebackType
from typing import Self

from collectors.credentials import Snmp, SnmpV1, SnmpV2c, SnmpV3
from collectors.fault import Fault
from collectors.snmp.agent import Agent
from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.community import CommunityMessages, Version
from collectors.snmp.conversation import Conversation, T, Talk, read_columns, read_values
from collectors.snmp.engine import Engine
from collectors.snmp.pacing import SitePace
from collectors.snmp.traffic import Traffic
from collectors.snmp.usm_messages import UsmMessages
from ledger.observation import Failure


class EngineClient:
    """An SnmpClient; open it with `async with` in the loop that uses it. It remembers each agent that it asked."""

    def __init__(
        self,
        credentials: Snmp,
        *,
        port: int = 161,
        timeout_seconds: float = 2.0,
        retries: int = 1,
        traffic: Traffic | None = None,
    ) -> None:
        self._credentials = credentials
        self._port = port
        self._timeout_seconds = timeout_seconds
        self._engine = Engine(traffic or Traffic())
        self._tries = retries + 1
        self._agents: dict[IPv4Address | IPv6Address, Agent] = {}
        self._community = None if isinstance(credentials, SnmpV3) else _community(credentials)

    async def __aenter__(self) -> Self:
        """Open the engine's sockets."""
        await self._engine.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""
        await self._engine.__aexit__(kind, error, trace)

    @property
    def traffic(self) -> Traffic:
        """What went over the sockets."""
        return self._engine.traffic

    def session(
        self, address: IPv4Address | IPv6Address, *, deadline_seconds: float, pace: SitePace | None = None
    ) -> "EngineSession":
        """Ask an agent, within the deadline; `pace` is its site's."""
        talk = Talk(self._agent(address), self._tries, deadline_seconds)
        return EngineSession(self._engine, talk, self._engine.now() + deadline_seconds, pace)

    def _agent(self, address: IPv4Address | IPv6Address) -> Agent:
        found = self._agents.get(address)
        if found is None:
            found = Agent((str(address), self._port), self._messages(), self._timeout_seconds)
            self._agents[address] = found
        return found

    def _messages(self) -> CommunityMessages | UsmMessages:
        """One format for all agents where they share a community, else one that knows its agent's engine."""
        if self._community is not None:
            return self._community
        assert isinstance(self._credentials, SnmpV3)  # noqa: S101 - only they have no community
        return UsmMessages(self._credentials, self._engine.now)


@dataclass(slots=True)
class EngineSession:
    """One agent's turn."""

    engine: Engine
    talk: Talk
    deadline: float
    pace: SitePace | None

    @property
    def packets(self) -> int:
        """How many requests were sent to it in this turn."""
        return self.talk.packets

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value] | Fault:
        """The instances' values; one that the agent doesn't have is left out."""
        found = await self._run(read_values(self.talk, oids))
        is_silent = isinstance(found, Fault) and found.failure is Failure.NO_ANSWER
        self.talk.agent.is_dead = is_silent
        return found

    async def columns(self, oids: Sequence[Oid]) -> Mapping[Oid, Column]:
        """Whole columns, in that order; one that breaks off says why."""
        return await self._run(read_columns(self.talk, oids))

    def in_vlan(self, vlan: int) -> "EngineSession":
        """The same turn in a VLAN's context; what is said there is not mixed up with what is said here."""
        talk = Talk(self.talk.agent.in_vlan(vlan), self.talk.tries, self.talk.deadline_seconds)
        return EngineSession(self.engine, talk, self.deadline, self.pace)

    async def _run(self, steps: Conversation[T]) -> T:
        found: T = await self.engine.converse(self.talk, steps, self.deadline, self.pace)
        return found


def _community(credentials: SnmpV2c | SnmpV1) -> CommunityMessages:
    version = Version.V2C if isinstance(credentials, SnmpV2c) else Version.V1
    return CommunityMessages(version, credentials.community.get_secret_value().encode())
