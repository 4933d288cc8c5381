"""How far a value is from its target: what is still missing, in things, in places or in parts of a whole."""

from math import ceil

from ledger.plan import Direction, ValueUnit

#: Ratios are compared with targets up to this much, so that 9/10 meets 0.9.
TOLERANCE = 1e-9


def missing_things(target: float, numerator: int, owed: int) -> int:
    """How many more of what is owed would meet the target, a ratio."""
    return max(0, ceil(target * owed - TOLERANCE) - numerator)


def missing_value(target: float, value: float, direction: Direction) -> float:
    """By how much a value without counts misses its target; of a rank, by how many places. 0: it is met."""
    short = value - target if direction is Direction.DOWN else target - value
    return short if short > TOLERANCE else 0


def missing(
    target: float | None,
    *,
    value: float | None,
    value_unit: ValueUnit,
    direction: Direction,
    counts: tuple[int | None, int | None],
    is_measured: bool,
) -> float | None:
    """What is missing to a target; `counts` are numerator and denominator. None: no target, or no value.

    What is measured is held against its target by its counts, whatever unit it is told in.
    """
    numerator, owed = counts
    if target is None or value is None:
        return None
    is_ratio = value_unit is ValueUnit.RATIO or is_measured
    if is_ratio and direction is Direction.UP and numerator is not None and owed is not None:
        return missing_things(target, numerator, owed)
    return missing_value(target, value, direction)
