"""History on another map: on every day what restating that day alone gives, whatever changed when."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.kept import FigureKey, Numbers
from ledger.plan import Level, Plan, Unit, UnitHistory, UnitSpan
from ledger.reconcile.restated import Way
from ledger.reconcile.series import Change, reported, restated
from ledger.units.succession import Succession, SuccessionKind, crosswalk

FIRST, MERGER = date(2025, 6, 25), date(2025, 7, 1)
LEVELS = {"p": Level.PROVINCE, "h": Level.DISTRICT}
BEFORE = {"p": None, "h": "p", "a": "h", "b": "h", "c": "h"}
AFTER = {"p": None, "x": "p", "y": "p"}


def units(parents: dict[str, str | None]) -> dict[str, Unit]:
    return {
        id_: Unit(id_, parent, LEVELS.get(id_, Level.COMMUNE), "unit", id_, id_, None)
        for id_, parent in parents.items()
    }


def becomes(source: str, target: str, share: str | None = None) -> Succession:
    return Succession(
        on=MERGER,
        kind=SuccessionKind.MERGE,
        source=source,
        target=target,
        share=Fraction(share) if share else None,
        decision="1",
    )


@pytest.fixture(scope="module")
def plan(lab_plan: Plan) -> Plan:
    spans = [UnitSpan(unit, None if unit.id == "p" else MERGER, None) for unit in units(AFTER).values()]
    spans += [UnitSpan(unit, None, MERGER - timedelta(days=1)) for unit in units(BEFORE).values() if unit.id != "p"]
    successions = (becomes("a", "x"), becomes("b", "x", "1/3"), becomes("b", "y", "2/3"), becomes("c", "y"))
    return replace(lab_plan, units=units(AFTER), history=UnitHistory(tuple(spans), (), successions))


def total(parents: dict[str, str | None], own: dict[str, tuple[int, int]]) -> dict[str, dict[str, int]]:
    """Each unit's own counts, reached and stale, added up the tree."""
    found: dict[str, dict[str, int]] = {unit: {"reached": 0, "stale": 0, "due": 0} for unit in parents}
    for unit, (reached, stale) in own.items():
        place: str | None = unit
        while place is not None:
            for name, count in (("reached", reached), ("stale", stale), ("due", reached + stale)):
                found[place][name] += count
            place = parents[place]
    return found


pairs = st.tuples(st.integers(0, 7), st.integers(0, 7))
day_before = st.fixed_dictionaries(dict.fromkeys(BEFORE, pairs))
day_after = st.fixed_dictionaries(dict.fromkeys(AFTER, pairs))


@given(before=st.lists(day_before, min_size=1, max_size=6), after=st.lists(day_after, max_size=4))
def test_each_day_is_as_if_it_were_restated_alone(
    plan: Plan, before: list[dict[str, tuple[int, int]]], after: list[dict[str, tuple[int, int]]]
) -> None:
    days = [(FIRST + timedelta(days=n), BEFORE, own) for n, own in enumerate(before)]
    days += [(MERGER + timedelta(days=n), AFTER, own) for n, own in enumerate(after)]
    for on_map in (FIRST, MERGER):
        last: dict[str, dict[str, int]] = {}
        changes = []
        for day, parents, own in days:
            totals = total(parents, own)
            gone: dict[str, dict[str, int]] = {unit: {} for unit in last if unit not in totals}
            changes += [Change(day, unit, c) for unit, c in {**totals, **gone}.items() if c != last.get(unit)]
            last = totals
        told: dict[str, dict[str, int]] = {}
        turns = [(day, plan.history.at(day), day) for day in (FIRST, MERGER)]
        found = list(restated(plan, changes, on_map, turns))
        for day, parents, own in days:
            told.update({change.unit: dict(change.counts) for change in found if change.day == day})
            way = Way(units(parents), plan.history.at(on_map), crosswalk(plan.history.successions, day, on_map))
            moved: dict[str, dict[str, int]] = {}
            for unit, (reached, stale) in own.items():
                for name, count in (("reached", reached), ("stale", stale), ("due", reached + stale)):
                    for target, share in way.divided(unit, count).items():
                        place: str | None = target
                        while place is not None:
                            counts = moved.setdefault(place, {})
                            counts[name] = counts.get(name, 0) + share
                            place = plan.history.at(on_map)[place].parent
            wanted = {unit: {n: c for n, c in counts.items() if c} for unit, counts in moved.items()}
            assert {u: c for u, c in told.items() if c} == {u: c for u, c in wanted.items() if c}
            top = total(parents, own)["p"]
            assert told.get("p", {}) == {name: count for name, count in top.items() if count}


def test_what_was_kept_is_told_by_day() -> None:
    key = FigureKey("a", "HT06", "", "", "measured")
    later, earlier = FIRST + timedelta(days=1), FIRST
    found = list(
        reported(
            [(key, later, Numbers(3, 4, 4, None, "stale=1", "{}")), (key, earlier, Numbers(0, 0, 0, None, "", ""))]
        )
    )
    assert found == [Change(earlier, "a", {}), Change(later, "a", {"stale": 1, "reached": 3, "due": 4})]
    assert (found[1].numerator, found[1].denominator) == (3, 4)
