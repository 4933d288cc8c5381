"""`baophu import`: a file of declared values is taken in; `baophu imports`: what was, and how it is undone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from baophu.commands.options import ByOption, JsonOption, PlanOption, StoreOption, who_does_it
from baophu.import_tables import (
    import_document,
    imports_table,
    outcome_document,
    statement_document,
    values_table,
)
from baophu.importing import RefusedError, chosen_import, keep, read_offered, refuse_problems, values_of
from baophu.json_answer import print_json
from baophu.session import SPEAKING, chosen_plan, chosen_settings, opened_store, opened_to_read, utc_now
from baophu.tables import console
from ledger.language import N_
from ledger.plan import Problem

IMPORT_HELP = N_(
    "Take in a file of declared values (CSV, XLSX), read by a mapping; docs/import.md shows how one is written."
)
LIST_HELP = N_("Show which files were taken in, by whom, when.")
SHOW_HELP = N_("Show what an import brought: each value with its sheet, row and column.")
UNDO_HELP = N_("Let an import's values count no longer; what was reported before stays as it was.")
#: So many notes are shown; all of them are in --json.
SHOWN = 20
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help=N_("A table: CSV in UTF-8, or XLSX."))]
MappingOption = Annotated[
    Path, typer.Option("--mapping", metavar="MAPPING", help=N_("What the file's columns mean (YAML)."))
]
PartialOption = Annotated[bool, typer.Option("--partial", help=N_("Take in the good rows where others are bad."))]
CheckOption = Annotated[bool, typer.Option("--check", help=N_("Show what would be taken in, and write nothing."))]
NumberArgument = Annotated[int, typer.Argument(metavar="NUMBER", help=N_("The import's number, see imports list."))]


def build_app() -> typer.Typer:
    """Build the group `imports`."""
    app = typer.Typer(help=N_("Files of declared values that were taken in."), no_args_is_help=True)
    app.command("list", help=LIST_HELP)(show_list)
    app.command("show", help=SHOW_HELP)(show_one)
    app.command("undo", help=UNDO_HELP)(undo)
    return app


def take_in(
    file: FileArgument,
    *,
    mapping: MappingOption,
    plan: PlanOption = None,
    store: StoreOption = None,
    by: ByOption = None,
    partial: PartialOption = False,
    check: CheckOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take in all of a file, or nothing where a row is bad."""
    settings, who = chosen_settings(plan=plan, store=store), who_does_it(by)
    found = chosen_plan(settings)
    offered = read_offered(file, mapping, found)
    kept, is_new = None, False
    try:
        refuse_problems(offered, partial=partial)
        if not check:
            with opened_store(settings, create=True) as ledger:
                kept, is_new = keep(offered, ledger, who, utc_now())
    except RefusedError:
        if not as_json:
            raise
        print_json(outcome_document(offered, None, is_new=False))
        raise typer.Exit(1) from None
    if as_json:
        print_json(outcome_document(offered, kept, is_new=is_new))
        return
    text = SPEAKING.get()
    count, bad = text.number(len(offered.taken.statements)), text.number(len(offered.taken.bad_rows))
    if kept is None:
        title = text(N_("{file}: {count} values would be taken in; nothing was written"))
        title = title.format(file=file.name, count=count)
        console().print(values_table(offered.taken.statements, title, text, found))
    elif is_new:
        _say(N_("{file}: import {number}, {count} values taken in"), file=file.name, number=kept.number, count=count)
    else:
        when = text.minute(kept.at)
        _say(
            N_("{file}: it is there already, as import {number} by {who} at {when}"),
            file=file.name,
            number=kept.number,
            who=kept.by,
            when=when,
        )
    _say_rest(offered.taken.notes)
    if offered.taken.problems:
        _say_rest(offered.taken.problems, len(offered.taken.problems))
        _say(N_("rows left out: {bad}"), bad=bad)


def show_list(*, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Print every import, also what was undone."""
    with opened_to_read(chosen_settings(store=store)) as ledger:
        found = ledger.imports()
    if as_json:
        print_json([import_document(each) for each in found])
    elif found:
        console().print(imports_table(found, SPEAKING.get()))
    else:
        _say(N_("nothing was taken in yet"))


def show_one(number: NumberArgument, *, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Print an import's values."""
    text = SPEAKING.get()
    with opened_to_read(chosen_settings(store=store)) as ledger:
        found = chosen_import(ledger, number)
        said = [each.statement for each in values_of(ledger, found)]
    if as_json:
        print_json(import_document(found) | {"values": [statement_document(each) for each in said]})
        return
    title = text(N_("Import {number}: {file}, by {who} at {when}")).format(
        number=number, file=found.file, who=found.by, when=text.minute(found.at)
    )
    if found.undone_at is not None:
        undone = text(N_("undone by {who} at {when}"))
        title += "; " + undone.format(who=found.undone_by, when=text.minute(found.undone_at))
    console().print(values_table(said, title, text))


def undo(number: NumberArgument, *, store: StoreOption = None, by: ByOption = None) -> None:
    """Undo an import; one that is undone stays so."""
    who = who_does_it(by)
    with opened_store(chosen_settings(store=store), create=False) as ledger:
        before = chosen_import(ledger, number)
        is_new = ledger.undo_import(number, who, utc_now())
        after = chosen_import(ledger, number)
    fields = {"number": number, "file": before.file}
    if is_new:
        _say(N_("import {number} ({file}) is undone; its values count no longer"), **fields)
    else:
        when = SPEAKING.get().minute(after.undone_at)
        _say(
            N_("import {number} ({file}) was undone already, by {who} at {when}"),
            **fields,
            who=str(after.undone_by),
            when=when,
        )


def _say(message: str, **fields: object) -> None:
    console().print(SPEAKING.get()(message).format(**fields), markup=False, soft_wrap=True)


def _say_rest(told: Sequence[Problem], most: int = SHOWN) -> None:
    text = SPEAKING.get()
    for each in told[:most]:
        console().print(each.text(text), style="dim", markup=False, soft_wrap=True)
    if len(told) > most:
        rest = text(N_("… and {count} more, with --json")).format(count=text.number(len(told) - most))
        console().print(rest, style="dim", markup=False)
