"""A timer wheel: thousands of deadlines, most of which move before they are due."""

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar


class Timed(Protocol):
    """What waits; `due` is in seconds by the wheel's clock, and may be moved back at any time."""

    due: float


T = TypeVar("T", bound=Timed)


class Wheel(Generic[T]):
    """Entries by the tick that they are due in.

    To move a deadline back costs nothing: it is looked at when the old one comes up. One that is moved forward is to be
    added again.
    """

    def __init__(self, now: float, tick_seconds: float = 0.02, slots: int = 512) -> None:
        self._tick = tick_seconds
        self._slots: list[dict[int, T]] = [{} for _ in range(slots)]
        self._turned = int(now / tick_seconds)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, entry: T) -> None:
        """Wait for `entry.due`; a time beyond the wheel's turn comes up once a turn and is put off."""
        slot = self._slot(entry.due)
        self._count += id(entry) not in slot
        slot[id(entry)] = entry

    def turn(self, now: float) -> Iterator[T]:
        """Take out what is due by `now`."""
        until = int(now / self._tick)
        first = max(self._turned + 1, until - len(self._slots) + 1)
        self._turned = max(self._turned, until)
        for number in range(first, until + 1):
            slot = self._slots[number % len(self._slots)]
            entries, self._slots[number % len(self._slots)] = list(slot.values()), {}
            self._count -= len(entries)
            for entry in entries:
                if entry.due > now:
                    self.add(entry)
                else:
                    yield entry

    def _slot(self, due: float) -> dict[int, T]:
        """The slot that comes up first at or after `due`, at most a turn ahead."""
        number = min(max(int(due / self._tick) + 1, self._turned + 1), self._turned + len(self._slots))
        return self._slots[number % len(self._slots)]
