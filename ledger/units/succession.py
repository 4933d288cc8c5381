"""What became of units: merged, split, moved or renamed, on a day, by a decision."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction


class SuccessionKind(StrEnum):
    """What happened. A merge has several rows with one target, a split several with one source."""

    MERGE = "merge"
    SPLIT = "split"
    MOVE = "move"
    RENAME = "rename"


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """From `on` on, `share` of what was `source` is `target`; None: no share is known, all parts count alike.

    `decision` is the number of what decided it. A move or a rename keeps its unit: source and target may be the same.
    """

    on: date
    kind: SuccessionKind
    source: str
    target: str
    share: Fraction | None
    decision: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a unit on another day's map; `is_assumed`: no recorded share said how large."""

    unit: str
    share: Fraction
    is_assumed: bool


#: Where each unit is on another day's map, `dict[unit id, its parts]`; what isn't in it is still itself.
Crosswalk = Mapping[str, tuple[Part, ...]]


def crosswalk(successions: Iterable[Succession], start: date, end: date) -> Crosswalk:
    """Where the units of `start`'s map are on `end`'s; both days may be either way round.

    Going back, a unit is divided among what it came from: as they were merged no share says how much came from each,
    so that they count alike, unless the succession kept the unit itself.
    """
    if start <= end:
        steps = [_forward(day) for day in _by_day(successions, start, end)]
    else:
        steps = [_backward(day) for day in reversed(_by_day(successions, end, start))]
    found: dict[str, tuple[Part, ...]] = {}
    for step in steps:
        found = _then(found, step)
    return found


def _by_day(successions: Iterable[Succession], after: date, until: date) -> list[list[Succession]]:
    """What happened after the one day and until the other, day by day: a day's own successions hold on it."""
    days: dict[date, list[Succession]] = defaultdict(list)
    for each in successions:
        if after < each.on <= until:
            days[each.on].append(each)
    return [days[day] for day in sorted(days)]


def _forward(day: list[Succession]) -> Crosswalk:
    by_source: dict[str, list[Succession]] = defaultdict(list)
    for each in day:
        by_source[each.source].append(each)
    return {source: _parts([(each.target, each.share) for each in rows]) for source, rows in by_source.items()}


def _backward(day: list[Succession]) -> Crosswalk:
    by_target: dict[str, list[str]] = defaultdict(list)
    for each in day:
        by_target[each.target].append(each.source)
    return {target: _parts([(source, None) for source in sources]) for target, sources in by_target.items()}


def _parts(rows: list[tuple[str, Fraction | None]]) -> tuple[Part, ...]:
    """Recorded shares as they are; of what they leave over, the others have as much each."""
    if len(rows) == 1 and rows[0][1] is None:
        return (Part(rows[0][0], Fraction(1), is_assumed=False),)
    unknown = sum(1 for _, share in rows if share is None)
    left = 1 - sum((share for _, share in rows if share is not None), Fraction(0))
    each = left / unknown if unknown else Fraction(0)
    return tuple(  # what is left for one alone is as good as recorded
        Part(unit, each if share is None else share, is_assumed=share is None and unknown > 1) for unit, share in rows
    )


def _then(found: Crosswalk, step: Crosswalk) -> dict[str, tuple[Part, ...]]:
    """First the one, then the other; parts that meet again are one."""
    joined = {unit: _merged(parts, step) for unit, parts in found.items()}
    return {**{unit: parts for unit, parts in step.items() if unit not in joined}, **joined}


def _merged(parts: tuple[Part, ...], step: Crosswalk) -> tuple[Part, ...]:
    shares: dict[str, Fraction] = defaultdict(Fraction)
    assumed: set[str] = set()
    for part in parts:
        for further in step.get(part.unit, (Part(part.unit, Fraction(1), is_assumed=False),)):
            shares[further.unit] += part.share * further.share
            if part.is_assumed or further.is_assumed:
                assumed.add(further.unit)
    return tuple(Part(unit, share, unit in assumed) for unit, share in shares.items())
