"""The whole text of a scrape: expected sets are exact, so missing and unexpected series both fail."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from catalogue import INDICATORS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from exporter.exposition import Exposition
from exporter.own import OUTAGE_REASONS, ROLLOUT_REASONS
from ledger.errors import StoreError
from ledger.figure import Availability, Coverage, CutOff, Lifecycle, NetworkOutage, Snapshot
from ledger.plan import AssetKind, Plan, Role

MakeSnapshot = Callable[..., Snapshot]
LEAVES = ("68-SKHCN", "68-22945", "68-22924", "68-23272")


class HeldSnapshot:
    """A ledger that always says the same, and counts how often it was asked."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.asked = 0

    def now(self) -> Snapshot:
        self.asked += 1
        return self.snapshot


class BrokenLedger:
    def now(self) -> Snapshot:
        raise StoreError("ledger.db: disk I/O error")


def still() -> float:
    return 0.0


def scraped(plan: Plan, snapshot: Snapshot) -> dict[str, list[Sample]]:
    text = Exposition(HeldSnapshot(snapshot), plan, "1.2.3", still).render().decode()
    return {family.name: family.samples for family in text_string_to_metric_families(text)}


def series(samples: Iterable[Sample], *labels: str) -> dict[tuple[str, ...], float]:
    found = {tuple(sample.labels[label] for label in labels): sample.value for sample in samples}
    assert all(set(sample.labels) == set(labels) for sample in samples)
    return found


def network(plan: Plan) -> set[str]:
    """Every asset that has series of its own."""
    points = {f"{device.unit}-CP" for device in plan.devices.values() if device.role is Role.CPE}
    return {*plan.devices, *plan.links, *points}


def one_stale_pc(indicator: str, asset: str) -> Coverage | Availability:
    if INDICATORS[indicator].is_availability:
        return Availability.BEHIND_OUTAGE if asset == "68-22945-LK-002" else Availability.UP
    return {"68-SKHCN-PC-003": Coverage.EXEMPT, "68-22945-PC-001": Coverage.STALE}.get(asset, Coverage.COVERED)


def test_the_families_are_exactly_those_that_are_documented_in_order(
    lab_plan: Plan, make_snapshot: MakeSnapshot
) -> None:
    families = [name for name in scraped(lab_plan, make_snapshot()) if not name.startswith("process_")]
    assert families == [
        "baophu_assets_planned",
        "baophu_assets_covered",
        "baophu_gap_assets",
        "baophu_assets_in_service",
        "baophu_assets_answering",
        "baophu_assets_not_answering",
        "baophu_target_ratio",
        "baophu_target_due_timestamp_seconds",
        "baophu_device_up",
        "baophu_link_up",
        "baophu_asset_availability",
        "baophu_asset_lifecycle",
        "baophu_asset_last_seen_timestamp_seconds",
        "baophu_outage_start_timestamp_seconds",
        "baophu_outage_assets",
        "baophu_asset_cut_off",
        "baophu_certificate_expiry_timestamp_seconds",
        "baophu_mail_queue_messages",
        "baophu_mail_queue_oldest_seconds",
        "baophu_mail_round_trip_up",
        "baophu_service_up",
        "baophu_service_response_seconds",
        "baophu_link_use_p95_ratio",
        "baophu_collector_last_cycle_timestamp_seconds",
        "baophu_collector_cycle_duration_seconds",
        "baophu_collector_cycle_interval_seconds",
        "baophu_collector_devices_asked",
        "baophu_collector_devices_failed",
        "baophu_unit_info",
        "baophu_snapshot_timestamp_seconds",
        "baophu_exporter_scrape_success",
        "baophu_exporter_scrape_duration_seconds",
        "baophu_build_info",
    ]


COUNTED = {indicator.id for indicator in INDICATORS.values() if not indicator.is_availability}


def test_rollout_counts_are_those_of_leaf_units(lab_plan: Plan, make_snapshot: MakeSnapshot) -> None:
    found = scraped(lab_plan, make_snapshot(one_stale_pc))
    planned = series(found["baophu_assets_planned"], "indicator", "unit", "level")
    covered = series(found["baophu_assets_covered"], "indicator", "unit", "level")
    levels = {unit: lab_plan.units[unit].level.value for unit in LEAVES}
    expected = {("HT02", unit, levels[unit]): 1.0 for unit in LEAVES}
    expected |= {("HT04", unit, levels[unit]): 1.0 for unit in LEAVES}
    expected |= {("HT06", unit, levels[unit]): 2.0 for unit in LEAVES}
    expected |= {(i, unit, levels[unit]): 0.0 for i in COUNTED - {"HT02", "HT04", "HT06"} for unit in LEAVES}
    assert planned == expected
    assert covered == expected | {("HT06", "68-22945", "commune"): 1.0}


