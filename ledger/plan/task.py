"""What has to be done on the way to the targets: milestones of a plan, and tasks with their owners."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ledger.plan.due import read_due
from ledger.plan.indicator import Indicator
from ledger.plan.problem import nearest
from ledger.plan.register import Row
from ledger.plan.registers import TASKS, Registers
from ledger.plan.sections import read_sections
from ledger.plan.unit import Unit

MILESTONE_KEYS = ("id", "name_vi", "name_en", "unit", "starts", "due", "state", "done_on", "legal_basis")
TASK_KEYS = (
    *("id", "name_vi", "name_en", "unit", "owners", "milestone", "indicator", "due", "state", "done_on"),
    "legal_basis",
)
SECTIONS: Mapping[str, Sequence[str]] = {"tasks": TASK_KEYS, "milestones": MILESTONE_KEYS}
PATTERN = "tasks: [{id: nv1, name_vi: …, name_en: …, unit: 68-22945, owners: 68-22945 68-SKHCN, due: 2026-12-31}]"


class TaskState(StrEnum):
    """How far a task or a milestone has come, as its owners say."""

    PLANNED = "planned"
    DOING = "doing"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A phase of a plan, from `starts` (None: not said) to `due` (None: open)."""

    id: str
    name_vi: str
    name_en: str
    unit: str
    starts: date | None
    due: date | None
    state: TaskState
    done_on: date | None
    legal_basis: str | None

    def is_late(self, today: date) -> bool:
        """Whether its due day has passed and it isn't over."""
        return _is_late(self.due, self.state, today)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to be done for `unit`, by `owners` (units, the leading one first)."""

    id: str
    name_vi: str
    name_en: str
    unit: str
    owners: tuple[str, ...]
    milestone: str | None
    indicator: str | None
    due: date | None
    state: TaskState
    done_on: date | None
    legal_basis: str | None

    def is_late(self, today: date) -> bool:
        """Whether its due day has passed and it isn't over."""
        return _is_late(self.due, self.state, today)


def read_tasks(
    registers: Registers, units: Mapping[str, Unit], indicators: Mapping[str, Indicator]
) -> tuple[tuple[Milestone, ...], tuple[Task, ...]]:
    """Read tasks.yml, which may be left out."""
    rows = read_sections(registers, TASKS, SECTIONS, PATTERN, optional=True)
    milestones = {row.cells["id"]: row for row in rows["milestones"]}
    return (
        tuple(_milestone(registers, row, units) for row in rows["milestones"]),
        tuple(_task(registers, row, units, milestones, indicators) for row in rows["tasks"]),
    )


def _milestone(registers: Registers, row: Row, units: Mapping[str, Unit]) -> Milestone:
    state, done_on = _state(row)
    starts, due = row.day("starts") if row.optional("starts") else None, read_due(row)
    if starts is not None and due is not None and due < starts:
        row.report("due_early", "due", wanted=starts.isoformat())
    return Milestone(
        id=_own(registers, row, "milestone"),
        name_vi=row.text("name_vi"),
        name_en=row.text("name_en"),
        unit=row.reference("unit", units, "units.csv"),
        starts=starts,
        due=due,
        state=state,
        done_on=done_on,
        legal_basis=row.optional("legal_basis"),
    )


def _task(
    registers: Registers,
    row: Row,
    units: Mapping[str, Unit],
    milestones: Mapping[str, Row],
    indicators: Mapping[str, Indicator],
) -> Task:
    state, done_on = _state(row)
    return Task(
        id=_own(registers, row, "task"),
        name_vi=row.text("name_vi"),
        name_en=row.text("name_en"),
        unit=row.reference("unit", units, "units.csv"),
        owners=_owners(row, units),
        milestone=row.reference("milestone", milestones, TASKS) if row.optional("milestone") else None,
        indicator=row.reference("indicator", indicators, "indicators.yml") if row.optional("indicator") else None,
        due=read_due(row),
        state=state,
        done_on=done_on,
        legal_basis=row.optional("legal_basis"),
    )


def _own(registers: Registers, row: Row, space: str) -> str:
    value = row.identifier("id")
    registers.own(row, "id", value, space)
    return value


def _owners(row: Row, units: Mapping[str, Unit]) -> tuple[str, ...]:
    owners, known = tuple(row.text("owners").split()), list(units)
    for place, owner in enumerate(owners):
        if owner in owners[:place]:
            row.report("twice", "owners", value=owner)
        elif owner not in units:
            row.report("unknown_reference", "owners", value=owner, where="units.csv", nearest=nearest(owner, known))
    return owners


def _state(row: Row) -> tuple[TaskState, date | None]:
    state = (row.choice("state", TaskState) if row.optional("state") else None) or TaskState.PLANNED
    done_on = row.day("done_on") if row.optional("done_on") else None
    if (done_on is not None) != (state is TaskState.DONE):
        row.report("half_done", "done_on")
    return state, done_on


def _is_late(due: date | None, state: TaskState, today: date) -> bool:
    return due is not None and due < today and state in (TaskState.PLANNED, TaskState.DOING)
