"""Cabling, planned and seen, on the lab's plan: each row exactly, and the rule that told it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ledger.adjacency import Heard, adjacency_text
from ledger.figure import Snapshot
from ledger.observation import Check, Failure, Observation
from ledger.plan import Link, LinkEnd, Plan
from ledger.topology import Cabling, Match, PortRef, TopologyRow

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
POP, CPE, SWITCH, SERVER = "68-POP-RT-001", "68-22945-RT-001", "68-22945-SW-001", "68-TTDL-SV-001"
OTHER_CPE = "68-22924-RT-001"
UPLINK, TRUNK = "68-22945-LK-001", "68-22945-LK-002"
#: How each device calls itself.
CHASSIS = {POP: "02:68:00:00:00:01", CPE: "02:68:00:00:00:02", SWITCH: "02:68:00:00:00:03"}
Evaluate = Callable[..., Snapshot]


def heard(port: str, far: str, **said: str) -> Heard:
    """`far` on `port`, by its chassis id unless something else is said."""
    return Heard(
        port=port,
        port_id=said.get("port_id", ""),
        protocol=said.get("protocol", "lldp"),
        chassis_id=said.get("chassis_id", CHASSIS.get(far, "")),
        system_name=said.get("system_name", ""),
        far_port_id=said.get("far_port_id", ""),
        far_port_name=said.get("far_port_name", ""),
    )


def tells(device: str, *entries: Heard, at: datetime = NOON, is_whole: bool = True) -> list[Observation]:
    """The device answers and says whom it hears."""
    value = adjacency_text(CHASSIS.get(device, ""), entries, is_whole=is_whole)
    return [
        Observation(asset=device, check=check, ok=True, at=at, source=device, value=text)
        for check, text in ((Check.SNMP, device), (Check.ADJACENCY, value))
    ]


def fails(device: str, at: datetime = NOON) -> Observation:
    return Observation(asset=device, check=Check.SNMP, ok=False, at=at, source=device, failure=Failure.NO_ANSWER)


def row(snapshot: Snapshot, link: str = UPLINK) -> TopologyRow:
    (found,) = [each for each in snapshot.topology if each.link == link]
    return found


AS_PLANNED = (PortRef(POP, "up2"), PortRef(CPE, "wan0"))
BOTH = [
    *tells(POP, heard("up2", CPE, port_id="aa:00:00:00:00:02", far_port_id="aa:00:00:00:00:09")),
    *tells(CPE, heard("wan0", POP, port_id="aa:00:00:00:00:09", far_port_id="aa:00:00:00:00:02")),
]


def test_each_end_hears_the_other_on_its_planned_port(evaluate: Evaluate) -> None:
    assert row(evaluate(BOTH)) == TopologyRow(
        verdict=Cabling.RIGHT,
        link=UPLINK,
        unit="68-22945",
        planned=AS_PLANNED,
        seen=AS_PLANNED,
        match=Match.BOTH_WAYS,
        protocol="lldp",
        heard_by=(POP, CPE),
        heard_at=NOON,
        detail=None,
    )


@pytest.mark.parametrize(
    ("said", "match"),
    [
        ({"far_port_name": "wan0"}, Match.CHASSIS_AND_PORT),
        ({"far_port_id": "WAN0"}, Match.CHASSIS_AND_PORT),
        ({"chassis_id": "", "system_name": f"{CPE.lower()}.lan", "far_port_name": "wan0"}, Match.NAME_AND_PORT),
        ({"far_port_id": "02:68:00:00:00:77"}, Match.CHASSIS),
        ({"chassis_id": "", "system_name": CPE}, Match.NAME),
        ({"far_port_id": "02:68:00:00:00:77", "far_port_name": "to the PoP, by fibre"}, Match.CHASSIS),
    ],
)
def test_one_end_is_enough_and_the_rule_is_shown(evaluate: Evaluate, said: dict[str, str], match: Match) -> None:
    """The router doesn't tell whom it hears; its chassis id is known from before."""
    found = row(evaluate([*tells(CPE), fails(CPE), *tells(POP, heard("up2", CPE, **said))]))
    assert (found.verdict, found.match, found.heard_by) == (Cabling.RIGHT, match, (POP,))