def test_a_gap_has_every_reason_of_its_table_and_zero_where_there_is_none(
    lab_plan: Plan, make_snapshot: MakeSnapshot
) -> None:
    found = scraped(lab_plan, make_snapshot(one_stale_pc))
    gaps = series(found["baophu_gap_assets"], "indicator", "unit", "reason")
    expected = {(i, unit, reason): 0.0 for i in COUNTED for unit in LEAVES for reason in ROLLOUT_REASONS}
    assert gaps == expected | {("HT06", "68-22945", "stale"): 1.0}


def test_a_unit_with_units_below_it_appears_with_what_it_owns_itself_alone(
    lab_plan: Plan, make_snapshot: MakeSnapshot
) -> None:
    found = scraped(lab_plan, make_snapshot(one_stale_pc))
    in_service = series(found["baophu_assets_in_service"], "indicator", "unit", "level")
    links = {key: value for key, value in in_service.items() if key[0] == "AV02"}
    levels = {unit: lab_plan.units[unit].level.value for unit in LEAVES}
    counts = {unit: 2.0 if unit == "68-22924" else 3.0 for unit in LEAVES}
    assert links == {("AV02", "68", "province"): 3.0} | {("AV02", unit, levels[unit]): counts[unit] for unit in LEAVES}
    assert ("AV01", "68", "province") not in in_service


def test_an_outage_is_counted_as_not_answering_and_never_as_a_gap(lab_plan: Plan, make_snapshot: MakeSnapshot) -> None:
    found = scraped(lab_plan, make_snapshot(one_stale_pc))
    silent = series(found["baophu_assets_not_answering"], "indicator", "unit", "reason")
    assert {key: value for key, value in silent.items() if value} == {("AV02", "68-22945", "behind_outage"): 1.0}
    assert {key[2] for key in silent} == set(OUTAGE_REASONS)
    assert not any(sample.labels["indicator"].startswith("AV") for sample in found["baophu_gap_assets"])


def test_targets_stand_with_every_unit_that_has_one(lab_plan: Plan, make_snapshot: MakeSnapshot) -> None:
    found = scraped(lab_plan, make_snapshot())
    targets = series(found["baophu_target_ratio"], "indicator", "unit")
    communes = ("68-22945", "68-22924", "68-23272")
    expected = {(indicator, unit): 1.0 for indicator in ("HT02", "HT04", "HT06") for unit in ("68", "68-SKHCN")}
    expected |= {(indicator, unit): 1.0 for indicator in ("HT02", "HT04") for unit in communes}
    expected |= {(indicator, unit): 1.0 for indicator in ("TD01", "UD08") for unit in ("68-SKHCN", *communes)}
    expected |= {("TD06", unit): 0.8 for unit in ("68", *communes)} | {("TD06", "68-SKHCN"): 1.0}
    expected |= {("TD01", "68"): 1.0, ("HT13", "68"): 1.0}
    expected |= {("HT08", unit): 1.0 for unit in ("68", "68-SKHCN", *communes)}
    assert targets == expected | {("HT06", unit): 0.9 for unit in communes}


def test_a_target_is_due_until_the_last_second_of_its_day_in_viet_nam(
    lab_plan: Plan, make_snapshot: MakeSnapshot
) -> None:
    found = scraped(lab_plan, make_snapshot())
    due = series(found["baophu_target_due_timestamp_seconds"], "indicator", "unit")
    assert due["HT06", "68-22945"] == datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC).timestamp()
    assert due.keys() == series(found["baophu_target_ratio"], "indicator", "unit").keys()


def test_devices_and_links_in_service_are_up_or_not(lab_plan: Plan, make_snapshot: MakeSnapshot) -> None:
    found = scraped(lab_plan, make_snapshot(one_stale_pc))
    devices = series(found["baophu_device_up"], "asset", "unit", "site", "kind")
    links = series(found["baophu_link_up"], "link", "unit")
    assert devices == {(d.id, d.unit, d.site or "", d.kind.value): 1.0 for d in lab_plan.devices.values()}
    assert links == {(link.id, link.unit): float(link.id != "68-22945-LK-002") for link in lab_plan.links.values()}


