"""Counts on another day's map: conserved to the unit, whatever happened in between."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.units.restatement import Restated, apportioned, restated
from ledger.units.succession import Part, Succession, SuccessionKind, crosswalk

BEFORE, DAY, AFTER = date(2025, 6, 30), date(2025, 7, 1), date(2026, 1, 1)
HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


def became(source: str, target: str, share: Fraction | None = None, on: date = DAY) -> Succession:
    return Succession(
        on=on, kind=SuccessionKind.MERGE, source=source, target=target, share=share, decision="1685/NQ-UBTVQH15"
    )


def test_a_merge_adds_and_the_day_itself_has_the_new_map() -> None:
    merged = [became("a", "n"), became("b", "n")]
    way = crosswalk(merged, BEFORE, DAY)
    assert way == {"a": (Part("n", Fraction(1), False),), "b": (Part("n", Fraction(1), False),)}
    assert restated({"a": 3, "b": 4, "c": 5}, way) == Restated(
        counts={"n": 7, "c": 5}, assumed=frozenset(), rounded=frozenset()
    )
    assert crosswalk(merged, DAY, AFTER) == {}
    assert crosswalk(merged, date(2020, 1, 1), BEFORE) == {}


def test_a_split_goes_by_its_recorded_shares_and_without_any_by_equal_ones() -> None:
    recorded = crosswalk([became("a", "m", Fraction(3, 4)), became("a", "n", Fraction(1, 4))], BEFORE, AFTER)
    assert restated({"a": 100}, recorded) == Restated(
        counts={"m": 75, "n": 25}, assumed=frozenset(), rounded=frozenset()
    )
    assumed = crosswalk([became("a", "m"), became("a", "n"), became("a", "o")], BEFORE, AFTER)
    assert [part.share for part in assumed["a"]] == [THIRD] * 3
    assert restated({"a": 100}, assumed) == Restated(
        counts={"m": 34, "n": 33, "o": 33}, assumed=frozenset("mno"), rounded=frozenset("mno")
    )


def test_what_recorded_shares_leave_over_is_divided_alike() -> None:
    way = crosswalk([became("a", "m", HALF), became("a", "n"), became("a", "o")], BEFORE, AFTER)
    assert way["a"] == (
        Part("m", HALF, is_assumed=False),
        Part("n", Fraction(1, 4), is_assumed=True),
        Part("o", Fraction(1, 4), is_assumed=True),
    )


def test_what_happened_on_several_days_is_one_way() -> None:
    later = DAY + timedelta(days=90)
    way = crosswalk([became("n", "z", on=later), became("a", "n", HALF), became("a", "m", HALF)], BEFORE, AFTER)
    assert way["a"] == (Part("z", HALF, is_assumed=False), Part("m", HALF, is_assumed=False))
    assert restated({"a": 7}, way).counts == {"z": 4, "m": 3}


def test_parts_that_meet_again_are_one() -> None:
    later = DAY + timedelta(days=1)
    way = crosswalk(
        [became("a", "m", HALF), became("a", "n", HALF), became("m", "z", on=later), became("n", "z", on=later)],
        BEFORE,
        AFTER,
    )
    assert way["a"] == (Part("z", Fraction(1), is_assumed=False),)


def test_a_number_that_a_new_unit_takes_over_stays_with_it() -> None:
    way = crosswalk([became("22945", "22945"), became("22946", "22945")], BEFORE, AFTER)
    assert restated({"22945": 2, "22946": 3}, way).counts == {"22945": 5}


def test_going_back_divides_what_was_merged_alike_and_says_so() -> None:
    way = crosswalk([became("a", "n"), became("b", "n"), became("old", "new")], AFTER, BEFORE)
    assert restated({"n": 5, "new": 3}, way) == Restated(
        counts={"a": 3, "b": 2, "old": 3}, assumed=frozenset("ab"), rounded=frozenset("ab")
    )


@pytest.mark.parametrize(
    ("count", "shares", "whole"),
    [
        (0, [HALF, HALF], [0, 0]),
        (1, [HALF, HALF], [1, 0]),
        (381, [THIRD] * 3, [127] * 3),
        (10, [Fraction(6, 10), Fraction(3, 10), Fraction(1, 10)], [6, 3, 1]),
        (7, [Fraction(1, 7)] * 7, [1] * 7),
        (5, [Fraction(1)], [5]),
    ],
)
def test_whole_things_stay_whole(count: int, shares: list[Fraction], whole: list[int]) -> None:
    assert apportioned(count, shares) == whole


UNITS = st.sampled_from("abcdefgh")
DAYS = st.integers(0, 3).map(lambda number: DAY + timedelta(days=number))
SHARES = st.one_of(st.none(), st.fractions(0, Fraction(1, 9)))
EVENTS = st.lists(
    st.tuples(UNITS, UNITS, SHARES, DAYS), max_size=12, unique_by=lambda event: (event[0], event[1], event[3])
)


@given(EVENTS, st.dictionaries(UNITS, st.integers(0, 10_000)), st.booleans())
def test_no_map_loses_or_makes_anything(
    events: list[tuple[str, str, Fraction | None, date]], counts: dict[str, int], back: bool
) -> None:
    """Shares below a ninth of at most eight targets leave something over; one without a share takes it."""
    last = {(source, on): target for source, target, _, on in events}
    successions = [
        became(source, target, None if last[source, on] == target else share, on)
        for source, target, share, on in events
    ]
    start, end = (AFTER, BEFORE) if back else (BEFORE, AFTER)
    way = crosswalk(successions, start, end)
    assert all(sum(part.share for part in parts) == 1 for parts in way.values())
    found = restated(counts, way)
    assert sum(found.counts.values()) == sum(counts.values())
    assert min(found.counts.values(), default=0) >= 0
    exact: dict[str, Fraction] = {}
    for unit, count in counts.items():
        for part in way.get(unit, (Part(unit, Fraction(1), False),)):
            exact[part.unit] = exact.get(part.unit, Fraction(0)) + count * part.share
    assert all(abs(found.counts[unit] - share) < max(1, len(counts)) for unit, share in exact.items())
    assert found.rounded >= {unit for unit, share in exact.items() if share.denominator != 1}
