"""Roots of outages: on the lab's plan, and on one with redundant paths."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Address

from ledger.plan import AssetKind, Device, Link, LinkEnd, LinkKind, Plan, Role, Workstation
from ledger.reconcile.outage import Outage, Pulse, find_outages

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY_ONE = date(2026, 1, 1)


def device(name: str, role: Role) -> Device:
    kind = {
        Role.PROVINCE_SERVER: AssetKind.SERVER,
        Role.ACCESS_SWITCH: AssetKind.SWITCH,
        Role.CPE: AssetKind.ROUTER,
        Role.POP: AssetKind.ROUTER,
    }[role]
    return Device(
        id=name,
        unit="u",
        site="s",
        owner="ours",
        planned_from=DAY_ONE,
        device_kind=kind,
        role=role,
        platform="frr",
        address=IPv4Address("10.0.0.1"),
    )


def link(name: str, a: str, b: str) -> Link:
    ends = (LinkEnd(a, "x", None), LinkEnd(b, "y", None))
    return Link(
        id=name,
        unit="u",
        site="s",
        owner="ours",
        planned_from=DAY_ONE,
        link_kind=LinkKind.UPLINK,
        a=ends[0],
        b=ends[1],
        bandwidth_mbps=100,
    )


def workstation(name: str, switch: str | None) -> Workstation:
    return Workstation(
        id=name, unit="u", site="s", owner="ours", planned_from=DAY_ONE, mac=None, switch=switch, port=None, vlan=None
    )


DEVICES = [
    device("server", Role.PROVINCE_SERVER),
    device("pop", Role.POP),
    device("cpe", Role.CPE),
    device("switch", Role.ACCESS_SWITCH),
    device("island", Role.ACCESS_SWITCH),
]
LINKS = [link("srv", "server", "pop"), link("up", "pop", "cpe"), link("trunk", "cpe", "switch")]
STATIONS = [workstation("pc", "switch"), workstation("alone", None)]
EVERYTHING = frozenset({*(d.id for d in DEVICES), *(x.id for x in LINKS), *(w.id for w in STATIONS)})


def plan(*more: Link) -> Plan:
    return Plan(
        units={},
        sites={},
        vlans={},
        devices={d.id: d for d in DEVICES},
        links={x.id: x for x in (*LINKS, *more)},
        workstations={w.id: w for w in STATIONS},
        targets=(),
    )


def outages(
    plan: Plan, silent: dict[str, int], answering: set[str], *, built: frozenset[str] | None = None
) -> dict[str, tuple[str, int]]:
    """`silent` in hours since; gives (root, hours since)."""
    pulse = Pulse(
        silent={name: NOON - hours * HOUR for name, hours in silent.items()},
        answering=answering,
        in_service=EVERYTHING | plan.links.keys() if built is None else built,
    )
    found = find_outages(plan, pulse)
    return {name: (outage.root, int((NOON - outage.since) / HOUR)) for name, outage in found.items()}


def test_nothing_silent_is_no_outage() -> None:
    assert outages(plan(), {}, {"server", "pop", "cpe", "switch"}) == {}


def test_a_link_that_says_down_is_the_root_and_what_is_beyond_lies_behind() -> None:
    assert outages(plan(), {"up": 2, "cpe": 1, "switch": 1}, {"server", "pop"}) == {
        "up": ("up", 2),
        "cpe": ("up", 2),
        "trunk": ("up", 2),
        "switch": ("up", 2),
        "pc": ("up", 2),
    }


def test_a_device_that_is_silent_behind_a_link_that_is_up_is_the_root() -> None:
    assert outages(plan(), {"cpe": 3, "switch": 3}, {"server", "pop"}) == {
        "cpe": ("cpe", 3),
        "trunk": ("cpe", 3),
        "switch": ("cpe", 3),
        "pc": ("cpe", 3),
    }


def test_the_pc_of_a_silent_switch_is_behind_it() -> None:
    assert outages(plan(), {"switch": 1}, {"server", "pop", "cpe"}) == {"switch": ("switch", 1), "pc": ("switch", 1)}


def test_what_answers_is_no_part_of_an_outage_whatever_the_path_looks_like() -> None:
    assert outages(plan(), {"up": 1, "cpe": 1}, {"server", "pop", "switch"}) == {"up": ("up", 1), "cpe": ("cpe", 1)}


def test_a_second_path_keeps_what_answers_reached() -> None:
    second = plan(link("up2", "pop", "cpe"))
    assert outages(second, {"up": 1}, {"server", "pop", "cpe", "switch"}) == {"up": ("up", 1)}


def test_with_both_paths_cut_the_later_cut_is_the_root() -> None:
    second = plan(link("up2", "pop", "cpe"))
    found = outages(second, {"up": 5, "up2": 2, "cpe": 2, "switch": 2}, {"server", "pop"})
    assert (found["up"], found["up2"]) == (("up", 5), ("up2", 2))
    assert (found["cpe"], found["switch"], found["pc"]) == (("up2", 2), ("up2", 2), ("up2", 2))


def test_a_silent_device_with_one_path_left_is_the_root_itself() -> None:
    second = plan(link("up2", "pop", "cpe"))
    found = outages(second, {"up": 5, "cpe": 2}, {"server", "pop"})
    assert (found["up"], found["cpe"]) == (("up", 5), ("cpe", 2))


def test_a_path_that_was_never_built_explains_nothing_beside_one_that_was() -> None:
    second = plan(link("up2", "pop", "cpe"))
    found = outages(second, {"up": 2, "cpe": 2}, {"server", "pop"}, built=EVERYTHING)
    assert found["cpe"] == ("up", 2)


def test_where_no_link_was_ever_proven_the_device_is_the_root() -> None:
    built = frozenset({"server", "pop", "cpe"})
    assert outages(plan(), {"cpe": 2}, {"server", "pop"}, built=built)["cpe"] == ("cpe", 2)


def test_what_nobody_knows_of_blocks_nothing() -> None:
    assert outages(plan(), {"switch": 1}, {"server"}) == {"switch": ("switch", 1), "pc": ("switch", 1)}


def test_the_seat_of_the_collectors_is_reached_although_it_does_not_answer() -> None:
    assert outages(plan(), {"server": 1, "cpe": 1}, {"pop"})["cpe"] == ("cpe", 1)
    assert "server" not in outages(plan(), {"server": 1}, {"pop"})


def test_a_retired_link_is_no_path() -> None:
    second = plan(link("up2", "pop", "cpe"))
    pulse = Pulse(
        silent={"up": NOON, "cpe": NOON}, answering={"server", "pop"}, in_service=EVERYTHING, gone=frozenset({"up2"})
    )
    assert find_outages(second, pulse)["cpe"] == Outage("up", NOON)


def test_a_plan_without_a_seat_has_no_roots() -> None:
    no_seat = replace(plan(), devices={d.id: d for d in DEVICES if d.role is not Role.PROVINCE_SERVER})
    assert find_outages(no_seat, Pulse(silent={"up": NOON})) == {}
