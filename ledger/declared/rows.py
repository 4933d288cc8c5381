"""Reads a table row by row: who each is about and what its cells say, before anything is put together."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ledger.declared.amounts import OF_ONE, amount_in
from ledger.declared.heading import Heading
from ledger.declared.log import Log, Report, Spot
from ledger.declared.mapping import NEEDED, Source, TableMapping, ValueColumn
from ledger.declared.meaning import Known, Said, Subject, subject
from ledger.declared.parts import Reading
from ledger.declared.sheet import Cell, Sheet, letters
from ledger.declared.wording import is_total, numbers_columns, plain_key
from ledger.plan.files import LONGEST_CELL


class RowKind(Enum):
    """A row of values; the whole of a unit's fields; or totals, which are held against the rows and kept nowhere."""

    VALUES = auto()
    WHOLE = auto()
    TOTALS = auto()


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell's number, with what it is about; `reading` None where it can't be read."""

    column: ValueColumn
    subject: Subject
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row that says something."""

    number: int
    kind: RowKind
    entries: Sequence[Entry]


def read_rows(sheet: Sheet, mapping: TableMapping, heading: Heading, known: Known, log: Log) -> Iterator[TableRow]:
    """The rows below the heading that have a value; what is wrong in them goes into the log."""
    reader = _Reader(sheet, mapping, heading, known, log)
    for number in sorted(sheet.rows):
        if number > heading.last and not reader.is_heading(number):
            row = reader.row(number)
            if row.entries:
                yield row


class _Reader:
    def __init__(self, sheet: Sheet, mapping: TableMapping, heading: Heading, known: Known, log: Log) -> None:
        self._sheet, self._mapping, self._heading, self._known, self._log = sheet, mapping, heading, known, log
        self._aliases = {plain_key(text): meaning for text, meaning in mapping.aliases.items()}
        self._value_columns = [heading.columns[value.column] for value in mapping.values]
        self._labels = self._label_columns()

    def _label_columns(self) -> dict[int, str]:
        """The columns that say what a row is about, with the first attribute that each tells."""
        found: dict[int, str] = {}
        for value in self._mapping.values:
            for key, source in value.attributes.items():
                if source.column is not None:
                    found.setdefault(self._heading.columns[source.column], key)
        return found

    def is_heading(self, number: int) -> bool:
        """Whether the row is the heading's again, or numbers the columns right below it."""
        cells = self._sheet.rows[number]
        if number == self._heading.last + 1 and numbers_columns([cell.text for cell in cells.values()]):
            return True
        own = [(column, cells[column].text) for column in self._value_columns if column in cells]
        return bool(own) and any(
            all(plain_key(text) == plain_key(self._text(row, column)) for column, text in own)
            for row in range(self._heading.first, self._heading.last + 1)
        )

    def _text(self, row: int, column: int) -> str:
        cell = self._sheet.spread(row, column)
        return "" if cell is None else cell.text

    def row(self, number: int) -> TableRow:
        """The row, without entries where none of its cells has a value."""
        kind, report = self._kind(number), self._log.reporter(number)
        entries = []
        for value, column in zip(self._mapping.values, self._value_columns, strict=True):
            cell = self._value(number, column, report)
            if cell is not None:
                about = self._subject(number, value, kind, report)
                entries.append(Entry(value, about, self._reading(number, column, cell, about, report)))
        return TableRow(number, kind, entries)

    def _kind(self, number: int) -> RowKind:
        texts = {key: self._text(number, column) for column, key in self._labels.items()}
        totals = [key for key, text in texts.items() if text and is_total(text, self._mapping.totals)]
        if totals:
            is_whole = totals == ["field"] and texts.get("unit") != ""
            return RowKind.WHOLE if is_whole else RowKind.TOTALS
        if any(texts.values()):
            return RowKind.VALUES
        before = (self._text(number, column) for column in range(1, min(self._value_columns)))
        found = any(is_total(text, self._mapping.totals) for text in before if text)
        return RowKind.TOTALS if found else RowKind.VALUES

    def _value(self, number: int, column: int, report: Report) -> Cell | None:
        """The cell, None where it is empty; one that is merged with another of values is nobody's."""
        place = self._sheet.covers.get((number, column))
        if place is None:
            return self._sheet.cell(number, column)
        if place[1] in self._value_columns and place[0] > self._heading.last and self._sheet.cell(*place) is not None:
            report(self._log.spot(number, column), "merged_value", wanted=f"{letters(place[1])}{place[0]}")
        return None

    def _subject(self, number: int, value: ValueColumn, kind: RowKind, report: Report) -> Subject:
        said: dict[str, Said] = {}
        for key, source in value.attributes.items():
            found = self._said(number, key, source, report)
            if found is not None and not (kind is not RowKind.VALUES and self._is_total(source, found)):
                said[key] = found
            elif key in NEEDED and kind is RowKind.VALUES and not self._is_there(number, source):
                report(self._spot(number, key, source), "empty")
        if kind is not RowKind.TOTALS and any(key not in said for key in NEEDED):
            return Subject(None, None, None)
        return subject(said, self._known, report, is_total=kind is RowKind.TOTALS)

    def _is_there(self, number: int, source: Source) -> bool:
        return source.column is None or self._text(number, self._heading.columns[source.column]) != ""

    def _is_total(self, source: Source, said: Said) -> bool:
        return source.column is not None and is_total(said.text, self._mapping.totals)

    def _said(self, number: int, key: str, source: Source, report: Report) -> Said | None:
        """The attribute's text, by the mapping's aliases where it is a cell's; None where there is none."""
        spot = self._spot(number, key, source)
        if source.column is None:
            return Said(source.text or "", spot)
        cell = self._sheet.spread(number, self._heading.columns[source.column])
        if cell is None:
            return None
        text = " ".join(unicodedata.normalize("NFC", cell.text).split())
        if cell.fault is not None:
            report(spot, cell.fault.value, value=text)
        elif len(text) > LONGEST_CELL:
            report(spot, "too_long", value=str(len(text)), wanted=str(LONGEST_CELL))
        elif bad := next((c for c in text if unicodedata.category(c) in ("Cc", "Cf")), None):
            report(spot, "control_character", value=f"U+{ord(bad):04X}")
        else:
            return Said(self._aliases.get(plain_key(text), text), spot, cell.day)
        return None

    def _spot(self, number: int, key: str, source: Source) -> Spot:
        if source.column is None:
            return Spot(self._mapping.file, None, source.line, key)
        return self._log.spot(number, self._heading.columns[source.column])

    def _reading(self, number: int, column: int, cell: Cell, about: Subject, report: Report) -> Reading | None:
        spot = self._log.spot(number, column)
        amount = amount_in(cell, about.in_)
        if isinstance(amount, str):
            report(spot, amount, value=cell.text)
            return None
        is_bare = about.in_ not in (None, OF_ONE) and cell.text[-1:].isdigit()
        return Reading(amount, f"{cell.text} {about.in_}" if is_bare else cell.text, spot)
