"""From what was seen to each asset's coverage: verdict, since, detail; with every boundary of time and date."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ledger.figure import AssetRow, Availability, Coverage, Lifecycle, Snapshot
from ledger.max_age import MaxAges
from ledger.observation import Check, Failure, Observation, Outcome, RunResult
from ledger.plan import Exemption, Plan

Evaluate = Callable[..., Snapshot]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, DAY, TICK = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)
PC, SWITCH, ROUTER, LINK = "68-22945-PC-001", "68-22945-SW-001", "68-22945-RT-001", "68-22945-LK-001"
HOME, AWAY = "68-22945", "68-22924"
COLLECTOR = "68-TTDL-SV-001"


def seen(asset: str, *checks: Check, at: datetime = NOON, unit: str | None = None, **more: object) -> list[Observation]:
    source = str(more.pop("source", COLLECTOR))
    ok = bool(more.pop("ok", True))
    return [
        Observation(asset=asset, check=check, ok=ok, at=at, source=source, unit=unit, **more)  # type: ignore[arg-type]
        for check in checks
    ]


def pc(*, at: datetime = NOON, unit: str = HOME, source: str = SWITCH) -> list[Observation]:
    return seen(PC, Check.FDB, Check.TSLCD_VLAN, at=at, unit=unit, source=source, value="p1")


def run(asset: str, outcome: Outcome, *, at: datetime = NOON - DAY, message: str | None = None) -> RunResult:
    return RunResult(
        run="r1", playbook="site.yml", asset=asset, outcome=outcome, changed=1, check_mode=False, at=at, message=message
    )


def row_of(snapshot: Snapshot, asset: str) -> AssetRow:
    rows = (row for row in snapshot.rows if row.asset == asset and row.indicator not in ("HT08", "HT14"))
    (row,) = (row for row in rows if isinstance(row.verdict, Coverage))
    return row


def verdict(snapshot: Snapshot, asset: str) -> tuple[object, datetime | None]:
    row = row_of(snapshot, asset)
    return row.verdict, row.since


def test_a_pc_seen_in_its_place_is_covered_since_it_was_first_seen_there(evaluate: Evaluate) -> None:
    row = row_of(evaluate([*pc(at=NOON - DAY), *pc()]), PC)
    assert row == AssetRow(
        asset=PC,
        kind=row.kind,
        unit=HOME,
        site="68-22945-TS",
        indicator="HT06",
        verdict=Coverage.COVERED,
        since=NOON - DAY,
        last_seen=NOON,
        seen_at_unit=HOME,
        detail=None,
        availability=Availability.UP,
        lifecycle=Lifecycle.IN_SERVICE,
        planned_from=date(2026, 6, 1),
    )


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), Coverage.COVERED),
        (-HOUR, Coverage.COVERED),  # a clock ahead of ours: counts as now
        (30 * DAY, Coverage.COVERED),  # exactly max age
        (30 * DAY + TICK, Coverage.STALE),
    ],
)
def test_a_sighting_proves_for_exactly_its_max_age(evaluate: Evaluate, age: timedelta, expected: Coverage) -> None:
    assert row_of(evaluate(pc(at=NOON - age)), PC).verdict is expected


def test_a_sighting_in_the_future_is_last_seen_now(evaluate: Evaluate) -> None:
    row = row_of(evaluate(pc(at=NOON + HOUR)), PC)
    assert (row.last_seen, row.since) == (NOON, NOON)


def test_any_presence_check_proves_and_none_of_place_counts_as_home(evaluate: Evaluate) -> None:
    for check in (Check.FDB, Check.ARP, Check.LEASE, Check.PING):
        evidence = [*seen(PC, check), *seen(PC, Check.TSLCD_VLAN, at=NOON - 90 * DAY)]
        assert row_of(evaluate(evidence), PC).verdict is Coverage.COVERED
        assert row_of(evaluate(evidence), PC).seen_at_unit == HOME


def test_a_pc_seen_elsewhere_stays_covered_until_its_home_sighting_ages_out(evaluate: Evaluate) -> None:
    moved = [*pc(at=NOON - 30 * DAY), *pc(at=NOON - DAY, unit=AWAY, source="68-22924-SW-001")]
    before = row_of(evaluate(moved), PC)
    assert (before.verdict, before.seen_at_unit, before.last_seen) == (Coverage.COVERED, AWAY, NOON - DAY)
    after = row_of(evaluate(moved, at=NOON + TICK), PC)
    assert (after.verdict, after.since) == (Coverage.WRONG_PLACE, NOON)
    assert after.detail == "seen at 68-22924 by 68-22924-SW-001 (p1)"
    assert after.seen_at_unit == AWAY


def test_a_pc_that_was_never_at_home_is_in_the_wrong_place_since_it_was_seen_there(evaluate: Evaluate) -> None:
    away = [*pc(at=NOON - DAY, unit=AWAY), *pc(unit=AWAY)]
    assert verdict(evaluate(away), PC) == (Coverage.WRONG_PLACE, NOON - DAY)
    assert row_of(evaluate(away), PC).lifecycle is Lifecycle.PLANNED


def test_one_source_that_sees_it_at_home_and_later_elsewhere_still_knows_of_home(evaluate: Evaluate) -> None:
    pings = [*seen(PC, Check.PING, at=NOON - DAY, unit=HOME), *seen(PC, Check.PING, unit=AWAY)]
    assert row_of(evaluate([*pings, *seen(PC, Check.TSLCD_VLAN)]), PC).verdict is Coverage.COVERED


@pytest.mark.parametrize(
    ("vlan", "since", "detail"),
    [
        ([], NOON - DAY, "missing: tslcd_vlan"),
        (
            seen(PC, Check.TSLCD_VLAN, at=NOON - HOUR, ok=False, value="40"),
            NOON - HOUR,
            "missing: tslcd_vlan (40)",
        ),
        (
            seen(PC, Check.TSLCD_VLAN, at=NOON - 2 * DAY, ok=False, detail="VLAN 7 is not planned"),
            NOON - DAY,
            "missing: tslcd_vlan (VLAN 7 is not planned)",
        ),
    ],
)
def test_a_pc_outside_the_tslcds_vlans_is_not_compliant(
    evaluate: Evaluate, vlan: list[Observation], since: datetime, detail: str
) -> None:
    row = row_of(evaluate([*seen(PC, Check.FDB, at=NOON - DAY), *seen(PC, Check.FDB), *vlan]), PC)
    assert (row.verdict, row.since, row.detail) == (Coverage.NOT_COMPLIANT, since, detail)


def test_a_property_is_judged_by_its_latest_answer_and_failing_to_ask_is_no_answer(evaluate: Evaluate) -> None:
    switch = seen(SWITCH, Check.SNMP, Check.PING, Check.VLANS)
    lost = seen(SWITCH, Check.VLANS, at=NOON + HOUR, ok=False, failure=Failure.NO_ANSWER)
    assert row_of(evaluate([*switch, *lost], at=NOON + HOUR), SWITCH).verdict is Coverage.COVERED
    wrong = seen(SWITCH, Check.VLANS, at=NOON + HOUR, ok=False, detail="missing VLAN 30")
    row = row_of(evaluate([*switch, *wrong], at=NOON + HOUR), SWITCH)
    assert (row.verdict, row.detail) == (Coverage.NOT_COMPLIANT, "missing: vlans (missing VLAN 30)")
    mended = seen(SWITCH, Check.VLANS, at=NOON + 2 * HOUR)
    row = row_of(evaluate([*switch, *wrong, *mended], at=NOON + 2 * HOUR), SWITCH)
    assert (row.verdict, row.since) == (Coverage.COVERED, NOON + 2 * HOUR)


def test_a_device_that_only_answers_pings_lacks_its_proof(evaluate: Evaluate) -> None:
    refused = seen(ROUTER, Check.SNMP, ok=False, failure=Failure.AUTH_FAILED, detail="auth_failed: wrong digest")
    row = row_of(evaluate([*seen(ROUTER, Check.PING), *refused]), ROUTER)
    assert (row.verdict, row.detail) == (Coverage.NOT_COMPLIANT, "missing: snmp (auth_failed: wrong digest)")
    assert row.availability is None


def test_a_proof_runs_out_at_its_own_max_age_while_the_device_is_seen(evaluate: Evaluate) -> None:
    late = NOON + 7 * DAY
    observations = [*seen(ROUTER, Check.SNMP), *seen(ROUTER, Check.PING, at=late)]
    assert row_of(evaluate(observations, at=late), ROUTER).verdict is Coverage.COVERED
    row = row_of(evaluate(observations, at=late + TICK), ROUTER)
    assert (row.verdict, row.since, row.detail) == (Coverage.NOT_COMPLIANT, late, "missing: snmp")


def test_a_proof_that_nobody_looked_at_since_is_the_collectors_silence(evaluate: Evaluate) -> None:
    late = NOON + 8 * DAY
    observations = [*seen(ROUTER, Check.SNMP), *seen(ROUTER, Check.PING, at=late)]
    row = row_of(evaluate(observations, at=late, beats={"snmp": NOON, "icmp": late}), ROUTER)
    assert (row.verdict, row.since) == (Coverage.COLLECTOR_SILENT, NOON + 7 * DAY)


def test_a_router_cut_off_for_longer_than_snmps_max_age_does_not_lack_snmp(evaluate: Evaluate) -> None:
    observations = seen(ROUTER, Check.SNMP, Check.PING)
    assert verdict(evaluate(observations, at=NOON + 8 * DAY), ROUTER) == (Coverage.STALE, NOON + 7 * DAY)


HELD = timedelta(minutes=15)  # for so long may a sighting's time be held in memory


@pytest.mark.parametrize(
    ("started", "expected"),
    [
        (NOON + HELD, Coverage.COLLECTOR_SILENT),
        (NOON + HELD + TICK, Coverage.STALE),
    ],
)
def test_a_cycle_counts_if_it_started_after_the_asset_was_last_seen(
    evaluate: Evaluate, started: datetime, expected: Coverage
) -> None:
    end = started + timedelta(seconds=2)
    row = row_of(evaluate(pc(), at=NOON + 31 * DAY, beats={"snmp": end}), PC)
    assert (row.verdict, row.since) == (expected, NOON + 30 * DAY)


def test_any_responsible_collector_that_looked_makes_it_stale(evaluate: Evaluate) -> None:
    late = NOON + 31 * DAY
    assert row_of(evaluate(pc(), at=late, beats={"snmp": NOON, "icmp": late}), PC).verdict is Coverage.STALE
    assert row_of(evaluate(pc(), at=late, beats={"bgp": late}), PC).verdict is Coverage.COLLECTOR_SILENT
    assert row_of(evaluate(pc(), at=late, beats={}), PC).verdict is Coverage.COLLECTOR_SILENT


def cut(at: datetime) -> list[Observation]:
    """The uplink's PoP end was up and is down from `at`; what is behind it stopped answering."""
    silent = [ROUTER, SWITCH]
    return [
        *seen(LINK, Check.LINK, at=NOON, source="68-POP-RT-001"),
        *seen(LINK, Check.LINK, at=at, ok=False, source="68-POP-RT-001"),
        *(o for asset in silent for o in seen(asset, Check.SNMP, Check.PING, at=NOON)),
        *(
            o
            for asset in silent
            for o in seen(asset, Check.SNMP, Check.PING, at=at, ok=False, failure=Failure.NO_ANSWER)
        ),
    ]


