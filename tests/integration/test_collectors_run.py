"""The collectors as the command starts them: a real agent, a real SSH server, and the rest of the plan silent."""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Protocol

import pytest

from collectors.credentials import read_credentials
from collectors.runner import CollectorSettings, CycleReport, collect
from collectors.schedule import PlanSchedule
from ledger.observation import Check, Failure, Heartbeat, Observation
from ledger.plan import Plan

HERE = IPv4Address("127.0.0.1")
ROUTER, SILENT = "68-22945-RT-001", "68-22924-RT-001"
AUTH_KEY, PRIV_KEY = "authentication-key", "privacy-key-of-it"
AGENT = f"""
createUser baophu SHA-256 "{AUTH_KEY}" AES "{PRIV_KEY}"
rouser baophu authpriv
sysName {ROUTER}
"""


class StartSnmpd(Protocol):
    """What the fixture gives."""

    port: int

    def __call__(self, configuration: str) -> AbstractContextManager[None]:
        """Start it for as long as the context lasts."""


class StartSshd(Protocol):
    """What the fixture gives."""

    folder: Path
    port: int
    user: str
    key: Path
    known_hosts: Path

    def __call__(self, forced_command: str) -> AbstractContextManager[None]:
        """Start it for as long as the context lasts."""


class Sink:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.observations: list[Observation] = []
        self.heartbeats: list[Heartbeat] = []

    def accept(self, observations: Sequence[Observation]) -> None:
        self.observations += observations

    def beat(self, heartbeat: Heartbeat) -> None:
        self.heartbeats.append(heartbeat)


@pytest.fixture
def small_plan(lab_plan: Plan) -> Plan:
    """Two of the lab's routers: one is this machine, the other an address where nobody is."""
    wanted = {ROUTER: HERE, SILENT: IPv4Address("198.51.100.1")}
    devices = {name: replace(lab_plan.devices[name], address=address) for name, address in wanted.items()}
    return replace(lab_plan, devices=devices, links={})


@pytest.fixture
def settings(snmpd: StartSnmpd, sshd: StartSshd, tmp_path: Path) -> CollectorSettings:
    file = tmp_path / "credentials.yml"
    for name, text in (("auth", AUTH_KEY), ("priv", PRIV_KEY)):
        (tmp_path / name).write_text(text, encoding="ascii")
        (tmp_path / name).chmod(0o600)
    file.write_text(
        "snmp: {version: 3, user: baophu, auth_key_file: auth, priv_key_file: priv}\n"
        f"leases: {{user: {sshd.user}, key_file: {sshd.key}, known_hosts: {sshd.known_hosts}}}\n",
        encoding="utf-8",
    )
    file.chmod(0o600)
    return CollectorSettings(
        read_credentials(file),
        snmp_port=snmpd.port,
        ssh_port=sshd.port,
        snmp_timeout_seconds=1,
        snmp_retries=0,
        ssh_timeout_seconds=2,
        ping_timeout_seconds=0.2,
        ping_tries=1,
    )


@pytest.fixture
def forced_command(sshd: StartSshd) -> str:
    ends = int((datetime.now(UTC) + timedelta(minutes=30)).timestamp())
    (sshd.folder / "leases").write_text(f"{ends} 02:68:00:20:00:01 10.68.24.100 pc-1 *\n", encoding="ascii")
    return f"cat {sshd.folder / 'leases'}"


def test_one_cycle_tells_what_answers_and_what_does_not(
    small_plan: Plan, settings: CollectorSettings, snmpd: StartSnmpd, sshd: StartSshd, forced_command: str
) -> None:
    sink, reports = Sink(), list[CycleReport]()
    with snmpd(AGENT), sshd(forced_command):
        asyncio.run(collect(small_plan, PlanSchedule(small_plan), sink, settings, once=True, on_cycle=reports.append))
    silent = Failure.NO_ANSWER
    told = [item for item in sink.observations if item.check is not Check.TERMINAL]
    assert {(item.asset, item.check, item.ok, item.failure) for item in told} == {
        (ROUTER, Check.SNMP, True, None),
        (ROUTER, Check.ADJACENCY, False, Failure.BAD_REPLY),  # this snmpd has no LLDP-MIB
        (ROUTER, Check.DHCP, True, None),
        (ROUTER, Check.PING, True, None),
        (SILENT, Check.SNMP, False, silent),
        (SILENT, Check.DHCP, False, silent),
        (SILENT, Check.PING, False, silent),
        ("68-22945-PC-001", Check.LEASE, True, None),
    }
    assert [(beat.collector, beat.asked, beat.failed) for beat in sink.heartbeats] == [
        ("snmp", 2, 1),
        ("leases", 2, 1),
        ("terminal", 2, 0),
        ("icmp", 2, 1),
    ]
    (terminal,) = (item for item in sink.observations if item.check is Check.TERMINAL)
    assert (terminal.asset, terminal.failure) == (ROUTER, None), "what this machine has is another matter"
    assert len(reports) == 1
    assert list(reports[0].heartbeats) == sink.heartbeats


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_collectors_and_gives_back_its_handler(
    small_plan: Plan, settings: CollectorSettings, number: signal.Signals
) -> None:
    before = signal.getsignal(number)
    sink, reports = Sink(), list[CycleReport]()

    def tell(report: CycleReport) -> None:
        reports.append(report)
        os.kill(os.getpid(), number)

    asyncio.run(collect(small_plan, PlanSchedule(small_plan), sink, settings, on_cycle=tell))
    assert len(reports) == 1
    assert signal.getsignal(number) == (signal.SIG_DFL if number == signal.SIGTERM else before)