@pytest.mark.parametrize(
    "said",
    [{"chassis_id": "02:99:00:00:00:01", "system_name": CPE}, {"chassis_id": CPE}, {"chassis_id": CPE.lower()}],
)
def test_who_never_told_its_chassis_id_is_known_by_name(evaluate: Evaluate, said: dict[str, str]) -> None:
    found = row(evaluate(tells(POP, heard("up2", CPE, far_port_id="wan0", **said))))
    assert (found.verdict, found.match) == (Cabling.RIGHT, Match.NAME_AND_PORT)


def test_who_has_a_devices_name_and_another_chassis_id_is_a_stranger(evaluate: Evaluate) -> None:
    clone = heard("up2", CPE, chassis_id="02:99:00:00:00:01", system_name=CPE, far_port_id="wan0")
    found = evaluate([*tells(CPE), *tells(POP, clone)])
    assert row(found).verdict is Cabling.MISSING
    assert unexpected(found) == [(Match.STRANGER, (PortRef(POP, "up2"), PortRef(CPE, "wan0")), (POP,))]


def test_a_chassis_id_goes_before_a_name(evaluate: Evaluate) -> None:
    found = evaluate([*tells(POP, heard("up2", CPE, system_name=OTHER_CPE, far_port_id="wan0")), *tells(CPE)])
    assert row(found).match is Match.CHASSIS_AND_PORT


def test_a_chassis_id_that_two_devices_give_themselves_says_nothing(evaluate: Evaluate) -> None:
    twin = Observation(
        asset=OTHER_CPE,
        check=Check.ADJACENCY,
        ok=True,
        at=NOON,
        source=OTHER_CPE,
        value=adjacency_text(CHASSIS[CPE], (), is_whole=True),
    )
    told = [*tells(CPE), *tells(POP, heard("up2", CPE, far_port_id="wan0"))]
    assert row(evaluate(told)).verdict is Cabling.RIGHT
    assert row(evaluate([*told, twin])).verdict is Cabling.MISSING


@pytest.mark.parametrize(
    ("told", "seen", "match"),
    [
        (tells(POP, heard("up3", CPE, far_port_id="wan0")), (PortRef(POP, "up3"), PortRef(CPE, "wan0")), 1),
        (tells(POP, heard("up2", CPE, far_port_id="lan5")), (PortRef(POP, "up2"), PortRef(CPE, "lan5")), 1),
        (tells(CPE, heard("lan5", POP, far_port_id="up2")), (PortRef(POP, "up2"), PortRef(CPE, "lan5")), 1),
        (
            [*tells(POP, heard("up3", CPE, far_port_id="lan5")), *tells(CPE, heard("lan5", POP, far_port_id="up3"))],
            (PortRef(POP, "up3"), PortRef(CPE, "lan5")),
            2,
        ),
    ],
    ids=["on another port of the PoP", "on another port of the router", "told by the router", "both moved"],
)
def test_the_two_on_another_port(
    evaluate: Evaluate, told: list[Observation], seen: tuple[PortRef, PortRef], match: int
) -> None:
    by_id = [*tells(CPE, at=NOON - MINUTE), *tells(POP, at=NOON - MINUTE)]
    silent = [fails(device) for device in (POP, CPE) if all(item.asset != device for item in told)]
    found = row(evaluate([*by_id, *told, *silent]))
    assert (found.verdict, found.planned, found.seen) == (Cabling.WRONG_PORT, AS_PLANNED, seen)
    assert found.match is (Match.BOTH_WAYS if match == 2 else Match.CHASSIS_AND_PORT)
    assert found.detail == "plug it as planned, or correct the plan"


def test_who_is_heard_instead_is_said_and_is_unexpected_itself(evaluate: Evaluate) -> None:
    found = evaluate(tells(POP, heard("up2", "", chassis_id="", system_name="nobody-planned-it", far_port_id="ge1")))
    missing = row(found)
    assert (missing.verdict, missing.seen, missing.match) == (Cabling.MISSING, None, None)
    assert missing.detail == f"{POP} hears nobody-planned-it on port up2 instead"
    assert unexpected(found) == [(Match.STRANGER, (PortRef(POP, "up2"), PortRef("nobody-planned-it", "ge1")), (POP,))]


