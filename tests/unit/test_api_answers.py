"""What the API answers: shapes, filters, pages, tags, and a description that tells the truth."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from catalogue import INDICATORS
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from timeless import Timeless

from api.app import build_api
from api.schema import FigureItem, IndicatorItem, RowItem, UnitItem
from ledger.document import figure_document, row_document
from ledger.figure import Availability, Coverage, Snapshot
from ledger.plan import Plan
from ledger.plan.catalogue import shipped
from ledger.seen import History

MakeSnapshot = Callable[..., Snapshot]
Ask = Callable[..., httpx.Response]
LISTS = ("indicators", "units", "coverage", "gaps", "assets", "topology")


class HeldSnapshot(Timeless):
    """A ledger that says one thing now, the same of other instants, and notes which those were."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.instants: list[datetime] = []

    def now(self) -> Snapshot:
        return self.snapshot

    def at(self, when: datetime) -> Snapshot:
        self.instants.append(when)
        return replace(self.snapshot, as_of=when)

    def history(self, _asset: str, _limit: int) -> History:
        return History()


def some_gaps(indicator: str, asset: str) -> Coverage | Availability:
    if INDICATORS[indicator].is_availability:
        return Availability.BEHIND_OUTAGE if asset == "68-22945-LK-002" else Availability.UP
    verdicts = {"68-SKHCN-PC-003": Coverage.EXEMPT, "68-22945-PC-001": Coverage.STALE}
    return verdicts.get(asset, Coverage.NOT_PROVISIONED if asset.startswith("68-23272") else Coverage.COVERED)


@pytest.fixture
def source(make_snapshot: MakeSnapshot) -> HeldSnapshot:
    return HeldSnapshot(make_snapshot(some_gaps))


@pytest.fixture
def api(source: HeldSnapshot, lab_plan: Plan) -> FastAPI:
    return build_api(source, lab_plan)


def plain(document: dict[str, Any]) -> dict[str, Any]:
    """A document as it comes out of JSON."""
    return {
        key: value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else value
        for key, value in document.items()
    }


def test_indicators_and_units_are_those_of_catalogue_and_plan(ask: Ask, api: FastAPI, lab_plan: Plan) -> None:
    indicators = ask(api, "/api/v1/indicators").json()
    units = ask(api, "/api/v1/units").json()
    assert ([item["id"] for item in indicators["items"]], indicators["next"]) == (sorted(shipped()), None)
    assert ([item["id"] for item in units["items"]], units["next"]) == (sorted(lab_plan.units), None)
    assert units["items"][2] == {
        "id": "68-22945",
        "parent": "68",
        "level": "commune",
        "kind": "ward",
        "name_vi": "Phường Phan Thiết",
        "name_en": "Phan Thiet ward",
        "code": "22945",
    }


def test_coverage_has_every_figure_of_the_snapshot_by_unit_and_indicator(
    ask: Ask, api: FastAPI, source: HeldSnapshot
) -> None:
    answer = ask(api, "/api/v1/coverage")
    expected = sorted(source.snapshot.figures, key=lambda figure: (figure.unit, figure.indicator))
    assert answer.json() == {
        "items": [plain(figure_document(figure)) for figure in expected],
        "next": None,
        "as_of": "2026-11-22T12:00:00Z",
    }
    assert answer.headers["content-type"] == "application/json"