def test_a_state_set_has_one_verdict_at_a_time(lab_plan: Plan, make_snapshot: MakeSnapshot) -> None:
    found = scraped(lab_plan, make_snapshot(one_stale_pc))
    states = series(found["baophu_asset_availability"], "asset", "unit", "kind", "verdict")
    mine = {key[3]: value for key, value in states.items() if key[0] == "68-22945-LK-002"}
    assert mine == {verdict.value: float(verdict is Availability.BEHIND_OUTAGE) for verdict in Availability}
    assert {key[0] for key in states} == network(lab_plan)
    assert len(states) == len(Availability) * len(network(lab_plan))


def test_what_is_not_in_service_is_neither_up_nor_down(lab_plan: Plan, make_snapshot: MakeSnapshot) -> None:
    snapshot = make_snapshot()
    rows = tuple(replace(row, availability=None, last_seen=None) for row in snapshot.rows)
    found = scraped(lab_plan, replace(snapshot, rows=rows))
    names = ("device_up", "link_up", "asset_availability", "asset_last_seen_timestamp_seconds")
    assert [found[f"baophu_{name}"] for name in names] == [[], [], [], []]


def test_ages_are_given_as_the_time_of_the_sighting(lab_plan: Plan, make_snapshot: MakeSnapshot) -> None:
    snapshot = make_snapshot()
    seen = series(scraped(lab_plan, snapshot)["baophu_asset_last_seen_timestamp_seconds"], "asset", "unit", "kind")
    assert set(seen.values()) == {snapshot.as_of.timestamp() - 20}
    assert {key[0] for key in seen} == network(lab_plan)


def test_lifecycle_has_one_stage_at_a_time_also_for_what_is_only_planned(
    lab_plan: Plan, make_snapshot: MakeSnapshot
) -> None:
    snapshot = make_snapshot()
    rows = tuple(
        replace(row, lifecycle=Lifecycle.PLANNED, availability=None) if row.asset == "68-22945-LK-002" else row
        for row in snapshot.rows
    )
    found = scraped(lab_plan, replace(snapshot, rows=rows))
    stages = series(found["baophu_asset_lifecycle"], "asset", "unit", "kind", "lifecycle")
    reached = {key[0]: key[3] for key, value in stages.items() if value}
    assert reached == dict.fromkeys(network(lab_plan), "in_service") | {"68-22945-LK-002": "planned"}
    assert {key[3] for key in stages} == {"planned", "provisioned", "in_service", "exempt"}
    assert len(stages) == 4 * len(network(lab_plan))


def test_an_outage_is_told_by_its_root_with_what_lies_behind_counted(
    lab_plan: Plan, make_snapshot: MakeSnapshot
) -> None:
    snapshot = make_snapshot()
    unit, root = "68-22945", "68-22945-LK-001"
    cut_off = (
        CutOff(root, unit, AssetKind.LINK),
        CutOff(f"{unit}-RT-001", unit, AssetKind.ROUTER),
        CutOff(f"{unit}-PC-001", unit, AssetKind.WORKSTATION),
        CutOff(f"{unit}-PC-002", unit, AssetKind.WORKSTATION),
        CutOff(f"{unit}-CP", unit, AssetKind.CONNECTION_POINT),
    )
    outage = NetworkOutage(root=root, unit=unit, kind=AssetKind.LINK, since=snapshot.as_of, cut_off=cut_off)
    found = scraped(lab_plan, replace(snapshot, outages=(outage,)))
    start = series(found["baophu_outage_start_timestamp_seconds"], "root", "unit", "kind")
    assert start == {(root, unit, "link"): snapshot.as_of.timestamp()}
    behind = series(found["baophu_outage_assets"], "root", "unit", "kind")
    assert {key[2]: value for key, value in behind.items()} == {"router": 1, "workstation": 2, "connection_point": 1}
    assert {key[:2] for key in behind} == {(root, unit)}
    cut = series(found["baophu_asset_cut_off"], "asset", "unit", "kind", "root")
    assert cut == {(f"{unit}-RT-001", unit, "router", root): 1, (f"{unit}-CP", unit, "connection_point", root): 1}


