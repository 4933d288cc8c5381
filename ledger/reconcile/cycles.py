"""Whether the collectors are at work: their heartbeats at one instant."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ledger.observation import Heartbeat
from ledger.seen import SILENT_CYCLES


class Cycles:
    """Each collector's latest finished cycle, looked at from `as_of`."""

    def __init__(self, heartbeats: Iterable[Heartbeat], as_of: datetime) -> None:
        self._latest = {beat.collector: beat for beat in heartbeats}
        self._as_of = as_of

    def is_live(self, collector: str) -> bool:
        """Whether its heartbeat is at most three cycles old."""
        silent_at = self.silent_at(collector)
        return silent_at is not None and self._as_of <= silent_at

    def silent_at(self, collector: str) -> datetime | None:
        """The last instant at which its latest heartbeat still counts; None: it never finished a cycle."""
        beat = self._latest.get(collector)
        return None if beat is None else beat.finished_at + self.patience(collector)

    def patience(self, collector: str) -> timedelta:
        """Three of its cycles; zero where it never finished one."""
        beat = self._latest.get(collector)
        return timedelta() if beat is None else timedelta(seconds=beat.cycle_seconds) * SILENT_CYCLES

    def cycled_since(self, collector: str, instant: datetime) -> bool:
        """Whether it finished a cycle that started after `instant`."""
        beat = self._latest.get(collector)
        return beat is not None and beat.started_at > instant

    def finished_at(self, collector: str) -> datetime | None:
        """When it last finished a cycle; None: never."""
        beat = self._latest.get(collector)
        return None if beat is None else beat.finished_at

    def last_finished(self, collectors: Iterable[str]) -> datetime | None:
        """When the last of `collectors` to do so finished a cycle; None: none ever did."""
        return max((self._latest[name].finished_at for name in collectors if name in self._latest), default=None)
