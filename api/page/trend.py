"""Figures over past time: the ledger evaluated at a bounded number of instants, kept for the next reader."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from threading import Lock
from time import monotonic

from api.selection import LedgerSource
from ledger.figure import Figure, Snapshot
from ledger.language import LOCAL_ZONE

#: For how long a past instant's figures are taken as they were, though new data came in: a late sighting may still
#: change them, and evaluating the past is dear.
KEPT = timedelta(hours=1)
#: How many instants are kept; each is a few numbers a unit and indicator.
KEPT_INSTANTS = 200
#: For how long one request may evaluate; what is left is evaluated for the next one.
BUDGET_SECONDS = 1.5


class Span(StrEnum):
    """How far back: every five minutes, every hour, or every day."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


#: Steps are aligned, so that readers of the same hour share what was evaluated.
STEPS: Mapping[Span, tuple[timedelta, int]] = {
    Span.HOUR: (timedelta(minutes=5), 12),
    Span.DAY: (timedelta(hours=1), 24),
    Span.MONTH: (timedelta(days=1), 29),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure without its explanation."""

    value: float | None
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Point:
    """What was known at `at`, `dict[(unit, indicator), …]`; None: nobody was measuring yet."""

    at: datetime
    amounts: Mapping[tuple[str, str], Amount] | None

    def amount(self, unit: str, indicator: str) -> Amount | None:
        """The figure; None where there was none."""
        found = self.amounts.get((unit, indicator)) if self.amounts is not None else None
        return found if found is not None and found.value is not None else None


@dataclass(frozen=True, slots=True)
class Course:
    """Points oldest first, now last; `waiting` of them, the older ones, weren't evaluated yet and know nothing."""

    points: tuple[Point, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class _Known:
    point: Point
    version: str
    evaluated_at: datetime


@dataclass(slots=True)
class Trend:
    """Evaluates and keeps points; safe to share between threads, one of which evaluates at a time."""

    source: LedgerSource
    clock: Callable[[], float] = monotonic
    _known: OrderedDict[datetime, _Known] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def course(self, span: Span) -> Course:
        """Past instants and now, the newest evaluated first, at least one a call; raises StoreError."""
        with self._lock:
            latest, deadline = self.source.now(), self.clock() + BUDGET_SECONDS
            found: list[Point] = [_point(latest)]
            waiting, late = 0, False
            for when in reversed(instants(span, latest.as_of)):
                point = self._kept(when, latest)
                if point is None and not late:
                    point = self._evaluated(when, latest)
                    late = self.clock() > deadline
                elif point is None:
                    waiting += 1
                found.append(point or Point(when, None))
            return Course(tuple(reversed(found)), waiting)

    def _kept(self, when: datetime, latest: Snapshot) -> Point | None:
        known = self._known.get(when)
        if known is None or not _holds(known, latest):
            return None
        self._known.move_to_end(when)
        return known.point

    def _evaluated(self, when: datetime, latest: Snapshot) -> Point:
        known = _Known(_point(self.source.at(when)), latest.version, latest.as_of)
        self._known[when] = known
        self._known.move_to_end(when)
        while len(self._known) > KEPT_INSTANTS:
            self._known.popitem(last=False)
        return known.point


def instants(span: Span, now: datetime) -> Sequence[datetime]:
    """The past instants of a span, oldest first; of days, the last second in Viet Nam."""
    step, count = STEPS[span]
    midnight = datetime.combine(now.astimezone(LOCAL_ZONE).date(), time(), LOCAL_ZONE)
    last = midnight + (now - midnight) // step * step
    if last == now:
        last -= step
    shift = timedelta(seconds=1) if span is Span.MONTH else timedelta()
    return [last - shift - step * back for back in reversed(range(count))]


def _holds(known: _Known, latest: Snapshot) -> bool:
    return known.version == latest.version or timedelta() <= latest.as_of - known.evaluated_at < KEPT


def _point(snapshot: Snapshot) -> Point:
    if not snapshot.heartbeats:
        return Point(snapshot.as_of, None)
    return Point(snapshot.as_of, {(f.unit, f.indicator): _amount(f) for f in snapshot.main_figures})


def _amount(figure: Figure) -> Amount:
    return Amount(figure.value, figure.numerator or 0, figure.denominator or 0)
