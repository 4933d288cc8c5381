"""Imports and declared values for people and for programs: tables in the reader's language, JSON documents."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, partial
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text as Styled

from baophu.importing import Offered
from ledger.declared.amount import Amount, ValueState
from ledger.declared.statement import Import, Scope, Statement
from ledger.language import N_, Text
from ledger.plan import Plan, Problem
from ledger.telling import amount_text
from ledger.wording import LEVELS, MARKS, QUALIFIERS, STATES, called

#: Whom a value of a unit is about.
WHOM: Mapping[Scope, str] = {
    Scope.SUBTREE: N_("with all below it"),
    Scope.OWN: N_("itself alone"),
    Scope.LEVEL: N_("its units of one level"),
}


def problem_document(problem: Problem) -> dict[str, Any]:
    """What is wrong, or told, as JSON values; `text` is English."""
    place = {"sheet": problem.sheet, "row": problem.row, "column": problem.column}
    return {"code": problem.code, "file": problem.file, **place, "text": problem.text()}


def statement_document(said: Statement) -> dict[str, Any]:
    """A declared value as JSON values; `value` is a decimal number as text, since it is exact."""
    amount, place = said.amount, said.place
    return {
        "indicator": said.indicator,
        "unit": said.unit,
        "day": said.day.isoformat(),
        "scope": str(said.scope),
        "level": said.level,
        "field": said.field,
        "state": str(amount.state),
        "value": None if amount.value is None else f"{amount.value:f}",
        "value_unit": str(amount.unit),
        "qualifier": amount.qualifier,
        "is_estimated": amount.is_estimated,
        "numerator": amount.numerator,
        "denominator": amount.denominator,
        "mark": str(said.mark),
        "sheet": place.sheet if place else None,
        "row": place.row if place else None,
        "column": place.column if place else None,
    }


def import_document(taken: Import) -> dict[str, Any]:
    """An import as JSON values; `undone_at` null: it counts."""
    return {
        "number": taken.number,
        "file": taken.file,
        "sha256": taken.sha256,
        "mapping_sha256": taken.mapping_sha256,
        "by": taken.by,
        "at": taken.at.isoformat(),
        "values": taken.values,
        "undone_at": None if taken.undone_at is None else taken.undone_at.isoformat(),
        "undone_by": taken.undone_by,
    }


def outcome_document(offered: Offered, kept: Import | None, *, is_new: bool) -> dict[str, Any]:
    """What came of a file: `import` null where nothing was written, `is_new` false where it was there already."""
    taken = offered.taken
    return {
        "file": offered.file,
        "sha256": offered.sha256,
        "mapping_sha256": offered.mapping_sha256,
        "import": None if kept is None else import_document(kept),
        "is_new": is_new,
        "bad_rows": sorted(taken.bad_rows),
        "problems": [problem_document(problem) for problem in taken.problems],
        "notes": [problem_document(note) for note in taken.notes],
        "values": [statement_document(said) for said in taken.statements],
    }


def imports_table(imports: Sequence[Import], text: Text) -> Table:
    """One line per import."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(text(N_("No.")), justify="right")
    table.add_column(text(N_("File")), overflow="fold")
    table.add_column(text(N_("Values")), justify="right")
    for heading in (N_("By"), N_("When"), N_("Undone")):
        table.add_column(text(heading), overflow="fold")
    for each in imports:
        undone = "–" if each.undone_at is None else f"{text.minute(each.undone_at)} ({each.undone_by})"
        cells = (text.number(each.number), each.file, text.number(each.values), each.by, text.minute(each.at), undone)
        table.add_row(*map(Styled, cells), style="dim" if each.undone_at is not None else None)
    return table


def values_table(statements: Sequence[Statement], title: str, text: Text, plan: Plan | None = None) -> Table:
    """One line per value, in the file's order; with a plan units stand there by name too."""
    called_on = cache(partial(_names, plan, text))
    table = Table(title=Styled(title), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for heading in (N_("Unit"), N_("Indicator"), N_("Field"), N_("About"), N_("Day")):
        table.add_column(text(heading), overflow="fold")
    table.add_column(text(N_("Value")), justify="right", no_wrap=True)
    for heading in (N_("Mark"), N_("Place")):
        table.add_column(text(heading), overflow="fold")
    for said in statements:
        about = text(WHOM[said.scope]) if said.level is None else called(LEVELS, said.level, text)
        name = called_on(said.day).get(said.unit)
        cells = (
            f"{name} ({said.unit})" if name else said.unit,
            said.indicator,
            said.field or "–",
            about,
            text.day(said.day),
        )
        table.add_row(*map(Styled, (*cells, declared_text(said.amount, text), text(MARKS[said.mark]), _place(said))))
    return table


def _names(plan: Plan | None, text: Text, day: date) -> dict[str, str]:
    units = {} if plan is None else plan.history.at(day)
    return {id_: text.name(unit.name_vi, unit.name_en) for id_, unit in units.items()}


def declared_text(amount: Amount, text: Text) -> str:
    """`gần 1.200.000`, `69,47 % (1.272/1.831)`, `244/?`, `65.401 triệu đồng`; why there is none."""
    if amount.state is not ValueState.VALUE:
        return text(STATES[amount.state])
    shown = "" if amount.value is None else amount_text(float(amount.value), amount.unit, text)
    if amount.numerator is not None or amount.denominator is not None:
        parts = ("?" if part is None else text.number(part) for part in (amount.numerator, amount.denominator))
        counts = "/".join(parts)
        shown = f"{shown} ({counts})" if shown else counts
    shown = text(QUALIFIERS[amount.qualifier]).format(value=shown) if amount.qualifier is not None else shown
    return text(N_("{value}, estimated")).format(value=shown) if amount.is_estimated else shown


def _place(said: Statement) -> str:
    place = said.place
    if place is None:
        return "–"
    return f"{place.sheet}!{place.column}{place.row}" if place.sheet is not None else f"{place.column}{place.row}"