@pytest.mark.parametrize(
    ("down_at", "expected"),
    [
        (NOON + HOUR, Coverage.BEHIND_OUTAGE),
        (NOON + 30 * DAY, Coverage.BEHIND_OUTAGE),
        (NOON + 30 * DAY + TICK, Coverage.STALE),
    ],
)
def test_a_pc_is_behind_an_outage_if_that_began_before_its_max_age_ran_out(
    evaluate: Evaluate, down_at: datetime, expected: Coverage
) -> None:
    row = row_of(evaluate([*pc(), *cut(down_at)], at=NOON + 31 * DAY), PC)
    assert (row.verdict, row.since) == (expected, NOON + 30 * DAY)
    assert row.detail == (
        "behind 68-22945-LK-001" if expected is Coverage.BEHIND_OUTAGE else f"last seen by {SWITCH} (p1)"
    )


def test_the_root_itself_is_stale_not_behind(evaluate: Evaluate) -> None:
    snapshot = evaluate(cut(NOON + HOUR), at=NOON + 8 * DAY)
    assert row_of(snapshot, LINK).verdict is Coverage.STALE
    assert row_of(snapshot, ROUTER).verdict is Coverage.BEHIND_OUTAGE


def test_an_outage_leaves_coverage_as_it_was_until_max_age(evaluate: Evaluate) -> None:
    snapshot = evaluate([*pc(), *cut(NOON + HOUR)], at=NOON + 2 * HOUR)
    assert row_of(snapshot, PC).verdict is Coverage.COVERED
    assert row_of(snapshot, ROUTER).verdict is Coverage.COVERED


