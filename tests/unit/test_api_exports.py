"""Files of coverage and gaps: what they hold, that nothing in them runs, and that they open in a spreadsheet."""

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import httpx
import pytest
from catalogue import INDICATORS
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from timeless import Timeless

from api.app import build_api
from api.export import xlsx_file
from api.export.column import Column, Form
from api.export.csv_file import csv_chunks
from api.export.xlsx_file import xlsx_chunks
from api.problem import ApiError
from ledger.figure import Availability, Coverage, Snapshot
from ledger.language import Language, Text
from ledger.plan import Plan
from ledger.seen import History

MakeSnapshot = Callable[..., Snapshot]
Ask = Callable[..., httpx.Response]
VI = Text(Language.VI)


class HeldSnapshot(Timeless):
    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def now(self) -> Snapshot:
        return self.snapshot

    def at(self, when: datetime) -> Snapshot:
        return replace(self.snapshot, as_of=when)

    def history(self, _asset: str, _limit: int) -> History:
        return History()


def some_gaps(indicator: str, asset: str) -> Coverage | Availability:
    if INDICATORS[indicator].is_availability:
        return Availability.UP
    return Coverage.NOT_PROVISIONED if asset.startswith("68-23272") else Coverage.COVERED


@pytest.fixture
def source(make_snapshot: MakeSnapshot) -> HeldSnapshot:
    return HeldSnapshot(make_snapshot(some_gaps))


@pytest.fixture
def api(source: HeldSnapshot, lab_plan: Plan) -> FastAPI:
    return build_api(source, lab_plan)


def csv_rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"), newline="")))


def sheet_of(content: bytes) -> Any:
    return load_workbook(BytesIO(content)).worksheets[0]


