"""A table as it stands in a file: cells by row and column, whatever the file's form; nothing in it is evaluated."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be; a province's largest table is a hundredth of it."""

    file_bytes: int = 16 * MIB
    unpacked_bytes: int = 64 * MIB
    #: How many times smaller a part may have become by packing.
    ratio: int = 200
    sheets: int = 100
    rows: int = 100_000
    columns: int = 1_000
    cells: int = 500_000


class UnreadableError(Exception):
    """A file that is no table, or is too large for one: a problem's code and fields, for whoever reports it."""

    def __init__(self, code: str, row: int | None = None, **fields: str) -> None:
        self.code = code
        self.row = row
        self.fields = fields
        super().__init__(code)


class CellFault(StrEnum):
    """Why what stands in a cell can't be read; each is a problem's code."""

    NO_CACHED_VALUE = "formula_without_value"
    ERROR_VALUE = "error_value"
    SCALED_FORMAT = "scaled_format"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `text` is what it says to a person; `number` or `day` are set where the file stores one as such.

    `is_percent`: the number is shown with %, so that it is a part of a whole (0.6947 for 69,47 %).
    """

    text: str
    number: Decimal | None = None
    is_percent: bool = False
    day: date | None = None
    fault: CellFault | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """Cells that are merged; all four from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: `rows` is `dict[row, dict[column, cell]]`, both from 1, without empty cells; `name` None in a CSV file.

    `covers` tells for each cell of a merged area, but its first, which one that is: `dict[(row, column), …]`.
    """

    name: str | None
    rows: Mapping[int, Mapping[int, Cell]]
    merged: Sequence[Area] = ()
    covers: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> Cell | None:
        """What stands in the cell itself; None where it is empty."""
        return self.rows.get(row, {}).get(column)

    def spread(self, row: int, column: int) -> Cell | None:
        """What a person reads there: what stands in the cell, or in the merged one that covers it."""
        return self.cell(*self.covers.get((row, column), (row, column)))


def letters(column: int) -> str:
    """The column's name as spreadsheets show it: 1 → A, 28 → AB."""
    name = ""
    while column > 0:
        column, place = divmod(column - 1, 26)
        name = chr(ord("A") + place) + name
    return name


def column_number(name: str) -> int:
    """The opposite of `letters`."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def covered(
    areas: Sequence[Area], rows: Mapping[int, Mapping[int, Cell]], limits: Limits
) -> dict[tuple[int, int], tuple[int, int]]:
    """What `Sheet.covers` says, as far down and to the right as there are cells; raises UnreadableError."""
    last_row = max(rows, default=0)
    last_column = max((column for cells in rows.values() for column in cells), default=0)
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for area in areas:
        bottom, right = min(area.bottom, last_row), min(area.right, last_column)
        if len(found) + max(0, bottom - area.top + 1) * max(0, right - area.left + 1) > limits.cells:
            raise UnreadableError("too_many_cells", wanted=str(limits.cells))
        found.update(dict.fromkeys(_places(area.top, area.left, bottom, right), (area.top, area.left)))
    return found


def _places(top: int, left: int, bottom: int, right: int) -> Iterator[tuple[int, int]]:
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            if (row, column) != (top, left):
                yield row, column


class Rows:
    """Collects a sheet's cells within the limits."""

    def __init__(self, limits: Limits) -> None:
        self.found: dict[int, dict[int, Cell]] = {}
        self._limits = limits
        self._count = 0

    def add(self, row: int, column: int, cell: Cell) -> None:
        """Keep a cell; raises UnreadableError where it is one too many."""
        limits = self._limits
        if column > limits.columns:
            raise UnreadableError("too_many_columns", row, wanted=str(limits.columns))
        self._count += 1
        if self._count > limits.cells:
            raise UnreadableError("too_many_cells", row, wanted=str(limits.cells))
        self.found.setdefault(row, {})[column] = cell
        if len(self.found) > limits.rows:
            raise UnreadableError("too_many_rows", row, wanted=str(limits.rows))
