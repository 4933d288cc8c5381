"""The tree of units as two columns: a node's subtree is a run of places, so sums over all nodes are differences."""

from collections.abc import Mapping

import numpy as np

from ledger.counters.arrays import Counts
from ledger.plan import Unit


class Tree:
    """Units with their parents before their children. `place` has each unit's, `names` the units in their order."""

    def __init__(self, units: Mapping[str, Unit]) -> None:
        children: dict[str | None, list[str]] = {}
        for unit in units.values():
            children.setdefault(unit.parent, []).append(unit.id)
        self.place: dict[str, int] = {}
        waiting = list(reversed(children.get(None, [])))
        while waiting:
            unit_id = waiting.pop()
            self.place[unit_id] = len(self.place)
            waiting.extend(reversed(children.get(unit_id, [])))
        self.names = tuple(self.place)
        last = np.arange(len(self.names))
        for name in reversed(self.names):
            parent = units[name].parent
            if parent is not None:
                above, here = self.place[parent], self.place[name]
                last[above] = max(last[above], last[here])
        self._after = last + 1

    def __len__(self) -> int:
        return len(self.names)

    def sums(self, own: Counts) -> Counts:
        """What each node has with all below it; `own` and the result have a unit's counts at its place, first axis."""
        running = np.zeros((len(self) + 1, *own.shape[1:]), dtype=np.int64)
        np.cumsum(own, axis=0, out=running[1:])
        summed: Counts = running[self._after] - running[:-1]
        return summed
