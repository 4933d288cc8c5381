"""The coverage API under `/api/v1`, the planners' page, `/healthz` and `/openapi.json`."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from fastapi import Depends, FastAPI
from pydantic import BaseModel
from starlette.responses import Response

from api.endpoints import Endpoints
from api.export.endpoints import Exports, add_exports
from api.middleware import HeadAsGet, SecurityHeaders
from api.page.routes import add_pages
from api.problem import declared
from api.query import refuse_repeated
from api.schema import CablePage, CoveragePage, Health, IndicatorPage, RowPage, UnitPage, describe
from api.selection import LedgerSource
from ledger.plan import Plan

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    HTTPStatus.NOT_MODIFIED.value: {"description": "The asker holds this answer (If-None-Match)."}
}
PREFIX = "/api/v1"


def build_api(source: LedgerSource, plan: Plan) -> FastAPI:
    """Build the application; it reads the ledger only when it is asked."""
    app = FastAPI(
        title="Bao Phủ",
        summary="How much of the plan is there, unit by unit, and why the rest isn't.",
        version=version("baophu"),
        docs_url=None,
        redoc_url=None,
        default_response_class=Response,
        dependencies=[Depends(refuse_repeated)],
    )
    endpoints = Endpoints(source, plan, app.version)
    for endpoint, page in (
        (endpoints.indicators, IndicatorPage),
        (endpoints.units, UnitPage),
        (endpoints.coverage, CoveragePage),
        (endpoints.gaps, RowPage),
        (endpoints.assets, RowPage),
        (endpoints.topology, CablePage),
    ):
        _add_list(app, endpoint, page)
    add_exports(app, Exports(source, plan, app.version), PREFIX)
    _add_health(app, endpoints.health)
    add_pages(app, source, plan)
    app.add_middleware(HeadAsGet)
    app.add_middleware(SecurityHeaders)
    app.openapi = partial(describe, app)  # type: ignore[method-assign] # FastAPI's documented way to extend it
    return app


def _add_list(app: FastAPI, endpoint: Callable[..., Response], page: type[BaseModel]) -> None:
    name = endpoint.__name__
    app.add_api_route(
        f"{PREFIX}/{name}",
        endpoint,
        operation_id=name,
        response_model=None,
        responses={
            HTTPStatus.OK.value: {"model": page, "description": "One page."},
            **NOT_MODIFIED,
            **declared(
                HTTPStatus.UNAUTHORIZED,
                HTTPStatus.NOT_FOUND,
                HTTPStatus.UNPROCESSABLE_ENTITY,
                HTTPStatus.INTERNAL_SERVER_ERROR,
                HTTPStatus.SERVICE_UNAVAILABLE,
            ),
        },
    )


def _add_health(app: FastAPI, endpoint: Callable[..., Response]) -> None:
    app.add_api_route(
        "/healthz",
        endpoint,
        operation_id="health",
        response_model=None,
        responses={
            HTTPStatus.OK.value: {"model": Health, "description": "Well."},
            **declared(HTTPStatus.SERVICE_UNAVAILABLE),
        },
    )
