"""One indicator's trend at one unit, as the chart, its label and its table need it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from api.page.trend import Amount, Point
from ledger.figure import Figure
from ledger.language import Text
from ledger.plan import Indicator


@dataclass(frozen=True, slots=True)
class Series:
    """`points`: instants with the figure then, None where nobody measured or nothing was owed."""

    indicator: Indicator
    figure: Figure
    points: tuple[tuple[datetime, Amount | None], ...]

    @property
    def known(self) -> list[tuple[datetime, Amount]]:
        """The points that have a figure."""
        return [(at, amount) for at, amount in self.points if amount is not None]

    @property
    def is_count(self) -> bool:
        """Whether values are numbers of things; otherwise they are ratios."""
        return self.figure.value_unit != "ratio"

    @property
    def data(self) -> str:
        """JSON for the chart: seconds since 1970, values, the target where it is of the same kind."""
        return orjson.dumps(
            {
                "x": [at.timestamp() for at, _amount in self.points],
                "y": [amount.value if amount else None for _at, amount in self.points],
                "target": None if self.is_count else self.figure.target,
                "count": self.is_count,
            }
        ).decode()


def shown(series: Series, amount: Amount, text: Text) -> str:
    """An amount of the series as people read it."""
    return text.number(amount.value) if series.is_count and amount.value is not None else text.percent(amount.value)


def series_of(unit: str, points: Sequence[Point], cells: Sequence[tuple[Indicator, Figure]]) -> list[Series]:
    """Each indicator's series at the unit; those that never had a figure are left out."""
    found = [
        Series(indicator, figure, tuple((point.at, point.amount(unit, indicator.id)) for point in points))
        for indicator, figure in cells
    ]
    return [series for series in found if series.known]