NEVER_SEEN_AT = NOON - DAY


@pytest.mark.parametrize(
    ("runs", "expected", "since", "detail"),
    [
        ([], Coverage.NOT_PROVISIONED, datetime(2026, 5, 31, 17, tzinfo=UTC), None),
        (
            [run(PC, Outcome.UNREACHABLE, message="no route to host")],
            Coverage.PROVISIONING_FAILED,
            NOON - DAY,
            "unreachable: no route to host",
        ),
        ([run(PC, Outcome.FAILED, message="apt")], Coverage.PROVISIONING_FAILED, NOON - DAY, "failed: apt"),
        (
            [run(PC, Outcome.OK, at=NOON - 2 * DAY), run(PC, Outcome.FAILED)],
            Coverage.NEVER_SEEN,
            NOON - 2 * DAY,
            "provisioned, and never seen since",
        ),
        ([run(PC, Outcome.OK)], Coverage.NEVER_SEEN, NOON - DAY, "provisioned, and never seen since"),
    ],
)
def test_what_was_never_seen_is_told_apart_by_its_provisioning(
    evaluate: Evaluate, runs: list[RunResult], expected: Coverage, since: datetime, detail: str | None
) -> None:
    row = row_of(evaluate(runs=runs), PC)
    assert (row.verdict, row.since, row.detail) == (expected, since, detail)
    assert (row.last_seen, row.seen_at_unit, row.availability) == (None, None, None)


