"""Amounts as Vietnamese documents write them: 1.272 is a thousand and more, 69,47 % a part, 173,263 tỷ billions."""

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from ledger.declared.scale import read_scale
from ledger.language import N_


class Qualifier(StrEnum):
    """How exact a value is said to be; it is kept with the value, never rounded away."""

    NEARLY = "nearly"  # gần
    ABOUT = "about"  # khoảng, ~
    OVER = "over"  # trên, hơn, >
    UNDER = "under"  # dưới, <


class ValueState(StrEnum):
    """Whether there is a value at all; a missing one is never 0."""

    VALUE = "value"
    NO_DATA = "no_data"
    NOT_APPLICABLE = "not_applicable"


class AmountUnit(StrEnum):
    """What the number counts: things, a part of a whole (0–1), or đồng."""

    COUNT = "count"
    RATIO = "ratio"
    VND = "vnd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A declared value, exactly. `value` None where `state` isn't `value`.

    `numerator` and `denominator` are set where they were written (8/10); where both were, `value` is their ratio. A
    numerator alone is all that is known of a ratio (244 communes, of nobody says how many): `value` is None.
    `is_estimated`: nobody counted, somebody estimated (ước tính).
    """

    state: ValueState = ValueState.VALUE
    value: Decimal | None = None
    unit: AmountUnit = AmountUnit.COUNT
    qualifier: Qualifier | None = None
    numerator: int | None = None
    denominator: int | None = None
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class NoAmount:
    """Why a text is no amount: a message (English, to be translated) in which `{value}` stands for the text."""

    message: str


NOT_A_NUMBER = NoAmount(N_("'{value}' is no number; write it as 1.272, 69,47 % or 173,263 tỷ"))
#: 1.5 and 1,272.5: an English decimal point, or thousands that are no three digits. Either reading may be wrong.
TWO_READINGS = NoAmount(
    N_("'{value}' can be read in two ways; a dot stands before three digits (1.272), a comma before decimals (69,47)")
)
#: 3 trăm, 2 tỷ rưỡi, 7 triệu USD, 5 triêu: read without these words the number is another.
UNREAD_WORDS = NoAmount(
    N_(
        "what stands after the number in '{value}' can't be read for sure; write it out (300, 2,5 tỷ), money in đồng,"
        " and no other words of quantity than nghìn, triệu, tỷ, nghìn tỷ"
    )
)
BEYOND_WHOLE = NoAmount(N_("'{value}' is a part of a whole and can't be more than it; correct one of the numbers"))

QUALIFIERS = {
    "gần": Qualifier.NEARLY,
    "khoảng": Qualifier.ABOUT,
    "~": Qualifier.ABOUT,
    "trên": Qualifier.OVER,
    "hơn": Qualifier.OVER,
    ">": Qualifier.OVER,
    "dưới": Qualifier.UNDER,
    "<": Qualifier.UNDER,
}
#: What stands before an estimate, and before its qualifier where it has one; longer ones first.
ESTIMATES = ("ước tính", "ước đạt", "ước")
STATES = {
    **dict.fromkeys(("", "-", "–", "…", "chưa có số liệu", "chưa có", "không có số liệu"), ValueState.NO_DATA),
    **dict.fromkeys(("không áp dụng", "k.a.d"), ValueState.NOT_APPLICABLE),
}
#: Whole thousands with dots, decimals after a comma; or neither.
VIETNAMESE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,([0-9]+))?")
FRACTION = re.compile(r"([0-9.]+) ?/ ?([0-9.]+)")
NUMERIC = re.compile(r"[0-9][0-9.,]*")
#: Longer texts are prose.
LONGEST = 64


def read_amount(text: str) -> Amount | NoAmount:
    """The amount that a cell or a phrase says; a NoAmount says why it is none."""
    words = " ".join(unicodedata.normalize("NFC", text).lower().split())
    if words in STATES:
        return Amount(state=STATES[words])
    if len(words) > LONGEST:
        return NOT_A_NUMBER
    estimate = next((word for word in ESTIMATES if words.startswith(f"{word} ")), "")
    found = _exact(*_qualified(words.removeprefix(estimate).lstrip()))
    return replace(found, is_estimated=True) if estimate and isinstance(found, Amount) else found


def _exact(qualifier: Qualifier | None, rest: str) -> Amount | NoAmount:
    fraction = FRACTION.fullmatch(rest)
    if fraction is not None:
        return _fraction(fraction[1], fraction[2], qualifier)
    return _scaled(rest, qualifier)


def _qualified(words: str) -> tuple[Qualifier | None, str]:
    for word, qualifier in QUALIFIERS.items():
        if words.startswith(word):
            return qualifier, words.removeprefix(word).lstrip()
    return None, words


def _fraction(above: str, below: str, qualifier: Qualifier | None) -> Amount | NoAmount:
    numbers = [_number(part) for part in (above, below)]
    if any(isinstance(number, NoAmount) for number in numbers):
        return next(number for number in numbers if isinstance(number, NoAmount))
    numerator, denominator = (int(number) for number in numbers if isinstance(number, Decimal))
    if denominator == 0:
        return Amount(state=ValueState.NO_DATA, unit=AmountUnit.RATIO)
    if numerator > denominator:
        return BEYOND_WHOLE
    return Amount(
        value=Decimal(numerator) / Decimal(denominator),
        unit=AmountUnit.RATIO,
        qualifier=qualifier,
        numerator=numerator,
        denominator=denominator,
    )


def _scaled(words: str, qualifier: Qualifier | None) -> Amount | NoAmount:
    """A number, then what it is a thousand or a million of, then what it counts."""
    found = NUMERIC.match(words)
    number = NOT_A_NUMBER if found is None else _number(found[0])
    if found is None or isinstance(number, NoAmount):
        return number if isinstance(number, NoAmount) else NOT_A_NUMBER
    rest = words[found.end() :].strip()
    if rest == "%":
        # Moves the comma only, so that 69,50 % stays exact to four places.
        return Amount(value=number.scaleb(-2), unit=AmountUnit.RATIO, qualifier=qualifier)
    scale = read_scale(rest)
    if scale is None:
        return NOT_A_NUMBER if NUMERIC.search(rest) else UNREAD_WORDS
    unit = AmountUnit.VND if scale.is_money else AmountUnit.COUNT
    return Amount(value=number * scale.factor, unit=unit, qualifier=qualifier)


def _number(digits: str) -> Decimal | NoAmount:
    found = VIETNAMESE.fullmatch(digits)
    if found is None:
        return TWO_READINGS
    whole = found[1].replace(".", "")
    return Decimal(whole if found[2] is None else f"{whole}.{found[2]}")


def dotted(number: Decimal | int) -> str:
    """The number as `read_amount` reads it: 1.272; 1.272,5."""
    return f"{Decimal(number):,f}".translate(str.maketrans(",.", ".,"))