Beside = tuple[Match | None, tuple[PortRef, PortRef] | None, tuple[str, ...]]


def unexpected(snapshot: Snapshot) -> list[Beside]:
    found = [each for each in snapshot.topology if each.verdict is Cabling.UNEXPECTED]
    assert all(each.link is None and each.planned is None for each in found)
    return [(each.match, each.seen, each.heard_by) for each in found]


def test_a_cable_between_planned_devices_that_no_register_has_stands_once(evaluate: Evaluate) -> None:
    told = [
        *tells(CPE, heard("lan7", "", chassis_id="", system_name=OTHER_CPE, far_port_id="lan8")),
        *tells(OTHER_CPE, heard("lan8", CPE, far_port_id="lan7")),
    ]
    seen = (PortRef(CPE, "lan7"), PortRef(OTHER_CPE, "lan8"))
    assert unexpected(evaluate(told)) == [(Match.BOTH_WAYS, seen, (CPE, OTHER_CPE))]


def test_a_planned_pc_that_speaks_lldp_is_no_cable_to_wonder_about(evaluate: Evaluate) -> None:
    told = [
        *tells(SWITCH, heard("p1", "", chassis_id="02:68:00:20:00:01")),
        *tells(CPE, heard("lan9", "", chassis_id="x", far_port_id="02:68:00:20:00:02")),
    ]
    assert unexpected(evaluate(told)) == []


def test_nobody_tells(evaluate: Evaluate) -> None:
    found = row(evaluate([*tells(POP, at=NOON - MINUTE), fails(POP)]))
    assert (found.verdict, found.heard_by) == (Cabling.UNKNOWN, ())
    assert found.detail == f"neither {CPE} nor {POP} tells what it hears"


def test_what_a_silent_device_heard_does_not_contradict_who_tells_now(evaluate: Evaluate) -> None:
    cut = [*BOTH, fails(CPE, at=NOON + MINUTE), *tells(POP, at=NOON + MINUTE)]
    assert row(evaluate(cut, at=NOON + MINUTE)).verdict is Cabling.MISSING


def test_a_table_that_broke_off_misses_nothing(evaluate: Evaluate) -> None:
    found = row(evaluate(tells(POP, is_whole=False)))
    assert found.verdict is Cabling.UNKNOWN
    assert row(evaluate(tells(POP))).verdict is Cabling.MISSING


def test_a_link_whose_date_lies_ahead_is_missed_by_nobody(evaluate: Evaluate, lab_plan: Plan) -> None:
    later = replace(lab_plan.links[UPLINK], planned_from=(NOON + timedelta(days=2)).date())
    plan = replace(lab_plan, links={**lab_plan.links, UPLINK: later})
    assert row(evaluate(tells(POP), plan=plan)).verdict is Cabling.PLANNED_LATER
    assert row(evaluate(BOTH, plan=plan)).verdict is Cabling.RIGHT


def test_a_retired_link_has_no_row_and_its_cable_is_unexpected(evaluate: Evaluate, lab_plan: Plan) -> None:
    gone = replace(lab_plan.links[UPLINK], retired_on=NOON.date())
    found = evaluate(BOTH, plan=replace(lab_plan, links={**lab_plan.links, UPLINK: gone}))
    assert UPLINK not in {each.link for each in found.topology}
    assert unexpected(found) == [(Match.BOTH_WAYS, AS_PLANNED, (POP, CPE))]


