"""A unit's gap list: what is missing there and below, narrowed by indicator and reason, so many rows at a time."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from api.selection import row_key
from ledger.figure import AssetRow, Availability, Coverage, Snapshot
from ledger.plan import Plan

#: Rows a page.
ROWS = 100


@dataclass(frozen=True, slots=True)
class GapsChoice:
    """Which gaps; "" chooses all. `page` counts from 1."""

    indicator: str = ""
    verdict: str = ""
    page: int = 1

    @classmethod
    def of(cls, parameters: Mapping[str, str], indicators: Collection[str]) -> "GapsChoice":
        """From the query; what makes no sense is left aside."""
        indicator, verdict, page = (parameters.get(name, "") for name in ("indicator", "verdict", "page"))
        return cls(
            indicator=indicator if indicator in indicators else "",
            verdict=verdict if verdict in {*Coverage, *Availability} else "",
            page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    @property
    def query(self) -> dict[str, str]:
        """The same choice as the API's filters."""
        return {name: value for name, value in (("indicator", self.indicator), ("verdict", self.verdict)) if value}


@dataclass(frozen=True, slots=True)
class GapList:
    """One page of rows, how many there are in all, and what there is to choose from, `dict[value, how many]`."""

    choice: GapsChoice
    rows: list[AssetRow]
    total: int
    pages: int
    indicators: Mapping[str, int]
    verdicts: Mapping[str, int]


def gaps_of(snapshot: Snapshot, plan: Plan, unit: str, choice: GapsChoice) -> GapList:
    """The gaps of a unit and of all below it, by asset; each choice counts what the other one leaves."""
    below = frozenset(plan.subtree(unit))
    every = [row for row in snapshot.rows if row.is_gap and row.unit in below]
    of_indicator = [row for row in every if choice.indicator in ("", row.indicator)]
    of_verdict = [row for row in every if choice.verdict in ("", row.verdict)]
    found = sorted((row for row in of_indicator if choice.verdict in ("", row.verdict)), key=row_key)
    indicators = Counter(str(row.indicator) for row in of_verdict)
    verdicts = Counter(str(row.verdict) for row in of_indicator)
    pages = max(1, -(-len(found) // ROWS))
    start = (min(choice.page, pages) - 1) * ROWS
    return GapList(
        choice,
        found[start : start + ROWS],
        len(found),
        pages,
        {name: indicators[name] for name in plan.indicators if indicators[name] or name == choice.indicator},
        {name: verdicts[name] for name in _REASONS if verdicts[name] or name == choice.verdict},
    )


#: In the order of the verdict tables.
_REASONS = tuple(dict.fromkeys(reason.value for reason in (*Coverage, *Availability)))
