"""Finds a table's heading and its columns, also where the heading has several lines or merged cells."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.declared.mapping import TableMapping
from ledger.declared.sheet import Sheet, column_number, letters
from ledger.declared.wording import plain_key
from ledger.plan.problem import Problem, nearest

#: The heading stands in the first so many rows, and has so many lines at most.
DEEPEST, TALLEST = 100, 5
LETTERS = re.compile(r"[A-Z]{1,3}")
#: Between the lines of a heading: 'Cấp xã / Tỷ lệ'.
BELOW = re.compile(r"\s+/\s+")
#: What stands above one column, from top to bottom.
Chain = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the table begins: its heading's rows, and the columns that the mapping names, `dict[name, column]`."""

    first: int
    last: int
    columns: Mapping[str, int]


def find_heading(sheet: Sheet, mapping: TableMapping) -> Heading | list[Problem]:
    """The heading that the mapping gives, or the first rows in which all of its columns are named."""
    return _Finder(sheet, mapping).find()


class _Finder:
    def __init__(self, sheet: Sheet, mapping: TableMapping) -> None:
        self._sheet, self._mapping = sheet, mapping
        self._names = mapping.references()
        self._width = max((column for cells in sheet.rows.values() for column in cells), default=0)

    def find(self) -> Heading | list[Problem]:
        first, last = self._mapping.header or self._search()
        chains = self._chains(first, last)
        found = {name: _columns(name, chains) for name in self._names}
        problems = [self._problem(name, columns, last) for name, columns in found.items() if len(columns) != 1]
        return problems or Heading(first, last, {name: columns[0] for name, columns in found.items()})

    def _search(self) -> tuple[int, int]:
        """The heading's rows: the first in which most names are found, down to where what begins in them ends."""
        if all(LETTERS.fullmatch(name) for name in self._names):
            return 1, 1
        best, rows = -1, (1, 1)
        for last in (row for row in sorted(self._sheet.rows) if row <= DEEPEST):
            first = max(1, last - TALLEST + 1)
            chains = self._chains(first, last)
            count = sum(1 for name in self._names if _columns(name, chains))
            if count > best:
                best, rows = count, (first, last)
            if count == len(self._names):
                break
        return rows[0], self._bottom(rows[1])

    def _bottom(self, row: int) -> int:
        """The last row of the merged cells that begin in `row` or above and reach below it."""
        reaching = [area.bottom for area in self._sheet.merged if area.top <= row < area.bottom <= row + TALLEST]
        return max(reaching, default=row)

    def _chains(self, first: int, last: int) -> dict[int, Chain]:
        found: dict[int, Chain] = {}
        for column in range(1, self._width + 1):
            cells = (self._sheet.spread(row, column) for row in range(first, last + 1))
            found[column] = tuple(dict.fromkeys(plain_key(cell.text) for cell in cells if cell is not None))
        return found

    def _problem(self, name: str, found: Sequence[int], last: int) -> Problem:
        """Why the name is no column's: several are headed by it, or none is."""
        code, fields = "two_headings", {"value": name, "wanted": ", ".join(letters(column) for column in found)}
        if not found:
            cells = (self._sheet.spread(last, column) for column in range(1, self._width + 1))
            headings = [" ".join(cell.text.split()) for cell in cells if cell is not None]
            code, fields = "no_heading", {"value": name, "nearest": nearest(name, list(dict.fromkeys(headings)))}
        line = self._names[name]
        return Problem(code=code, file=self._mapping.file, row=line, column="column", fields=fields)


def _columns(name: str, chains: Mapping[int, Chain]) -> list[int]:
    """The columns that `name` may mean: headed by it in its last line, else by it in any, else of that letter."""
    wanted = [plain_key(part) for part in BELOW.split(name)]
    found = [column for column, chain in chains.items() if _is_within(wanted, chain)]
    exact = [column for column in found if chains[column][-1] == wanted[-1]]
    if not found and LETTERS.fullmatch(name):
        return [column_number(name)]
    return exact or found


def _is_within(wanted: Sequence[str], chain: Chain) -> bool:
    """Whether the parts stand in the chain in this order."""
    rest = iter(chain)
    return all(part in rest for part in wanted)
