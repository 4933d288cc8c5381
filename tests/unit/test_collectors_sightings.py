"""From a cycle's readings to observations, on the lab's plan: exactly these and no others."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Address

import pytest

from collectors.fault import Fault
from collectors.leases import Lease, LeaseReading
from collectors.sightings.evidence import evidence, placed_by_switches
from collectors.sightings.topology import Topology, topology_of
from collectors.snmp.reading import DeviceReading
from collectors.snmp.tables.arp import ArpEntry
from collectors.snmp.tables.bgp import PeerState
from collectors.snmp.tables.bridge import ForwardingEntry
from collectors.snmp.tables.interfaces import Interfaces
from collectors.snmp.tables.neighbourhood import Neighbourhood
from collectors.snmp.tables.system import System
from ledger.adjacency import adjacency_text
from ledger.observation import Check, Failure, Observation
from ledger.plan import Plan

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
TODAY = date(2026, 11, 22)
HOUR = timedelta(hours=1)
SEAT, POP = "68-TTDL-SV-001", "68-POP-RT-001"
ROUTER, SWITCH = "68-22945-RT-001", "68-22945-SW-001"
PC1, PC2 = "02:68:00:20:00:01", "02:68:00:20:00:02"
ELSEWHERE = "02:68:00:10:00:01"
STRANGER = "02:99:00:00:00:01"
SILENT = Fault(Failure.NO_ANSWER, "silent")

Row = tuple[str, str, bool, str, str | None, str | None]


@pytest.fixture
def topology(lab_plan: Plan) -> Topology:
    return topology_of(lab_plan, TODAY)


def system(name: str) -> System:
    return System(name, HOUR, "1.3.6.1.4.1.8072.3.2.10")


def ports(*names: str, down: tuple[str, ...] = (), disabled: tuple[str, ...] = ()) -> Interfaces:
    oper = [2 if name in (*down, *disabled) else 1 for name in names]
    admin = [2 if name in disabled else 1 for name in names]
    return Interfaces(tuple((index,) for index in range(1, len(names) + 1)), names, oper, admin)


def switch(*entries: ForwardingEntry, vlans: tuple[int, ...] = (10, 20, 30, 40, 50, 99)) -> DeviceReading:
    """Ports 1 to 9: up0 (the trunk), p1 to p8."""
    return DeviceReading(
        device=SWITCH,
        at=NOW,
        system=system(SWITCH),
        interfaces=ports("up0", *(f"p{n}" for n in range(1, 9))),
        neighbours=Neighbourhood("", ()),
        forwarding=entries,
        vlans=frozenset(vlans),
    )


def router(*entries: ArpEntry) -> DeviceReading:
    """A CPE whose tables but ARP were not asked for."""
    return DeviceReading(device=ROUTER, at=NOW, system=system(ROUTER), arp=entries)


def arp(address: str, mac: str, *, is_reachable: bool | None = True) -> ArpEntry:
    return ArpEntry(IPv4Address(address), mac, is_reachable)


def lease(mac: str, address: str, ends_in: timedelta | None = HOUR / 2) -> Lease:
    return Lease(mac, IPv4Address(address), None if ends_in is None else NOW + ends_in)


def leases(*found: Lease) -> LeaseReading:
    return LeaseReading(ROUTER, NOW, found)


def observe(
    topology: Topology,
    *readings: DeviceReading,
    tables: tuple[LeaseReading, ...] = (),
    visits: dict[str, set[str]] | None = None,
) -> list[Observation]:
    placed = placed_by_switches(topology, readings)
    found = evidence(topology, readings, tables, lease_duration=HOUR, visits=visits or {}, placed=placed)
    series = [(item.asset, item.check, item.source, item.at) for item in found]
    assert len(series) == len(set(series)), "one source says one thing at a time"
    return found


def rows(observations: list[Observation], *checks: Check) -> set[Row]:
    return {
        (item.asset, item.check.value, item.ok, item.source, item.unit, item.value)
        for item in observations
        if not checks or item.check in checks
    }


def test_a_switch_tells_of_itself_its_pcs_and_what_is_not_planned(topology: Topology) -> None:
    found = observe(
        topology,
        switch(
            ForwardingEntry(PC1, 10, 2),
            ForwardingEntry(ELSEWHERE, 40, 4),
            ForwardingEntry(STRANGER, 10, 5),
            ForwardingEntry("02:99:00:00:00:02", 10, 1),
            ForwardingEntry("02:99:00:00:00:03", 10, 77),
        ),
    )
    assert rows(found) == {
        (SWITCH, "snmp", True, SWITCH, None, SWITCH),
        (SWITCH, "vlans", True, SWITCH, None, "10,20,30,40,50,99"),
        ("68-22945-LK-003", "link", True, SWITCH, None, "up"),
        (SWITCH, "adjacency", True, SWITCH, None, adjacency_text("", (), is_whole=True)),
        ("68-22945-PC-001", "fdb", True, SWITCH, "68-22945", "p1 vlan 10"),
        ("68-22945-PC-001", "tslcd_vlan", True, SWITCH, "68-22945", "10"),
        ("68-22945-PC-002", "fdb", False, SWITCH, None, None),
        ("68-SKHCN-PC-001", "fdb", True, SWITCH, "68-22945", "p3 vlan 40"),
        ("68-SKHCN-PC-001", "tslcd_vlan", False, SWITCH, "68-22945", "40"),
        (f"mac:{STRANGER}", "fdb", True, SWITCH, "68-22945", "p4 vlan 10"),
    }
    assert {item.at for item in found} == {NOW}
    assert {item.failure for item in found} == {None}


def test_a_visitor_that_left_is_said_to_be_gone(topology: Topology) -> None:
    found = observe(topology, switch(), visits={"68-SKHCN-PC-001": {SWITCH}, "68-SKHCN-PC-002": {"68-22924-SW-001"}})
    gone = {asset for asset, _check, ok, *_rest in rows(found, Check.FDB) if not ok}
    assert gone == {"68-22945-PC-001", "68-22945-PC-002", "68-SKHCN-PC-001"}


def test_a_pc_behind_a_trunk_is_not_at_its_switch(topology: Topology) -> None:
    found = observe(topology, switch(ForwardingEntry(PC1, 10, 1), ForwardingEntry(PC2, 20, 3)))
    assert rows(found, Check.FDB, Check.TSLCD_VLAN) == {
        ("68-22945-PC-001", "fdb", False, SWITCH, None, None),
        ("68-22945-PC-002", "fdb", True, SWITCH, "68-22945", "p2 vlan 20"),
        ("68-22945-PC-002", "tslcd_vlan", True, SWITCH, "68-22945", "20"),
    }


def test_a_pc_in_two_vlans_of_a_switch_is_seen_once(topology: Topology) -> None:
    entries = (ForwardingEntry(PC1, 20, 3), ForwardingEntry(PC1, 10, 2), ForwardingEntry(PC2, 20, 3))
    found = rows(observe(topology, switch(*entries)), Check.FDB)
    assert found == {
        ("68-22945-PC-001", "fdb", True, SWITCH, "68-22945", "p1 vlan 10"),
        ("68-22945-PC-002", "fdb", True, SWITCH, "68-22945", "p2 vlan 20"),
    }


def test_a_switch_that_tells_no_vlan_still_tells_the_port(topology: Topology) -> None:
    entries = (ForwardingEntry(PC1, None, 2), ForwardingEntry(PC2, 55, 3))
    table = leases(lease(PC1, "10.68.24.100"))
    assert rows(observe(topology, switch(*entries), tables=(table,)), Check.FDB, Check.TSLCD_VLAN) == {
        ("68-22945-PC-001", "fdb", True, SWITCH, "68-22945", "p1"),
        ("68-22945-PC-001", "tslcd_vlan", True, ROUTER, "68-22945", "10"),
        ("68-22945-PC-002", "fdb", True, SWITCH, "68-22945", "p2 vlan 55"),
        ("68-22945-PC-002", "tslcd_vlan", False, SWITCH, "68-22945", "55"),
    }


@pytest.mark.parametrize("table", ["forwarding", "interfaces"])
def test_a_table_that_was_not_read_whole_says_nothing_of_pcs(topology: Topology, table: str) -> None:
    reading = replace(switch(ForwardingEntry(PC1, 10, 2)), **{table: SILENT})  # type: ignore[arg-type]  # a table's name
    found = observe(topology, reading)
    told = {item.check for item in found if item.asset.startswith((SWITCH, "68-22945-PC"))}
    assert told == {Check.SNMP, Check.VLANS, Check.ADJACENCY}
    assert [item.detail for item in found if item.check is Check.SNMP] == ["no_answer: silent"]


def test_missing_vlans_are_named(topology: Topology) -> None:
    (found,) = [item for item in observe(topology, switch(vlans=(1, 10, 99))) if item.check is Check.VLANS]
    assert (found.ok, found.value, found.detail, found.failure) == (
        False,
        "1,10,99",
        "missing VLAN 20, 30, 40, 50",
        None,
    )


def test_vlans_that_could_not_be_read_are_a_failure(topology: Topology) -> None:
    fault = Fault(Failure.BAD_REPLY, "table vlans: nonsense")
    (found,) = [item for item in observe(topology, replace(switch(), vlans=fault)) if item.check is Check.VLANS]
    assert (found.ok, found.failure, found.detail) == (False, Failure.BAD_REPLY, "bad_reply: table vlans: nonsense")


@pytest.mark.parametrize(
    "failure", [Failure.NO_ANSWER, Failure.AUTH_FAILED, Failure.BAD_REPLY, Failure.COLLECTOR_ERROR]
)
def test_a_device_without_a_proper_answer_says_only_that(topology: Topology, failure: Failure) -> None:
    for device in (SEAT, POP, ROUTER, SWITCH):
        (found,) = observe(topology, DeviceReading(device=device, at=NOW, system=Fault(failure, "why")))
        assert found == Observation(
            asset=device,
            check=Check.SNMP,
            ok=False,
            at=NOW,
            source=device,
            failure=failure,
            detail=f"{failure.value}: why",
        )


def test_links_are_told_by_their_end_nearer_the_seat(topology: Topology) -> None:
    seat = DeviceReading(
        device=SEAT,
        at=NOW,
        system=system(SEAT),
        interfaces=ports("lo", "lan0"),
    )
    pop = DeviceReading(
        device=POP,
        at=NOW,
        system=system(POP),
        interfaces=ports("srv0", "up1", "up2", "up3", down=("up2",), disabled=("up3",)),
    )
    cpe = DeviceReading(device=ROUTER, at=NOW, system=system(ROUTER), interfaces=ports("wan0", "lan0"))
    found = observe(topology, seat, pop, cpe)
    assert rows(found, Check.LINK) == {
        ("68-TTDL-LK-001", "link", True, SEAT, None, "up"),
        ("68-SKHCN-LK-001", "link", True, POP, None, "up"),
        ("68-22945-LK-001", "link", False, POP, None, "down"),
        ("68-22924-LK-001", "link", False, POP, None, "down"),
        ("68-23272-LK-001", "link", False, POP, None, None),
        ("68-22945-LK-002", "link", True, ROUTER, None, "up"),
    } | {(f"68-TTDL-LK-00{n}", "link", False, POP, None, None) for n in (2, 3)}
    details = {item.asset: item.detail for item in found if item.check is Check.LINK and item.detail}
    assert details == {
        "68-22924-LK-001": "port up3 is switched off",
        "68-23272-LK-001": "the device has no port up4",
        "68-TTDL-LK-002": "the device has no port srv1",
        "68-TTDL-LK-003": "the device has no port srv2",
    }


def test_sessions_are_told_by_the_pop_for_every_planned_router(topology: Topology) -> None:
    peers = {
        IPv4Address("10.68.2.2"): PeerState.ESTABLISHED,
        IPv4Address("10.68.2.6"): PeerState.ACTIVE,
        IPv4Address("10.68.2.9"): PeerState.ESTABLISHED,
        IPv4Address("192.0.2.1"): PeerState.ESTABLISHED,
    }
    found = observe(topology, DeviceReading(device=POP, at=NOW, system=system(POP), peers=peers))
    assert rows(found, Check.BGP_SESSION) == {
        ("68-SKHCN-RT-001", "bgp_session", True, POP, None, "established"),
        ("68-22945-RT-001", "bgp_session", False, POP, None, "active"),
        ("68-22924-RT-001", "bgp_session", False, POP, None, None),
        ("68-23272-RT-001", "bgp_session", False, POP, None, None),
    }


def test_sessions_that_could_not_be_read_say_nothing_of_routers(topology: Topology) -> None:
    found = observe(topology, DeviceReading(device=POP, at=NOW, system=system(POP), peers=SILENT))
    assert rows(found) == {(POP, "snmp", True, POP, None, POP)}


def test_arp_counts_what_was_resolved_just_now_and_is_planned(topology: Topology) -> None:
    found = observe(
        topology,
        router(
            arp("10.68.24.100", PC1),
            arp("10.68.27.9", PC1),
            arp("10.68.25.100", PC2, is_reachable=False),
            arp("10.68.27.100", ELSEWHERE),
            arp("10.68.24.101", STRANGER),
            arp("10.68.2.5", "02:99:00:00:00:0f"),
        ),
    )
    assert rows(found, Check.ARP, Check.TSLCD_VLAN, Check.FDB) == {
        ("68-22945-PC-001", "arp", True, ROUTER, "68-22945", "10.68.24.100"),
        ("68-22945-PC-001", "tslcd_vlan", True, ROUTER, "68-22945", "10"),
        ("68-SKHCN-PC-001", "arp", True, ROUTER, "68-22945", "10.68.27.100"),
        ("68-SKHCN-PC-001", "tslcd_vlan", False, ROUTER, "68-22945", "40"),
    }


def test_an_arp_table_that_cannot_tell_what_is_fresh_counts_nothing(topology: Topology) -> None:
    found = observe(topology, router(arp("10.68.24.100", PC1, is_reachable=None)))
    assert rows(found) == {(ROUTER, "snmp", True, ROUTER, None, ROUTER)}


def test_a_lease_is_seen_when_it_was_last_given(topology: Topology) -> None:
    table = leases(
        lease(PC1, "10.68.24.100", HOUR - timedelta(minutes=10)),
        lease(PC2, "10.68.25.100", -timedelta(minutes=5)),
        lease(STRANGER, "10.68.24.102", HOUR),
    )
    found = observe(topology, tables=(table,))
    assert rows(found) == {
        (ROUTER, "dhcp", True, ROUTER, None, None),
        ("68-22945-PC-001", "lease", True, ROUTER, "68-22945", "10.68.24.100"),
        ("68-22945-PC-001", "tslcd_vlan", True, ROUTER, "68-22945", "10"),
        ("68-22945-PC-002", "lease", True, ROUTER, "68-22945", "10.68.25.100"),
        ("68-22945-PC-002", "tslcd_vlan", True, ROUTER, "68-22945", "20"),
        (f"mac:{STRANGER}", "lease", True, ROUTER, "68-22945", "10.68.24.102"),
    }
    assert {(item.asset, item.at) for item in found if item.check is Check.LEASE} == {
        ("68-22945-PC-001", NOW - timedelta(minutes=10)),
        ("68-22945-PC-002", NOW - timedelta(minutes=65)),
        (f"mac:{STRANGER}", NOW),
    }


@pytest.mark.parametrize(
    ("ends_in", "acked"),
    [
        (HOUR + timedelta(seconds=60), NOW),
        (HOUR + timedelta(seconds=61), None),
        (None, None),
        (timedelta(0), NOW - HOUR),
    ],
)
def test_a_lease_from_the_future_or_without_an_end_has_no_last_ack(
    topology: Topology, ends_in: timedelta | None, acked: datetime | None
) -> None:
    found = observe(topology, tables=(leases(lease(PC1, "10.68.24.100", ends_in)),))
    assert [item.at for item in found if item.check is Check.LEASE] == ([] if acked is None else [acked])
    (dhcp,) = [item for item in found if item.check is Check.DHCP]
    assert dhcp.ok is (ends_in != timedelta(0))


@pytest.mark.parametrize("table", [(), (lease(PC1, "10.68.24.100", timedelta(0)),)])
def test_a_router_without_a_current_lease_does_not_prove_dhcp(topology: Topology, table: tuple[Lease, ...]) -> None:
    (dhcp,) = [item for item in observe(topology, tables=(leases(*table),)) if item.check is Check.DHCP]
    assert (dhcp.ok, dhcp.failure, dhcp.detail) == (False, None, "no current lease")


def test_a_lease_table_that_could_not_be_read_is_a_failure(topology: Topology) -> None:
    table = LeaseReading(ROUTER, NOW, Fault(Failure.AUTH_FAILED, "SSH refused the key"))
    (dhcp,) = observe(topology, tables=(table,))
    assert (dhcp.asset, dhcp.check, dhcp.ok) == (ROUTER, Check.DHCP, False)
    assert (dhcp.failure, dhcp.detail) == (Failure.AUTH_FAILED, "auth_failed: SSH refused the key")


def test_what_has_been_retired_is_no_longer_looked_for(lab_plan: Plan) -> None:
    pc = replace(lab_plan.workstations["68-22945-PC-001"], retired_on=TODAY)
    link = replace(lab_plan.links["68-22945-LK-002"], retired_on=TODAY)
    plan = replace(
        lab_plan,
        workstations={**lab_plan.workstations, pc.id: pc},
        links={**lab_plan.links, link.id: link},
    )
    found = observe(topology_of(plan, TODAY), switch(ForwardingEntry(PC1, 10, 2)))
    assert rows(found, Check.FDB) == {
        (f"mac:{PC1}", "fdb", True, SWITCH, "68-22945", "p1 vlan 10"),
        ("68-22945-PC-002", "fdb", False, SWITCH, None, None),
    }
    assert link.id not in topology_of(plan, TODAY).near_ends
    assert link.id in topology_of(plan, TODAY - timedelta(days=1)).near_ends


def test_one_devices_nonsense_stops_no_other(topology: Topology) -> None:
    unknown = replace(router(arp("10.68.24.100", PC1)), device="not-planned")
    found = observe(topology, unknown, router(arp("10.68.24.100", PC1)))
    assert [(item.asset, item.check, item.failure) for item in found if item.failure] == [
        ("not-planned", Check.SNMP, Failure.COLLECTOR_ERROR)
    ]
    assert (("68-22945-PC-001", "arp", True, ROUTER, "68-22945", "10.68.24.100")) in rows(found)
