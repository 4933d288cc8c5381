"""The declared values of a profile: what documents say of a whole, and what its units say, that comes to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random

from ledger.declared.amount import Amount, NoAmount, read_amount
from ledger.declared.statement import Mark, Place, Scope, Statement
from ledger.plan import Level
from ledger.plan.problem import PlanError
from ledger.plan.register import Row
from ledger.profiles.facts import Facts
from ledger.profiles.parts import drawn, lot, spread

#: Money of whole millions is divided into whole millions.
MILLION = 1_000_000


def make_statements(facts: Facts, groups: Mapping[str, Sequence[str]]) -> tuple[Statement, ...]:
    """The wholes first, then the parts, in the order of the table; raises PlanError for a value that can't be read."""
    wholes = [_whole(facts, row) for row in facts.sections["values"]]
    parts = [said for row in facts.sections["parts"] for said in _parts(facts, row, groups)]
    return (*wholes, *parts)


def _whole(facts: Facts, row: Row) -> Statement:
    amount = _amount(row, "value")
    if row.cells["numerator"]:
        amount = replace(amount, numerator=int(row.cells["numerator"]))
    level = Level(row.cells["level"]) if row.cells["level"] else None
    return replace(
        _said(facts, row, facts.province, amount),
        scope=Scope.SUBTREE if level is None else Scope.LEVEL,
        level=level,
        mark=Mark(row.cells["mark"] or Mark.DOCUMENT),
    )


def _said(facts: Facts, row: Row, unit: str, amount: Amount) -> Statement:
    """What a unit says of itself, made up."""
    return Statement(
        indicator=row.cells["indicator"],
        field=row.optional("field"),
        unit=unit,
        day=(row.day("day") if row.cells["day"] else None) or facts.day,
        amount=amount,
        scope=Scope.OWN,
        mark=Mark.SYNTHETIC,
        place=Place(None, row.number, "value" if "value" in row.cells else "amount"),
    )


def _amount(row: Row, column: str) -> Amount:
    read = read_amount(row.cells[column])
    if isinstance(read, NoAmount):
        row.report("bad_number", column, wanted="1.272, 69,47 %, 19/19")
        raise PlanError(row.register.problems)
    return read


def _parts(facts: Facts, row: Row, groups: Mapping[str, Sequence[str]]) -> Iterator[Statement]:
    """One value of each unit of the groups, made up, that come to the amount; then what those are that lack it."""
    units = [unit for group in row.cells["groups"].split() for unit in groups[group]]
    rng = lot(facts.id, *(row.cells[key] for key in ("indicator", "field", "groups", "day")))
    divided = list(_divided(row, len(units), rng))
    for unit, amount in zip(units, divided, strict=True):
        yield _said(facts, row, unit, amount)
    lacking = [unit for unit, amount in zip(units, divided, strict=True) if amount.numerator == 0]
    for field, those in _kinds_of(lacking, row.cells["lacking"], rng):
        for unit in units:
            yield replace(_said(facts, row, unit, Amount(value=Decimal(unit in those))), field=field)


def _kinds_of(lacking: Sequence[str], written: str, rng: Random) -> Iterator[tuple[str, frozenset[str]]]:
    """`limited 31 unused 12; cause_unit 20 cause_software 23`: each list divides all that lack something, by lot."""
    for division in filter(None, written.split(";")):
        words, waiting = division.split(), rng.sample(lacking, len(lacking))
        for field, count in zip(words[::2], map(int, words[1::2]), strict=True):
            yield field, frozenset(waiting[:count])
            del waiting[:count]


def _divided(row: Row, places: int, rng: Random) -> Iterator[Amount]:
    whole = _amount(row, "amount")
    if whole.numerator is None or whole.denominator is None:
        value = int(whole.value or 0)
        step = MILLION if value % MILLION == 0 else 1
        for part in spread(value // step, places, rng):
            yield replace(whole, value=Decimal(part * step))
        return
    owed = spread(whole.denominator, places, rng)
    for numerator, denominator in zip(drawn(whole.numerator, owed, rng), owed, strict=True):
        ratio = Decimal(numerator) / Decimal(denominator)
        yield replace(whole, value=ratio, numerator=numerator, denominator=denominator)
