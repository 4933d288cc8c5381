"""Units in time for the command line: another day's map, counts on it, and a list of successions taken in."""

import csv
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, partial
from io import StringIO
from pathlib import Path

from baophu.session import FIRST_YEAR, LAST_YEAR
from ledger.errors import CallError, ConfigurationError
from ledger.language import N_
from ledger.plan import Plan, Unit, read_plan
from ledger.plan.files import read_register
from ledger.plan.problem import Place, PlanError, Problem
from ledger.plan.register import Register, Row
from ledger.plan.registers import COLUMNS, YAML_FILES
from ledger.units.naming import Names
from ledger.units.national import DAY as NATIONAL_DAY
from ledger.units.national import ListedUnit, ProvinceMap
from ledger.units.restatement import Restated, restated
from ledger.units.succession import SuccessionKind, crosswalk

SUCCESSIONS = "successions.csv"
COUNTS = ("unit", "count")
DAY = timedelta(days=1)
#: Provinces; each province's communes have a decision of their own, which the list doesn't name.
DECISION = "202/2025/QH15"
#: Between these no count of a province lies.
LOW, HIGH = 0, 10**12


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an import: rows that are new, that say something else of what was there, and that say the same."""

    added: int
    changed: int
    known: int


def day_of(option: str, value: str) -> date:
    """A day of the command line; raises CallError."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CallError(
            N_("{option}: '{value}' is not a date from {first} to {last}; write it as 2026-12-31"),
            option=option,
            value=value,
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
    return day


def names_on(plan: Plan, day: date) -> Names:
    """The names of a day's units: Vietnamese, English, and the ids."""
    units = plan.history.at(day).values()
    return Names((name, unit.id) for unit in units for name in dict.fromkeys((unit.id, unit.name_vi, unit.name_en)))


def restate_file(plan: Plan, file: Path, start: date, end: date) -> Restated:
    """The counts of a CSV file (unit, count) on another day's map; raises PlanError with every bad row."""
    register = _opened(file, COUNTS)
    names = names_on(plan, start)
    counts: dict[str, int] = {}
    places: dict[str, Place] = {}
    for row in register:
        unit, count = _unit(row, "unit", names, start), row.integer("count", LOW, HIGH)
        if unit in places:
            row.report("duplicate", "unit", value=unit, where=places[unit])
        if unit is not None and count is not None:
            counts[unit], places[unit] = count, row.place
    _refuse(register)
    return restated(counts, crosswalk(plan.history.successions, start, end))


def import_successions(folder: Path, plan: Plan, file: Path) -> Taken:
    """Add a file's successions to the plan's, units by id or by name; what it says anew of one that is there counts.

    Nothing where a row is bad. Raises PlanError, ConfigurationError.
    """
    register = _opened(file, COLUMNS[SUCCESSIONS])
    given = {_key(cells): (row, cells) for row, cells in _resolved(plan, register)}
    _refuse(register)
    present = read_register(folder / SUCCESSIONS, COLUMNS[SUCCESSIONS], optional=True)
    before = {_key(row.cells): dict(row.cells) for row in present}
    after = before | {key: cells for key, (_, cells) in given.items()}
    changed = sum(1 for key in given if key in before and after[key] != before[key])
    added = len(after) - len(before)
    if added or changed:
        origins = [given[key][0] if key in given else None for key in after]
        _write_checked(folder, list(after.values()), origins)
    return Taken(added, changed, len(given) - added - changed)


def write_province(folder: Path, found: ProvinceMap) -> tuple[str, ...]:
    """Write a province's units, what they were and what became of them as registers; gives the files.

    Raises ConfigurationError where one of them is there already: what a plan says is never written over.
    """
    day = NATIONAL_DAY - DAY
    ended = [{**_listed(unit), "valid_from": "", "valid_until": day.isoformat()} for unit in found.before]
    became = [
        {"on": NATIONAL_DAY.isoformat(), "kind": _kind(found, source), "source": source, "target": target, "share": ""}
        | {"decision": DECISION}
        for source, target in found.successions
    ]
    registers = {"units.csv": [_listed(unit) for unit in found.after], "former_units.csv": ended, SUCCESSIONS: became}
    for file in registers:
        if (folder / file).exists():
            raise ConfigurationError(
                N_("units: '{path}' is there already; give another folder with --to"), path=folder / file
            )
    for file, rows in registers.items():
        _write(folder / file, COLUMNS[file], rows)
    return tuple(registers)


