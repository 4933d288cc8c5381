"""What a workbook's number formats make of a stored number: a part in percent, a day, a code with leading zeros."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ledger.declared.day import FIRST_YEAR, LAST_YEAR
from ledger.declared.sheet import Cell, CellFault

#: Formats that workbooks name by number only (ECMA-376 part 1 §18.8.30); 27–36 and 50–58 are days in East Asia.
BUILT_IN: Mapping[int, str] = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    14: "dd/mm/yyyy",
    **dict.fromkeys((*range(15, 23), *range(27, 37), *range(45, 48), *range(50, 59)), "dd/mm/yyyy"),
}
#: In a format: quoted and escaped text, the space or filling of a character, colours and conditions.
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
DAY_PART = re.compile(r"[dmyhs]", re.IGNORECASE)
#: Commas after the last digit divide what is shown by a thousand each.
SCALING = re.compile(r"[0#?],+(?![0#?,])")
PERCENT_DECIMALS = re.compile(r"\.([0#?]+)")
LEADING_ZEROS = re.compile(r"0{2,}")
#: Day 0 of the two calendars that workbooks have.
EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How a number is shown. `decimals` are those of the ratio where `is_percent` (0.00% → 4)."""

    is_percent: bool = False
    is_day: bool = False
    is_scaled: bool = False
    decimals: int = 0
    width: int = 0


GENERAL = NumberFormat()


def number_format(code: str) -> NumberFormat:
    """Read a format's first section, which is that of positive numbers."""
    plain = LITERAL.sub("", code).partition(";")[0].strip()
    if plain.lower() in ("general", "", "@"):
        return GENERAL
    if "%" in plain:
        found = PERCENT_DECIMALS.search(plain)
        return NumberFormat(is_percent=True, decimals=2 + (found[1].count("0") if found else 0))
    return NumberFormat(
        is_day=DAY_PART.search(plain) is not None,
        is_scaled=SCALING.search(plain) is not None,
        width=len(plain) if LEADING_ZEROS.fullmatch(plain) else 0,
    )


def number_cell(value: float, shown: NumberFormat, *, epoch: date = EPOCH) -> Cell:
    """The cell of a stored number, with the 15 digits that spreadsheets calculate with."""
    number = Decimal(format(value, ".15g"))
    if not number.is_finite():
        return Cell(str(value), fault=CellFault.ERROR_VALUE)
    if shown.is_day:
        return day_cell(_day(value, epoch), str(number))
    if shown.is_percent:
        number = _with_decimals(number, shown.decimals)
        return Cell(f"{_written(number.scaleb(2))} %", number=number, is_percent=True)
    fault = CellFault.SCALED_FORMAT if shown.is_scaled else None
    return Cell(_written(number).zfill(shown.width), number=number, fault=fault)


def day_cell(day: date | None, otherwise: str) -> Cell:
    """The cell of a stored day; of one that no report is about, as text."""
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        return Cell(otherwise)
    return Cell(f"{day:%d/%m/%Y}", day=day)


def _day(serial: float, epoch: date) -> date | None:
    try:
        return epoch + timedelta(days=int(serial))
    except OverflowError:
        return None


def _with_decimals(number: Decimal, decimals: int) -> Decimal:
    """The number with at least as many decimals as are shown: 69,5 % shown as 69,50 % is exact to four places."""
    exponent = number.as_tuple().exponent
    few = isinstance(exponent, int) and -exponent < decimals and abs(number) < 10**9
    return number.quantize(Decimal(1).scaleb(-decimals)) if few else number


def _written(number: Decimal) -> str:
    return f"{number:f}".replace(".", ",")