def test_two_links_of_one_pair_are_told_apart_by_their_ports(evaluate: Evaluate, lab_plan: Plan) -> None:
    first = lab_plan.links[UPLINK]
    second = replace(first, id="second", a=LinkEnd(POP, "up9", None), b=LinkEnd(CPE, "wan1", None))
    plan = replace(lab_plan, links={**lab_plan.links, "second": second})
    both = evaluate(
        [*tells(POP, heard("up2", CPE, far_port_id="wan0"), heard("up9", CPE, far_port_id="wan1")), *tells(CPE)],
        plan=plan,
    )
    assert (row(both).verdict, row(both, "second").verdict) == (Cabling.RIGHT, Cabling.RIGHT)
    one = evaluate([*tells(POP, heard("up2", CPE, far_port_id="wan0")), *tells(CPE)], plan=plan)
    assert (row(one).verdict, row(one, "second").verdict) == (Cabling.RIGHT, Cabling.MISSING)


def doubled(plan: Plan) -> Plan:
    """With a second link between the PoP and the router, up9 to wan9."""
    first = plan.links[UPLINK]
    second = replace(first, id="second", a=LinkEnd(POP, "up9", None), b=LinkEnd(CPE, "wan9", None))
    return replace(plan, links={**plan.links, "second": second})


def test_crossed_cables_are_shown_as_they_are(evaluate: Evaluate, lab_plan: Plan) -> None:
    crossed = [
        *tells(POP, heard("up2", CPE, far_port_id="wan9"), heard("up9", CPE, far_port_id="wan0")),
        *tells(CPE, heard("wan0", POP, far_port_id="up9"), heard("wan9", POP, far_port_id="up2")),
    ]
    found = evaluate(crossed, plan=doubled(lab_plan))
    assert {each.link: (each.verdict, each.seen, each.match) for each in (row(found), row(found, "second"))} == {
        UPLINK: (Cabling.WRONG_PORT, (PortRef(POP, "up2"), PortRef(CPE, "wan9")), Match.BOTH_WAYS),
        "second": (Cabling.WRONG_PORT, (PortRef(POP, "up9"), PortRef(CPE, "wan0")), Match.BOTH_WAYS),
    }
    assert unexpected(found) == []


def test_one_cable_is_never_two_links(evaluate: Evaluate, lab_plan: Plan) -> None:
    one = [*tells(POP, heard("up3", CPE, far_port_id="wan4")), *tells(CPE, heard("wan4", POP, far_port_id="up3"))]
    found = evaluate(one, plan=doubled(lab_plan))
    assert (row(found).verdict, row(found, "second").verdict) == (Cabling.WRONG_PORT, Cabling.MISSING)


def test_what_names_a_port_goes_before_what_names_none(evaluate: Evaluate) -> None:
    """The PoP hears the router on the planned port and can't tell the far one; the router says that it is another."""
    told = [*tells(POP, heard("up2", CPE)), *tells(CPE, heard("lan7", POP, far_port_id="up2"))]
    found = evaluate(told)
    assert (row(found).verdict, row(found).seen) == (Cabling.WRONG_PORT, (PortRef(POP, "up2"), PortRef(CPE, "lan7")))
    assert unexpected(found) == []


def test_a_second_cable_that_one_end_tells_of_is_not_lost(evaluate: Evaluate) -> None:
    told = [*tells(POP, heard("up2", CPE, far_port_id="wan0")), *tells(CPE, heard("lan7", POP, far_port_id="srv9"))]
    found = evaluate(told)
    assert row(found).verdict is Cabling.RIGHT
    assert unexpected(found) == [(Match.CHASSIS_AND_PORT, (PortRef(CPE, "lan7"), PortRef(POP, "srv9")), (CPE,))]


@pytest.mark.parametrize(("lldp_port", "seen"), [("wan0", "wan0"), ("aa:00:00:00:00:09", "lan7")])
def test_who_speaks_two_protocols_is_one_neighbour(evaluate: Evaluate, lldp_port: str, seen: str) -> None:
    """LLDP is taken where it names the port, else CDP."""
    both = (
        heard("up2", CPE, far_port_id=lldp_port),
        heard("up2", CPE, chassis_id="", system_name=f"{CPE}.lan", far_port_id="lan7", protocol="cdp"),
    )
    found = evaluate([*tells(CPE), fails(CPE), *tells(POP, *both)])
    assert row(found).verdict is (Cabling.RIGHT if seen == "wan0" else Cabling.WRONG_PORT)
    assert unexpected(found) == []


