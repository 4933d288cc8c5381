"""Annex I of circular 06/2026: what a terminal's agent shows of it, and what that comes to in HT14."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import pytest
from played import NOON, Clock

from collectors.fault import Fault
from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.tables.addresses import IP_ADDRESS_IF_INDEX
from collectors.snmp.tables.interfaces import IF_DESCR, IF_NAME, IF_TYPE
from collectors.snmp.tables.sockets import IF_CONNECTOR_PRESENT
from collectors.snmp.tables.vlans import VLAN_STATIC_NAME
from collectors.terminal.round import EVERY, TerminalRound
from ledger.figure import AssetRow, Coverage, Snapshot
from ledger.language import Language, Text
from ledger.observation import Check, Failure, Observation
from ledger.plan import Plan, Role
from ledger.remark import said
from ledger.terminal import Shown, Terminal, TerminalLevel, level_of, owes_annex, said_of, value_of

ROUTER, POP, SWITCH = "68-22945-RT-001", "68-POP-RT-001", "68-22945-SW-001"
ETHERNET, VIRTUAL, L2_VLAN, LOOPBACK, VDSL = 6, 53, 135, 24, 97
ABSENT = 2
V4, V6 = (1, 4, 10, 68, 2, 6), (2, 16, *bytes.fromhex("fe80000000000000000000000000000a"))
Evaluate = Callable[..., Snapshot]
Interface = tuple[str, int] | tuple[str, int, int]
FIVE: tuple[Interface, ...] = tuple((f"GigabitEthernet0/{number}", ETHERNET) for number in range(5))


class Agent:
    """Plays a session with one agent."""

    packets = 1

    def __init__(
        self, interfaces: Sequence[Interface], addresses: Sequence[Oid] = (V4, V6), vlans: Sequence[int] = ()
    ) -> None:
        rows = [(number,) for number in range(1, len(interfaces) + 1)]
        cells: dict[Oid, dict[Oid, Value]] = {
            IF_NAME: {row: each[0].encode() for row, each in zip(rows, interfaces, strict=True)},
            IF_TYPE: {row: each[1] for row, each in zip(rows, interfaces, strict=True)},
            IF_CONNECTOR_PRESENT: {r: e[2] for r, e in zip(rows, interfaces, strict=True) if len(e) == 3},
            IP_ADDRESS_IF_INDEX: dict.fromkeys(addresses, 1),
            VLAN_STATIC_NAME: {(vlan,): b"office" for vlan in vlans},
        }
        self.cells = cells
        self.fault: Fault | None = None
        self.asked = 0

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value] | Fault:
        raise AssertionError(oids)

    async def columns(self, oids: Sequence[Oid]) -> Mapping[Oid, Column]:
        self.asked += 1
        found = {oid: self.cells.get(oid, {}) for oid in oids}
        return {oid: Column(tuple(cells), tuple(cells.values()), self.fault) for oid, cells in found.items()}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def terminals(lab_plan: Plan, clock: Clock) -> TerminalRound:
    return TerminalRound(plan=lab_plan, clock=clock)


def look(terminals: TerminalRound, agent: Agent, device: str = ROUTER) -> list[Observation]:
    async def both() -> list[Observation]:
        await terminals.look(agent, terminals.plan.devices[device])
        return (await terminals.ask())[1]

    return asyncio.run(both())


def value(terminals: TerminalRound, agent: Agent) -> str | None:
    (observation,) = look(terminals, agent)
    return observation.value


@pytest.mark.parametrize(
    ("interfaces", "count"),
    [
        (FIVE, 5),
        ((*FIVE, ("Vlan10", ETHERNET), ("Loopback0", LOOPBACK), ("Port-channel1", ETHERNET)), 5),
        (
            (("wan0", ETHERNET), ("lan0", ETHERNET), ("vlan10", ETHERNET), ("br0", ETHERNET), ("ovs-netdev", ETHERNET)),
            2,
        ),
        ((("eth0", ETHERNET), ("eth0.10", ETHERNET), ("mgmt0", ETHERNET), ("lo", LOOPBACK)), 1),
        ((("wan", VDSL), ("lan1", ETHERNET, 1), ("sfp1", ETHERNET, ABSENT)), 2),
        ((("Null0", VIRTUAL), ("Dialer1", 23)), 0),
    ],
)
def test_sockets_are_what_a_cable_goes_into(
    terminals: TerminalRound, interfaces: Sequence[Interface], count: int
) -> None:
    assert f"ports={count}/5 " in str(value(terminals, Agent(interfaces)))


def test_an_agent_without_the_ifxtable_names_its_ports_by_description(terminals: TerminalRound) -> None:
    agent = Agent((("Ethernet 1", ETHERNET), ("VLAN 5", ETHERNET)))
    agent.cells[IF_DESCR] = agent.cells.pop(IF_NAME)
    assert "ports=1/5 " in str(value(terminals, agent))


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (Agent(FIVE), "vlan=unknown ipv6=yes"),
        (Agent(FIVE, vlans=[10]), "vlan=yes ipv6=yes"),
        (Agent((*FIVE, ("sub", L2_VLAN))), "vlan=yes ipv6=yes"),
        (Agent((*FIVE, ("GigabitEthernet0/0.10", ETHERNET))), "vlan=yes ipv6=yes"),
        (Agent((*FIVE, ("vlan10", ETHERNET)), addresses=[V4]), "vlan=yes ipv6=no"),
        (Agent(FIVE, addresses=[]), "vlan=unknown ipv6=unknown"),
    ],
)
def test_vlans_and_ipv6_are_seen_or_not_known(terminals: TerminalRound, agent: Agent, shown: str) -> None:
    assert shown in str(value(terminals, agent))
    assert str(value(TerminalRound(plan=terminals.plan, clock=terminals.clock), agent)).endswith(
        "snmp=yes syslog=unknown admin=unknown"
    )


@pytest.mark.parametrize(
    ("sockets", "level", "vlan", "ipv6", "expected"),
    [
        (5, "II", Shown.YES, Shown.YES, True),
        (5, "II", Shown.UNKNOWN, Shown.UNKNOWN, True),  # what isn't shown is held against nobody
        (4, "II", Shown.YES, Shown.YES, False),
        (5, "II", Shown.YES, Shown.NO, False),
        (12, "I", Shown.YES, Shown.YES, True),
        (11, "I", Shown.YES, Shown.YES, False),
    ],
)
def test_what_is_seen_to_be_missing_decides(sockets: int, level: str, vlan: Shown, ipv6: Shown, expected: bool) -> None:
    terminal = Terminal(level=TerminalLevel(level), sockets=sockets, vlan=vlan, ipv6=ipv6)
    assert terminal.is_compliant is expected


def test_it_is_looked_at_once_an_hour(terminals: TerminalRound, clock: Clock) -> None:
    agent = Agent(FIVE)
    assert len(look(terminals, agent)) == 1
    asked = agent.asked
    clock.now += EVERY - timedelta(seconds=1)
    assert look(terminals, agent) == []
    assert agent.asked == asked
    clock.now += timedelta(seconds=1)
    assert len(look(terminals, agent)) == 1


@pytest.mark.parametrize("device", [POP, SWITCH])
def test_other_devices_are_no_terminals(terminals: TerminalRound, device: str) -> None:
    assert look(terminals, Agent(FIVE), device) == []


def test_a_table_that_breaks_off_is_no_answer_and_says_why(terminals: TerminalRound) -> None:
    agent = Agent(FIVE)
    agent.fault = Fault(Failure.NO_ANSWER, "no answer")
    (observation,) = look(terminals, agent)
    assert (observation.ok, observation.failure, observation.value) == (False, Failure.NO_ANSWER, None)
    assert observation.detail == "no_answer: table sockets: no answer"
    found, _ = asyncio.run(terminals.ask())
    assert set(found.faults) == {ROUTER}
    assert found.answers == tuple(d.id for d in terminals.plan.devices.values() if d.role is Role.CPE)


def test_departments_and_communes_are_on_level_two(lab_plan: Plan) -> None:
    levels = {unit.id: level_of(unit).value for unit in lab_plan.units.values()}
    assert levels == {"68": "I", "68-SKHCN": "II", "68-22945": "II", "68-22924": "II", "68-23272": "II"}
    assert {asset.id for asset in lab_plan.assets() if owes_annex(asset)} == {
        device.id for device in lab_plan.devices.values() if device.role is Role.CPE
    }


def row_of(snapshot: Snapshot, indicator: str | None = "HT14") -> AssetRow:
    (row,) = (row for row in snapshot.rows if (row.asset, row.indicator) == (ROUTER, indicator))
    return row


def seen(check: Check, *, ok: bool = True, value: str | None = None) -> Observation:
    return Observation(asset=ROUTER, check=check, ok=ok, at=NOON, source=ROUTER, value=value)


def test_ht14_counts_terminals_that_answer_and_lack_nothing(evaluate: Evaluate) -> None:
    terminal = Terminal(level=TerminalLevel.II, sockets=5, vlan=Shown.YES, ipv6=Shown.YES)
    lacking = Terminal(level=TerminalLevel.II, sockets=2, vlan=Shown.YES, ipv6=Shown.NO)
    good = evaluate([seen(Check.SNMP), seen(Check.TERMINAL, value=value_of(terminal))], at=NOON)
    assert row_of(good).verdict is Coverage.COVERED
    bad = row_of(evaluate([seen(Check.SNMP), seen(Check.TERMINAL, ok=False, value=value_of(lacking))], at=NOON))
    assert bad.verdict is Coverage.NOT_COMPLIANT
    assert bad.detail == "missing: terminal (2 of 5 network ports of level II, no IPv6)"
    unasked = row_of(evaluate([seen(Check.SNMP)], at=NOON))
    assert (unasked.verdict, unasked.detail) == (Coverage.NOT_COMPLIANT, "missing: terminal")
    assert row_of(evaluate([seen(Check.SNMP)], at=NOON), None).verdict is Coverage.COVERED
    assert row_of(evaluate(at=NOON)).verdict is Coverage.NOT_PROVISIONED
    (figure,) = (f for f in good.main_figures if (f.indicator, f.unit) == ("HT14", "68"))
    assert (figure.numerator, figure.denominator) == (1, 4)


def test_it_is_said_in_the_readers_language() -> None:
    lacking = Terminal(level=TerminalLevel.I, sockets=2, vlan=Shown.NO, ipv6=Shown.NO)
    assert said_of(value_of(lacking)) == "2 of 12 network ports of level I, no VLAN, no IPv6"
    assert (
        said(said_of(value_of(lacking)), Text(Language.VI))
        == "2 trên 12 cổng mạng của cấp I, không có VLAN, không có IPv6"
    )
    assert said_of(value_of(Terminal(level=TerminalLevel.II, sockets=5, vlan=Shown.YES, ipv6=Shown.YES))) is None
    assert said_of(None) is None
