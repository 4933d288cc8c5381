"""Which devices are to be polled, and when: many notifications make few polls, and a poll follows the last of them."""

from collections.abc import Iterable
from itertools import chain


class Pending:
    """Coalesces: a device is asked for at once, then at most every `least_seconds`, and for the last time afterwards.

    While it says something again and again, that time doubles with each poll, up to `slowest` times as long.
    Agents keep their tables for a while (net-snmp's interfaces for 15 s), so that a poll right after an event may still
    be told what was. `settle_seconds` after the last event it is asked for once more; 0: never. Times are seconds of a
    clock that doesn't go back; whoever calls says what time it is.
    """

    def __init__(self, *, least_seconds: float, settle_seconds: float = 0.0, slowest: int = 1) -> None:
        self._least_seconds = least_seconds
        self._slowest = slowest
        self._settle_seconds = settle_seconds
        self._due: dict[str, float] = {}
        self._settling: dict[str, float] = {}
        self._sent: dict[str, float] = {}
        self._gaps: dict[str, float] = {}

    def note(self, devices: Iterable[str], now: float) -> None:
        """Something happened at `devices`."""
        for device in devices:
            if self._settle_seconds > 0:
                self._settling[device] = now + self._settle_seconds
            if device not in self._due:
                self._due[device] = self._next(device, now)

    def due(self, now: float) -> list[str]:
        """The devices that are to be asked for now, each once; they stay so until they were `sent`."""
        times = chain(self._due.items(), self._settling.items())
        return list(dict.fromkeys(device for device, at in times if at <= now))

    def sent(self, devices: Iterable[str], now: float) -> None:
        """They were asked for, after everything that was noted so far."""
        for device in devices:
            self._sent[device] = now
            self._due.pop(device, None)
            if self._settling.get(device, now + 1) <= now:
                del self._settling[device]

    def next_at(self) -> float | None:
        """When something is due next; None: nothing is noted."""
        return min(chain(self._due.values(), self._settling.values()), default=None)

    def _next(self, device: str, now: float) -> float:
        """When it may be asked for after what happened now."""
        gap = self._gaps.get(device, self._least_seconds)
        sent = self._sent.get(device)
        if sent is None or now >= sent + gap:
            self._gaps.pop(device, None)
            return now
        self._gaps[device] = min(2 * gap, self._slowest * self._least_seconds)
        return sent + gap

    def __len__(self) -> int:
        """How many devices are still to be asked for."""
        return len(self._due.keys() | self._settling.keys())
