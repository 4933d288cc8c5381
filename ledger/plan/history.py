"""Reads what units were before and will be later, what became of them, and their codes: four optional registers."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from ledger.plan.register import Row
from ledger.plan.registers import NO_DAY, Registers
from ledger.plan.unit import Code, CodeScheme, Level, Unit, UnitHistory, UnitSpan
from ledger.units.succession import Succession, SuccessionKind

DAY = timedelta(days=1)
REGISTERS = ("units.csv", "former_units.csv", "later_units.csv", "successions.csv")
#: Where a unit may stand, past and later ones too.
KNOWN = "units.csv, former_units.csv, later_units.csv"


#: What a code of each scheme looks like.
SHAPES: Mapping[CodeScheme, re.Pattern[str]] = {
    CodeScheme.AREA: re.compile(r"[0-9]{2}|[0-9]{3}|[0-9]{5}"),
    CodeScheme.AGENCY_OLD: re.compile(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}"),
    CodeScheme.AGENCY: re.compile(r"(?=.{1,35}$)[A-Z][0-9]{2}(\.[0-9A-Z]{1,5})*"),
    CodeScheme.BUDGET: re.compile(r"[0-9]{7}"),
    CodeScheme.DOMAIN: re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+"),
}


def read_history(registers: Registers, units: Mapping[str, Unit]) -> UnitHistory:
    """Read former_units.csv, later_units.csv, successions.csv and unit_codes.csv beside the units that the plan has."""
    former = list(_former(registers, units))
    begun = dict(_later(registers, units))
    changed = {unit.id: since for unit, since in begun.items()}
    known = {**{unit.id: None for unit in [*(span.unit for _, span in former), *begun]}, **dict.fromkeys(units)}
    successions = tuple(sorted(_successions(registers, known), key=lambda each: each.on))
    ends = _ends(successions) if begun else {}
    later = [UnitSpan(unit, since, _last_day(unit.id, since, ends)) for unit, since in begun.items()]
    present = [_ended(span, changed, ends) for span in _present(units, [s for _, s in former], successions, changed)]
    _refuse_overlaps(former)
    spans = (*present, *(span for _, span in former), *later)
    history = UnitHistory(spans, tuple(_codes(registers, known)), successions)
    if registers.unreadable.isdisjoint(REGISTERS):
        _refuse_absent(registers, history)
    return history


def _former(registers: Registers, units: Mapping[str, Unit]) -> Iterator[tuple[Row, UnitSpan]]:
    register = registers.read("former_units.csv")
    known = {**{row.cells["unit"]: None for row in register}, **dict.fromkeys(units)}
    for row in register:
        yield row, UnitSpan(_unit(row, known), *_span(row, must_end=True))


def _later(registers: Registers, units: Mapping[str, Unit]) -> Iterator[tuple[Unit, date]]:
    register = registers.read("later_units.csv")
    known = {**{row.cells["unit"]: None for row in register}, **dict.fromkeys(units)}
    for row in register:
        unit = _unit(row, known)
        registers.own(row, "unit", unit.id, "later unit")
        yield unit, row.day("valid_from") or NO_DAY


def _unit(row: Row, known: Mapping[str, object]) -> Unit:
    return Unit(
        row.identifier("unit"),
        row.reference("parent", known, KNOWN) if row.cells["parent"] else None,
        row.choice("level", Level) or Level.PROVINCE,
        row.text("kind"),
        row.text("name_vi"),
        row.text("name_en"),
        row.optional("code"),
    )


def _span(row: Row, *, must_end: bool) -> tuple[date | None, date | None]:
    valid_from = row.day("valid_from") if row.optional("valid_from") else None
    valid_until = row.day("valid_until") if must_end or row.optional("valid_until") else None
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        row.report("ended_early", "valid_until", wanted=valid_from.isoformat())
    return valid_from, valid_until


def _present(
    units: Mapping[str, Unit],
    former: Iterable[UnitSpan],
    successions: Sequence[Succession],
    later: Mapping[str, date],
) -> Iterator[UnitSpan]:
    """The plan's units: since the day after what they were before, or since what made them (and kept them not).

    What makes a unit on the day from which it is something else (`later`) makes that.
    """
    kept = {(each.target, each.on) for each in successions if each.source == each.target}
    made = (
        each
        for each in reversed(successions)
        if (each.target, each.on) not in kept and each.on < later.get(each.target, date.max)
    )
    since = {each.target: each.on for each in made}  # the first of several days, which comes last here
    for span in former:
        if span.valid_until is not None and span.unit.id in units:
            since[span.unit.id] = max(span.valid_until + DAY, since.get(span.unit.id, NO_DAY))
    for unit in units.values():
        yield UnitSpan(unit, since.get(unit.id), None)


def _ends(successions: Iterable[Succession]) -> Mapping[str, Sequence[date]]:
    """The days from which units were no more, as others took them in and they didn't go on, `dict[unit id, days]`."""
    kept = {(each.source, each.on) for each in successions if each.source == each.target}
    found: dict[str, list[date]] = defaultdict(list)
    for each in successions:
        if (each.source, each.on) not in kept:
            found[each.source].append(each.on)
    return found


