"""What hardly ever changes on a device, and so isn't asked for in every cycle."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collectors.snmp.ber import Oid, Value
from collectors.snmp.column import Column
from collectors.snmp.tables.interfaces import IF_TABLE_LAST_CHANGE, NAMES
from collectors.snmp.tables.neighbourhood import OWN_NAMES
from collectors.snmp.tables.system import SYS_UP_TIME

#: entLastChangeTime (RFC 6933).
ENT_LAST_CHANGE: Oid = (1, 3, 6, 1, 2, 1, 47, 1, 4, 1, 0)
#: When these move, what is slow may have changed; an agent may have neither.
MARKERS = (IF_TABLE_LAST_CHANGE, ENT_LAST_CHANGE)
SLOW = frozenset((*NAMES, *OWN_NAMES))
#: Asked again after so long, whatever the markers say.
KEPT = timedelta(days=1)
#: sysUpTime counts hundredths of a second in 32 bits: it begins anew after 497 days (RFC 3418).
TICKS_PER_SECOND, TICKS_BEYOND = 100, 1 << 32
#: By so much may sysUpTime be slower than our clock before it counts as having begun anew.
SLACK_TICKS = 30 * TICKS_PER_SECOND


@dataclass(slots=True)
class SlowTables:
    """One device's slow columns; `restarts` counts how often its counters began anew.

    `rows` are those of the fast columns beside which they were read, `dict[a table's first fast column, rows]`.
    """

    columns: dict[Oid, Column] = field(default_factory=dict)
    rows: dict[Oid, tuple[Oid, ...]] = field(default_factory=dict)
    restarts: int = 0
    _markers: tuple[Value | None, ...] = ()
    _up_time: int | None = None
    _seen_at: datetime | None = None
    _read_at: datetime | None = None

    def look(self, values: Mapping[Oid, Value], now: datetime) -> None:
        """Forget what may have changed, by what the system group and the markers say now."""
        up_time = values.get(SYS_UP_TIME)
        markers = tuple(values.get(marker) for marker in MARKERS)
        is_new = isinstance(up_time, int) and self._began_anew(up_time, now)
        self.restarts += is_new
        if is_new or markers != self._markers or self._read_at is None or now - self._read_at >= KEPT:
            self.columns.clear()
            self._read_at = now
        self._markers = markers
        if isinstance(up_time, int):
            self._up_time, self._seen_at = up_time, now

    def known(self, oids: Iterable[Oid]) -> dict[Oid, Column]:
        """The columns among `oids` that needn't be asked for."""
        return {oid: self.columns[oid] for oid in oids if oid in self.columns}

    def fits(self, fast: Oid, rows: tuple[Oid, ...]) -> bool:
        """Whether a table's fast columns still have the rows that they had; else something was plugged in or out."""
        known = self.rows.get(fast)
        return known is rows or known == rows

    def keep(self, columns: Mapping[Oid, Column], fast: Oid, rows: tuple[Oid, ...]) -> None:
        """Remember the slow ones of a table's columns; those that weren't read whole now are asked for again.

        What an agent doesn't have may come yet; of its interfaces' columns, many agents never have some.
        """
        self.rows[fast] = rows
        slow = {oid: column for oid, column in columns.items() if oid in SLOW}
        has_rows = any(column.rows for column in slow.values())
        for oid, column in slow.items():
            if column.fault is None and (column.rows or (has_rows and oid in NAMES)):
                self.columns[oid] = column
            else:
                self.columns.pop(oid, None)

    def _began_anew(self, up_time: int, now: datetime) -> bool:
        if self._up_time is None or self._seen_at is None:
            return False
        expected = self._up_time + int((now - self._seen_at).total_seconds() * TICKS_PER_SECOND)
        if expected >= TICKS_BEYOND - SLACK_TICKS:  # it has run over or is about to, which resets no counter
            return SLACK_TICKS < (expected - up_time) % TICKS_BEYOND < TICKS_BEYOND - SLACK_TICKS
        return up_time < expected - SLACK_TICKS
