"""The cables of a unit and of all below it, those that need somebody first, a page at a time."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ledger.figure import Snapshot
from ledger.plan import Plan
from ledger.topology import Cabling, TopologyRow

#: How many cables a page shows.
ROWS = 200
_ORDER = {verdict: place for place, verdict in enumerate(Cabling)}


@dataclass(frozen=True, slots=True)
class CableList:
    """One page of cables, how many there are in all, and of which verdict how many, `dict[verdict, how many]`."""

    chosen: Cabling | None
    rows: list[TopologyRow]
    total: int
    page: int
    pages: int
    verdicts: Mapping[Cabling, int]


def cables_of(snapshot: Snapshot, plan: Plan, unit: str, parameters: Mapping[str, str]) -> CableList:
    """By the query's `cabling` and `page`; what makes no sense is left aside."""
    below = frozenset(plan.subtree(unit))
    every = [row for row in snapshot.topology if row.unit in below]
    asked = parameters.get("cabling", "")
    chosen = Cabling(asked) if asked in set(Cabling) else None
    found = sorted((row for row in every if chosen in (None, row.verdict)), key=lambda row: _ORDER[row.verdict])
    counts = Counter(row.verdict for row in every)
    pages = max(1, -(-len(found) // ROWS))
    number = parameters.get("page", "")
    page = min(pages, max(1, int(number))) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    return CableList(
        chosen,
        found[(page - 1) * ROWS : page * ROWS],
        len(found),
        page,
        pages,
        {verdict: counts[verdict] for verdict in Cabling if counts[verdict] or verdict is chosen},
    )
