"""Five-minute averages on the wall clock, from readings that come when they come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from collectors.capacity.octets import Carried, PortOctets, carried_between

#: Two readings further apart than this many buckets say nothing of the buckets between them.
LONGEST_GAP = 1.5
#: What rounding of times may leave of a bucket, in seconds.
ROUNDING_SECONDS = 1e-3


@dataclass(frozen=True, slots=True)
class Average:
    """A finished bucket, in bits a second as the port sees it; None: not measured from its beginning to its end."""

    begins_at: datetime
    received: float | None
    sent: float | None


@dataclass(slots=True)
class _Filling:
    """One direction of the bucket under way: octets so far, and of how many of its seconds they are."""

    octets: float = 0.0
    seconds: float = 0.0

    def add(self, octets: int | None, part: float, seconds: float) -> None:
        if octets is not None:
            self.octets += octets * part
            self.seconds += seconds

    def average(self, length: float) -> float | None:
        return self.octets * 8 / length if self.seconds >= length - ROUNDING_SECONDS else None


class Meter:
    """One port. Where two readings lie on both sides of a bucket's edge, their octets are split by the time.

    So what the buckets of an unbroken time hold is what the port counted, no octet more or less.
    """

    def __init__(self, bucket_seconds: float = 300.0) -> None:
        self._length = bucket_seconds
        self._last: PortOctets | None = None
        self._bucket = 0
        self._filling = (_Filling(), _Filling())

    @property
    def last_at(self) -> datetime | None:
        """When the port was last read."""
        return None if self._last is None else self._last.at

    def take(self, reading: PortOctets) -> Iterator[Average]:
        """The buckets that this reading finishes and of which something is known."""
        before, self._last = self._last, reading
        end = reading.at.timestamp()
        start = end if before is None else before.at.timestamp()
        elapsed = end - start
        if before is None or not 0 < elapsed <= LONGEST_GAP * self._length:
            self._begin(int(end // self._length))
            return
        carried = carried_between(before, reading)
        while (edge := (self._bucket + 1) * self._length) <= end:
            self._add(carried, edge - start, elapsed)
            yield from self._finish()
            start = edge
        self._add(carried, end - start, elapsed)

    def _add(self, carried: Carried, seconds: float, elapsed: float) -> None:
        received, sent = self._filling
        received.add(carried.received, seconds / elapsed, seconds)
        sent.add(carried.sent, seconds / elapsed, seconds)

    def _finish(self) -> Iterator[Average]:
        received, sent = (filling.average(self._length) for filling in self._filling)
        if received is not None or sent is not None:
            yield Average(datetime.fromtimestamp(self._bucket * self._length, UTC), received, sent)
        self._begin(self._bucket + 1)

    def _begin(self, bucket: int) -> None:
        self._bucket = bucket
        self._filling = (_Filling(), _Filling())
