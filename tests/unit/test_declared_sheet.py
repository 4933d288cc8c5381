"""Tables read from files: both forms alike, within bounds, and whatever the bytes are nothing worse than a refusal."""

import struct
import zipfile
from contextlib import suppress
from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import csv_of, saved, xlsx_of

from ledger.declared.number_format import number_format
from ledger.declared.opening import read_table
from ledger.declared.sheet import Cell, CellFault, Limits, Sheet, UnreadableError, column_number, letters


def texts(sheet: Sheet) -> dict[tuple[int, int], str]:
    return {(row, column): cell.text for row, cells in sheet.rows.items() for column, cell in cells.items()}


def refused(data: bytes, sheet: str | None = None, **limits: int) -> str:
    with pytest.raises(UnreadableError) as caught:
        read_table(data, sheet, Limits(**limits))
    return caught.value.code


@pytest.mark.parametrize(
    "data",
    [
        b"a;b\n1;69,47 %\n2;70,1 %\n",
        b"\xef\xbb\xbfa;b\r\n1;69,47 %\r\n2;70,1 %\r\n",
        b'a,b\n1,"69,47 %"\n2,"70,1 %"\n',
        b"a\tb\n1\t69,47 %\n2\t70,1 %\n",
    ],
)
def test_csv_is_told_apart_by_what_fits_most_lines(data: bytes) -> None:
    expected = {(1, 1): "a", (1, 2): "b", (2, 1): "1", (2, 2): "69,47 %", (3, 1): "2", (3, 2): "70,1 %"}
    assert texts(read_table(data, None)) == expected


def test_a_csv_file_may_say_itself_what_parts_its_cells() -> None:
    assert texts(read_table(b"sep=;\na,b;c\n", None)) == {(2, 1): "a,b", (2, 2): "c"}


def test_a_csv_row_is_counted_by_its_first_line() -> None:
    assert texts(read_table(b'"a\nb",c\n\nd,e\n', None)) == {(1, 1): "a\nb", (1, 2): "c", (4, 1): "d", (4, 2): "e"}


def test_what_a_workbook_stores_is_kept_as_such() -> None:
    rows = [["Tỷ lệ", 0.6947, 0.695, 1 / 3, date(2019, 12, 31), 1272, 22945, True, 0.1 + 0.2]]
    formats = {"B1": "0.00%", "C1": "0.00%", "D1": "0%", "E1": "dd/mm/yyyy", "F1": "#,##0", "G1": "000000"}
    found = read_table(xlsx_of(*rows, formats=formats), None)
    assert found.name == "Biểu 1"
    cells = found.rows[1]
    assert cells[1] == Cell("Tỷ lệ")
    assert cells[2] == Cell("69,47 %", number=Decimal("0.6947"), is_percent=True)
    assert cells[3].text == "69,50 %", "as exact as it is shown"
    assert cells[4].number == Decimal("0.333333333333333")
    assert cells[5] == Cell("31/12/2019", day=date(2019, 12, 31))
    assert cells[6] == Cell("1272", number=Decimal(1272))
    assert cells[7].text == "022945"
    assert cells[8] == Cell("TRUE")
    assert cells[9].number == Decimal("0.3")


def test_a_formula_counts_by_its_cached_value_alone() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.calculation.fullCalcOnLoad = False
    data = saved(book)
    assert read_table(data, None).rows[1][1].fault is CellFault.NO_CACHED_VALUE
    cached = replaced(data, "xl/worksheets/sheet1.xml", b"<v />", b"<v>2</v>", b"<v></v>", b"<v>2</v>")
    assert read_table(cached, None).rows[1][1] == Cell("2", number=Decimal(2))
    uncalculated = replaced(cached, "xl/workbook.xml", b'fullCalcOnLoad="0"', b'fullCalcOnLoad="1"')
    assert read_table(uncalculated, None).rows[1][1].fault is CellFault.NO_CACHED_VALUE


