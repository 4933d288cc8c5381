"""Counters that run over: 32-bit octets made to count on, and told from counters that began anew (RFC 2863 §3.1.6)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import lt

from collectors.snmp.ber import Value

BEYOND = 1 << 32
#: A wrap is believed only where the line can carry as much in the time; a little more, for clocks.
HEADROOM = 1.25
#: RFC 2863 §3.1.6: an interface faster than this must have 64-bit octet counters.
FASTEST_FOR_32_BITS = 20_000_000


@dataclass(slots=True)
class WrappingCounters:
    """One 32-bit column of one device; `added` is what earlier wraps came to, by place."""

    _last: Sequence[Value | None] = ()
    _epoch: object = None
    _at: datetime | None = None
    _added: dict[int, int] = field(default_factory=dict)

    def counted_on(
        self, cells: Sequence[Value | None], speeds: Sequence[int | None], now: datetime, epoch: object
    ) -> Sequence[Value | None]:
        """The column with its wraps added.

        `speeds` are the lines' in bits per second, None: unknown, and no wrap is believed.
        `epoch` is how often the device has restarted, and its rows: where it differs, the column begins anew.
        """
        seconds = None if self._at is None else (now - self._at).total_seconds()
        if epoch != self._epoch or len(cells) != len(self._last) or seconds is None:
            self._added.clear()
        elif any(map(_is_less, cells, self._last)):
            self._note_falls(cells, speeds, seconds)
        self._last, self._at, self._epoch = cells, now, epoch
        if not self._added:
            return cells
        return [cell + self._added.get(place, 0) if isinstance(cell, int) else cell for place, cell in enumerate(cells)]

    def _note_falls(self, cells: Sequence[Value | None], speeds: Sequence[int | None], seconds: float) -> None:
        for place, (now, before) in enumerate(zip(cells, self._last, strict=True)):
            if not (isinstance(now, int) and isinstance(before, int) and now < before):
                continue
            speed = speeds[place] if place < len(speeds) else None
            if speed is not None and now + BEYOND - before <= speed / 8 * seconds * HEADROOM:
                self._added[place] = self._added.get(place, 0) + BEYOND
            else:
                self._added.pop(place, None)


def _is_less(now: Value | None, before: Value | None) -> bool:
    return isinstance(now, int) and isinstance(before, int) and lt(now, before)
