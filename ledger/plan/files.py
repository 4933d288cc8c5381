"""Opens a register's file: its text, or its rows of cells; what can't be read becomes a Problem."""

import csv
import unicodedata
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from ledger.plan.problem import nearest
from ledger.plan.register import Register, Row

#: Characters that a cell may have; a register's longest column is a name.
LONGEST_CELL = 1_000


def read_register(path: Path, columns: Sequence[str], *, optional: bool = False) -> Register:
    """Read a CSV file whose header must hold `columns`; an `optional` one that isn't there has no rows."""
    register = Register(path.name)
    text = read_text(register, path, ",".join(columns), optional=optional)
    if text is None:
        return register
    reader = csv.reader(StringIO(text))  # which ends lines at "\n" only
    number = 1
    try:
        header = [cell.strip() for cell in next(reader, [])]
        if not _header_fits(register, header, columns):
            return register
        number = reader.line_num + 1
        for cells in reader:
            if cells:
                _take(register, number, header, cells)
            number = reader.line_num + 1
    except csv.Error:
        register.fail("bad_csv", number)
    return register


def read_text(register: Register, path: Path, wanted: str, *, optional: bool = False) -> str | None:
    """The file's text; None where there is none, which is a Problem unless an `optional` file isn't there."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        if not optional:
            register.fail("missing_file", wanted=wanted)
    except OSError as error:
        register.fail("unreadable", value=error.strerror or type(error).__name__)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        register.fail("bad_encoding", line, value=f"0x{error.object[error.start]:02x}")
    return None


def refuse_unfit(row: Row) -> None:
    """Note a Problem for each cell with a control character, or longer than any page shows."""
    for column, value in row.cells.items():
        bad = next((c for c in value if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")), None)
        if bad is not None:
            row.report("control_character", column, value=f"U+{ord(bad):04X}")
        if len(value) > LONGEST_CELL:
            row.report("too_long", column, value=str(len(value)), wanted=str(LONGEST_CELL))


def _header_fits(register: Register, header: Sequence[str], columns: Sequence[str]) -> bool:
    for column in columns:
        if column not in header:
            register.fail("missing_column", 1, value=column, wanted=",".join(columns))
    for column in dict.fromkeys(column for column in header if header.count(column) > 1):
        register.fail("duplicate_column", 1, value=column)
    for column in header:
        if column not in columns:
            register.fail("unknown_column", 1, value=column, nearest=nearest(column, columns))
    return register.is_readable


def _take(register: Register, number: int, header: Sequence[str], cells: Sequence[str]) -> None:
    if len(cells) != len(header):
        register.report("wrong_width", number, value=str(len(cells)), wanted=str(len(header)))
        return
    row = Row(register, number, dict(zip(header, map(_clean, cells), strict=True)))
    refuse_unfit(row)
    register.rows.append(row)


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", cell.strip(" \t"))
