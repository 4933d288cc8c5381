"""`python link_measuring.py AGENT_PORT LINK PORT SECONDS`: measures a link of the lab's plan at an agent on loopback.

Polls it as the collectors do. Prints each sample as a line of JSON: the slice's number, both ways' bits a second.
"""

import asyncio
import json
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from link_traffic import SLICE_SECONDS
from pydantic import SecretStr

from collectors.capacity.ports import LinkPorts
from collectors.credentials import SnmpV2c
from collectors.snmp.engine_client import EngineClient
from collectors.snmp.poller import Poller, Watchers
from ledger.plan import Plan, read_plan

POLL_SECONDS = 0.5
COMMUNITY = "measured"


def measured_plan(link: str, port: str) -> Plan:
    """The lab's plan, with the link's nearer end on loopback and called `port`."""
    plan = read_plan(Path("inventory/lab"))
    end = replace(plan.links[link].a, port=port)
    pop = replace(plan.devices[end.device], address=IPv4Address("127.0.0.1"))
    links = {**plan.links, link: replace(plan.links[link], a=end)}
    return replace(plan, links=links, devices={**plan.devices, pop.id: pop})


async def measure(agent_port: int, link: str, port: str, seconds: float) -> None:
    """Poll for so long."""
    plan = measured_plan(link, port)
    ports = LinkPorts(plan, datetime.now(UTC).date(), timedelta(seconds=SLICE_SECONDS))
    client = EngineClient(SnmpV2c(SecretStr(COMMUNITY)), port=agent_port, timeout_seconds=1.0, retries=1)
    async with client as asking:
        poller = Poller(asking, watchers=Watchers(ports))
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await poller.read(plan.devices[plan.links[link].a.device], lambda: datetime.now(UTC))
            await asyncio.sleep(POLL_SECONDS)
    for sample in ports.samples():
        number = int(sample.begins_at.timestamp() // SLICE_SECONDS)
        sys.stdout.write(json.dumps([number, sample.from_unit, sample.to_unit]) + "\n")


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])))