def test_assets_has_every_row_and_gaps_those_in_a_gap(ask: Ask, api: FastAPI, source: HeldSnapshot) -> None:
    rows = sorted(source.snapshot.rows, key=lambda row: (row.asset, row.indicator or ""))
    assert ask(api, "/api/v1/assets").json()["items"] == [plain(row_document(row)) for row in rows]
    assert ask(api, "/api/v1/gaps").json()["items"] == [plain(row_document(row)) for row in rows if row.is_gap]


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("units", {"unit": "68-22945"}, ["68-22945"]),
        ("units", {"level": "department"}, ["68-SKHCN"]),
        ("units", {"unit": "68", "level": "province"}, ["68"]),
        ("coverage", {"unit": "68", "indicator": "HT06"}, ["68/HT06"]),
        ("coverage", {"level": "department", "indicator": "AV02"}, ["68-SKHCN/AV02"]),
        ("coverage", {"unit": "68", "level": "commune"}, []),
        ("gaps", {"indicator": "AV02"}, ["68-22945-LK-002"]),
        ("gaps", {"verdict": "stale"}, ["68-22945-PC-001"]),
        ("gaps", {"verdict": "behind_outage"}, ["68-22945-LK-002"]),
        ("gaps", {"kind": "lan"}, ["68-23272-LAN"]),
        ("gaps", {"unit": "68-SKHCN"}, []),
        ("gaps", {"unit": "68", "indicator": "HT06", "verdict": "stale"}, ["68-22945-PC-001"]),
        ("assets", {"verdict": "exempt"}, ["68-SKHCN-PC-003"]),
        ("assets", {"verdict": "unplanned"}, ["mac:02:68:00:99:00:01"]),
        ("assets", {"kind": "router", "unit": "68-22924"}, ["68-22924-RT-001"]),
    ],
)
def test_filters_narrow(path: str, query: dict[str, str], expected: list[str], ask: Ask, api: FastAPI) -> None:
    items = ask(api, f"/api/v1/{path}?{urlencode(query)}").json()["items"]
    assert [item.get("asset") or item.get("id") or f"{item['unit']}/{item['indicator']}" for item in items] == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-12-31T16:30:00+07:00", datetime(2026, 12, 31, 9, 30, tzinfo=UTC)),
        ("2026-12-31T09:30:00Z", datetime(2026, 12, 31, 9, 30, tzinfo=UTC)),
        ("2100-12-31T23:59:59Z", datetime(2100, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_another_instant_is_asked_of_the_ledger(
    at: str, expected: datetime, ask: Ask, api: FastAPI, source: HeldSnapshot
) -> None:
    assert ask(api, f"/api/v1/gaps?at={quote(at)}").json()["as_of"] == expected.isoformat().replace("+00:00", "Z")
    assert source.instants == [expected]


@pytest.mark.parametrize("path", LISTS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(min_value=1, max_value=60))
def test_pages_give_each_item_once_in_the_same_order(path: str, limit: int, ask: Ask, api: FastAPI) -> None:
    whole = ask(api, f"/api/v1/{path}").json()["items"]
    found: list[Any] = []
    query: dict[str, str] = {"limit": str(limit)}
    while True:
        page = ask(api, f"/api/v1/{path}?{urlencode(query)}").json()
        assert len(page["items"]) <= limit
        found += page["items"]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert found == whole


def test_a_cursor_holds_where_its_item_has_gone(ask: Ask, api: FastAPI, source: HeldSnapshot) -> None:
    first = ask(api, "/api/v1/gaps?limit=2").json()
    rest = ask(api, f"/api/v1/gaps?cursor={first['next']}").json()["items"]
    gone = first["items"][1]["asset"]
    rows = tuple(row for row in source.snapshot.rows if row.asset != gone)
    source.snapshot = replace(source.snapshot, version="2", rows=rows)
    assert ask(api, f"/api/v1/gaps?cursor={first['next']}").json()["items"] == [
        row for row in rest if row["asset"] != gone
    ]


@pytest.mark.parametrize("path", LISTS)
def test_who_has_the_answer_is_told_so(path: str, ask: Ask, api: FastAPI) -> None:
    first = ask(api, f"/api/v1/{path}")
    tag = first.headers["etag"]
    assert tag.startswith('"')
    assert first.headers["cache-control"] == "no-cache"
    for header in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = ask(api, f"/api/v1/{path}", headers={"If-None-Match": header})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert ask(api, f"/api/v1/{path}", headers={"If-None-Match": '"other"'}).content == first.content


def test_a_tag_differs_by_version_by_query_and_by_path(ask: Ask, api: FastAPI, source: HeldSnapshot) -> None:
    paths = ("coverage", "gaps", "assets", "gaps?limit=1", "gaps?indicator=HT06", "gaps?verdict=stale")
    tags = [ask(api, f"/api/v1/{path}").headers["etag"] for path in paths]
    source.snapshot = replace(source.snapshot, version="2")
    tags += [ask(api, f"/api/v1/{path}").headers["etag"] for path in paths]
    source.snapshot = replace(source.snapshot, as_of=source.snapshot.as_of + timedelta(seconds=1))
    tags += [ask(api, f"/api/v1/{path}").headers["etag"] for path in paths]
    assert len(set(tags)) == 3 * len(paths)
    assert tags[-6] == ask(api, "/api/v1/coverage?limit=1000").headers["etag"]


def test_head_gives_the_headers_alone(ask: Ask, api: FastAPI) -> None:
    whole, head = ask(api, "/api/v1/coverage"), ask(api, "/api/v1/coverage", "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(whole.headers)


def test_every_answer_keeps_browsers_at_a_distance(ask: Ask, api: FastAPI) -> None:
    for path in ("/healthz", "/api/v1/units", "/openapi.json", "/nowhere", "/api/v1/units?limit=0"):
        headers = ask(api, path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert "access-control-allow-origin" not in headers


def test_health_says_well(ask: Ask, api: FastAPI) -> None:
    assert ask(api, "/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_there_is_no_page_that_would_load_from_elsewhere(path: str, ask: Ask, api: FastAPI) -> None:
    assert ask(api, path).status_code == 404


def test_the_description_matches_the_answers(ask: Ask, api: FastAPI) -> None:
    schemas = ask(api, "/openapi.json").json()["components"]["schemas"]
    models: dict[str, type[BaseModel]] = {
        "indicators": IndicatorItem,
        "units": UnitItem,
        "coverage": FigureItem,
        "gaps": RowItem,
        "assets": RowItem,
    }
    for path, model in models.items():
        items = ask(api, f"/api/v1/{path}").json()["items"]
        assert items
        for item in items:
            assert list(item) == list(schemas[model.__name__]["properties"])
            model.model_validate(item)


def test_the_description_declares_every_status(ask: Ask, api: FastAPI) -> None:
    document = ask(api, "/openapi.json").json()
    files = [f"{name}.{suffix}" for name in ("coverage", "gaps", "assets") for suffix in ("csv", "xlsx")]
    assert set(document["paths"]) == {*(f"/api/v1/{path}" for path in (*LISTS, *files)), "/healthz"}
    assert {status for p in (*LISTS, *files) for status in document["paths"][f"/api/v1/{p}"]["get"]["responses"]} == {
        "200",
        "304",
        "401",
        "404",
        "422",
        "500",
        "503",
    }
    page = document["paths"]["/api/v1/coverage"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert page == {"$ref": "#/components/schemas/CoveragePage"}
    wrong = document["paths"]["/api/v1/coverage"]["get"]["responses"]["404"]["content"]
    assert wrong == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    file = document["paths"]["/api/v1/gaps.csv"]["get"]["responses"]["200"]["content"]
    assert "text/csv; charset=utf-8" in file
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_a_days_figures_are_asked_for_whole_or_refused(ask: Ask, api: FastAPI) -> None:
    assert ask(api, "/api/v1/coverage?as_of=2026-10-31").json()["items"] == []
    assert ask(api, "/api/v1/coverage?as_of=2026-10-31").json()["as_of"] == "2026-10-31T16:59:59Z"
    for query, status in (
        ("as_of=2026-10-31&unit=zz", 404),
        ("as_of=31/10/2026", 422),
        ("as_of=1900-01-01", 422),
        ("known_at=2026-10-31T00:00:00Z", 422),
        ("as_of=2026-10-31&at=2026-10-31T00:00:00Z", 422),
        ("map=2025-07-01&unit=68", 200),
    ):
        assert ask(api, f"/api/v1/coverage?{query}").status_code == status, query
