"""From what was seen lately to each asset's availability: who answers, who doesn't, and when nobody knows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ledger.figure import AssetRow, Availability, Snapshot
from ledger.observation import Check, Failure, Observation
from ledger.plan import Exemption, Plan, Role

Evaluate = Callable[..., Snapshot]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, SECOND, TICK = timedelta(hours=1), timedelta(seconds=1), timedelta(microseconds=1)
CYCLES = timedelta(seconds=90)  # three cycles
PC, SWITCH, ROUTER, LINK = "68-22945-PC-001", "68-22945-SW-001", "68-22945-RT-001", "68-22945-LK-001"
TRUNK, POP, COLLECTOR = "68-22945-LK-002", "68-POP-RT-001", "68-TTDL-SV-001"
POLLED = (Check.SNMP, Check.PING)
Wanted = tuple[Availability | None, datetime | None]


def seen(
    asset: str, *checks: Check, at: datetime = NOON, source: str | None = None, unit: str | None = None
) -> list[Observation]:
    return [Observation(asset=asset, check=c, ok=True, at=at, source=source or asset, unit=unit) for c in checks]


def lost(
    asset: str,
    *checks: Check,
    at: datetime = NOON,
    failure: Failure | None = Failure.NO_ANSWER,
    source: str | None = None,
) -> list[Observation]:
    return [
        Observation(asset=asset, check=c, ok=False, at=at, source=source or asset, failure=failure, detail="said so")
        for c in checks
    ]


def province(plan: Plan, at: datetime = NOON) -> list[Observation]:
    """Everything of the plan is there and answers."""
    found = [o for device in plan.devices for o in seen(device, *POLLED, at=at)]
    for device in plan.devices.values():
        checks = {Role.CPE: (Check.BGP_SESSION, Check.DHCP), Role.ACCESS_SWITCH: (Check.VLANS,)}.get(device.role, ())
        found += seen(device.id, *checks, at=at)
    for link in plan.links.values():
        found += seen(link.id, Check.LINK, at=at, source=link.a.device)
    for pc in plan.workstations.values():
        found += seen(pc.id, Check.FDB, Check.TSLCD_VLAN, at=at, source=pc.switch, unit=pc.unit) if pc.switch else []
    return found


def availability(snapshot: Snapshot, asset: str) -> Availability | None:
    (value,) = {row.availability for row in snapshot.rows if row.asset == asset}
    return value


def under(snapshot: Snapshot, asset: str, indicator: str) -> AssetRow:
    (row,) = (row for row in snapshot.rows if (row.asset, row.indicator) == (asset, indicator))
    return row


def down(snapshot: Snapshot) -> dict[str, Availability]:
    """What is in service and not up."""
    return {r.asset: r.availability for r in snapshot.rows if r.availability not in (None, Availability.UP)}


def test_a_province_that_answers_is_up_and_its_indicators_have_a_row_each(evaluate: Evaluate, lab_plan: Plan) -> None:
    snapshot = evaluate(province(lab_plan))
    assert down(snapshot) == {}
    assert {row.asset for row in snapshot.rows if row.indicator == "AV02"} == set(lab_plan.links)
    points = {f"{unit}-CP" for unit in lab_plan.units if unit != "68"}
    assert {row.asset for row in snapshot.rows if row.indicator == "AV01"} == points
    assert under(snapshot, LINK, "AV02").verdict is Availability.UP


def test_what_was_never_proven_has_no_availability(evaluate: Evaluate) -> None:
    snapshot = evaluate(lost(ROUTER, *POLLED))
    assert availability(snapshot, ROUTER) is None
    assert not [row for row in snapshot.rows if row.indicator in ("AV01", "AV02")]
    only_pinged = evaluate(seen(ROUTER, Check.PING))
    assert availability(only_pinged, ROUTER) is None


def test_an_exempt_asset_has_no_availability(evaluate: Evaluate, lab_plan: Plan) -> None:
    exempt = replace(lab_plan.links[LINK], exemption=Exemption("works", datetime(2027, 1, 1, tzinfo=UTC).date()))
    plan = replace(lab_plan, links={**lab_plan.links, LINK: exempt})
    snapshot = evaluate(province(plan), plan=plan)
    assert LINK not in {row.asset for row in snapshot.rows if row.indicator == "AV02"}


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (Failure.AUTH_FAILED, Availability.AUTH_FAILED),
        (Failure.BAD_REPLY, Availability.BAD_REPLY),
        (Failure.NO_ANSWER, Availability.DOWN),
        (Failure.COLLECTOR_ERROR, Availability.COLLECTOR_SILENT),
        (None, Availability.DOWN),
    ],
)
def test_a_failure_is_told_by_its_sort(
    evaluate: Evaluate, lab_plan: Plan, failure: Failure | None, expected: Availability
) -> None:
    later = NOON + HOUR
    gone = [*province(lab_plan), *lost(SWITCH, Check.SNMP, at=later, failure=failure)]
    gone += seen(SWITCH, Check.PING, at=later)
    row = next(row for row in evaluate(gone, at=later).rows if row.asset == SWITCH)
    assert row.availability is expected


def test_a_point_tells_since_when_and_why(evaluate: Evaluate, lab_plan: Plan) -> None:
    later = NOON + HOUR
    gone = [*province(lab_plan), *lost(ROUTER, Check.SNMP, at=later - SECOND, failure=Failure.AUTH_FAILED)]
    row = under(evaluate([*gone, *seen(ROUTER, Check.PING, at=later)], at=later), "68-22945-CP", "AV01")
    assert (row.verdict, row.since, row.detail) == (Availability.AUTH_FAILED, later - SECOND, "snmp: said so")


@pytest.mark.parametrize(
    ("silence", "expected"), [(CYCLES, Availability.UP), (CYCLES + TICK, Availability.COLLECTOR_SILENT)]
)
def test_an_answer_counts_while_its_collector_is_at_work(
    evaluate: Evaluate, lab_plan: Plan, silence: timedelta, expected: Availability
) -> None:
    beats = {"snmp": NOON, "icmp": NOON + silence, "leases": NOON + silence}
    snapshot = evaluate(province(lab_plan), at=NOON + silence, beats=beats)
    row = under(snapshot, "68-22945-CP", "AV01")
    assert row.verdict is expected
    if expected is Availability.COLLECTOR_SILENT:
        assert (row.since, row.detail) == (NOON + CYCLES, "no heartbeat of the collector snmp")


def test_a_collector_that_never_finished_a_cycle_is_silent_since_nobody_knows_when(
    evaluate: Evaluate, lab_plan: Plan
) -> None:
    row = under(evaluate(province(lab_plan), beats={}), LINK, "AV02")
    assert (row.verdict, row.since) == (Availability.COLLECTOR_SILENT, None)


def test_a_silent_collector_is_not_an_outage(evaluate: Evaluate, lab_plan: Plan) -> None:
    later = NOON + HOUR
    gone = [*province(lab_plan), *lost(ROUTER, *POLLED, at=NOON + SECOND), *lost(SWITCH, *POLLED, at=NOON + SECOND)]
    silent = down(evaluate(gone, at=later, beats=dict.fromkeys(("snmp", "icmp", "leases"), NOON)))
    assert set(silent.values()) == {Availability.COLLECTOR_SILENT}


def cut(at: datetime) -> list[Observation]:
    """What a cycle finds when the uplink of 68-22945 was cut: behind it nothing answers, no table is read."""
    return [
        *lost(LINK, Check.LINK, at=at, source=POP, failure=None),
        *(o for asset in (ROUTER, SWITCH) for o in lost(asset, *POLLED, at=at)),
        *lost(PC, Check.PING, at=at),
    ]


def test_a_cut_uplink_puts_what_is_behind_it_and_nothing_else_behind_the_outage(
    evaluate: Evaluate, lab_plan: Plan
) -> None:
    later = NOON + HOUR
    still = [o for o in province(lab_plan, at=later) if not o.asset.startswith("68-22945")]
    snapshot = evaluate([*province(lab_plan), *still, *cut(later)], at=later)
    behind = {
        ROUTER,
        SWITCH,
        TRUNK,
        PC,
        "68-22945-PC-002",
        "68-22945-CP",
        "68-22945-LAN",
        "68-22945-SV-001",
        "68-22945-LK-003",
    }
    assert down(snapshot) == {LINK: Availability.DOWN} | dict.fromkeys(behind, Availability.BEHIND_OUTAGE)
    row = under(snapshot, TRUNK, "AV02")
    assert (row.since, row.detail) == (later, f"behind {LINK}")


def test_it_recovers(evaluate: Evaluate, lab_plan: Plan) -> None:
    mended = NOON + 2 * HOUR
    observations = [
        *province(lab_plan),
        *cut(NOON + HOUR),
        *province(lab_plan, at=mended),
        *seen(PC, Check.PING, at=mended),
    ]
    snapshot = evaluate(observations, at=mended)
    assert down(snapshot) == {}
    assert under(snapshot, LINK, "AV02").since == mended


def test_a_silent_router_behind_a_link_that_is_up_is_the_root(evaluate: Evaluate, lab_plan: Plan) -> None:
    later = NOON + HOUR
    still = [o for o in province(lab_plan, at=later) if not o.asset.startswith("68-22945") or o.asset == LINK]
    dark = [o for o in cut(later) if o.asset != LINK]
    row = under(evaluate([*province(lab_plan), *still, *dark], at=later), "68-22945-CP", "AV01")
    assert (row.verdict, row.since) == (Availability.DOWN, later)


def test_a_router_whose_snmp_is_dead_still_carries_what_is_behind_it(evaluate: Evaluate, lab_plan: Plan) -> None:
    later = NOON + HOUR
    still = [o for o in province(lab_plan, at=later) if ROUTER not in (o.asset, o.source)]
    gone = [
        *lost(ROUTER, Check.SNMP, at=later),
        *seen(ROUTER, Check.PING, at=later),
        *lost(PC, Check.FDB, at=later, failure=None, source=SWITCH),
    ]
    observations = [o for o in (*province(lab_plan), *still) if (o.asset, o.check, o.at) != (PC, Check.FDB, later)]
    snapshot = evaluate([*observations, *gone], at=later)
    assert availability(snapshot, ROUTER) is Availability.DOWN
    assert availability(snapshot, PC) is Availability.DOWN  # not behind_outage: its path answers


def test_a_link_whose_table_is_not_given_any_more_is_not_down(evaluate: Evaluate, lab_plan: Plan) -> None:
    later = NOON + HOUR
    still = [o for o in province(lab_plan, at=later) if o.source != POP]
    gone = [*lost(POP, Check.SNMP, at=later), *seen(POP, Check.PING, at=later)]
    before = [*province(lab_plan), *province(lab_plan, at=later - 30 * SECOND)]
    row = under(evaluate([*before, *still, *gone], at=later), LINK, "AV02")
    assert (row.verdict, row.since, row.detail) == (Availability.COLLECTOR_SILENT, later, f"no tables of {POP}")


def pc_seen(evaluate: Evaluate, plan: Plan, *observations: Observation) -> Availability | None:
    later = NOON + HOUR
    still = [o for o in province(plan, at=later) if o.asset != PC]
    return availability(evaluate([*province(plan), *still, *observations], at=later), PC)


def test_a_pc_is_up_if_any_switch_or_an_echo_tells_so(evaluate: Evaluate, lab_plan: Plan) -> None:
    later = NOON + HOUR
    unplugged = lost(PC, Check.FDB, at=later, failure=None, source=SWITCH)
    elsewhere = seen(PC, Check.FDB, at=later - SECOND, source="68-22924-SW-001", unit="68-22924")
    assert pc_seen(evaluate, lab_plan, *unplugged) is Availability.DOWN
    assert pc_seen(evaluate, lab_plan, *unplugged, *elsewhere) is Availability.UP
    assert pc_seen(evaluate, lab_plan, *unplugged, *seen(PC, Check.PING, at=later)) is Availability.UP
    assert pc_seen(evaluate, lab_plan, *unplugged, *lost(PC, Check.PING, at=later)) is Availability.DOWN


def test_a_source_that_no_longer_mentions_an_asset_does_not_say_yes_for_ever(
    evaluate: Evaluate, lab_plan: Plan
) -> None:
    held = timedelta(minutes=15)  # for so long may an unchanged sighting be held in memory
    for silence, expected in ((held + CYCLES, Availability.UP), (held + CYCLES + TICK, Availability.DOWN)):
        later = NOON + silence
        still = [o for o in province(lab_plan, at=later) if o.asset != PC]
        assert availability(evaluate([*province(lab_plan), *still], at=later), PC) is expected


def test_a_pc_whose_echo_fails_is_unknown_while_the_collector_of_its_last_yes_is_silent(
    evaluate: Evaluate, lab_plan: Plan
) -> None:
    later = NOON + HOUR
    observations = [*province(lab_plan), *lost(PC, Check.PING, at=later)]
    snapshot = evaluate(observations, at=later, beats={"snmp": NOON, "icmp": later})
    assert availability(snapshot, PC) is Availability.COLLECTOR_SILENT