def test_units_have_their_names(lab_plan: Plan, make_snapshot: MakeSnapshot) -> None:
    found = scraped(lab_plan, make_snapshot())
    names = series(found["baophu_unit_info"], "unit", "level", "name_vi", "name_en")
    assert names == {(u.id, u.level.value, u.name_vi, u.name_en): 1.0 for u in lab_plan.units.values()}


def test_collectors_say_how_their_latest_cycle_went(lab_plan: Plan, make_snapshot: MakeSnapshot) -> None:
    snapshot = make_snapshot()
    found = scraped(lab_plan, snapshot)
    values = {
        name: series(found[f"baophu_collector_{name}"], "collector")["snmp",]
        for name in (
            "last_cycle_timestamp_seconds",
            "cycle_duration_seconds",
            "cycle_interval_seconds",
            "devices_asked",
            "devices_failed",
        )
    }
    assert values == {
        "last_cycle_timestamp_seconds": snapshot.as_of.timestamp() - 2,
        "cycle_duration_seconds": 1.5,
        "cycle_interval_seconds": 30.0,
        "devices_asked": 9.0,
        "devices_failed": 2.0,
    }


def test_without_a_ledger_the_scrape_says_so_and_gives_no_stale_series(lab_plan: Plan) -> None:
    text = Exposition(BrokenLedger(), lab_plan, "1.2.3", still).render().decode()
    found = {family.name: family.samples for family in text_string_to_metric_families(text)}
    ours = {name: samples[0].value for name, samples in found.items() if name.startswith("baophu_")}
    assert ours == {
        "baophu_exporter_scrape_success": 0.0,
        "baophu_exporter_scrape_duration_seconds": 0.0,
        "baophu_build_info": 1.0,
    }


def test_a_snapshot_is_rendered_once_and_a_new_one_again(lab_plan: Plan, make_snapshot: MakeSnapshot) -> None:
    source = HeldSnapshot(make_snapshot())
    exposition = Exposition(source, lab_plan, "1.2.3", still)
    before = exposition.render()
    source.snapshot = replace(source.snapshot, rows=())  # the same version: nothing has changed
    assert exposition.render().split(b"# HELP process_")[0] == before.split(b"# HELP process_")[0]
    source.snapshot = replace(source.snapshot, version="2")
    assert b"baophu_device_up{" in before
    assert b"baophu_device_up{" not in exposition.render()
    assert source.asked == 3


@pytest.mark.parametrize("value", ['a"b', "a\\b", "a\nb"])
def test_label_values_are_escaped(value: str, lab_plan: Plan, make_snapshot: MakeSnapshot) -> None:
    snapshot = make_snapshot()
    row = replace(next(row for row in snapshot.rows if row.asset == "68-POP-RT-001"), asset=value)
    found = scraped(lab_plan, replace(snapshot, rows=(row,)))
    assert [sample.labels["asset"] for sample in found["baophu_device_up"]] == [value]


ROLLOUT = st.sampled_from([verdict for verdict in Coverage if verdict is not Coverage.UNPLANNED])
NOW = st.sampled_from(Availability)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_reasons_sum_to_the_gap_and_units_sum_to_the_province(
    data: st.DataObject, lab_plan: Plan, make_snapshot: MakeSnapshot
) -> None:
    snapshot = make_snapshot(lambda indicator, _: data.draw(NOW if INDICATORS[indicator].is_availability else ROLLOUT))
    found = scraped(lab_plan, snapshot)
    for is_availability, all_name, good_name, gap_name in (
        (False, "baophu_assets_planned", "baophu_assets_covered", "baophu_gap_assets"),
        (True, "baophu_assets_in_service", "baophu_assets_answering", "baophu_assets_not_answering"),
    ):
        total, good, reasons = (by_indicator_and_unit(found[name]) for name in (all_name, good_name, gap_name))
        assert reasons == {key: total[key] - good[key] for key in total}
        for figure in snapshot.figures:
            if figure.unit == "68" and INDICATORS[figure.indicator].is_availability == is_availability:
                mine = [key for key in total if key[0] == figure.indicator]
                assert sum(total[key] for key in mine) == figure.denominator
                assert sum(good[key] for key in mine) == figure.numerator


def by_indicator_and_unit(samples: Iterable[Sample]) -> dict[tuple[str, str], float]:
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for sample in samples:
        sums[sample.labels["indicator"], sample.labels["unit"]] += sample.value
    return dict(sums)