def sheet_rows(answer: httpx.Response) -> list[dict[str, Any]]:
    heading, *rows = sheet_of(answer.content).iter_rows(values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def test_coverage_as_csv_has_the_figures_under_vietnamese_headings(ask: Ask, api: FastAPI) -> None:
    answer = ask(api, "/api/v1/coverage.csv")
    items = ask(api, "/api/v1/coverage").json()["items"]
    rows = csv_rows(answer)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="bao-phu-do-bao-phu-20261122-1900.csv"'
    assert [
        (row["Mã đơn vị"], row["Mã chỉ tiêu"], int(row["Tử số"]), int(row["Mẫu số"]), int(row["Còn thiếu"]))
        for row in rows
    ] == [(item["unit"], item["indicator"], item["numerator"], item["denominator"], item["gap"]) for item in items]
    (row,) = [row for row in rows if (row["Mã đơn vị"], row["Mã chỉ tiêu"]) == ("68-23272", "HT06")]
    assert (row["Đơn vị"], row["Cấp"], row["Nguyên nhân"]) == ("Đặc khu Phú Quý", "cấp xã", "chưa triển khai: 2")
    assert (row["Tỷ lệ"], row["Mục tiêu"], row["Đạt mục tiêu"], row["Hạn"]) == ("0.0", "0.9", "không", "2026-12-31")
    assert row["Số liệu lúc"] == "2026-11-22T19:00:00+07:00"


def test_coverage_as_xlsx_has_typed_cells(ask: Ask, api: FastAPI) -> None:
    answer = ask(api, "/api/v1/coverage.xlsx?indicator=HT06&level=commune")
    assert answer.headers["content-type"] == xlsx_file.MEDIA_TYPE
    (row,) = [row for row in sheet_rows(answer) if row["Mã đơn vị"] == "68-23272"]
    assert (row["Tử số"], row["Mẫu số"], row["Tỷ lệ"], row["Mục tiêu"]) == (0, 2, 0, 0.9)
    assert row["Hạn"] == datetime(2026, 12, 31)  # noqa: DTZ001 - a spreadsheet knows no zone
    assert row["Số liệu lúc"] == datetime(2026, 11, 22, 19)  # noqa: DTZ001 - a spreadsheet knows no zone
    sheet = sheet_of(answer.content)
    assert (sheet.freeze_panes, sheet.title) == ("A2", "Độ bao phủ")
    ratio = next(cell for cell in sheet[2] if sheet.cell(1, cell.column).value == "Tỷ lệ")
    due = next(cell for cell in sheet[2] if sheet.cell(1, cell.column).value == "Hạn")
    assert (ratio.number_format, due.number_format) == ("0.00%", "dd/mm/yyyy")
    assert sheet.column_dimensions["B"].width > 30


def test_gaps_and_assets_hold_the_same_rows_as_the_json(ask: Ask, api: FastAPI) -> None:
    for name in ("gaps", "assets"):
        items = ask(api, f"/api/v1/{name}?kind=workstation").json()["items"]
        assert items
        expected = [(item["asset"], item["unit"], item["indicator"]) for item in items]
        for rows in (
            csv_rows(ask(api, f"/api/v1/{name}.csv?kind=workstation")),
            sheet_rows(ask(api, f"/api/v1/{name}.xlsx?kind=workstation")),
        ):
            assert [(row["Tài sản"], row["Mã đơn vị"], row["Mã chỉ tiêu"]) for row in rows] == expected


def test_english_by_choice(ask: Ask, api: FastAPI) -> None:
    answer = ask(api, "/api/v1/gaps.csv?lang=en&kind=lan")
    assert answer.headers["content-disposition"] == 'attachment; filename="bao-phu-gaps-20261122-1900.csv"'
    assert [(row["Asset"], row["Unit"], row["Verdict"]) for row in csv_rows(answer)] == [
        ("68-23272-LAN", "Phu Quy special zone", "not provisioned")
    ]


@pytest.mark.parametrize(
    "path", ["coverage.csv", "coverage.xlsx", "gaps.csv", "gaps.xlsx", "assets.csv", "assets.xlsx"]
)
def test_what_is_wrong_with_a_query_is_a_problem_here_too(path: str, ask: Ask, api: FastAPI) -> None:
    for query, status in {"unit=68-22954": 404, "indicator=HT99": 404, "limit=1": 422, "lang=fr": 422}.items():
        answer = ask(api, f"/api/v1/{path}?{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    known = ask(api, f"/api/v1/{path}?limit=1").json()["errors"][0]["message"]
    assert "lang" in known
    assert "unit" in known


def test_an_unchanged_file_is_not_sent_twice(ask: Ask, api: FastAPI, source: HeldSnapshot) -> None:
    first = ask(api, "/api/v1/assets.xlsx")
    again = {"If-None-Match": first.headers["etag"]}
    assert ask(api, "/api/v1/assets.xlsx", headers=again).status_code == 304
    assert ask(api, "/api/v1/assets.xlsx?lang=en", headers=again).status_code == 200
    source.snapshot = replace(source.snapshot, version="2", as_of=source.snapshot.as_of + timedelta(minutes=1))
    assert ask(api, "/api/v1/assets.xlsx", headers=again).status_code == 200


COLUMNS: tuple[Column[str], ...] = (
    Column("Asset", lambda row, _text: row),
    Column("Gap", lambda _row, _text: -3, Form.COUNT),
)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_might_run_is_quoted_and_numbers_stay_numbers(start: str) -> None:
    evil = f'{start}HYPERLINK("http://evil.example")'
    content = b"".join(csv_chunks(COLUMNS, [evil], VI)).decode("utf-8-sig")
    assert list(csv.reader(StringIO(content, newline="")))[1] == [f"'{evil}", "-3"]
    sheet = sheet_of(b"".join(xlsx_chunks(COLUMNS, [evil], VI, "t")))
    text, number = sheet[2]
    assert (text.data_type, text.quotePrefix, number.value) == ("s", True, -3)
    assert text.value.replace("_x000D_", "\r") == evil  # OOXML's own way to write a carriage return


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), max_size=20))
def test_any_text_comes_out_of_a_csv_as_it_went_in_but_for_the_quote(values: list[str]) -> None:
    content = b"".join(csv_chunks(COLUMNS, values, VI)).decode("utf-8-sig")
    cells = [row[0] for row in csv.reader(StringIO(content, newline=""))][1:]
    assert [cell.removeprefix("'") if cell[1:2] in tuple("=+-@") else cell for cell in cells] == values
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []


def test_a_long_csv_comes_in_pieces() -> None:
    pieces = list(csv_chunks(COLUMNS, [f"asset {number}" for number in range(1200)], VI))
    assert len(pieces) == 3
    assert b"".join(pieces).count(b"\r\n") == 1201


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "MAX_ROWS", 2)
    with pytest.raises(ApiError, match="take the CSV"):
        xlsx_chunks(COLUMNS, ["a", "b", "c"], VI, "t")
