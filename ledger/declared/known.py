"""Whom values may be about: the units that there were on a day."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cache

from ledger.declared.wording import BULLET
from ledger.plan import Level, Unit, UnitHistory
from ledger.plan.problem import nearest
from ledger.units.naming import NOBODY, Found, Names


class KnownUnits:
    """The units of each day, by id, name or code."""

    def __init__(self, history: UnitHistory) -> None:
        self._history = history
        self.on = cache(self._on)
        self._levels = cache(self._levels_on)
        self._names = cache(self._names_on)

    def find(self, text: str, day: date, among: Level | None) -> Found:
        """Whom a text means on that day, of one level where `among` says so; a number before it is passed over."""
        units, names = self.on(day), self._names(day)
        for name in dict.fromkeys((text, BULLET.sub("", text))):
            found = names.find(name)
            fit = tuple(unit for unit in found.units if among is None or units[unit].level is among)
            if fit:
                return Found(fit, found.likeness)
        return NOBODY

    def nearest(self, text: str, day: date) -> str:
        """The name or id most like a text."""
        units = self.on(day).values()
        return nearest(text, list(dict.fromkeys(name for unit in units for name in (unit.name_vi, unit.id))))

    def ancestors(self, unit: str, day: date) -> set[str]:
        """Whatever the unit was part of on that day."""
        units, found = self.on(day), set[str]()
        above = units[unit].parent if unit in units else None
        while above is not None and above not in found:
            found.add(above)
            above = units[above].parent if above in units else None
        return found

    def levels(self, unit: str, day: date) -> list[Level]:
        """The levels of the unit and of all below it on that day, from the top."""
        there = self._levels(day)[unit]
        return [level for level in Level if level in there]

    def _levels_on(self, day: date) -> Mapping[str, set[Level]]:
        found: dict[str, set[Level]] = defaultdict(set)
        for unit in self.on(day).values():
            for each in (unit.id, *self.ancestors(unit.id, day)):
                found[each].add(unit.level)
        return found

    def _on(self, day: date) -> dict[str, Unit]:
        return self._history.at(day)

    def _names_on(self, day: date) -> Names:
        units = self.on(day)
        names = [(name, unit.id) for unit in units.values() for name in (unit.id, unit.name_vi, unit.name_en)]
        codes = self._history.codes_at(day)
        return Names([*names, *((code, unit) for unit in units for code in codes.get(unit, {}).values())])
