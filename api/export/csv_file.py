"""CSV as spreadsheets read it: UTF-8 with a byte order mark, CRLF, and no cell that could run as a formula.

Numbers have a decimal point and ratios are 0–1, dates and instants are ISO 8601, so that programs read it as well.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from io import StringIO
from typing import TypeVar

from api.export.column import Column, Value, looks_like_formula
from ledger.language import LOCAL_ZONE, Text

T = TypeVar("T")
MEDIA_TYPE = "text/csv; charset=utf-8"
#: Rows that are rendered at once.
CHUNK_ROWS = 500


def csv_chunks(columns: Sequence[Column[T]], rows: Iterable[T], text: Text) -> Iterator[bytes]:
    """The file, piece by piece."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([text(column.heading) for column in columns])
    for number, row in enumerate(rows, start=1):
        writer.writerow([_cell(column.value(row, text)) for column in columns])
        if number % CHUNK_ROWS == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece


def _cell(value: Value) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(LOCAL_ZONE).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case str():
            return f"'{value}" if looks_like_formula(value) else value
        case _:
            return str(value)
