"""Devices asked for their names through our SNMP engine, one after the other or all at once."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from ipaddress import IPv4Address

from collectors.credentials import Snmp
from collectors.fault import Fault
from collectors.snmp.engine_client import EngineClient
from collectors.snmp.tables.system import SYS_NAME
from collectors.snmp.usm_messages import UsmMessages

#: How long a reply is waited for where one comes, and where none does.
PATIENT, SHORT = 5.0, 0.4
#: No story is as long: something hangs.
LONGEST_SECONDS = 30.0
Observed = bytes | Fault
Story = Callable[[EngineClient], Coroutine[None, None, None]]


def tell(story: Story, credentials: Snmp, port: int, *, timeout: float = PATIENT, retries: int = 0) -> EngineClient:
    """Run it with a client that is open; gives the client for what it counted."""
    client = EngineClient(credentials, port=port, timeout_seconds=timeout, retries=retries)

    async def told() -> None:
        async with asyncio.timeout(LONGEST_SECONDS), client:
            await story(client)

    asyncio.run(told())
    return client


async def name(client: EngineClient, at: str) -> Observed:
    """A device's sysName, or why not."""
    found = await client.session(IPv4Address(at), deadline_seconds=60).get([SYS_NAME])
    if isinstance(found, Fault):
        return found
    value = found[SYS_NAME]
    assert isinstance(value, bytes)
    return value


async def names(client: EngineClient, at: Iterable[str]) -> dict[str, Observed]:
    """All at once."""
    asked = list(at)
    return dict(zip(asked, await asyncio.gather(*(name(client, one) for one in asked)), strict=True))


def security(client: EngineClient, at: str) -> UsmMessages:
    """What the client knows of a device's engine."""
    found = client._agents[IPv4Address(at)].messages
    assert isinstance(found, UsmMessages)
    return found
