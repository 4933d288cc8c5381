"""A figure as it is kept for a day: its numbers, and beside them what seldom changes."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from ledger.attainment import gap_of, measured_value, missing
from ledger.figure import Figure, FigureScope, FigureState
from ledger.plan import Direction, Level, Plan, Unit, ValueUnit
from ledger.reconcile.calendar import day_ends
from ledger.remark import Remark


class FigureKey(NamedTuple):
    """What a figure is of; '' stands for all levels, and for no field."""

    unit: str
    indicator: str
    level: str
    field: str
    evidence: str


class Numbers(NamedTuple):
    """What may change from day to day; `value` is a declared one's, `reasons` as `stale=3 down=1`. `rest` is JSON."""

    numerator: int | None
    denominator: int | None
    due: int | None
    value: float | None
    reasons: str
    rest: str


#: Of a figure that is no more.
GONE = Numbers(None, None, None, None, "", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """One time that figures were kept: of the days `first` to `last`, as `known_at`, by which plan and rules.

    `map` is the plan's tree of units then, which the figures are of (`map_text`).
    """

    number: int
    first: date
    last: date
    known_at: datetime
    plan_version: str
    rule_version: str
    changed: int
    map: str = "[]"

    def covers(self, day: date) -> bool:
        """Whether the day's figures were kept by it."""
        return self.first <= day <= self.last


def map_text(units: Mapping[str, Unit]) -> str:
    """A tree of units as text: id, parent, level and names of each."""
    rows = [[unit.id, unit.parent, unit.level, unit.kind, unit.name_vi, unit.name_en] for unit in units.values()]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def units_of(text: str) -> dict[str, Unit]:
    """The units of a tree that was written as text."""
    rows = json.loads(text)
    return {id_: Unit(id_, parent, Level(level), kind, vi, en, None) for id_, parent, level, kind, vi, en in rows}


def day_closes(day: date) -> datetime:
    """The last second of a day in Viet Nam, at which its figures are taken."""
    return day_ends(day) - timedelta(seconds=1)


def key_of(figure: Figure) -> FigureKey:
    """What the figure is of."""
    level = "" if figure.scope is FigureScope.SUBTREE else figure.level.value
    return FigureKey(figure.unit, figure.indicator, level, figure.field or "", figure.evidence)


def packed(plan: Plan, figures: Iterable[Figure]) -> dict[FigureKey, Numbers]:
    """Figures as they are kept; those of nothing owed, and without a target, are left out: nothing was said."""
    known: dict[str, str] = {}
    found: dict[FigureKey, Numbers] = {}
    for figure in figures:
        if figure.state is FigureState.NO_DATA and figure.target is None and figure.evidence == "measured":
            continue
        rest = _rest(plan, figure)
        found[key_of(figure)] = Numbers(
            figure.numerator,
            figure.denominator,
            figure.due_denominator,
            figure.value if figure.evidence == "declared" else None,
            " ".join(f"{reason}={count}" for reason, count in figure.reasons.items()),
            known.setdefault(rest, rest),
        )
    return found


def counts_of(numbers: Numbers) -> dict[str, int]:
    """A measured figure's counts by verdict; `reached` for those in the numerator, `due` for those that are due."""
    found = _reasons(numbers)
    found.update({"reached": numbers.numerator or 0, "due": numbers.due or 0})
    return {name: count for name, count in found.items() if count}


def _reasons(numbers: Numbers) -> dict[str, int]:
    return {name: int(count) for name, _, count in (part.partition("=") for part in numbers.reasons.split())}


def unpacked(kept: Mapping[FigureKey, Numbers], as_of: datetime) -> list[Figure]:
    """The figures again, in the order in which they are kept."""
    rests = {rest: json.loads(rest) for rest in {numbers.rest for numbers in kept.values()}}
    figures = [_unpacked(key, numbers, rests[numbers.rest], as_of) for key, numbers in kept.items()]
    measured = {key_of(f): f.value for f in figures if f.evidence == "measured"}
    return [_beside(f, measured) if f.evidence == "declared" else f for f in figures]


def _rest(plan: Plan, figure: Figure) -> str:
    rest = {
        "level": figure.level,
        "population": figure.population,
        "step": figure.step,
        "value_unit": figure.value_unit,
        "direction": plan.indicators[figure.indicator].direction,
        "qualifier": figure.qualifier,
        "target": figure.target,
        "due": figure.due.isoformat() if figure.due else None,
        "legal_basis": figure.legal_basis,
        "state": figure.state,
        "mark": figure.mark,
        "detail": figure.detail.parts if isinstance(figure.detail, Remark) else figure.detail,
        "declared_on": figure.declared_on.isoformat() if figure.declared_on else None,
    }
    return json.dumps({name: value for name, value in rest.items() if value is not None}, ensure_ascii=False)


def _unpacked(key: FigureKey, numbers: Numbers, rest: Mapping[str, Any], as_of: datetime) -> Figure:
    is_measured, value_unit = key.evidence == "measured", ValueUnit(rest["value_unit"])
    numerator, owed = numbers.numerator, numbers.denominator
    ratio = numerator / owed if numerator is not None and owed else None
    value = numbers.value
    if is_measured:
        value = measured_value(numerator or 0, owed or 0, value_unit)
    elif value_unit is ValueUnit.RATIO:
        ratio = value
    elif value_unit is not ValueUnit.COUNT:
        ratio = None
    wanted = missing(
        rest.get("target"),
        value=value,
        value_unit=value_unit,
        direction=Direction(rest["direction"]),
        counts=(numerator, owed),
    )
    return Figure(
        indicator=key.indicator,
        unit=key.unit,
        level=Level(rest["level"]),
        scope=FigureScope.LEVEL if key.level else FigureScope.SUBTREE,
        field=key.field or None,
        population=rest.get("population"),
        step=rest.get("step"),
        evidence=key.evidence,
        value=value,
        value_unit=value_unit.value,
        qualifier=rest.get("qualifier"),
        numerator=numerator,
        denominator=owed,
        due_denominator=numbers.due,
        ratio=ratio,
        target=rest.get("target"),
        target_met=None if wanted is None else wanted == 0,
        due=date.fromisoformat(rest["due"]) if "due" in rest else None,
        legal_basis=rest.get("legal_basis"),
        gap=gap_of(Direction(rest["direction"]), numerator, owed),
        to_target=wanted,
        reasons=_reasons(numbers),
        state=FigureState(rest["state"]),
        mark=rest.get("mark"),
        detail=_detail(rest.get("detail")),
        declared_on=date.fromisoformat(rest["declared_on"]) if "declared_on" in rest else None,
        as_of=as_of,
    )


def _detail(kept: Any) -> str | None:
    """A remark again, in whichever language it is read; what was no remark stays as it is."""
    return kept if kept is None or isinstance(kept, str) else Remark(kept[0], **kept[1])


def _beside(figure: Figure, measured: Mapping[FigureKey, float | None]) -> Figure:
    if figure.field is not None or figure.value is None:
        return figure
    value = measured.get(key_of(figure)._replace(evidence="measured"))
    return figure if value is None else replace(figure, difference=figure.value - value)
