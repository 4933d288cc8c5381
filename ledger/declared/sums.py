"""Adds declared values up the tree of units: counts are summed, ratios are divided again, never averaged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from ledger.declared.amount import Amount, AmountUnit, Qualifier, ValueState
from ledger.declared.statement import Mark
from ledger.language import N_
from ledger.plan import ValueUnit
from ledger.remark import Remark

#: "Nearly", "about" and "more than" say that the exact number lies this near.
NEAR = Decimal("0.05")
#: No sum is larger: what is more is nonsense, and databases keep no such numbers.
LARGEST = 10**18
#: The firmest first: a sum is as firm as its weakest part.
MARKS = tuple(Mark)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A declared value, or several added up.

    `numerator` and `denominator` are None where nobody gave them; of a count and of money the numerator is the value
    itself. `value` None: there is none, as `state` says. `counts_mark`: how its counts came about, where that is
    otherwise than its value. `is_uncounted`: a part of it has a value without counts, so that it has none. `detail`:
    what disagrees. It was declared on `first_day`, or from there until `last_day`.
    """

    value_unit: ValueUnit
    state: ValueState = ValueState.VALUE
    value: Decimal | None = None
    numerator: int | None = None
    denominator: int | None = None
    qualifier: Qualifier | None = None
    mark: Mark = Mark.DOCUMENT
    counts_mark: Mark | None = None
    is_estimated: bool = False
    is_uncounted: bool = False
    is_conflict: bool = False
    detail: str | None = None
    first_day: date | None = None
    last_day: date | None = None

    @property
    def is_rough(self) -> bool:
        """Whether it is said not to be exact."""
        return self.qualifier is not None or self.is_estimated

    @property
    def can_be_added(self) -> bool:
        """Whether it is counts, that may be part of a whole."""
        return self.numerator is not None and (self.value_unit is not ValueUnit.RATIO or self.denominator is not None)


def sum_of(amount: Amount, mark: Mark, value_unit: ValueUnit, day: date | None = None) -> Sum:
    """One declared amount under an indicator of this unit; there is none where it was declared in another one."""
    if not _fits(amount, value_unit):
        return Sum(
            value_unit=value_unit,
            state=ValueState.NO_DATA,
            mark=mark,
            detail=Remark(N_("it was declared in another unit than the indicator's")),
            first_day=day,
            last_day=day,
        )
    numerator, denominator, value = amount.numerator, amount.denominator, amount.value
    if value_unit is not ValueUnit.RATIO and amount.state is ValueState.VALUE:
        value = Decimal(numerator) if numerator is not None else value
        if value_unit is not ValueUnit.RANK and value is not None:
            numerator = int(value.to_integral_value(ROUND_HALF_UP))
    return Sum(
        value_unit=value_unit,
        state=amount.state,
        value=value,
        numerator=numerator,
        denominator=denominator,
        qualifier=amount.qualifier,
        mark=mark,
        is_estimated=amount.is_estimated,
        first_day=day,
        last_day=day,
    )


def _fits(amount: Amount, value_unit: ValueUnit) -> bool:
    """Whether the amount is in the indicator's unit; a count may be told with what it is of, 381/381."""
    if amount.state is not ValueState.VALUE or amount.unit.value == value_unit.value:
        return True
    counted = amount.unit is AmountUnit.COUNT or (amount.unit is AmountUnit.RATIO and amount.numerator is not None)
    return value_unit in (ValueUnit.COUNT, ValueUnit.RANK) and counted


def recounted(value: Sum, numerator: int, denominator: int | None) -> Sum:
    """The same, with other counts."""
    is_ratio = value.value_unit is ValueUnit.RATIO
    number = Decimal(numerator) if not is_ratio else Decimal(numerator) / denominator if denominator else None
    if number is not None and numerator > LARGEST:
        return replace(value, state=ValueState.NO_DATA, value=None, numerator=None, denominator=None)
    state = ValueState.VALUE if number is not None else ValueState.NO_DATA
    return replace(value, state=state, value=number, numerator=numerator, denominator=denominator)


def added(parts: Iterable[Sum]) -> Sum | None:
    """All parts together; None: there are none. Where one can't be added, there is no value."""
    found = list(parts)
    if len(found) < 2:
        return found[0] if found else None
    days = [day for part in found for day in (part.first_day, part.last_day) if day is not None]
    together = _together(found)
    return replace(together, first_day=min(days, default=None), last_day=max(days, default=None))


