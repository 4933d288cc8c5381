"""XLSX with typed cells: numbers, dates and times are those of a spreadsheet, text is never a formula."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO, TypeVar

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from api.export.column import Column, Form, Value, looks_like_formula
from api.problem import ApiError
from ledger.language import LOCAL_ZONE, Language, Text

T = TypeVar("T")
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: The format's own limit, the heading aside.
MAX_ROWS = 1_048_575
#: A file smaller than this never touches the disk.
MEMORY_BYTES = 4 * 2**20
CHUNK_BYTES = 64 * 1024
DAY_FORMATS = {Language.VI: "dd/mm/yyyy", Language.EN: "yyyy-mm-dd"}


def xlsx_chunks(columns: Sequence[Column[T]], rows: Sequence[T], text: Text, title: str) -> Iterator[bytes]:
    """The file, piece by piece; raises ApiError before the first where there are more rows than a sheet holds."""
    if len(rows) > MAX_ROWS:
        raise ApiError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "too-many-rows",
            f"{len(rows)} rows are more than a sheet holds ({MAX_ROWS}); narrow the query, or take the CSV",
        )
    file: IO[bytes] = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115 - it is closed once it was read
    _write(file, columns, rows, text, title)
    return _read(file)


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(CHUNK_BYTES):
            yield piece


def _write(file: IO[bytes], columns: Sequence[Column[T]], rows: Iterable[T], text: Text, title: str) -> None:
    with Workbook(file, {"constant_memory": True}) as book:
        book.set_properties({"title": title, "author": "Bao Phủ"})
        sheet = book.add_worksheet(title[:31])
        _set_up(sheet, columns)
        heading = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E3EDEC", "bottom": 1}
        )
        quoted = book.add_format({"quote_prefix": True})
        formats = _formats(book, text.language)
        sheet.set_row(0, 32)
        for position, column in enumerate(columns):
            sheet.write_string(0, position, text(column.heading), heading)
        last = 0
        for last, row in enumerate(rows, start=1):
            for position, column in enumerate(columns):
                _put(sheet, (last, position), column.value(row, text), formats[column.form], quoted)
        sheet.autofilter(0, 0, last, len(columns) - 1)


def _set_up(sheet: Worksheet, columns: Sequence[Column[T]]) -> None:
    for position, column in enumerate(columns):
        sheet.set_column(position, position, column.width)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P/&N")


def _formats(book: Workbook, language: Language) -> Mapping[Form, Format | None]:
    day = DAY_FORMATS[language]
    return {
        Form.TEXT: None,
        Form.NUMBER: None,
        Form.COUNT: book.add_format({"num_format": "#,##0"}),
        Form.RATIO: book.add_format({"num_format": "0.00%"}),
        Form.DAY: book.add_format({"num_format": day, "align": "left"}),
        Form.INSTANT: book.add_format({"num_format": f"{day} hh:mm:ss", "align": "left"}),
    }


def _put(sheet: Worksheet, place: tuple[int, int], value: Value, form: Format | None, quoted: Format) -> None:
    row, column = place
    match value:
        case None | "":
            return
        case datetime():
            sheet.write_datetime(row, column, value.astimezone(LOCAL_ZONE).replace(tzinfo=None), form)
        case date():
            sheet.write_datetime(row, column, value, form)
        case str():
            sheet.write_string(row, column, value, quoted if looks_like_formula(value) else form)
        case _:
            sheet.write_number(row, column, value, form)
