"""What was found, held against the plan: one line a device, by a stated rule, and nobody passes for somebody else."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from village import Box, Neighbour, Village, explore

from collectors.discovery.acquaintance import Way
from collectors.discovery.approach import Approach
from collectors.discovery.candidates import HEADER, candidates
from collectors.discovery.document import discovery_document
from collectors.discovery.finding import Absence, Discovery, Finding, Verdict, held_against
from collectors.discovery.one_device import Clash, Rule
from collectors.discovery.ranges import Address, parse_ranges
from collectors.discovery.roster import roster_of
from collectors.fault import Fault
from ledger.observation import Failure
from ledger.plan import Plan
from ledger.plan.registers import COLUMNS

TODAY = date(2026, 11, 22)
PROVINCE, DISCOVERY = Approach.PROVINCE, Approach.DISCOVERY
ROUTER_ID, SWITCH_ID, PC_ID = "68-22945-RT-001", "68-22945-SW-001", "68-22945-PC-001"
ROUTER, UPLINK, GATEWAY, GATEWAY_2, SWITCH, PC, PC_2, STRANGER, FAR = (
    IPv4Address(text)
    for text in (
        *("10.68.0.12", "10.68.2.6", "10.68.24.1", "10.68.25.1", "10.68.28.2", "10.68.24.100", "10.68.24.101"),
        *("10.68.24.77", "192.0.2.9"),
    )
)
PC_MAC, STRANGE_MAC = "02:68:00:20:00:01", "02:68:00:99:00:01"
ENGINE = b"\x80\0\0\x09\1"


def found(
    plan: Plan, boxes: Mapping[Address, Box], asked: Iterable[Address] | None = None, seed: Address | None = None
) -> Discovery:
    """What comes of asking these addresses, all that are played by default."""
    roster = roster_of(plan, TODAY)
    ranges = parse_ranges(str(address) for address in (boxes if asked is None else asked))
    exploration, _ = explore(Village(boxes), roster, ranges, seed)
    return held_against(roster, ranges, exploration)


def box(*accepts: Approach, **more: object) -> Box:
    return Box(accepts=frozenset(accepts), **more)  # type: ignore[arg-type]


def told(discovery: Discovery) -> dict[Address, tuple[Verdict, str | None]]:
    return {each.address: (each.verdict, each.asset) for each in discovery.findings}


def only(discovery: Discovery) -> Finding:
    (one,) = discovery.findings
    return one


def router(**more: object) -> Box:
    return box(PROVINCE, name=ROUTER_ID, **more)


def test_planned_devices_and_pcs_are_told_from_what_is_not_planned(lab_plan: Plan) -> None:
    gateway = router(arp={PC: PC_MAC, STRANGER: STRANGE_MAC})
    discovery = found(lab_plan, {GATEWAY: gateway, PC: Box(), PC_2: Box(), STRANGER: Box(), FAR: Box()})
    assert [(each.address, each.verdict, each.asset) for each in discovery.findings] == [
        (STRANGER, Verdict.UNPLANNED, None),
        (FAR, Verdict.UNPLANNED, None),
        (PC_2, Verdict.UNKNOWN, None),
        (GATEWAY, Verdict.PLANNED, ROUTER_ID),
        (PC, Verdict.PLANNED, PC_ID),
    ]
    stranger = discovery.findings[0]
    assert (stranger.unit, stranger.site, stranger.mac) == ("68-22945", "68-22945-TS", STRANGE_MAC)
    assert stranger.ways == (Way.ECHO, Way.ARP)
    assert (discovery.findings[1].unit, discovery.findings[1].site) == (None, None)


def test_a_host_that_hides_from_echoes_is_found_by_the_routers_table(lab_plan: Plan) -> None:
    discovery = found(lab_plan, {GATEWAY: router(arp={STRANGER: STRANGE_MAC})}, [GATEWAY, STRANGER])
    assert told(discovery)[STRANGER] == (Verdict.UNPLANNED, None)
    assert discovery.findings[0].ways == (Way.ARP,)


def test_what_a_router_only_remembers_is_not_found_but_names_a_mac(lab_plan: Plan) -> None:
    gateway = router(stale={PC: PC_MAC, STRANGER: STRANGE_MAC})
    discovery = found(lab_plan, {GATEWAY: gateway, PC: Box()}, [GATEWAY, PC, STRANGER])
    assert told(discovery) == {PC: (Verdict.PLANNED, PC_ID), GATEWAY: (Verdict.PLANNED, ROUTER_ID)}


def test_a_strangers_word_does_not_make_another_one_planned(lab_plan: Plan) -> None:
    liar = box(DISCOVERY, name="liar", arp={PC_2: PC_MAC})
    discovery = found(lab_plan, {STRANGER: liar, PC_2: Box()})
    assert told(discovery)[PC_2] == (Verdict.UNKNOWN, None)
    assert next(each for each in discovery.findings if each.address == PC_2).mac == PC_MAC


def test_a_retired_device_that_is_still_there_is_called_so(lab_plan: Plan) -> None:
    devices = {**lab_plan.devices, SWITCH_ID: replace(lab_plan.devices[SWITCH_ID], retired_on=TODAY)}
    plan = replace(lab_plan, devices=devices)
    assert told(found(plan, {SWITCH: Box()})) == {SWITCH: (Verdict.RETIRED, SWITCH_ID)}
    assert found(plan, {}, [SWITCH]).missing == ()


def test_planned_devices_in_the_ranges_that_are_not_found_are_missing(lab_plan: Plan) -> None:
    discovery = found(lab_plan, {}, [ROUTER, SWITCH])
    assert [(each.device.id, each.absence) for each in discovery.missing] == [
        (ROUTER_ID, Absence.SILENT),
        (SWITCH_ID, Absence.SILENT),
    ]
    walked = found(lab_plan, {ROUTER: router()}, [ROUTER, SWITCH], seed=ROUTER)
    assert [(each.device.id, each.absence) for each in walked.missing] == [(SWITCH_ID, Absence.NOT_REACHED)]


@pytest.mark.parametrize(
    ("boxes", "rules"),
    [
        ({ROUTER: router(), GATEWAY: router(), UPLINK: Box()}, (Rule.PLAN,)),
        ({ROUTER: router(own={ROUTER: PC_MAC, STRANGER: PC_MAC}), STRANGER: Box()}, (Rule.ADDRESSES,)),
    ],
    ids=["planned addresses", "its own word"],
)
def test_addresses_of_a_planned_device_are_one(
    lab_plan: Plan, boxes: dict[Address, Box], rules: tuple[Rule, ...]
) -> None:
    one = only(found(lab_plan, boxes))
    assert (one.address, one.asset, one.rules) == (ROUTER, ROUTER_ID, rules)
    assert set(one.others) == set(boxes) - {ROUTER}


@pytest.mark.parametrize(
    ("first", "second", "rules"),
    [
        ({"engine": ENGINE, "name": "a"}, {"engine": ENGINE, "name": "a"}, (Rule.ENGINE,)),
        ({"engine": ENGINE, "name": "a"}, {"engine": ENGINE, "name": "b"}, None),
        ({"engine": ENGINE}, {"engine": ENGINE}, None),
        ({"chassis": b"\2\0\0\0\0\1", "name": "a"}, {"chassis": b"\2\0\0\0\0\1", "name": "a"}, (Rule.CHASSIS,)),
        ({"chassis": b"\2\0\0\0\0\1", "name": "a"}, {"chassis": b"\2\0\0\0\0\2", "name": "a"}, None),
        ({"name": "a"}, {"name": "a"}, None),
    ],
    ids=["engine", "cloned engine", "nameless engine", "chassis", "other chassis", "name alone"],
)
def test_strangers_are_one_by_engine_or_chassis_and_never_by_name_alone(
    lab_plan: Plan, first: dict[str, object], second: dict[str, object], rules: tuple[Rule, ...] | None
) -> None:
    discovery = found(lab_plan, {STRANGER: box(DISCOVERY, **first), FAR: box(DISCOVERY, **second)})
    if rules is None:
        assert len(discovery.findings) == 2
        return
    one = only(discovery)
    assert (one.address, one.others, one.rules) == (STRANGER, (FAR,), rules)


@pytest.mark.parametrize(
    ("claims", "rule"),
    [
        ({"name": ROUTER_ID, "engine": ENGINE}, Rule.ENGINE),
        ({"name": "x", "own": {GATEWAY_2: STRANGE_MAC}}, Rule.ADDRESSES),
    ],
)
def test_a_stranger_never_passes_for_a_planned_device(lab_plan: Plan, claims: dict[str, object], rule: Rule) -> None:
    boxes: dict[Address, Box] = {ROUTER: router(engine=ENGINE), GATEWAY_2: Box(), STRANGER: box(DISCOVERY, **claims)}
    discovery = found(lab_plan, boxes)
    assert told(discovery)[STRANGER][0] is not Verdict.PLANNED
    assert discovery.clashes == (Clash(rule, (str(STRANGER), ROUTER_ID)),)


def test_one_device_that_the_plan_has_twice_is_told_and_stays_two(lab_plan: Plan) -> None:
    both = {"name": "switch", "engine": ENGINE}
    discovery = found(lab_plan, {ROUTER: box(PROVINCE, **both), SWITCH: box(PROVINCE, **both)})
    assert [each.asset for each in discovery.findings] == [ROUTER_ID, SWITCH_ID]
    assert discovery.clashes == (Clash(Rule.ENGINE, (ROUTER_ID, SWITCH_ID)),)


def test_a_device_of_ours_that_tells_nothing_is_a_problem_and_a_silent_stranger_is_none(lab_plan: Plan) -> None:
    refused = Fault(Failure.AUTH_FAILED, "WrongDigest")
    boxes: dict[Address, Box] = {ROUTER: Box(), SWITCH: Box(refusal=refused), PC: Box(), STRANGER: Box(refusal=refused)}
    problems = {each.address: [p.reason for p in each.problems] for each in found(lab_plan, boxes).findings}
    assert problems == {
        ROUTER: ["no_answer: silent"],
        SWITCH: ["auth_failed: WrongDigest"],
        PC: [],
        STRANGER: ["auth_failed: WrongDigest"],
    }


def test_candidates_are_rows_of_the_register_with_what_is_known(lab_plan: Plan) -> None:
    boxes: dict[Address, Box] = {
        GATEWAY: router(arp={STRANGER: STRANGE_MAC, PC: PC_MAC}),
        STRANGER: box(DISCOVERY, name="new-switch"),
        PC: Box(),
        FAR: box(DISCOVERY, name="=cmd()"),
        FAR + 1: box(DISCOVERY, name=SWITCH_ID.lower()),
        FAR + 2: box(DISCOVERY, name="NEW-switch"),
    }
    roster = roster_of(lab_plan, TODAY)
    rows = [list(row.values()) for row in candidates(found(lab_plan, boxes).findings, roster)]
    assert rows == [
        ["new-switch", "", "", "", "68-22945", "68-22945-TS", "", str(STRANGER), "", "", "", "", "", ""],
        ["", "", "", "", "", "", "", str(FAR), "", "", "", "", "", ""],
        ["", "", "", "", "", "", "", str(FAR + 1), "", "", "", "", "", ""],
        ["", "", "", "", "", "", "", str(FAR + 2), "", "", "", "", "", ""],
    ]
    register = Path("inventory/lab/devices.csv").read_text(encoding="utf-8").splitlines()[0]
    assert ",".join(HEADER) == register
    assert set(HEADER) == set(COLUMNS["devices.csv"])


def test_the_document_has_its_keys(lab_plan: Plan) -> None:
    gateway = router(lldp=[Neighbour(name="dumb", mac=STRANGE_MAC, address=None)], own={GATEWAY: PC_MAC})
    discovery = found(lab_plan, {GATEWAY: gateway}, [GATEWAY, ROUTER, SWITCH])
    document = discovery_document(discovery, parse_ranges(["10.68.24.0/24"]))
    assert document == {
        "ranges": ["10.68.24.0/24"],
        "asked": 3,
        "answered": 1,
        "found": [
            {
                "address": "10.68.24.1",
                "other_addresses": [],
                "one_by": [],
                "verdict": "planned",
                "asset": ROUTER_ID,
                "unit": "68-22945",
                "site": "68-22945-TS",
                "mac": PC_MAC,
                "sys_name": ROUTER_ID,
                "vendor": None,
                "os": None,
                "model": None,
                "version": None,
                "serial": None,
                "found_by": ["echo", "snmp"],
                "asked_with": "province",
                "problems": [],
            }
        ],
        "missing": [{"asset": SWITCH_ID, "address": "10.68.28.2", "reason": "silent"}],
        "clashes": [],
        "outside": [],
        "unaddressed": [
            {
                "address": None,
                "protocol": "lldp",
                "sys_name": "dumb",
                "chassis_id": STRANGE_MAC,
                "heard_by": "10.68.24.1",
            }
        ],
    }