def _kind(found: ProvinceMap, source: str) -> SuccessionKind:
    """A split where the unit has several targets."""
    parts = sum(1 for each, _ in found.successions if each == source)
    return SuccessionKind.SPLIT if parts > 1 else SuccessionKind.MERGE


def _listed(unit: ListedUnit) -> dict[str, str]:
    names = {"kind": unit.kind, "name_vi": unit.name, "name_en": unit.name_en, "code": unit.number}
    return {"unit": unit.code, "parent": unit.parent or "", "level": unit.level, **names}


def _key(cells: Mapping[str, str]) -> tuple[str, ...]:
    """What a succession is the same by."""
    return tuple(cells[name] for name in ("on", "source", "target"))


def _opened(file: Path, columns: Sequence[str]) -> Register:
    register = read_register(file, columns)
    _refuse(register)
    return register


def _refuse(register: Register) -> None:
    if register.problems:
        raise PlanError(register.problems)


def _resolved(plan: Plan, register: Register) -> Iterator[tuple[Row, dict[str, str]]]:
    """The rows with ids in place of names: a source is looked for on the day before, a target on the day itself."""
    names = cache(partial(names_on, plan))
    for row in register:
        on = row.day("on")
        if on is None:
            continue
        source, target = _unit(row, "source", names(on - DAY), on - DAY), _unit(row, "target", names(on), on)
        yield row, {**row.cells, "source": source or "", "target": target or ""}


def _unit(row: Row, column: str, names: Names, day: date) -> str | None:
    """The unit that the cell means on that day; what may be several is a problem, never a guess."""
    value = row.text(column)
    found = names.find(value)
    if value and not found.units:
        row.report("not_there", column, wanted=day.isoformat())
    elif len(found.units) > 1:
        row.report("ambiguous_unit", column, wanted=", ".join(found.units))
    return found.only


def _write_checked(folder: Path, rows: Sequence[Mapping[str, str]], origins: Sequence[Row | None]) -> None:
    """Put the register in its place once the whole plan reads well with it; `origins` are the given file's rows.

    Raises PlanError, which names a given row by its own place, and ConfigurationError.
    """
    with tempfile.TemporaryDirectory() as place:
        trial = Path(place)
        for file in (*COLUMNS, *YAML_FILES):
            if file != SUCCESSIONS and (folder / file).exists():
                shutil.copyfile(folder / file, trial / file)
        _write(trial / SUCCESSIONS, COLUMNS[SUCCESSIONS], rows)
        try:
            read_plan(trial)
        except PlanError as error:
            raise PlanError([_at_origin(problem, origins) for problem in error.problems]) from None
    _write(folder / SUCCESSIONS, COLUMNS[SUCCESSIONS], rows)


def _at_origin(problem: Problem, origins: Sequence[Row | None]) -> Problem:
    """The problem where the reader finds it: in the given file; the header is line 1."""
    place = (problem.row or 0) - 2
    row = origins[place] if problem.file == SUCCESSIONS and 0 <= place < len(origins) else None
    return problem if row is None else replace(problem, file=row.register.file, row=row.number)


def _write(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Put a register in its place in one step; raises ConfigurationError."""
    text = StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text.getvalue(), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise ConfigurationError(
            N_("units: '{path}' can't be written ({strerror})"), path=path, strerror=error.strerror
        ) from None


def in_tree_order(units: Mapping[str, Unit]) -> Iterator[tuple[int, Unit]]:
    """A day's units with their depth, parents first; a unit whose parent isn't there that day stands at the top."""
    children: dict[str | None, list[Unit]] = {}
    for unit in units.values():
        children.setdefault(unit.parent if unit.parent in units else None, []).append(unit)
    waiting = [(0, unit) for unit in reversed(children.get(None, []))]
    while waiting:
        depth, unit = waiting.pop()
        yield depth, unit
        waiting += [(depth + 1, child) for child in reversed(children.get(unit.id, []))]