def test_never_seen_needs_a_cycle_that_started_after_provisioning(evaluate: Evaluate) -> None:
    done = [run(PC, Outcome.OK, at=NOON)]
    at_once = NOON + timedelta(seconds=2)  # such a cycle started at NOON
    assert row_of(evaluate(runs=done, at=at_once, beats={"snmp": at_once}), PC).verdict is Coverage.COLLECTOR_SILENT
    after = at_once + TICK
    assert row_of(evaluate(runs=done, at=after, beats={"snmp": after}), PC).verdict is Coverage.NEVER_SEEN


def test_a_link_is_provisioned_by_its_ends(evaluate: Evaluate) -> None:
    pop = run("68-POP-RT-001", Outcome.OK)
    assert row_of(evaluate(), LINK).verdict is Coverage.NOT_PROVISIONED
    assert row_of(evaluate(runs=[pop]), LINK).verdict is Coverage.NEVER_SEEN
    failed = row_of(evaluate(runs=[pop, run(ROUTER, Outcome.FAILED, message="vtysh")]), LINK)
    assert (failed.verdict, failed.detail) == (Coverage.PROVISIONING_FAILED, f"{ROUTER}: failed: vtysh")
    assert row_of(evaluate(seen(LINK, Check.LINK)), LINK).verdict is Coverage.COVERED


