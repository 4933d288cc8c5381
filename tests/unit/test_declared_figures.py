"""Declared figures: added up the tree, never averaged; held against what the whole says; beside what was measured."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.declared.amount import NoAmount, read_amount
from ledger.declared.statement import Declared, Mark, Scope, Statement
from ledger.declared.sums import added, settled, sum_of
from ledger.figure import Figure, FigureScope, FigureState
from ledger.plan import Level, Plan, Target, Unit, ValueUnit
from ledger.plan.catalogue import shipped
from ledger.reconcile.figures import figures_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 10, 31)
#: A province with a department, and a district with two communes.
TREE = (
    ("p", None, Level.PROVINCE),
    ("p-so", "p", Level.DEPARTMENT),
    ("p-h", "p", Level.DISTRICT),
    ("p-h-1", "p-h", Level.COMMUNE),
    ("p-h-2", "p-h", Level.COMMUNE),
)


@pytest.fixture
def plan(lab_plan: Plan) -> Plan:
    units = {id_: Unit(id_, parent, level, "unit", id_, id_, None) for id_, parent, level in TREE}
    return replace(lab_plan, units=units, targets=(), indicators=shipped())


def said(
    indicator: str, unit: str, amount: str, scope: Scope = Scope.OWN, level: Level | None = None, **more: object
) -> Declared:
    read = read_amount(amount)
    assert not isinstance(read, NoAmount)
    values = {"indicator": indicator, "unit": unit, "day": DAY, "amount": read, "scope": scope, "level": level}
    return Declared(Statement(**{**values, **more}), 1)  # type: ignore[arg-type]


Key = tuple[str, str, Level | None, str | None]


def figures(plan: Plan, *declared: Declared, on: datetime = NOON) -> dict[Key, Figure]:
    """Declared ones by indicator, unit, level counted (None: all below) and field."""
    found = (f for f in figures_of(plan, [], on, declared) if f.evidence == "declared")
    return {(f.indicator, f.unit, f.level if f.scope is FigureScope.LEVEL else None, f.field): f for f in found}


def told(
    found: dict[Key, Figure], indicator: str, unit: str, level: Level | None = None, field: str | None = None
) -> tuple[object, ...]:
    f = found[indicator, unit, level, field]
    return (f.numerator, f.denominator, f.value, f.state)


def test_counts_are_added_and_ratios_divided_again(plan: Plan) -> None:
    found = figures(plan, said("UD01", "p-h-1", "1/10"), said("UD01", "p-h-2", "29/30"), said("UD01", "p-so", "8/10"))
    assert told(found, "UD01", "p-h") == (30, 40, 0.75, "value")
    assert told(found, "UD01", "p") == (38, 50, 0.76, "value")
    assert told(found, "UD01", "p", Level.COMMUNE) == (30, 40, 0.75, "value")
    assert told(found, "UD01", "p", Level.DEPARTMENT) == (8, 10, 0.8, "value")
    assert ("UD01", "p", Level.DISTRICT, None) not in found
    assert found["UD01", "p", None, None].gap == 12
    assert dict(found["UD01", "p", None, None].reasons) == {}


def test_a_ratio_without_its_counts_stands_alone_and_is_never_averaged(plan: Plan) -> None:
    found = figures(plan, said("UD01", "p-h-1", "50 %"), said("UD01", "p-h-2", "1/10"))
    assert told(found, "UD01", "p-h-1") == (None, None, 0.5, "value")
    assert told(found, "UD01", "p-h") == (None, None, None, "no_data")


def test_what_a_document_says_of_a_level_is_that_levels(plan: Plan) -> None:
    found = figures(
        plan,
        said("UD06", "p", "19/19", Scope.LEVEL, Level.DEPARTMENT),
        said("UD06", "p", "18/18", Scope.LEVEL, Level.DISTRICT),
    )
    assert told(found, "UD06", "p", Level.DEPARTMENT) == (19, 19, 1.0, "value")
    assert told(found, "UD06", "p") == (37, 37, 1.0, "value")


def test_a_whole_that_its_parts_bear_out_has_their_counts_and_its_own_mark(plan: Plan) -> None:
    parts = [said("UD01", "p-h-1", "29/40", mark=Mark.SYNTHETIC), said("UD01", "p-h-2", "10/19", mark=Mark.SYNTHETIC)]
    found = figures(plan, *parts, said("UD01", "p", "66,1 %", Scope.LEVEL, Level.COMMUNE))
    assert told(found, "UD01", "p", Level.COMMUNE) == (39, 59, 39 / 59, "value")
    assert found["UD01", "p", Level.COMMUNE, None].mark == "document"
    assert found["UD01", "p-h", None, None].mark == "synthetic"


def test_a_sum_of_what_documents_bear_out_is_as_firm_as_its_counts(plan: Plan) -> None:
    made_up = [said("UD01", "p-h-1", "29/40", mark=Mark.SYNTHETIC), said("UD01", "p-so", "9/10", mark=Mark.SYNTHETIC)]
    stated = [
        said("UD01", "p", "72,5 %", Scope.LEVEL, Level.COMMUNE),
        said("UD01", "p", "90 %", Scope.LEVEL, Level.DEPARTMENT),
    ]
    found = figures(plan, *made_up, *stated)
    assert [found["UD01", "p", level, None].mark for level in (Level.COMMUNE, Level.DEPARTMENT)] == ["document"] * 2
    assert found["UD01", "p", None, None].mark == "synthetic"


def test_a_numerator_told_with_its_ratio_is_held_against_the_parts(plan: Plan) -> None:
    parts = [said("DV01", "p-so", "1272/1831", mark=Mark.SYNTHETIC)]
    whole = said("DV01", "p", "69,47 %", Scope.SUBTREE)
    amount = replace(whole.statement.amount, numerator=1200)
    wrong = replace(whole, statement=replace(whole.statement, amount=amount))
    assert figures(plan, *parts, whole)["DV01", "p", None, None].state is FigureState.VALUE
    assert figures(plan, *parts, wrong)["DV01", "p", None, None].state is FigureState.CONFLICT


def test_a_whole_that_its_parts_contradict_is_a_conflict(plan: Plan) -> None:
    parts = [said("UD01", "p-h-1", "29/40"), said("UD01", "p-h-2", "10/19")]
    found = figures(plan, *parts, said("UD01", "p", "97 %", Scope.LEVEL, Level.COMMUNE))
    figure = found["UD01", "p", Level.COMMUNE, None]
    assert (figure.value, figure.state) == (0.97, FigureState.CONFLICT)
    assert figure.detail == "the whole says 0.97, its parts come to 0.6610169491525423728813559322"
    assert told(found, "UD01", "p-h") == (39, 59, 39 / 59, "value")


def test_some_of_the_units_are_no_contradiction(plan: Plan) -> None:
    found = figures(plan, said("DV02", "p", "1.028", Scope.SUBTREE), said("DV02", "p-so", "28"))
    assert told(found, "DV02", "p") == (1028, None, 1028.0, "value")
    more = figures(plan, said("DV02", "p", "1.028", Scope.SUBTREE), said("DV02", "p-so", "1.029"))
    assert more["DV02", "p", None, None].state is FigureState.CONFLICT


SOURCES = (
    ("CNTT tỉnh", "22.327 triệu đồng"),
    ("Đầu tư phát triển", "hơn 36.289 triệu đồng"),
    ("TW hỗ trợ", "6.785 triệu đồng"),
)


def sources(*changed: tuple[str, str]) -> list[Declared]:
    return [
        said("DT01", "p", amount, Scope.SUBTREE, field=name)
        for name, amount in {**dict(SOURCES), **dict(changed)}.items()
    ]


def test_sources_make_up_the_whole(plan: Plan) -> None:
    found = figures(plan, *sources(), said("DT01", "p", "trên 65.401 triệu đồng", Scope.SUBTREE))
    whole = found["DT01", "p", None, None]
    assert (whole.value, whole.value_unit, whole.qualifier, whole.state) == (65_401_000_000.0, "vnd", "over", "value")
    assert found["DT01", "p", None, "CNTT tỉnh"].value == 22_327_000_000.0


def test_sources_that_do_not_are_a_conflict(plan: Plan) -> None:
    wrong = sources(("TW hỗ trợ", "6.000 triệu đồng"), ("Đầu tư phát triển", "36.289 triệu đồng"))
    found = figures(plan, *wrong, said("DT01", "p", "65.401 triệu đồng", Scope.SUBTREE))
    assert found["DT01", "p", None, None].state is FigureState.CONFLICT


def test_a_whole_that_nobody_said_follows_from_its_parts(plan: Plan) -> None:
    exact = sources(("Đầu tư phát triển", "36.289 triệu đồng"))
    whole = figures(plan, *exact)["DT01", "p", None, None]
    assert (whole.value, whole.mark) == (65_401_000_000.0, "derived")


def test_a_rank_is_nobodys_sum_and_better_lower(plan: Plan) -> None:
    targets = (Target("TH01", 8.0, date(2020, 12, 31), unit="p"),)
    found = figures(replace(plan, targets=targets), said("TH01", "p", "19", Scope.SUBTREE), said("TH01", "p-so", "3"))
    rank = found["TH01", "p", None, None]
    assert (rank.value, rank.value_unit, rank.target, rank.target_met, rank.to_target) == (
        19.0,
        "rank",
        8.0,
        False,
        11.0,
    )
    assert found["TH01", "p-so", None, None].value == 3.0


def test_nothing_said_is_no_row_and_said_to_be_missing_is_no_data(plan: Plan) -> None:
    found = figures(plan, said("UD05", "p-so", "chưa có số liệu"), said("UD05", "p-h-1", "không áp dụng"))
    assert told(found, "UD05", "p-so") == (None, None, None, "no_data")
    assert told(found, "UD05", "p-h-1") == (None, None, None, "not_applicable")
    assert told(found, "UD05", "p") == (None, None, None, "no_data")
    assert not [key for key in found if key[0] != "UD05"]


def test_evidence_older_than_the_indicator_allows_says_nothing(plan: Plan) -> None:
    aged = {**shipped(), "UD01": replace(shipped()["UD01"], max_age_days=30)}
    plan = replace(plan, indicators=aged)
    last = datetime(2026, 11, 30, 10, tzinfo=UTC)
    assert figures(plan, said("UD01", "p-so", "8/10"), on=last)
    assert not figures(plan, said("UD01", "p-so", "8/10"), on=last.replace(month=12, day=1))


def test_what_is_declared_stands_beside_what_was_measured(evaluate: Callable[..., object], lab_plan: Plan) -> None:
    declared = said("HT04", "68-22945", "1/1")
    found = [
        f
        for f in figures_of(lab_plan, [], NOON, [declared])
        if (f.indicator, f.unit, f.scope) == ("HT04", "68-22945", FigureScope.SUBTREE)
    ]
    assert [(f.evidence, f.value, f.difference) for f in found] == [("measured", None, None), ("declared", 1.0, None)]


def test_parts_of_other_units_stand_beside_the_main_value(plan: Plan) -> None:
    found = figures(
        plan,
        said("HT11", "p", "100 %", Scope.SUBTREE),
        said("HT11", "p", "khoảng 5.625", Scope.SUBTREE, field="workstations"),
    )
    assert told(found, "HT11", "p") == (None, None, 1.0, "value")
    pcs = found["HT11", "p", None, "workstations"]
    assert (pcs.value, pcs.value_unit, pcs.qualifier) == (5625.0, "count", "about")


counts = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)).map(lambda pair: (min(pair), max(pair)))


@given(pairs=st.lists(counts, min_size=1, max_size=6))
def test_nothing_is_lost_in_adding(pairs: list[tuple[int, int]]) -> None:
    parts = []
    for numerator, denominator in pairs:
        amount = read_amount(f"{numerator}/{denominator}")
        assert not isinstance(amount, NoAmount)
        parts.append(sum_of(amount, Mark.DOCUMENT, ValueUnit.RATIO))
    total = added(parts)
    assert total is not None
    owed = sum(denominator for _, denominator in pairs)
    if owed:
        reached = sum(numerator for numerator, denominator in pairs if denominator)
        assert (total.numerator, total.denominator) == (reached, owed)
        assert total.value == Decimal(reached) / Decimal(owed)
        assert settled(total, total, are_all=True) == total


def test_a_sum_with_an_estimate_is_one(plan: Plan) -> None:
    found = figures(plan, said("DV02", "p-so", "ước tính 28"), said("DV02", "p-h-1", "10"))
    assert [found["DV02", unit, None, None].state for unit in ("p-so", "p-h-1", "p")] == [
        FigureState.ESTIMATED,
        FigureState.VALUE,
        FigureState.ESTIMATED,
    ]


def test_one_communes_bare_ratio_is_not_its_districts(plan: Plan) -> None:
    found = figures(plan, said("CK01", "p-h-1", "50 %"))
    assert told(found, "CK01", "p-h-1") == (None, None, 0.5, "value")
    assert told(found, "CK01", "p-h") == (None, None, None, "no_data")
    assert told(found, "CK01", "p") == (None, None, None, "no_data")


def test_some_units_values_are_no_contradiction_of_a_bare_ratio(plan: Plan) -> None:
    whole = said("HT10", "p", "90 %", Scope.LEVEL, Level.COMMUNE)
    some = figures(plan, whole, said("HT10", "p-h-1", "1/1"))
    assert told(some, "HT10", "p", Level.COMMUNE) == (None, None, 0.9, "value")
    every = figures(plan, whole, said("HT10", "p-h-1", "1/1"), said("HT10", "p-h-2", "1/1"))
    assert every["HT10", "p", Level.COMMUNE, None].state is FigureState.CONFLICT


def test_values_of_different_days_are_not_held_against_each_other(plan: Plan) -> None:
    before = [
        said("UD01", "p-h-1", "29/40", day=date(2025, 12, 31)),
        said("UD01", "p-h-2", "10/19", day=date(2025, 12, 31)),
    ]
    newer = figures(plan, *before, said("UD01", "p", "98 %", Scope.LEVEL, Level.COMMUNE))
    assert told(newer, "UD01", "p", Level.COMMUNE) == (None, None, 0.98, "value")
    assert newer["UD01", "p", Level.COMMUNE, None].declared_on == DAY
    older = said("UD01", "p", "98 %", Scope.LEVEL, Level.COMMUNE, day=date(2024, 12, 31))
    found = figures(plan, *before, older)
    assert told(found, "UD01", "p", Level.COMMUNE) == (39, 59, 39 / 59, "value")
    assert found["UD01", "p", None, None].declared_on == date(2025, 12, 31)


def test_some_newer_parts_among_all_of_them_count(plan: Plan) -> None:
    year = date(2025, 12, 31)
    whole = said("UD01", "p", "66,1 %", Scope.LEVEL, Level.COMMUNE, day=year)
    parts = [said("UD01", "p-h-1", "30/40"), said("UD01", "p-h-2", "10/19", day=year)]
    assert told(figures(plan, whole, *parts), "UD01", "p", Level.COMMUNE) == (40, 59, 40 / 59, "value")
    assert told(figures(plan, whole, parts[0]), "UD01", "p", Level.COMMUNE) == (None, None, 0.661, "value")


def test_a_new_breakdown_ends_the_one_before(plan: Plan) -> None:
    year_before = [said("DT01", "p", "1.000 triệu đồng", Scope.SUBTREE, field="Vốn khác", day=date(2025, 12, 31))]
    found = figures(plan, *year_before, *sources(("Đầu tư phát triển", "36.289 triệu đồng")))
    assert found["DT01", "p", None, None].value == 65_401_000_000.0
    assert ("DT01", "p", None, "Vốn khác") not in found


def test_what_was_declared_in_another_unit_has_no_value(plan: Plan) -> None:
    other = {**shipped(), "UD04": replace(shipped()["UD04"], value_unit=ValueUnit.RATIO)}
    found = figures(replace(plan, indicators=other), said("UD04", "p", "1.200.000", Scope.SUBTREE))
    assert told(found, "UD04", "p") == (None, None, None, "no_data")
    assert found["UD04", "p", None, None].detail == "it was declared in another unit than the indicator's"
    hidden = {**shipped(), "UD04": replace(shipped()["UD04"], is_declared=False)}
    assert not figures(replace(plan, indicators=hidden), said("UD04", "p", "1.200.000", Scope.SUBTREE))


def test_of_what_should_be_rare_all_there_is_is_the_gap(plan: Plan) -> None:
    targets = (Target("DV04", 0.02, date(2026, 12, 31), unit="p"),)
    late = figures(replace(plan, targets=targets), said("DV04", "p", "20/400", Scope.SUBTREE))["DV04", "p", None, None]
    assert (late.gap, late.to_target, late.target_met) == (20, 12, False)


def test_a_sum_beyond_all_sense_is_none(plan: Plan) -> None:
    amount = replace(said("DV02", "p-h-1", "1").statement.amount, value=Decimal(10**18), numerator=10**18)
    huge = [
        replace(said("DV02", unit, "1"), statement=replace(said("DV02", unit, "1").statement, amount=amount))
        for unit in ("p-h-1", "p-h-2")
    ]
    assert told(figures(plan, *huge), "DV02", "p") == (None, None, None, "no_data")
