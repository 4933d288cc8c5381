"""What each page answers: it asks the ledger, and hands what it found to its template."""

from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from api.page.cables import cables_of
from api.page.choice import CABLES_NAMES, GAPS_NAMES, UNITS_NAMES, UnitsChoice, left_out
from api.page.declared import declared_lines
from api.page.evidence import facts_of, parts_of
from api.page.gaps import GapsChoice, gaps_of
from api.page.overview import Figures, Lines, column_groups
from api.page.rendering import Renderer, text_for
from api.page.series import series_of, shown
from api.page.trend import Span, Trend
from api.problem import UnknownError
from api.selection import LedgerSource
from ledger.figure import Snapshot
from ledger.language import LOCAL_ZONE, Text
from ledger.plan import Plan, Unit, measured

#: How many of an asset's intervals and runs a page shows.
HISTORY = 100


@dataclass(frozen=True, slots=True)
class Pages:
    """One method a page; FastAPI calls them from its threads."""

    source: LedgerSource
    plan: Plan
    renderer: Renderer
    trend: Trend

    def overview(self, request: Request) -> Response:
        """The province: each indicator against its target, then every unit."""
        snapshot = self.source.now()
        root = next(unit for unit in self.plan.units.values() if unit.parent is None)
        choice = UnitsChoice.of(request.query_params, self._measured)
        figures = Figures(snapshot, self.plan)
        context = {
            "unit": root,
            **self._of_unit(snapshot, figures, root.id, text_for(request)),
            "lines": Lines(self.plan, figures, choice, text_for(request)).chosen(),
            "left_out": left_out(request.query_params, UNITS_NAMES, self._measured),
            "levels": list(dict.fromkeys(unit.level for unit in self.plan.units.values())),
            **self._units_table(choice),
        }
        return self._page(request, "overview.html", context, snapshot)

    def unit(self, request: Request, unit: str) -> Response:
        """One unit: its figures and targets, what is missing and why, and the units below it."""
        snapshot = self.source.now()
        known = self._unit(unit)
        text, figures = text_for(request), Figures(snapshot, self.plan)
        choice = GapsChoice.of(request.query_params, self._measured)
        units = UnitsChoice.of(request.query_params, self._measured)
        query = request.query_params
        context = {
            "unit": known,
            "left_out": left_out(query, UNITS_NAMES | GAPS_NAMES, self._measured),
            "page_query": lambda number: urlencode({**query, "page": str(number)}),
            "ancestors": self._above(unit),
            **self._of_unit(snapshot, figures, unit, text),
            "gaps": gaps_of(snapshot, self.plan, unit, choice),
            "gaps_query": urlencode({"unit": unit, **choice.query, "lang": text.language.value}),
            "lines": Lines(self.plan, figures, units, text, unit).chosen() if self.plan.children[unit] else [],
            **self._units_table(units),
        }
        return self._page(request, "unit.html", context, snapshot)

    def unit_trend(self, request: Request, unit: str) -> Response:
        """The unit's figures over past time: a part of its page, or by itself a page."""
        known = self._unit(unit)
        asked = request.query_params.get("span")
        span = Span(asked) if asked in set(Span) else Span.MONTH
        course = self.trend.course(span)
        snapshot = self.source.now()
        cells = [(cell.indicator, cell.figure) for cell in Figures(snapshot, self.plan).cells(unit)]
        text = text_for(request)
        context = {
            "unit": known,
            "span": span,
            "spans": list(Span),
            "waiting": course.waiting,
            "series": series_of(unit, course.points, cells),
            "amount_of": lambda series, amount: shown(series, amount, text),
            "moment": text.minute if span is not Span.MONTH else lambda at: text.day(at.astimezone(LOCAL_ZONE).date()),
        }
        return self._page(
            request, "trend.html", context, snapshot, course.points[0].at.isoformat(), str(course.waiting)
        )

    def unit_topology(self, request: Request, unit: str) -> Response:
        """The cabling of a unit and of all below it, planned and seen."""
        snapshot = self.source.now()
        known, query = self._unit(unit), request.query_params
        context = {
            "unit": known,
            "ancestors": self._above(unit),
            "left_out": left_out(query, CABLES_NAMES),
            "page_query": lambda number: urlencode({**query, "page": str(number)}),
            "cables": cables_of(snapshot, self.plan, unit, query),
        }
        return self._page(request, "topology.html", context, snapshot)

    def asset(self, request: Request, asset: str) -> Response:
        """One asset: what the ledger says of it, and everything that it was told by."""
        snapshot = self.source.now()
        history = self.source.history(asset, HISTORY)
        rows = [row for row in snapshot.rows if row.asset == asset]
        planned = next((known for known in self.plan.assets() if known.id == asset), None)
        if not rows and planned is None and not history.states:
            raise UnknownError("asset", asset, [row.asset for row in snapshot.rows], "plan or ledger")
        known = self.plan.units.get((rows[0].unit if rows else planned.unit if planned else None) or "")
        context = {
            "asset": asset,
            "kind": rows[0].kind if rows else planned.kind if planned else None,
            "unit": known,
            "rows": rows,
            "planned": planned,
            "facts": facts_of(planned) if planned else [],
            "parts": parts_of(snapshot, self.plan, rows[0]) if rows and planned is None else [],
            "history": history,
            "limit": HISTORY,
        }
        return self._page(request, "asset.html", context, snapshot)

    @property
    def _measured(self) -> Collection[str]:
        """The indicators that the page shows and sorts by."""
        return measured(self.plan.indicators)

    def _unit(self, unit: str) -> Unit:
        if unit not in self.plan.units:
            raise UnknownError("unit", unit, list(self.plan.units), "the plan")
        return self.plan.units[unit]

    def _above(self, unit: str) -> list[Unit]:
        """The units above it, the root first."""
        return [self.plan.units[each] for each in reversed(self.plan.ancestors(unit)[1:])]

    def _of_unit(self, snapshot: Snapshot, figures: Figures, unit: str, text: Text) -> dict[str, Any]:
        """A unit's figures; where something is declared, of the measured ones those that there is anything to."""
        cells, declared = figures.cells(unit), declared_lines(snapshot, self.plan, unit, text)
        if declared:
            cells = tuple(cell for cell in cells if cell.figure.denominator or cell.figure.target is not None)
        return {"cells": cells, "declared": declared}

    def _units_table(self, choice: UnitsChoice) -> dict[str, Any]:
        return {"choice": choice, "groups": column_groups(self.plan)}

    def _page(
        self, request: Request, template: str, context: dict[str, Any], snapshot: Snapshot, *versions: str
    ) -> Response:
        shared = {
            "left_out": left_out(request.query_params, ()),
            "plan": self.plan,
            "indicators": self.plan.indicators,
            "as_of": snapshot.as_of,
            "status": HTTPStatus.OK,
        }
        known = (self.plan.version, snapshot.version, *versions)
        return self.renderer.page(request, template, {**shared, **context}, *known)
