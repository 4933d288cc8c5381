"""What a row's cells, and the constants beside them, say of a value: whose it is, of what, when, for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from ledger.declared.amount import Qualifier
from ledger.declared.amounts import OF_ONE, one_of
from ledger.declared.day import NOT_A_DAY, NoDay, read_day
from ledger.declared.known import KnownUnits
from ledger.declared.log import Report, Spot
from ledger.declared.statement import Mark, Scope
from ledger.declared.wording import LEVELS, MARKS, QUALIFIER_WORDS, SCOPES, plain_key
from ledger.plan import Indicator, Level
from ledger.plan.problem import nearest

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Said:
    """A text, the day that a workbook stores in its place, and where it stands."""

    text: str
    spot: Spot
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a value is about; `unit`, `indicator` and `day` None in a row of totals that doesn't say."""

    unit: str | None
    indicator: str | None
    day: date | None
    field: str | None = None
    scope: Scope = Scope.SUBTREE
    level: Level | None = None
    qualifier: Qualifier | None = None
    mark: Mark = Mark.DOCUMENT
    in_: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to be declared about."""

    units: KnownUnits
    indicators: Mapping[str, Indicator]


def subject(said: Mapping[str, Said], known: Known, report: Report, *, is_total: bool) -> Subject:
    """Read what is said of a value; what can't be is reported. A row of totals needs no unit, indicator or day."""
    day = _day(said["day"], report) if "day" in said else None
    indicator = _indicator(said.get("indicator"), known, report)
    level = _choice(said.get("level"), LEVELS, report)
    scope = _choice(said.get("scope"), SCOPES, report)
    if scope not in (None, Scope.LEVEL) and level is not None:
        level = None
    unit = None if is_total and "unit" not in said else _unit(said, day, known, report)
    if unit is not None and day is not None and level is not None:
        _refuse_level(said, level, known.units.levels(unit, day), report)
    return Subject(
        unit=unit,
        indicator=indicator,
        day=day,
        field=_field(said.get("field"), indicator, known, report),
        scope=scope or (Scope.SUBTREE if level is None else Scope.LEVEL),
        level=level,
        qualifier=_choice(said.get("qualifier"), QUALIFIER_WORDS, report),
        mark=_choice(said.get("mark"), MARKS, report) or Mark.DOCUMENT,
        in_=_amount_unit(said.get("in"), report),
    )


def _refuse_level(said: Mapping[str, Said], level: Level, there: Sequence[Level], report: Report) -> None:
    """Report a level that neither the unit nor any below it is of: in the cell of whichever stands in the table."""
    if level not in there:
        unit, spot = said["unit"], said["level"].spot
        fields = {"value": unit.text, "wanted": str(level), "nearest": ", ".join(there)}
        report(unit.spot if spot.column == "level" else spot, "wrong_level", **fields)


def _unit(said: Mapping[str, Said], day: date | None, known: Known, report: Report) -> str | None:
    name, among = said["unit"], _choice(said.get("among"), LEVELS, report)
    if day is None:
        return None
    found = known.units.find(name.text, day, among)
    if not found.units:
        near = known.units.nearest(name.text, day)
        report(name.spot, "no_such_unit", value=name.text, wanted=f"{day:%d/%m/%Y}", nearest=near)
    elif found.only is None:
        report(name.spot, "ambiguous_unit", value=name.text, wanted=", ".join(found.units))
    return found.only


def _indicator(said: Said | None, known: Known, report: Report) -> str | None:
    if said is None:
        return None
    declared = [found.id for found in known.indicators.values() if found.is_declared]
    if said.text in declared:
        return said.text
    code = "not_declared" if said.text in known.indicators else "unknown_indicator"
    report(said.spot, code, value=said.text, nearest=nearest(said.text, declared))
    return None


def _field(said: Said | None, indicator: str | None, known: Known, report: Report) -> str | None:
    """The field's id, which may stand by name; any text where the indicator's parts may be called anything."""
    if said is None or indicator is None:
        return None
    fields = (known.indicators[indicator].fields or {}).values()
    names = {plain_key(name): each.id for each in fields for name in (each.id, each.name_vi, each.name_en)}
    found = names.get(plain_key(said.text), said.text)
    if not known.indicators[indicator].has_field(found):
        near = nearest(said.text, [name for each in fields for name in (each.name_vi, each.id)])
        report(said.spot, "unknown_field", value=said.text, wanted=indicator, nearest=near)
    return found


def _day(said: Said, report: Report) -> date | None:
    found = said.day or read_day(said.text)
    if isinstance(found, NoDay):
        report(said.spot, "not_a_day" if found == NOT_A_DAY else "not_in_calendar", value=said.text)
        return None
    return found


def _amount_unit(said: Said | None, report: Report) -> str | None:
    if said is None:
        return None
    if one_of(said.text) is None:
        wanted = ["%", OF_ONE, "nghìn", "triệu", "triệu đồng", "tỷ đồng", "nghìn tỷ đồng"]
        report(said.spot, "bad_choice", value=said.text, wanted=", ".join(wanted), nearest=nearest(said.text, wanted))
        return None
    return said.text


def _choice(said: Said | None, choices: Mapping[str, E], report: Report) -> E | None:
    if said is None:
        return None
    found = choices.get(plain_key(said.text))
    if found is None:
        ids = list(dict.fromkeys(str(choice) for choice in choices.values()))
        report(said.spot, "bad_choice", value=said.text, wanted=", ".join(ids), nearest=nearest(said.text, ids))
    return found
