"""Connection points and LANs: judged by their parts, counted once a unit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ledger.figure import AssetRow, Availability, Coverage, Lifecycle, Snapshot
from ledger.observation import Check, Observation, Outcome, RunResult
from ledger.plan import AssetKind, Device, Exemption, Plan, Workstation

Evaluate = Callable[..., Snapshot]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
UNIT = "68-22945"
ROUTER, SWITCH, PC, PC2 = (f"{UNIT}-{name}" for name in ("RT-001", "SW-001", "PC-001", "PC-002"))
POINT, LAN = f"{UNIT}-CP", f"{UNIT}-LAN"
FULL = {
    ROUTER: (Check.SNMP, Check.BGP_SESSION, Check.DHCP),
    SWITCH: (Check.SNMP, Check.VLANS),
    PC: (Check.FDB, Check.TSLCD_VLAN),
}


def seen(
    asset: str, *checks: Check, at: datetime = NOON, ok: bool = True, unit: str | None = None
) -> list[Observation]:
    return [Observation(asset=asset, check=c, ok=ok, at=at, source=asset, unit=unit) for c in checks]


def unit_without(*left_out: tuple[str, Check], at: datetime = NOON) -> list[Observation]:
    pairs = [(asset, check) for asset, checks in FULL.items() for check in checks if (asset, check) not in left_out]
    return [o for asset, check in pairs for o in seen(asset, check, at=at)]


def row_of(snapshot: Snapshot, asset: str, indicator: str) -> AssetRow:
    (row,) = (row for row in snapshot.rows if (row.asset, row.indicator) == (asset, indicator))
    return row


def test_a_unit_with_everything_has_its_connection_point_and_its_lan(evaluate: Evaluate) -> None:
    snapshot = evaluate([*unit_without(at=NOON - DAY), *unit_without()])
    for asset, indicator, kind in (
        (POINT, "HT04", AssetKind.CONNECTION_POINT),
        (LAN, "HT02", AssetKind.LAN),
    ):
        row = row_of(snapshot, asset, indicator)
        assert (row.verdict, row.kind, row.unit, row.site) == (Coverage.COVERED, kind, UNIT, f"{UNIT}-TS")
        assert (row.since, row.availability, row.lifecycle) == (NOON - DAY, Availability.UP, Lifecycle.IN_SERVICE)


def test_there_is_one_of_each_per_unit_that_is_owed_it(evaluate: Evaluate, lab_plan: Plan) -> None:
    rows = evaluate().rows
    units = [unit for unit in lab_plan.units if unit != "68"]  # the province has a PoP and no CPE
    assert [row.asset for row in rows if row.indicator == "HT04"] == [f"{unit}-CP" for unit in units]
    assert [row.asset for row in rows if row.indicator == "HT02"] == [f"{unit}-LAN" for unit in units]


def test_the_connection_point_needs_its_session_within_max_age(evaluate: Evaluate) -> None:
    without = evaluate(unit_without((ROUTER, Check.BGP_SESSION)))
    assert row_of(without, POINT, "HT04").detail == "missing: bgp_session"
    assert row_of(without, POINT, "HT04").verdict is Coverage.NOT_COMPLIANT
    assert row_of(without, LAN, "HT02").verdict is Coverage.COVERED
    lost = [*unit_without(), *seen(ROUTER, Check.BGP_SESSION, at=NOON + DAY, ok=False)]
    assert row_of(evaluate(lost, at=NOON + DAY), POINT, "HT04").verdict is Coverage.COVERED
    lasting = [*lost, *seen(ROUTER, Check.SNMP, at=NOON + 7 * DAY)]
    assert row_of(evaluate(lasting, at=NOON + 7 * DAY), POINT, "HT04").verdict is Coverage.COVERED
    row = row_of(evaluate(lasting, at=NOON + 7 * DAY + TICK), POINT, "HT04")
    assert (row.verdict, row.since) == (Coverage.NOT_COMPLIANT, NOON + 7 * DAY)


@pytest.mark.parametrize(
    ("left_out", "verdict", "detail"),
    [
        ([(ROUTER, Check.DHCP)], Coverage.NOT_COMPLIANT, f"{ROUTER}: missing: dhcp"),
        ([(SWITCH, Check.VLANS)], Coverage.NOT_COMPLIANT, f"{SWITCH}: missing: vlans"),
        ([(SWITCH, Check.SNMP)], Coverage.NOT_PROVISIONED, f"{SWITCH}: not_provisioned"),
        ([(PC, Check.FDB)], Coverage.NOT_PROVISIONED, f"{PC}: not_provisioned"),
        ([(PC, Check.TSLCD_VLAN)], Coverage.NOT_COMPLIANT, f"{PC}: missing: tslcd_vlan"),
        ([(ROUTER, Check.DHCP), (SWITCH, Check.VLANS)], Coverage.NOT_COMPLIANT, f"{ROUTER}: missing: dhcp"),
    ],
)
def test_the_first_part_that_is_not_covered_gives_the_lans_verdict(
    evaluate: Evaluate, left_out: list[tuple[str, Check]], verdict: Coverage, detail: str
) -> None:
    row = row_of(evaluate(unit_without(*left_out)), LAN, "HT02")
    assert (row.verdict, row.detail) == (verdict, detail)


def test_one_pc_proves_a_lan_and_the_best_stands_for_all(evaluate: Evaluate) -> None:
    other = [*unit_without((PC, Check.FDB), (PC, Check.TSLCD_VLAN)), *seen(PC2, Check.FDB, Check.TSLCD_VLAN)]
    assert row_of(evaluate(other), LAN, "HT02").verdict is Coverage.COVERED
    away = [*unit_without((PC, Check.FDB)), *seen(PC2, Check.FDB, unit="68-22924")]
    row = row_of(evaluate(away), LAN, "HT02")
    assert (row.verdict, row.seen_at_unit) == (Coverage.WRONG_PLACE, "68-22924")
    assert row.detail == f"{PC2}: seen at 68-22924 by {PC2}"


def test_provisioning_follows_from_the_parts(evaluate: Evaluate) -> None:
    run = RunResult(
        run="r", playbook="site.yml", asset=ROUTER, outcome=Outcome.FAILED, changed=0, check_mode=False, at=NOON
    )
    snapshot = evaluate(runs=[replace(run, message="vtysh refused")])
    row = row_of(snapshot, POINT, "HT04")
    assert (row.verdict, row.detail) == (Coverage.PROVISIONING_FAILED, "failed: vtysh refused")
    assert row_of(snapshot, LAN, "HT02").detail == f"{ROUTER}: failed: vtysh refused"


def changed(plan: Plan, asset: str, **changes: object) -> Plan:
    register = "devices" if asset in plan.devices else "workstations"
    rows: dict[str, Device | Workstation] = dict(getattr(plan, register))
    rows[asset] = replace(rows[asset], **changes)  # type: ignore[arg-type]
    return replace(plan, **{register: rows})  # type: ignore[arg-type]  # one register by its name


def test_a_retired_router_takes_its_connection_point_with_it(evaluate: Evaluate, lab_plan: Plan) -> None:
    plan = changed(lab_plan, ROUTER, retired_on=date(2026, 11, 22))
    snapshot = evaluate(unit_without(), plan=plan)
    assert POINT not in {row.asset for row in snapshot.rows}
    row = row_of(snapshot, LAN, "HT02")
    assert (row.verdict, row.detail) == (
        Coverage.NOT_COMPLIANT,
        "the plan has no router or no polled workstation to prove it by",
    )


def test_an_exempt_part_exempts_what_it_makes_up(evaluate: Evaluate, lab_plan: Plan) -> None:
    plan = changed(lab_plan, ROUTER, exemption=Exemption("not ours", date(2030, 1, 1)))
    snapshot = evaluate(plan=plan)
    assert row_of(snapshot, POINT, "HT04").verdict is Coverage.EXEMPT
    assert row_of(snapshot, LAN, "HT02").verdict is Coverage.EXEMPT
    assert {"HT02", "HT04"} & {row.indicator for row in snapshot.gaps if row.unit == UNIT} == set()


def test_a_part_planned_for_later_delays_the_lan(evaluate: Evaluate, lab_plan: Plan) -> None:
    plan = changed(lab_plan, ROUTER, planned_from=date(2027, 1, 1))
    snapshot = evaluate(plan=plan)
    assert row_of(snapshot, LAN, "HT02").verdict is Coverage.PLANNED_LATER
    (figure,) = (f for f in snapshot.main_figures if (f.unit, f.indicator) == (UNIT, "HT02"))
    assert (figure.denominator, figure.due_denominator, dict(figure.reasons)) == (1, 0, {"planned_later": 1})


def test_a_second_switch_planned_for_later_does_not_take_the_lan_away(evaluate: Evaluate, lab_plan: Plan) -> None:
    second = replace(lab_plan.devices[SWITCH], id=f"{UNIT}-SW-002", planned_from=date(2027, 1, 1))
    plan = replace(lab_plan, devices={**lab_plan.devices, second.id: second})
    assert row_of(evaluate(unit_without(), plan=plan), LAN, "HT02").verdict is Coverage.COVERED
    due = datetime(2026, 12, 31, 17, tzinfo=UTC)
    row = row_of(evaluate(unit_without(at=due), plan=plan, at=due), LAN, "HT02")
    assert (row.verdict, row.detail) == (Coverage.NOT_PROVISIONED, f"{UNIT}-SW-002: not_provisioned")


def test_of_several_routers_the_best_connects_the_unit(evaluate: Evaluate, lab_plan: Plan) -> None:
    second = replace(lab_plan.devices[ROUTER], id=f"{UNIT}-RT-002")
    plan = replace(lab_plan, devices={**lab_plan.devices, second.id: second})
    snapshot = evaluate(seen(second.id, Check.SNMP, Check.BGP_SESSION), plan=plan)
    assert row_of(snapshot, POINT, "HT04").verdict is Coverage.COVERED
