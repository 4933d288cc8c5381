"""`baophu discover` on real peers: echoes on loopback, agents (net-snmp) at addresses of their own."""

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Protocol

import pytest
from pydantic import SecretStr
from snmp_real import AGENT, MakeSnmpd, StartSnmpd, v3

from baophu.discovering import DiscoveryError, Outcome, Wish, run_discovery
from baophu.discovery_tables import print_discovery
from baophu.session import SPEAKING
from collectors.credentials import Snmp, SnmpV2c
from collectors.discovery.acquaintance import Way
from collectors.discovery.approach import Approach
from collectors.discovery.candidates import HEADER
from collectors.discovery.finding import Finding, Verdict
from ledger.errors import CallError
from ledger.language import Language, Text
from ledger.plan import Plan

PROVINCE, DISCOVERY = Approach.PROVINCE, Approach.DISCOVERY
#: A planned switch of ours, a planned router that is CPT's, a stranger with an agent, and one without.
SWITCH, ROUTER, STRANGER, BARE = (IPv4Address(f"127.0.68.{host}") for host in (2, 9, 77, 100))
SWITCH_ID, ROUTER_ID = "68-22945-SW-001", "68-22945-RT-001"
COMMUNITY = "look-around"
READABLE = f"rocommunity {COMMUNITY}"
#: What each agent answers to: the CPT's would let itself be read by the discovery community too.
AGENTS = {
    SWITCH: f"{AGENT}\n{READABLE}",
    ROUTER: f"sysName cpt-router\n{READABLE}",
    STRANGER: f"sysName new-switch\n{READABLE}",
}


class Look(Protocol):
    """What the fixture gives: `look(ranges or a seed, with what)`."""

    def __call__(
        self, *ranges: str, seed: str | None = None, purposes: tuple[Approach, ...] = (), csv_file: Path | None = None
    ) -> Outcome:
        """Look around."""


@dataclass(frozen=True)
class Agents:
    """Where the agents listen, and where each tells who asked it."""

    port: int
    logs: dict[IPv4Address, Path]

    def heard(self) -> set[IPv4Address]:
        """Who got a packet so far."""
        return {address for address, log in self.logs.items() if b"Connection from UDP" in log.read_bytes()}


@pytest.fixture
def agents(make_snmpd: MakeSnmpd) -> Iterator[Agents]:
    first = make_snmpd("agent", tells_who=True)
    others: list[StartSnmpd] = [make_snmpd("agent", first.port, tells_who=True) for _ in range(len(AGENTS) - 1)]
    started = dict(zip(AGENTS, [first, *others], strict=True))
    with ExitStack() as stack:
        for address, snmpd in started.items():
            stack.enter_context(snmpd(AGENTS[address], str(address)))
        yield Agents(first.port, {address: snmpd.log for address, snmpd in started.items()})


@pytest.fixture
def plan(lab_plan: Plan) -> Plan:
    """The lab's, with a commune on loopback, and its router somebody else's."""
    devices, site = dict(lab_plan.devices), lab_plan.sites["68-22945-TS"]
    devices[SWITCH_ID] = replace(devices[SWITCH_ID], address=SWITCH)
    devices[ROUTER_ID] = replace(devices[ROUTER_ID], address=ROUTER, owner="CPT")
    sites = {**lab_plan.sites, site.id: replace(site, prefix=IPv4Network("127.0.64.0/21"))}
    return replace(lab_plan, devices=devices, sites=sites, vlans={})


@pytest.fixture
def look(plan: Plan, agents: Agents) -> Look:
    SPEAKING.set(Text(Language.EN))
    known: dict[Approach, Snmp] = {PROVINCE: v3(), DISCOVERY: SnmpV2c(SecretStr(COMMUNITY))}

    def run(
        *ranges: str, seed: str | None = None, purposes: tuple[Approach, ...] = (), csv_file: Path | None = None
    ) -> Outcome:
        wish = Wish(
            ranges=ranges,
            seed=seed,
            within=("127.0.68.0/24",) if seed is not None else (),
            limit=None,
            rate=1000,
            port=agents.port,
            csv=csv_file,
        )
        return run_discovery(wish, plan, {purpose: known[purpose] for purpose in purposes})

    return run


def by_address(outcome: Outcome) -> dict[object, Finding]:
    return {finding.address: finding for finding in outcome.discovery.findings}


SWEPT = ("127.0.68.2/31", "127.0.68.8/31", "127.0.68.76/31", "127.0.68.100/32")
ALL = {*AGENTS, BARE, *(IPv4Address(f"127.0.68.{host}") for host in (3, 8, 76))}


def test_a_sweep_with_echoes_alone_sends_no_snmp(look: Look, agents: Agents) -> None:
    outcome = look(*SWEPT)
    assert {address: finding.ways for address, finding in by_address(outcome).items()} == dict.fromkeys(
        ALL, (Way.ECHO,)
    )
    assert agents.heard() == set()


