"""Counts on another day's map, conserved to the unit."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ledger.units.succession import Crosswalk, Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Restated:
    """Counts by the units of another map, `dict[unit id, count]`; they sum to what they were made of.

    `assumed` are the units in whose count a part stands whose share nobody recorded, `rounded` those whose count isn't
    exactly their share of it, by less than one for each unit that was divided.
    """

    counts: Mapping[str, int]
    assumed: frozenset[str]
    rounded: frozenset[str]


def restated(counts: Mapping[str, int], way: Crosswalk) -> Restated:
    """Divide each unit's count among its parts; whole things stay whole, and none is lost or made."""
    found: dict[str, int] = defaultdict(int)
    assumed: set[str] = set()
    rounded: set[str] = set()
    for unit, count in counts.items():
        parts = way.get(unit, (Part(unit, Fraction(1), is_assumed=False),))
        for part, whole in zip(parts, apportioned(count, [part.share for part in parts]), strict=True):
            found[part.unit] += whole
            if part.is_assumed:
                assumed.add(part.unit)
            if whole != count * part.share:
                rounded.add(part.unit)
    return Restated(counts=dict(found), assumed=frozenset(assumed), rounded=frozenset(rounded))


def apportioned(count: int, shares: list[Fraction]) -> list[int]:
    """Whole numbers that sum to `count`, as near to the shares (which sum to 1) as can be: by largest remainder.

    Where remainders are equal the first comes first, so that the same input gives the same output.
    """
    exact = [count * share for share in shares]
    whole = [value.numerator // value.denominator for value in exact]
    by_remainder = sorted(range(len(shares)), key=lambda place: (whole[place] - exact[place], place))
    for place in by_remainder[: count - sum(whole)]:
        whole[place] += 1
    return whole