def replaced(data: bytes, part: str, *pairs: bytes) -> bytes:
    """The workbook with texts of one part replaced, of which at least one must be there."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                before = content
                for old_text, new_text in zip(pairs[::2], pairs[1::2], strict=True):
                    content = content.replace(old_text, new_text)
                assert content != before
            new.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c r="A1" t="inlineStr"><is><r><t>Sở </t></r><r><t>Y tế</t></r><rPh><t>x</t></rPh></is></c>', "Sở Y tế"),
        ('<c t="str"><f>"a"&amp;"b"</f><v>ab</v></c>', "ab"),
        ('<c r="A1" t="d"><v>2019-12-31T00:00:00</v></c>', "31/12/2019"),
        ('<c r="A1" t="str"><v>a_x000D_b</v></c>', "a\rb"),
        ('<c r="A1" t="n"><v>1.272E3</v></c>', "1272"),
        ('<c r="A1" s="99"><v>5</v></c>', "5"),
    ],
)
def test_every_kind_of_cell_is_read(cell: str, expected: str) -> None:
    assert texts(read_table(with_rows(f"<row>{cell}</row>"), None)) == {(1, 1): expected}


@pytest.mark.parametrize("cell", ['<c r="A1" t="e"><v>#DIV/0!</v></c>', '<c r="A1"><v>nan</v></c>'])
def test_an_error_is_no_value(cell: str) -> None:
    assert read_table(with_rows(f"<row>{cell}</row>"), None).rows[1][1].fault is CellFault.ERROR_VALUE


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" t="s"><v>7</v></c>',
        '<c r="A1" t="s"><v>x</v></c>',
        '<c r="A1"><v>x</v></c>',
        '<c r="A1" s="x"><v>1</v></c>',
        '<c r="A1" t="d"><v>31/12/2019</v></c>',
        "<c><v>1</v>",
    ],
)
def test_a_broken_cell_breaks_the_workbook(cell: str) -> None:
    assert refused(with_rows(f"<row>{cell}</row>")) == "bad_workbook"


def with_rows(rows: str, before: str = "", after: str = "") -> bytes:
    """A workbook whose sheet is written by hand."""
    sheet = f"{before}<worksheet><sheetData>{rows}</sheetData>{after}</worksheet>"
    data = xlsx_of(["x"])
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            calculated = old.read(name).replace(b'fullCalcOnLoad="1"', b"")
            new.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else calculated)
    return out.getvalue()


def test_merged_cells_are_known_by_their_first() -> None:
    found = read_table(xlsx_of(["a", "", "b"], ["c", "d", "e"], merged=["A1:B1"]), None)
    assert found.covers == {(1, 2): (1, 1)}
    assert found.spread(1, 2) == Cell("a")
    assert found.cell(1, 2) is None


def test_a_merged_area_of_the_whole_sheet_costs_nothing() -> None:
    merge = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    cells = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in (1, 50_000))
    found = read_table(with_rows(cells, after=merge), None)
    assert len(found.covers) == 49_999
    assert refused(with_rows(cells, after=merge), cells=10_000) == "too_many_cells"


def test_a_sheet_is_named_where_there_are_several() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Hai")["A1"] = "hai"
    data = saved(book)
    assert refused(data) == "which_sheet"
    assert refused(data, "Ba") == "no_sheet"
    assert refused(data, "3") == "no_sheet"
    for name in ("Hai", "2"):
        assert texts(read_table(data, name)) == {(1, 1): "hai"}


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active["A1"] = date(2019, 12, 31)
    assert read_table(saved(book), None).rows[1][1].day == date(2019, 12, 31)


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("General", ()),
        ("0.00%", ("is_percent",)),
        ('#,##0" %"', ()),
        ("dd/mm/yyyy", ("is_day",)),
        ("[$-42A]d mmmm yyyy;@", ("is_day",)),
        ("[h]:mm", ("is_day",)),
        ("#,##0", ()),
        ("#,##0.0", ()),
        ("#,##0,", ("is_scaled",)),
        ('0.0,,"triệu"', ("is_scaled",)),
        ('#,##0\\ "đồng"', ()),
        ("0.00E+00", ()),
        ("@", ()),
        ("", ()),
    ],
)
def test_a_number_format_says_what_a_number_is(code: str, what: tuple[str, ...]) -> None:
    found = number_format(code)
    assert tuple(name for name in ("is_percent", "is_day", "is_scaled") if getattr(found, name)) == what


@pytest.mark.parametrize(
    ("data", "limits", "code"),
    [
        (b"x" * 11, {"file_bytes": 10}, "file_too_large"),
        (csv_of(*[["a", "b"]] * 11), {"rows": 10}, "too_many_rows"),
        (csv_of(["a"] * 11), {"columns": 10}, "too_many_columns"),
        (csv_of(*[["a", "b"]] * 6), {"cells": 11}, "too_many_cells"),
        (xlsx_of(*[["a", "b"]] * 11), {"rows": 10}, "too_many_rows"),
        (xlsx_of(["a"] * 11), {"columns": 10}, "too_many_columns"),
        (xlsx_of(*[["a", "b"]] * 6), {"cells": 11}, "too_many_cells"),
        (xlsx_of(["a"]), {"sheets": 0}, "too_many_sheets"),
        (xlsx_of(["a"]), {"unpacked_bytes": 1_000}, "unpacks_too_large"),
        (with_rows(f"<!--{'0' * 30 * 2**20}-->"), {}, "packed_too_hard"),
        (with_rows(f"<!--{'0' * 30 * 2**20}-->"), {"ratio": 10**6, "unpacked_bytes": 2**20}, "unpacks_too_large"),
        (with_rows("", before='<!DOCTYPE x [<!ENTITY a "aaaa">]>'), {}, "has_doctype"),
        (with_rows("", before='<!DOCTYPE x SYSTEM "file:///etc/passwd">'), {}, "has_doctype"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 600, {}, "old_workbook"),
        (b"PK\x03\x04" + b"x" * 100, {}, "bad_workbook"),
        ("Sở Y tế".encode("utf-16"), {}, "bad_encoding"),
        ("Hà Nội".encode("cp1258", "ignore"), {}, "bad_encoding"),
        (b'a,b\n"c' + b"x" * 200_000, {}, "bad_csv"),
    ],
)
def test_what_is_too_large_or_unsound_is_refused_by_name(data: bytes, limits: dict[str, int], code: str) -> None:
    assert refused(data, None, **limits) == code


def test_an_encrypted_or_oddly_packed_part_is_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert refused(out.getvalue()) == "bad_workbook"
    data = bytearray(xlsx_of(["a"]))
    place = data.index(b"PK\x01\x02")
    while place >= 0:
        struct.pack_into("<H", data, place + 8, struct.unpack_from("<H", data, place + 8)[0] | 1)
        place = data.find(b"PK\x01\x02", place + 4)
    assert refused(bytes(data)) == "bad_workbook"


@given(st.integers(1, 16_384))
def test_columns_have_their_letters(column: int) -> None:
    assert column_number(letters(column)) == column


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04"):
        with suppress(UnreadableError):
            read_table(start + data, None)


SOUND = xlsx_of(["Đơn vị", "Tỷ lệ", 0.5, date(2019, 12, 31)], ["a", "=1+1"], merged=["C1:D2"], formats={"C1": "0%"})
PARTS = zipfile.ZipFile(BytesIO(SOUND)).namelist()


@given(st.sampled_from(PARTS), st.integers(0, 5_000), st.binary(max_size=12), st.integers(0, 40))
def test_a_workbook_with_anything_in_a_part_is_a_table_or_refused(
    part: str, place: int, what: bytes, length: int
) -> None:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(SOUND)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                at = place % (len(content) + 1)
                content = content[:at] + what + content[at + length :]
            new.writestr(name, content)
    with suppress(UnreadableError):
        read_table(out.getvalue(), None)


@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_archive_is_a_table_or_refused(place: int, what: bytes) -> None:
    with suppress(UnreadableError):
        read_table(SOUND[:place] + what + SOUND[place + len(what) :], None)
