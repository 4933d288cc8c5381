"""Gathers what is wrong with a table, each thing once, and what is to be told of it."""

from dataclasses import dataclass, field
from typing import Protocol

from ledger.declared.sheet import letters
from ledger.plan.problem import Place, Problem


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands: in a file's cell, or in the mapping's line under a key."""

    file: str
    sheet: str | None
    row: int
    column: str

    def problem(self, code: str, **fields: str | Place) -> Problem:
        """What is wrong there."""
        return Problem(code=code, file=self.file, sheet=self.sheet, row=self.row, column=self.column, fields=fields)

    @property
    def place(self) -> Place:
        """The row, for a problem elsewhere."""
        return Place(self.file, self.row)


class Report(Protocol):
    """Notes a problem somewhere, which keeps a row from being taken in."""

    def __call__(self, spot: Spot, code: str, **fields: str | Place) -> None:
        """Note it."""


@dataclass(slots=True)
class Log:
    """Problems and notes by row of the file; what is wrong in the mapping is wrong in each row, and told once."""

    file: str
    sheet: str | None
    problems: dict[tuple[object, ...], Problem] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)
    bad_rows: set[int] = field(default_factory=set)

    def spot(self, row: int, column: int) -> Spot:
        """A cell of the table."""
        return Spot(self.file, self.sheet, row, letters(column))

    def reporter(self, row: int) -> Report:
        """What notes a problem that keeps `row` from being taken in."""

        def report(spot: Spot, code: str, **fields: str | Place) -> None:
            self.bad_rows.add(row)
            self.problems.setdefault((code, spot, str(fields.get("value"))), spot.problem(code, **fields))

        return report

    def note(self, spot: Spot, code: str, **fields: str | Place) -> None:
        """Tell something that keeps nothing from being taken in."""
        self.notes.append(spot.problem(code, **fields))
