"""What a file's columns hold: a heading, a value of its own type, and how wide it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from ledger.language import Text

T = TypeVar("T")
Value = str | int | float | date | datetime | None
#: What makes a spreadsheet take a text for a formula, or for the end of a cell.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Form(StrEnum):
    """What a column's values are, for the program that shows them."""

    TEXT = "text"
    COUNT = "count"
    RATIO = "ratio"
    NUMBER = "number"
    DAY = "day"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column: `value` gives a row's cell in the reader's language; `heading` is English, the translation's key."""

    heading: str
    value: Callable[[T, Text], Value]
    form: Form = Form.TEXT
    width: int = 12


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet might run `text` instead of showing it."""
    return text.startswith(FORMULA_STARTS)
