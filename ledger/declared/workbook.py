"""Reads one sheet of an XLSX workbook (ECMA-376): its values as last calculated; no formula is run.

It needs number formats, merged cells, and which values are formulas', in one bounded pass: openpyxl's read-only mode
takes two, without the merged cells, and calamine gives no formats.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from posixpath import join, normpath

from ledger.declared.number_format import (
    BUILT_IN,
    EPOCH,
    EPOCH_1904,
    GENERAL,
    NumberFormat,
    day_cell,
    number_cell,
    number_format,
)
from ledger.declared.package import Package
from ledger.declared.sheet import Area, Cell, CellFault, Limits, Rows, Sheet, UnreadableError, column_number, covered

WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
STRINGS, STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
#: How a workbook writes characters that XML can't have.
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
TRUE = ("1", "true")


def read_workbook(data: bytes, sheet: str | None, limits: Limits) -> Sheet:
    """The sheet of that name or number (from 1); None: the only one. Raises UnreadableError."""
    package = Package(data, limits)
    contents, relations, strings, styles = _Contents(limits), _Relations(), _Strings(), _Styles()
    for name, scanner in ((WORKBOOK, contents), (RELATIONS, relations)):
        package.scan(name, scanner)
    name, relation = _chosen(contents.sheets, sheet)
    for part, scanner_of_part in ((STRINGS, strings), (STYLES, styles)):
        if part in package:
            package.scan(part, scanner_of_part)
    cells = _Cells(contents, strings.found, styles.formats, limits)
    if relation not in relations.found:
        raise UnreadableError("bad_workbook", value=name)
    package.scan(relations.found[relation], cells)
    rows = cells.rows.found
    return Sheet(name, rows, tuple(cells.merged), covered(cells.merged, rows, limits))


def _chosen(sheets: Sequence[tuple[str, str]], wanted: str | None) -> tuple[str, str]:
    names = ", ".join(name for name, _ in sheets)
    if wanted is None:
        if len(sheets) != 1:
            raise UnreadableError("which_sheet", wanted=names)
        return sheets[0]
    found = [sheet for sheet in sheets if sheet[0].strip() == wanted.strip()]
    if not found and wanted.isascii() and wanted.isdigit() and 0 < int(wanted) <= len(sheets):
        found = [sheets[int(wanted) - 1]]
    if not found:
        raise UnreadableError("no_sheet", value=wanted, wanted=names)
    return found[0]


@dataclass(slots=True)
class _Contents:
    """The workbook's sheets, as names with what their parts are found by, and which day its numbers count from."""

    limits: Limits
    sheets: list[tuple[str, str]] = field(default_factory=list)
    epoch: date = EPOCH
    #: It was written by a program that calculated nothing and left that to whoever opens it.
    is_uncalculated: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            self.sheets.append((attributes["name"], attributes["id"]))
            if len(self.sheets) > self.limits.sheets:
                raise UnreadableError("too_many_sheets", wanted=str(self.limits.sheets))
        elif name == "workbookPr" and attributes.get("date1904") in TRUE:
            self.epoch = EPOCH_1904
        elif name == "calcPr" and attributes.get("fullCalcOnLoad") in TRUE:
            self.is_uncalculated = True

    def data(self, text: str) -> None:
        pass

    def end(self, name: str) -> None:
        pass


@dataclass(slots=True)
class _Relations:
    """The parts of the sheets, `dict[relation id, part]`."""

    found: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes["Type"].endswith("/worksheet"):
            self.found[attributes["Id"]] = normpath(join("/xl", attributes["Target"])).lstrip("/")

    def data(self, text: str) -> None:
        pass

    def end(self, name: str) -> None:
        pass


@dataclass(slots=True)
class _Strings:
    """The texts that cells share; readings that stand above a word (rPh) are left out."""

    found: list[str] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _is_text: bool = False
    _is_aside: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        del attributes
        self._is_text = name == "t"
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._is_aside = True

    def data(self, text: str) -> None:
        if self._is_text and not self._is_aside:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        self._is_text = False
        if name == "si":
            self.found.append(_unescaped("".join(self._pieces)))
        elif name == "rPh":
            self._is_aside = False


