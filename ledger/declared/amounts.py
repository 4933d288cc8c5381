"""What a cell's number means: as the cell says it, or in the unit that the mapping gives for its column."""

from dataclasses import replace
from decimal import Decimal

from ledger.declared.amount import (
    BEYOND_WHOLE,
    NOT_A_NUMBER,
    TWO_READINGS,
    UNREAD_WORDS,
    Amount,
    AmountUnit,
    NoAmount,
    read_amount,
)
from ledger.declared.sheet import Cell

#: Nothing that is counted here is larger, in đồng neither, and no target may be.
LARGEST = Decimal(10**15)
#: The unit of a column of parts of 1: 0,5 for 50 %.
OF_ONE = "0-1"
ONE = Amount(value=Decimal(1), unit=AmountUnit.RATIO)
CODES = {
    NOT_A_NUMBER: "not_a_number",
    TWO_READINGS: "two_readings",
    BEYOND_WHOLE: "beyond_whole",
    UNREAD_WORDS: "unread_words",
}


def one_of(unit: str) -> Amount | None:
    """What 1 is in a unit such as %, 0-1, nghìn, triệu đồng, máy; None where that is no unit."""
    if unit == OF_ONE:
        return ONE
    amount = read_amount(f"1 {unit}")
    return amount if isinstance(amount, Amount) and amount.value is not None and amount.qualifier is None else None


def amount_in(cell: Cell, unit: str | None) -> Amount | str:
    """The cell's amount, or the code of what is wrong with it; `unit` is for cells that say none themselves."""
    if cell.fault is not None:
        return cell.fault.value
    if cell.day is not None:
        return "day_for_number"
    amount = _stored(cell, unit) if cell.number is not None else _written(cell.text, unit)
    if isinstance(amount, NoAmount):
        return CODES[amount]
    return _refused(amount) or amount


def _stored(cell: Cell, unit: str | None) -> Amount:
    number = cell.number if cell.number is not None else Decimal()
    one = one_of(unit) if unit is not None else None
    if cell.is_percent:
        return Amount(value=number, unit=AmountUnit.RATIO)
    if one is None or one.value is None:
        return Amount(value=number)
    return Amount(value=number * one.value, unit=one.unit)


def _written(text: str, unit: str | None) -> Amount | NoAmount:
    says_none = text[-1:].isdigit() and "/" not in text
    if unit == OF_ONE and says_none:
        found = read_amount(text)
        return replace(found, unit=AmountUnit.RATIO) if isinstance(found, Amount) else found
    return read_amount(f"{text} {unit}" if unit is not None and says_none else text)


def _refused(amount: Amount) -> str | None:
    """What is wrong with a number that reads well."""
    value = amount.value if amount.value is not None else Decimal()
    if value < 0:
        return "negative"
    if max(value, *(Decimal(part or 0) for part in (amount.numerator, amount.denominator))) > LARGEST:
        return "too_large"
    if amount.unit is AmountUnit.RATIO:
        return "beyond_whole" if value > 1 else None
    if value == value.to_integral_value():
        return None
    return "below_one" if value < 1 else "not_whole"
