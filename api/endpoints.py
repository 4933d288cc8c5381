"""What each endpoint answers: it checks the query against the plan, asks the ledger, and renders a page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from api.answer import Answers, tag_of
from api.paging import page_of
from api.problem import MalformedError, UnknownError
from api.query import CoverageQuery, PageQuery, RowsQuery, TopologyQuery, UnitsQuery
from api.selection import (
    Key,
    LedgerSource,
    cable_key,
    chosen_cables,
    chosen_figures,
    chosen_rows,
    figure_key,
    refuse_unknown,
    row_key,
    snapshot_for,
)
from ledger.document import figure_document, indicator_document, row_document, topology_document
from ledger.errors import CallError
from ledger.figure import Snapshot
from ledger.kept import day_closes
from ledger.language import LOCAL_ZONE
from ledger.plan import Indicator, Plan, Unit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """One method an endpoint; FastAPI calls them from its threads. `version` is the software's."""

    source: LedgerSource
    plan: Plan
    version: str
    answers: Answers = field(default_factory=Answers)

    def indicators(self, request: Request, query: Annotated[PageQuery, Query()]) -> Response:
        """List what is counted."""

        def render() -> bytes:
            return _page(self.plan.indicators.values(), _id, query, indicator_document)

        return self.answers.respond(request, tag_of(request.url.path, query, self.version, self.plan.version), render)

    def units(self, request: Request, query: Annotated[UnitsQuery, Query()]) -> Response:
        """List the plan's units; the tree is in `parent`."""
        refuse_unknown(self.plan, query.unit, None)

        def render() -> bytes:
            below = frozenset(self.plan.units if query.unit is None else self.plan.subtree(query.unit))
            wanted = [u for u in self.plan.units.values() if u.id in below and query.level in (None, u.level)]
            return _page(wanted, _id, query, unit_document)

        tag = tag_of(request.url.path, query, self.version, self.plan.version)
        return self.answers.respond(request, tag, render)

    def coverage(self, request: Request, query: Annotated[CoverageQuery, Query()]) -> Response:
        """List figures: one for each indicator and unit of the tree, unless narrowed."""
        if query.is_past:
            return self._past(request, query)
        snapshot = self._snapshot(query)

        def render() -> bytes:
            return _page(
                chosen_figures(snapshot.figures, query), figure_key, query, figure_document, as_of=snapshot.as_of
            )

        return self._respond(request, query, snapshot, render)

    def gaps(self, request: Request, query: Annotated[RowsQuery, Query()]) -> Response:
        """List the assets that make up the gaps, each with its one reason."""
        return self._rows(request, query, gaps_only=True)

    def assets(self, request: Request, query: Annotated[RowsQuery, Query()]) -> Response:
        """List every planned asset under each indicator that it counts in, then what was seen unplanned."""
        return self._rows(request, query, gaps_only=False)

    def topology(self, request: Request, query: Annotated[TopologyQuery, Query()]) -> Response:
        """List every planned link beside what devices hear on their ports, then cables that no register has."""
        refuse_unknown(self.plan, query.unit, None)
        snapshot = snapshot_for(self.source, query)

        def render() -> bytes:
            wanted = chosen_cables(snapshot, self.plan, query)
            return _page(wanted, cable_key, query, topology_document, as_of=snapshot.as_of)

        return self._respond(request, query, snapshot, render)

    def health(self) -> Response:
        """Say whether the server runs and can read the ledger."""
        self.source.now()
        return Response(orjson.dumps({"status": "ok"}), media_type="application/json")

    def _past(self, request: Request, query: CoverageQuery) -> Response:
        """A day's figures; whoever has the same bytes already is not sent them again."""
        refuse_unknown(self.plan, None, query.indicator)
        day = query.as_of or self.source.now().as_of.astimezone(LOCAL_ZONE).date()
        try:
            figures = self.source.figures_on(day, known_at=query.known_at, on_map=query.map)
        except CallError as error:
            raise MalformedError({"known_at": str(error)}) from None
        there = dict.fromkeys((*self.plan.units, *(figure.unit for figure in figures)))
        if query.unit is not None and query.unit not in there:
            raise UnknownError("unit", query.unit, list(there), "the plan")
        body = _page(chosen_figures(figures, query), figure_key, query, figure_document, as_of=day_closes(day))
        return self.answers.respond(request, tag_of(request.url.path, query, blake2b(body).hexdigest()), lambda: body)

    def _rows(self, request: Request, query: RowsQuery, *, gaps_only: bool) -> Response:
        snapshot = self._snapshot(query)

        def render() -> bytes:
            wanted = chosen_rows(snapshot, self.plan, query, gaps_only=gaps_only)
            return _page(wanted, row_key, query, row_document, as_of=snapshot.as_of)

        return self._respond(request, query, snapshot, render)

    def _respond(self, request: Request, query: PageQuery, snapshot: Snapshot, render: Callable[[], bytes]) -> Response:
        versions = (self.version, self.plan.version, snapshot.version, snapshot.as_of)
        return self.answers.respond(request, tag_of(request.url.path, query, *versions), render)

    def _snapshot(self, query: CoverageQuery | RowsQuery) -> Snapshot:
        refuse_unknown(self.plan, query.unit, query.indicator)
        return snapshot_for(self.source, query)


def unit_document(unit: Unit) -> dict[str, Any]:
    """A unit as JSON (`api.schema.UnitItem`)."""
    return {
        "id": unit.id,
        "parent": unit.parent,
        "level": unit.level,
        "kind": unit.kind,
        "name_vi": unit.name_vi,
        "name_en": unit.name_en,
        "code": unit.code,
    }


def _page(
    items: Iterable[T], key: Callable[[T], Key], query: PageQuery, document: Callable[[T], Any], **extras: Any
) -> bytes:
    page = page_of(items, key, query.limit, query.cursor)
    body = {"items": [document(item) for item in page.items], "next": page.next, **extras}
    return orjson.dumps(body, option=orjson.OPT_UTC_Z)


def _id(item: Indicator | Unit) -> Key:
    return (item.id,)