@dataclass(slots=True)
class _Styles:
    """The number format of each cell style."""

    formats: list[NumberFormat] = field(default_factory=list)
    _own: dict[int, str] = field(default_factory=dict)
    _is_of_cells: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt" and "numFmtId" in attributes:
            self._own[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._is_of_cells = True
        elif name == "xf" and self._is_of_cells:
            number = int(attributes.get("numFmtId", "0"))
            self.formats.append(number_format(self._own.get(number, BUILT_IN.get(number, ""))))

    def data(self, text: str) -> None:
        pass

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_of_cells = False


class _Cells:
    """The sheet itself, cell by cell."""

    def __init__(
        self, contents: _Contents, strings: Sequence[str], formats: Sequence[NumberFormat], limits: Limits
    ) -> None:
        self.rows = Rows(limits)
        self.merged: list[Area] = []
        self._contents = contents
        self._strings = strings
        self._formats = formats
        self._limits = limits
        self._row = self._column = 0
        self._kind, self._style = "n", 0
        self._pieces: list[str] = []
        self._is_value = self._is_aside = self._has_value = self._has_formula = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "c":
                self._begin(attributes)
            case "row":
                self._row, self._column = int(attributes.get("r", self._row + 1)), 0
            case "f":
                self._has_formula = True
            case "v" | "t":
                self._is_value = not self._is_aside
                self._has_value = True
            case "rPh":
                self._is_aside = True
            case "mergeCell":
                self._merge(attributes["ref"])

    def data(self, text: str) -> None:
        if self._is_value:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._is_value = False
        elif name == "rPh":
            self._is_aside = False
        elif name == "c":
            cell = self._cell("".join(self._pieces))
            if cell is not None:
                self.rows.add(self._row, self._column, cell)

    def _begin(self, attributes: dict[str, str]) -> None:
        place = REFERENCE.fullmatch(attributes.get("r", ""))
        self._column = column_number(place[1]) if place else self._column + 1
        self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", "0"))
        self._pieces, self._has_value, self._has_formula = [], False, False

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        corners = [REFERENCE.fullmatch(corner) for corner in (first, last or first)]
        if len(self.merged) >= self._limits.cells:
            raise UnreadableError("too_many_cells", wanted=str(self._limits.cells))
        if corners[0] and corners[1]:
            (left, top), (right, bottom) = ((column_number(each[1]), int(each[2])) for each in corners if each)
            self.merged.append(Area(top, left, bottom, right))

    def _cell(self, raw: str) -> Cell | None:
        """The cell that was read; None for an empty one. A formula may have an empty text as its value."""
        is_empty = not raw.strip()
        is_calculated = not is_empty or (self._kind == "str" and self._has_value)
        if self._has_formula and (self._contents.is_uncalculated or not is_calculated):
            return Cell("=", fault=CellFault.NO_CACHED_VALUE)
        return None if is_empty else self._stored(raw)

    def _stored(self, raw: str) -> Cell | None:
        """The cell by its kind (§18.18.11)."""
        if self._kind in ("s", "str", "inlineStr"):
            return _text(self._strings[int(raw)] if self._kind == "s" else _unescaped(raw))
        if self._kind == "b":
            return Cell("TRUE" if raw == "1" else "FALSE")
        if self._kind == "e":
            return Cell(raw, fault=CellFault.ERROR_VALUE)
        if self._kind == "d":
            return day_cell(date.fromisoformat(raw[:10]), raw)
        shown = self._formats[self._style] if 0 <= self._style < len(self._formats) else GENERAL
        return number_cell(float(raw), shown, epoch=self._contents.epoch)


def _text(text: str) -> Cell | None:
    return Cell(text.strip()) if text.strip() else None


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
