"""Puts the parts of one value together: numerator, denominator and ratio, of which two may tell the third."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from ledger.declared.amount import Amount, AmountUnit, Qualifier, ValueState, dotted
from ledger.declared.log import Spot
from ledger.declared.mapping import Part
from ledger.declared.scale import ends_in_scale
from ledger.plan import ValueUnit


@dataclass(frozen=True, slots=True)
class Reading:
    """One cell's amount; `text` as the file has it, with the column's unit."""

    amount: Amount
    text: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the parts give no value: a problem's code and fields, and the cell to correct."""

    code: str
    spot: Spot
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Combined:
    """A value. `derived` is the denominator where it was found from the other two."""

    amount: Amount
    derived: int | None = None


#: What has no numerator and denominator.
ONE_PART = (ValueUnit.RANK, ValueUnit.VND)
#: What the parts of one value are: at least one.
Parts = Mapping[Part, Reading]


def combine(parts: Parts, indicator: str, value_unit: ValueUnit, qualifier: Qualifier | None) -> Combined | Fault:
    """The value of an indicator; `qualifier` counts where the cells say none."""
    present = {part: reading for part, reading in parts.items() if reading.amount.state is ValueState.VALUE}
    if not present:
        return Combined(next(iter(parts.values())).amount)
    fault = next((found for each in present.items() if (found := _unfit(*each, indicator, value_unit))), None)
    if fault is not None:
        return fault
    said = next((each.amount.qualifier for each in present.values() if each.amount.qualifier is not None), qualifier)
    if value_unit in ONE_PART:
        amount = replace(present[Part.VALUE].amount, qualifier=said)
        return Combined(replace(amount, unit=AmountUnit.VND) if value_unit is ValueUnit.VND else amount)
    whole = _counted(present, value_unit, is_exact=said is None)
    return whole if isinstance(whole, Fault) else replace(whole, amount=replace(whole.amount, qualifier=said))


def _unfit(part: Part, reading: Reading, indicator: str, value_unit: ValueUnit) -> Fault | None:
    """What is wrong with a part, for an indicator of that unit."""
    code = "no_parts" if value_unit in ONE_PART and part is not Part.VALUE else None
    if code is None and not _fits(part, reading, value_unit):
        is_ratio = part is Part.RATIO or (part is Part.VALUE and value_unit is ValueUnit.RATIO)
        code = "no_ratio" if is_ratio else "no_money" if value_unit is ValueUnit.VND else "no_count"
    if code is None and value_unit is ValueUnit.RANK and reading.amount.value == 0:
        code = "no_rank"
    return Fault(code, reading.spot, {"value": reading.text, "wanted": indicator}) if code else None


def _fits(part: Part, reading: Reading, value_unit: ValueUnit) -> bool:
    """Whether the cell's number is what its part asks for; a fraction (19/19) may stand among counts."""
    unit, is_fraction = reading.amount.unit, reading.amount.numerator is not None
    if value_unit is ValueUnit.VND:
        return unit is AmountUnit.VND or (unit is AmountUnit.COUNT and ends_in_scale(reading.text))
    if part is Part.RATIO or (part is Part.VALUE and value_unit is ValueUnit.RATIO):
        return unit is AmountUnit.RATIO
    may_be_fraction = part is not Part.DENOMINATOR and value_unit is not ValueUnit.RANK
    return unit is AmountUnit.COUNT or (is_fraction and may_be_fraction)