def test_the_provinces_credentials_reach_its_own_switch_and_nobody_else(look: Look, agents: Agents) -> None:
    outcome = look(*SWEPT, purposes=(PROVINCE,))
    assert agents.heard() == {SWITCH}
    found = by_address(outcome)[SWITCH]
    assert (found.asset, found.name, found.verdict) == (SWITCH_ID, "68-22945-SW-001", Verdict.PLANNED)
    assert found.identity is not None
    assert found.identity.os == "Linux"
    assert (found.asked_with, found.ways) == (PROVINCE, (Way.ECHO, Way.SNMP))


def test_the_discovery_credentials_reach_strangers_and_no_planned_device(
    look: Look, agents: Agents, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "candidates.csv"
    outcome = look(*SWEPT, purposes=(PROVINCE, DISCOVERY), csv_file=file)
    assert agents.heard() == {SWITCH, STRANGER}
    found = by_address(outcome)
    assert (found[STRANGER].name, found[STRANGER].asked_with) == ("new-switch", DISCOVERY)
    assert found[STRANGER].verdict is Verdict.UNPLANNED
    assert (found[ROUTER].asset, found[ROUTER].identity, found[ROUTER].ways) == (ROUTER_ID, None, (Way.ECHO,))
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert [row["address"] for row in rows] == sorted(
        (str(address) for address in ALL - {SWITCH, ROUTER}), key=IPv4Address
    )
    assert next(row for row in rows if row["address"] == str(STRANGER)) == {
        **dict.fromkeys(HEADER, ""),
        "device": "new-switch",
        "unit": "68-22945",
        "site": "68-22945-TS",
        "address": str(STRANGER),
    }
    print_discovery(outcome, Text(Language.EN))
    shown = capfd.readouterr().out
    assert shown.index("Not in the plan: 5") < shown.index("new-switch") < shown.index("In the plan: 2")
    assert COMMUNITY not in shown


def test_a_walk_from_a_device_asks_it_and_stays_within(look: Look, agents: Agents) -> None:
    outcome = look(seed=str(SWITCH), purposes=(PROVINCE,))
    assert agents.heard() == {SWITCH}
    assert SWITCH_ID in {finding.asset for finding in outcome.discovery.findings}
    assert [each.device.id for each in outcome.discovery.missing] == [ROUTER_ID]
    assert all(each.address in IPv4Network("127.0.68.0/24") for each in outcome.discovery.findings)


@pytest.mark.parametrize(
    ("seed", "purposes", "words"),
    [
        ("127.0.69.1", (PROVINCE,), "outside the ranges"),
        (str(ROUTER), (PROVINCE, DISCOVERY), "which isn't ours"),
        (str(STRANGER), (PROVINCE,), "no planned device of ours"),
        (str(SWITCH), (), "a walk asks over SNMP"),
    ],
)
def test_a_walk_that_leads_nowhere_is_refused_before_anything_is_sent(
    look: Look, agents: Agents, seed: str, purposes: tuple[Approach, ...], words: str
) -> None:
    with pytest.raises(CallError, match=words):
        look(seed=seed, purposes=purposes)
    assert agents.heard() == set()


def test_a_seed_that_tells_nothing_is_an_error(look: Look, agents: Agents) -> None:
    del agents
    with pytest.raises(DiscoveryError, match=r"127\.0\.68\.100 doesn't tell whom it knows: no_answer"):
        look(seed=str(BARE), purposes=(DISCOVERY,))


def run(*arguments: str, code: int) -> subprocess.CompletedProcess[str]:
    """The command itself, in English, without settings of this shell."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BAOPHU_")}
    command = [sys.executable, "-m", "baophu", "--lang", "en", "discover", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def heed_ctrl_c() -> None:
    """A shell has its background jobs, tests among them, ignore it, and what they start as well."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_shows_what_was_found_so_far_and_ends_with_130(tmp_path: Path) -> None:
    file = tmp_path / "candidates.csv"
    command = [sys.executable, "-m", "baophu", "--lang", "en", "discover", "127.0.0.0/20", "--rate", "20"]
    with subprocess.Popen(
        [*command, "--csv", str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_ctrl_c,  # noqa: PLW1509 - there is one thread
    ) as process:
        assert process.stderr is not None
        assert "addresses asked" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        shown, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert "Ended before its time: this is what was found so far" in shown
    assert "127.0.0.1 " in shown
    assert "127.0.0.1" in file.read_text(encoding="utf-8")
    assert "Traceback" not in errors


def test_nothing_found_is_no_failure(tmp_path: Path) -> None:
    file = tmp_path / "candidates.csv"
    done = run("198.51.100.0/31", "--csv", str(file), code=0)
    assert "Not in the plan: 0" in done.stdout
    assert file.read_text(encoding="utf-8") == ",".join(HEADER) + "\n"
