"""Figures: sums over the tree, targets and their dates, nothing owed; and their one form as JSON."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from catalogue import INDICATORS

from ledger.document import figure_document, row_document
from ledger.figure import Figure, FigureState, Snapshot
from ledger.observation import Check, Observation
from ledger.plan import Level, Plan, Target
from ledger.reconcile.targets import Targets

Evaluate = Callable[..., Snapshot]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PCS = ("68-SKHCN-PC-001", "68-SKHCN-PC-002", "68-22945-PC-001", "68-22945-PC-002", "68-22924-PC-001")


def seen(*assets: str) -> list[Observation]:
    return [
        Observation(asset=asset, check=check, ok=True, at=NOON, source="sw")
        for asset in assets
        for check in (Check.FDB, Check.TSLCD_VLAN)
    ]


def figure(snapshot: Snapshot, unit: str, indicator: str = "HT06") -> Figure:
    (found,) = (f for f in snapshot.main_figures if (f.unit, f.indicator) == (unit, indicator))
    return found


def test_every_node_has_every_indicator_in_register_order(evaluate: Evaluate, lab_plan: Plan) -> None:
    figures = evaluate().main_figures
    assert [(f.unit, f.indicator) for f in figures] == [(u, i) for u in lab_plan.units for i in INDICATORS]


def test_a_figure_is_whole(evaluate: Evaluate) -> None:
    assert figure(evaluate(seen(*PCS)), "68") == Figure(
        indicator="HT06",
        unit="68",
        level=Level.PROVINCE,
        population=None,
        step="connected",
        evidence="measured",
        value=5 / 8,
        value_unit="ratio",
        qualifier=None,
        numerator=5,
        denominator=8,
        due_denominator=7,
        ratio=5 / 8,
        target=1.0,
        target_met=False,
        due=date(2027, 6, 30),
        legal_basis="Kế hoạch chuyển đổi số 2026 (ví dụ)",
        gap=3,
        to_target=3,
        reasons={"planned_later": 1, "not_provisioned": 2},
        state=FigureState.VALUE,
        as_of=NOON,
    )


def test_nothing_owed_is_no_ratio(evaluate: Evaluate) -> None:
    nothing = figure(evaluate(), "68", "AV01")
    assert (nothing.denominator, nothing.numerator, nothing.gap, dict(nothing.reasons)) == (0, 0, 0, {})
    assert (nothing.ratio, nothing.value, nothing.target_met, nothing.to_target) == (None, None, None, None)
    assert nothing.state == "no_data"


def test_exempt_and_unplanned_are_never_counted(evaluate: Evaluate) -> None:
    snapshot = evaluate(seen("68-SKHCN-PC-003", "mac:02:68:00:99:00:01"))
    assert (figure(snapshot, "68-SKHCN").denominator, figure(snapshot, "68-SKHCN").numerator) == (2, 0)
    assert {row.asset for row in snapshot.gaps} & {"68-SKHCN-PC-003", "mac:02:68:00:99:00:01"} == set()


@pytest.mark.parametrize(
    ("value", "covered", "to_target", "met"),
    [
        (0.9, 2, 0, True),
        (0.5, 1, 0, True),
        (0.9, 1, 1, False),
        (0.5, 0, 1, False),
        (0.0, 0, 0, True),
        (1.0, 0, 2, False),
    ],
)
def test_what_it_takes_to_meet_a_target(
    evaluate: Evaluate, lab_plan: Plan, value: float, covered: int, to_target: int, met: bool
) -> None:
    target = Target(indicator="HT06", value=value, due=date(2026, 12, 31), unit="68-SKHCN")
    found = figure(evaluate(seen(*PCS[:covered]), plan=replace(lab_plan, targets=(target,))), "68-SKHCN")
    assert (found.target, found.to_target, found.target_met) == (value, to_target, met)


def test_a_ratio_that_binary_fractions_cannot_write_still_meets_its_target(evaluate: Evaluate, lab_plan: Plan) -> None:
    pcs = {f"68-SKHCN-PC-{n:03}": replace(lab_plan.workstations[PCS[0]], id=f"68-SKHCN-PC-{n:03}") for n in range(10)}
    target = Target(indicator="HT06", value=0.7, due=date(2026, 12, 31), unit="68-SKHCN")
    plan = replace(lab_plan, workstations=pcs, targets=(target,))
    found = figure(evaluate(seen(*list(pcs)[:7]), plan=plan), "68-SKHCN")
    assert (found.numerator, found.denominator, found.to_target, found.target_met) == (7, 10, 0, True)


def test_an_indicator_without_a_target_has_none(evaluate: Evaluate, lab_plan: Plan) -> None:
    found = figure(evaluate(seen(*PCS), plan=replace(lab_plan, targets=())), "68")
    assert (found.target, found.due, found.to_target, found.target_met, found.legal_basis) == (None,) * 5


def target(due: str, *, value: float = 1.0, unit: str | None = None, level: Level | None = None) -> Target:
    return Target(indicator="HT06", value=value, due=date.fromisoformat(due), unit=unit, level=level)


LEVEL_2026 = target("2026-12-31", level=Level.DEPARTMENT)
UNIT_2025 = target("2025-12-31", unit="68-SKHCN")
UNIT_2026 = target("2026-06-30", unit="68-SKHCN")
UNIT_2027 = target("2027-12-31", unit="68-SKHCN")


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ([LEVEL_2026], LEVEL_2026),
        ([LEVEL_2026, UNIT_2025], UNIT_2025),
        ([UNIT_2027, UNIT_2026, UNIT_2025], UNIT_2026),
        ([UNIT_2027, UNIT_2025], UNIT_2027),
        ([target("2026-01-01", level=Level.COMMUNE)], None),
        ([replace(UNIT_2027, indicator="HT02")], None),
    ],
)
def test_the_next_target_due_counts_and_a_units_own_before_its_levels(
    lab_plan: Plan, targets: list[Target], expected: Target | None
) -> None:
    plan = replace(lab_plan, targets=tuple(targets))
    on_the_day = date(2026, 6, 30)
    assert Targets(plan, on_the_day).of(INDICATORS["HT06"], plan.units["68-SKHCN"]) == expected


def test_a_target_counts_to_the_end_of_its_day_and_then_until_another_is_due(lab_plan: Plan) -> None:
    plan = replace(lab_plan, targets=(UNIT_2025, UNIT_2026))
    unit, day_after = plan.units["68-SKHCN"], date(2026, 7, 1)
    assert Targets(plan, date(2025, 12, 31)).of(INDICATORS["HT06"], unit) == UNIT_2025
    assert Targets(plan, date(2026, 1, 1)).of(INDICATORS["HT06"], unit) == UNIT_2026
    assert Targets(plan, day_after).of(INDICATORS["HT06"], unit) == UNIT_2026


def test_a_figure_as_json(evaluate: Evaluate) -> None:
    document = figure_document(figure(evaluate(seen(*PCS)), "68"))
    assert list(document.items()) == [
        ("indicator", "HT06"),
        ("unit", "68"),
        ("level", "province"),
        ("population", None),
        ("step", "connected"),
        ("evidence", "measured"),
        ("value", 0.625),
        ("value_unit", "ratio"),
        ("qualifier", None),
        ("numerator", 5),
        ("denominator", 8),
        ("due_denominator", 7),
        ("ratio", 0.625),
        ("target", 1.0),
        ("target_met", False),
        ("due", "2027-06-30"),
        ("legal_basis", "Kế hoạch chuyển đổi số 2026 (ví dụ)"),
        ("gap", 3),
        ("to_target", 3),
        ("reasons", {"planned_later": 1, "not_provisioned": 2}),
        ("state", "value"),
        ("as_of", "2026-11-22T12:00:00Z"),
        ("scope", "subtree"),
        ("field", None),
        ("mark", None),
        ("difference", None),
        ("detail", None),
        ("declared_on", None),
    ]
    assert all(type(value) in (str, int, float, bool, dict, type(None)) for value in document.values())


def test_a_row_as_json(evaluate: Evaluate) -> None:
    snapshot = evaluate(seen(PCS[0]), at=NOON + timedelta(seconds=1))
    (row,) = (row for row in snapshot.rows if row.asset == PCS[0])
    assert list(row_document(row).items()) == [
        ("asset", "68-SKHCN-PC-001"),
        ("kind", "workstation"),
        ("unit", "68-SKHCN"),
        ("site", "68-SKHCN-TS"),
        ("indicator", "HT06"),
        ("verdict", "covered"),
        ("since", "2026-11-22T12:00:00Z"),
        ("last_seen", "2026-11-22T12:00:00Z"),
        ("seen_at_unit", "68-SKHCN"),
        ("detail", None),
        ("availability", "up"),
    ]


@pytest.mark.parametrize(("wanted", "missing"), [(1, 0), (5, 4)])
def test_a_measured_counts_target_is_a_count(evaluate: Evaluate, lab_plan: Plan, wanted: float, missing: float) -> None:
    target = Target(indicator="TD03", value=wanted, due=date(2026, 12, 31), unit="68")
    address = next(iter(lab_plan.mailboxes))
    there = [Observation(asset=address, check=Check.MAILBOX, ok=True, at=NOON, source="mail", value="active")]
    found = figure(evaluate(there, plan=replace(lab_plan, targets=(target,))), "68", "TD03")
    assert (found.value, found.target, found.to_target, found.target_met) == (1.0, wanted, missing, missing == 0)
