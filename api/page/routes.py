"""Where the pages are, and who answers what goes wrong: a page for people, a problem document for programs."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from api.page.failures import Failures
from api.page.pages import Pages
from api.page.rendering import Renderer
from api.page.static_files import StaticFiles
from api.page.trend import Trend
from api.problem import answer_problem, handle_problems
from api.selection import LedgerSource
from ledger.plan import Plan


def add_pages(app: FastAPI, source: LedgerSource, plan: Plan) -> None:
    """Add the pages, their scripts and styles, and the answer to every exception."""
    files = StaticFiles.read()
    renderer = Renderer(files, app.version)
    pages = Pages(source, plan, renderer, Trend(source))
    failures = Failures(plan, renderer)
    for path, endpoint in (
        ("/", pages.overview),
        ("/units/{unit}", pages.unit),
        ("/units/{unit}/trend", pages.unit_trend),
        ("/units/{unit}/topology", pages.unit_topology),
        ("/assets/{asset}", pages.asset),
        ("/static/{digest}/{name:path}", files.answer),
    ):
        app.add_api_route(path, endpoint, include_in_schema=False, response_model=None)

    def answer(request: Request, error: Exception) -> Response:
        return failures.answer(request, error) if failures.is_for_people(request) else answer_problem(request, error)

    handle_problems(app, answer)