def _counted(present: Parts, value_unit: ValueUnit, *, is_exact: bool) -> Combined | Fault:
    """A ratio, or a count of so many."""
    is_count = value_unit is ValueUnit.COUNT
    ratio = present.get(Part.RATIO) or (None if is_count else present.get(Part.VALUE))
    counted = present.get(Part.NUMERATOR) or (present.get(Part.VALUE) if is_count else None)
    numerator, denominator = _counts(counted, present.get(Part.DENOMINATOR), ratio)
    spot = next(iter(present.values())).spot
    if numerator is None and ratio is None:
        return Fault("lone_denominator", spot, {"value": dotted(denominator or 0)})
    derived = None
    if numerator is not None and denominator is None and ratio is not None and is_exact:
        derived = denominator = only_denominator(numerator, ratio.amount.value or Decimal())
    if numerator is None or denominator is None:
        return Combined(_alone(numerator, denominator, ratio, value_unit))
    fault = _checked(numerator, denominator, ratio, spot, is_count=is_count)
    return fault or Combined(_divided(numerator, denominator), derived)


def _counts(counted: Reading | None, below: Reading | None, ratio: Reading | None) -> tuple[int | None, int | None]:
    """Numerator and denominator: of the columns of their own first, of a fraction in any of the cells (8/10) else."""
    written = [reading.amount for reading in (counted, ratio) if reading is not None]
    fraction = next((amount for amount in written if amount.numerator is not None), None)
    numerator, denominator = _whole(counted), _whole(below)
    if fraction is None:
        return numerator, denominator
    is_own = counted is not None and counted.amount is not fraction
    return numerator if is_own else fraction.numerator, denominator if below is not None else fraction.denominator


def _alone(numerator: int | None, denominator: int | None, ratio: Reading | None, value_unit: ValueUnit) -> Amount:
    """What is known where the parts don't tell the rest: the ratio as it is written, a count, or a numerator alone."""
    if value_unit is ValueUnit.COUNT and numerator is not None:
        return Amount(value=Decimal(numerator))
    if ratio is None:
        return Amount(unit=AmountUnit.RATIO, numerator=numerator)
    return replace(ratio.amount, numerator=numerator, denominator=denominator)


def _divided(numerator: int, denominator: int) -> Amount:
    if denominator == 0:
        return Amount(state=ValueState.NO_DATA, unit=AmountUnit.RATIO)
    value = Decimal(numerator) / Decimal(denominator)
    return Amount(value=value, unit=AmountUnit.RATIO, numerator=numerator, denominator=denominator)


def _checked(numerator: int, denominator: int, ratio: Reading | None, spot: Spot, *, is_count: bool) -> Fault | None:
    """What is wrong with parts that are all there; nothing where the ratio is theirs as exactly as it is written.

    A count may be more than what it is held against: accounts, of officials.
    """
    if numerator > denominator and not is_count:
        return Fault("numerator_beyond", spot, {"value": dotted(numerator), "wanted": dotted(denominator)})
    if ratio is None or denominator == 0:
        return None
    low, high = _written_range(ratio.amount.value or Decimal())
    if low <= Fraction(numerator, denominator) <= high:
        return None
    counts = f"{dotted(numerator)}/{dotted(denominator)}"
    percent = f"{dotted(round(Decimal(numerator * 100) / Decimal(denominator), 2))} %"
    return Fault("parts_disagree", ratio.spot, {"value": counts, "wanted": percent, "ratio": ratio.text})


def only_denominator(numerator: int, ratio: Decimal) -> int | None:
    """The one whole number of which `numerator` is `ratio`, at the precision in which it is written; None: several."""
    low, high = _written_range(ratio)
    if numerator == 0 or low <= 0:
        return None
    first, last = max(numerator, ceil(Fraction(numerator) / high)), floor(Fraction(numerator) / low)
    return first if first == last else None


def _written_range(ratio: Decimal) -> tuple[Fraction, Fraction]:
    """Between which the true ratio lies: half of the last written digit to either side."""
    exponent = ratio.as_tuple().exponent
    half = Fraction(1, 2 * 10**-exponent) if isinstance(exponent, int) and exponent < 0 else Fraction(0)
    return Fraction(ratio) - half, Fraction(ratio) + half


def _whole(reading: Reading | None) -> int | None:
    return None if reading is None or reading.amount.value is None else int(reading.amount.value)