def with_pc(plan: Plan, **changes: object) -> Plan:
    changed = replace(plan.workstations[PC], **changes)  # type: ignore[arg-type]
    return replace(plan, workstations={**plan.workstations, PC: changed})


MIDNIGHT = datetime(2026, 11, 30, 17, tzinfo=UTC)  # the first of December begins in Viet Nam


def test_planned_later_ends_with_the_day_before_in_viet_nam(evaluate: Evaluate, lab_plan: Plan) -> None:
    plan = with_pc(lab_plan, planned_from=date(2026, 12, 1))
    before = row_of(evaluate(plan=plan, at=MIDNIGHT - TICK), PC)
    assert (before.verdict, before.since, before.detail) == (Coverage.PLANNED_LATER, None, "planned from 2026-12-01")
    assert verdict(evaluate(plan=plan, at=MIDNIGHT), PC) == (Coverage.NOT_PROVISIONED, MIDNIGHT)
    assert row_of(evaluate(pc(), plan=plan), PC).verdict is Coverage.COVERED  # earlier than planned is covered


def test_an_exemption_lasts_to_the_end_of_its_last_day(evaluate: Evaluate, lab_plan: Plan) -> None:
    plan = with_pc(lab_plan, exemption=Exemption("stand-alone", date(2026, 11, 30)))
    last = row_of(evaluate(pc(), plan=plan, at=MIDNIGHT - TICK), PC)
    assert (last.verdict, last.lifecycle, last.availability) == (Coverage.EXEMPT, Lifecycle.EXEMPT, None)
    assert last.detail == "stand-alone (until 2026-11-30)"
    assert row_of(evaluate(pc(), plan=plan, at=MIDNIGHT), PC).verdict is Coverage.COVERED


def test_a_retired_asset_has_no_row_from_its_day_on(evaluate: Evaluate, lab_plan: Plan) -> None:
    plan = with_pc(lab_plan, retired_on=date(2026, 12, 1))
    assert row_of(evaluate(pc(), plan=plan, at=MIDNIGHT - TICK), PC).verdict is Coverage.COVERED
    assert PC not in {row.asset for row in evaluate(pc(), plan=plan, at=MIDNIGHT).rows}


def test_lifecycle_follows_what_happened(evaluate: Evaluate) -> None:
    assert row_of(evaluate(), PC).lifecycle is Lifecycle.PLANNED
    assert row_of(evaluate(runs=[run(PC, Outcome.OK)]), PC).lifecycle is Lifecycle.PROVISIONED
    assert row_of(evaluate(pc(at=NOON - 90 * DAY)), PC).lifecycle is Lifecycle.IN_SERVICE


def test_what_no_register_has_is_listed_while_it_is_seen(evaluate: Evaluate) -> None:
    stranger = "mac:02:68:00:99:00:01"
    evidence = [*seen(stranger, Check.FDB, at=NOON - DAY, unit=AWAY, source="sw", value="p7")]
    evidence += seen(stranger, Check.FDB, unit=AWAY, source="sw", value="p7")
    row = row_of(evaluate(evidence), stranger)
    assert row == AssetRow(
        asset=stranger,
        kind=None,
        unit=None,
        site=None,
        indicator=None,
        verdict=Coverage.UNPLANNED,
        since=NOON - DAY,
        last_seen=NOON,
        seen_at_unit=AWAY,
        detail="seen by sw (p7)",
        availability=None,
        lifecycle=None,
    )
    assert not row.counted
    assert stranger in {row.asset for row in evaluate(evidence, at=NOON + 30 * DAY).rows}
    assert stranger not in {row.asset for row in evaluate(evidence, at=NOON + 30 * DAY + TICK).rows}


def test_max_ages_are_settings(evaluate: Evaluate) -> None:
    ages = MaxAges({check: timedelta(seconds=60) for check in Check})
    minute_later = NOON + timedelta(seconds=60)
    assert row_of(evaluate(pc(), at=minute_later, max_ages=ages), PC).verdict is Coverage.COVERED
    assert row_of(evaluate(pc(), at=minute_later + TICK, max_ages=ages), PC).verdict is Coverage.STALE
