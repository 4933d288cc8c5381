"""Reads a CSV file as a table: UTF-8, its cells apart by comma, semicolon or tab, whichever fits."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice

from ledger.declared.sheet import Cell, Limits, Rows, Sheet, UnreadableError

DELIMITERS = ("\t", ";", ",")
#: So many lines tell which one it is.
SAMPLE = 200
#: What Excel writes, and takes, as a first line to say so.
SAYS_ITSELF = "sep="


def read_delimited(data: bytes, limits: Limits) -> Sheet:
    """The file's one table; rows are counted by lines, a row that has several by its first. Raises UnreadableError."""
    text = _decoded(data)
    first = text.partition("\n")[0].rstrip("\r")
    says_itself = first.lower().startswith(SAYS_ITSELF) and first[len(SAYS_ITSELF) :] in DELIMITERS
    delimiter = first[len(SAYS_ITSELF) :] if says_itself else _delimiter(text)
    rows = Rows(limits)
    for line, cells in _records(text, delimiter):
        if not (says_itself and line == 1):
            for column, value in enumerate(cells, 1):
                if value.strip():
                    rows.add(line, column, Cell(value.strip()))
    return Sheet(None, rows.found)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError("bad_encoding", line, value=f"0x{error.object[error.start]:02x}") from None


def _delimiter(text: str) -> str:
    """The one that makes most lines equally wide; of two that do, the rarer in Vietnamese text."""

    def fit(delimiter: str) -> tuple[int, int]:
        sample = csv.reader(islice(StringIO(text), SAMPLE), delimiter=delimiter)
        widths = Counter(len(cells) for cells in _until_broken(sample) if len(cells) > 1)
        return max(((count, width) for width, count in widths.items()), default=(0, 0))

    return max(DELIMITERS, key=fit)


def _until_broken(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    try:
        yield from rows
    except csv.Error:
        return


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text), delimiter=delimiter)  # which ends lines at "\n" only
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        raise UnreadableError("bad_csv", line) from None