def test_ten_thousand_strangers_are_told_apart(evaluate: Evaluate) -> None:
    phones = [heard(f"p{n}", "", chassis_id=f"02:99:00:00:{n // 256:02x}:{n % 256:02x}") for n in range(10_000)]
    found = unexpected(evaluate(tells(SWITCH, *phones)))
    assert len({seen for _, seen, _ in found}) == len(found) == 10_000


def test_a_retired_links_cable_still_leads_somewhere(evaluate: Evaluate, lab_plan: Plan) -> None:
    """The register says that it is gone; the two hear each other all the same."""
    gone = replace(lab_plan.links[UPLINK], retired_on=NOON.date())
    plan = replace(lab_plan, links={**lab_plan.links, UPLINK: gone})
    before = [
        *tells(SERVER, at=NOON - MINUTE),
        *tells(POP, heard("up2", CPE), at=NOON - MINUTE),
        *tells(CPE, at=NOON - MINUTE),
    ]
    after = [*tells(SERVER), *tells(POP, heard("up2", CPE)), fails(CPE)]
    assert cut_off(evaluate([*before, *after], plan=plan)) == {CPE: {CPE}}


def test_every_planned_link_has_one_row_in_register_order(evaluate: Evaluate, lab_plan: Plan) -> None:
    assert [each.link for each in evaluate(BOTH).topology] == list(lab_plan.links)


WORDS = dict.fromkeys(("port", "port_id", "protocol", "chassis_id", "system_name", "far_port_id", "far_port_name"), "")


@pytest.mark.parametrize(
    "value",
    [
        '{"chassis_id":"x","heard":[{"port":"up2"}],"is_whole":true}',
        '{"chassis_id":5,"heard":[],"is_whole":true}',
        '{"chassis_id":"x","heard":[],"is_whole":1}',
        '{"chassis_id":"x","heard":5,"is_whole":true}',
        json.dumps({"chassis_id": "x", "is_whole": True, "heard": [{**WORDS, "port": None}]}),
        "[" * 100_000,
        "5",
        "text",
    ],
)
def test_the_text_of_a_later_version_tells_nothing(evaluate: Evaluate, value: str) -> None:
    strange = [
        Observation(asset=POP, check=Check.ADJACENCY, ok=True, at=NOON, source=POP, value=value) for value in (value,)
    ]
    assert row(evaluate([*strange, *tells(CPE)[:1]])).verdict is Cabling.UNKNOWN


def test_an_unplanned_cable_puts_what_lies_behind_it_into_the_same_outage(evaluate: Evaluate, lab_plan: Plan) -> None:
    """The second commune's router hangs on the first one's, as nobody planned; both fall silent with the first."""
    links = {name: link for name, link in lab_plan.links.items() if not _joins(link, POP, OTHER_CPE)}
    plan = replace(lab_plan, links=links)
    proven = Observation(asset=UPLINK, check=Check.LINK, ok=True, at=NOON, source=POP, value="up")
    before = [
        proven,
        *tells(SERVER, at=NOON - MINUTE),
        *tells(POP, at=NOON - MINUTE),
        *tells(CPE, heard("lan7", "", chassis_id="", system_name=OTHER_CPE), at=NOON - MINUTE),
        *tells(OTHER_CPE, at=NOON - MINUTE),
    ]
    after = [*tells(SERVER), *tells(POP), fails(CPE), fails(OTHER_CPE)]
    assert cut_off(evaluate([*before, *after], plan=plan)) == {CPE: {CPE, OTHER_CPE}}
    unplugged = [*before, *tells(CPE, at=NOON - MINUTE / 2), *after]
    assert cut_off(evaluate(unplugged, plan=plan)) == {CPE: {CPE}}


def cut_off(snapshot: Snapshot) -> dict[str, set[str]]:
    """The devices behind each root."""
    devices = {POP, CPE, OTHER_CPE, SERVER}
    return {each.root: {cut.asset for cut in each.cut_off} & devices for each in snapshot.outages}


def _joins(link: Link, one: str, other: str) -> bool:
    return {link.a.device, link.b.device} == {one, other}