def _last_day(unit: str, since: date | None, ends: Mapping[str, Sequence[date]]) -> date | None:
    """The day before a unit was no more; None: it still is."""
    end = next((day for day in ends.get(unit, ()) if since is None or day > since), None)
    return None if end is None or end == NO_DAY else end - DAY


def _ended(span: UnitSpan, later: Mapping[str, date], ends: Mapping[str, Sequence[date]]) -> UnitSpan:
    """The span of a unit that the plan has, until it is something else or no more."""
    last, other = _last_day(span.unit.id, span.valid_from, ends), later.get(span.unit.id, NO_DAY)
    days = [day for day in (last, None if other == NO_DAY else other - DAY) if day is not None]
    return replace(span, valid_until=min(days, default=None))


def _refuse_overlaps(former: Iterable[tuple[Row, UnitSpan]]) -> None:
    by_unit: dict[str, list[tuple[Row, UnitSpan]]] = defaultdict(list)
    for row, span in former:
        by_unit[span.unit.id].append((row, span))
    for rows in by_unit.values():
        rows.sort(key=lambda pair: pair[1].valid_from or date.min)
        for (before, earlier), (row, later) in pairwise(rows):
            if later.valid_from is None or (earlier.valid_until or date.max) >= later.valid_from:
                row.report("overlap", "valid_from", where=before.place)


def _successions(registers: Registers, known: Mapping[str, object]) -> Iterator[Succession]:
    shares: dict[tuple[str, date], list[tuple[Row, Fraction | None]]] = defaultdict(list)
    for row in registers.read("successions.csv"):
        on = row.day("on") or NO_DAY
        source = row.reference("source", known, KNOWN)
        target = row.reference("target", known, KNOWN)
        registers.own(row, "target", f"{source} {target} {on}", "succession")
        share = row.share("share") if row.optional("share") else None
        shares[source, on].append((row, share))
        yield Succession(
            on=on,
            kind=row.choice("kind", SuccessionKind) or SuccessionKind.MERGE,
            source=source,
            target=target,
            share=share,
            decision=row.text("decision"),
        )
    for rows in shares.values():
        _refuse_wrong_sum(rows)


def _refuse_wrong_sum(rows: list[tuple[Row, Fraction | None]]) -> None:
    """A unit's recorded shares of one day make it whole; where one isn't recorded they leave something over for it."""
    given = [share for _, share in rows if share is not None]
    total = sum(given, Fraction(0))
    if len(given) == len(rows) and total != 1:
        rows[-1][0].report("wrong_shares", "share", value=f"{float(total):g}")
    elif len(given) < len(rows) and total >= 1:
        next(row for row, share in rows if share is None).report("no_share_left", "share", value=f"{float(total):g}")


def _codes(registers: Registers, known: Mapping[str, object]) -> Iterator[Code]:
    for row in registers.read("unit_codes.csv"):
        unit = row.reference("unit", known, KNOWN)
        scheme = row.choice("scheme", CodeScheme)
        value = row.text("value")
        if scheme is not None and value and not SHAPES[scheme].fullmatch(value):
            row.report("bad_code", "value", wanted=str(scheme))
        yield Code(unit, scheme or CodeScheme.AREA, value, *_span(row, must_end=False))


def _refuse_absent(registers: Registers, history: UnitHistory) -> None:
    """What something becomes is there from that day on, what it was until the day before, or on as itself."""
    known = {span.unit.id for span in history.spans}
    by_key = {(each.source, each.target, each.on.isoformat()): each for each in history.successions}
    kept = {(each.source, each.on) for each in history.successions if each.source == each.target}
    for row in registers.read("successions.csv"):
        each = by_key.get((row.cells["source"], row.cells["target"], row.cells["on"]))
        if each is None or each.on == NO_DAY or not {each.source, each.target} <= known:
            continue  # named already
        before, after = history.at(each.on - DAY), history.at(each.on)
        if each.target not in after:
            row.report("not_there", "target", wanted=each.on.isoformat())
        elif each.target in before and each.source in before and (each.target, each.on) not in kept:
            row.report("goes_on", "target", wanted=each.on.isoformat())
        if each.source not in before:
            row.report("not_there", "source", wanted=(each.on - DAY).isoformat())
        elif each.source in after and (each.source, each.on) not in kept:
            row.report("still_there", "source", wanted=each.on.isoformat())
