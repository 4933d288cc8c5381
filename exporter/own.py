"""Each asset counted once: at the unit that owns it, so that summing a metric over units never counts twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ledger.figure import Availability, Coverage, Figure
from ledger.plan import Level, Plan

#: Why an asset may be in a rollout gap, in the order of the verdict table.
ROLLOUT_REASONS: tuple[str, ...] = tuple(
    verdict for verdict in Coverage if verdict not in (Coverage.EXEMPT, Coverage.COVERED, Coverage.UNPLANNED)
)
#: Why an asset in service may not answer, in the order of the verdict table.
OUTAGE_REASONS: tuple[str, ...] = tuple(verdict for verdict in Availability if verdict is not Availability.UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCount:
    """One indicator over the assets that a unit owns itself; `reasons` sum to denominator − numerator."""

    indicator: str
    unit: str
    level: Level
    is_availability: bool
    denominator: int
    numerator: int
    reasons: Mapping[str, int]


def own_counts(figures: Iterable[Figure], plan: Plan) -> tuple[OwnCount, ...]:
    """The measured figures, each less its children's: leaf units whole, other units only where they own assets."""
    measured = {(f.indicator, f.unit): f for f in figures if f.is_main}
    counts = []
    for (indicator, unit), figure in measured.items():
        below = [measured[indicator, child] for child in plan.children[unit] if (indicator, child) in measured]
        own = _less(figure, below, is_availability=plan.indicators[indicator].is_availability)
        if own.denominator or not plan.children[unit]:
            counts.append(own)
    return tuple(counts)


def _less(figure: Figure, below: Sequence[Figure], *, is_availability: bool) -> OwnCount:
    reasons = {
        reason: count - sum(child.reasons.get(reason, 0) for child in below) for reason, count in figure.reasons.items()
    }
    return OwnCount(
        indicator=figure.indicator,
        unit=figure.unit,
        level=figure.level,
        is_availability=is_availability,
        denominator=(figure.denominator or 0) - sum(child.denominator or 0 for child in below),
        numerator=(figure.numerator or 0) - sum(child.numerator or 0 for child in below),
        reasons=reasons,
    )
