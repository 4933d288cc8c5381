"""Takes a table in: what it declares, what is wrong with it, and what is to be told of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from ledger.declared.amount import dotted
from ledger.declared.heading import find_heading
from ledger.declared.log import Log
from ledger.declared.mapping import Part, TableMapping
from ledger.declared.meaning import Known, Subject
from ledger.declared.parts import Fault, Reading, combine
from ledger.declared.rows import RowKind, TableRow, read_rows
from ledger.declared.sheet import Sheet
from ledger.declared.statement import Mark, Place, Statement
from ledger.declared.totals import check_totals
from ledger.plan.problem import Problem


@dataclass(frozen=True, slots=True)
class Taken:
    """What a table declares in its good rows; `bad_rows` are the numbers of the others, `problems` says why."""

    statements: tuple[Statement, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    bad_rows: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement with the cell that says it."""

    statement: Statement
    reading: Reading


def take(sheet: Sheet, mapping: TableMapping, known: Known, file: str) -> Taken:
    """Read the table by its mapping; `file` is what problems call it."""
    heading = find_heading(sheet, mapping)
    if isinstance(heading, list):
        return Taken(problems=tuple(heading))
    log = Log(file, sheet.name)
    rows = list(read_rows(sheet, mapping, heading, known, log))
    said = [each for row in rows for each in _statements(row, known, log)]
    check_totals(rows, known.units, log)
    sound = [each for each in said if each.reading.spot.row not in log.bad_rows]
    kept = [each.statement for each in _once(sound, log)]
    problems = sorted(log.problems.values(), key=partial(_in_order, mapping.file))
    if not rows and not problems:
        columns = ", ".join(dict.fromkeys(value.column for value in mapping.values))
        problems = [Problem(code="no_values", file=file, sheet=sheet.name, fields={"wanted": columns})]
    good = (each for each in kept if each.place is not None and each.place.row not in log.bad_rows)
    return Taken(tuple(good), tuple(problems), tuple(log.notes), frozenset(log.bad_rows))


def _in_order(first: str, problem: Problem) -> tuple[bool, int, int, str]:
    """The mapping's own problems first, then by row and column."""
    column = problem.column or ""
    return problem.file != first, problem.row or 0, len(column), column


def _statements(row: TableRow, known: Known, log: Log) -> Iterator[_Said]:
    """The row's values, the parts of each put together; of a row of totals none, though its parts must agree."""
    report = log.reporter(row.number)
    for about, parts in _groups(row):
        if about.indicator is None or not parts:
            continue
        unit_of_value = known.indicators[about.indicator].unit_of(about.field)
        found = combine(parts, about.indicator, unit_of_value, about.qualifier)
        first = next(iter(parts.values()))
        if isinstance(found, Fault):
            report(found.spot, found.code, **found.fields)
        elif row.kind is not RowKind.TOTALS and about.unit is not None and about.day is not None:
            if found.derived is not None:
                wanted = ", ".join(reading.text for reading in parts.values())
                log.note(first.spot, "denominator_derived", value=dotted(found.derived), wanted=wanted)
            statement = Statement(
                indicator=about.indicator,
                unit=about.unit,
                day=about.day,
                amount=found.amount,
                scope=about.scope,
                level=about.level,
                field=about.field,
                mark=about.mark if found.derived is None else max(about.mark, Mark.DERIVED, key=list(Mark).index),
                place=Place(first.spot.sheet, first.spot.row, first.spot.column),
            )
            yield _Said(statement, first)


def _groups(row: TableRow) -> list[tuple[Subject, dict[Part, Reading]]]:
    """The row's cells by what they are about; the same part of the same thing again begins anew."""
    groups: list[tuple[Subject, dict[Part, Reading]]] = []
    for entry in row.entries:
        key = _key(entry.subject)
        same = (parts for about, parts in groups if _key(about) == key and entry.column.part not in parts)
        parts = next(same, None)
        if parts is None:
            parts = {}
            groups.append((entry.subject, parts))
        if entry.reading is not None:
            parts[entry.column.part] = entry.reading
    return groups


def _key(about: Subject) -> tuple[object, ...]:
    return (about.unit, about.indicator, about.day, about.field, about.scope, about.level)


def _once(said: Sequence[_Said], log: Log) -> Iterator[_Said]:
    """Each value once: said again it is noted, said otherwise neither counts."""
    first: dict[tuple[object, ...], _Said] = {}
    for each in said:
        new = each.statement
        known = first.setdefault((new.unit, new.indicator, new.day, new.field, new.scope, new.level), each)
        spot, where = each.reading.spot, known.reading.spot
        if known is each:
            yield each
        elif new.amount == known.statement.amount:
            log.note(spot, "said_twice", where=where.place)
        else:
            fields = {"value": each.reading.text, "wanted": known.reading.text}
            log.reporter(spot.row)(spot, "said_otherwise", where=where.place, **fields)
            log.bad_rows.add(where.row)
