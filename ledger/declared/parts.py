"""Puts the parts of one value together: numerator, denominator and ratio, of which two may tell the third."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from ledger.declared.amount import SCALES, Amount, AmountUnit, Qualifier, ValueState
from ledger.declared.log import Spot
from ledger.declared.mapping import Part


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


#: What the parts of one value are: at least one.
Parts = Mapping[Part, Reading]


def combine(parts: Parts, indicator: str, value_unit: str, qualifier: Qualifier | None) -> Combined | Fault:
    """The value of an indicator; `qualifier` counts where the cells say none."""
    present = {part: reading for part, reading in parts.items() if reading.amount.state is ValueState.VALUE}
    if not present:
        return Combined(next(iter(parts.values())).amount)
    fault = next((found for each in present.items() if (found := _unfit(*each, indicator, value_unit))), None)
    if fault is not None:
        return fault
    said = next((each.amount.qualifier for each in present.values() if each.amount.qualifier is not None), qualifier)
    if value_unit != AmountUnit.RATIO:
        amount = present[Part.VALUE].amount
        unit = AmountUnit.VND if value_unit == AmountUnit.VND else amount.unit
        return Combined(replace(amount, unit=unit, qualifier=said))
    ratio = _ratio(present, is_exact=said is None)
    return ratio if isinstance(ratio, Fault) else replace(ratio, amount=replace(ratio.amount, qualifier=said))


def _unfit(part: Part, reading: Reading, indicator: str, value_unit: str) -> Fault | None:
    """What is wrong with a part, for an indicator of that unit."""
    unit = reading.amount.unit
    code = None
    if value_unit != AmountUnit.RATIO and part is not Part.VALUE:
        code = "no_parts"
    elif part is Part.NUMERATOR and reading.amount.numerator is not None:
        code = None  # a column of counts with 19/19 among them
    elif part in (Part.NUMERATOR, Part.DENOMINATOR) or value_unit in (AmountUnit.COUNT, "rank"):
        code = None if unit is AmountUnit.COUNT else "no_count"
    elif value_unit == AmountUnit.VND:
        code = None if unit is AmountUnit.VND or says_scale(reading) else "no_money"
    elif unit is not AmountUnit.RATIO:
        code = "no_ratio"
    return Fault(code, reading.spot, {"value": reading.text, "wanted": indicator}) if code else None


def says_scale(reading: Reading) -> bool:
    """Whether the number is said in thousands, millions or billions, which of money means đồng."""
    return reading.amount.unit is AmountUnit.COUNT and not SCALES.keys().isdisjoint(reading.text.lower().split())


def _ratio(present: Parts, *, is_exact: bool) -> Combined | Fault:
    ratio = present.get(Part.RATIO) or present.get(Part.VALUE)
    numerator, denominator = _counts(present, ratio)
    spot = next(iter(present.values())).spot
    if numerator is None and ratio is None:
        return Fault("lone_denominator", spot, {"value": _shown(denominator)})
    if numerator is None or (denominator is None and ratio is None):
        return Combined(_alone(numerator, denominator, ratio))
    derived = None
    if denominator is None and ratio is not None:
        derived = only_denominator(numerator, ratio.amount.value or Decimal()) if is_exact else None
        if derived is None:
            return Combined(_alone(numerator, None, ratio))
    whole = denominator if denominator is not None else derived or 0
    return _checked(numerator, whole, ratio, spot) or Combined(_divided(numerator, whole), derived)


def _counts(present: Parts, ratio: Reading | None) -> tuple[int | None, int | None]:
    """Numerator and denominator: of the columns of their own first, of a fraction in any of the cells (8/10) else."""
    written = [reading.amount for reading in (present.get(Part.NUMERATOR), ratio) if reading is not None]
    fraction = next((amount for amount in written if amount.numerator is not None), None)
    above, below = (_whole(present.get(part)) for part in (Part.NUMERATOR, Part.DENOMINATOR))
    if fraction is None:
        return above, below
    is_own = above is not None and written[0] is not fraction
    return above if is_own else fraction.numerator, below if below is not None else fraction.denominator


def _alone(numerator: int | None, denominator: int | None, ratio: Reading | None) -> Amount:
    """What is known where the parts don't tell the rest: the ratio as it is written, or a count."""
    if ratio is None:
        return Amount(value=Decimal(numerator or 0), numerator=numerator)
    return replace(ratio.amount, numerator=numerator, denominator=denominator)


def _divided(numerator: int, denominator: int) -> Amount:
    if denominator == 0:
        return Amount(state=ValueState.NO_DATA, unit=AmountUnit.RATIO)
    value = Decimal(numerator) / Decimal(denominator)
    return Amount(value=value, unit=AmountUnit.RATIO, numerator=numerator, denominator=denominator)


def _checked(numerator: int, denominator: int, ratio: Reading | None, spot: Spot) -> Fault | None:
    """What is wrong with parts that are all there; nothing where the ratio is theirs as exactly as it is written."""
    if numerator > denominator:
        return Fault("numerator_beyond", spot, {"value": _shown(numerator), "wanted": _shown(denominator)})
    if ratio is None or denominator == 0:
        return None
    low, high = _written_range(ratio.amount.value or Decimal())
    if low <= Fraction(numerator, denominator) <= high:
        return None
    counts = f"{_shown(numerator)}/{_shown(denominator)}"
    percent = f"{Decimal(numerator * 100) / Decimal(denominator):.2f} %".replace(".", ",")
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


def _shown(number: int | None) -> str:
    return f"{number or 0:,}".replace(",", ".")
