"""`/api/v1/coverage.csv`, `.xlsx` and their like: the same choice as the JSON, whole, for spreadsheets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, TypeVar

from fastapi import FastAPI, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.answer import holds, tag_of
from api.export import csv_file, xlsx_file
from api.export.column import Column
from api.export.columns import figure_columns, row_columns
from api.problem import declared
from api.query import CoverageExport, RowsExport
from api.selection import (
    LedgerSource,
    chosen_figures,
    chosen_rows,
    figure_key,
    refuse_unknown,
    row_key,
    snapshot_for,
)
from ledger.figure import Snapshot
from ledger.language import LOCAL_ZONE, N_, Text
from ledger.plan import Plan

T = TypeVar("T")
MEDIA_TYPES = {"csv": csv_file.MEDIA_TYPE, "xlsx": xlsx_file.MEDIA_TYPE}
TITLES = {"coverage": N_("Coverage"), "gaps": N_("Gaps"), "assets": N_("Assets")}
#: What a file is called on the asker's disk, in Vietnamese; ASCII, since not every program takes more.
FILES_VI = {"coverage": "do-bao-phu", "gaps": "con-thieu", "assets": "tai-san"}


@dataclass(frozen=True, slots=True)
class Exports:
    """Whole lists as files; FastAPI calls the methods from its threads. `version` is the software's."""

    source: LedgerSource
    plan: Plan
    version: str

    def coverage(self, request: Request, query: Annotated[CoverageExport, Query()]) -> Response:
        """Give figures as a file: one for each indicator and unit of the tree, unless narrowed."""
        snapshot = self._snapshot(query)
        figures = sorted(chosen_figures(snapshot.figures, query), key=figure_key)
        return self._file(request, query, snapshot, figure_columns(self.plan), figures)

    def gaps(self, request: Request, query: Annotated[RowsExport, Query()]) -> Response:
        """Give the assets that make up the gaps as a file, each with its one reason."""
        return self._rows(request, query, gaps_only=True)

    def assets(self, request: Request, query: Annotated[RowsExport, Query()]) -> Response:
        """Give every planned asset as a file, then what was seen unplanned."""
        return self._rows(request, query, gaps_only=False)

    def _rows(self, request: Request, query: RowsExport, *, gaps_only: bool) -> Response:
        snapshot = self._snapshot(query)
        rows = sorted(chosen_rows(snapshot, self.plan, query, gaps_only=gaps_only), key=row_key)
        return self._file(request, query, snapshot, row_columns(self.plan), rows)

    def _snapshot(self, query: CoverageExport | RowsExport) -> Snapshot:
        refuse_unknown(self.plan, query.unit, query.indicator)
        return snapshot_for(self.source, query)

    def _file(
        self,
        request: Request,
        query: CoverageExport | RowsExport,
        snapshot: Snapshot,
        columns: Sequence[Column[T]],
        rows: Sequence[T],
    ) -> Response:
        name, _, suffix = request.url.path.rpartition("/")[2].rpartition(".")
        versions = (self.version, self.plan.version, snapshot.version, snapshot.as_of)
        tag = tag_of(request.url.path, query, *versions)
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if holds(request.headers.get("if-none-match"), tag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        text = Text(query.lang)
        instant = snapshot.as_of.astimezone(LOCAL_ZONE)
        file_name = f"bao-phu-{text.name(FILES_VI[name], name)}-{instant:%Y%m%d-%H%M}.{suffix}"
        headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
        chunks = _chunks(suffix, columns, rows, text, text(TITLES[name]))
        return StreamingResponse(chunks, headers=headers, media_type=MEDIA_TYPES[suffix])


def _chunks(suffix: str, columns: Sequence[Column[T]], rows: Sequence[T], text: Text, title: str) -> Iterator[bytes]:
    if suffix == "csv":
        return csv_file.csv_chunks(columns, rows, text)
    return xlsx_file.xlsx_chunks(columns, rows, text, title)


def add_exports(app: FastAPI, exports: Exports, prefix: str) -> None:
    """Add each list under both suffixes."""
    problems = declared(
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
    for endpoint in (exports.coverage, exports.gaps, exports.assets):
        for suffix, media_type in MEDIA_TYPES.items():
            name = endpoint.__name__
            app.add_api_route(
                f"{prefix}/{name}.{suffix}",
                endpoint,
                operation_id=f"{name}_{suffix}",
                response_model=None,
                responses={
                    HTTPStatus.OK.value: {"content": {media_type: {}}, "description": "The whole list as a file."},
                    HTTPStatus.NOT_MODIFIED.value: {"description": "The asker holds this answer (If-None-Match)."},
                    **problems,
                },
            )
