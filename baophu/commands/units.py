"""`baophu units`: the map of another day, counts on it, and what became of units."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text as Styled

from baophu.commands.options import JsonOption, PlanOption
from baophu.json_answer import print_json
from baophu.session import SPEAKING, chosen_plan, chosen_settings, utc_now
from baophu.tables import console
from baophu.units import day_of, import_successions, in_tree_order, restate_file, write_province
from ledger.errors import CallError
from ledger.language import LOCAL_ZONE, N_
from ledger.plan import Plan, Unit
from ledger.units.national import ProvinceMap, became, province_map, units_after
from ledger.units.restatement import Restated

SHOW_HELP = N_("Show the units of a day: past ones too, with their codes and what they became.")
RESTATE_HELP = N_(
    "Put counts of one day's units (a CSV file: unit, count) onto another day's map; totals are conserved."
)
IMPORT_HELP = N_("Add what became of units (a CSV file) to the plan's successions.csv; units by id or by name.")
MAP_HELP = N_("Show what became of a province's units on 1 July 2025, or write it as registers for a new plan.")
ProvinceArgument = Annotated[str, typer.Argument(metavar="PROVINCE", help=N_("Its two digits, such as 68."))]
ToOption = Annotated[Path | None, typer.Option("--to", metavar="FOLDER", help=N_("Write the registers there."))]
MapOption = Annotated[
    str | None, typer.Option("--map", metavar="DATE", help=N_("The map of this day; today's by default."))
]
FromOption = Annotated[str, typer.Option("--from", metavar="DATE", help=N_("The day whose units the file counts."))]
CountsArgument = Annotated[Path, typer.Argument(metavar="FILE", help=N_("A CSV file with the columns unit, count."))]
SuccessionsArgument = Annotated[
    Path,
    typer.Argument(metavar="FILE", help=N_("A CSV file with the columns on, kind, source, target, share, decision.")),
]


def build_app() -> typer.Typer:
    """Build the group `units`."""
    app = typer.Typer(help=N_("Units in time: their maps, and counts that outlive a merger."), no_args_is_help=True)
    app.command("show", help=SHOW_HELP)(show)
    app.command("restate", help=RESTATE_HELP)(restate)
    app.command("map", help=MAP_HELP)(national)
    succession = typer.Typer(help=N_("What became of units."), no_args_is_help=True)
    succession.command("import", help=IMPORT_HELP)(take_in)
    app.add_typer(succession, name="succession")
    return app


def show(*, plan: PlanOption = None, on: MapOption = None, as_json: JsonOption = False) -> None:
    """Print a day's units as a tree."""
    found, day = chosen_plan(chosen_settings(plan=plan)), _day(on)
    if as_json:
        print_json([unit_document(found, unit, day) for _, unit in in_tree_order(found.history.at(day))])
    else:
        console().print(_units_table(found, day))


