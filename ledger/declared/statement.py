"""What somebody declares: a value of an indicator for a unit on a day, and where it stands in which file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ledger.declared.amount import Amount
from ledger.plan import Level


class Scope(StrEnum):
    """Whom a value is about: the unit with everything below it, the unit alone, or the units of one level in it."""

    SUBTREE = "subtree"
    OWN = "own"
    LEVEL = "level"


class Mark(StrEnum):
    """How a value came about, the firmest first."""

    DOCUMENT = "document"  # a document says it
    DERIVED = "derived"  # it follows from what documents say
    SYNTHETIC = "synthetic"  # it was made up, for a profile


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its file a value stands: `row` is the line or the sheet's row from 1, `sheet` None in a CSV file."""

    sheet: str | None
    row: int
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One declared value; it holds from `day` until the next one of the same thing.

    `level` is set with Scope.LEVEL alone. `field` is a part of the indicator (a source of money, a field of work);
    None: the whole. `place` None: it stands in no file.
    """

    indicator: str
    unit: str
    day: date
    amount: Amount
    scope: Scope = Scope.SUBTREE
    level: Level | None = None
    field: str | None = None
    mark: Mark = Mark.DOCUMENT
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A file that was taken in: its SHA-256 and that of its mapping, by whom, when; `undone_at` None: it counts.

    `number` is the store's own, from 1, in the order in which files were taken in.
    """

    number: int
    file: str
    sha256: str
    mapping_sha256: str
    by: str
    at: datetime
    values: int
    undone_at: datetime | None = None
    undone_by: str | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """A statement as the store keeps it: with the import that brought it."""

    statement: Statement
    imported: int


def in_force(declared: Sequence[Declared], day: date) -> tuple[Statement, ...]:
    """Of each thing that is declared, the latest value on `day`; of several for one day, what came in last."""
    latest: dict[tuple[object, ...], tuple[date, int, Statement]] = {}
    for item in declared:
        said = item.statement
        if said.day > day:
            continue
        key = (said.indicator, said.unit, said.scope, said.level, said.field)
        known = latest.get(key)
        if known is None or (said.day, item.imported) >= known[:2]:
            latest[key] = (said.day, item.imported, said)
    return tuple(said for _, _, said in latest.values())
