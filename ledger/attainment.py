"""How far a value is from its target: what is still missing, in things, in places or in parts of a whole."""

from math import ceil, floor

from ledger.plan import Direction, ValueUnit

#: Ratios are compared with targets up to this much, so that 9/10 meets 0.9.
TOLERANCE = 1e-9


def measured_value(reached: int, owed: int, value_unit: ValueUnit) -> float | None:
    """What a measured figure tells: how many are reached, or which part of what is owed. None: nothing is owed."""
    if not owed:
        return None
    return float(reached) if value_unit is ValueUnit.COUNT else reached / owed


def gap_of(direction: Direction, numerator: int | None, denominator: int | None) -> int | None:
    """What is missing of a whole; of what should be rare (overdue cases), all there is."""
    if numerator is None or denominator is None:
        return None
    return numerator if direction is Direction.DOWN else denominator - numerator


def missing(
    target: float | None,
    *,
    value: float | None,
    value_unit: ValueUnit,
    direction: Direction,
    counts: tuple[int | None, int | None],
) -> float | None:
    """What is missing to a target, 0: it is met; `counts` are numerator and denominator. None: no target, no value.

    Of a ratio with its counts, how many more (or fewer) things; of a rank, how many places; else how much.
    """
    numerator, owed = counts
    if target is None or value is None:
        return None
    if value_unit is ValueUnit.RATIO and numerator is not None and owed is not None:
        if direction is Direction.DOWN:
            return max(0, numerator - floor(target * owed + TOLERANCE))
        return max(0, ceil(target * owed - TOLERANCE) - numerator)
    short = value - target if direction is Direction.DOWN else target - value
    return short if short > TOLERANCE else 0
