"""`baophu tasks`: the plan's milestones and tasks, whose they are, and which are late."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text as Styled

from baophu.commands.options import JsonOption, PlanOption, StoreOption, UnitOption, refuse_unknown
from baophu.json_answer import print_json
from baophu.session import SPEAKING, chosen_plan, chosen_settings, utc_now
from baophu.tables import console
from ledger.language import LOCAL_ZONE, N_
from ledger.plan import Milestone, Plan, Task
from ledger.wording import TASK_STATES, called

HELP = N_("Show the plan's milestones and tasks: whose they are, by when, and which are late.")
LateOption = Annotated[bool, typer.Option("--late", help=N_("Only what is past its due date and not over."))]


def show_tasks(
    *,
    plan: PlanOption = None,
    store: StoreOption = None,
    unit: UnitOption = None,
    late: LateOption = False,
    as_json: JsonOption = False,
) -> None:
    """Print milestones, then tasks; of a unit, those that are for it or for units below, or that it owns."""
    found, today = chosen_plan(chosen_settings(plan=plan, store=store)), utc_now().astimezone(LOCAL_ZONE).date()
    refuse_unknown("--unit", unit, list(found.units))
    below = set(found.units) if unit is None else set(found.subtree(unit))
    milestones = [m for m in found.milestones if m.unit in below and (m.is_late(today) or not late)]
    tasks = [t for t in found.tasks if below & {t.unit, *t.owners} and (t.is_late(today) or not late)]
    if as_json:
        document = {
            "milestones": [milestone_document(each, today) for each in milestones],
            "tasks": [task_document(each, today) for each in tasks],
        }
        print_json(document)
    else:
        console().print(_tables(found, milestones, tasks, today))


def milestone_document(milestone: Milestone, today: date) -> dict[str, Any]:
    """A milestone as JSON values."""
    return {
        "id": milestone.id,
        "name_vi": milestone.name_vi,
        "name_en": milestone.name_en,
        "unit": milestone.unit,
        "starts": _iso(milestone.starts),
        "due": _iso(milestone.due),
        "state": str(milestone.state),
        "done_on": _iso(milestone.done_on),
        "legal_basis": milestone.legal_basis,
        "is_late": milestone.is_late(today),
    }


def task_document(task: Task, today: date) -> dict[str, Any]:
    """A task as JSON values; the first of its owners leads."""
    return {
        "id": task.id,
        "name_vi": task.name_vi,
        "name_en": task.name_en,
        "unit": task.unit,
        "owners": list(task.owners),
        "milestone": task.milestone,
        "indicator": task.indicator,
        "due": _iso(task.due),
        "state": str(task.state),
        "done_on": _iso(task.done_on),
        "legal_basis": task.legal_basis,
        "is_late": task.is_late(today),
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _tables(plan: Plan, milestones: Sequence[Milestone], tasks: Sequence[Task], today: date) -> Group:
    text = SPEAKING.get()
    phases = _table(N_("Milestones: {count}"), len(milestones), (N_("Milestone"), N_("Unit"), N_("From")))
    for milestone in milestones:
        name, unit = text.name(milestone.name_vi, milestone.name_en), _name(plan, milestone.unit)
        phases.add_row(Styled(name), Styled(unit), text.day(milestone.starts), *_end(milestone, today))
    work = _table(N_("Tasks: {count}"), len(tasks), (N_("Task"), N_("Unit"), N_("Owners")))
    for task in tasks:
        name, owners = text.name(task.name_vi, task.name_en), ", ".join(_name(plan, owner) for owner in task.owners)
        work.add_row(Styled(name), Styled(_name(plan, task.unit)), Styled(owners), *_end(task, today))
    return Group(*([phases] if milestones or not tasks else []), *([work] if tasks or not milestones else []))


def _table(title: str, count: int, headings: Sequence[str]) -> Table:
    text = SPEAKING.get()
    shown = text(title).format(count=text.number(count))
    table = Table(title=shown, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for heading in (*headings, N_("Due"), N_("State")):
        table.add_column(text(heading), overflow="fold")
    return table


def _end(item: Milestone | Task, today: date) -> tuple[str, Styled]:
    text = SPEAKING.get()
    state = called(TASK_STATES, item.state, text)
    if item.is_late(today):
        late = text(N_("late"))
        return text.day(item.due), Styled(f"{state}, {late}", style="red")
    done = f" ({text.day(item.done_on)})" if item.done_on else ""
    return text.day(item.due), Styled(f"{state}{done}", style="green" if item.done_on else "")


def _name(plan: Plan, unit: str) -> str:
    known = plan.units[unit]
    return SPEAKING.get().name(known.name_vi, known.name_en)
