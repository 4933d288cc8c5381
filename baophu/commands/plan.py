"""`baophu plan`: check and show what should exist."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import typer
from rich.table import Table

from baophu.commands.options import JsonOption, PlanOption
from baophu.json_answer import print_json
from baophu.session import SPEAKING, chosen_plan, chosen_settings
from baophu.tables import console
from ledger.language import N_
from ledger.plan import Plan

#: The registers of a plan by the names that it gives them, in the order in which they are shown.
REGISTERS = ("units", "sites", "vlans", "devices", "links", "workstations", "domains", "mailboxes", "services")


def build_app() -> typer.Typer:
    """Build the group `plan`."""
    app = typer.Typer(help=N_("Check and show what should exist."), no_args_is_help=True)
    app.command("check", help=N_("Read every register and report every problem with file, row, column and remedy."))(
        check
    )
    app.command("show", help=N_("Show the plan's units and what each is owed."))(show)
    return app


def check(plan: PlanOption = None) -> None:
    """Exit with 0 and a summary where the plan is sound; PlanError otherwise."""
    text = SPEAKING.get()
    settings = chosen_settings(plan=plan)
    found = chosen_plan(settings)
    message = text(
        N_(
            "{folder}: the plan is sound: {units} units, {devices} devices, {links} links, {workstations} PCs,"
            " {domains} mail domains, {mailboxes} mailboxes, {services} services"
        )
    )
    counts = {name: text.number(len(getattr(found, name))) for name in REGISTERS}
    print(message.format(folder=settings.plan, **counts))  # noqa: T201 - the command's answer


def show(plan: PlanOption = None, as_json: JsonOption = False) -> None:
    """Print the plan as a table of units, or whole as JSON."""
    found = chosen_plan(chosen_settings(plan=plan))
    if as_json:
        print_json(plan_document(found))
    else:
        console().print(_table(found))


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan as JSON values: `{"version", "units": […], "sites": […], …}`, each in register order."""
    registers = {name: list(getattr(plan, name).values()) for name in REGISTERS}
    return {"version": plan.version} | {
        name: [_plain(row) for row in rows] for name, rows in {**registers, "targets": plan.targets}.items()
    }


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def _table(plan: Plan) -> Table:
    text = SPEAKING.get()
    table = Table(title=text(N_("Plan {version}")).format(version=plan.version))
    for heading in (N_("Unit"), N_("Name"), N_("Level")):
        table.add_column(text(heading))
    for heading in (N_("Devices"), N_("Links"), N_("PCs")):
        table.add_column(text(heading), justify="right")
    owned: Mapping[str, list[str]] = {unit: [] for unit in plan.units}
    for asset in plan.assets():
        owned[asset.unit].append(type(asset).__name__)
    for unit in plan.subtree(next(iter(plan.units))) if plan.units else ():
        record = plan.units[unit]
        depth = len(plan.ancestors(unit)) - 1
        counts = [text.number(owned[unit].count(kind)) for kind in ("Device", "Link", "Workstation")]
        table.add_row("  " * depth + unit, text.name(record.name_vi, record.name_en), text(record.level.value), *counts)
    return table
