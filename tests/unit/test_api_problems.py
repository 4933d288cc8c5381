"""What the API says where it can't answer: RFC 9457 problem documents, from one handler."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI
from timeless import Timeless

from api.app import build_api
from ledger.errors import StoreError
from ledger.figure import Snapshot
from ledger.plan import Plan
from ledger.seen import History

MakeSnapshot = Callable[..., Snapshot]
Ask = Callable[..., httpx.Response]


class HeldSnapshot(Timeless):
    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def now(self) -> Snapshot:
        return self.snapshot

    def at(self, _when: datetime) -> Snapshot:
        return self.snapshot

    def history(self, _asset: str, _limit: int) -> History:
        return History()


class FailingLedger(Timeless):
    def __init__(self, error: Exception) -> None:
        self.error = error

    def now(self) -> Snapshot:
        raise self.error

    def at(self, _when: datetime) -> Snapshot:
        raise self.error

    def history(self, _asset: str, _limit: int) -> History:
        raise self.error


@pytest.fixture
def api(make_snapshot: MakeSnapshot, lab_plan: Plan) -> FastAPI:
    return build_api(HeldSnapshot(make_snapshot()), lab_plan)


@pytest.mark.parametrize("path", ["coverage", "gaps", "assets", "units"])
def test_an_unknown_unit_is_not_found_and_the_nearest_is_named(path: str, ask: Ask, api: FastAPI) -> None:
    answer = ask(api, f"/api/v1/{path}?unit=68-22954")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:problem-type:baophu:unknown-unit",
        "title": "Not Found",
        "status": 404,
        "detail": "the unit '68-22954' is not in the plan; nearest: 68-22945",
        "instance": f"/api/v1/{path}",
        "nearest": "68-22945",
    }


@pytest.mark.parametrize(("value", "close"), [("ht06", "HT06"), ("HT99", "HT06"), ("nothing like it", None)])
def test_an_unknown_indicator_is_not_found(value: str, close: str | None, ask: Ask, api: FastAPI) -> None:
    answer = ask(api, f"/api/v1/coverage?{urlencode({'indicator': value})}")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:problem-type:baophu:unknown-indicator")
    if close is None:
        assert answer.json()["nearest"] is None
    else:
        assert answer.json()["nearest"][:2] == close[:2]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=10001", "limit"),
        ("limit=many", "limit"),
        ("unit=", "unit"),
        ("unit=" + "6" * 65, "unit"),
        ("kind=toaster", "kind"),
        ("verdict=lost", "verdict"),
        ("at=2026-11-22", "at"),
        ("at=2026-11-22T02:00:00", "at"),
        ("at=2026-11-22T02:00:00+07:00", "at"),  # '+' not escaped: it arrives as a blank
        ("at=1795312800", "at"),
        ("at=1999-12-31T23:59:59Z", "at"),
        ("at=2101-01-01T00:00:00Z", "at"),
        ("at=9999-12-31T23:59:59-23:59", "at"),
        ("at=0001-01-01T00:00:00%2B23:59", "at"),
        ("cursor=!", "cursor"),
        ("cursor=" + "A" * 513, "cursor"),
        ("cursor=bnVsbA", "cursor"),  # null
        ("cursor=WzFd", "cursor"),  # [1]
        ("cursor=WyJhIl0", "cursor"),  # ["a"]: a unit's
        ("cursor=%C3%A9", "cursor"),
        ("untis=68", "untis"),
        ("limit=1&limit=2", "limit"),
        ("unit=68&unit=68", "unit"),
    ],
)
def test_a_malformed_request_names_the_parameter(query: str, parameter: str, ask: Ask, api: FastAPI) -> None:
    answer = ask(api, f"/api/v1/assets?{query}")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:problem-type:baophu:malformed-request")
    assert [error["parameter"].split(".")[0] for error in answer.json()["errors"]][:1] == [parameter]
    assert answer.headers["content-type"] == "application/problem+json"


KNOWN = "as_of, at, by_level, cursor, indicator, known_at, level, limit, map, unit"


def test_a_filter_that_does_not_exist_is_refused_with_the_names_of_those_that_do(ask: Ask, api: FastAPI) -> None:
    answer = ask(api, "/api/v1/coverage?untis=68&limit=0")
    assert {error["parameter"]: error["message"] for error in answer.json()["errors"]} == {
        "untis": f"no such parameter here; there are: {KNOWN}",
        "limit": "Input should be greater than or equal to 1",
    }


def test_all_that_is_malformed_is_told_at_once(ask: Ask, api: FastAPI) -> None:
    answer = ask(api, "/api/v1/gaps?limit=0&kind=toaster&at=tomorrow")
    assert [error["parameter"] for error in answer.json()["errors"]] == ["limit", "at", "kind"]


@pytest.mark.parametrize(("path", "method", "status"), [("/nowhere", "GET", 404), ("/api/v1/gaps", "DELETE", 405)])
def test_what_is_not_there_is_a_problem_too(path: str, method: str, status: int, ask: Ask, api: FastAPI) -> None:
    answer = ask(api, path, method)
    assert answer.status_code == status
    assert answer.json()["type"] == "about:blank"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/v1/coverage", "/api/v1/gaps?at=2026-11-22T00:00:00Z", "/healthz"])
def test_a_ledger_that_cannot_be_read_is_unavailable_and_its_place_is_not_told(
    path: str, ask: Ask, lab_plan: Plan
) -> None:
    broken = build_api(FailingLedger(StoreError("/var/lib/baophu/ledger.db: disk I/O error")), lab_plan)
    answer = ask(broken, path)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:problem-type:baophu:ledger-unavailable")
    assert "ledger.db" not in answer.text


def test_a_bug_is_told_to_the_log_only(ask: Ask, lab_plan: Plan) -> None:
    answer = ask(build_api(FailingLedger(RuntimeError("password=hunter2")), lab_plan), "/api/v1/coverage")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "hunter2" not in answer.text
