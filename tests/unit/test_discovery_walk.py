"""Whom a sweep and a walk ask, and with what: nobody outside the ranges, and nobody's credentials astray."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from village import Box, Neighbour, Village, explore

from collectors.discovery.acquaintance import Way
from collectors.discovery.approach import Approach
from collectors.discovery.exploration import Pace
from collectors.discovery.fence import Fence
from collectors.discovery.ranges import Address, Ranges, parse_ranges
from collectors.discovery.roster import Roster, planned_ranges, roster_of
from collectors.fault import Fault
from ledger.observation import Failure
from ledger.plan import Plan

TODAY = date(2026, 11, 22)
PROVINCE, DISCOVERY = Approach.PROVINCE, Approach.DISCOVERY
ROUTER, GATEWAY, SWITCH = (IPv4Address(text) for text in ("10.68.0.12", "10.68.24.1", "10.68.28.2"))
PC, STRANGER, ELSEWHERE = (IPv4Address(text) for text in ("10.68.24.100", "10.68.24.77", "192.0.2.9"))
MAC, MAC_2 = "02:68:00:20:00:01", "02:68:00:99:00:01"


@pytest.fixture(scope="module")
def roster(lab_plan: Plan) -> Roster:
    return roster_of(lab_plan, TODAY)


def ours(**box: object) -> Box:
    return Box(accepts=frozenset({PROVINCE}), **box)  # type: ignore[arg-type]


def commune() -> dict[Address, Box]:
    """A router with its gateway, a switch that it hears, a PC and a stranger that it resolved."""
    router = ours(
        name="68-22945-RT-001",
        arp={PC: MAC, STRANGER: MAC_2, ELSEWHERE: MAC_2},
        lldp=[Neighbour(name="68-22945-SW-001", mac="02:00:00:00:00:02", address=SWITCH)],
    )
    return {ROUTER: router, GATEWAY: router, SWITCH: ours(name="68-22945-SW-001"), PC: Box(), STRANGER: Box()}


def test_a_walk_reaches_neighbours_and_resolved_addresses_breadth_first(lab_plan: Plan, roster: Roster) -> None:
    village = Village(commune())
    found, _ = explore(village, roster, planned_ranges(lab_plan), ROUTER, purposes=[PROVINCE])
    assert list(dict.fromkeys(village.echoes)) == [ROUTER, SWITCH, STRANGER, PC]
    assert village.sent == [(PROVINCE, ROUTER), (PROVINCE, SWITCH)]
    assert {address: sighting.ways for address, sighting in found.sightings.items()} == {
        ROUTER: {Way.ECHO, Way.SNMP},
        SWITCH: {Way.ECHO, Way.SNMP, Way.LLDP},
        PC: {Way.ECHO, Way.ARP},
        STRANGER: {Way.ECHO, Way.ARP},
    }
    assert found.outside == {}, "an ARP entry elsewhere is nothing to tell"


def test_a_walk_stops_at_its_limit_and_says_how_many_are_left(lab_plan: Plan, roster: Roster) -> None:
    village = Village(commune())
    _found, frontier = explore(village, roster, planned_ranges(lab_plan), ROUTER, limit=2)
    assert (set(village.echoes), frontier.asked, frontier.left) == ({ROUTER, SWITCH}, 2, 2)


def test_a_sweep_asks_every_host_of_its_ranges_and_follows_nothing(roster: Roster) -> None:
    village = Village(commune())
    ranges = parse_ranges(["10.68.24.0/29"])
    found, _ = explore(village, roster, ranges, purposes=[PROVINCE])
    assert set(village.echoes) == {IPv4Address(f"10.68.24.{n}") for n in range(1, 7)}
    assert village.sent == [(PROVINCE, GATEWAY)]
    assert found.outside.keys() == {SWITCH}, "its neighbour isn't asked, and is told"
    assert set(found.sightings) == {GATEWAY}


def test_a_silent_address_is_asked_twice_and_one_that_answers_once(roster: Roster) -> None:
    village = Village({PC: Box()})
    explore(village, roster, parse_ranges([f"{PC}/31"]))
    assert sorted(village.echoes) == [PC, PC + 1, PC + 1]


def test_planned_subnets_own_and_broadcast_addresses_are_never_asked(roster: Roster) -> None:
    village = Village({})
    explore(village, roster, parse_ranges(["10.68.24.0/23"]))
    asked = set(village.echoes)
    assert {IPv4Address("10.68.24.255"), IPv4Address("10.68.25.0")}.isdisjoint(asked)
    assert len(asked) == 508


def test_a_device_of_ours_that_answers_no_echo_is_asked_over_snmp_and_a_stranger_is_not(roster: Roster) -> None:
    boxes: dict[Address, Box] = {
        ROUTER: ours(name="68-22945-RT-001", is_pinged=False),
        STRANGER: Box(accepts=frozenset({DISCOVERY}), is_pinged=False),
    }
    village = Village(boxes)
    found, _ = explore(village, roster, parse_ranges([str(ROUTER), str(STRANGER)]))
    assert village.sent == [(PROVINCE, ROUTER)]
    assert {address: sighting.ways for address, sighting in found.sightings.items()} == {ROUTER: {Way.SNMP}}


@pytest.mark.parametrize(
    ("fault", "ways"),
    [(Fault(Failure.NO_ANSWER, "silent"), None), (Fault(Failure.AUTH_FAILED, "WrongDigest"), {Way.SNMP})],
)
def test_a_device_that_refuses_is_there_and_a_silent_one_is_not(
    roster: Roster, fault: Fault, ways: set[Way] | None
) -> None:
    village = Village({ROUTER: Box(is_pinged=False, refusal=fault)})
    found, _ = explore(village, roster, parse_ranges([str(ROUTER)]))
    assert ({ROUTER: ways} if ways else {}) == {address: each.ways for address, each in found.sightings.items()}
    assert found.asked == {ROUTER}


def test_neighbours_outside_and_without_an_address_are_told_and_not_asked(lab_plan: Plan, roster: Roster) -> None:
    strange = [
        Neighbour(name="far", mac=MAC, address=ELSEWHERE),
        Neighbour(name="zoned", mac=MAC, address=ip_address("fe80::1%3")),
        Neighbour(name="dumb", mac=MAC_2, address=None),
    ]
    village = Village({ROUTER: ours(name="r", lldp=strange)})
    found, _ = explore(village, roster, planned_ranges(lab_plan), ROUTER)
    assert set(village.echoes) == {ROUTER}
    assert {hint.name for hint in found.outside.values()} == {"far", "zoned"}
    assert [(hint.name, by) for hint, by in found.unaddressed] == [("dumb", ROUTER)]


def test_what_a_router_remembers_is_asked_and_is_not_found_by_that(lab_plan: Plan, roster: Roster) -> None:
    village = Village({ROUTER: ours(name="r", stale={PC: MAC})})
    found, _ = explore(village, roster, planned_ranges(lab_plan), ROUTER)
    assert set(village.echoes) == {ROUTER, PC}
    assert found.sightings[PC].ways == set()


@pytest.mark.parametrize("address", [ELSEWHERE, IPv4Address("10.68.24.255"), IPv4Address("224.0.0.1"), SWITCH])
def test_the_fence_sends_nothing_outside_whoever_asks_it_to(roster: Roster, address: Address) -> None:
    village = Village({})
    everywhere = Ranges.of([ip_network("10.68.24.0/24"), ip_network("224.0.0.0/8")])
    fence = Fence(everywhere, roster, village, village.clients(PROVINCE, DISCOVERY))
    with pytest.raises(ValueError, match="outside the ranges"):
        asyncio.run(fence.echo(address))
    with pytest.raises(ValueError, match="outside the ranges"):
        fence.session(address)
    assert (village.echoes, village.sent) == ([], [])


def test_a_crash_on_one_device_stops_no_other(lab_plan: Plan, roster: Roster) -> None:
    village = Village({**commune(), SWITCH: Box(is_crashing=True)})
    found, _ = explore(village, roster, planned_ranges(lab_plan), ROUTER)
    assert set(village.echoes) == {ROUTER, SWITCH, PC, STRANGER}
    assert found.sightings[SWITCH].told == Fault(Failure.COLLECTOR_ERROR, "LookupError")


def test_echoes_leave_at_their_pace() -> None:
    slept: list[float] = []

    async def run() -> None:
        now = [10.0]

        async def sleep(seconds: float) -> None:
            slept.append(round(seconds, 3))
            now[0] += seconds

        pace = Pace(4, lambda: now[0], sleep)
        for _ in range(3):
            await pace.turn()
        now[0] += 5
        await pace.turn()
        await pace.turn()

    asyncio.run(run())
    assert slept == [0.25, 0.25, 0.25], "the first at once, also after a pause"


NEAR = st.builds(lambda host: IPv4Address(int(IPv4Address("10.68.0.0")) + host), st.integers(0, 0xFFFF))
NEAR_6 = st.builds(lambda host: IPv6Address(int(IPv6Address("fd68:1::")) + host), st.integers(0, 0xFFFF))
ANYWHERE = st.one_of(
    NEAR,
    NEAR_6,
    st.ip_addresses(),
    st.builds(lambda host: IPv6Address(f"{host}%7"), NEAR_6),
    st.sampled_from([ROUTER, GATEWAY, SWITCH, PC, STRANGER, ELSEWHERE]),
)
MACS = st.sampled_from([MAC, MAC_2])
NEIGHBOURS = st.builds(Neighbour, name=st.just("x"), mac=MACS, address=st.one_of(st.none(), ANYWHERE))
BOXES = st.builds(
    Box,
    name=st.sampled_from(["", "a", "68-22945-SW-001"]),
    accepts=st.frozensets(st.sampled_from([PROVINCE, DISCOVERY])),
    is_pinged=st.booleans(),
    engine=st.sampled_from([b"", b"\1\2\3\4\5"]),
    own=st.dictionaries(ANYWHERE, MACS, max_size=3),
    arp=st.dictionaries(ANYWHERE, MACS, max_size=5),
    stale=st.dictionaries(ANYWHERE, MACS, max_size=2),
    lldp=st.lists(NEIGHBOURS, max_size=3),
)
NETWORKS = st.one_of(
    st.builds(lambda host, bits: IPv4Network((int(host), bits), strict=False), NEAR, st.integers(16, 32)),
    st.builds(lambda host, bits: IPv6Network((int(host), bits), strict=False), NEAR_6, st.integers(64, 128)),
    st.sampled_from([IPv4Network("0.0.0.0/0"), IPv4Network("224.0.0.0/4"), IPv6Network("ff00::/8")]),
)


@given(
    boxes=st.dictionaries(ANYWHERE, BOXES, max_size=8),
    networks=st.lists(NETWORKS, min_size=1, max_size=4),
    seed=ANYWHERE,
    foreign=st.frozensets(st.sampled_from(["68-22945-SW-001", "68-22945-RT-001"])),
    purposes=st.sets(st.sampled_from([PROVINCE, DISCOVERY])),
)
def test_no_packet_ever_leaves_the_ranges_whatever_neighbours_claim(
    lab_plan: Plan,
    boxes: dict[Address, Box],
    networks: list[IPv4Network | IPv6Network],
    seed: Address,
    foreign: frozenset[str],
    purposes: set[Approach],
) -> None:
    plan = owned_by_others(lab_plan, foreign)
    roster, village = roster_of(plan, TODAY), Village(boxes)
    explore(village, roster, Ranges.of(networks), seed, purposes=purposes)
    for address in {*village.echoes, *(address for _purpose, address in village.sent)}:
        assert any(address in network for network in networks)
        assert not any((address.is_multicast, address.is_unspecified, address.is_reserved, "%" in str(address)))
    for purpose, address in village.sent:
        planned = roster.devices.get(address)
        assert purpose in purposes
        assert (purpose is PROVINCE) == (planned is not None and roster.is_in_use(planned))
        assert planned is None or planned.is_ours


def owned_by_others(plan: Plan, ids: Iterable[str]) -> Plan:
    """The plan with these devices belonging to somebody else."""
    devices = {
        **plan.devices,
        **{device: replace(plan.devices[device], owner="CPT") for device in ids},
    }
    return replace(plan, devices=devices)
