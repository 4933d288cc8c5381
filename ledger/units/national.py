"""The country's own map: its units before and after 1 July 2025, and what became of what, one province at a time."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from ledger.units.naming import own_name
from ledger.vietnamese import plain_words

MAPS = Path(__file__).parent / "maps"
#: The first day of the new map, and what a kind of unit is called in English; longer words first.
DAY = date(2025, 7, 1)
KINDS = {
    "thành phố": "city",
    "thị trấn": "township",
    "đặc khu": "special_zone",
    "thị xã": "town",
    "phường": "ward",
    "huyện": "district",
    "quận": "urban_district",
    "tỉnh": "province",
    "xã": "commune",
}


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """A unit of the national list; `code` has the province's before it (`68-22945`), but for provinces."""

    code: str
    parent: str | None
    level: str
    name: str

    @property
    def number(self) -> str:
        """Its own number in the list."""
        return self.code.rpartition("-")[2]

    @property
    def kind(self) -> str:
        """What it is, by the first words of its name; `unit` where they say nothing."""
        return next((kind for words, kind in KINDS.items() if self.name.lower().startswith(f"{words} ")), "unit")

    @property
    def name_en(self) -> str:
        """Its name without accents, then what it is: `Phan Thiet ward`."""
        return (
            f"{' '.join(word.capitalize() for word in plain_words(own_name(self.name)))} {self.kind.replace('_', ' ')}"
        )


@dataclass(frozen=True, slots=True)
class ProvinceMap:
    """A province of today: its units, those that became them, and which became which, `(source, target)`."""

    after: tuple[ListedUnit, ...]
    before: tuple[ListedUnit, ...]
    successions: tuple[tuple[str, str], ...]


@cache
def units_before() -> tuple[ListedUnit, ...]:
    """Every unit of 30 June 2025: provinces, districts, communes."""
    return tuple(_units("before.csv"))


@cache
def units_after() -> tuple[ListedUnit, ...]:
    """Every unit of 1 July 2025: provinces, communes."""
    return tuple(_units("after.csv"))


@cache
def became() -> tuple[tuple[str, str], ...]:
    """What became of what, `(source, target)`, provinces and communes apart."""
    return tuple((row["source"], row["target"]) for row in _rows("successions.csv"))


def province_map(province: str) -> ProvinceMap | None:
    """A province of today by its two digits; None: there is none.

    Of the provinces before it has what became a part of it; what went to other provinces is theirs.
    """
    after = tuple(unit for unit in units_after() if province == (unit.parent or unit.code))
    if not after:
        return None
    codes = {unit.code for unit in after}
    ways = tuple((source, target) for source, target in became() if target in codes)
    known = {unit.code: unit for unit in units_before()}
    needed: set[str] = set()
    for source, _ in ways:
        unit: ListedUnit | None = known[source]
        while unit is not None and unit.code not in needed:
            needed.add(unit.code)
            unit = known.get(unit.parent or "")
    return ProvinceMap(after, tuple(unit for unit in units_before() if unit.code in needed), ways)


def _units(file: str) -> Iterator[ListedUnit]:
    for row in _rows(file):
        yield ListedUnit(row["code"], row["parent"] or None, row["level"], row["name"])


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (MAPS / DAY.isoformat() / file).open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)
