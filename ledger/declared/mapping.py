"""A mapping: what the columns of a table mean. It is written by hand, in YAML; docs/import.md has examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

#: What is told of a value, each by a constant or by a column.
ATTRIBUTES = ("unit", "among", "indicator", "field", "scope", "level", "day", "in", "qualifier", "mark")
#: Without these nothing is told.
NEEDED = ("unit", "indicator", "day")


class Part(StrEnum):
    """What a column's numbers are: the value, or a part of the value that other columns complete."""

    VALUE = "value"
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Source:
    """Where an attribute's text comes from: a `text` that is the same in every row, or a `column`."""

    text: str | None
    column: str | None
    line: int


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """A column of numbers, by heading or letter, and all that is told of them; `line` is the mapping's."""

    column: str
    part: Part
    attributes: Mapping[str, Source]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """A whole mapping. `header` is the heading's first and last row; None: it is looked for.

    `totals` are further words for rows of totals, `aliases` what a text in the file means, `dict[text, meaning]`.
    """

    file: str
    values: Sequence[ValueColumn]
    sheet: str | None = None
    header: tuple[int, int] | None = None
    totals: Sequence[str] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    def references(self) -> dict[str, int]:
        """Every column that the mapping names, with the first line that does."""
        found: dict[str, int] = {}
        for value in self.values:
            found.setdefault(value.column, value.line)
            for source in value.attributes.values():
                if source.column is not None:
                    found.setdefault(source.column, source.line)
        return found
