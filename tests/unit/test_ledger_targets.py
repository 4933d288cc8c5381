"""Targets: inherited down the tree, overridden nearer to the unit, in the version of the day."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from plan_folder import copied, places

from ledger.plan import Level, Plan, Target, Unit, read_plan
from ledger.plan.catalogue import shipped
from ledger.reconcile.targets import Targets

TODAY = date(2026, 11, 22)
TREE = (
    ("p", None, Level.PROVINCE),
    ("p-h", "p", Level.DISTRICT),
    ("p-h-1", "p-h", Level.COMMUNE),
    ("p-h-2", "p-h", Level.COMMUNE),
)


def target(value: float, unit: str | None = None, level: Level | None = None, **more: object) -> Target:
    values = {"indicator": "HT06", "value": value, "due": date(2026, 12, 31), "unit": unit, "level": level}
    return Target(**{**values, **more})  # type: ignore[arg-type]


@pytest.fixture
def plan(lab_plan: Plan) -> Plan:
    units = {id_: Unit(id_, parent, level, "unit", id_, id_, None) for id_, parent, level in TREE}
    return replace(lab_plan, units=units, targets=(), indicators=shipped())


def of(
    plan: Plan,
    unit: str,
    *targets: Target,
    indicator: str = "HT06",
    level: Level | None = None,
    field: str | None = None,
    on: date = TODAY,
) -> float | None:
    found = Targets(replace(plan, targets=targets), on).of(
        plan.indicators[indicator], plan.units[unit], level=level, field=field
    )
    return None if found is None else found.value


def test_a_target_is_inherited_and_overridden_per_unit(plan: Plan) -> None:
    targets = (target(0.5, "p"), target(0.7, "p-h"), target(0.9, "p-h-1"))
    assert [of(plan, unit, *targets) for unit, _, _ in TREE] == [0.5, 0.7, 0.9, 0.7]


def test_a_level_goes_before_what_is_inherited_and_a_unit_before_its_level(plan: Plan) -> None:
    targets = (target(0.5, "p"), target(0.8, level=Level.COMMUNE), target(0.9, "p-h-1"))
    assert [of(plan, unit, *targets) for unit, _, _ in TREE] == [0.5, 0.5, 0.9, 0.8]
    nearer = (*targets, target(0.6, "p-h", Level.COMMUNE))
    assert [of(plan, unit, *nearer) for unit, _, _ in TREE] == [0.5, 0.5, 0.9, 0.6]


def test_the_units_of_a_level_owe_together_what_each_owes(plan: Plan) -> None:
    assert of(plan, "p", target(0.8, level=Level.COMMUNE), level=Level.COMMUNE) == 0.8
    assert of(plan, "p", target(0.8, "p", Level.COMMUNE), target(0.5, "p"), level=Level.COMMUNE) == 0.8
    assert of(plan, "p", target(0.5, "p"), level=Level.COMMUNE) == 0.5


def test_a_count_is_owed_by_whom_it_was_set_for_alone(plan: Plan) -> None:
    whole = target(381, "p", indicator="HT09")
    assert of(plan, "p", whole, indicator="HT09") == 381
    assert of(plan, "p-h-1", whole, indicator="HT09") is None
    each = target(3, level=Level.COMMUNE, indicator="HT09")
    assert of(plan, "p-h-1", each, indicator="HT09") == 3
    assert of(plan, "p", each, indicator="HT09", level=Level.COMMUNE) is None


def test_a_changed_target_keeps_the_old_one_for_old_dates(plan: Plan) -> None:
    old = (target(0.5, "p", due=date(2025, 12, 31)), target(0.8, "p"))
    new = (target(0.6, "p", valid_from=date(2026, 7, 1), version="2"),)
    assert of(plan, "p", *old, *new, on=date(2025, 6, 1)) == 0.5
    assert of(plan, "p", *old, *new, on=date(2026, 6, 30)) == 0.8
    assert of(plan, "p", *old, *new, on=date(2026, 7, 1)) == 0.6


def test_a_target_without_a_date_comes_after_dated_ones(plan: Plan) -> None:
    targets = (target(1.0, "p", due=None), target(0.8, "p"))
    assert of(plan, "p", *targets) == 0.8
    assert of(plan, "p", *targets, on=date(2027, 1, 1)) == 1.0


def test_a_target_of_one_field_is_that_fields(plan: Plan) -> None:
    cell = target(0.4, "p-h-1", indicator="DV03", field="Tư pháp")
    assert of(plan, "p-h-1", cell, indicator="DV03", field="Tư pháp") == 0.4
    assert of(plan, "p-h-1", cell, indicator="DV03", field="Đất đai") is None
    assert of(plan, "p-h-1", cell, indicator="DV03") is None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(tmp_path)


@pytest.mark.parametrize(
    ("written", "due"),
    [
        ("trước năm 2020", date(2019, 12, 31)),
        ("đến năm 2020", date(2020, 12, 31)),
        ("Đến hết năm 2020", date(2020, 12, 31)),
        ("2020", date(2020, 12, 31)),
        ("null", None),
    ],
)
def test_due_days_as_documents_write_them(folder: Path, written: str, due: date | None) -> None:
    rows = f"targets:\n  - {{indicator: HT06, level: commune, value: 0.9, due: {written}}}\n"
    (folder / "targets.yml").write_text(rows, encoding="utf-8")
    assert [t.due for t in read_plan(folder).targets] == [due]


def test_values_are_in_the_indicators_unit(folder: Path) -> None:
    rows = (
        "targets:\n"
        "  - {indicator: TH01, unit: 68, value: 8, due: 2020-12-31, version: KH 2016, valid_from: 2016-10-19}\n"
        "  - {indicator: DT01, unit: 68, value: 173263000000}\n"
        "  - {indicator: DV03, field: Tư pháp, unit: 68, value: 0.3}\n"
    )
    (folder / "targets.yml").write_text(rows, encoding="utf-8")
    rank, money, cell = read_plan(folder).targets
    assert (rank.value, rank.version, rank.valid_from) == (8.0, "KH 2016", date(2016, 10, 19))
    assert (money.value, money.due, cell.field) == (173_263_000_000.0, None, "Tư pháp")


@pytest.mark.parametrize(
    ("row", "code", "key"),
    [
        ("{indicator: TH01, unit: 68, value: 0.9}", "bad_number", "value"),
        ("{indicator: HT06, unit: 68, value: 0.9, field: x}", "unknown_field", "field"),
        ("{indicator: HT06, unit: 68, value: 0.9, due: trước năm 20}", "bad_date", "due"),
        ("{indicator: HT06, unit: 68, value: 0.9, valid_from: hôm qua}", "bad_date", "valid_from"),
    ],
)
def test_a_bad_target_is_named(folder: Path, row: str, code: str, key: str) -> None:
    (folder / "targets.yml").write_text(f"targets:\n  - {row}\n", encoding="utf-8")
    assert places(folder) == [(code, "targets.yml", 2, key)]
