"""What each unit of a profile says: made up with a fixed seed, and summing exactly to what is said of all."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from random import Random

from ledger.units.restatement import apportioned

#: The largest part is at most so many times the smallest.
UNEVEN = 4


def lot(*seed: str) -> Random:
    """What is drawn from: the same for the same seed, always."""
    return Random(" ".join(seed))  # noqa: S311 - it is to be foreseen


def spread(total: int, places: int, rng: Random) -> list[int]:
    """Whole numbers that sum to `total`: alike where they can be, else of different sizes."""
    if total % places == 0 and total // places < UNEVEN:
        return [total // places] * places
    weights = [rng.randint(100, 100 * UNEVEN) for _ in range(places)]
    whole = sum(weights)
    return apportioned(total, [Fraction(weight, whole) for weight in weights])


def drawn(total: int, owed: Sequence[int], rng: Random) -> list[int]:
    """Whole numbers that sum to `total`, none above what is owed there: `total` of all that is owed, drawn by lot."""
    ends, found, place = list(accumulate(owed)), [0] * len(owed), 0
    for slot in sorted(rng.sample(range(ends[-1]), total)):
        while slot >= ends[place]:
            place += 1
        found[place] += 1
    return found