def restate(
    file: CountsArgument,
    *,
    start: FromOption,
    plan: PlanOption = None,
    on: MapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print each unit's count on the other map."""
    found, day = chosen_plan(chosen_settings(plan=plan)), _day(on)
    result = restate_file(found, file, day_of("--from", start), day)
    if as_json:
        print_json(
            [
                {
                    "unit": unit,
                    "count": count,
                    "is_assumed": unit in result.assumed,
                    "is_rounded": unit in result.rounded,
                }
                for unit, count in result.counts.items()
            ]
        )
    else:
        console().print(_counts_table(found, result, day))


def take_in(file: SuccessionsArgument, *, plan: PlanOption = None) -> None:
    """Take all of a file's rows, or none."""
    settings, text = chosen_settings(plan=plan), SPEAKING.get()
    taken = import_successions(settings.plan, chosen_plan(settings), file)
    message = text(N_("{folder}: {added} successions added, {changed} changed, {known} were there already"))
    counts = {name: text.number(getattr(taken, name)) for name in ("added", "changed", "known")}
    line = message.format(folder=settings.plan, **counts)
    print(line)  # noqa: T201 - the command's answer


def national(province: ProvinceArgument, *, to: ToOption = None, as_json: JsonOption = False) -> None:
    """Print a province's communes with what each was made of, or write them."""
    found, text = province_map(province), SPEAKING.get()
    if found is None:
        known = ", ".join(unit.code for unit in units_after() if unit.parent is None)
        raise CallError(N_("units: '{value}' is no province of today; there are: {known}"), value=province, known=known)
    if to is not None:
        files = ", ".join(write_province(to, found))
        line = text(N_("{folder}: {files} written")).format(folder=to, files=files)
        print(line)  # noqa: T201 - the command's answer
    elif as_json:
        print_json(list(_made_of(found)))
    else:
        console().print(_map_table(found))


def _made_of(found: ProvinceMap) -> Iterator[dict[str, Any]]:
    """Each unit of today and what it was made of; `is_part` where another unit has a part of that too."""
    names = {unit.code: unit.name for unit in found.before}
    targets = Counter(source for source, _ in became())
    sources: dict[str, list[str]] = defaultdict(list)
    for source, target in found.successions:
        sources[target].append(source)
    for unit in found.after:
        made_of = [{"unit": s, "name_vi": names[s], "is_part": targets[s] > 1} for s in sources[unit.code]]
        yield {"id": unit.code, "name_vi": unit.name, "name_en": unit.name_en, "kind": unit.kind, "made_of": made_of}


def _map_table(found: ProvinceMap) -> Table:
    text = SPEAKING.get()
    title = text(N_("{name}: {after} units today, {before} before")).format(
        name=found.after[0].name, after=text.number(len(found.after)), before=text.number(len(found.before))
    )
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for heading in (N_("Unit"), N_("Name"), N_("Made of")):
        table.add_column(text(heading), overflow="fold")
    part = text(N_("a part"))
    for unit in _made_of(found):
        parts = [each["name_vi"] + (f" ({part})" if each["is_part"] else "") for each in unit["made_of"]]
        table.add_row(*map(Styled, (unit["id"], text.name(unit["name_vi"], unit["name_en"]), ", ".join(parts))))
    return table


def unit_document(plan: Plan, unit: Unit, day: date) -> dict[str, Any]:
    """A unit on a day, as JSON values; `becomes` is what it is next, `came_from` what it was made of."""
    successions = plan.history.successions
    return {
        "id": unit.id,
        "parent": unit.parent,
        "level": str(unit.level),
        "kind": unit.kind,
        "name_vi": unit.name_vi,
        "name_en": unit.name_en,
        "codes": {str(scheme): value for scheme, value in plan.history.codes_at(day).get(unit.id, {}).items()},
        "came_from": [
            _succession(each.source, each) for each in successions if each.target == unit.id and each.on <= day
        ],
        "becomes": [_succession(each.target, each) for each in successions if each.source == unit.id and each.on > day],
    }


def _succession(unit: str, each: Any) -> dict[str, Any]:
    share = None if each.share is None else float(each.share)
    return {"unit": unit, "on": each.on.isoformat(), "kind": str(each.kind), "share": share, "decision": each.decision}


def _day(value: str | None) -> date:
    return utc_now().astimezone(LOCAL_ZONE).date() if value is None else day_of("--map", value)


def _units_table(plan: Plan, day: date) -> Table:
    text = SPEAKING.get()
    title = text(N_("Units on {day}")).format(day=text.day(day))
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for heading in (N_("Unit"), N_("Name"), N_("Level"), N_("Codes"), N_("Becomes")):
        table.add_column(text(heading), overflow="fold")
    for depth, unit in in_tree_order(plan.history.at(day)):
        document = unit_document(plan, unit, day)
        later = [f"{each['unit']} ({text.day(date.fromisoformat(each['on']))})" for each in document["becomes"]]
        cells = (
            "  " * depth + unit.id,
            text.name(unit.name_vi, unit.name_en),
            text(str(unit.level)),
            ", ".join(document["codes"].values()) or "–",
            ", ".join(later) or "–",
        )
        table.add_row(*map(Styled, cells))
    return table


def _counts_table(plan: Plan, result: Restated, day: date) -> Table:
    text, units = SPEAKING.get(), plan.history.at(day)
    title = text(N_("Counts on the map of {day}; in all {total}")).format(
        day=text.day(day), total=text.number(sum(result.counts.values()))
    )
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(text(N_("Unit")))
    table.add_column(text(N_("Name")))
    table.add_column(text(N_("Count")), justify="right")
    table.add_column(text(N_("Remark")))
    for unit, count in result.counts.items():
        known = units.get(unit)
        remarks = [N_("a part of it by equal shares, as none is recorded")] if unit in result.assumed else []
        remarks += [N_("rounded to whole ones")] if unit in result.rounded else []
        name = text.name(known.name_vi, known.name_en) if known else text(N_("not there on that day"))
        cells = (unit, name, text.number(count), "; ".join(text(remark) for remark in remarks))
        table.add_row(*map(Styled, cells))
    return table