def as_part(value: Sum) -> Sum:
    """What a unit's value is to the units above it: nothing, where it has no counts to be added."""
    if value.state is not ValueState.VALUE or value.can_be_added:
        return value
    return Sum(
        value_unit=value.value_unit,
        state=ValueState.NO_DATA,
        mark=value.mark,
        is_uncounted=True,
        first_day=value.first_day,
        last_day=value.last_day,
    )


def _together(found: Sequence[Sum]) -> Sum:
    valued = [part for part in found if part.state is ValueState.VALUE]
    mark = max((part.counts_mark or part.mark for part in found), key=MARKS.index)
    if any(part.is_uncounted for part in found) or not all(part.can_be_added for part in valued):
        return Sum(value_unit=found[0].value_unit, state=ValueState.NO_DATA, mark=mark, is_uncounted=True)
    if not valued:
        states = {part.state for part in found}
        return replace(found[0], mark=mark, state=states.pop() if len(states) == 1 else ValueState.NO_DATA)
    return _counts(valued, mark)


def _counts(parts: list[Sum], mark: Mark) -> Sum:
    numerator = sum(part.numerator or 0 for part in parts)
    known = [part.denominator for part in parts]
    denominator = None if None in known else sum(each or 0 for each in known)
    qualifier = _qualifier({part.qualifier for part in parts})
    is_estimated = any(part.is_estimated for part in parts)
    like = replace(parts[0], qualifier=qualifier, mark=mark, counts_mark=None, is_estimated=is_estimated)
    return recounted(like, numerator, denominator)


def _qualifier(found: set[Qualifier | None]) -> Qualifier | None:
    """All alike: theirs; more or less than they say, whichever way: about."""
    return found.pop() if len(found) == 1 else Qualifier.ABOUT


def settled(stated: Sum, parts: Sum | None, *, are_all: bool) -> Sum:
    """What is said of a whole, held against its parts: the one value where they agree, a conflict where they don't.

    `are_all`: nothing is missing among the parts; else they may come to less than the whole. Only what was declared of
    one day is held against each other: where all parts are there and some are newer they count, else the whole does.
    """
    if parts is None or parts.value is None or stated.value is None:
        return stated
    if not parts.first_day == parts.last_day == stated.last_day:
        return parts if are_all and _is_newer(parts, stated) else stated
    if not are_all and _lacks(stated, parts):
        return stated
    if not _agree(stated, parts):
        message = N_("the whole says {whole}, its parts come to {parts}")
        detail = Remark(message, whole=_plain(stated.value), parts=_plain(parts.value))
        return replace(stated, is_conflict=True, detail=detail)
    if stated.value_unit is ValueUnit.RATIO and stated.denominator is None:
        counts_mark = parts.counts_mark or parts.mark
        return replace(
            parts,
            mark=stated.mark,
            counts_mark=counts_mark,
            qualifier=stated.qualifier,
            is_estimated=stated.is_estimated,
        )
    return replace(stated, denominator=stated.denominator or parts.denominator)


def _is_newer(parts: Sum, stated: Sum) -> bool:
    return parts.last_day is not None and stated.last_day is not None and parts.last_day > stated.last_day


def _lacks(stated: Sum, parts: Sum) -> bool:
    """Whether the parts may be some of the whole only."""
    if stated.value_unit is ValueUnit.RATIO:
        known = (stated.numerator, stated.denominator, parts.numerator, parts.denominator)
        whole_up, whole_down, up, down = (each or 0 for each in known)
        if None in known:
            return not _agree(stated, parts) and (stated.numerator is None or up <= whole_up)
        return down < whole_down and up <= whole_up and whole_down - down >= whole_up - up
    return stated.value is not None and parts.value is not None and parts.value < stated.value


def _agree(stated: Sum, parts: Sum) -> bool:
    if stated.value is None or parts.value is None:
        return True
    if stated.is_rough or parts.is_rough:
        return abs(stated.value - parts.value) <= NEAR * max(stated.value, parts.value)
    if stated.value_unit is ValueUnit.RATIO and stated.denominator is None:
        if stated.numerator is not None and stated.numerator != parts.numerator:
            return False
        return parts.value.quantize(stated.value, ROUND_HALF_UP) == stated.value
    if stated.value_unit is ValueUnit.RATIO and parts.denominator is None:
        return stated.value.quantize(parts.value, ROUND_HALF_UP) == parts.value
    return (stated.numerator, stated.value) == (parts.numerator, parts.value)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
