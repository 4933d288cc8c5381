"""Figures of one day on another day's map: conserved, divided again, and what is assumed or rounded said."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.declared.amount import NoAmount, read_amount
from ledger.declared.statement import Declared, Scope, Statement
from ledger.figure import AssetRow, Coverage, Figure, FigureScope
from ledger.plan import AssetKind, Level, Plan, Unit, UnitHistory, UnitSpan
from ledger.plan.catalogue import shipped
from ledger.reconcile.figures import figures_of
from ledger.reconcile.restated import restated_figures
from ledger.units.succession import Succession, SuccessionKind

THEN, ON, NOW = date(2024, 12, 31), date(2025, 7, 1), datetime(2024, 12, 31, 16, tzinfo=UTC)
#: Two districts of two communes each; afterwards three communes right below the province.
BEFORE = (
    ("p", None, Level.PROVINCE),
    ("p-so", "p", Level.DEPARTMENT),
    ("h1", "p", Level.DISTRICT),
    ("h2", "p", Level.DISTRICT),
    ("a", "h1", Level.COMMUNE),
    ("b", "h1", Level.COMMUNE),
    ("c", "h2", Level.COMMUNE),
    ("d", "h2", Level.COMMUNE),
)
AFTER = (
    ("p", None, Level.PROVINCE),
    ("p-so", "p", Level.DEPARTMENT),
    ("x", "p", Level.COMMUNE),
    ("y", "p", Level.COMMUNE),
    ("z", "p", Level.COMMUNE),
)


def units(rows: tuple[tuple[str, str | None, Level], ...]) -> dict[str, Unit]:
    return {id_: Unit(id_, parent, level, "unit", id_, id_, None) for id_, parent, level in rows}


def becomes(source: str, target: str, share: str | None = None) -> Succession:
    kind = SuccessionKind.SPLIT if share else SuccessionKind.MERGE
    given_share = Fraction(share) if share else None
    return Succession(on=ON, kind=kind, source=source, target=target, share=given_share, decision="1")


#: a and b are x; c is y; d is divided among y and z, its share recorded or not.
WHOLE = [becomes("a", "x"), becomes("b", "x"), becomes("c", "y")]
RECORDED = [*WHOLE, becomes("d", "y", "1/4"), becomes("d", "z", "3/4")]
UNKNOWN = [*WHOLE, becomes("d", "y"), becomes("d", "z")]


def plan_with(lab_plan: Plan, successions: list[Succession]) -> Plan:
    gone = [each for each in BEFORE if each[0] in "abcd" or each[0].startswith("h")]
    spans = [UnitSpan(unit, None if id_.startswith("p") else ON, None) for id_, unit in units(AFTER).items()]
    spans += [UnitSpan(unit, None, date(2025, 6, 30)) for unit in units(tuple(gone)).values()]
    history = UnitHistory(tuple(spans), (), tuple(successions))
    return replace(lab_plan, units=units(AFTER), targets=(), indicators=shipped(), history=history)


@pytest.fixture
def recorded(lab_plan: Plan) -> Plan:
    return plan_with(lab_plan, RECORDED)


def rows(unit: str, **verdicts: int) -> list[AssetRow]:
    return [
        AssetRow(
            asset=f"{unit}-{verdict}-{number}",
            kind=AssetKind.WORKSTATION,
            unit=unit,
            site=None,
            indicator="HT06",
            verdict=Coverage(verdict),
            since=None,
            last_seen=None,
            seen_at_unit=None,
            detail=None,
            availability=None,
            lifecycle=None,
            planned_from=date(2024, 1, 1),
        )
        for verdict, count in verdicts.items()
        for number in range(count)
    ]


def measured(plan: Plan, *found: list[AssetRow]) -> list[Figure]:
    before = replace(plan, units=units(BEFORE), history=UnitHistory())
    return list(figures_of(before, [row for some in found for row in some], NOW))


def restated(
    plan: Plan, figures: list[Figure], said: list[Statement] | None = None, end: date = ON
) -> dict[tuple[str, str, str, str], Figure]:
    found = restated_figures(plan, figures, said or [], as_of=NOW, units=units(BEFORE), start=THEN, end=end)
    return {
        (f.evidence, f.indicator, f.unit, f.level.value if f.scope is FigureScope.LEVEL else ""): f
        for f in found
        if f.numerator is not None or f.value is not None
    }


def test_merged_units_are_added_and_their_ratio_divided_again(recorded: Plan) -> None:
    found = restated(recorded, measured(recorded, rows("a", covered=1, stale=9), rows("b", covered=29, stale=1)))
    x = found["measured", "HT06", "x", ""]
    assert (x.numerator, x.denominator, x.ratio, dict(x.reasons), x.detail) == (30, 40, 0.75, {"stale": 10}, None)
    assert found["measured", "HT06", "p", "commune"].denominator == 40


def test_a_divided_unit_is_divided_by_its_recorded_share_and_rounding_is_said(recorded: Plan) -> None:
    found = restated(recorded, measured(recorded, rows("d", covered=6, stale=4)))
    y, z = found["measured", "HT06", "y", ""], found["measured", "HT06", "z", ""]
    assert (y.numerator, y.denominator, z.numerator, z.denominator) == (2, 3, 4, 7)
    assert y.detail == "restated; whole things were rounded"
    assert found["measured", "HT06", "p", ""].detail is None
    assert found["measured", "HT06", "p", ""].denominator == 10


def test_a_division_that_nobody_recorded_is_said_to_be_assumed(lab_plan: Plan) -> None:
    plan = plan_with(lab_plan, UNKNOWN)
    found = restated(plan, measured(plan, rows("d", covered=6, stale=4), rows("a", covered=2)))
    assert found["measured", "HT06", "z", ""].denominator == 5
    assert str(found["measured", "HT06", "z", ""].detail).startswith("restated; no share is recorded")
    assert found["measured", "HT06", "x", ""].detail is None


def test_what_a_unit_without_successor_had_itself_stays_in_the_total(recorded: Plan) -> None:
    found = restated(recorded, measured(recorded, rows("h1", covered=3), rows("a", covered=2)))
    assert found["measured", "HT06", "p", ""].denominator == 5
    assert found["measured", "HT06", "x", ""].denominator == 2


def test_the_same_map_gives_the_same_figures(recorded: Plan) -> None:
    figures = measured(recorded, rows("a", covered=1, stale=2), rows("d", covered=5), rows("p-so", stale=1))
    found = restated(recorded, figures, end=THEN)
    for figure in figures:
        if figure.is_main and figure.denominator:
            assert found["measured", "HT06", figure.unit, ""] == replace(figure, legal_basis=None)


counts = st.fixed_dictionaries({verdict: st.integers(0, 9) for verdict in ("covered", "stale", "never_seen")})
of_units = st.dictionaries(st.sampled_from([row[0] for row in BEFORE]), counts, max_size=8)


@given(found=of_units, known=st.booleans())
def test_nothing_is_lost_and_nothing_made(lab_plan: Plan, found: dict[str, dict[str, int]], known: bool) -> None:
    plan = plan_with(lab_plan, RECORDED if known else UNKNOWN)
    figures = measured(plan, *(rows(unit, **verdicts) for unit, verdicts in found.items()))
    before = next(f for f in figures if f.is_main and (f.unit, f.indicator) == ("p", "HT06"))
    for end in (ON, THEN):
        after = restated(plan, figures, end=end)["measured", "HT06", "p", ""]
        assert (after.numerator, after.denominator, after.due_denominator) == (
            before.numerator,
            before.denominator,
            before.due_denominator,
        )
        assert dict(after.reasons) == dict(before.reasons)


def said(indicator: str, unit: str, amount: str, scope: Scope = Scope.OWN, level: Level | None = None) -> Statement:
    read = read_amount(amount)
    assert not isinstance(read, NoAmount)
    return Statement(indicator=indicator, unit=unit, day=THEN, amount=read, scope=scope, level=level)


def test_declared_counts_are_carried_over_and_added_up_again(recorded: Plan) -> None:
    found = restated(recorded, [], [said("UD01", "a", "1/10"), said("UD01", "b", "29/30"), said("UD01", "d", "2/4")])
    assert [found["declared", "UD01", unit, ""].ratio for unit in "x"] == [0.75]
    whole = found["declared", "UD01", "p", ""]
    assert (whole.numerator, whole.denominator) == (32, 44)
    assert found["declared", "UD01", "p", "commune"].denominator == 44


def test_what_districts_had_stays_theirs_though_they_are_no_more(recorded: Plan) -> None:
    districts = [
        said("UD06", "h1", "1/1"),
        said("UD06", "h2", "1/1"),
        said("UD06", "p", "19/19", Scope.LEVEL, Level.DEPARTMENT),
    ]
    found = restated(recorded, [], districts)
    assert (found["declared", "UD06", "p", "district"].numerator, found["declared", "UD06", "p", ""].denominator) == (
        2,
        21,
    )
    assert found["declared", "UD06", "p", "department"].denominator == 19


def test_a_ratio_without_counts_goes_on_only_with_its_unit(recorded: Plan) -> None:
    found = restated(
        recorded, [], [said("UD01", "a", "50 %"), said("UD01", "p-so", "80 %"), said("TH01", "p", "18", Scope.SUBTREE)]
    )
    assert ("declared", "UD01", "x", "") not in found
    assert found["declared", "UD01", "p-so", ""].value == 0.8
    assert found["declared", "TH01", "p", ""].value == 18.0


def test_a_plan_on_a_day_before_its_map_tells_what_was_declared_by_the_units_of_that_day(
    recorded: Plan, evaluate: Callable[..., object]
) -> None:
    declared = [Declared(said("UD01", "a", "1/10"), 1), Declared(said("UD01", "b", "3/10"), 1)]
    figures = [f for f in figures_of(recorded, [], NOW, declared) if f.evidence == "declared"]
    assert {(f.unit, f.numerator) for f in figures if f.scope is FigureScope.SUBTREE} == {
        ("a", 1),
        ("b", 3),
        ("h1", 4),
        ("p", 4),
    }


@given(found=st.dictionaries(st.sampled_from("abcdh"), st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1))
def test_no_declared_count_is_lost_and_no_part_exceeds_its_whole(
    lab_plan: Plan, found: dict[str, tuple[int, int]]
) -> None:
    plan = plan_with(lab_plan, RECORDED)
    names = {"h": "h1"}
    pairs = {names.get(unit, unit): (min(pair), max(pair)) for unit, pair in found.items() if max(pair)}
    figures = restated(plan, [], [said("UD01", unit, f"{up}/{down}") for unit, (up, down) in pairs.items()])
    if pairs:
        whole = figures["declared", "UD01", "p", ""]
        wanted = (sum(up for up, _ in pairs.values()), sum(down for _, down in pairs.values()))
        assert (whole.numerator, whole.denominator) == wanted
        assert all((f.numerator or 0) <= (f.denominator or 0) for f in figures.values())
